"""The debrief of one game, all of it, from its ledger and the engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.circles import Circle, circles_of
from backchannel.exercise.debrief.beliefs import (
    Belief,
    Calibration,
    calibrate,
    score_beliefs,
)
from backchannel.exercise.debrief.deals import (
    Missed,
    OfferJudged,
    judge_offers,
    missed_agreements,
)
from backchannel.exercise.debrief.near_misses import NearMiss, near_misses
from backchannel.exercise.debrief.records import (
    PaperTold,
    RecordPair,
    papers_told,
    record_pairs,
)
from backchannel.exercise.debrief.risk import risk_by_hour
from backchannel.exercise.debrief.timeline import Timeline, timeline_of
from backchannel.exercise.debrief.trips import Trip, trips_of
from backchannel.exercise.fold import fold
from backchannel.study import Study, run_study

N_DRAWS = 400
"""Enough for a debrief; the brief takes more."""


@dataclass(frozen=True)
class Debrief:
    """What the table talks about afterwards.

    `parties` name the columns of gains; `ending` is the last phase before the debrief;
    `frontier` holds the gains of the packages that nobody can improve upon; `risk`
    pairs hours with chances of war by the horizon. `records` lays two records of one
    contact side by side, `circles` what was told of who knows beside who did.
    `calibration` sums the beliefs up by role; `audience_costs` is what each actor paid
    at home, on its own scale, for going back on its word and for what came out.
    """

    parties: tuple[str, ...]
    hours: float
    ending: str
    trips: tuple[Trip, ...]
    offers: tuple[OfferJudged, ...]
    missed: tuple[Missed, ...]
    frontier: tuple[tuple[float, ...], ...]
    near_misses: tuple[NearMiss, ...]
    beliefs: tuple[Belief, ...]
    calibration: tuple[Calibration, ...]
    audience_costs: Mapping[str, float]
    risk: tuple[tuple[float, float], ...]
    timeline: Timeline
    papers: tuple[PaperTold, ...]
    records: tuple[RecordPair, ...]
    circles: tuple[Circle, ...]


def make_debrief(crisis: Crisis, events: Sequence[EventRecord]) -> Debrief:
    """Build the debrief of a game.

    Parameters
    ----------
    crisis : the file that was played
    events : its ledger, in order

    Returns
    -------
    Debrief : the same for the same ledger; the engines run with seed 1

    Raises
    ------
    ModelError : the crisis is too large for the engines.
    """
    return debrief_from(run_study(crisis, n_draws=N_DRAWS, seed=1), events)


def debrief_from(study: Study, events: Sequence[EventRecord]) -> Debrief:
    """Build it from a study of the crisis that is there already.

    Parameters
    ----------
    study : of the crisis that was played
    events : the ledger, in order

    Returns
    -------
    Debrief : as `make_debrief`
    """
    found, crisis = study.settlements, study.crisis
    offers, trips = judge_offers(events, found), trips_of(events)
    state = fold(crisis, events)
    papers = papers_told(events, state)
    beliefs = tuple(score_beliefs(events, found))
    return Debrief(
        parties=found.parties,
        hours=events[-1].hour if events else 0.0,
        ending=_ending(events),
        trips=tuple(trips),
        offers=tuple(offers),
        missed=tuple(missed_agreements(offers, found)),
        frontier=tuple(
            tuple(float(gain) for gain in found.gains[row]) for row in found.frontier
        ),
        near_misses=tuple(near_misses(events)),
        beliefs=beliefs,
        calibration=tuple(calibrate(beliefs)),
        audience_costs=dict(state.audience_costs),
        risk=tuple(risk_by_hour(events, crisis)),
        timeline=timeline_of(events, crisis, state.roles),
        papers=papers,
        records=record_pairs([told.paper for told in papers], trips),
        circles=tuple(circles_of(crisis, events)),
    )


def _ending(events: Sequence[EventRecord]) -> str:
    phases = [str(event.part("phase")) for event in events if event.part("phase")]
    return next((p for p in reversed(phases) if p != "debrief"), "unopened")
