"""Whether a causal chain that somebody told can run, and how likely it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.escalation import Node
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import MAX_STATES, Compiled, compile_escalation
from backchannel.escalation.memory import follow
from backchannel.escalation.problem import Entries, FloatArray, IntArray
from backchannel.escalation.world import AS_WRITTEN, Variation, World


@dataclass(frozen=True)
class ChainReach:
    """How far a told chain runs in the model, all numbers at their medians.

    `links` are the links that name an incident, order or rung, in order; `prob[i]` is
    the probability that the first i + 1 of them happen, in this order, by the horizon,
    whatever else happens in between. `n_silent` links name nothing and are passed over.
    """

    chain: str
    links: tuple[str, ...]
    prob: tuple[float, ...]
    n_silent: int

    @property
    def is_reachable(self) -> bool:
        """Whether the whole chain can happen by the horizon."""
        return bool(self.prob) and self.prob[-1] > 0.0

    def __str__(self) -> str:
        reached = (
            f"{self.prob[-1]:.2%} by the horizon" if self.prob else "names nothing"
        )
        return f"{self.chain}: {' → '.join(self.links)}: {reached}"


def chain_reach(
    crisis: Crisis,
    chain: str,
    *,
    variation: Variation = AS_WRITTEN,
    max_states: int = MAX_STATES,
) -> ChainReach:
    """Follow a told chain through the escalation model.

    Parameters
    ----------
    crisis : with an escalation section and this chain
    chain : its name in the section `chains`
    variation : orders, postures and channels that differ from the file
    max_states : largest number of reachable states allowed

    Returns
    -------
    ChainReach : an incident counts when it happens (or is outstanding at the start), an
        order when it is carried out, a rung when the crisis stands on it or above

    Raises
    ------
    ModelError : no such chain, no escalation section, or too many states.
    """
    if chain not in crisis.chains:
        hint = did_you_mean(chain, crisis.chains, "chain")
        raise ModelError(f"chains: no chain '{chain}'; {hint}")
    nodes = crisis.chains[chain].nodes
    told = [node for node in nodes if node.incident or node.order or node.rung]
    draws = draw_numbers(crisis, 1, 0).at_medians()
    world = World(crisis, draws, variation)
    compiled = compile_escalation(world, max_states=max_states, keep_idle=True)
    marks = [_Mark.of(node, compiled) for node in told]
    outstanding = world.escalation.start.outstanding
    joint = follow(
        compiled.problem,
        compiled.theta,
        _first(compiled, marks, outstanding),
        lambda stage, entries: _advance(compiled, marks, stage, entries),
    )
    by_stage = joint.sum(axis=1)
    prob = np.minimum(np.cumsum(by_stage[::-1])[::-1][1:], 1.0)
    links = tuple(node.text for node in told)
    return ChainReach(chain, links, tuple(prob.tolist()), len(nodes) - len(told))


@dataclass(frozen=True)
class _Mark:
    """What a link is in the model: an incident, an order, a rung, or all of these."""

    incident: str | None
    order: str | None
    rung: int

    @classmethod
    def of(cls, node: Node, compiled: Compiled) -> _Mark:
        rung = compiled.rungs.index(node.rung) if node.rung else -1
        return cls(node.incident, node.order, rung)

    def stands(self, rung: int, outstanding: tuple[str, ...]) -> bool:
        """Whether it is so at the start, before anything is answered."""
        is_past = self.incident is None or self.incident in outstanding
        return is_past and self.order is None and self.rung <= rung

    def by_cause(self, compiled: Compiled) -> np.ndarray:
        """Which causes show the named incident or order, (n_causes + 1,).

        The last place stands for entries without a cause (-1).
        """
        shows = [
            (self.incident is None or self.incident == c.incident)
            and (self.order is None or (c.kind == "order" and c.name == self.order))
            for c in compiled.causes
        ]
        return np.array([*shows, self.incident is None and self.order is None])


def _advance(
    compiled: Compiled, marks: list[_Mark], stage: int, entries: Entries
) -> tuple[IntArray, IntArray]:
    """All entries apply; each passes as many links as it shows, one after the other."""
    after = np.full(len(entries), stage)
    rung = compiled.problem.group[entries.dst]
    for k in range(stage, len(marks)):
        shows = marks[k].by_cause(compiled)[entries.cause] & (rung >= marks[k].rung)
        after[(after == k) & shows] = k + 1
    return np.arange(len(entries)), after


def _first(
    compiled: Compiled, marks: list[_Mark], outstanding: tuple[str, ...]
) -> FloatArray:
    """Joint probability of stage and state once what is outstanding is answered."""
    problem = compiled.problem
    first = np.zeros((len(marks) + 1, problem.n_states))
    start = problem.start
    chance = start.values(compiled.theta.regime(problem.pieces[0].regime, 0))
    stage = 0
    while stage < len(marks) and marks[stage].stands(compiled.start_rung, outstanding):
        stage += 1
    rows, after = _advance(compiled, marks, stage, start)
    np.add.at(first, (after, start.dst[rows]), chance[rows])
    return first
