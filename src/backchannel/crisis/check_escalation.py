"""Cross-checks of the escalation section and the causal chains."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backchannel.base.uncertain import Uncertain
from backchannel.crisis.checker import Checker
from backchannel.crisis.escalation import Escalation, Incident, StandingOrder

# Beyond these the state space says nothing that a reader could follow.
_MAX_TOKENS = 50


def check_escalation(checker: Checker) -> None:
    """Every rung, posture, token and order that is named exists, and chances fit."""
    escalation = checker.crisis.escalation
    if escalation is None:
        return
    _check_rungs(checker, escalation)
    _check_start(checker, escalation)
    _check_daylight(checker, escalation)
    for name, posture in escalation.postures.items():
        key = f"escalation.postures.{name}"
        checker.actor(f"{key}.controlled_by", posture.controlled_by)
        checker.name(f"{key}.now", posture.now, posture.settings, "setting")
    for name, token in escalation.tokens.items():
        if not 1 <= token.cap <= _MAX_TOKENS:
            key = f"escalation.tokens.{name}.cap"
            checker.report(
                key, f"is {token.cap}", f"must lie between 1 and {_MAX_TOKENS}"
            )
        _positive(checker, f"escalation.tokens.{name}.cooling", token.cooling)
    for name, incident in escalation.incidents.items():
        _check_incident(checker, f"escalation.incidents.{name}", escalation, incident)
    for name, order in escalation.standing_orders.items():
        _check_order(checker, f"escalation.standing_orders.{name}", escalation, order)
    _check_decisions(checker, escalation)
    for name, move in escalation.moves.items():
        key = f"escalation.moves.{name}"
        checker.actor(f"{key}.by", move.by)
        _rung(checker, f"{key}.from_rung", escalation, move.from_rung)
        checker.name(f"{key}.to_rung", move.to_rung, escalation.rungs, "rung")


def _positive(checker: Checker, key: str, number: Uncertain | None) -> None:
    if number is not None and number.is_usable and number.law.support()[0] <= 0:
        checker.report(key, f"can be 0 ({number})", "must be above 0 throughout")


def _rung(checker: Checker, key: str, escalation: Escalation, name: str | None) -> None:
    """Check a rung that the crisis can stand on: neither settled nor war."""
    standing = [n for n, r in escalation.rungs.items() if not r.is_settled][:-1]
    checker.name(key, name, standing, "rung short of war")


def _check_rungs(checker: Checker, escalation: Escalation) -> None:
    rungs = list(escalation.rungs.items())
    standing = [name for name, rung in rungs if not rung.is_settled]
    if len(standing) < 2:
        checker.report(
            "escalation.rungs", f"has {len(standing)}", "give at least one below war"
        )
    for i, (name, rung) in enumerate(rungs):
        key = f"escalation.rungs.{name}"
        if rung.is_settled and i > 0:
            checker.report(key, "is settled but not the first", "put it first")
        if rung.settling is not None and not rungs[0][1].is_settled:
            wrong = "can settle but no rung is settled"
            checker.report(
                f"{key}.settling", wrong, "add a first rung, is_settled: true"
            )


def _check_start(checker: Checker, escalation: Escalation) -> None:
    start, key = escalation.start, "escalation.start"
    _rung(checker, f"{key}.rung", escalation, start.rung)
    checker.keys(f"{key}.pending", start.pending, escalation.decisions, "decision")
    for party, n in start.pending.items():
        cap = escalation.decisions[party].cap if party in escalation.decisions else 0
        if not 0 <= n <= cap and cap:
            checker.report(f"{key}.pending.{party}", f"is {n}", f"between 0 and {cap}")
    checker.keys(f"{key}.tokens", start.tokens, escalation.tokens, "token kind")
    for kind, n in start.tokens.items():
        cap = escalation.tokens[kind].cap if kind in escalation.tokens else 0
        if not 0 <= n <= cap and cap:
            checker.report(f"{key}.tokens.{kind}", f"is {n}", f"between 0 and {cap}")
    checker.names(
        f"{key}.outstanding", start.outstanding, escalation.incidents, "incident"
    )


def _check_daylight(checker: Checker, escalation: Escalation) -> None:
    light = escalation.daylight
    if light is None:
        for name, incident in escalation.incidents.items():
            if incident.daylight is not None or incident.night is not None:
                checker.report(
                    f"escalation.incidents.{name}",
                    "depends on daylight",
                    "add escalation.daylight with zone, sunrise and sunset",
                )
        return
    if not 0 <= light.sunrise < light.sunset <= 24:
        checker.report(
            "escalation.daylight",
            f"runs from {light.sunrise:g} to {light.sunset:g}",
            "local hours with 0 <= sunrise < sunset <= 24",
        )
    try:
        ZoneInfo(light.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong = f"'{light.zone}' is not a zone"
        checker.report("escalation.daylight.zone", wrong, "for example America/Havana")


def _check_incident(
    checker: Checker, key: str, escalation: Escalation, incident: Incident
) -> None:
    checker.party(f"{key}.harmed", incident.harmed)
    checker.keys(f"{key}.by_rung", incident.by_rung, escalation.rungs, "rung")
    for posture, settings in incident.by_posture.items():
        place = f"{key}.by_posture.{posture}"
        if checker.name(place, posture, escalation.postures, "posture"):
            known = escalation.postures[posture].settings
            checker.keys(place, settings, known, f"setting of {posture}")
    checker.keys(
        f"{key}.excited_by", incident.excited_by, escalation.tokens, "token kind"
    )
    checker.name(f"{key}.leaves", incident.leaves, escalation.tokens, "token kind")


def _check_order(
    checker: Checker, key: str, escalation: Escalation, order: StandingOrder
) -> None:
    checker.party(f"{key}.holder", order.holder)
    if not order.trigger:
        checker.report(f"{key}.trigger", "is empty", "name at least one incident")
    for i, trigger in enumerate(order.trigger):
        place = f"{key}.trigger[{i}]"
        if not checker.name(place, trigger, escalation.incidents, "incident"):
            continue
        harmed = escalation.incidents[trigger].harmed
        if harmed != order.holder:
            checker.report(
                place,
                f"'{trigger}' harms {harmed}, not {order.holder}",
                "an order answers incidents that harm its holder",
            )
    _positive(checker, f"{key}.delay", order.delay)
    _check_response(checker, f"{key}.response", escalation, order)


def _check_response(
    checker: Checker, key: str, escalation: Escalation, order: StandingOrder
) -> None:
    response = order.response
    given = [
        response.climb is not None,
        bool(response.to_rung),
        bool(response.set_posture),
    ]
    if sum(given) != 1:
        wrong = f"gives {sum(given)} responses"
        checker.report(key, wrong, "give exactly one of climb, to_rung, set_posture")
    if response.climb is not None and not 0 <= response.climb <= len(escalation.rungs):
        checker.report(f"{key}.climb", f"is {response.climb}", "rungs up, 0 or more")
    checker.name(f"{key}.to_rung", response.to_rung, escalation.rungs, "rung")
    for posture, setting in response.set_posture.items():
        place = f"{key}.set_posture.{posture}"
        if checker.name(place, posture, escalation.postures, "posture"):
            known = escalation.postures[posture].settings
            checker.name(place, setting, known, f"setting of {posture}")


def _check_decisions(checker: Checker, escalation: Escalation) -> None:
    crisis = checker.crisis
    for party, decision in escalation.decisions.items():
        key = f"escalation.decisions.{party}"
        checker.party(key, party)
        checker.name(f"{key}.channel", decision.channel, crisis.channels, "channel")
        channel = crisis.channels.get(decision.channel or "")
        if channel and (channel.use != "decisions" or channel.receiver != party):
            checker.report(
                f"{key}.channel",
                f"'{decision.channel}' is not for decisions of {party}",
                f"name a channel with use: decisions and receiver: {party}",
            )
        if decision.up.is_usable and decision.down.is_usable:
            most = decision.up.law.support()[1] + decision.down.law.support()[1]
            if most > 1 + 1e-12:
                checker.report(
                    key, f"up and down can add up to {most:g}", "at most 1 together"
                )
        if not 1 <= decision.cap <= 9:
            checker.report(f"{key}.cap", f"is {decision.cap}", "between 1 and 9")
        deliberation = (
            crisis.actors[party].deliberation if party in crisis.actors else None
        )
        if channel is None and deliberation is None:
            checker.report(
                key, "takes no time", "name a channel, or give the party a deliberation"
            )
        elif channel is None:
            _positive(checker, f"actors.{party}.deliberation", deliberation)


def check_chains(checker: Checker) -> None:
    """Links that point into the escalation section point at something."""
    escalation = checker.crisis.escalation
    for name, chain in checker.crisis.chains.items():
        if not chain.nodes:
            checker.report(f"chains.{name}.nodes", "is empty", "give at least one link")
        for i, node in enumerate(chain.nodes):
            key = f"chains.{name}.nodes[{i}]"
            checker.actor(f"{key}.by", node.by)
            places: dict[str, Iterable[str]] = {
                "incident": escalation.incidents if escalation else {},
                "order": escalation.standing_orders if escalation else {},
                "rung": escalation.rungs if escalation else {},
            }
            for noun, known in places.items():
                checker.name(f"{key}.{noun}", getattr(node, noun), known, noun)
