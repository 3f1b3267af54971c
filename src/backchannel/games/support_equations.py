"""Equilibria of small games of three and more players, support by support.

For each choice of supports the conditions are that everybody is indifferent over the
own support: equations that are linear in each unknown. Such a function takes its
extremes over a box at the corners, so a box in which some equation has one sign holds
no equilibrium. Halving boxes and excluding leaves those around the solutions, which
Newton's method then finds to the last digit. Nothing is missed, except where the
solutions are not isolated; then the answer says that it is not complete.
Source: von Neumann's multilinear form; subdivision after Kearfott (1996), Rigorous
Global Search, Kluwer; exclusion at corners after Rivlin (1970), BIT 10, 480-486.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.games.strategic import StrategicForm
from backchannel.games.tree import FloatArray
from backchannel.games.watch import Watch

_MAX_BOXES = 500  # per choice of supports
_SMALLEST = 1e-4  # a box this small that is still open hides a continuum
_SAME, _TIGHT = 1e-7, 1e-12
Supports = tuple[tuple[int, ...], ...]
Mixed = tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class SupportAnswer:
    """Every isolated equilibrium found, and whether that is all."""

    profiles: list[Mixed]
    is_complete: bool
    n_supports: int


def polynomial_equilibria(
    game: StrategicForm, max_supports: int, watch: Watch
) -> SupportAnswer:
    """Find the equilibria of a table of any number of players.

    Parameters
    ----------
    game : small: the work doubles with every strategy
    max_supports : refuse more choices of supports than this
    watch : how long, and whom to tell

    Returns
    -------
    SupportAnswer : profiles by the size of their supports, small ones first

    Raises
    ------
    ModelError : too many choices of supports.
    """
    sizes = [len(names) for names in game.strategies]
    n_supports = math.prod(2**n - 1 for n in sizes)
    if n_supports > max_supports:
        raise ModelError(
            f"{game.title or 'game'}: {' x '.join(map(str, sizes))} strategies have "
            f"{n_supports} choices of supports, more than {max_supports}; logit-trace "
            "finds one equilibrium of a game of this size"
        )
    spread = float(np.ptp(game.payoffs)) or 1.0
    payoffs = (game.payoffs - game.payoffs.min()) / spread
    found: list[Mixed] = []
    is_complete, n_looked = True, 0
    for supports in _all_supports(sizes):
        if watch.is_over:
            is_complete = False
            break
        n_looked += 1
        solutions, is_all = _solve(payoffs, supports)
        is_complete = is_complete and is_all
        for mixed in solutions:
            if _is_equilibrium(payoffs, mixed) and not _is_known(mixed, found):
                found.append(mixed)
    return SupportAnswer(found, is_complete, n_looked)


def _all_supports(sizes: list[int]) -> Iterator[Supports]:
    subsets = [
        [s for k in range(1, n + 1) for s in combinations(range(n), k)] for n in sizes
    ]
    yield from sorted(product(*subsets), key=lambda chosen: sum(map(len, chosen)))


def _worths(payoffs: FloatArray, mixed: Mixed, player: int) -> FloatArray:
    """(n_strategies,), what each strategy of a player earns."""
    table = payoffs[player]
    for other in reversed(range(len(mixed))):
        if other != player:
            table = np.tensordot(table, mixed[other], axes=([other], [0]))
    return np.asarray(table)


def _is_equilibrium(payoffs: FloatArray, mixed: Mixed) -> bool:
    for player, own in enumerate(mixed):
        worth = _worths(payoffs, mixed, player)
        if worth.max() - own @ worth > 1e-9:
            return False
    return True


def _is_known(mixed: Mixed, found: list[Mixed]) -> bool:
    flat = np.concatenate(mixed)
    return any(np.abs(np.concatenate(f) - flat).max() < _SAME for f in found)


def _solve(payoffs: FloatArray, supports: Supports) -> tuple[list[Mixed], bool]:
    """All profiles with these supports at which everybody is indifferent."""
    equations = _Equations(payoffs, supports)
    if equations.n_unknown == 0:
        return [equations.mixed(np.empty(0))], True
    boxes = [(np.zeros(equations.n_unknown), np.ones(equations.n_unknown))]
    solutions: list[Mixed] = []
    n_looked, is_all = 0, True
    while boxes:
        low, high = boxes.pop()
        n_looked += 1
        if n_looked > _MAX_BOXES:
            return solutions, False
        if equations.excludes(low, high):
            continue
        root, is_unique = equations.newton(low, high)
        if root is not None:
            mixed = equations.mixed(root)
            if min(map(np.min, mixed)) > -1e-12 and not _is_known(mixed, solutions):
                solutions.append(tuple(np.maximum(side, 0.0) for side in mixed))
        if is_unique:
            continue
        width = high - low
        if width.max() < _SMALLEST:
            is_all = is_all and root is not None and not equations.is_singular(root)
            continue
        axis = int(np.argmax(width))
        middle = 0.5 * (low[axis] + high[axis])
        for a, b in ((low[axis], middle), (middle, high[axis])):
            part_low, part_high = low.copy(), high.copy()
            part_low[axis], part_high[axis] = a, b
            boxes.append((part_low, part_high))
    return solutions, is_all


def _unplayed(payoffs: FloatArray, supports: Supports, player: int) -> FloatArray:
    """A player's table with the first strategy of its support, then those outside."""
    support = supports[player]
    others = [i for i in range(payoffs.shape[1 + player]) if i not in support]
    rows = list(supports)
    rows[player] = (support[0], *others)
    return np.asarray(payoffs[player][np.ix_(*rows)])


