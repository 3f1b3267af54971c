"""The states around one outcome of a crisis: what each actor can do or undo alone.

A level is an option of the actor that gives it: it can bring it about from the status
quo, go back, or exchange it for another level of its own. What nobody can be named for
stays as the outcome has it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.issues import Issue
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import addends, valued_level
from backchannel.stability.graph_model import MAX_OPTIONS, Conflict, Option
from backchannel.stability.methods import BoolArray, IntArray

Terms = Mapping[str, Choice]
"""What a package changes: a choice for each issue that is not at its status quo."""
Choices = tuple[tuple[Choice, ...], ...]
"""For each issue what it can be at."""
MAX_STATES = 2**16
MAX_MOVERS = 6


@dataclass(frozen=True, eq=False)
class Surroundings:
    """States around one outcome, in mixed-radix order, last issue fastest.

    `choices[j]` are those that issue j can take, and `state` is the outcome itself.
    `conflict` has the moves; its preferences are empty, as they come with the draws.
    `counts_as` (n_states,) is what is left of a state when promises fall that require
    what it does not have.
    """

    crisis: Crisis
    choices: Choices
    conflict: Conflict
    state: int
    counts_as: IntArray

    @property
    def undone(self) -> int | None:
        """The status quo; None where something stays whatever anybody does."""
        return None if self.terms(0) else 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many choices each issue has."""
        return tuple(len(own) for own in self.choices)

    @property
    def positions(self) -> IntArray:
        """The choice of each issue in each state, (n_issues, n_states)."""
        return _positions(self.sizes)

    def choices_in(self, state: int) -> dict[str, Choice]:
        """What every issue is at in a state."""
        at = np.unravel_index(state, self.sizes)
        pairs = zip(self.crisis.issues, self.choices, at, strict=True)
        return {name: own[int(p)] for name, own, p in pairs}

    def terms(self, state: int) -> dict[str, Choice]:
        """What a state changes against the status quo."""
        return {
            name: choice
            for name, choice in self.choices_in(state).items()
            if choice.level != self.crisis.issues[name].status_quo
        }

    def worths(self, draws: Draws, span: slice) -> FloatArray:
        """What each state is worth to each actor, (n_actors, n_span, n_states).

        Rounded to nine digits, so that what is equal on paper is equal here.
        """
        rows = [self._worth(actor, draws, span) for actor in self.conflict.actors]
        return np.round(rows, 9)[:, :, self.counts_as]

    def _worth(self, actor: str, draws: Draws, span: slice) -> FloatArray:
        n_span = len(range(*span.indices(draws.n_draws)))
        total = np.zeros((n_span, 1))
        for issue, own in zip(self.crisis.issues, self.choices, strict=True):
            table = np.zeros((n_span, len(own)))
            for p, choice in enumerate(own):
                for sign, number in addends(
                    self.crisis, actor, issue, choice, is_leaked=False
                ):
                    table[:, p] += sign * draws[number][span]
            total = (total[:, :, None] + table[:, None, :]).reshape(n_span, -1)
        for interaction in self.crisis.interactions.values():
            if interaction.actor == actor:
                present = np.ones(total.shape[1], dtype=bool)
                for ref in interaction.levels:
                    present &= self._has(actor, ref.issue, ref.level)
                total[:, present] += draws[interaction.worth][span, None]
        return total

    def _has(self, actor: str, issue: str, level: str) -> BoolArray:
        """States in which an actor takes an issue to be at a level, (n_states,)."""
        j = list(self.crisis.issues).index(issue)
        seen = [
            valued_level(self.crisis, actor, issue, choice, is_leaked=False) == level
            for choice in self.choices[j]
        ]
        has: BoolArray = np.array(seen)[self.positions[j]]
        return has


def givers_of(crisis: Crisis) -> tuple[str, ...]:
    """Whoever gives a level, in order of declaration."""
    givers = {
        level.giver
        for issue in crisis.issues.values()
        if issue.status != "parked"
        for level in list(issue.levels.values())[1:]
    }
    return tuple(actor for actor in crisis.actors if actor in givers)


def movers_of(crisis: Crisis) -> tuple[str, ...]:
    """Whoever gives a level and has values, in order of declaration."""
    return tuple(actor for actor in givers_of(crisis) if actor in crisis.values)


def is_movable(crisis: Crisis) -> bool:
    """Whether somebody can move by itself, and little enough for `look_around`."""
    movers = movers_of(crisis)
    choices = [_choices(issue, movers, None) for issue in crisis.issues.values()]
    return (
        1 <= len(movers) <= MAX_MOVERS
        and math.prod(len(own) for own in choices) <= MAX_STATES
        and sum(len(own) - 1 for own in choices) <= MAX_OPTIONS
    )


