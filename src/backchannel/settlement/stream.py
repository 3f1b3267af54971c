"""The whole model of a crisis for more packages than memory holds.

Packages come in blocks; each block is evaluated in every draw, counted and forgotten
but for what can still matter: its frontier, the package settled most often, and that
with each choice. What is left at the end is evaluated together, with its neighbours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.settlement.additive import last_issues_within
from backchannel.settlement.best import find_best
from backchannel.settlement.choices import choices_of
from backchannel.settlement.contradiction import are_feasible, nothing_fits
from backchannel.settlement.find import count_draws, settle_packages
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.method import PASSES_AT, TOLERANCE, Exhaustive, IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.valuation import compile_valuation

Rows = NDArray[np.int16]


@dataclass(frozen=True)
class Streamed:
    """Evaluate packages block by block; exact for the given draws.

    `max_packages` and `max_cells` (packages x draws) bound the work, `block_packages`
    the memory.
    """

    max_packages: int = 1_000_000_000
    max_cells: int = 100_000_000_000
    block_packages: int = 20_000

    def __post_init__(self) -> None:
        for name in ("max_packages", "max_cells", "block_packages"):
            value = getattr(self, name)
            if value < 1:
                raise MethodError(f"Streamed.{name}: is {value}; must be 1 or larger")


@dataclass(frozen=True, eq=False)
class StreamedSettlements:
    """Counts over every feasible package, and the settlements of those that matter.

    `n_passing` are settled at least as likely as not, `n_ratified` passed at home so
    (the win-set), `n_in_zopa` those at which no party expects a loss. `kept` holds the
    frontier of expected gains, the package settled most often with each choice, and
    the neighbours of the best one: frontier, named solutions and best package are those
    of all packages, while shares of draws and regrets are among the kept ones.
    """

    n_feasible: int
    n_passing: int
    n_ratified: int
    n_in_zopa: int
    method: Streamed
    kept: Settlements

    def __str__(self) -> str:
        counts = (
            f"of {self.n_feasible:,} feasible packages {self.n_passing:,} pass, "
            f"{self.n_ratified:,} are passed at home, {self.n_in_zopa:,} please all"
        )
        best = self.kept.packages.label(self.kept.best)
        lines = [
            counts,
            f"frontier    {len(self.kept.frontier):,} packages",
            f"best        {best}",
            f"status      {self.kept.status} over {self.kept.n_draws} draws",
            f"check       {self.kept.certificate}",
        ]
        return "\n".join(lines)


def stream_settlements(
    crisis: Crisis,
    *,
    draws: Draws,
    risk: RiskCurve,
    method: Streamed | None = None,
    progress: Callable[[str], None] | None = None,
) -> StreamedSettlements:
    """Find the settlements of a crisis without holding its packages.

    Parameters
    ----------
    crisis, draws, risk : as `find_settlements` takes them
    method : bounds on work and memory
    progress : called with what is done, block by block

    Returns
    -------
    StreamedSettlements : exact for the given draws

    Raises
    ------
    ModelError : more packages or cells than the method takes, or none at all.
    """
    chosen = method or Streamed()
    choices = tuple(choices_of(issue) for issue in crisis.issues.values())
    total = math.prod(len(c) for c in choices)
    _bound(total, draws, chosen)
    horizon = np.full(draws.n_draws, crisis.horizon.median())
    prob_war = risk.at(horizon)
    issues = tuple(crisis.issues)
    keep = _Keep(len(crisis.parties))
    n_done = 0
    for rows, n_met in _blocks(crisis, choices, chosen.block_packages):
        n_done += n_met
        if len(rows):
            packages = Packages(issues, choices, rows, total)
            keep.add(crisis, packages, draws, prob_war)
        if progress is not None:
            progress(f"weighed {n_done:,} of {total:,} packages")
    if not keep.n_feasible:
        raise nothing_fits(crisis)
    rows = _with_neighbours(crisis, choices, keep)
    packages = Packages(issues, choices, rows, total)
    kept = settle_packages(crisis, packages, draws, prob_war, Exhaustive())
    return StreamedSettlements(
        keep.n_feasible, keep.n_passing, keep.n_ratified, keep.n_in_zopa, chosen, kept
    )


def _bound(total: int, draws: Draws, method: Streamed) -> None:
    cells = total * draws.n_draws
    if total > method.max_packages or cells > method.max_cells:
        raise ModelError(
            f"issues: {total:.3g} packages in {draws.n_draws} draws are more than "
            f"Streamed takes ({method.max_packages:.3g} packages, "
            f"{method.max_cells:.3g} cells); take fewer draws, park an issue, or ask "
            "`nominal_game` at the medians"
        )


def _blocks(
    crisis: Crisis, choices: tuple[tuple[Choice, ...], ...], limit: int
) -> Iterator[tuple[Rows, int]]:
    """Feasible packages of each block, the status quo left out, and its whole size."""
    sizes = [len(c) for c in choices]
    first = last_issues_within(sizes, len(sizes), limit)
    fast = np.indices(sizes[first:], dtype=np.int16).reshape(len(sizes) - first, -1).T
    grid = np.empty((len(fast), len(sizes)), dtype=np.int16)
    grid[:, first:] = fast
    for slow in itertools.product(*(range(n) for n in sizes[:first])):
        grid[:, :first] = slow
        keep = are_feasible(crisis, grid)
        keep &= grid.any(axis=1)
        yield grid[keep], len(grid)


class _Keep:
    """What has been counted, and the packages that can still matter."""

    def __init__(self, n_parties: int) -> None:
        self.n_feasible = self.n_passing = self.n_ratified = self.n_in_zopa = 0
        self.rows: Rows | None = None
        self.gains = np.zeros((0, n_parties))
        self.settled = np.zeros(0)
        self.ratified = np.zeros(0)

    def add(
        self, crisis: Crisis, packages: Packages, draws: Draws, prob_war: FloatArray
    ) -> None:
        """Count one block and keep what can still matter of it and of those before."""
        valuation = compile_valuation(crisis, packages, draws, prob_war)
        tally = count_draws(valuation, Exhaustive(max_kept_bytes=0))
        n = draws.n_draws
        gains, settled = tally.gains / n, tally.settled / n
        ratified = tally.ratified / n
        self.n_feasible += len(packages)
        self.n_passing += int((settled >= PASSES_AT).sum())
        self.n_ratified += int((ratified >= PASSES_AT).sum())
        self.n_in_zopa += int((gains >= -TOLERANCE).all(axis=1).sum())
        first = self.rows is None
        rows = packages.rows if self.rows is None else self.rows
        if not first:
            rows = np.concatenate([rows, packages.rows])
        gains = np.concatenate([self.gains, gains])
        settled = np.concatenate([self.settled, settled])
        ratified = np.concatenate([self.ratified, ratified])
        matter = _that_matter(rows, gains, settled, ratified)
        self.rows, self.gains = rows[matter], gains[matter]
        self.settled, self.ratified = settled[matter], ratified[matter]


def _that_matter(
    rows: Rows, gains: FloatArray, settled: FloatArray, ratified: FloatArray
) -> IntArray:
    """The frontier, the best without it, and the most settled with each choice."""
    found = set(pareto_frontier(gains).tolist())
    found.add(find_best((), gains, settled, ratified))
    for column in rows.T:
        # Sorted by choice, then by chance: the last of each run is its best.
        order = np.lexsort((-np.arange(len(rows)), settled, column))
        ends = np.flatnonzero(np.diff(column[order], append=-1))
        found.update(order[ends].tolist())
    return np.array(sorted(found), dtype=np.int64)


def _with_neighbours(
    crisis: Crisis, choices: tuple[tuple[Choice, ...], ...], keep: _Keep
) -> Rows:
    """What was kept, the package of history, and all that differ in one issue."""
    centres = [] if keep.rows is None else list(keep.rows)
    centres += _historical(crisis, choices)
    found = [np.array(centres)]
    for j, options in enumerate(choices):
        for place in range(len(options)):
            moved = np.array(centres)
            moved[:, j] = place
            found.append(moved)
    every = np.unique(np.concatenate(found), axis=0)
    return every[are_feasible(crisis, every) & every.any(axis=1)]


def _historical(
    crisis: Crisis, choices: tuple[tuple[Choice, ...], ...]
) -> list[NDArray[np.int16]]:
    """The package that history chose, where the file names one that is allowed."""
    if crisis.outcome is None or crisis.outcome.package is None:
        return []
    none = np.zeros((0, len(choices)), dtype=np.int16)
    try:
        packages = Packages(tuple(crisis.issues), choices, none, 0)
        return [packages.positions_of(crisis.outcome.package).astype(np.int16)]
    except ModelError:
        return []
