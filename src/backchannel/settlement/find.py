"""Find the settlements of a crisis: every package, every draw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.settlement.best import find_best
from backchannel.settlement.cells import Block, Cells
from backchannel.settlement.disclosure import weigh_secrecy
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.method import BoolArray, Exhaustive
from backchannel.settlement.packages import Packages, enumerate_packages
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.solutions import find_solutions
from backchannel.settlement.valuation import Valuation, arrange, compile_valuation

DEFAULT = Exhaustive()
# Products of gains closer than this, as a share, are rounding apart.
_TIED = 1e-12


def find_settlements(
    crisis: Crisis,
    *,
    draws: Draws,
    risk: RiskCurve,
    method: Exhaustive = DEFAULT,
) -> Settlements:
    """Find which packages both sides can sign and carry home.

    Parameters
    ----------
    crisis : a loaded crisis
    draws : joint samples of its uncertain numbers
    risk : chance of war by hour and draw; `RiskCurve.without_risk` where the file has
        no escalation section
    method : how to look

    Returns
    -------
    Settlements : chances, gains, frontier, named solutions, what secrecy buys

    Raises
    ------
    ModelError : too many packages, none at all, an actor asked without a threshold.
    MethodError : draws and risk do not belong together.

    Notes: exact for the given draws; thresholds are integrated out, not drawn.
    Source: docs/settlement.md; Putnam (1988), International Organization 42(3), for
    ratification; Nash (1950) and others for the solutions.
    """
    if risk.n_draws != draws.n_draws:
        raise MethodError(
            f"risk: has {risk.n_draws} draws, draws has {draws.n_draws}; use the same"
        )
    packages = enumerate_packages(crisis, method)
    _bound_work(packages, draws, method)
    prob_war = risk.at(np.full(draws.n_draws, crisis.horizon.median()))
    return settle_packages(crisis, packages, draws, prob_war, method)


def settle_packages(
    crisis: Crisis,
    packages: Packages,
    draws: Draws,
    prob_war: FloatArray,
    method: Exhaustive,
) -> Settlements:
    """Find the settlements among given packages; `prob_war` is (n_draws,)."""
    valuation = compile_valuation(crisis, packages, draws, prob_war)
    tally = count_draws(valuation, method)
    return _assemble(crisis, valuation, prob_war, tally, method)


def _bound_work(packages: Packages, draws: Draws, method: Exhaustive) -> None:
    cells = len(packages) * draws.n_draws
    if cells > method.max_cells:
        raise ModelError(
            f"issues: {len(packages)} packages in {draws.n_draws} draws are "
            f"{cells:.2g} cells, more than {method.max_cells:.2g}; use at most "
            f"{max(1, method.max_cells // len(packages))} draws or park an issue"
        )


@dataclass
class Tally:
    """Sums over the draws met so far, and single draws where they are kept."""

    settled: FloatArray
    ratified: FloatArray
    leak: FloatArray
    accepts: FloatArray
    gains: FloatArray
    wins: FloatArray
    without_deal: float
    settled_by_draw: FloatArray | None
    gains_by_draw: FloatArray | None
    regret: FloatArray

    def add(self, cells: Cells, span: slice) -> None:
        """Count one block of draws."""
        accepts = cells.accepts
        accepted = np.asarray(accepts.all(axis=0))
        settled = cells.carried * accepted
        self.settled += settled.sum(axis=1)
        self.ratified += cells.ratified.sum(axis=1)
        self.leak += cells.leak.sum(axis=1)
        self.accepts += accepts.sum(axis=2).T
        self.gains += cells.gains.sum(axis=2).T
        # Accepting what is sure to fail at home is idle, and no deal.
        self._crown(cells.gains, settled > 0.0)
        for p, gains in enumerate(cells.gains):
            # What not all accept brings nobody anything.
            brings = np.where(accepted, gains, 0.0)
            lack = (brings.max(axis=0) - brings).max(axis=1)
            np.maximum(self.regret[:, p], lack, out=self.regret[:, p])
        if self.settled_by_draw is not None and self.gains_by_draw is not None:
            self.settled_by_draw[:, span] = settled
            self.gains_by_draw[:, :, span] = cells.gains

    def _crown(self, gains: FloatArray, can_settle: BoolArray) -> None:
        """Credit, by draw, the packages with the largest product of gains."""
        product = np.maximum(gains[0], 0.0)
        for own in gains[1:]:
            product *= np.maximum(own, 0.0)
        product[~can_settle] = -1.0
        best = product.max(axis=0)
        # Where none can be settled the best is -1, and nothing reaches this bar.
        bar = np.where(best < 0.0, np.inf, best * (1.0 - _TIED))
        rows, columns = np.nonzero(product >= bar)
        n_tied = np.bincount(columns, minlength=len(best))
        shares = 1.0 / n_tied[columns]
        self.wins += np.bincount(rows, weights=shares, minlength=len(self.wins))
        self.without_deal += float((n_tied == 0).sum())


def count_draws(valuation: Valuation, method: Exhaustive) -> Tally:
    """Go through the draws in blocks that fit the cache."""
    n_packages, n_draws = len(valuation.packages), valuation.draws.n_draws
    n_parties = len(valuation.stakes)
    is_kept = n_packages * n_draws * (1 + n_parties) * 8 <= method.max_kept_bytes
    one, two = np.zeros(n_packages), np.zeros((n_packages, n_parties))
    tally = Tally(
        one,
        one.copy(),
        one.copy(),
        two,
        two.copy(),
        one.copy(),
        0.0,
        np.empty((n_packages, n_draws)) if is_kept else None,
        np.empty((n_parties, n_packages, n_draws)) if is_kept else None,
        two.copy(),
    )
    width = max(1, method.block_cells // n_packages)
    for start in range(0, n_draws, width):
        span = slice(start, min(start + width, n_draws))
        tally.add(Block(valuation, span).cells(), span)
    return tally


def _assemble(
    crisis: Crisis,
    valuation: Valuation,
    prob_war: FloatArray,
    tally: Tally,
    method: Exhaustive,
) -> Settlements:
    packages, draws = valuation.packages, valuation.draws
    n = draws.n_draws
    gains, prob_settled = tally.gains / n, tally.settled / n
    solutions = find_solutions(gains)
    historical, note = _historical(crisis, packages)
    prob_ratified = tally.ratified / n
    best = find_best(solutions, gains, prob_settled, prob_ratified)
    result = Settlements(
        crisis.parties,
        packages,
        prob_settled,
        prob_ratified,
        tally.leak / n,
        tally.accepts / n,
        gains,
        pareto_frontier(gains),
        solutions,
        tally.wins / n,
        tally.without_deal / n,
        historical,
        note,
        weigh_secrecy(crisis, valuation, prob_settled, best, historical),
        tally.settled_by_draw,
        tally.gains_by_draw,
        Status.SAMPLED,
        method,
        draws.seed,
        n,
        crisis.digest,
        Certificate("not checked", float("nan"), 0.0, "none"),
        crisis,
        draws,
        prob_war,
        valuation,
        tally.regret,
        partial(_revalue, crisis, valuation, prob_war, method),
    )
    return _frozen(replace(result, certificate=result.certified()))


def _revalue(
    crisis: Crisis,
    valuation: Valuation,
    prob_war: FloatArray,
    method: Exhaustive,
    draws: Draws,
    actors: Collection[str],
) -> Settlements:
    """Settle again after worths of some actors have been drawn anew."""
    again = arrange(valuation.ledger.revalued(crisis, draws, actors))
    return _assemble(crisis, again, prob_war, count_draws(again, method), method)


def _historical(crisis: Crisis, packages: Packages) -> tuple[int | None, str]:
    """Row of the package that history chose, or why there is none."""
    if crisis.outcome is None or crisis.outcome.package is None:
        return None, "the file names no historical package"
    try:
        row = packages.row_of(crisis.outcome.package)
    except ModelError as error:
        return None, str(error)
    note = "" if row is not None else "the historical package is not feasible"
    return row, note


def _frozen(result: Settlements) -> Settlements:
    """Make the arrays read-only: results are shared, never changed."""
    for value in vars(result).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return result
