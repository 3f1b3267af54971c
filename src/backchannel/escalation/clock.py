"""The clock of a live crisis: risk by the horizon from any state at any hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.escalation._kernels.reference import generator, spread
from backchannel.escalation.backward import Backward
from backchannel.escalation.compile import Compiled


@dataclass(frozen=True, repr=False)
class Clock:
    """P(war by the horizon) in the nominal world, all numbers at their medians.

    `table.prob_war` (n_hours, n_states) holds it for all states at `table.hours`; hours
    in between are carried back exactly from the next one.
    """

    compiled: Compiled
    table: Backward
    draw: int

    def prob_war(
        self,
        hour: float,
        *,
        rung: str,
        pending: Mapping[str, int] | None = None,
        tokens: Mapping[str, int] | None = None,
        under_way: tuple[str, ...] = (),
        postures: Mapping[str, int] | None = None,
        passed: tuple[str, ...] = (),
    ) -> float:
        """Risk from one state at one hour.

        Parameters
        ----------
        hour : hours from `now`, between 0 and the horizon
        rung : where the crisis stands
        pending, tokens : matters gone up by party, hot tokens by kind; 0 if not named
        under_way : delayed orders that have been set off
        postures : index of the setting, for postures that a response can change
        passed : uncertain deadlines that took effect

        Returns
        -------
        probability of war by the horizon

        Raises
        ------
        ModelError : the hour lies outside the horizon, a name is not part of the
            state, or this state cannot be reached.
        """
        if not 0 <= hour <= self.table.hours[-1]:
            raise ModelError(
                f"hour: is {hour:g}; must lie between 0 and {self.table.hours[-1]:g}"
            )
        digits = {f"pending {name}": n for name, n in (pending or {}).items()}
        digits |= {f"tokens {name}": n for name, n in (tokens or {}).items()}
        digits |= {f"under way {name}": 1 for name in under_way}
        digits |= {f"posture {name}": n for name, n in (postures or {}).items()}
        digits |= {f"deadline {name}": 1 for name in passed}
        return float(self._risk_at(hour)[self._state(rung, digits)])

    def _state(self, rung: str, digits: Mapping[str, int]) -> int:
        space, rungs = self.compiled.space, self.compiled.rungs
        for name, digit in digits.items():
            if name not in space.sizes:
                hint = did_you_mean(name, space.sizes, "part of the state")
                raise ModelError(f"state: '{name}' is not part of it; {hint}")
            if not 0 <= digit < space.sizes[name]:
                most = space.sizes[name] - 1
                raise ModelError(f"state: {name} is {digit}; must be 0 to {most}")
        if rung not in rungs:
            raise ModelError(f"rung: no '{rung}'; {did_you_mean(rung, rungs, 'rung')}")
        full = {name: np.array([digits.get(name, 0)]) for name in space.sizes}
        full["rung"] = np.array([rungs.index(rung)])
        code = space.encode(full)[0]
        i = int(np.searchsorted(self.compiled.codes, code))
        if i == len(self.compiled.codes) or self.compiled.codes[i] != code:
            raise ModelError(f"state: {rung}, {dict(digits)} cannot be reached")
        return i

    def _risk_at(self, hour: float) -> np.ndarray:
        problem, theta = self.compiled.problem, self.compiled.theta
        later = int(np.searchsorted(self.table.hours, hour))
        risk: np.ndarray = self.table.prob_war[later]
        wait = float(self.table.hours[later] - hour)
        if wait == 0.0:
            return risk
        p = int(np.searchsorted(problem.breaks, hour, side="right")) - 1
        piece = problem.pieces[p]
        column = theta.regime(piece.regime, self.draw)
        if piece.atom >= 0 and self.table.hours[later] == problem.breaks[p + 1]:
            atom = problem.atoms[piece.atom]
            change = atom.values(column) * (risk[atom.dst] - risk[atom.src])
            risk = risk.copy()
            np.add.at(risk, atom.src, change)
        q = generator(problem.entries, problem.n_states, column)
        return spread(q, risk, wait, 1e-14)[0]
