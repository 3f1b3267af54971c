"""L1, offers to a side whose cost of war is private: the skimming equilibrium.

The uninformed side demands; types with a small cost refuse, war comes with chance h
after a refusal and for certain after the last, and the next demand is lower. A type is
measured by what the proposer would gain over war if that type took exactly its limit.

The cutoff is put on a grid and the belief at which it is optimal follows from the
first-order condition (endogenous grid), with slopes carried along. Iterating on a grid
of beliefs instead drifts, since the objective is flat at its optimum.

Source: Sobel and Takahashi (1983), Review of Economic Studies 50, 411-426; Carroll
(2006), Economics Letters 91, 312-320, for the endogenous grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray

MAX_ROUNDS = 2000
N_GRID = 600
_SMALLEST = 1e-9


@dataclass(frozen=True)
class ScreeningGame:
    """Types uniform on [low, high] in units of the proposer's gain over war.

    `cap` is the largest gain that a demand can ask for.
    """

    low: float
    high: float
    hazard: float
    n_rounds: int
    cap: float = np.inf

    @property
    def is_exact(self) -> bool:
        """Whether the method is exact: no gap above zero, or few rounds."""
        return self.low <= 0.0 or self.n_rounds <= 3


@dataclass(frozen=True)
class RoundRule:
    """One round's rule on a grid of beliefs: cutoff type and gain demanded."""

    belief: FloatArray
    cutoff: FloatArray
    demand: FloatArray

    def at(self, belief: float) -> tuple[float, float]:
        """Cutoff and demand at one belief."""
        return (
            float(np.interp(belief, self.belief, self.cutoff)),
            float(np.interp(belief, self.belief, self.demand)),
        )


@dataclass(frozen=True)
class ScreeningPath:
    """Demands (n_rounds,) and the types left after each round (n_rounds + 1,)."""

    demand: FloatArray
    belief: FloatArray


def skim(game: ScreeningGame, n_grid: int = N_GRID) -> tuple[RoundRule, ...]:
    """Solve the rounds from the last to the first.

    Parameters
    ----------
    game : types, hazard and rounds
    n_grid : points of the grid of cutoffs

    Returns
    -------
    tuple of RoundRule, the first round first

    Raises
    ------
    ModelError : more rounds than `MAX_ROUNDS`.
    """
    if game.n_rounds > MAX_ROUNDS:
        raise ModelError(
            f"behaviour.game.rounds: is {game.n_rounds}; at most {MAX_ROUNDS} fit here"
        )
    grid = _grid(game, n_grid)
    rules: list[RoundRule] = []
    demand, slope, worth = np.zeros_like(grid), np.zeros_like(grid), np.zeros_like(grid)
    for left in range(1, game.n_rounds + 1):
        keep = 0.0 if left == 1 else 1.0 - game.hazard
        rule, slope = _one_round(game, grid, keep, (demand, slope, worth))
        demand = rule.demand
        mean = (demand[1:] + demand[:-1]) / 2
        worth = np.concatenate([[0.0], np.cumsum(np.diff(grid) * mean)])
        rules.append(rule)
    return tuple(reversed(rules))


def _grid(game: ScreeningGame, n_grid: int) -> FloatArray:
    width = game.high - game.low
    if game.low == 0.0:
        # Everything is proportional to the belief, so points crowd at the low end.
        steps = np.geomspace(_SMALLEST, 1.0, n_grid - 1)
        return width * np.concatenate([[0.0], steps])
    return np.asarray(game.low + width * np.linspace(0.0, 1.0, n_grid))


def _one_round(
    game: ScreeningGame,
    grid: FloatArray,
    keep: float,
    later: tuple[FloatArray, FloatArray, FloatArray],
) -> tuple[RoundRule, FloatArray]:
    """The rule of one round, given demand, its slope and worth in the next."""
    next_demand, next_slope, next_worth = later
    demand = (1.0 - keep) * grid + keep * next_demand
    steep = (1.0 - keep) + keep * next_slope
    belief = grid + (demand - keep * next_demand) / steep
    slope = steep / (1.0 + (steep - keep * next_slope) / steep)
    nodes = (belief, grid, demand, slope)
    if np.all(np.diff(belief) > 0):
        found = [np.interp(grid, belief, column) for column in nodes[1:]]
    else:
        found = _envelope(grid, keep, nodes, next_worth)
    cutoff, asked, rate = found
    # Below the first node the best is to ask what every type would take.
    is_corner = grid <= belief[0]
    cutoff = np.where(is_corner, game.low, cutoff)
    asked = np.where(is_corner, demand[0], asked)
    if np.isfinite(game.cap):
        most = float(np.interp(game.cap, demand, grid))
        most = game.low if game.cap <= demand[0] else most
        asked = np.where(cutoff > most, game.cap, np.minimum(asked, game.cap))
        cutoff = np.minimum(cutoff, most)
    if game.low == 0.0:
        rate = np.concatenate([rate[1:2], rate[1:]])
    return RoundRule(grid, cutoff, asked), rate


