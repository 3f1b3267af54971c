"""Which outcomes of a crisis hold: by hand, by plain sets, by the definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.frozen import Choice
from backchannel.crisis.load import load
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.stability import (
    CONCEPTS,
    CrisisStability,
    EachOnce,
    LegalSequences,
    analyse_stability,
)
from backchannel.stability._kernels import judge, judge_reference
from backchannel.stability.around import look_around, movers_of
from backchannel.stability.cells import gather_cells
from tests.stability.conflicts import random_moves, random_options
from tests.stability.swaps import DEAL, issues, swap

# All answers are exact in every draw, so no test here can raise a false alarm.
N_DRAWS, SEED = 400, 5
TERMS = {issue: Choice(level=level) for issue, level in DEAL.items()}


def risk_of(crisis: Crisis, chance: float | np.ndarray, n_draws: int) -> RiskCurve:
    """A chance of war by the horizon, each draw its own."""
    hours = np.array([0.0, crisis.horizon.median()])
    war = np.zeros((n_draws, 2))
    war[:, 1] = chance
    return RiskCurve(hours, war, np.zeros((n_draws, 2)))


def analysed(
    crisis: Crisis, chance: float | np.ndarray = 0.0, **more: Any
) -> tuple[CrisisStability, Draws]:
    """The deal of a swap, judged; and the draws it was judged in."""
    draws = draw_numbers(crisis, N_DRAWS, SEED)
    risk = risk_of(crisis, chance, N_DRAWS)
    more.setdefault("outcomes", [TERMS])
    return analyse_stability(crisis, draws=draws, risk=risk, **more), draws


def numbers_of(crisis: Crisis, draws: Draws, who: str) -> tuple[np.ndarray, ...]:
    """What a side pays, what it gets, and what it falls back on."""
    own, other = ("ships", "base") if who == "north" else ("base", "ships")
    values = crisis.values[who]
    pays = draws[values[own][DEAL[own]].worth]
    gets = draws[values[other][DEAL[other]].worth]
    return pays, gets, draws[crisis.no_deal.fallback[who]]


def by_hand(crisis: Crisis, draws: Draws, q: np.ndarray) -> dict[str, np.ndarray]:
    """Whether the deal of a swap holds, draw by draw, worked out on paper.

    A side that takes its promise back keeps the other's, with the danger back; the
    other then takes its own back too where that is better for it, and all is as before.
    """
    nash, seq, gmr, calm = (np.ones(draws.n_draws, bool) for _ in range(4))
    for who, other in (("north", "south"), ("south", "north")):
        pays, gets, fallback = numbers_of(crisis, draws, who)
        cost, _, other_fallback = numbers_of(crisis, draws, other)
        # Where the danger stays away, undoing all is what brings it back.
        would_undo = -100 * q + (1 - q) * other_fallback > cost
        would_answer = cost < 0
        outside = -100 * q + (1 - q) * (fallback + gets)
        waiting = -100 * q + (1 - q) * fallback
        own = np.round(pays + gets, 9)
        is_tempted = np.round(outside, 9) > own
        is_spoilt = np.round(waiting, 9) <= own
        nash &= ~is_tempted
        seq &= ~is_tempted | (would_answer & is_spoilt)
        gmr &= ~is_tempted | is_spoilt
        calm &= (pays >= 0) | (would_undo & is_spoilt)
    return {"nash": nash, "seq": seq, "gmr": gmr, "calm": calm}


@pytest.mark.parametrize("chance", [0.0, 0.03, 0.2, 1.0])
def test_a_swap_holds_where_paper_says(chance: float) -> None:
    """In every draw, by three concepts, with the danger back and with it gone."""
    crisis = swap()
    found, draws = analysed(crisis, chance)
    expected = by_hand(crisis, draws, np.full(N_DRAWS, chance))
    deal = found.outcomes[1]
    for concept in ("nash", "seq", "gmr"):
        said = deal.holds[CONCEPTS.index(concept)]
        assert np.array_equal(said, expected[concept]), concept
    calm = deal.holds_calmly[CONCEPTS.index("seq")]
    assert np.array_equal(calm, expected["calm"])
    if chance == 0.03:  # else the deal holds in all draws, or in few
        assert 0 < deal.share("nash") < deal.share("seq") < 1


def test_danger_makes_deals_hold() -> None:
    """The likelier war is without the deal, the more draws it holds in."""
    shares = [analysed(swap(), q)[0].outcomes[1].share() for q in (0, 0.05, 0.2, 0.9)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1] == 1.0


def test_what_cannot_be_taken_back_deters_nobody() -> None:
    """Once the base is closed for good, north is free to send its ships again."""
    usual, _ = analysed(swap(), 0.05)
    final = swap(issues=issues(is_irreversible=True))
    found, draws = analysed(final, 0.05)
    deal, concept = found.outcomes[1], CONCEPTS.index("seq")
    pays, gets, fallback = numbers_of(final, draws, "north")
    outside = np.round(-5 + 0.95 * (fallback + gets), 9)
    is_free = outside > np.round(pays + gets, 9)
    assert np.array_equal(deal.holds[concept], ~is_free)
    assert deal.share() < usual.outcomes[1].share()
    assert {reason.act.actor for reason in deal.reasons} == {"north"}
    assert not any(reason.is_deterred for reason in deal.reasons)


def test_a_promise_that_requires_another_falls_with_it() -> None:
    """Where south's promise falls with north's, north gains nothing by breaking its."""
    needs = {"requires": [{"one_of": ["ships.gone"]}]}
    crisis = swap(issues=issues(**needs))
    around = look_around(crisis, TERMS)
    broken = [s for s in range(4) if around.terms(s) == {"base": TERMS["base"]}]
    assert around.counts_as[broken[0]] == around.undone
    found, draws = analysed(crisis, 0.1)
    pays, gets, fallback = numbers_of(crisis, draws, "north")
    gains = np.round(-10 + 0.9 * fallback, 9) > np.round(pays + gets, 9)
    tempted = [r for r in found.outcomes[1].reasons if r.act.actor == "north"]
    assert sum(reason.share for reason in tempted) == pytest.approx(gains.mean())


def test_no_deal_is_left_only_by_who_likes_to_give() -> None:
    """Waiting lends nothing to waiting: a first step pays where giving pleases."""
    crisis = swap()
    found, draws = analysed(crisis, 0.3)
    pleased = np.zeros(N_DRAWS, bool)
    for who in ("north", "south"):
        pleased |= numbers_of(crisis, draws, who)[0] > 0
    quo = found.outcomes[0]
    assert quo.terms == {}
    assert np.array_equal(quo.holds[CONCEPTS.index("nash")], ~pleased)


def test_reasons_can_be_followed() -> None:
    """What tempts north is its promise taken back; south answers in kind."""
    found, _ = analysed(swap(), 0.03)
    north = [r for r in found.outcomes[1].reasons if r.act.actor == "north"]
    deterred = next(reason for reason in north if reason.is_deterred)
    assert str(deterred.act) == "north: ships here"
    assert [str(act) for act in deterred.sanction] == ["south: base open"]


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_shipped_crises_stand_up_to_the_definitions(name: str) -> None:
    """Every outcome that the file names, judged again in some draws."""
    crisis = load(name)
    draws = draw_numbers(crisis, 60, SEED)
    war = np.linspace(0.0, 0.5, 60)
    for method in (LegalSequences(), EachOnce()):
        found = analyse_stability(
            crisis, draws=draws, risk=risk_of(crisis, war, 60), method=method
        )
        assert len(found.outcomes) >= 2
        assert found.certificate.is_verified
        assert found.check(crisis).is_verified


def test_a_wrong_verdict_is_noticed() -> None:
    """The check fails on verdicts turned over, and on another crisis."""
    crisis = swap()
    found, _ = analysed(crisis, 0.03)
    quo, deal = found.outcomes
    wrong = replace(found, outcomes=(quo, replace(deal, holds=~deal.holds)))
    assert found.check(crisis).is_verified
    assert not wrong.check(crisis).is_verified
    with pytest.raises(ModelError, match="another one"):
        found.check(swap(horizon="50 h"))


def test_the_kernel_does_as_its_reference() -> None:
    """Verdicts and improvements of the compiled search are those of plain sets."""
    for seed in range(40):
        conflict = random_moves(seed) if seed % 2 else random_options(seed)
        cells = gather_cells(conflict)
        rng = np.random.default_rng(seed)
        n_draws = 3
        worth = rng.integers(0, 12, (conflict.n_actors, n_draws, conflict.n_states))
        by = rng.integers(0, 12, (conflict.n_actors, n_draws)).astype(float)
        state, replaced = rng.integers(conflict.n_states, size=2).tolist()
        for is_once in (False, True):
            asked = (
                *(worth.astype(float), state, replaced, by, cells.cell, cells.start),
                cells.members(conflict.preference),
                *(cells.above_start, cells.above, is_once),
            )
            ours, plain = judge.judge_state(*asked), judge_reference.judge_state(*asked)
            assert np.array_equal(ours[0], plain[0]), seed
            for found, expected in zip(ours[1:], plain[1:], strict=True):
                assert np.array_equal(found < 0, expected < 0)
                rows, draws = np.nonzero(found >= 0)
                own = worth.astype(float)
                own[:, :, replaced] = by
                got = own[rows, draws, found[rows, draws]]
                assert np.array_equal(got, own[rows, draws, expected[rows, draws]])


def test_only_who_gives_and_values_moves() -> None:
    """A giver without values keeps its word, and is named."""
    tree = issues()
    tree["watch"] = {
        "title": "Watch",
        "levels": {"off": {"title": "Off"}, "on": {"title": "On", "giver": "watcher"}},
    }
    actors = {
        "north": {"title": "North", "kind": "party"},
        "south": {"title": "South", "kind": "party"},
        "watcher": {"title": "Watcher", "kind": "guarantor", "threshold": 0},
    }
    crisis = swap(issues=tree, actors=actors)
    held = TERMS | {"watch": Choice(level="on")}
    found, _ = analysed(crisis, 0.1, outcomes=[held])
    assert found.silent == ("watcher",)
    assert found.movers == movers_of(crisis) == ("north", "south")
    assert found.of(held) is found.outcomes[1]
    assert found.of({}) is found.outcomes[0]
    assert found.of(TERMS) is None
    # Something stays whatever anybody does, so nothing is ever undone altogether.
    assert look_around(crisis, held).undone is None


def test_more_draws_leave_the_first_ones_as_they_were() -> None:
    """The first draws of many are those of few, and so are their verdicts."""
    crisis = swap()
    many, few = draw_numbers(crisis, 90, SEED), draw_numbers(crisis, 30, SEED)
    for path, values in few.values.items():
        assert np.array_equal(many.first(30)[path_number(many, path)], values)
    risk = risk_of(crisis, 0.1, 90)
    long = analyse_stability(crisis, draws=many, risk=risk, outcomes=[TERMS])
    short = analyse_stability(
        crisis, draws=many.first(30), risk=risk.first(30), outcomes=[TERMS]
    )
    assert np.array_equal(long.outcomes[1].holds[:, :30], short.outcomes[1].holds)


def path_number(draws: Draws, path: str) -> Any:
    """The number of the file at a path."""
    return next(number for number in draws.uncertain if number.path == path)


def test_what_cannot_be_asked_is_refused() -> None:
    """No mover, draws that do not belong to the risk, and an unknown concept."""
    crisis = swap()
    draws = draw_numbers(crisis, 20, SEED)
    with pytest.raises(MethodError, match="use the same"):
        analyse_stability(crisis, draws=draws, risk=risk_of(crisis, 0.1, 10))
    with pytest.raises(ModelError, match="0 actors give a level"):
        look_around(swap(values={}), TERMS)
    found, _ = analysed(crisis)
    with pytest.raises(ModelError, match="no concept 'sim'"):
        found.outcomes[0].share("sim")


def test_it_prints_in_six_lines() -> None:
    """Movers, three outcomes, how it was made, and the check."""
    found, _ = analysed(swap(), 0.03)
    lines = str(found).splitlines()
    assert len(lines) <= 6
    assert lines[0].endswith("north, south")