class _Equations:
    """Indifference over given supports, in the probabilities of all but the first."""

    def __init__(self, payoffs: FloatArray, supports: Supports) -> None:
        self.supports = supports
        self.sizes = payoffs.shape[1:]
        self.tables = [table[np.ix_(*supports)] for table in payoffs]
        self.unplayed = [_unplayed(payoffs, supports, p) for p in range(len(supports))]
        counts = [len(s) - 1 for s in supports]
        self.starts = np.cumsum([0, *counts])
        self.n_unknown = int(self.starts[-1])

    def sides(self, point: FloatArray) -> Mixed:
        """Probabilities over each support."""
        return tuple(
            np.concatenate([[1.0 - part.sum()], part])
            for part in np.split(point, self.starts[1:-1])
        )

    def mixed(self, point: FloatArray) -> Mixed:
        """Probabilities over all strategies."""
        found = []
        for side, support, size in zip(
            self.sides(point), self.supports, self.sizes, strict=True
        ):
            whole = np.zeros(size)
            whole[list(support)] = side
            found.append(whole)
        return tuple(found)

    def values(self, point: FloatArray) -> FloatArray:
        """(n_unknown,), gain of each further strategy over the first."""
        return self._gains(self.tables, point)

    def temptations(self, point: FloatArray) -> FloatArray:
        """(n_unplayed,), gain of each strategy outside the support over the first."""
        return self._gains(self.unplayed, point)

    def _gains(self, tables: list[FloatArray], point: FloatArray) -> FloatArray:
        """What each strategy after the first of every table pays more than that one."""
        sides = self.sides(point)
        rows = []
        for player, table in enumerate(tables):
            for other in reversed(range(len(sides))):
                if other != player:
                    table = np.tensordot(table, sides[other], axes=([other], [0]))
            rows.append(table[1:] - table[0])
        return np.concatenate(rows)

    def jacobian(self, point: FloatArray) -> FloatArray:
        """(n_unknown, n_unknown), exact, as every unknown occurs linearly."""
        base = self.values(point)
        columns = []
        for i in range(self.n_unknown):
            moved = point.copy()
            moved[i] += 1.0
            columns.append(self.values(moved) - base)
        return np.column_stack(columns)

    def excludes(self, low: FloatArray, high: FloatArray) -> bool:
        """Whether no equilibrium with these supports lies in a box.

        Either some equation has one sign at every corner, or a strategy that is not
        played is better at every corner.
        """
        for first, end in zip(self.starts, self.starts[1:], strict=False):
            if low[first:end].sum() > 1.0:
                return True
        corners = [
            np.where(corner, high, low)
            for corner in product((False, True), repeat=self.n_unknown)
        ]
        gains = np.array([self.values(corner) for corner in corners])
        if ((gains.min(axis=0) > _TIGHT) | (gains.max(axis=0) < -_TIGHT)).any():
            return True
        tempted = np.array([self.temptations(corner) for corner in corners])
        return bool((tempted.min(axis=0) > _TIGHT).any())

    def newton(
        self, low: FloatArray, high: FloatArray
    ) -> tuple[FloatArray | None, bool]:
        """A solution near a box, and whether the box surely holds no other."""
        point = 0.5 * (low + high)
        try:
            inverse = np.linalg.inv(self.jacobian(point))
        except np.linalg.LinAlgError:
            return None, False
        # One solution at most where no derivative strays far from the middle's.
        stray = 0.0
        for corner in product((False, True), repeat=self.n_unknown):
            other = self.jacobian(np.where(corner, high, low))
            stray = max(
                stray, float(np.abs(inverse @ other - np.eye(len(point))).sum(1).max())
            )
        for _ in range(30):
            step = np.linalg.lstsq(
                self.jacobian(point), -self.values(point), rcond=None
            )[0]
            point = point + step
            if not np.abs(point).max() < 10.0:
                return None, False
            if np.abs(step).max() < 1e-14:
                break
        if np.abs(self.values(point)).max() > 1e-11:
            return None, False
        is_inside = bool(((point >= low - 1e-9) & (point <= high + 1e-9)).all())
        return point if is_inside else None, stray < 1.0 and is_inside

    def is_singular(self, point: FloatArray) -> bool:
        """Whether solutions near a point may not be isolated."""
        return bool(np.linalg.cond(self.jacobian(point)) > 1e9)
