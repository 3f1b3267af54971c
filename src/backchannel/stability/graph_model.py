"""A conflict as a graph: states, who can move between them, and who likes which.

In option form a state is a combination of options, each taken or not by the actor that
it belongs to; an actor moves by changing its own options, as many as it likes at once.
Any other set of moves is given as a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.stability.methods import Int32Array, IntArray

MAX_OPTIONS = 40
MAX_ACTORS = 100
_LARGEST = 2**30
Pattern = Mapping[str, bool]
"""Some options with whether they are taken; it fits every state that agrees."""
Ranking = Sequence[int | Sequence[int]]
"""State numbers, best first; states that are liked equally stand in one list."""


@dataclass(frozen=True)
class Option:
    """A yes/no act in one actor's control.

    `final` says in which position it is stuck, once there: an option that is final when
    `taken` cannot be dropped again.
    """

    name: str
    actor: str
    final: Literal["no", "taken", "dropped"] = "no"


@dataclass(frozen=True, eq=False)
class Conflict:
    """Actors, states, moves and preferences; make it with `of_options` or `of_moves`.

    `preference` (n_actors, n_states) is ordinal: larger is better, ties allowed.
    In option form `codes` (n_states,) has bit k set where option k is taken; otherwise
    `moves` holds for each actor its moves (n_moves, 2), from and to a state number.
    """

    actors: tuple[str, ...]
    preference: Int32Array = field(repr=False)
    options: tuple[Option, ...] = ()
    codes: IntArray = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    moves: tuple[IntArray, ...] = field(default=(), repr=False)
    labels: tuple[str, ...] = field(default=(), repr=False)

    @property
    def n_actors(self) -> int:
        """How many can move."""
        return len(self.actors)

    @property
    def n_states(self) -> int:
        """How many states are feasible."""
        return int(self.preference.shape[1])

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, in hex."""
        said = sha256(repr((self.actors, self.options, self.labels)).encode())
        for array in (self.preference, self.codes, *self.moves):
            said.update(np.ascontiguousarray(array).tobytes())
        return said.hexdigest()

    def label(self, state: int) -> str:
        """A state in words: its name, or the options taken in it.

        Raises
        ------
        ModelError : there is no such state.
        """
        self.check_state(state)
        if self.labels:
            return self.labels[state]
        if not self.options:
            return f"state {state}"
        code = int(self.codes[state])
        taken = [o.name for k, o in enumerate(self.options) if code >> k & 1]
        return ", ".join(taken) or "nothing taken"

    def check_state(self, state: int) -> None:
        """Refuse a number that is no state; raises ModelError."""
        if not 0 <= state < self.n_states:
            raise ModelError(
                f"state: is {state}; the {self.n_states} states are numbered from 0"
            )

    def actor_index(self, actor: str) -> int:
        """Place of an actor; raises ModelError where there is none of that name."""
        if actor not in self.actors:
            hint = did_you_mean(actor, self.actors, "actor")
            raise ModelError(f"actor: no actor '{actor}' can move; {hint}")
        return self.actors.index(actor)

    @classmethod
    def of_options(
        cls,
        options: Iterable[Option],
        preference: Mapping[str, Sequence[int] | IntArray],
        *,
        infeasible: Iterable[Pattern] = (),
        codes: Sequence[int] | IntArray | None = None,
    ) -> Conflict:
        """Put a conflict together from options.

        Parameters
        ----------
        options : option k is bit k of a state's code
        preference : for each actor one number a feasible state, by ascending code;
            larger is better; see `from_ranking`
        infeasible : patterns that no state may fit
        codes : the feasible states, where they are known already

        Returns
        -------
        Conflict : its states are numbered by ascending code

        Raises
        ------
        ModelError : no or too many options, no feasible state, an actor without
            preference, a wrong number of values.

        >>> both = Conflict.of_options(
        ...     [Option("a arms", "a"), Option("b arms", "b")],
        ...     {"a": [3, 4, 1, 2], "b": [3, 1, 4, 2]},
        ... )
        >>> both.label(3)
        'a arms, b arms'
        """
        listed = tuple(options)
        actors = tuple(dict.fromkeys(option.actor for option in listed))
        kept = feasible_codes(listed, infeasible) if codes is None else _sorted(codes)
        return cls(actors, _table(preference, actors, len(kept)), listed, kept)

    @classmethod
    def of_moves(
        cls,
        labels: Sequence[str],
        moves: Mapping[str, Iterable[tuple[int, int]] | IntArray],
        preference: Mapping[str, Sequence[int] | IntArray],
    ) -> Conflict:
        """Put a conflict together from a list of moves.

        Parameters
        ----------
        labels : one name a state, in order
        moves : for each actor pairs of state numbers, from and to
        preference : for each actor one number a state; larger is better

        Returns
        -------
        Conflict

        Raises
        ------
        ModelError : no state, a move from or to no state or to itself, or as
            `of_options`.
        """
        actors = tuple(moves)
        table = _table(preference, actors, len(labels))
        pairs = tuple(_pairs(name, moves[name], len(labels)) for name in actors)
        return cls(actors, table, moves=pairs, labels=tuple(labels))


