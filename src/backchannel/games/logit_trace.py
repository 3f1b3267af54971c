"""The path of quantal response equilibria, from chance choices to precise ones.

Unknowns are the log odds of every action against the first at its information set, and
the precision. Reach is kept in logarithms and relative to each action, so that beliefs
stay exact where play comes with probability 1e-300; this is what makes the limit
sequential, off the path too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import LinAlgError, LinAlgWarning, lu_factor, lu_solve

from backchannel.base.errors import NotConvergedError
from backchannel.games._kernels.logit import newton_matrix, slopes, worths
from backchannel.games.methods import LogitTrace
from backchannel.games.sequence_form import sequence_form
from backchannel.games.tree import CHANCE, FloatArray, GameTree, IntArray
from backchannel.games.watch import Watch

_FIRST_STEP = 0.1
_SMALLEST_STEP = 1e-9
_LARGEST_GROWTH = 2.5
_LOOSE, _TIGHT = 1e-5, 1e-10  # size of the last correction, on the way and at stops
_MAX_CORRECTIONS = 7


@dataclass(frozen=True)
class LogitState:
    """Where tracing stands: enough to go on from there."""

    odds: FloatArray
    precision: float
    step: float
    tangent: FloatArray | None


@dataclass(frozen=True, eq=False)
class Traced:
    """The path and its end.

    Parameters
    ----------
    log_probabilities : (n_actions,), at the end, chance included
    precision : at the end
    regret : largest gain of one choice at one information set, at the path's beliefs
    is_converged : whether the goal was reached
    path_precision : (n_steps,)
    path : (n_steps, n_actions), probabilities along the way
    at : (n_stops, n_actions), probabilities at the precisions asked for
    n_solved : linear systems solved
    is_stopped : by hand
    """

    log_probabilities: FloatArray
    precision: float
    regret: float
    is_converged: bool
    path_precision: FloatArray
    path: FloatArray
    at: FloatArray
    n_solved: int
    state: LogitState = field(repr=False)
    is_stopped: bool = False


def trace_logit(
    tree: GameTree,
    method: LogitTrace,
    *,
    watch: Watch | None = None,
    start: LogitState | None = None,
) -> Traced:
    """Follow the principal branch of quantal response equilibria.

    Parameters
    ----------
    tree : with perfect recall, any number of players
    method : goal, stops and limits
    watch : how long, and whom to tell
    start : go on from here

    Returns
    -------
    Traced : where the path led, and the way there

    Raises
    ------
    ModelError : a player forgets what it did.
    """
    sequence_form(tree, method="LogitTrace")
    path = _Path(_Equations(tree), method, watch or Watch())
    return path.follow(start)


class _Equations:
    """The logit equations of one game: F(odds, precision) = 0."""

    def __init__(self, tree: GameTree) -> None:
        self.tree = tree
        owned = np.flatnonzero(tree.player_of_action != CHANCE).astype(np.int32)
        number = np.full(tree.n_actions, -1, dtype=np.int32)
        number[owned] = np.arange(len(owned))
        sets = np.flatnonzero(tree.set_player != CHANCE)
        counts = np.diff(tree.first_action)[sets]
        self.owned = owned
        self.owner = tree.player_of_action[owned].astype(np.int32)
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.base = np.repeat(self.first[:-1], counts)
        self.of_set = np.repeat(np.arange(len(sets)), counts)
        self.is_free = np.ones(len(owned), dtype=bool)
        self.is_free[self.first[:-1]] = False
        self._collect_ways(tree, number)
        n, n_free = len(owned), int(self.is_free.sum())
        self.log_reach = np.empty(len(self.log_chance))
        self.top, self.scale, self.worth = np.empty(n), np.empty(n), np.empty(n)
        self.slope = np.empty((n, n))
        self.matrix = np.empty((n_free, n_free))
        self.play, self.log_play = np.empty(n), np.empty(n)
        self.spread = float(np.ptp(self.payoffs)) or 1.0

    def _collect_ways(self, tree: GameTree, number: IntArray) -> None:
        """The players' actions on the way to each leaf that chance allows."""
        into, parent = tree.action_in, tree.parent
        at, log_chance = tree.leaves.copy(), np.zeros(len(tree.leaves))
        columns, rows = [], []
        leaf = np.arange(len(at))
        with np.errstate(divide="ignore"):
            log_of_chance = np.log(tree.chance)
        while (going := at > 0).any():
            at, leaf = at[going], leaf[going]
            action = into[at]
            own = number[action]
            is_own = own >= 0
            rows.append(leaf[is_own])
            columns.append(own[is_own])
            np.add.at(log_chance, leaf[~is_own], log_of_chance[action[~is_own]])
            at = parent[at]
        row = np.concatenate([*rows, np.empty(0, dtype=np.int64)])
        column = np.concatenate([*columns, np.empty(0, dtype=np.int32)])
        # Leaves that chance never allows say nothing about anybody's choice.
        is_open = np.isfinite(log_chance)
        kept = np.cumsum(is_open) - 1
        use = is_open[row]
        row, column = kept[row[use]], column[use]
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=int(is_open.sum()))
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.actions = column[order].astype(np.int32)
        self.log_chance = log_chance[is_open]
        self.payoffs = np.ascontiguousarray(tree.payoffs[:, is_open])

    def look(self, odds: FloatArray) -> FloatArray:
        """(n_free,), worth of every action over the first of its set, at these odds."""
        raw = np.zeros(len(self.play))
        raw[self.is_free] = odds
        if len(raw):
            high = np.maximum.reduceat(raw, self.first[:-1])[self.of_set]
            total = np.add.reduceat(np.exp(raw - high), self.first[:-1])
            self.log_play[:] = raw - high - np.log(total)[self.of_set]
        np.exp(self.log_play, out=self.play)
        worths(
            self.starts,
            self.actions,
            self.log_chance,
            self.payoffs,
            self.owner,
            self.log_play,
            self.log_reach,
            self.top,
            self.scale,
            self.worth,
        )
        return np.asarray((self.worth - self.worth[self.base])[self.is_free])

    def factor(self, precision: float) -> tuple[FloatArray, IntArray]:
        """Factors of the derivative by the odds, at the last look."""
        slopes(
            self.starts,
            self.actions,
            self.payoffs,
            self.owner,
            self.log_reach,
            self.top,
            self.scale,
            self.worth,
            self.slope,
        )
        newton_matrix(self.first, self.play, self.slope, precision, self.matrix)
        factors, pivots = lu_factor(self.matrix, check_finite=False)
        return factors, pivots

    def regret(self) -> float:
        """Largest gain of one choice at one information set, at the last look."""
        if not len(self.worth):
            return 0.0
        starts = self.first[:-1]
        best = np.maximum.reduceat(self.worth, starts)
        mean = np.add.reduceat(self.worth * self.play, starts)
        return float(np.max(best - mean))

    def probabilities(self) -> FloatArray:
        """(n_actions,), the whole tree's play at the last look."""
        found = self.tree.chance.copy()
        found[self.owned] = self.play
        return found

    def log_probabilities(self) -> FloatArray:
        """(n_actions,), logarithms of the same."""
        with np.errstate(divide="ignore"):
            found = np.log(self.tree.chance)
        found[self.owned] = self.log_play
        return found


