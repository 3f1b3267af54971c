"""What stands in the way of a package, tightest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.settlement.cells import all_draws
from backchannel.settlement.method import TOLERANCE
from backchannel.settlement.valuation import Valuation

BindingKind = Literal["feasibility", "acceptance", "ratification", "leak"]


@dataclass(frozen=True)
class Binding:
    """One hurdle, and how likely the package clears it.

    `actor` is the party that must accept or the actor that must assent; empty for
    feasibility and for the leak.

    `prob_passes` : on its own, as if every other hurdle were cleared. For a party the
    share of draws in which the package, sure to be passed by all and to stay secret, is
    worth at least as much to it as no deal (u - pressure >= V); for a ratifier its mean
    assent; for the leak the chance that a ratified package is not brought down by one.
    `prob_weighed` : with the other hurdles weighed in. For a party the share of draws
    in which it accepts (G >= 0): it may refuse what it wants, because it expects to
    fail at home, on either side, and to pay for that. The same as `prob_passes` for
    the others.
    """

    kind: BindingKind
    actor: str
    prob_passes: float
    prob_weighed: float

    def __str__(self) -> str:
        line = f"{self.kind:12} {self.actor:16} {self.prob_passes:.2f}"
        is_same = self.prob_weighed == self.prob_passes
        return line if is_same else f"{line}, weighed {self.prob_weighed:.2f}"


def find_binding(valuation: Valuation) -> tuple[Binding, ...]:
    """List the hurdles of the only package of a valuation, lowest chance first.

    Ties stay in order: feasibility, parties, ratifiers as the file declares them, leak.
    """
    block = all_draws(valuation)
    cells = block.cells()
    found = [_hurdle("feasibility", "", 1.0)]
    alone = (block.gains_if_carried()[:, 0] >= -TOLERANCE).mean(axis=1)
    weighed = cells.accepts[:, 0].mean(axis=1)
    for i, stake in enumerate(valuation.stakes):
        found.append(
            Binding("acceptance", stake.party, float(alone[i]), float(weighed[i]))
        )
    for actor, judge in valuation.judges.items():
        row = judge.before[0]
        if row < judge.seen_before.n_distinct:
            table = block.assents(actor)[0]
            found.append(_hurdle("ratification", actor, float(table[row].mean())))
    if len(valuation.private):
        collapse = cells.leak[0] * (cells.ratified[0] - cells.stands[0])
        ratified = float(cells.ratified[0].mean())
        kept = 1.0 - float(np.mean(collapse)) / ratified if ratified > 0 else 1.0
        found.append(_hurdle("leak", "", kept))
    return tuple(sorted(found, key=lambda b: b.prob_passes))


def _hurdle(kind: BindingKind, actor: str, chance: float) -> Binding:
    return Binding(kind, actor, chance, chance)
