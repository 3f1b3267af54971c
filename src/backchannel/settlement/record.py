"""What `backchannel settle` prints: the answer as plain values and as a short text."""

from __future__ import annotations

from typing import Any

from backchannel.crisis.domain import Domain
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.method import IntArray
from backchannel.settlement.settlements import Settlements

_MOST_NAMED = 12
"""Parties whose names fit in one line of a terminal."""


def frontier_record(frontier: DomainFrontier, domain: Domain) -> dict[str, Any]:
    """A frontier as plain values, for JSON.

    Returns
    -------
    dict : `title`, `parties`, `n_packages`, `n_points`, `n_on_frontier`,
        `disagreement_point`, `frontier` (one entry per point: `utilities`,
        `n_packages`, `package`), `solutions` (name, value, tied `points`), `status`,
        `certificate`, `notes`
    """
    return {
        "title": frontier.title,
        "parties": list(frontier.parties),
        "n_packages": frontier.n_packages,
        "n_points": frontier.n_points,
        "n_on_frontier": frontier.n_on_frontier,
        "n_rational": len(frontier.rational),
        "disagreement_point": [float(u) for u in frontier.disagreement_point],
        "frontier": [
            {
                "utilities": [float(u) for u in frontier.utilities[point]],
                "n_packages": frontier.n_equal[point],
                "package": level_names(domain, frontier.package_at(point)),
            }
            for point in range(frontier.n_points)
        ],
        "solutions": [
            {"name": s.name, "value": s.value, "points": list(s.packages)}
            for s in frontier.solutions
        ],
        "status": str(frontier.status),
        "certificate": str(frontier.certificate),
        "domain_digest": frontier.domain_digest,
        "notes": list(domain.notes),
    }


def settlements_record(settlements: Settlements) -> dict[str, Any]:
    """The settlements of a crisis as plain values, for JSON.

    Returns
    -------
    dict : counts, `best` (or nearest) and historical package, `solutions` with gains
    """
    return {
        "parties": list(settlements.parties),
        "n_packages": settlements.n_packages,
        "n_passing": len(settlements.passing),
        "n_on_frontier": len(settlements.frontier),
        "is_settleable": settlements.is_settleable,
        "best": _package_record(settlements, settlements.best),
        "historical": (
            None
            if settlements.historical is None
            else _package_record(settlements, settlements.historical)
        ),
        "solutions": [
            {
                "name": solution.name,
                "value": solution.value,
                "n_tied": solution.n_tied,
                **_package_record(settlements, solution.package),
            }
            for solution in settlements.solutions
        ],
        "status": str(settlements.status),
        "n_draws": settlements.n_draws,
        "seed": settlements.seed,
        "crisis_digest": settlements.crisis_digest,
        "certificate": str(settlements.certificate),
    }


def _package_record(settlements: Settlements, row: int) -> dict[str, Any]:
    terms = settlements.packages.terms(row)
    return {
        "package": {issue: str(choice) for issue, choice in terms.items()},
        "prob_settled": float(settlements.prob_settled[row]),
        "gains": [float(gain) for gain in settlements.gains[row]],
    }


def level_names(domain: Domain, package: IntArray) -> dict[str, str]:
    """The levels of a package by issue."""
    return {
        issue: levels[int(level)]
        for issue, levels, level in zip(
            domain.issues, domain.levels, package, strict=True
        )
    }


def frontier_text(frontier: DomainFrontier, domain: Domain) -> str:
    """A frontier for a terminal: its size, then each solution and its levels."""
    lines = str(frontier).splitlines()
    shown = [lines[0]]
    if len(frontier.parties) <= _MOST_NAMED:
        shown.append(f"{'utilities of':17} {'  '.join(frontier.parties)}")
    if not frontier.solutions:
        shown.append(lines[1])
    for solution, line in zip(frontier.solutions, lines[1:], strict=False):
        names = level_names(domain, frontier.package_at(solution.package))
        shown.append(line)
        shown.append("    " + "; ".join(f"{i}: {level}" for i, level in names.items()))
    shown.append(lines[-1])
    shown += [f"note: {note}" for note in domain.notes]
    return "\n".join(shown)