class _Path:
    """Predictor and corrector along the path, one factored matrix a step."""

    def __init__(self, equations: _Equations, method: LogitTrace, watch: Watch) -> None:
        self.equations, self.method, self.watch = equations, method, watch
        self.n_solved = 0
        self.stops = sorted(
            {*method.at, *([method.precision] * (method.precision > 0))}
        )
        self.stopped: dict[float, FloatArray] = {}
        self.precisions: list[float] = []
        self.plays: list[FloatArray] = []
        self.is_stopped = False
        self.state: LogitState | None = None

    def _stand(self) -> LogitState | None:
        return self.state

    def follow(self, start: LogitState | None) -> Traced:
        """Go on until the goal, the limit or the end of what can be followed."""
        equations, method = self.equations, self.method
        n = len(equations.matrix)
        point = np.zeros(n + 1)
        step, tangent = _FIRST_STEP, None
        if start is not None:
            point = np.append(start.odds, start.precision)
            step, tangent = start.step, start.tangent
        self.stops = [stop for stop in self.stops if stop > point[-1]]
        before, last_step = tangent, step
        goal = method.regret * equations.spread
        equations.look(point[:-1])
        is_converged = n == 0
        try:
            tangent = self._tangent(point, tangent) if n else None
            while not is_converged and tangent is not None:
                self._note(point[-1])
                if len(self.precisions) > method.max_steps or self.watch.is_over:
                    break
                moved = self._advance(point, tangent, before, step, last_step)
                if moved is None:
                    step /= 3.0
                    if step < _SMALLEST_STEP * (1.0 + abs(point[-1])):
                        break
                    continue
                found, factors, gain, n_corrections = moved
                self._stop_between(point, found)
                before, last_step = tangent, step
                tangent = self._direction(factors, gain, before)
                point = found
                self.state = LogitState(point[:-1], float(point[-1]), step, tangent)
                self.watch.keep(self._stand)
                step *= (_LARGEST_GROWTH, 2.0, 1.5, 1.1)[min(n_corrections, 4) - 1]
                if n_corrections > 4:
                    step *= 0.6
                if method.precision:
                    is_converged = point[-1] >= method.precision
                else:
                    is_converged = equations.regret() <= goal and not self.stops
        except KeyboardInterrupt:
            self.is_stopped = True
            self.watch.tell("stopped; the path so far is kept")
        if method.precision and is_converged:
            point = self._settle(point[:-1], method.precision)
        state = LogitState(point[:-1], float(point[-1]), step, tangent)
        return self._result(point, is_converged, state)

    def _note(self, precision: float) -> None:
        self.precisions.append(float(precision))
        self.plays.append(self.equations.probabilities())
        if len(self.precisions) % 20 == 0:
            regret = self.equations.regret()
            self.watch.tell(f"precision {precision:.3g}, regret {regret:.1e}")

    def _tangent(self, point: FloatArray, like: FloatArray | None) -> FloatArray:
        gain = self.equations.look(point[:-1])
        factors = self.equations.factor(point[-1])
        return self._direction(factors, gain, like)

    def _direction(
        self,
        factors: tuple[FloatArray, IntArray],
        gain: FloatArray,
        like: FloatArray | None,
    ) -> FloatArray:
        """Unit tangent of the path, on in the same sense as another."""
        along = np.append(lu_solve(factors, gain, check_finite=False), 1.0)
        along /= np.linalg.norm(along)
        if like is not None and along @ like < 0:
            along = -along
        return along

    def _advance(
        self,
        point: FloatArray,
        tangent: FloatArray,
        before: FloatArray | None,
        step: float,
        last_step: float,
    ) -> tuple[FloatArray, tuple[FloatArray, IntArray], FloatArray, int] | None:
        """Predict with the bend of the last step, then correct across the tangent."""
        guess = point + step * tangent
        if before is not None:
            bend = (tangent - before) / last_step
            guess = guess + 0.5 * step * step * bend
        if not np.isfinite(guess).all() or guess[-1] < 0:
            return None
        odds, precision = guess[:-1], guess[-1]
        gain = self.equations.look(odds)
        try:
            factors = self.equations.factor(precision)
        except (LinAlgError, LinAlgWarning, ValueError):
            return None
        self.n_solved += 1
        slope = lu_solve(factors, gain, check_finite=False)
        across = tangent[-1] + tangent[:-1] @ slope
        last = np.inf
        for count in range(1, _MAX_CORRECTIONS + 1):
            wrong = odds - precision * gain
            change = lu_solve(factors, -wrong, check_finite=False)
            shift = -(tangent[:-1] @ change) / across
            move = change + shift * slope
            size = float(np.abs(move / (1.0 + 1e-4 * np.abs(odds))).max())
            if not np.isfinite(size) or size > 0.7 * last or size > 2.0:
                return None
            odds, precision = odds + move, precision + shift
            gain = self.equations.look(odds)
            if size < _LOOSE:
                return np.append(odds, precision), factors, gain, count
            last = size
        return None

    def _stop_between(self, point: FloatArray, found: FloatArray) -> None:
        """Settle exactly at every precision asked for that was passed."""
        if not self.stops or not point[-1] < self.stops[0] <= found[-1]:
            return
        while self.stops and self.stops[0] <= found[-1]:
            stop = self.stops.pop(0)
            share = (stop - point[-1]) / (found[-1] - point[-1])
            self._settle(point[:-1] + share * (found[:-1] - point[:-1]), stop)
            self.stopped[stop] = self.equations.probabilities()
        self.equations.look(found[:-1])

    def _settle(self, odds: FloatArray, precision: float) -> FloatArray:
        """Solve at one precision to the last digit."""
        for _ in range(20):
            gain = self.equations.look(odds)
            change = lu_solve(
                self.equations.factor(precision),
                precision * gain - odds,
                check_finite=False,
            )
            self.n_solved += 1
            odds = odds + change
            if float(np.abs(change / (1.0 + np.abs(odds))).max()) < _TIGHT:
                self.equations.look(odds)
                return np.append(odds, precision)
        raise NotConvergedError(
            f"LogitTrace: did not settle at precision {precision:g}; ask for another"
        )

    def _result(
        self, point: FloatArray, is_converged: bool, state: LogitState
    ) -> Traced:
        equations = self.equations
        equations.look(point[:-1])
        n_actions = equations.tree.n_actions
        wanted = [self.stopped[a] for a in self.method.at if a in self.stopped]
        return Traced(
            log_probabilities=equations.log_probabilities(),
            precision=float(point[-1]),
            regret=equations.regret(),
            is_converged=is_converged,
            path_precision=np.array([*self.precisions, point[-1]]),
            path=np.array([*self.plays, equations.probabilities()]),
            at=np.array(wanted).reshape(-1, n_actions),
            n_solved=self.n_solved,
            state=state,
            is_stopped=self.is_stopped,
        )
