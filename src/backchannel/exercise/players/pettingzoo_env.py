"""The exercise as a PettingZoo environment: parties choose in turn at decision epochs.

The environment plays a whole game in memory, without a server: the same rules, the same
channels and hazards. A party observes its own screen only. Needs the extra
`pettingzoo`: `pip install "backchannel[pettingzoo,serve]"`.

Source: Terry et al. (2021), PettingZoo: Gym for multi-agent reinforcement learning.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from pettingzoo import AECEnv

from backchannel.base.errors import MethodError, MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.players.choices import (
    WAIT,
    fill_in,
    options_of,
    waiting_offers,
)
from backchannel.exercise.projection import Instant, project
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, show
from backchannel.exercise.state import Settings
from backchannel.exercise.world import value_in, worth_seen

AHEAD = Instant()
EPOCH_HOURS = 6.0
WAR_WORTH = -100.0
PHASES = ("open", "settled", "war", "debrief")


class CrisisEnv(AECEnv):  # type: ignore[misc]
    """Parties of a crisis as the agents of PettingZoo.

    Parameters
    ----------
    crisis : a loaded crisis with an escalation section
    epoch_hours : hours of the crisis between one round of choices and the next
    render_mode : `ansi` or None

    Notes: actions are numbers into `options_of(crisis, party)`; what cannot be done now
    is masked, and chosen all the same counts as waiting. The reward comes at the end:
    worth of what was agreed, -100 for war, the fallback of no deal at the horizon.

    Raises
    ------
    MethodError : the crisis has no escalation section, or the epoch is not positive.
    """

    metadata = {"render_modes": ["ansi"], "name": "backchannel_v1"}  # noqa: RUF012

    def __init__(
        self,
        crisis: Crisis,
        *,
        epoch_hours: float = EPOCH_HOURS,
        render_mode: str | None = None,
    ) -> None:
        if crisis.escalation is None:
            raise MethodError("crisis: has no escalation section; nothing would happen")
        if epoch_hours <= 0:
            raise MethodError(f"epoch_hours: is {epoch_hours}; must be above 0")
        super().__init__()
        self.crisis, self.epoch_hours = crisis, epoch_hours
        self.render_mode = render_mode
        self.possible_agents = list(crisis.parties)
        self.agents: list[str] = []
        self._options = {p: options_of(crisis, p) for p in crisis.parties}
        self._rungs = list(crisis.escalation.rungs)
        self._known_spaces = {party: self._spaces(party) for party in crisis.parties}
        self._seed = 0

    def _spaces(
        self, party: str
    ) -> tuple[gymnasium.spaces.Dict, gymnasium.spaces.Discrete]:
        n_options = len(self._options[party])
        size = 2 + len(self._rungs) + len(PHASES)
        seen = gymnasium.spaces.Dict(
            {
                "observation": gymnasium.spaces.Box(0.0, 1.0, (size,), np.float32),
                "action_mask": gymnasium.spaces.Box(0, 1, (n_options,), np.int8),
            }
        )
        return seen, gymnasium.spaces.Discrete(n_options)

    def observation_space(self, agent: str) -> gymnasium.spaces.Space[Any]:
        """Time, what waits, rung and phase, all in [0, 1], and the mask of actions."""
        return self._known_spaces[agent][0]

    def action_space(self, agent: str) -> gymnasium.spaces.Space[Any]:
        """Numbers into the party's options."""
        return self._known_spaces[agent][1]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> None:
        """Begin a new game; the same seed gives the same luck."""
        del options  # part of the interface, and nothing to set
        self._seed = self._seed + 1 if seed is None else seed
        self.agents = list(self.possible_agents)
        self._screens = {party: Screen() for party in self.agents}
        self._n_moves = 0
        self._book, events = Book.begin(
            self.crisis, Settings(seed=self._seed), f"seed {self._seed}", 0.0
        )
        self._show(events)
        for party in self.agents:
            self._move(FACILITATOR, "hand_over", {"role": party, "by": "program"})
        self._move(FACILITATOR, "set_clock", {"is_running": False})
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {party: {} for party in self.agents}
        self._turn = 0
        self.agent_selection = self.agents[0]

    def observe(self, agent: str) -> dict[str, Any]:
        """What one party sees now."""
        screen = self._screens[agent]
        horizon = self.crisis.horizon.median()
        ahead = min(1.0, self._book.state.hour / horizon)
        waiting = min(1.0, len(waiting_offers(screen)) / 4)
        rungs = [float(rung == screen.rung) for rung in self._rungs]
        phases = [float(phase == screen.phase) for phase in PHASES]
        mask = [fill_in(option, screen) is not None for option in self._options[agent]]
        return {
            "observation": np.array([ahead, waiting, *rungs, *phases], np.float32),
            "action_mask": np.array(mask, np.int8),
        }

    def step(self, action: int | None) -> None:
        """Let the party whose turn it is choose; after the last, time passes."""
        party = self.agent_selection
        if self.terminations[party] or self.truncations[party]:
            self._was_dead_step(action)
            return
        self._cumulative_rewards[party] = 0.0
        self._clear_rewards()
        self._choose(party, int(action or 0))
        self._turn += 1
        if self._turn % len(self.agents) == 0:
            self._move(FACILITATOR, "step_clock", {"hours": self.epoch_hours})
            self._show(self._book.catch_up(0.0))
            self._end_if_over()
        self.agent_selection = self.agents[self._turn % len(self.agents)]
        self._accumulate_rewards()

    def _choose(self, party: str, number: int) -> None:
        option = self._options[party][number]
        fields = fill_in(option, self._screens[party])
        self.infos[party] = {"chose": option.title}
        if option is WAIT or fields is None:
            return
        try:
            self._move(party, option.move, fields)
        except MoveRefusedError as error:
            self.infos[party]["refused"] = error.rule

    def _move(self, role: str, kind: str, fields: dict[str, Any]) -> None:
        self._n_moves += 1
        move = Move(kind, f"move-{self._n_moves:08d}", fields)
        self._show(self._book.move(role, move, 0.0))

    def _show(self, events: list[EventRecord]) -> None:
        for event in events:
            for party, screen in self._screens.items():
                view = project(event, party, AHEAD)
                if view is not None:
                    show(screen, view)

    def _end_if_over(self) -> None:
        state = self._book.state
        is_late = state.hour >= self.crisis.horizon.median()
        if state.phase not in ("war", "settled") and not is_late:
            return
        for party in self.agents:
            self.rewards[party] = self._worth(party)
            self.terminations[party] = state.phase in ("war", "settled")
            self.truncations[party] = not self.terminations[party]

    def _worth(self, party: str) -> float:
        """What the end is worth to a party, on its own scale."""
        state = self._book.state
        if state.phase == "war":
            return WAR_WORTH
        ratified = [a for a in state.agreements.values() if a.status == "ratified"]
        if ratified:
            return worth_seen(state, party, dict(ratified[-1].package))
        return value_in(state, self.crisis.no_deal.fallback.get(party))

    def render(self) -> str | None:
        """The hour, the rung and the phase in one line, in mode `ansi`."""
        if self.render_mode != "ansi":
            return None
        state = self._book.state
        return f"hour {state.hour:.1f}  {state.rung}  {state.phase}"

    def close(self) -> None:
        """Nothing is held open."""