def feasible_codes(
    options: Sequence[Option], infeasible: Iterable[Pattern] = ()
) -> IntArray:
    """List the codes that fit no infeasible pattern, ascending; raises ModelError."""
    if not 1 <= len(options) <= MAX_OPTIONS:
        raise ModelError(
            f"options: there are {len(options)}; from 1 to {MAX_OPTIONS} can be listed"
        )
    names = [option.name for option in options]
    codes = np.arange(1 << len(options), dtype=np.int64)
    for pattern in infeasible:
        fits = np.ones(len(codes), dtype=bool)
        for name, is_taken in pattern.items():
            if name not in names:
                hint = did_you_mean(name, names, "option")
                raise ModelError(f"infeasible: no option '{name}'; {hint}")
            fits &= (codes >> names.index(name) & 1) == int(is_taken)
        codes = codes[~fits]
    if len(codes) == 0:
        raise ModelError("infeasible: leaves no state; drop a pattern")
    return codes


def from_ranking(ranking: Ranking, n_states: int) -> IntArray:
    """Turn a ranking, best first, into ordinal values.

    Parameters
    ----------
    ranking : state numbers from 0; states liked equally in one list
    n_states : every state must be named once

    Returns
    -------
    values : (n_states,), larger is better

    Raises
    ------
    ModelError : a state is missing, named twice or unknown.

    >>> from_ranking([2, [0, 1]], 3).tolist()
    [1, 1, 2]
    """
    values = np.zeros(n_states, np.int64)
    for place, entry in enumerate(ranking):
        for state in entry if isinstance(entry, Sequence) else [entry]:
            if not 0 <= state < n_states or values[state]:
                raise ModelError(
                    f"ranking: names state {state}; each of the {n_states} states, "
                    "numbered from 0, must be named once"
                )
            values[state] = len(ranking) - place
    if not values.all():
        missing = int(np.flatnonzero(values == 0)[0])
        raise ModelError(f"ranking: leaves out state {missing}; name every state")
    return values


def _sorted(codes: Sequence[int] | IntArray) -> IntArray:
    kept = np.unique(np.asarray(codes, dtype=np.int64))
    if len(kept) == 0:
        raise ModelError("codes: is empty; at least one state must be feasible")
    return kept


def _table(
    preference: Mapping[str, Sequence[int] | IntArray],
    actors: tuple[str, ...],
    n_states: int,
) -> Int32Array:
    if not 1 <= len(actors) <= MAX_ACTORS or not n_states:
        raise ModelError(
            f"conflict: has {len(actors)} actors and {n_states} states; needs from 1 "
            f"to {MAX_ACTORS} actors and a state"
        )
    rows = []
    for actor in actors:
        if actor not in preference:
            raise ModelError(f"preference: '{actor}' can move but has no preference")
        row = np.asarray(preference[actor])
        if row.shape != (n_states,) or not np.issubdtype(row.dtype, np.integer):
            raise ModelError(
                f"preference.{actor}: must be {n_states} integers, one a feasible "
                f"state; is {row.dtype} of shape {row.shape}"
            )
        if np.abs(row).max() > _LARGEST:
            raise ModelError(
                f"preference.{actor}: must be within {_LARGEST}; only order counts"
            )
        rows.append(row.astype(np.int32))
    return np.array(rows)


def _pairs(
    actor: str, moves: Iterable[tuple[int, int]] | IntArray, n_states: int
) -> IntArray:
    listed = moves if isinstance(moves, np.ndarray) else list(moves)
    pairs = np.asarray(listed, dtype=np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= n_states):
        raise ModelError(
            f"moves.{actor}: leads from or to a state outside 0 to {n_states - 1}"
        )
    if (pairs[:, 0] == pairs[:, 1]).any():
        raise ModelError(f"moves.{actor}: leads from a state to itself; leave it out")
    return np.unique(pairs, axis=0)
