"""Which outcomes of a crisis would hold, in how many draws, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.stability._kernels.judge import judge_state
from backchannel.stability.around import (
    Surroundings,
    Terms,
    givers_of,
    look_around,
    movers_of,
)
from backchannel.stability.cells import Cells, gather_cells
from backchannel.stability.holding import CrisisStability, Holding
from backchannel.stability.methods import (
    BoolArray,
    EachOnce,
    Int32Array,
    LegalSequences,
    Method,
)
from backchannel.stability.reasons import Judged, find_reasons
from backchannel.stability.waiting import Waiting, weigh_waiting

DEFAULT = LegalSequences()
# Worths held at once, some 16 MB.
_MOST_CELLS = 2**21


def analyse_stability(
    crisis: Crisis,
    *,
    draws: Draws,
    risk: RiskCurve,
    outcomes: Iterable[Terms] | None = None,
    method: Method = DEFAULT,
) -> CrisisStability:
    """Find which outcomes hold once they are reached, and what would spoil them.

    Parameters
    ----------
    crisis : a loaded crisis
    draws : joint samples of its uncertain numbers
    risk : chance of war by hour and draw; `RiskCurve.without_risk` where the file has
        no escalation section
    outcomes : packages to judge beside the status quo; the offers of the file and the
        package of history where nothing is said
    method : how replies to an improvement are put together

    Returns
    -------
    CrisisStability : for each outcome the draws in which it holds, by five concepts,
        and for each actor what tempts it and what deters it

    Raises
    ------
    ModelError : nobody can move, too many can, or too many states.
    MethodError : draws and risk do not belong together.

    Notes: exact in every draw. While an outcome is kept the danger is over; in any
    other state it is back, so a state x is worth q (-100) + (1 - q) (fallback + u(x)),
    q being the chance of war by the horizon. Only the order counts, and that is the
    order of u with the outcome moved up; see docs/stability.md.
    Source: Fang, Hipel and Kilgour (1993), Interactive Decision Making, Wiley.
    """
    if risk.n_draws != draws.n_draws:
        raise MethodError(
            f"risk: has {risk.n_draws} draws, draws has {draws.n_draws}; use the same"
        )
    prob_war = risk.at(np.full(draws.n_draws, crisis.horizon.median()))
    asked = _distinct(named_outcomes(crisis) if outcomes is None else outcomes)
    movers = movers_of(crisis)
    result = CrisisStability(
        outcomes=tuple(_judge(crisis, draws, prob_war, t, method) for t in asked),
        movers=movers,
        silent=tuple(a for a in givers_of(crisis) if a not in movers),
        status=Status.SAMPLED,
        method=method,
        seed=draws.seed,
        n_draws=draws.n_draws,
        crisis_digest=crisis.digest,
        certificate=Certificate("not checked", float("nan"), 0.0, "none"),
        draws=draws,
        prob_war=prob_war,
    )
    return replace(result, certificate=result.certified(crisis))


def named_outcomes(crisis: Crisis) -> list[Terms]:
    """The packages that a file names: its offers, and what history chose."""
    written = [offer.package for offer in crisis.offers.values()]
    if crisis.outcome is not None and crisis.outcome.package is not None:
        written.append(crisis.outcome.package)
    return [package.terms for package in written]


def _distinct(outcomes: Iterable[Terms]) -> list[dict[str, Choice]]:
    """The status quo first, then each outcome once, without what it leaves as it is."""
    found: list[dict[str, Choice]] = [{}]
    for terms in outcomes:
        if dict(terms) not in found:
            found.append(dict(terms))
    return found


@dataclass(frozen=True, eq=False)
class _Desk:
    """One outcome laid out for the kernel."""

    around: Surroundings
    cells: Cells
    member: Int32Array
    draws: Draws
    waiting: Waiting
    is_once: bool

    def verdicts(self, span: slice) -> tuple[Judged, BoolArray]:
        """Judge some draws: with the danger back after a breach, and without it."""
        around = self.around
        worth = around.worths(self.draws, span)
        feared = self._judge(worth, around.state, self._kept(worth, span))
        if not around.terms(around.state):
            return feared, feared.holds
        if around.undone is None:
            calm = self._judge(worth, around.state, worth[:, :, around.state])
        else:
            calm = self._judge(worth, around.undone, self.waiting.worth[:, span])
        return feared, calm.holds

    def worth_in(self, draw: int) -> FloatArray:
        """Worth of every state in one draw, (n_actors, n_states), as it is compared."""
        span = slice(draw, draw + 1)
        worth = self.around.worths(self.draws, span)
        worth[:, :, self.around.state] = self._kept(worth, span)
        return worth[:, 0]

    def _kept(self, worth: FloatArray, span: slice) -> FloatArray:
        """What the outcome counts for; waiting itself lends nothing to waiting."""
        own = worth[:, :, self.around.state]
        is_agreed = bool(self.around.terms(self.around.state))
        return self.waiting.credit(own, span) if is_agreed else own

    def _judge(self, worth: FloatArray, replaced: int, by: FloatArray) -> Judged:
        cells = self.cells
        found = judge_state(
            worth,
            self.around.state,
            replaced,
            np.ascontiguousarray(by),
            cells.cell,
            cells.start,
            self.member,
            cells.above_start,
            cells.above,
            self.is_once,
        )
        return Judged(*found)


def _judge(
    crisis: Crisis, draws: Draws, prob_war: FloatArray, terms: Terms, method: Method
) -> Holding:
    """Judge one outcome in blocks of draws that fit the cache."""
    around = look_around(crisis, terms)
    conflict, cells = around.conflict, gather_cells(around.conflict)
    desk = _Desk(
        around,
        cells,
        cells.members(conflict.preference),
        draws,
        weigh_waiting(crisis, conflict.actors, draws, prob_war),
        isinstance(method, EachOnce),
    )
    width = max(1, _MOST_CELLS // conflict.preference.size)
    starts = range(0, draws.n_draws, width)
    parts = [
        desk.verdicts(slice(first, min(first + width, draws.n_draws)))
        for first in starts
    ]
    feared = Judged(
        np.concatenate([part.holds for part, _ in parts], axis=1),
        np.concatenate([part.tempted for part, _ in parts], axis=1),
        np.concatenate([part.leaves_for for part, _ in parts], axis=1),
    )
    calm = np.concatenate([holds for _, holds in parts], axis=1)
    return Holding(
        dict(terms),
        np.asarray(feared.holds.all(axis=0).T),
        np.asarray(calm.all(axis=0).T),
        find_reasons(around, cells, feared, desk.worth_in, method),
        conflict.n_states,
    )
