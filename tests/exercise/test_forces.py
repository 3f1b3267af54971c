"""Incidents come at the model's rate; orders fire unless they are called off."""

from __future__ import annotations

import math

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.escalation import simulate_escalation
from backchannel.exercise.fold import fold
from backchannel.exercise.hazard import hazard_per_hour, threshold, worn
from backchannel.exercise.moves.forces import audit_orders
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import screen_of
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis

SECONDS_PER_HOUR = 60.0
"""On the wall, at the speed of 60 at which the games of these tests run."""


@pytest.mark.parametrize(("name", "n_games"), [("strait", 600), ("cuba-1962", 250)])
def test_left_alone_games_end_in_war_as_often_as_the_model_says(
    name: str, n_games: int
) -> None:
    """Two routes to one number: games of empty seats, and the exact engine.

    Seeds 0 to n - 1, one world each, against the mean over 500 draws of seed 1. Band of
    4 standard errors of the two means: false alarm below 1 in 10,000. The two differ in
    one law: a game decides after the drawn time, the engine after an exponential one.
    """
    hours = crisis(name).horizon.median()
    n_wars = 0
    for seed in range(n_games):
        book, _ = begin(name, Settings(seed=seed))
        book.catch_up(hours * SECONDS_PER_HOUR, most=10_000)
        n_wars += book.state.phase == "war"
    by_draw = simulate_escalation(crisis(name), n_draws=500, seed=1).prob_war[:, -1]
    share, exact = n_wars / n_games, float(by_draw.mean())
    error = math.sqrt(exact * (1 - exact) / n_games + by_draw.var() / 500)
    assert abs(share - exact) < 4 * error


def test_a_game_is_the_fold_of_its_events() -> None:
    """Incidents, orders and cooling leave nothing that is not in the ledger."""
    for seed in range(5):
        book, events = begin("cuba-1962", Settings(seed=seed))
        events += book.catch_up(96 * SECONDS_PER_HOUR)
        assert fold(crisis("cuba-1962"), events) == book.state


def test_one_seed_gives_one_game() -> None:
    """The same seed and the same moves give the same events, another seed others."""

    def kinds(seed: int) -> list[tuple[str, float]]:
        book, events = begin("cuba-1962", Settings(seed=seed))
        events += book.catch_up(96 * SECONDS_PER_HOUR)
        return [(event.kind, event.hour) for event in events]

    assert kinds(4) == kinds(4)
    assert kinds(4) != kinds(5)


def test_hidden_talk_does_not_change_the_luck() -> None:
    """What is said in secret moves no incident by a second."""
    quiet, plain = begin("cuba-1962", Settings(seed=4))
    loud, noisy = begin("cuba-1962", Settings(seed=4))
    for i in range(5):
        noisy += act(loud, "usa", "speak", float(i), to=["rfk"], text="A word.")
    plain += quiet.catch_up(96 * SECONDS_PER_HOUR)
    noisy += loud.catch_up(96 * SECONDS_PER_HOUR)
    for role in ("ussr", "jcs", "nato", "public", "turkey"):
        assert views_of(plain, role) == views_of(noisy, role)
    assert views_of(plain, "rfk") != views_of(noisy, "rfk")


def test_a_posture_changes_the_rate_at_once() -> None:
    """Grounded drones are not shot at: the clock stands still and keeps its wear."""
    book, events = begin("strait", Settings(seed=2))
    before = hazard_per_hour(book.state, "drone_shot_at", 1.0)
    events += act(
        book, "alpha", "set_posture", 60.0, posture="drones", setting="grounded"
    )
    assert before > 0
    assert hazard_per_hour(book.state, "drone_shot_at", 1.0) == 0.0
    wear = book.state.wear["drone_shot_at"]
    assert wear == pytest.approx(before * 1.0, rel=1e-6)
    assert worn(book.state, 9.0)["drone_shot_at"] == wear
    assert threshold(book.state, "drone_shot_at") > 0
    with pytest.raises(MoveRefusedError, match="no posture of yours"):
        act(book, "bravo", "set_posture", 61.0, posture="drones", setting="flown")


def test_an_order_fires_unless_it_is_countermanded() -> None:
    """Same seed twice: once the order is carried out, once called off in time."""
    for seed in range(40):
        book, events = begin("strait", Settings(seed=seed))
        events += book.catch_up(30.0)
        if any(event.kind == "order_under_way" for event in events):
            break
    ran = [event.kind for event in book.catch_up(4 * SECONDS_PER_HOUR)]
    assert "order_carried_out" in ran
    assert ran[ran.index("order_carried_out") + 1] == "rung_changed"

    book, events = begin("strait", Settings(seed=seed))
    events += book.catch_up(30.0)
    seen = screen_of(views_of(events, "alpha")).orders["fire_back"]
    assert seen["status"] == "order_under_way"
    assert seen["fires_in_hours"] == 2.0
    events += act(book, "alpha", "countermand", 30.0, order="fire_back")
    ran = [event.kind for event in book.catch_up(4 * SECONDS_PER_HOUR)]
    assert "order_carried_out" not in ran
    with pytest.raises(MoveRefusedError, match="you know no order under way"):
        act(book, "alpha", "countermand", 300.0, order="fire_back")


def test_an_overridden_order_does_not_fire() -> None:
    """With its one order overridden, nothing in the strait answers by itself."""
    for seed in range(20):
        book, events = begin("strait", Settings(seed=seed))
        events += act(
            book, "alpha", "set_order", 0.0, order="fire_back", status="overridden"
        )
        events += book.catch_up(48 * SECONDS_PER_HOUR)
        later = [e for e in events if e.kind == "order_under_way" and e.hour > 0]
        assert later == []


def test_a_played_leader_rules_and_is_not_ruled_for() -> None:
    """A matter waits for who plays the leader; his ruling is what happens."""
    settings = Settings(seed=0)
    for seed in range(40):
        settings = Settings(seed=seed)
        book, events = begin("strait", settings)
        events += act(book, FACILITATOR, "hand_over", 0.0, role="alpha", by="person")
        matters = [d.name for d in book.state.due.values() if d.kind == "matter_due"]
        if matters:
            break
    events += act(book, "alpha", "rule", 1.0, matter=matters[0], ruling="up")
    assert book.state.rung == "shots"
    book, events = begin("strait", settings)
    events += act(book, FACILITATOR, "hand_over", 0.0, role="alpha", by="person")
    ran = book.catch_up(10 * SECONDS_PER_HOUR)
    ruled = [event.part("ruling") for event in ran if event.kind == "ruled"]
    assert ruled[0] == "hold"


def test_the_audit_lists_what_fires_first() -> None:
    """In force or breached, by trigger, the fastest first; overridden ones are out."""
    lines = audit_orders(crisis("cuba-1962"))
    assert [line.delay_hours for line in lines] == sorted(
        line.delay_hours for line in lines
    )
    names = {line.order for line in lines}
    assert "check_first" in names
    assert "strike_sam" not in names
    assert "fire_back" not in names