def _envelope(
    grid: FloatArray,
    keep: float,
    nodes: tuple[FloatArray, ...],
    next_worth: FloatArray,
) -> list[FloatArray]:
    """The best of several cutoffs where the first-order condition has more than one."""
    belief, cutoffs, demand, slope = nodes
    best = (grid - grid[0]) * demand[0]
    found = [np.full_like(grid, cutoffs[0]), np.full_like(grid, demand[0])]
    found.append(np.full_like(grid, slope[0]))
    for i in range(len(grid) - 1):
        left, right = belief[i], belief[i + 1]
        if right <= left:
            continue
        rows = slice(np.searchsorted(grid, left), np.searchsorted(grid, right, "right"))
        share = (grid[rows] - left) / (right - left)
        columns = [c[i] + share * (c[i + 1] - c[i]) for c in nodes[1:]]
        saved = next_worth[i] + share * (next_worth[i + 1] - next_worth[i])
        worth = (grid[rows] - columns[0]) * columns[1] + keep * saved
        better = np.flatnonzero(worth > best[rows] + 1e-15) + rows.start
        best[better] = worth[better - rows.start]
        for kept, column in zip(found, columns, strict=True):
            kept[better] = column[better - rows.start]
    return found


def follow(
    game: ScreeningGame, rules: tuple[RoundRule, ...], first: float | None = None
) -> ScreeningPath:
    """Play the rules from the start.

    Parameters
    ----------
    game, rules : as `skim` takes and gives
    first : cutoff of the first round, where the proposer deviates to another

    Returns
    -------
    ScreeningPath
    """
    belief, demands, beliefs = game.high, [], [game.high]
    for index, rule in enumerate(rules):
        cutoff, demand = rule.at(belief)
        if index == 0 and first is not None:
            cutoff = first
            demand = first
            if index + 1 < len(rules):
                kept = 1.0 - game.hazard
                demand = game.hazard * first + kept * rules[1].at(first)[1]
            demand = min(demand, game.cap)
        demands.append(demand)
        belief = min(cutoff, belief)
        beliefs.append(belief)
    return ScreeningPath(np.array(demands), np.array(beliefs))


@dataclass(frozen=True)
class ScreeningWorth:
    """What a path brings: chance of war, the proposer's mean gain, the other's cost.

    `mean_left` is the mean of what the responder keeps over its worth of war.
    """

    prob_war: float
    gain: float
    mean_left: float


def weigh(game: ScreeningGame, path: ScreeningPath) -> ScreeningWorth:
    """Chance of war and mean gains along a path, by adding up the rounds."""
    width = game.high - game.low
    keeps = (1.0 - game.hazard) ** np.arange(game.n_rounds)
    top, bottom = path.belief[:-1], path.belief[1:]
    if width <= 0.0:
        is_taken = path.demand[0] <= game.high + 1e-12
        left = game.high - path.demand[0]
        taken = (0.0, float(path.demand[0]), float(left))
        return ScreeningWorth(*(taken if is_taken else (1.0, 0.0, 0.0)))
    accepted = (top - bottom) / width
    lost = np.full(game.n_rounds, game.hazard)
    lost[-1] = 1.0
    prob_war = float(np.sum(keeps * lost * (bottom - game.low) / width))
    gain = float(np.sum(keeps * accepted * path.demand))
    left = (top + bottom) / 2 - path.demand
    return ScreeningWorth(prob_war, gain, float(np.sum(keeps * accepted * left)))


def proposer_regret(
    game: ScreeningGame, rules: tuple[RoundRule, ...], n_tried: int = 801
) -> float:
    """Largest mean gain from another first demand, later rounds as the rules say."""
    gains, _ = _tried(game, rules, n_tried)
    return max(float(gains.max()) - weigh(game, follow(game, rules)).gain, 0.0)


def near_optimal_range(
    game: ScreeningGame, rules: tuple[RoundRule, ...], slack: float
) -> tuple[float, float]:
    """Chance of war over all first demands within a slack of the best."""
    gains, wars = _tried(game, rules, 801)
    path = weigh(game, follow(game, rules))
    near = wars[gains >= max(float(gains.max()), path.gain) - slack]
    wars_near = np.append(near, path.prob_war)
    return float(wars_near.min()), float(wars_near.max())


def _tried(
    game: ScreeningGame, rules: tuple[RoundRule, ...], n_tried: int
) -> tuple[FloatArray, FloatArray]:
    cutoffs = np.linspace(game.low, max(_last_cutoff(game), game.low), n_tried)
    worths = [weigh(game, follow(game, rules, float(c))) for c in cutoffs]
    return np.array([w.gain for w in worths]), np.array([w.prob_war for w in worths])


def _last_cutoff(game: ScreeningGame) -> float:
    """Largest cutoff that a demand within the cap can bring about.

    In a single round a type takes whatever leaves it its limit, so no demand makes a
    type refuse whose limit is above the cap.
    """
    return min(game.high, game.cap) if game.n_rounds == 1 else game.high


def responder_regret(
    game: ScreeningGame, path: ScreeningPath, n_types: int = 201
) -> float:
    """Largest gain of any type from taking another round's offer, or none."""
    types = np.linspace(game.low, game.high, n_types)[:, None]
    keeps = (1.0 - game.hazard) ** np.arange(game.n_rounds)
    by_round = np.hstack([keeps * (types - path.demand), np.zeros_like(types)])
    chosen = (types >= path.belief[1:]).argmax(axis=1)
    chosen = np.where((types >= path.belief[1:]).any(axis=1), chosen, game.n_rounds)
    own = by_round[np.arange(n_types), chosen]
    return float((by_round.max(axis=1) - own).max())
