"""Round trips, latest hours and forms of deadlines against hand calculation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.settlement import ChannelPlan, find_settlements, plan_channels
from tests.settlement.toys import actors, risk_of, toy, veto

START = "2030-01-0{}T{:02}:00Z"


def channel(sender: str, receiver: str, hours: Any, **more: Any) -> dict[str, Any]:
    """A channel with one relay."""
    hops = {"relay": {"title": "Relay", "latency": hours}}
    made = {"title": "C", "sender": sender, "receiver": receiver, "hops": hops}
    return made | more


def crisis_with(*, reply: dict[str, Any] | None = None, **more: Any) -> Crisis:
    """Out in 3 h, 2 h of deliberation, back in 5 h; an answer is due after 24 h."""
    back = {"hours": "5 h"} | (reply or {})
    hours = back.pop("hours")
    forms = {
        "request": {"perceived_as_ultimatum": 0.2},
        "ultimatum": {"perceived_as_ultimatum": 1},
    }
    bravo = actors()["bravo"] | {"refuses_ultimatum": 0.5}
    sections: dict[str, Any] = {
        "actors": actors(bravo=bravo),
        "channels": {
            "out": channel("alpha", "bravo", "3 h"),
            "back": channel("bravo", "alpha", hours, **back),
        },
        "deadlines": {
            "answer": {
                "title": "Answer",
                "at": START.format(2, 0),
                "set_by": "alpha",
                "addressee": "bravo",
                "declared": "request",
                "forms": forms,
            }
        },
    }
    return toy(**(sections | more))


def plan(crisis: Crisis, prob_war: float = 0.0, n_draws: int = 10) -> ChannelPlan:
    """The plan of a toy with a straight line of risk."""
    draws = draw_numbers(crisis, n_draws, 1)
    risk = risk_of(crisis, prob_war, n_draws)
    found = find_settlements(crisis, draws=draws, risk=risk)
    return plan_channels(crisis, draws=draws, risk=risk, settlements=found)


def test_hours_add_up() -> None:
    """3 + 2 + 5 = 10 h there and back; bravo's own offer waits for no one: 5 + 3."""
    out, back = plan(crisis_with()).round_trips
    assert out.hours_band.median == 10.0
    assert out.transit_band.median == 8.0
    assert back.hours_band.median == 8.0


def test_wait_until_the_reply_channel_opens() -> None:
    """The answer is ready at 5 h, the channel opens at 12 h, it is in at 17 h."""
    crisis = crisis_with(reply={"opens_at": START.format(1, 12)})
    trip = plan(crisis).round_trips[0]
    assert trip.hours_band.median == 17.0
    (reach,) = trip.reaches
    assert reach.latest_likely == pytest.approx(24 - 10)


def test_channel_that_opens_too_late() -> None:
    """Open from 20 h with 5 h on the way: no hour of sending would have done."""
    crisis = crisis_with(reply={"opens_at": START.format(1, 20)})
    (reach,) = plan(crisis).round_trips[0].reaches
    assert reach.prob_in_time == 0.0
    assert reach.latest_likely is None
    assert reach.latest_even is None


def test_latest_hour_is_an_order_statistic() -> None:
    """Back in 0 to 20 h: in nine of ten draws sent at the latest hour it is in time."""
    trip = plan(crisis_with(reply={"hours": ["0 h", "20 h"]}), n_draws=10).round_trips[
        0
    ]
    latest = np.sort(24 - trip.hours)[::-1]
    (reach,) = trip.reaches
    assert reach.latest_likely == pytest.approx(latest[8])
    assert reach.latest_even == pytest.approx(latest[4])


def test_too_late_by() -> None:
    """An answer that takes 40 h back is 21 h too late even if sent at once."""
    (reach,) = plan(crisis_with(reply={"hours": "40 h"})).round_trips[0].reaches
    assert reach.latest_likely == pytest.approx(-21.0)


