"""Those who may see it are told the risk; it is the exact engine's."""

from __future__ import annotations

import pytest

from backchannel.escalation import simulate_escalation
from backchannel.exercise.moves.risk import prob_war
from backchannel.exercise.projection import views_of
from backchannel.exercise.risk_table import clock_of
from backchannel.exercise.screen import screen_of
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_the_table_is_that_of_the_exact_engine(name: str) -> None:
    """At the start it equals the engine's own clock, a route with draws and levers."""
    start = crisis(name).escalation.start.rung  # type: ignore[union-attr]
    if name == "strait":
        engine = simulate_escalation(crisis(name), n_draws=2).clock
        assert clock_of(crisis(name)).prob_war(0.0, rung=start) == pytest.approx(
            engine.prob_war(0.0, rung=start), abs=1e-12
        )
    book, _ = begin(name, Settings(seed=1))
    calm, later = prob_war(book.state, 0.0), prob_war(book.state, 20.0)
    assert calm is not None
    assert later is not None
    assert 0 < later < calm < 1
    assert prob_war(book.state, 1e4) is None


def test_only_those_allowed_are_told_each_hour() -> None:
    """The figure comes to one leader every hour and to nobody else."""
    book, events = begin("strait", Settings(seed=6, risk_told_to=("alpha",)))
    events += book.catch_up(5.5 * 60)
    told = [view for view in views_of(events, "alpha") if view.kind == "risk_told"]
    assert [round(view.hour, 3) for view in told] == [0, 1, 2, 3, 4, 5]
    assert screen_of(views_of(events, "alpha")).risk["hour"] == pytest.approx(5)
    for other in ("bravo", "navy", "public"):
        assert "risk_told" not in {view.kind for view in views_of(events, other)}


def test_a_higher_rung_is_more_dangerous() -> None:
    """The look-up follows the game: after a climb the risk is higher."""
    book, events = begin("strait", Settings(has_hazard=False))
    before = prob_war(book.state, 1.0)
    book.state.rung = "strikes"
    after = prob_war(book.state, 1.0)
    assert before is not None
    assert after is not None
    assert after > before
    assert act(book, "alpha", "estimate", 61.0, question="war", prob=0.5)
    assert events
