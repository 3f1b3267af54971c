"""The file agrees with the facts on record: times, latencies, incidents, orders.

The record lies outside this repository; without it these tests are skipped.
"""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from backchannel.base.laws import LogUniform
from backchannel.base.moments import elapsed
from backchannel.crisis.load import load

HISTORY = Path(__file__).resolve().parents[3] / "shared" / "data" / "history"
pytestmark = pytest.mark.skipif(
    not HISTORY.is_dir(),
    reason="the record, ../shared/data/history, is not here",
)


def table(name):
    with (HISTORY / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def cuba():
    return load("cuba-1962")


def test_events_stand_at_their_time(cuba):
    """Every event of the timeline has the UTC time of the record, zone by zone."""
    rows = {row["id"].lower(): row for row in table("cuba_timeline")}
    for name, event in cuba.timeline.items():
        row = rows[name]
        if len(row["utc"]) > 10:
            assert f"{event.at.middle:%Y-%m-%d %H:%M}Z" == row["utc"], name
        else:
            assert f"{event.at.earliest:%Y-%m-%d}" == row["utc"], name


def test_messages_took_the_hours_on_record(cuba):
    """Sent and received differ by the latency of the record, in mixed zones."""
    seen = {
        name: message
        for channel in cuba.channels.values()
        for name, message in channel.observed.items()
    }
    checked = 0
    for row in table("cuba_latency"):
        message = seen.get(row["id"].lower())
        if message is None or message.sent_at.presence != "known":
            continue
        hours = elapsed(message.sent_at, message.received_at).hours
        assert hours == pytest.approx(float(row["hours"]), abs=0.02), row["id"]
        checked += 1
    assert checked >= 8


def one_way(channel, share):
    """Latency that a channel keeps to with a given chance, by adding its hops."""
    rng = np.random.Generator(np.random.Philox(1962))
    hops = [hop.latency.quantile(rng.random(20_000)) for hop in channel.hops.values()]
    return float(np.quantile(np.sum(hops, axis=0), share))


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ("rfk_dobrynin", "L05"),
        ("rfk_dobrynin", "L07"),
        ("letter_by_embassy", "L04"),
        ("radio_moscow", "L03"),
        ("letter_from_moscow", "L01"),
        ("letter_from_moscow", "L02"),
        ("direct_link_out", "L12"),
    ],
)
def test_what_was_seen_is_within_the_range_of_its_channel(cuba, channel, message):
    """No observation lies outside the law that the file gives to its path."""
    hours = {row["id"]: float(row["hours"]) for row in table("cuba_latency")}[message]
    record = cuba.channels[channel]
    assert one_way(record, 0.0) <= hours <= one_way(record, 1.0)


def test_rates_follow_the_stated_rule(cuba):
    """So many events in a time give the 90 % Jeffreys interval, to two digits."""
    counts = {
        "u2_shot_down": (1, 13 * 24),
        "stray_aircraft": (1, 13 * 24),
        "submarine_forced_up": (1, 13 * 24),
        "sabotage_raid": (1, 13 * 24),
        "false_warning": (2, 13 * 24),
        "low_flight_fired_on": (1, 24),
    }
    for name, (n, hours) in counts.items():
        law = cuba.escalation.incidents[name].hazard.law
        assert isinstance(law, LogUniform)
        wanted = special.gammaincinv(n + 0.5, [0.05, 0.95]) / hours
        assert list(law.support()) == pytest.approx(wanted, rel=0.05), name


def test_incidents_of_the_record_are_in_the_file(cuba):
    """Each incident that somebody could have answered is named by its number."""
    written = str(cuba.escalation) + str(cuba.timeline)
    for number in ("I1", "I4", "I5", "I6", "I7", "I8", "I9", "I11"):
        assert re.search(rf"\b{number}\b", written), number
    known = {row["id"] for row in table("cuba_incidents")}
    assert set(re.findall(r"\bI\d+\b", written)) <= known


def test_standing_orders_of_the_record_are_in_the_file(cuba):
    """Orders by their number, with the status of that night."""
    written = {
        number: name
        for name, order in cuba.escalation.standing_orders.items()
        for number in re.findall(r"\bO\d+\b", order.note)
    }
    status = {n: cuba.escalation.standing_orders[written[n]].status for n in written}
    assert status == {
        "O1": "overridden",
        "O2": "in_force",
        "O4": "proposed",
        "O8": "breached",
        "O9": "in_force",
    }
    postures = " ".join(p.note for p in cuba.escalation.postures.values())
    assert all(number in postures for number in ("O6", "O7", "O10"))


def test_knowers_are_those_of_the_record(cuba):
    """Nine by name, who was kept out, and the circle in Moscow."""
    rows = {row["id"]: row["who"] for row in table("cuba_knowledge")}
    promise = cuba.compartments["jupiter_promise"]
    short = {"J. F. Kennedy": "JFK", "R. Kennedy": "RFK"}
    assert all(short.get(name, name) in rows["N1"] for name in promise.people)
    assert f"({len(promise.people)})" in rows["N1"]
    assert all(name.split(" and ")[0] in rows["N3"] for name in promise.kept_out)
    circle = cuba.compartments["moscow_circle"].people
    assert all(name in rows["N6"] for name in circle)


def test_sources_are_those_of_the_record(cuba):
    """Every source but our own judgement is listed there."""
    known = {row["id"] for row in table("sources")}
    assert set(cuba.sources) - known == {"JUDGEMENT"}
