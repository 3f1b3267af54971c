"""The debrief as a page: for everybody, after the facilitator has opened it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backchannel.exercise.debrief.timeline import (
    BETWEEN,
    PUBLIC_LANE,
    SEALED,
    Timeline,
)
from backchannel.exercise.interventions import Intervention
from backchannel.exercise.knowledge import Known
from backchannel.exercise.pages.picture import Axes, Lanes, Picture
from backchannel.exercise.pages.play import render_screen
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.pages.words import Say, phase_words
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen

if TYPE_CHECKING:
    from backchannel.exercise.debrief.whole import Debrief


def debrief_page(
    screen: Screen,
    debrief: Debrief,
    known: Sequence[Known],
    roles: Sequence[str],
    interventions: Sequence[Intervention] = (),
    *,
    guard: str = "",
    language: str = "en",
) -> str:
    """Make the page of the debrief.

    Parameters
    ----------
    screen : what the facilitator saw, now open to all
    debrief : from `make_debrief`
    known : who knew what since when
    roles : names of the roles, the columns of that table
    interventions : what the facilitator did and looked at
    guard : word of the facilitator's forms; nobody else can begin a replay
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page
    """
    ending = debrief.ending
    extra = {
        "debrief": debrief,
        "known": known,
        "ending": phase_words(tongue(language)).get(ending, ending),
        "players": roles,
        "interventions": interventions,
        "timeline_picture": timeline_picture(debrief.timeline),
        "lane_titles": lane_titles(debrief.timeline, tongue(language)),
        "replay_hours": replay_hours(debrief.timeline),
        "author_of": {trip.message: trip.author for trip in debrief.trips},
        "risk_picture": risk_picture(debrief),
        "frontier_picture": frontier_picture(debrief),
    }
    return render_screen("debrief.html", FACILITATOR, screen, guard, language, extra)


def lane_titles(timeline: Timeline, _: Say) -> dict[str, str]:
    """What each lane of a timeline is called."""
    named = {
        PUBLIC_LANE: _("everybody"),
        BETWEEN: _("between the sides"),
        SEALED: _("nobody"),
    }
    return {lane: title or named[lane] for lane, title in timeline.lanes.items()}


def replay_hours(timeline: Timeline) -> list[float]:
    """Hours at which something happened, each once, in order."""
    return sorted({moment.hour for moment in timeline.moments})


def timeline_picture(timeline: Timeline) -> Lanes | None:
    """Moments as marks in their lanes; None where nothing happened."""
    if not timeline.moments:
        return None
    hours = [moment.hour for moment in timeline.moments]
    return Lanes(tuple(timeline.lanes), (min(0.0, *hours), max(*hours, 1.0)))


def risk_picture(debrief: Debrief) -> Picture | None:
    """The chance of war at each hour of the game; None where there is no ladder."""
    if len(debrief.risk) < 2:
        return None
    hours = [hour for hour, _ in debrief.risk]
    axes = Axes((min(hours), max(hours)), (0.0, 1.0))
    line = " ".join(axes.point(hour, chance) for hour, chance in debrief.risk)
    return Picture(axes, line=line)


def frontier_picture(debrief: Debrief) -> Picture | None:
    """Offers and the frontier, by the gains of the first two parties.

    None where there are not two parties, or nothing to show.
    """
    judged = [offer for offer in debrief.offers if offer.gains is not None]
    points = [*debrief.frontier, *(o.gains for o in judged if o.gains is not None)]
    if len(debrief.parties) < 2 or not points:
        return None
    axes = Axes.around([p[0] for p in points], [p[1] for p in points])
    return Picture(
        axes,
        dots=tuple(axes.place(gains[0], gains[1]) for gains in debrief.frontier),
        rings=tuple(
            (*axes.place(o.gains[0], o.gains[1]), str(i))
            for i, o in enumerate(debrief.offers, 1)
            if o.gains is not None
        ),
    )
