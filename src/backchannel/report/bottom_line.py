"""The first sentences of a brief: one for each answer, in plain words."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.escalation.result import EscalationResult
from backchannel.report.named_packages import NamedPackage
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Part, Statement, say
from backchannel.report.risk_words import (
    horizon_of,
    hours_left,
    lever_change,
    lever_phrase,
    prob_war,
    strongest_levers,
)
from backchannel.report.say_deal import all_sides, no_deal, say_repair
from backchannel.report.say_secrecy import NOTICEABLE, settled_if
from backchannel.report.show_secrecy import (
    call_package,
    title_of_term,
    what_secrecy_buys,
)
from backchannel.report.trips import (
    hours_of,
    risk_of,
    runs_a_risk,
    say_send_by,
    title_of_trip,
    trips_of_sender,
)
from backchannel.report.wording import inner, listed, quoted, span_of_time
from backchannel.settlement.channels import ChannelPlan
from backchannel.settlement.settlements import Settlements


def say_risk(found: EscalationResult | None) -> list[Statement]:
    """How long there is, on condition of the file."""
    if found is None:
        return [
            say(
                "The file says nothing on how this could come to war, so what follows "
                "weighs the deal alone."
            )
        ]
    return [
        say(
            "If the numbers of the file hold and nobody agrees, war comes within "
            f"{span_of_time(horizon_of(found))} with a chance of ",
            prob_war(found),
            "; the risk passes 5 % after ",
            hours_left(found, 0.05),
            ".",
        )
    ]


def say_lever(crisis: Crisis, found: EscalationResult | None) -> list[Statement]:
    """The one switch that would lower the risk most."""
    effects = [] if found is None else strongest_levers(found)
    if not effects or np.median(effects[0].difference) >= 0:
        return []
    what, change = lever_phrase(crisis, effects[0]), lever_change(effects[0])
    return [say(f"The switch that would lower that most: {what}, ", change, ".")]


def say_package(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    """The best package, how likely it is, and how history's compares."""
    best = named[0]
    rule = "Nash solution" if best.key == "nash" else "of the packages that pass"
    parts: list[Part] = [f"Best for {all_sides(crisis)} ({rule}): {best.title}. "]
    if not found.is_settleable:
        opening = f"{no_deal(crisis, found)}. Nearest to a deal"
        parts = [f"{opening}: {best.title}. "]
    parts += ["It would be accepted and ratified with a chance of ", best.settled]
    historical = next((p for p in named if p.row == found.historical), None)
    if historical is not None and historical.row == best.row:
        parts += ["; it is what history chose, and the best of all in "]
        parts += [historical.share_best, " of the draws"]
    elif historical is not None:
        parts += [
            "; what history chose, with ",
            historical.settled,
            ", and that is the best of all in ",
            historical.share_best,
            " of the draws",
        ]
    said = [say(*parts, ".")]
    if not found.is_settleable:
        said += say_repair(crisis, found, named[:1])
    return said


def say_secret(crisis: Crisis, found: Settlements) -> list[Statement]:
    """The term for which secrecy makes most difference, in a package just named."""
    terms = [
        t
        for t in found.private_terms
        if t.role in ("best", "historical") and t.prob_private is not None
    ]
    if not terms:
        return []
    term = min(terms, key=lambda t: (t.role != "best", -what_secrecy_buys(t)))
    title = quoted(title_of_term(crisis, term))
    private, public = settled_if(term, "private"), settled_if(term, "public")
    which = call_package(found, term)
    if private is None:
        return []
    if public is None:
        return [say(f"In {which}, {title} can only be promised in private.")]
    if what_secrecy_buys(term) < NOTICEABLE:
        return [say(f"No term of {which} does better for being kept private.")]
    return [
        say(
            f"In {which}, {title} has to stay private: made public, the chance that "
            "all accept and ratify falls from ",
            private,
            " to ",
            public,
            ".",
        )
    ]


def say_trip(crisis: Crisis, plan: ChannelPlan) -> list[Statement]:
    """How long an answer takes by the channel at hand, and when to send."""
    trips = trips_of_sender(crisis, plan)
    if not trips:
        return []
    trip = trips[0]
    if not trip.is_available:
        sender = title_of_actor(crisis, trip.sender)
        return [
            say(
                "No channel that exists carries an offer and brings back an answer "
                f"(sender: {sender})."
            )
        ]
    parts: list[Part] = [f"By {title_of_trip(crisis, trip)}, an answer takes "]
    parts.append(hours_of(trip))
    if runs_a_risk(crisis):
        parts += [", in which war comes with a chance of ", risk_of(trip)]
    if trip.reaches:
        parts.append(f"; {say_send_by(crisis, trip.reaches[0])}")
    if trip.others:
        names = [inner(title_of_actor(crisis, name)) for name in trip.others]
        parts.append(f"; it brings no answer of {listed(names, 'or')}")
    return [say(*parts, ".")]
