"""What `backchannel hold CRISIS` prints: section 6 alone, as text or as a record."""

from __future__ import annotations

from typing import Any

from backchannel.crisis.model import Crisis
from backchannel.report.named_packages import name_packages
from backchannel.report.say_stability import say_stability
from backchannel.report.terminal import table_text
from backchannel.settlement.settlements import Settlements
from backchannel.stability.concepts import CONCEPTS
from backchannel.stability.holding import CrisisStability, Reason

_WIDTH = 100  # cells, as the page of a brief that goes to a file


def stability_text(
    crisis: Crisis, found: CrisisStability | None, settlements: Settlements
) -> str:
    """The sentences and tables of the section.

    Parameters
    ----------
    crisis, found, settlements : what was asked, and what the engines say

    Returns
    -------
    str : lines of text, the last one ended
    """
    named = () if settlements.n_packages == 0 else name_packages(crisis, settlements)
    section = say_stability(crisis, found, settlements, named)
    lines = [section.question, *(f"- {s.text}" for s in section.statements)]
    for table in section.tables:
        lines += ["", table.caption, table_text(table, _WIDTH)]
    if found is not None:
        lines += ["", str(found)]
    return "\n".join(lines) + "\n"


def stability_record(crisis: Crisis, found: CrisisStability | None) -> dict[str, Any]:
    """The same as plain values; shares are of the draws, by concept."""
    if found is None:
        return {"crisis": crisis.name, "outcomes": []}
    return {
        "crisis": crisis.name,
        "digest": found.crisis_digest,
        "n_draws": found.n_draws,
        "seed": found.seed,
        "status": found.status,
        "method": type(found.method).__name__,
        "movers": list(found.movers),
        "silent": list(found.silent),
        "outcomes": [
            {
                "terms": {issue: str(choice) for issue, choice in h.terms.items()},
                "n_states": h.n_states,
                "holds": {str(c): h.share(c) for c in CONCEPTS},
                "holds_calmly": {str(c): h.share(c, calmly=True) for c in CONCEPTS},
                "reasons": [_reason(reason) for reason in h.reasons],
            }
            for h in found.outcomes
        ],
        "check": str(found.certificate),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    acts = (reason.act, *reason.sanction)
    first, *rest = (
        {"actor": act.actor, "changes": {i: str(c) for i, c in act.changes}}
        for act in acts
    )
    return {"share": reason.share, "act": first, "sanction": rest}
