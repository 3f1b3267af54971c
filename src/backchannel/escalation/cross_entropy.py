"""Change the rates so that war becomes common, and undo the change by weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    standard errors, and no path may hold more than `max_share` of all weight; else, or
    where weights vary much, floor and `n_paths` are doubled, `n_training` is taken four
    times, and both run again, `n_attempts` times at most.

    Over many draws, which share the multipliers, the rates of `plain_share` of the
    paths are left as they are, and every path is weighed by the mixture of both laws:
    in a draw where war is not rare, no weight is above 1 / `plain_share`.

    Source: Rubinstein (1999), Methodology and Computing in Applied Probability 1(2),
    127-190; Ridder (2005), Annals of Operations Research 134, 119-136; Owen and Zhou
    (2000), Journal of the American Statistical Association 95(449), 135-143.
    """

    n_paths: int = 25_000
    n_training: int = 5_000
    floor: float = 0.1
    ceiling: float = 1e4
    max_share: float = 0.01
    agreement: float = 3.0
    n_attempts: int = 4
    plain_share: float = 0.1

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
        if not 0.0 < self.plain_share < 1.0:
            raise MethodError(
                f"plain_share: is {self.plain_share:g}; must lie between 0 and 1"
            )


@dataclass(frozen=True)
class Weighted:
    """Weights of paths, 0 where war did not come, the hours it came at, jumps made.

    `weight` and `hour` are (n_paths,), or (n_draws, n_paths) where every draw has paths
    of its own; estimates are then of the mean over these draws.
    """

    weight: FloatArray
    hour: FloatArray
    n_jumps: int

    @property
    def max_share(self) -> float:
        """Largest weight as a share of all."""
        total = float(self.weight.sum())
        return float(self.weight.max()) / total if total > 0 else 1.0

    @property
    def relative_variance(self) -> float:
        """Variance of the weights of a draw over its squared mean, both averaged.

        Draws in which war is likelier are not more spread for that: the squared means
        are those of the draws, less what the noise of their paths adds to them.
        """
        by_draw = np.atleast_1d(self.weight.mean(axis=-1))
        within = float(self.weight.var(axis=-1, ddof=1).mean())
        square = float(np.mean(by_draw**2)) - within / self.weight.shape[-1]
        return within / square if square > 0 else np.inf

    def estimate(self, hour: float = np.inf) -> tuple[float, float]:
        """Probability of war by an hour, and its standard error from paths alone."""
        weight = self.by(hour)
        spread = np.atleast_1d(weight.std(axis=-1, ddof=1))
        error = np.sqrt(spread @ spread / len(spread)) / np.sqrt(weight.size)
        return float(weight.mean()), float(error)

    def by(self, hour: float) -> FloatArray:
        """Weights of the paths that came to war by an hour, 0 elsewhere."""
        return np.where(self.hour <= hour, self.weight, 0.0)


def learn_multipliers(
    tables: Sequence[JumpTable], method: CrossEntropy, seed: int
) -> FloatArray | None:
    """Multipliers under which paths go to war as they do when they do.

    Parameters
    ----------
    tables : jumps with their rates, of one draw or of several that share their cells;
        the paths of a stage are spread evenly over them
    method : how many paths a stage, the floor and the ceiling
    seed : of the training paths

    Returns
    -------
    (n_cells,); None where some rung was not reached however hard paths were driven

    Notes: the update of Rubinstein (1999) for exponential stays, weighted jumps over
    weighted rate x time, drawn towards that of all jumps up, down or along from the
    same rung. What was never met keeps its multiplier.
    """
    table = tables[0]
    multipliers = np.ones(table.n_cells)
    goals = sorted({int(g) for g in table.group if g > table.first_group})
    family = _families(table)
    run = 0
    for goal in [*goals, goals[-1]]:
        for _ in range(_MOST_TRIES):
            jumps, mass = np.zeros(table.n_cells), np.zeros(table.n_cells)
            weight = _train(
                tables, multipliers, goal, seed, run, method.n_training, jumps, mass
            )
            run += 1
            if (weight > 0).sum() >= _FEWEST_ARRIVALS:
                break
            multipliers = _drive(table, multipliers, method.ceiling)
        else:
            return None
        multipliers = _update(family, multipliers, jumps, mass, weight)
        multipliers = np.clip(multipliers, method.floor, method.ceiling)
    return multipliers


def _train(
    tables: Sequence[JumpTable],
    multipliers: FloatArray,
    goal: int,
    seed: int,
    run: int,
    n_paths: int,
    jumps: FloatArray,
    mass: FloatArray,
) -> FloatArray:
    """Weights of one stage's paths, table after table; sums are added up."""
    edges = run * n_paths + np.arange(len(tables) + 1) * n_paths // len(tables)
    spans = zip(tables, edges[:-1], np.diff(edges), strict=True)
    found = [
        _follow(table, multipliers, goal, seed, int(first), int(n), jumps, mass)
        for table, first, n in spans
    ]
    return np.concatenate([one.weight for one in found])


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
    weight: FloatArray,
) -> FloatArray:
    """Multipliers after a stage, (n_cells,)."""
    # Weight of one jump seen, as unequal weights let it count.
    one = float(weight @ weight) / float(weight.sum())
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


def sample_mixed(
    table: JumpTable,
    multipliers: FloatArray,
    seed: int,
    first: int,
    n_paths: int,
    plain_share: float,
) -> Weighted:
    """Paths of which some keep their rates, weighed by the mixture of both laws.

    Parameters
    ----------
    table, multipliers, seed : as for `sample_tilted`
    first, n_paths : numbers of the paths
    plain_share : of the paths that keep their rates, rounded up to whole ones

    Returns
    -------
    Weighted : as by `sample_tilted`, with no weight above 1 / `plain_share`

    Notes: with f the true density and q the tilted one, a path has the weight
    f / (a f + (1 - a) q), whichever of the two it was drawn from.
    """
    goal = int(table.group[table.war])
    n_plain = int(np.ceil(plain_share * n_paths))
    share, n_tilted = n_plain / n_paths, n_paths - n_plain
    tilted = _follow(
        table, multipliers, goal, seed, first, n_tilted, _NO_SUMS, _NO_SUMS
    )
    # Seen from the tilted law, the true one is a tilt by the inverse.
    back = replace(table, rate=table.rate * multipliers[table.cell])
    first += n_tilted
    plain = _follow(
        back, 1.0 / multipliers, goal, seed, first, n_plain, _NO_SUMS, _NO_SUMS
    )
    with np.errstate(divide="ignore"):
        odds = np.concatenate([1.0 / tilted.weight, plain.weight])
    has_arrived = np.concatenate([tilted.weight, plain.weight]) > 0
    weight = np.where(has_arrived, 1.0 / (share + (1.0 - share) * odds), 0.0)
    hour = np.concatenate([tilted.hour, plain.hour])
    return Weighted(weight, hour, tilted.n_jumps + plain.n_jumps)


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
        table.arrays,
        table.rate,
        tilted,
        -np.log(multipliers)[table.cell],
        table.outflow(table.rate),
        table.outflow(tilted),
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
