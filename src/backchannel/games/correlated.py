"""What a mediator could make of a game by telling each player what to do, move by move.

The mediator draws a profile of reduced strategies and tells each player its move at an
information set only when that is reached. A player who disobeys is told nothing more.
Nobody may gain by disobeying a recommendation, whatever he does afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from backchannel.base.errors import MethodError, NotConvergedError
from backchannel.base.result import Certificate, Status
from backchannel.games.answer import digest_of, method_name
from backchannel.games.methods import CorrelatedEquilibrium
from backchannel.games.reduced import ReducedForm, reduced_form
from backchannel.games.sequence_form import COUNT, FIRST, PARENT, SequenceForm
from backchannel.games.tree import FloatArray, GameTree, IntArray

_BOUND = 1e-8


@dataclass(frozen=True, eq=False)
class Advice:
    """A mediator's lottery over profiles of strategies, and what it is worth.

    Parameters
    ----------
    profiles : (n, n_players), number of each player's reduced strategy
    chances : (n,), probability of each profile, above 0
    payoffs : (n_players,), what everybody expects
    gains : (n_players,), the most that disobeying some recommendation would add
    status, method, certificate, digest : as in every answer
    """

    profiles: IntArray
    chances: FloatArray
    payoffs: FloatArray
    gains: FloatArray
    status: Status
    method: CorrelatedEquilibrium
    certificate: Certificate
    digest: str
    tree: GameTree = field(repr=False)

    def check(self, tree: GameTree) -> Certificate:
        """Recompute the gains from disobeying, strategy by strategy.

        Parameters
        ----------
        tree : the game

        Returns
        -------
        Certificate : not verified where somebody gains, or the game is another one
        """
        if digest_of(tree) != self.digest:
            return Certificate("the advice is for this game", np.inf, 0.0, "digest")
        gains = disobedience(reduced_form(tree), self.profiles, self.chances)
        return _certificate(gains, tree)

    def record(self) -> dict[str, Any]:
        """The advice as plain values, for JSON."""
        return {
            "status": str(self.status),
            "method": {"name": method_name(self.method), **vars(self.method)},
            "payoffs": self.payoffs.tolist(),
            "gains_from_disobeying": self.gains.tolist(),
            "certificate": {
                "claim": self.certificate.claim,
                "value": self.certificate.value,
                "bound": self.certificate.bound,
                "is_verified": self.certificate.is_verified,
            },
            "lottery": [
                {"chance": float(chance), "strategies": profile.tolist()}
                for chance, profile in zip(self.chances, self.profiles, strict=True)
            ],
        }

    def __str__(self) -> str:
        pays = ", ".join(
            f"{name} {value:.6g}"
            for name, value in zip(self.tree.players, self.payoffs, strict=True)
        )
        rows = [
            ("game", f"{self.tree.title or 'untitled'}, {self.tree.n_nodes} nodes"),
            ("payoffs", pays),
            ("lottery", f"{len(self.chances)} profiles of strategies"),
            ("status", f"{self.status}, {method_name(self.method)}"),
            ("certificate", str(self.certificate)),
        ]
        return "\n".join(f"{name:<12}{text}" for name, text in rows)


def correlate(tree: GameTree, method: CorrelatedEquilibrium | None = None) -> Advice:
    """Find the best advice that nobody wants to disobey.

    Parameters
    ----------
    tree : with perfect recall and few strategies
    method : whose payoffs count how much; None counts all alike

    Returns
    -------
    Advice : an extensive-form correlated equilibrium

    Raises
    ------
    ModelError : a player forgets what it did, or the game is too large.
    MethodError : there is not one weight for each player.

    >>> from backchannel.games import parse_nfg, tree_of
    >>> text = 'NFG 1 R "chicken" { "a" "b" } { 2 2 } 6 6 7 2 2 7 0 0'
    >>> advice = correlate(tree_of(parse_nfg(text)))
    >>> [round(value, 6) for value in advice.payoffs.tolist()]
    [5.25, 5.25]
    """
    method = method or CorrelatedEquilibrium()
    weights = method.weights or (1.0,) * tree.n_players
    if len(weights) != tree.n_players:
        raise MethodError(
            f"CorrelatedEquilibrium: weights has {len(weights)} numbers; the game has "
            f"{tree.n_players} players, one for each"
        )
    reduced = reduced_form(tree, max_profiles=method.max_profiles)
    payoffs = reduced.game.payoffs.reshape(tree.n_players, -1)
    programme = _Programme(reduced)
    solved = linprog(
        -np.asarray(weights) @ payoffs
        if not programme.n_further
        else np.concatenate(
            [-np.asarray(weights) @ payoffs, np.zeros(programme.n_further)]
        ),
        A_ub=programme.matrix(),
        b_ub=np.zeros(programme.n_rows),
        A_eq=np.concatenate([np.ones(payoffs.shape[1]), np.zeros(programme.n_further)])[
            None
        ],
        b_eq=[1.0],
        bounds=[(0, None)] * payoffs.shape[1] + [(None, None)] * programme.n_further,
        method="highs",
    )
    if solved.status != 0:
        raise NotConvergedError(f"CorrelatedEquilibrium: {solved.message}")
    lottery = np.maximum(solved.x[: payoffs.shape[1]], 0.0)
    drawn = np.flatnonzero(lottery > 1e-12)
    chances = lottery[drawn] / lottery[drawn].sum()
    profiles = np.array(np.unravel_index(drawn, reduced.game.payoffs.shape[1:])).T
    gains = disobedience(reduced, profiles.astype(np.int32), chances)
    certificate = _certificate(gains, tree)
    return Advice(
        profiles=profiles.astype(np.int32),
        chances=chances,
        payoffs=payoffs[:, drawn] @ chances,
        gains=gains,
        status=Status.EXACT if certificate.is_verified else Status.FAILED,
        method=method,
        certificate=certificate,
        digest=digest_of(tree),
        tree=tree,
    )


def _certificate(gains: FloatArray, tree: GameTree) -> Certificate:
    spread = float(np.ptp(tree.payoffs)) or 1.0
    return Certificate(
        "gain by disobeying",
        float(gains.max(initial=0.0)),
        _BOUND * spread,
        "best plans after every recommendation",
    )


def _following(sets: IntArray) -> dict[int, list[int]]:
    after: dict[int, list[int]] = {}
    for row, parent in enumerate(sets[:, PARENT].tolist()):
        after.setdefault(parent, []).append(row)
    return after


class _Programme:
    """The incentive constraints: recommended sequences against deviations.

    For each player and each recommended sequence, a free number for every own set that
    comes at or after the set of the recommendation bounds what disobeying from there on
    can earn. The recommendation must earn at least the bound at its own set.
    """

    def __init__(self, reduced: ReducedForm) -> None:
        self.reduced = reduced
        self.n_profiles = math.prod(len(plan) for plan in reduced.plans)
        self.n_further = 0
        self.n_rows = 0
        self._rows: list[Any] = []
        self._columns: list[Any] = []
        self._values: list[Any] = []
        for player in range(len(reduced.plans)):
            self._player(player)

    def _add(self, row: int, columns: Any, values: Any) -> None:
        columns = np.atleast_1d(columns)
        self._rows.append(np.full(len(columns), row))
        self._columns.append(columns)
        self._values.append(np.broadcast_to(values, len(columns)))

    def matrix(self) -> coo_array:
        """(n_rows, n_profiles + n_further), each row at most 0."""
        shape = (self.n_rows, self.n_profiles + self.n_further)
        if not self._rows:
            return coo_array(shape)
        parts = [np.concatenate(p) for p in (self._values, self._rows, self._columns)]
        return coo_array((parts[0], (parts[1], parts[2])), shape=shape)

    def _player(self, player: int) -> None:
        form = self.reduced.form
        sets, after = form.sets[player], _following(form.sets[player])
        shape = tuple(len(plan) for plan in self.reduced.plans)
        earned = _sequence_earnings(self.reduced, player)
        number = np.arange(self.n_profiles).reshape(shape)
        by_own = np.moveaxis(number, player, 0).reshape(shape[player], -1)
        for row, (_, first, count) in enumerate(sets.tolist()):
            for told in range(first, first + count):
                takes = np.flatnonzero(self.reduced.plans[player][:, told] > 0)
                bounds = self._bounds(sets, after, row)
                self._deviations(sets, after, bounds, takes, by_own, earned)
                obeyed = _obedient(self.reduced, player, after, row, told, takes)
                values = -(obeyed @ earned)
                top = self._new_row()
                self._add(top, by_own[takes].ravel(), values.ravel())
                self._add(top, self.n_profiles + bounds[row], 1.0)

    def _bounds(
        self, sets: IntArray, after: dict[int, list[int]], row: int
    ) -> dict[int, int]:
        """A free number for a set and all own sets after it."""
        bounds: dict[int, int] = {}
        open_ = [row]
        while open_:
            at = open_.pop()
            bounds[at] = self.n_further
            self.n_further += 1
            first, count = int(sets[at, FIRST]), int(sets[at, COUNT])
            for sequence in range(first, first + count):
                open_ += after.get(sequence, [])
        return bounds

    def _new_row(self) -> int:
        self.n_rows += 1
        return self.n_rows - 1

    def _deviations(
        self,
        sets: IntArray,
        after: dict[int, list[int]],
        bounds: dict[int, int],
        takes: Any,
        by_own: Any,
        earned: FloatArray,
    ) -> None:
        """bound(set) >= what a sequence earns + bounds of the sets after it."""
        for at, bound in bounds.items():
            first, count = int(sets[at, FIRST]), int(sets[at, COUNT])
            for sequence in range(first, first + count):
                line = self._new_row()
                pays = np.tile(earned[sequence], (len(takes), 1))
                self._add(line, by_own[takes].ravel(), pays.ravel())
                self._add(line, self.n_profiles + bound, -1.0)
                for following in after.get(sequence, []):
                    self._add(line, self.n_profiles + bounds[following], 1.0)


def _sequence_earnings(reduced: ReducedForm, player: int) -> FloatArray:
    """(n_sequences, n_profiles of the others), what leaves below a sequence pay."""
    form = reduced.form
    weight = (form.leaf_chance * form.payoffs[player])[:, None]
    for other, plan in enumerate(reduced.plans):
        if other != player:
            allowed = plan[:, form.leaf_sequences[other]].T
            weight = (weight[:, :, None] * allowed[:, None, :]).reshape(
                form.n_leaves, -1
            )
    earned = np.zeros((form.n_sequences[player], weight.shape[1]))
    np.add.at(earned, form.leaf_sequences[player], weight)
    return earned


def _obedient(
    reduced: ReducedForm,
    player: int,
    after: dict[int, list[int]],
    row: int,
    told: int,
    takes: Any,
) -> FloatArray:
    """(n_takes, n_sequences), the sequences at and after a recommendation, as told."""
    del row
    sets = reduced.form.sets[player]
    kept = np.zeros(reduced.form.n_sequences[player])
    open_ = [told]
    while open_:
        sequence = open_.pop()
        kept[sequence] = 1.0
        for at in after.get(sequence, []):
            first, count = int(sets[at, FIRST]), int(sets[at, COUNT])
            open_ += range(first, first + count)
    return np.asarray(reduced.plans[player][takes] * kept)


def disobedience(
    reduced: ReducedForm, profiles: IntArray, chances: FloatArray
) -> FloatArray:
    """Find the most that each player gains by disobeying one recommendation.

    Parameters
    ----------
    reduced : the game's strategies
    profiles : (n, n_players), strategies drawn
    chances : (n,), of each profile

    Returns
    -------
    (n_players,) : in units of payoffs, before anything is told

    Notes: shares nothing with the linear programme. For every recommendation, the
    profiles that carry it are played on with the leaves themselves, and the best plan
    of the player from there on is found last sets first.
    """
    form = reduced.form
    gains = np.zeros(form.n_players)
    for player in range(form.n_players):
        sets = form.sets[player]
        for row, (_, first, count) in enumerate(sets.tolist()):
            for told in range(first, first + count):
                plan = reduced.plans[player]
                told_to = plan[profiles[:, player], told] > 0
                if told_to.any():
                    gain = _gain(
                        reduced, form, player, row, profiles[told_to], chances[told_to]
                    )
                    gains[player] = max(gains[player], gain)
    return gains


def _gain(
    reduced: ReducedForm,
    form: SequenceForm,
    player: int,
    row: int,
    profiles: IntArray,
    chances: FloatArray,
) -> float:
    sets = form.sets[player]
    below = np.zeros(form.n_sequences[player], dtype=bool)
    is_after = np.zeros(len(sets), dtype=bool)
    for at in range(row, len(sets)):
        is_after[at] = at == row or below[sets[at, PARENT]]
        if is_after[at]:
            below[sets[at, FIRST] : sets[at, FIRST] + sets[at, COUNT]] = True
    own = form.leaf_sequences[player]
    obeyed, gradient = 0.0, np.zeros(form.n_sequences[player])
    for profile, chance in zip(profiles, chances, strict=True):
        weight = chance * form.leaf_chance * form.payoffs[player] * below[own]
        for other, strategy in enumerate(profile):
            if other != player:
                weight = (
                    weight * reduced.plans[other][strategy][form.leaf_sequences[other]]
                )
        np.add.at(gradient, own, weight)
        obeyed += float(weight @ reduced.plans[player][profile[player]][own])
    best = 0.0
    for at in np.flatnonzero(is_after)[::-1].tolist():
        here = slice(sets[at, FIRST], sets[at, FIRST] + sets[at, COUNT])
        best = float(gradient[here].max())
        if at != row:
            gradient[sets[at, PARENT]] += best
    return best - obeyed
