"""What `backchannel settle` prints: the answer as plain values and as a short text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.crisis.domain import Domain
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.home_deals import HomeDeals
from backchannel.settlement.method import PASSES_AT, IntArray
from backchannel.settlement.openings import Opening
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.stream import StreamedSettlements
from backchannel.settlement.two_level import TwoLevel

if TYPE_CHECKING:
    # It needs a solver, which not everybody installs.
    from backchannel.settlement.proven_deal import ProvenDeal

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


def streamed_record(found: StreamedSettlements) -> dict[str, Any]:
    """Counts over all packages, and the settlements of those kept, for JSON."""
    return {
        "n_feasible": found.n_feasible,
        "n_passing": found.n_passing,
        "n_ratified": found.n_ratified,
        "n_in_zopa": found.n_in_zopa,
        "kept": settlements_record(found.kept),
    }


def party_record(settlements: Settlements, party: str) -> dict[str, Any]:
    """What one party should know of a crisis, for JSON.

    Returns
    -------
    dict : how many packages it accepts, the best for it among those that pass, and what
        stands in the way of the best package, tightest first

    Raises
    ------
    ModelError : the crisis has no such party.
    """
    if party not in settlements.parties:
        right = did_you_mean(party, settlements.parties, "party")
        raise ModelError(f"--party: no party '{party}'; {right}")
    p = settlements.parties.index(party)
    own = settlements.gains[:, p]
    passing = settlements.passing
    favourite = int(passing[np.argmax(own[passing])]) if len(passing) else None
    best = settlements.best
    return {
        "party": party,
        "n_accepted": int((settlements.acceptance[:, p] >= PASSES_AT).sum()),
        "gain": float(own[best]),
        "acceptance": float(settlements.acceptance[best, p]),
        "max_regret": float(settlements.max_regret[best, p]),
        "favourite": (
            None if favourite is None else _package_record(settlements, favourite)
        ),
        "hurdles": [
            {"kind": b.kind, "actor": b.actor, "prob_passes": b.prob_passes}
            for b in settlements.binding(best)
            if b.prob_passes < 1.0
        ],
    }


def party_text(settlements: Settlements, party: str) -> str:
    """The same for a terminal; raises as `party_record`."""
    record = party_record(settlements, party)
    chance, regret = record["acceptance"], record["max_regret"]
    lines = [
        f"{party}: accepts {record['n_accepted']} packages at least as likely as not",
        f"best        gain {record['gain']:+.1f}, accepted {chance:.2f}",
        f"regret      {regret:.1f} at most by the best",
    ]
    favourite = record["favourite"]
    if favourite is not None:
        terms = ", ".join(f"{i} {c}" for i, c in favourite["package"].items())
        own = favourite["gains"][settlements.parties.index(party)]
        lines.append(f"its own     {terms} (gain {own:+.1f})")
    lines += [
        f"hurdle      {h['kind']} {h['actor']} {h['prob_passes']:.2f}"
        for h in record["hurdles"]
    ]
    return "\n".join(lines)


def home_record(
    deals: HomeDeals, problem: TwoLevel, openings: Sequence[Opening] = ()
) -> dict[str, Any]:
    """A game on two levels as plain values, for JSON."""
    return {
        "openings": [
            {
                "kind": opening.kind,
                "rule": opening.rule,
                "actor": opening.actor,
                "needed": opening.needed,
                "points": opening.points,
                "n_passing": opening.n_passing,
            }
            for opening in openings
        ],
        "title": deals.title,
        "leaders": list(deals.leaders),
        "n_packages": deals.n_packages,
        "n_passing": deals.n_passing,
        "n_assents": dict(deals.n_assents),
        "n_blocked": dict(deals.n_blocked),
        "frontier": [
            {
                "utilities": [float(u) for u in deals.utilities[point]],
                "package": level_names(problem.domain, deals.package_at(point)),
            }
            for point in range(len(deals.utilities))
        ],
        "solutions": [
            {"name": s.name, "value": s.value, "points": list(s.packages)}
            for s in deals.solutions
        ],
        "status": str(deals.status),
        "certificate": str(deals.certificate),
        "notes": list(problem.domain.notes),
    }


def home_text(
    deals: HomeDeals, problem: TwoLevel, openings: Sequence[Opening] = ()
) -> str:
    """The same for a terminal, with how many packages suit each actor."""
    lines = str(deals).splitlines()
    suits = ", ".join(f"{name} {n:,}" for name, n in deals.n_assents.items())
    lines.insert(1, f"suits: {suits}")
    for solution in deals.solutions[:1]:
        names = level_names(problem.domain, deals.package_at(solution.package))
        lines.insert(-1, "    " + "; ".join(f"{i}: {n}" for i, n in names.items()))
    lines += [f"would open: {opening}" for opening in openings]
    lines += [f"note: {note}" for note in problem.domain.notes]
    return "\n".join(lines)


def deal_record(deal: ProvenDeal) -> dict[str, Any]:
    """A proven deal as plain values, for JSON."""
    return {
        "title": deal.title,
        "criterion": deal.criterion,
        "package": list(deal.levels),
        "leaders": list(deal.leaders),
        "gains": deal.gains.tolist(),
        "value": deal.value,
        "bound": deal.bound,
        "gap": deal.gap,
        "status": str(deal.status),
        "certificate": str(deal.certificate),
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
