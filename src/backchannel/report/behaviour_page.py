"""What `backchannel behave CRISIS` prints: section 5 alone, as text or as a record."""

from __future__ import annotations

from typing import Any

from backchannel.report.naming import package_title, title_of_actor
from backchannel.report.say_behaviour import say_behaviour
from backchannel.report.terminal import table_text
from backchannel.study import Study

_WIDTH = 100  # cells, as the page of a brief that goes to a file


def behaviour_text(study: Study) -> str:
    """The sentences of the section and the offers worth a thought.

    Parameters
    ----------
    study : what the engines say

    Returns
    -------
    str : lines of text, the last one ended
    """
    section = say_behaviour(study.crisis, study.behaviour, study.settlements)
    lines = [section.question, *(f"- {s.text}" for s in section.statements)]
    for table in section.tables:
        if table.where == "page":
            lines += ["", table.caption, table_text(table, _WIDTH)]
    if study.behaviour is not None:
        lines += ["", str(study.behaviour)]
    return "\n".join(lines) + "\n"


def behaviour_record(study: Study) -> dict[str, Any]:
    """The same as plain values; shares are means over the draws."""
    found, crisis = study.behaviour, study.crisis
    if found is None:
        return {"crisis": crisis.name, "offer": None}

    def called(row: int | None) -> str | None:
        packages = study.settlements.packages
        return None if row is None else package_title(crisis, packages.terms(row))

    curve = found.curve
    return {
        "crisis": crisis.name,
        "digest": found.crisis_digest,
        "level": found.level,
        "proposer": title_of_actor(crisis, found.proposer),
        "responders": [title_of_actor(crisis, name) for name in found.responders],
        "offer": called(found.offer),
        "prob_accepted": float(found.prob_accepted.mean()),
        "prob_settled": float(found.prob_settled.mean()),
        "prob_war": float(found.prob_war.mean()),
        "prob_war_without_offer": float(found.prob_war_without.mean()),
        "prob_war_near_optimum": list(found.prob_war_range),
        "prob_war_by_half": list(found.prob_war_by_half),
        "prob_war_if_known": found.prob_war_if_known,
        "mediated": {
            "prob_war": found.mediated.prob_war,
            "prob_war_of_offer": found.mediated.prob_war_of_offer,
            "n_types": found.mediated.n_types,
            "packages": [called(row) for row in found.mediated.rows],
            "shares": list(found.mediated.shares),
        },
        "offers": [
            {
                "package": called(row),
                "prob_accepted": float(curve.prob_accepted[i]),
                "own_gain": float(curve.own_gain[i]),
                "mean_gain": float(curve.mean_gain[i]),
                "prob_war": float(curve.prob_war[i]),
            }
            for i, row in enumerate(curve.rows)
        ],
        "status": found.status,
        "method": found.method,
        "selection": found.selection,
        "seed": found.seed,
        "certificate": str(found.certificate),
    }
