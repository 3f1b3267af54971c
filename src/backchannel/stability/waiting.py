"""The danger that runs without an agreement, and what it lends to keeping one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import WAR, no_deal_worth


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waiting is worth, actor by actor and draw by draw.

    `prob_war` (n_draws,) is the chance of war by the horizon; `fallback` and `worth`
    (n_actors, n_draws) what each actor has without a deal if war does not come, and
    all in all.
    """

    prob_war: FloatArray
    fallback: FloatArray
    worth: FloatArray

    def credit(self, own: FloatArray, span: slice) -> FloatArray:
        """What an outcome counts for if the danger is left out everywhere else.

        A state x outside it is worth q WAR + (1 - q) (fallback + u(x)). That beats the
        outcome, worth `own` (n_actors, n_span), where u(x) beats the value given here,
        so that the order of u serves for all other states.
        """
        q = self.prob_war[span]
        with np.errstate(divide="ignore", invalid="ignore"):
            credit = (own - q * WAR) / (1.0 - q) - self.fallback[:, span]
        return np.asarray(np.round(np.where(q < 1.0, credit, np.inf), 9), np.float64)


def weigh_waiting(
    crisis: Crisis, actors: tuple[str, ...], draws: Draws, prob_war: FloatArray
) -> Waiting:
    """Put together what waiting is worth to some actors."""
    no_war = np.zeros(draws.n_draws)
    return Waiting(
        prob_war,
        np.array([no_deal_worth(crisis, a, draws, no_war) for a in actors]),
        np.array([no_deal_worth(crisis, a, draws, prob_war) for a in actors]),
    )
