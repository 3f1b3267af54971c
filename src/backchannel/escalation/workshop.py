"""What the rules of one compilation share: digits of a state, rows, causes, times."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.escalation import Escalation
from backchannel.escalation.causes import Causes
from backchannel.escalation.problem import IntArray
from backchannel.escalation.rows import Rows
from backchannel.escalation.state_space import Columns, Space
from backchannel.escalation.timeline import Due, Timeline
from backchannel.escalation.world import World


@dataclass(frozen=True)
class Workshop:
    """One world on one timeline.

    `rows`, `causes` and `chances` (of the answers to each incident) fill up while rules
    are asked.
    """

    world: World
    timeline: Timeline
    rows: Rows
    causes: Causes = field(default_factory=Causes)
    chances: dict[str, list[FloatArray]] = field(default_factory=dict)

    @property
    def escalation(self) -> Escalation:
        """Escalation section of the file."""
        return self.world.escalation

    @cached_property
    def rungs(self) -> list[str]:
        """Rungs from lowest to war."""
        return list(self.escalation.rungs)

    @property
    def war(self) -> int:
        """Index of the last rung."""
        return len(self.rungs) - 1

    @property
    def settled(self) -> int:
        """Index of the settled rung, -1 where there is none."""
        return 0 if self.escalation.rungs[self.rungs[0]].is_settled else -1

    @cached_property
    def random_deadlines(self) -> list[Due]:
        """Deadlines that change hazards, but not surely: they are part of the state."""
        return [d for d in self.timeline.deadlines if not self.is_sure(d)]

    def is_sure(self, due: Due) -> bool:
        """Whether what a deadline does to hazards, if anything, is sure to happen."""
        certain = bool((self.draw(due.then.prob) == 1.0).all())
        return certain or not due.then.multiply

    @cached_property
    def space(self) -> Space:
        """Digits of a state."""
        section = self.escalation
        sizes = {"rung": len(self.rungs)}
        for posture in self.world.movable_postures:
            sizes[f"posture {posture}"] = len(section.postures[posture].settings)
        sizes |= {f"deadline {due.name}": 2 for due in self.random_deadlines}
        sizes |= {f"pending {p}": d.cap + 1 for p, d in section.decisions.items()}
        sizes |= {f"tokens {k}": t.cap + 1 for k, t in section.tokens.items()}
        for name, order in self.world.orders.items():
            if order.delay is not None:
                sizes[f"under way {name}"] = 2
        return Space(sizes, self.war, self.settled)

    def draw(self, number: Uncertain | None, default: float = 0.0) -> FloatArray:
        """Values of a number of the file, or its default where the file is silent."""
        if number is None:
            return np.full(self.world.draws.n_draws, default)
        return self.world.draws[number]

    def climbed(self, here: Columns, rungs: int) -> IntArray:
        """Rungs after climbing, war at most."""
        return np.minimum(here["rung"] + rungs, self.war)

    def lowered(self, here: Columns) -> IntArray:
        """Rungs one down; from the lowest there is nowhere to go."""
        return np.maximum(here["rung"] - 1, 0)
