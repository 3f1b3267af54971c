"""Dominant paths to war: which causes raised the crisis rung by rung, and how likely.

The chain of a run is, for each rung above the one at `now`, what last brought the
crisis up to it; on the way down it is forgotten. Carried as a memory beside the state,
its probabilities are exact, and those of all chains add up to P(war).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.escalation._kernels.reference import states_at
from backchannel.escalation.backward import Backward
from backchannel.escalation.causes import Cause
from backchannel.escalation.compile import Compiled
from backchannel.escalation.memory import follow
from backchannel.escalation.problem import Entries, FloatArray, IntArray, MarkovProblem

# Entries of the enlarged graph: about 0.3 s for a horizon of 500 jumps.
_MAX_ENTRIES = 300_000
_MAX_KEPT = 200
OTHERS = -1


@dataclass(frozen=True)
class PathToWar:
    """One chain: causes[i] raised the crisis to rungs[i]; the last rung is war.

    `prob` is the probability, in the nominal world, of war by the horizon along this
    chain, and `share` its part of all war. `causes` is empty for all chains that are
    not told apart.
    """

    rungs: tuple[str, ...]
    causes: tuple[Cause, ...]
    text: str
    prob: float
    share: float

    def __str__(self) -> str:
        return f"{self.share:6.1%}  {self.text}"


class _Tree:
    """Chains worth telling apart; each node also has a child for all other causes.

    `level` is the rung of a node; `child[node, cause]` the node after a climb of one.
    """

    def __init__(self, first: int, war: int, flow: FloatArray, n_kept: int) -> None:
        self.parent, self.cause, self.level = [0], [OTHERS], [first]
        self._children: dict[tuple[int, int], int] = {}
        queue = [(-1.0, 0)]
        while queue and len(self.parent) < n_kept:
            weight, node = heappop(queue)
            rung = self.level[node]
            if rung == war:
                continue
            for cause in np.flatnonzero(flow[rung]).tolist():
                child = self._add(node, cause)
                heappush(queue, (weight * flow[rung, cause], child))
        for node in range(len(self.parent)):
            while self.level[node] < war:
                node = self._add(node, OTHERS)
        self.child = np.empty((len(self.parent), flow.shape[1]), dtype=np.int64)
        for node in range(len(self.parent)):
            others = self._children.get((node, OTHERS), node)
            for cause in range(flow.shape[1]):
                self.child[node, cause] = self._children.get((node, cause), others)

    def _add(self, node: int, cause: int) -> int:
        if (node, cause) not in self._children:
            self._children[node, cause] = len(self.parent)
            self.parent.append(node)
            self.cause.append(cause)
            self.level.append(self.level[node] + 1)
        return self._children[node, cause]

    def chain(self, node: int) -> list[int]:
        """Causes from the start to a node."""
        causes: list[int] = []
        while node:
            causes.append(self.cause[node])
            node = self.parent[node]
        return causes[::-1]


def dominant_paths(
    compiled: Compiled,
    crisis: Crisis,
    *,
    draw: int,
    backward: Backward,
    n_paths: int = 8,
) -> tuple[PathToWar, ...]:
    """Tell the most likely chains to war apart.

    Parameters
    ----------
    compiled : problem, causes, rungs
    crisis : for its words
    draw : the nominal column of theta
    backward : risk from every state, to guess which chains are worth keeping
    n_paths : how many to return at most

    Returns
    -------
    Paths by falling probability; the last sums up all that are not told apart. Shares
    add up to 1 wherever war has a positive probability.
    """
    problem = compiled.problem
    level = np.maximum(problem.group, compiled.start_rung)
    war = int(level[problem.war])
    flow = _flow(compiled, level, draw, backward)
    tree = _Tree(compiled.start_rung, war, flow, _n_kept(problem, level))
    joint = follow(
        problem,
        compiled.theta,
        _first(tree, compiled, level, draw),
        lambda node, entries: _advance(tree, level, node, entries),
        draw=draw,
    )
    prob = joint[:, problem.war]
    total = float(prob.sum())
    reached = [n for n in np.argsort(-prob, kind="stable").tolist() if prob[n] > 0]
    told = [n for n in reached if OTHERS not in tree.chain(n)][:n_paths]
    paths = [
        describe_chain(
            crisis,
            compiled.rungs[len(compiled.rungs) - len(tree.chain(n)) :],
            tuple(compiled.causes[c] for c in tree.chain(n)),
            float(prob[n]),
            total,
        )
        for n in told
    ]
    rest = total - sum(path.prob for path in paths)
    if len(reached) > len(told):
        paths.append(PathToWar((), (), "all other chains", rest, rest / total))
    return tuple(paths)


def describe_chain(
    crisis: Crisis,
    rungs: tuple[str, ...],
    causes: tuple[Cause, ...],
    prob: float,
    total: float,
) -> PathToWar:
    """Word one chain.

    Parameters
    ----------
    crisis : for its words
    rungs, causes : causes[i] raised the crisis to rungs[i]
    prob, total : of this chain, and of all war
    """
    links = []
    for i, (cause, rung) in enumerate(zip(causes, rungs, strict=True)):
        one_climb = i + 1 < len(causes) and causes[i + 1] == cause
        if one_climb and cause.leaps(crisis):
            continue
        title = crisis.escalation.rungs[rung].title if crisis.escalation else rung
        links.append(f"{cause.describe(crisis)} → {title}")
    return PathToWar(rungs, causes, " → ".join(links), prob, prob / total)


def _n_kept(problem: MarkovProblem, level: IntArray) -> int:
    """How many nodes the size of the enlarged graph allows."""
    per_level = np.bincount(level[problem.entries.src])
    # Each node brings along nodes for its other causes, about two on average.
    most = _MAX_ENTRIES // (3 * max(1, int(per_level.max(initial=1))))
    return int(np.clip(most, 8, _MAX_KEPT))


def _flow(
    compiled: Compiled, level: IntArray, draw: int, backward: Backward
) -> FloatArray:
    """Share of each cause in the climbs from each rung that end in war, roughly.

    It only ranks chains; their probabilities do not depend on it.
    """
    problem, theta = compiled.problem, compiled.theta
    flow = np.zeros((int(level.max()) + 1, len(compiled.causes)))
    present = states_at(problem, theta, backward.hours, draw)
    regime = [
        problem.pieces[p].regime
        for p in np.clip(
            np.searchsorted(problem.breaks, backward.hours, side="right") - 1,
            0,
            len(problem.pieces) - 1,
        )
    ]
    for x, risk, r in zip(present, backward.prob_war, regime, strict=True):
        _add_climbs(flow, level, problem.entries, theta.regime(r, draw), x, risk)
    ends = problem.breaks[1:]
    jumps = [i for i, piece in enumerate(problem.pieces) if piece.atom >= 0]
    # Just before the jump: a certain one leaves nobody where it found them.
    before = states_at(problem, theta, np.nextafter(ends[jumps], 0.0), draw)
    for x, k in zip(before, jumps, strict=True):
        piece = problem.pieces[k]
        i = int(np.abs(backward.hours - ends[k]).argmin())
        atom, column = problem.atoms[piece.atom], theta.regime(piece.regime, draw)
        _add_climbs(flow, level, atom, column, x, backward.prob_war[i])
    column = theta.regime(problem.pieces[0].regime, draw)
    start = problem.start
    for k, chance in enumerate(start.values(column)):
        if start.cause[k] >= 0:
            flow[compiled.start_rung : level[start.dst[k]], start.cause[k]] += chance
    total = flow.sum(axis=1, keepdims=True)
    shares: FloatArray = flow / np.where(total > 0, total, 1.0)
    return shares


def _add_climbs(
    flow: FloatArray,
    level: IntArray,
    entries: Entries,
    column: FloatArray,
    x: FloatArray,
    risk: FloatArray,
) -> None:
    weight = entries.values(column) * x[entries.src] * risk[entries.dst]
    low, high = level[entries.src], level[entries.dst]
    for rung in range(len(flow)):
        crossed = (low <= rung) & (rung < high) & (entries.cause >= 0)
        np.add.at(flow[rung], entries.cause[crossed], weight[crossed])


def _first(tree: _Tree, compiled: Compiled, level: IntArray, draw: int) -> FloatArray:
    """Joint probability of node and state once what is outstanding is answered."""
    problem = compiled.problem
    first = np.zeros((len(tree.parent), problem.n_states))
    start = problem.start
    chance = start.values(compiled.theta.regime(problem.pieces[0].regime, draw))
    for k in range(len(start)):
        node = 0
        while tree.level[node] < level[start.dst[k]]:
            node = int(tree.child[node, start.cause[k]])
        first[node, start.dst[k]] += chance[k]
    return first


def _advance(
    tree: _Tree, level: IntArray, node: int, entries: Entries
) -> tuple[IntArray, IntArray]:
    """Entries from the rung of a node, and the node after each of them."""
    rows = np.flatnonzero(level[entries.src] == tree.level[node])
    climb = level[entries.dst[rows]] - tree.level[node]
    after = np.full(len(rows), node)
    for k in range(int(climb.max(initial=0))):
        up = climb > k
        after[up] = tree.child[after[up], entries.cause[rows[up]]]
    parent = np.array(tree.parent)
    for k in range(int(-climb.min(initial=0))):
        down = -climb > k
        after[down] = parent[after[down]]
    return rows, after
