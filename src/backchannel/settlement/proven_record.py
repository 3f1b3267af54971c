"""What `backchannel settle` prints of a proven frontier."""

from __future__ import annotations

import math
from typing import Any

from backchannel.crisis.clauses import ClauseDomain
from backchannel.settlement.method import IntArray
from backchannel.settlement.proven_frontier import ProvenFrontier


def proven_record(frontier: ProvenFrontier, domain: ClauseDomain) -> dict[str, Any]:
    """A proven frontier as plain values, for JSON.

    Returns
    -------
    dict : `title`, `parties`, `n_packages`, `n_points`, `disagreement_point`,
        `frontier` (one entry for each point: `utilities`, `package`), `solutions`
        (name, value, tied `points`), `status`, `gap` and in words `is_complete`,
        whether no point can be missing, `certificate`, `notes`
    """
    return {
        "title": frontier.title,
        "parties": list(frontier.parties),
        "n_packages": frontier.n_packages,
        "n_points": frontier.n_points,
        "n_rational": len(frontier.rational),
        "disagreement_point": frontier.disagreement_point.tolist(),
        "frontier": [
            {"utilities": point.tolist(), "package": _named(domain, package)}
            for point, package in zip(
                frontier.utilities, frontier.packages, strict=True
            )
        ],
        "solutions": [
            {"name": s.name, "value": s.value, "points": list(s.packages)}
            for s in frontier.solutions
        ],
        "status": str(frontier.status),
        "gap": frontier.gap,
        "is_complete": math.isfinite(frontier.gap),
        "certificate": str(frontier.certificate),
        "domain_digest": frontier.domain_digest,
        "notes": list(domain.notes),
    }


def proven_text(frontier: ProvenFrontier, domain: ClauseDomain) -> str:
    """A proven frontier for a terminal: its size, then each solution and its levels."""
    first, *_, last = str(frontier).splitlines()
    lines = [first, f"{'utilities of':17} {'  '.join(frontier.parties)}"]
    for solution in frontier.solutions:
        shown = "  ".join(f"{u:.6g}" for u in frontier.utilities[solution.package])
        names = _named(domain, frontier.packages[solution.package])
        lines.append(f"{solution.title:17} {shown}")
        lines.append("    " + "; ".join(f"{i}: {level}" for i, level in names.items()))
    if not frontier.solutions:
        lines.append("no package gives every party its reservation value")
    return "\n".join([*lines, last, *(f"note: {note}" for note in domain.notes)])


def _named(domain: ClauseDomain, package: IntArray) -> dict[str, str]:
    levels = zip(domain.issues, domain.levels, package, strict=True)
    return {issue: names[int(level)] for issue, names, level in levels}
