"""Cross-checks of channels, deadlines, offers, documents and sources."""

from __future__ import annotations

from backchannel.crisis.checker import Checker
from backchannel.crisis.walk import engine_numbers_of, sources_of, walk


def check_channels(checker: Checker) -> None:
    """Channels join actors that exist and take some way."""
    crisis = checker.crisis
    people = {name: None for actor in crisis.actors.values() for name in actor.people}
    for name, channel in crisis.channels.items():
        key = f"channels.{name}"
        checker.actor(f"{key}.sender", channel.sender)
        checker.actor(f"{key}.receiver", channel.receiver)
        if channel.sender == channel.receiver:
            checker.report(f"{key}.receiver", "is the sender", "name who receives")
        if not channel.hops:
            checker.report(f"{key}.hops", "is empty", "give at least one relay")
        for hop, record in channel.hops.items():
            place = f"{key}.hops.{hop}.carried_by"
            checker.name(place, record.carried_by, people, "person")
            if record.latency.is_usable and record.latency.law.support()[1] <= 0:
                place = f"{key}.hops.{hop}.latency"
                checker.report(place, "is 0", "every relay takes some time, e.g. 1 min")
        for message, seen in channel.observed.items():
            place = f"{key}.observed.{message}"
            if seen.sent_at.earliest is None or seen.received_at.latest is None:
                continue
            if seen.received_at.latest < seen.sent_at.earliest:
                checker.report(
                    place, "is received before it is sent", "check the zones"
                )


def check_deadlines(checker: Checker) -> None:
    """Deadlines have a time, a setter and consequences that exist."""
    crisis = checker.crisis
    if crisis.now.presence != "known":
        checker.report(
            "now", f"is {crisis.now.presence}", "give the time, with its zone"
        )
    for name, deadline in crisis.deadlines.items():
        key = f"deadlines.{name}"
        checker.actor(f"{key}.set_by", deadline.set_by)
        checker.actor(f"{key}.addressee", deadline.addressee)
        if deadline.at.presence != "known":
            wrong = f"is {deadline.at.presence}"
            checker.report(f"{key}.at", wrong, "give a time, or [earliest, latest]")
        if deadline.if_passed is None:
            continue
        place = f"{key}.if_passed"
        escalation = crisis.escalation
        rungs = escalation.rungs if escalation else {}
        incidents = escalation.incidents if escalation else {}
        checker.name(f"{place}.to_rung", deadline.if_passed.to_rung, rungs, "rung")
        multiply = deadline.if_passed.multiply
        checker.keys(f"{place}.multiply", multiply, incidents, "incident")
        for incident, factor in multiply.items():
            if not 0 <= factor <= 1e6:
                here = f"{place}.multiply.{incident}"
                checker.report(here, f"is {factor:g}", "a factor of 0 or more")


def check_offers(checker: Checker) -> None:
    """Offers and the outcome use declared levels, channels, deadlines and records."""
    crisis = checker.crisis
    for name, offer in crisis.offers.items():
        key = f"offers.{name}"
        checker.actor(f"{key}.proposed_by", offer.proposed_by)
        checker.actor(f"{key}.proposed_to", offer.proposed_to)
        checker.name(f"{key}.channel", offer.channel, crisis.channels, "channel")
        checker.name(f"{key}.deadline", offer.deadline, crisis.deadlines, "deadline")
        checker.names(f"{key}.basis", offer.basis, crisis.records, "record")
        checker.package(f"{key}.package", offer.package)
    if crisis.outcome and crisis.outcome.package:
        checker.package("outcome.package", crisis.outcome.package)


def check_documents(checker: Checker) -> None:
    """Records, contacts, claims and signals refer to each other by declared names."""
    crisis = checker.crisis
    for name, record in crisis.records.items():
        key = f"records.{name}"
        checker.name(f"{key}.contact", record.contact, crisis.contacts, "contact")
        checker.name(f"{key}.channel", record.channel, crisis.channels, "channel")
    for name, contact in crisis.contacts.items():
        key = f"contacts.{name}"
        checker.name(f"{key}.previous", contact.previous, crisis.contacts, "contact")
        opened = contact.opened_channel
        checker.name(f"{key}.opened_channel", opened, crisis.channels, "channel")
    for name, norm in crisis.norms.items():
        key = f"norms.{name}.conflicts_with"
        checker.names(key, norm.conflicts_with, crisis.norms, "norm")
    for name, claim in crisis.claims.items():
        key = f"claims.{name}"
        checker.name(f"{key}.basis", claim.basis, crisis.norms, "norm")
        checker.name(f"{key}.record", claim.record, crisis.records, "record")
    for name, signal in crisis.signals.items():
        key = f"signals.{name}.record"
        checker.name(key, signal.record, crisis.records, "record")


def check_sources(checker: Checker) -> None:
    """Every source that is named is declared."""
    known = checker.crisis.sources
    for key, item in walk(checker.crisis):
        for i, name in enumerate(sources_of(item)):
            if name not in known:
                place = f"{key}.source[{i}]" if key else "source"
                checker.name(place, name, known, "source")


def check_numbers(checker: Checker) -> None:
    """Numbers that answers rest on can be drawn."""
    for number in engine_numbers_of(checker.crisis):
        if not number.is_usable:
            checker.report(
                number.path,
                f"is {number.presence} and answers rest on it",
                f"give an interval such as [low, high] ({number.dimension.example})",
            )
    horizon = checker.crisis.horizon
    if horizon.is_usable and not horizon.is_exact:
        checker.report("horizon", f"is {horizon}", "give one length of time, e.g. 96 h")
    elif horizon.is_usable and not 0 < horizon.median() <= 24 * 366:
        checker.report("horizon", f"is {horizon}", "above 0 and at most a year")