def look_around(crisis: Crisis, terms: Terms) -> Surroundings:
    """Put together the states around an outcome.

    Parameters
    ----------
    crisis : a loaded crisis
    terms : the outcome; issues not named are at the status quo

    Returns
    -------
    Surroundings

    Raises
    ------
    ModelError : nobody can move, more than 6 movers, 40 levels or 65,536 states.
    """
    movers = movers_of(crisis)
    if not 1 <= len(movers) <= MAX_MOVERS:
        raise ModelError(
            f"issues: {len(movers)} actors give a level and have values; from 1 to "
            f"{MAX_MOVERS} can be followed"
        )
    choices = tuple(
        _choices(issue, movers, terms.get(name))
        for name, issue in crisis.issues.items()
    )
    n_states = math.prod(len(own) for own in choices)
    if n_states > MAX_STATES:
        raise ModelError(
            f"issues: {n_states:,} states around an outcome, more than {MAX_STATES:,}; "
            "park an issue"
        )
    options, codes = _options(crisis, choices)
    silent = {a: np.zeros(n_states, np.int64) for a in movers}
    conflict = Conflict.of_options(options, silent, codes=codes)
    chosen = [
        0 if terms.get(name) is None else own.index(terms[name])
        for name, own in zip(crisis.issues, choices, strict=True)
    ]
    state = int(np.ravel_multi_index(chosen, tuple(len(own) for own in choices)))
    left = what_is_left(crisis, choices)
    return Surroundings(crisis, choices, conflict, state, left)


def _choices(
    issue: Issue, movers: tuple[str, ...], held: Choice | None
) -> tuple[Choice, ...]:
    """What one issue can take: status quo first; only what is held where it is stuck.

    A level that is not in the outcome is taken as public where the file allows that.
    """
    quo = Choice(level=issue.status_quo)
    if held is not None and issue.levels[held.level].giver not in movers:
        return (held,)
    if issue.status == "parked" and held is None:
        return (quo,)
    found = [quo]
    for name, level in issue.levels.items():
        if name == issue.status_quo or level.giver not in movers:
            continue
        shown = "public" if "public" in level.visibility else level.visibility[0]
        if held is not None and held.level == name:
            found.append(held)
        else:
            found.append(Choice(level=name, visibility=shown))
    return tuple(found)


def _options(crisis: Crisis, choices: Choices) -> tuple[list[Option], IntArray]:
    """One option a level, the last issue's first, and the code of every state."""
    options: list[Option] = []
    code = np.zeros(1, np.int64)
    codes = []
    for (name, issue), own in reversed(
        list(zip(crisis.issues.items(), choices, strict=True))
    ):
        bits = [0]
        for choice in own[1:]:
            level = issue.levels[choice.level]
            bits.append(1 << len(options))
            options.append(
                Option(
                    f"{name}.{choice.level}",
                    str(level.giver),
                    "taken" if level.is_irreversible else "no",
                )
            )
        codes.append(np.array(bits))
    if len(options) > MAX_OPTIONS:
        raise ModelError(
            f"issues: {len(options)} levels are given by somebody, more than "
            f"{MAX_OPTIONS}; park an issue"
        )
    for bits_of_issue in reversed(codes):
        code = (code[:, None] + bits_of_issue[None, :]).ravel()
    return options, code


def what_is_left(crisis: Crisis, choices: Choices) -> IntArray:
    """The state that each state counts as, (n_states,).

    A level that requires one of some others falls, to the status quo, where none of
    them is there; then what requires it falls in turn.
    """
    sizes = tuple(len(own) for own in choices)
    at = _positions(sizes)
    issues = list(crisis.issues)
    while True:
        before = at.copy()
        for j, own in enumerate(choices):
            for p, choice in enumerate(own):
                for need in crisis.issues[issues[j]].levels[choice.level].requires:
                    if need.one_of:
                        is_met = np.zeros(at.shape[1], dtype=bool)
                        for ref in need.one_of:
                            k = issues.index(ref.issue)
                            has = [c.level == ref.level for c in choices[k]]
                            is_met |= np.array(has)[at[k]]
                        at[j, (at[j] == p) & ~is_met] = 0
        if np.array_equal(at, before):
            return np.asarray(np.ravel_multi_index(tuple(at), sizes), np.int64)


def _positions(sizes: tuple[int, ...]) -> IntArray:
    return np.indices(sizes, dtype=np.int64).reshape(len(sizes), -1)