def test_risk_meanwhile_and_share_in_transit() -> None:
    """War by 100 h is 0.3: 0.03 in ten hours, a fifth of it while bravo thinks."""
    trip = plan(crisis_with(), prob_war=0.3).round_trips[0]
    assert trip.risk_band.median == pytest.approx(0.03)
    assert trip.share_in_transit == pytest.approx(0.8)


def test_value_of_the_offer() -> None:
    """No war in ten hours: 10 for alpha; war: -100. Silence is worth V."""
    trip = plan(crisis_with(), prob_war=0.3).round_trips[0]
    assert trip.value == pytest.approx(0.97 * 10 + 0.03 * -100)
    assert trip.value_of_silence == pytest.approx(0.3 * -100 + 0.7 * -4)
    assert trip.prob_settled == pytest.approx(0.97)


def test_offer_that_nobody_accepts_is_worth_silence() -> None:
    """Where bravo will not accept, sending changes nothing: V exactly."""
    values = {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": -60}}}
    trip = plan(crisis_with(values=values), prob_war=0.3).round_trips[0]
    assert trip.value == pytest.approx(trip.value_of_silence)


def test_request_against_ultimatum() -> None:
    """Refused with 0.2 x 0.5 as a request, with 0.5 as an ultimatum."""
    request, ultimatum = plan(crisis_with(), prob_war=0.3).forms
    assert request.is_declared
    assert not ultimatum.is_declared
    assert request.prob_refused.median == pytest.approx(0.1)
    assert ultimatum.prob_refused.median == pytest.approx(0.5)
    assert request.prob_settled == pytest.approx(0.97 * 0.9)
    # War before the answer, or later where the offer is refused.
    assert request.prob_war == pytest.approx(0.03 + 0.1 * 0.27)
    assert ultimatum.prob_war == pytest.approx(0.03 + 0.5 * 0.27)


def test_lever_is_marked_and_not_used() -> None:
    """A channel that does not exist is computed, marked, and carries no deadline."""
    found = plan(crisis_with(reply={"is_available": False}))
    assert [t.kind for t in found.round_trips] == ["lever", "lever"]
    assert found.forms == ()
    assert found.fastest("alpha") is None


def test_unknown_opening_time_is_a_lever() -> None:
    """Nobody knows when the reply channel opens: the exchange is not counted on."""
    found = plan(crisis_with(reply={"opens_at": "unknown"}))
    assert not found.round_trips[0].is_available
    assert found.forms == ()


def test_an_exchange_that_does_not_exist_is_never_recommended() -> None:
    """The only reply is a lever: no exchange is recommended, and that is said."""
    found = plan(crisis_with(reply={"is_available": False}))
    assert found.levers_only == (("alpha", "bravo"), ("bravo", "alpha"))
    slow = channel("bravo", "alpha", "50 h")
    quick = channel("bravo", "alpha", "1 h", is_available=False)
    out = channel("alpha", "bravo", "3 h")
    channels = {"out": out, "quick": quick, "slow": slow}
    found = plan(crisis_with(channels=channels))
    assert found.levers_only == ()
    trip = found.fastest("alpha", "bravo")
    assert trip is not None
    assert (trip.reply, trip.is_available) == ("slow", True)
    assert found.fastest("alpha", "alpha") is None
    assert "(lever)" not in str(found).splitlines()[1]


def with_charlie(worth: float) -> Crisis:
    """A third party that no channel reaches; what the open gate is worth to it."""
    charlie = {"title": "Charlie", "kind": "party"}
    bravo = actors()["bravo"] | {"refuses_ultimatum": 0.5}
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "charlie": {"gate": {"open": worth}},
    }
    return crisis_with(
        actors=actors(bravo=bravo, charlie=charlie),
        values=values,
        no_deal={"fallback": {"alpha": -4, "bravo": -4, "charlie": -4}},
    )


