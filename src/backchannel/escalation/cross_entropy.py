"""Change the rates so that war becomes common, and undo the change by weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.tilted import tilted_paths
from backchannel.escalation.jump_table import JumpTable
from backchannel.escalation.problem import FloatArray, IntArray

# Fewer arrivals than this teach nothing: climb harder and try again.
_FEWEST_ARRIVALS = 50
_HARDER = 3.0
_MOST_TRIES = 12
# Weight of a cell's family in an update, in jumps seen. Without it what few paths met
# is tilted by luck, and the weights grow a heavy tail.
_PRIOR_JUMPS = 0.3
_NO_CELLS: IntArray = np.zeros(0, dtype=np.int64)
_NO_SUMS: FloatArray = np.zeros(0)


@dataclass(frozen=True)
class CrossEntropy:
    """Importance sampling; the rate of each (effect, rung) has a multiplier of its own.

    The multipliers are learnt from paths that reach one rung more in every stage of
    `n_training` paths, and lie between `floor` and `ceiling`: a rate that is cut too
    far hides a way to war, and the interval then leaves the truth out. Two independent
    runs of `n_paths`, each with multipliers of its own, must agree within `agreement`
    standard errors, and no path may hold more than `max_share` of all weight; else the
    floor and `n_paths` are doubled and both run again, `n_attempts` times at most.

    Source: Rubinstein (1999), Methodology and Computing in Applied Probability 1(2),
    127-190; Ridder (2005), Annals of Operations Research 134, 119-136.
    """

    n_paths: int = 25_000
    n_training: int = 5_000
    floor: float = 0.1
    ceiling: float = 1e4
    max_share: float = 0.01
    agreement: float = 3.0
    n_attempts: int = 4

    def __post_init__(self) -> None:
        for name in ("n_paths", "n_training"):
            if not 1000 <= getattr(self, name) <= 10**9:
                raise MethodError(
                    f"{name}: is {getattr(self, name)}; "
                    "must lie between 1,000 and 1,000,000,000"
                )
        if not 0.01 <= self.floor <= 1.0:
            raise MethodError(f"floor: is {self.floor:g}; must lie between 0.01 and 1")
        if not self.ceiling >= 1.0:
            raise MethodError(f"ceiling: is {self.ceiling:g}; must be 1 or more")
        if not 0.0 < self.max_share < 1.0:
            raise MethodError(
                f"max_share: is {self.max_share:g}; must lie between 0 and 1"
            )
        if not self.agreement > 0.0:
            raise MethodError(f"agreement: is {self.agreement:g}; must be above 0")
        if self.n_attempts < 1:
            raise MethodError(f"n_attempts: is {self.n_attempts}; must be 1 or more")


@dataclass(frozen=True)
class Weighted:
    """Weights (n,) of paths, 0 where war did not come, the hours (n,), jumps made."""

    weight: FloatArray
    hour: FloatArray
    n_jumps: int

    @property
    def max_share(self) -> float:
        """Largest weight as a share of all."""
        total = float(self.weight.sum())
        return float(self.weight.max()) / total if total > 0 else 1.0

    def estimate(self, hour: float = np.inf) -> tuple[float, float]:
        """Probability of war by an hour, and its standard error."""
        weight = np.where(self.hour <= hour, self.weight, 0.0)
        n = len(weight)
        return float(weight.mean()), float(weight.std(ddof=1) / np.sqrt(n))


def learn_multipliers(
    table: JumpTable, method: CrossEntropy, seed: int, floor: float
) -> FloatArray | None:
    """Multipliers under which paths go to war as they do when they do.

    Parameters
    ----------
    table : jumps with their rates
    method : how many paths a stage, and the ceiling
    seed : of the training paths
    floor : least multiplier

    Returns
    -------
    (n_cells,); None where some rung was not reached however hard paths were driven

    Notes: the update of Rubinstein (1999) for exponential stays, weighted jumps over
    weighted rate x time, drawn towards that of all jumps up, down or along from the
    same rung. What was never met keeps its multiplier.
    """
    multipliers = np.ones(table.n_cells)
    goals = sorted({int(g) for g in table.group if g > table.first_group})
    family = _families(table)
    run = 0
    for goal in [*goals, goals[-1]]:
        for _ in range(_MOST_TRIES):
            jumps, mass = np.zeros(table.n_cells), np.zeros(table.n_cells)
            first = run * method.n_training
            found = _follow(
                table, multipliers, goal, seed, first, method.n_training, jumps, mass
            )
            run += 1
            n_arrived = int((found.weight > 0).sum())
            if n_arrived >= _FEWEST_ARRIVALS:
                break
            multipliers = _drive(table, multipliers, method.ceiling)
        else:
            return None
        multipliers = _update(family, multipliers, jumps, mass, found)
        multipliers = np.clip(multipliers, floor, method.ceiling)
    return multipliers


def _families(table: JumpTable) -> IntArray:
    """Number of (rung, up or down or along) for each cell, (n_cells,)."""
    first = np.unique(table.cell, return_index=True)[1]
    source = np.repeat(np.arange(len(table.group)), np.diff(table.row_start))[first]
    rung = table.group[source]
    way = np.sign(table.group[table.target[first]] - rung) + 1
    return np.unique(3 * rung + way, return_inverse=True)[1].reshape(-1)


def _update(
    family: IntArray,
    before: FloatArray,
    jumps: FloatArray,
    mass: FloatArray,
    found: Weighted,
) -> FloatArray:
    """Multipliers after a stage, (n_cells,)."""
    # Weight of one jump seen, as unequal weights let it count.
    one = float(found.weight @ found.weight) / float(found.weight.sum())
    all_jumps, all_mass = np.bincount(family, jumps), np.bincount(family, mass)
    of_family = (all_jumps + one) / (all_mass + one)
    prior = _PRIOR_JUMPS * one
    after = (jumps + prior) / (mass + prior / of_family[family])
    return np.where(all_mass[family] > 0, after, before)


def _drive(table: JumpTable, multipliers: FloatArray, ceiling: float) -> FloatArray:
    """Multiply whatever climbs: too few paths arrived to learn from."""
    source = np.repeat(np.arange(len(table.group)), np.diff(table.row_start))
    climbs = table.group[table.target] > table.group[source]
    factor = np.ones_like(multipliers)
    factor[table.cell[climbs]] = _HARDER
    return np.minimum(multipliers * factor, ceiling)


def sample_tilted(
    table: JumpTable, multipliers: FloatArray, seed: int, n_paths: int
) -> Weighted:
    """Paths under multiplied rates until war, a settlement or the horizon.

    Parameters
    ----------
    table : jumps with their rates
    multipliers : (n_cells,), above 0
    seed : of these paths; the same seed and number give the same weights
    n_paths : how many

    Returns
    -------
    Weighted : the mean of its weights is unbiased for P(war by the horizon)
    """
    goal = int(table.group[table.war])
    return _follow(table, multipliers, goal, seed, 0, n_paths, _NO_SUMS, _NO_SUMS)


def _follow(
    table: JumpTable,
    multipliers: FloatArray,
    goal: int,
    seed: int,
    first: int,
    n_paths: int,
    jumps: FloatArray,
    mass: FloatArray,
) -> Weighted:
    tilted = table.rate * multipliers[table.cell]
    weight, hour = np.empty(n_paths), np.empty(n_paths)
    n_jumps = tilted_paths(
        table.row_start,
        table.target,
        table.rate,
        tilted,
        -np.log(multipliers)[table.cell],
        table.outflow(table.rate),
        table.outflow(tilted),
        table.group,
        table.end,
        table.regime,
        table.atom,
        table.atom_row,
        table.atom_target,
        table.atom_share,
        table.start,
        table.start_share,
        table.settled,
        goal,
        np.uint64(seed),
        first,
        weight,
        hour,
        table.cell if len(jumps) else _NO_CELLS,
        jumps,
        mass,
    )
    return Weighted(weight, hour, int(n_jumps))
