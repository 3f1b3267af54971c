"""Offers in turn and changes of procedure as `backchannel settle` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from backchannel.settlement.offer_plan import OfferPlan
from backchannel.settlement.packages import Packages
from backchannel.settlement.procedure import ProcedureChange


def plan_record(plan: OfferPlan, packages: Packages) -> dict[str, Any]:
    """A plan of offers as plain values, for JSON.

    Returns
    -------
    dict : `sender`; `steps`, the offers in turn; `singles`, the best offer now over
        each channel; mean values to the sender, over silence `gain`; how it was made
    """

    def shown(made: Any) -> dict[str, Any]:
        values = asdict(made)
        terms = packages.terms(values.pop("row"))
        return {**values, "package": {i: str(choice) for i, choice in terms.items()}}

    return {
        "sender": plan.sender,
        "steps": [shown(step) for step in plan.steps],
        "singles": [shown(single) for single in plan.singles],
        "gain": plan.gain,
        "value_of_silence": float(plan.value_of_silence.mean()),
        "value_of_first": plan.value_of_first,
        "status": str(plan.status),
        "n_draws": plan.n_draws,
        "seed": plan.seed,
        "certificate": str(plan.certificate),
    }


def openings_record(
    openings: Sequence[ProcedureChange], packages: Packages
) -> list[dict[str, Any]]:
    """Changes of procedure as plain values, for JSON, smallest first by kind."""
    shown = []
    for opening in openings:
        values = asdict(opening)
        terms = packages.terms(values.pop("package"))
        package = {issue: str(choice) for issue, choice in terms.items()}
        shown.append({**values, "text": opening.text, "package": package})
    return shown


def offers_text(
    plans: Mapping[str, OfferPlan], openings: Sequence[ProcedureChange]
) -> list[str]:
    """Both for a terminal, a block for each sender."""
    lines = [f"would open  {opening}" for opening in openings]
    return ["\n".join(lines)] * bool(lines) + [str(plan) for plan in plans.values()]
