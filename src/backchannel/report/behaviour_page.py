"""What `backchannel behave CRISIS` prints: section 5 alone, as text or as a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backchannel.games.bargaining.package_rounds import PackageRounds
from backchannel.report.naming import package_title, title_of_actor
from backchannel.report.say_behaviour import say_behaviour
from backchannel.report.terminal import table_text
from backchannel.study import Study

_WIDTH = 100  # cells, as the page of a brief that goes to a file


def behaviour_text(study: Study, rounds: PackageRounds | None = None) -> str:
    """The sentences of the section and the offers worth a thought.

    Parameters
    ----------
    study : what the engines say
    rounds : offers in turn, where they were asked for

    Returns
    -------
    str : lines of text, the last one ended
    """
    section = say_behaviour(study.crisis, study.behaviour, study.settlements, rounds)
    lines = [section.question, *(f"- {s.text}" for s in section.statements)]
    for table in section.tables:
        if table.where == "page":
            lines += ["", table.caption, table_text(table, _WIDTH)]
    if study.behaviour is not None:
        lines += ["", str(study.behaviour)]
    if rounds is not None:
        lines += ["", str(rounds)]
    return "\n".join(lines) + "\n"


def behaviour_record(
    study: Study, rounds: PackageRounds | None = None
) -> dict[str, Any]:
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
        "rounds": None if rounds is None else _rounds_record(rounds, called),
    }


def _rounds_record(
    rounds: PackageRounds, called: Callable[[int | None], str | None]
) -> dict[str, Any]:
    """Offers in turn as plain values; the opening offer is by type, to wait last."""
    play = rounds.play
    return {
        "n_rounds": rounds.game.n_rounds,
        "level": play.level,
        "packages": [called(row) for row in rounds.rows],
        "type_gain": rounds.type_gain.tolist(),
        "opening": play.opening.tolist(),
        "hazard": rounds.game.hazard.tolist(),
        "prob_agreed_at_once": play.prob_taken,
        "prob_war": play.prob_war,
        "prob_war_range": list(play.prob_war_range),
        "prob_war_by_gap": list(play.prob_war_by_gap),
        "prob_war_mediated": play.mediated.prob_war,
        "mediated": play.mediated.shares.tolist(),
        "nash_gap": play.nash_gap,
        "off_path_regret": play.regret,
        "n_equilibria": play.n_equilibria,
        "selection": play.selection,
        "status": play.status,
        "method": play.method,
        "certificate": str(play.certificate),
    }
