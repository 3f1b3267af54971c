"""From a study to a brief: every section said once, for all outputs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from backchannel.crisis.model import Crisis
from backchannel.report import bottom_line as first
from backchannel.report.answers import (
    answer_behaviour,
    answer_channel,
    answer_draws,
    answer_escalation,
    answer_offers,
    answer_secrecy,
    answer_sensitivity,
    answer_settlement,
    answer_stability,
    answer_timetable,
)
from backchannel.report.named_packages import (
    NamedPackage,
    call_best,
    name_packages,
)
from backchannel.report.naming import title_of_actor
from backchannel.report.records import (
    Answer,
    Brief,
    Heading,
    Input,
    Section,
    Statement,
)
from backchannel.report.say_behaviour import say_behaviour
from backchannel.report.say_channel import say_channel
from backchannel.report.say_deal import say_deal
from backchannel.report.say_secrecy import say_secrecy
from backchannel.report.say_sensitivity import say_sensitivity
from backchannel.report.say_sources import (
    count_certainties,
    list_inputs,
    list_origins,
    say_sources,
)
from backchannel.report.say_stability import NOBODY_MOVES, say_stability
from backchannel.report.say_time import say_time, without_escalation
from backchannel.report.wording import clean
from backchannel.study import Study, run_study

# Source: International Crisis Behavior Project, crises 1918-2016; Militarized
# Interstate Disputes, Gibler-Miller-Little version 2.2.1, 95 of 2,174 disputes.
_BASE_RATES = (
    "For scale only, each with its population: of the crises that the International "
    "Crisis Behavior project lists for 1918 to 2016, 19 % ended in full-scale war; of "
    "militarised interstate disputes (Gibler, Miller and Little, 1816 to 2010), 4 % "
    "did. Nothing here is computed from either."
)
_NO_FORECAST = (
    "A chance here is what these numbers imply, not a forecast; it changes with them."
)
_ENDS_THE_RISK = (
    "An agreed package, however small, is taken to end the risk of war at once; "
    "without one the risk runs on. A package that would leave the danger standing "
    "looks better here than it is."
)
_NO_RISK = (
    "The file has no escalation section, so no risk of war is in any number; what no "
    "deal brings is what the file says under no_deal."
)
_ONE_OFFER = (
    "Counter-offers: what they will do is answered for one offer, taken or left; what "
    "an offer gives away about its maker is not in it."
)


def _silent(_stage: str) -> None:
    """Report progress to nobody."""


def brief(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    hours: tuple[float, ...] | None = None,
    progress: Callable[[str], None] = _silent,
) -> Brief:
    """Compute the brief of a crisis.

    Parameters
    ----------
    crisis : a loaded crisis
    n_draws : joint samples of the uncertain numbers
    seed : the only source of randomness; same seed, same bytes
    hours : times at which to report the risk, hours from `now`; chosen where None
    progress : called with the name of each stage as it begins

    Returns
    -------
    Brief : prints its bottom line; `backchannel.report` writes it as a page

    Raises
    ------
    ModelError : the crisis is too large for the exact engines, or has no way to war.
    MethodError : n_draws, seed or hours out of range.
    """
    study = run_study(
        crisis, n_draws=n_draws, seed=seed, hours=hours, progress=progress
    )
    return make_brief(study)


def make_brief(study: Study) -> Brief:
    """Put a study into words.

    Parameters
    ----------
    study : what the engines say

    Returns
    -------
    Brief : pure values, from which every output is written
    """
    crisis = study.crisis
    inputs = list_inputs(crisis)
    counts = count_certainties(inputs)
    named = name_packages(crisis, study.settlements)
    return Brief(
        heading=_heading(study),
        bottom_line=_bottom_line(study, named),
        conditions=_conditions(study),
        not_answered=_not_answered(study),
        sections=_sections(study, named, inputs, counts),
        answers=_answers(study, inputs),
        inputs=inputs,
        sources=list_origins(crisis),
        certainty_counts=counts,
    )


def _heading(study: Study) -> Heading:
    crisis = study.crisis
    now = crisis.now
    utc = now.middle.astimezone(UTC).isoformat() if now.presence == "known" else ""
    return Heading(
        name=clean(crisis.name),
        title=clean(crisis.title),
        about=clean(crisis.about),
        now=clean(str(now)),
        now_utc=utc,
        horizon_hours=crisis.horizon.median(),
        file=clean(Path(crisis.path).name) or clean(crisis.name),
        digest=crisis.digest,
        parties=tuple((p, title_of_actor(crisis, p)) for p in crisis.parties),
        n_draws=study.n_draws,
        seed=study.seed,
        version=version("backchannel"),
    )


def _bottom_line(
    study: Study, named: tuple[NamedPackage, ...]
) -> tuple[Statement, ...]:
    crisis = study.crisis
    return (
        *first.say_risk(study.escalation),
        *first.say_lever(crisis, study.escalation),
        *first.say_package(crisis, study.settlements, named),
        *first.say_secret(crisis, study.settlements),
        *first.say_trip(crisis, study.channels),
    )


def _sections(
    study: Study,
    named: tuple[NamedPackage, ...],
    inputs: tuple[Input, ...],
    counts: dict[str, int],
) -> tuple[Section, ...]:
    crisis, found = study.crisis, study.settlements
    escalation = study.escalation
    return (
        without_escalation() if escalation is None else say_time(crisis, escalation),
        say_deal(crisis, found, named),
        say_secrecy(crisis, found),
        say_channel(
            crisis,
            study.channels,
            study.timetables,
            call_best(found),
            None if study.offers is None else (study.offers, found),
        ),
        say_behaviour(crisis, study.behaviour, found),
        say_stability(crisis, study.stability, found, named),
        say_sensitivity(crisis, study.sensitivity, found),
        say_sources(inputs, counts),
    )


def _answers(study: Study, inputs: tuple[Input, ...]) -> tuple[Answer, ...]:
    found = [answer_draws(inputs, study.n_draws, study.seed)]
    if study.escalation is not None:
        found.append(answer_escalation(study.escalation, inputs))
    found.append(answer_settlement(study.settlements, inputs))
    found.append(answer_secrecy(study.settlements, inputs))
    found.append(answer_channel(study.channels, inputs))
    if study.offers is not None:
        found.append(answer_offers(study.offers, inputs))
    if study.behaviour is not None:
        found.append(answer_behaviour(study.behaviour, inputs))
    if study.stability is not None:
        found.append(answer_stability(study.stability, inputs))
    found += [answer_timetable(t, inputs) for t in list(study.timetables.values())[:1]]
    if study.sensitivity is not None:
        found.append(answer_sensitivity(study.sensitivity, inputs))
    return tuple(found)


def _conditions(study: Study) -> tuple[str, ...]:
    name = clean(Path(study.crisis.path).name) or clean(study.crisis.name)
    drawn = (
        f"Everything here follows from the numbers in {name}. A number that "
        f"nobody knows is drawn {study.n_draws:,} times from the range or law that the "
        "file gives, each by itself."
    )
    is_risky = study.escalation is not None
    said = [_ENDS_THE_RISK if is_risky else _NO_RISK, drawn, _NO_FORECAST]
    if is_risky:
        said.append(_BASE_RATES)
    return tuple(said)


def _not_answered(study: Study) -> tuple[str, ...]:
    said = [_ONE_OFFER]
    if study.stability is None:
        said.append("What would hold: " + NOBODY_MOVES)
    if study.escalation is None:
        said.append("How long there is: the file has no escalation section.")
    if not study.settlements.private_terms:
        said.append("What secrecy buys: the file lets no term be private.")
    if not study.channels.round_trips:
        said.append(
            "Which channel: the file has none from one party to another and back."
        )
    return tuple(said)
