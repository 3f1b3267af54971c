"""Levers pulled by name, alone and together."""

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.crisis.load import load
from backchannel.escalation import levers_of, simulate_escalation
from backchannel.escalation.pulled import lever_named, pull


def test_one_lever_alone_is_the_run_that_the_result_has():
    crisis = load("cuba-1962")
    result = simulate_escalation(crisis, n_draws=8, hours=(24, 96))
    for effect in result.levers:
        again = pull(result, crisis, [effect.name])
        assert np.array_equal(again.prob_war, effect.prob_war)
        assert np.array_equal(again.difference, effect.difference)


def test_two_levers_are_both_in_the_variation():
    crisis = load("cuba-1962")
    both = lever_named(crisis, ["overflights=suspended", "sams_fire=overridden"])
    assert both.name == "overflights=suspended + sams_fire=overridden"
    assert both.variation.postures == {"overflights": "suspended"}
    assert both.variation.orders == {"sams_fire": False}
    assert both.controlled_by == "usa, ussr"


def test_what_cannot_be_pulled_is_refused():
    crisis = load("strait")
    names = [lever.name for lever in levers_of(crisis)]
    with pytest.raises(MethodError, match="Did you mean 'fire_back=overridden'"):
        lever_named(crisis, ["fire_back=overriden"])
    with pytest.raises(MethodError, match="set twice"):
        lever_named(crisis, [names[0], names[0]])
    result = simulate_escalation(crisis, n_draws=2)
    with pytest.raises(MethodError, match="not of cuba-1962"):
        pull(result, load("cuba-1962"), ["sams_fire=overridden"])
