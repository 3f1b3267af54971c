"""What stands in the way of a package, tightest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.settlement.cells import all_draws
from backchannel.settlement.valuation import Valuation

BindingKind = Literal["feasibility", "acceptance", "ratification", "leak"]


@dataclass(frozen=True)
class Binding:
    """One hurdle: how likely the package clears it on its own.

    `actor` is the party that must accept or the actor that must assent; empty for
    feasibility and for the leak. `prob_passes` is a mean over the draws: the share of
    draws in which a party accepts, a ratifier's mean assent, the chance that the
    package is not brought down by a leak.
    """

    kind: BindingKind
    actor: str
    prob_passes: float

    def __str__(self) -> str:
        return f"{self.kind:12} {self.actor:16} {self.prob_passes:.2f}"


def find_binding(valuation: Valuation) -> tuple[Binding, ...]:
    """List the hurdles of the only package of a valuation, lowest chance first.

    Ties stay in order: feasibility, parties, ratifiers as the file declares them, leak.
    """
    block = all_draws(valuation)
    cells = block.cells()
    found = [Binding("feasibility", "", 1.0)]
    for stake, accepts in zip(valuation.ledger.accounts, cells.accepts, strict=True):
        found.append(Binding("acceptance", stake.party, float(accepts[0].mean())))
    for actor, judge in valuation.judges.items():
        row = judge.before[0]
        if row < judge.seen_before.n_distinct:
            table = block.assents(actor)[0]
            found.append(Binding("ratification", actor, float(table[row].mean())))
    if len(valuation.private):
        collapse = cells.leak[0] * (cells.ratified[0] - cells.stands[0])
        ratified = float(cells.ratified[0].mean())
        kept = 1.0 - float(np.mean(collapse)) / ratified if ratified > 0 else 1.0
        found.append(Binding("leak", "", kept))
    return tuple(sorted(found, key=lambda b: b.prob_passes))