def test_two_of_three_parties() -> None:
    """Charlie refuses: the package is not settled, but bravo's yes is what it is.

    What is settled is told on condition of charlie, who is named.
    """
    crisis = with_charlie(-80)
    found = plan(crisis, prob_war=0.3)
    trip = found.round_trips[0]
    assert (trip.sender, trip.receiver) == ("alpha", "bravo")
    assert trip.others == ("charlie",)
    assert not trip.is_whole
    assert trip.prob_accepted == pytest.approx(0.97)
    assert trip.prob_settled == pytest.approx(0.97)
    assert trip.value == pytest.approx(0.97 * 10 + 0.03 * -100)
    request = found.forms[0]
    assert request.others == ("charlie",)
    assert request.prob_accepted == pytest.approx(0.97 * 0.9)
    assert "settled if charlie accept" in str(request)
    assert found.check(crisis).is_verified


def test_receiver_that_refuses() -> None:
    """Bravo refuses and alpha would accept: neither accepted nor settled."""
    values = {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": -60}}}
    crisis = crisis_with(values=values)
    found = plan(crisis, prob_war=0.3)
    out, back = found.round_trips
    assert out.is_whole
    assert out.prob_accepted == pytest.approx(0.0)
    # Bravo's own offer of it would be accepted, if bravo were to stand by it.
    assert back.prob_accepted == pytest.approx(1 - 0.3 * 0.08)
    assert back.prob_settled == pytest.approx(0.0)
    assert found.forms[0].prob_accepted == pytest.approx(0.0)
    assert found.check(crisis).is_verified


def test_accepted_is_not_carried_home() -> None:
    """House assents with 0.8: bravo says yes with 1, it is settled with 0.8."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": 3}},
    }
    trip = plan(
        crisis_with(values=values, ratification={"home": veto("house")})
    ).round_trips[0]
    assert trip.prob_accepted == pytest.approx(1.0)
    assert trip.prob_settled == pytest.approx(0.8)


def test_survived_risk_is_charged_once() -> None:
    """An offer that is refused at home costs the risk to the horizon, no more.

    House never assents, so nothing is settled and sending is worth silence: the risk
    on the way and the risk from then on make up the whole risk, neither twice.
    """
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    crisis = crisis_with(values=values, ratification={"home": veto("house")})
    found = plan(crisis, prob_war=0.3)
    trip = found.round_trips[0]
    assert trip.value == pytest.approx(trip.value_of_silence)
    assert [form.prob_war for form in found.forms] == pytest.approx([0.3, 0.3])


def test_draws_must_belong_together() -> None:
    """Settlements of another number of draws are refused."""
    crisis = crisis_with()
    draws, risk = draw_numbers(crisis, 10, 1), risk_of(crisis, 0.1, 10)
    found = find_settlements(crisis, draws=draws, risk=risk)
    fewer = draw_numbers(crisis, 5, 1)
    with pytest.raises(MethodError, match="use the same"):
        plan_channels(
            crisis, draws=fewer, risk=risk_of(crisis, 0.1, 5), settlements=found
        )


def test_tampered_plan_is_found() -> None:
    """Hours, value, a latest hour or a form that is changed fails the check."""
    crisis = crisis_with(reply={"hours": ["0 h", "20 h"]})
    found = plan(crisis, prob_war=0.2)
    assert found.certificate.is_verified
    assert found.check(crisis).is_verified
    trip, form = found.round_trips[0], found.forms[0]
    (reach,) = trip.reaches
    trips = (
        replace(trip, hours=trip.hours + 0.1),
        replace(trip, value=trip.value + 0.1),
        replace(trip, prob_settled=trip.prob_settled * 0.9),
        replace(trip, prob_accepted=trip.prob_accepted * 0.9),
        replace(trip, others=("charlie",)),
        replace(trip, reaches=(replace(reach, latest_even=20.0),)),
        replace(trip, reaches=(replace(reach, prob_in_time=0.0),)),
    )
    for changed in trips:
        tampered = replace(found, round_trips=(changed, *found.round_trips[1:]))
        assert not tampered.check(crisis).is_verified
    for more in (
        replace(form, prob_war=0.0),
        replace(form, prob_settled=0.0),
        replace(form, prob_accepted=0.0),
        replace(form, others=("charlie",)),
    ):
        tampered = replace(found, forms=(more, *found.forms[1:]))
        assert not tampered.check(crisis).is_verified
