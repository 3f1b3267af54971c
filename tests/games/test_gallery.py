"""Canonical models, solved by the core, against their closed forms."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.load import load
from backchannel.games.bargaining import check_setting, solve_setting
from backchannel.games.bargaining.offer_terms import OfferTerms, Rates
from backchannel.games.bargaining.offers import best_public_demand, limit_share
from backchannel.games.gallery import gallery, solve_model
from tests.games.closed_forms import FORMS
from tests.games.closed_forms_rest import EDGES, REST

ALL = FORMS | REST
N_TRIED = 6


@pytest.mark.parametrize("name", ALL)
def test_the_core_meets_the_closed_form(name: str) -> None:
    """Six random settings each, by a seed from the name; nothing is left to chance."""
    closed, draw = ALL[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for _ in range(N_TRIED):
        inputs = draw(rng)
        assert_met(name, inputs, closed(**inputs))


@pytest.mark.parametrize(("name", "inputs"), EDGES)
def test_the_core_meets_the_closed_form_at_the_edges(
    name: str, inputs: dict[str, Any]
) -> None:
    """Certain and impossible chances, no cost, no patience, ties and huge ratios."""
    assert_met(name, inputs, ALL[name][0](**inputs))


def assert_met(name: str, inputs: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The model gives these answers, and its certificate holds."""
    solution = solve_setting(load(f"gallery/{name}"), inputs)
    assert solution.certificate.is_verified, (inputs, str(solution.certificate))
    for key, value in wanted.items():
        found = solution.answers[key]
        if isinstance(value, list):
            assert found == [pytest.approx(row, abs=1e-7) for row in value], inputs
        elif value is None or isinstance(value, (bool, str)):
            assert found == value, (inputs, key)
        else:
            near = pytest.approx(value, abs=1e-8, rel=1e-9)
            assert found == near, (inputs, key)


@pytest.mark.parametrize("name", gallery())
def test_every_file_of_the_gallery_runs_and_stands_its_check(name: str) -> None:
    """The file says citation, closed form and status; its answer is certified."""
    crisis = load(f"gallery/{name}")
    behaviour = crisis.behaviour
    assert behaviour is not None
    assert behaviour.model is not None
    assert behaviour.model.citation
    assert behaviour.model.closed_form
    solution = solve_setting(crisis)
    assert set(solution.answers) == set(behaviour.answers)
    assert solution.certificate.is_verified, str(solution.certificate)
    assert len(str(solution).splitlines()) <= 6
    assert check_setting(crisis, solution).is_verified


def test_an_answer_that_was_changed_does_not_stand_its_check() -> None:
    """Another number, or another file, fails the check."""
    crisis = load("gallery/rubinstein1982")
    solution = solve_setting(crisis)
    answers: dict[str, Any] = dict(solution.answers)
    answers["share1_when_1_proposes"] += 1e-3
    object.__setattr__(solution, "answers", answers)
    assert not check_setting(crisis, solution).is_verified
    other = load("gallery/brw1986_breakdown")
    fresh = solve_setting(load("gallery/rubinstein1982"))
    object.__setattr__(fresh, "parameters", {})
    assert not check_setting(other, fresh).is_verified


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("rubinstein1982", {"delta3": 0.5}, "Did you mean 'delta2'"),
        ("rubinstein1982", {"delta1": 1.5}, r"discount.first: is 1.5; must lie in"),
        ("rubinstein1982", {"delta1": 1, "delta2": 1}, "makes waiting costly"),
        ("brw1986_breakdown", {"q": -0.1}, "such that 0 < q <= 1"),
        ("fearon1995_ultimatum", {"p": 1.5}, "p = 1.5; must be such that"),
        ("fearon1994_audience", {"W1": float("nan")}, "must be finite"),
        ("hawkes_escalation_clock", {"alpha": 1e9}, "below the cooling"),
        ("feyramsay_peaceful_mechanism", {"w1": "x"}, "one for each type"),
        ("powell2006_commitment", {"p_path": None}, "chances in"),
        ("abreu_gul2000", {"eta": -1}, "eta >= 0"),
        ("brw1986_breakdown", {"q": "high"}, "cannot be worked out"),
        ("fearon1995_ultimatum", {"cB_low": 0.9}, "ascending order"),
        ("screening_escalation_clock", {"rounds": 2.5}, "whole number"),
        ("screening_escalation_clock", {"rounds": 10**6}, "at most"),
        ("powell_critical_risk", {"f": 0}, "0 < f <= 1"),
        ("crisis_signalling", {"w1_low": 3}, "is empty"),
        ("crisis_signalling", {"a": -1}, "at least 0"),
        ("zagare_kilgour_udg", {"cSQ": 9}, "must rank"),
        ("feyramsay_peaceful_mechanism", {"q1": [0.5, 0.6]}, "sum to 1"),
        ("feyramsay_peaceful_mechanism", {"q1": [1.0]}, "one each"),
        ("abreu_gul2000", {"alpha1": 0.2}, "incompatible"),
        ("signorino_egame12", {"link": "cauchit"}, "probit or logit"),
        ("war_random_walk", {"k": 9}, "of 5 forts"),
    ],
)
def test_numbers_out_of_range_get_an_error_that_helps(
    name: str, inputs: dict[str, Any], message: str
) -> None:
    """The message names the place and what would be right."""
    with pytest.raises(ModelError, match=message):
        solve_model(name, inputs)


def test_the_two_sided_models_tell_all_their_equilibria() -> None:
    """Three roots where the published setting has three, and the spread of P(war)."""
    solution = solve_setting(load("gallery/lewis_schultz2003"))
    assert solution.n_equilibria == 3
    assert solution.prob_war_range is not None
    low, high = solution.prob_war_range
    assert high - low > 0.03
    unique = solve_setting(load("gallery/lewis_schultz2003"), {"WB": -1.0})
    assert unique.n_equilibria == 1


@pytest.mark.parametrize(("power", "slope"), [(1.0, 0.5), (0.6, 2.0), (0.4, 0.1)])
def test_no_other_public_demand_wins_more(power: float, slope: float) -> None:
    """Every demand of a grid is made, bargained over and, where it fails, paid for."""

    def worth(share: float) -> float:
        return max(share, 0.0) ** power

    rates = Rates((0.2, 0.1), 1.0)
    terms = OfferTerms(
        (worth, worth),
        (0.2, 0.3),
        (0.0, 0.0),
        (1.0, 1.0),
        (None, None),
        "alternating",
        None,
    )
    demand, share = best_public_demand(terms, rates, slope)
    assert demand == share > limit_share(terms, rates)[0]
    for tried in np.linspace(0.2, 0.95, 31):

        def bound(given: float, tried: float = float(tried)) -> float:
            return worth(given) - slope * max(tried - given, 0.0)

        got, _ = limit_share(replace(terms, utility=(bound, worth)), rates)
        assert bound(got) <= worth(share) + 1e-5
