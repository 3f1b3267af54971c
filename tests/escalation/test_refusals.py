"""Bad input gets the error that says what to change, and never a traceback."""

import pytest

from backchannel.base.errors import (
    BackchannelError,
    CrisisFileError,
    ModelError,
    TooManyStatesError,
)
from backchannel.base.result import Status
from backchannel.crisis.load import load_mapping
from backchannel.escalation import Sampled, Uniformisation, simulate_escalation
from tests.escalation.random_crises import random_content


def refusal(change, *, error=BackchannelError, method=None):
    """Text of the error that a changed crisis meets, at the file or at the engine."""
    content = random_content(3)
    change(content["escalation"], content)
    with pytest.raises(error) as met:
        simulate_escalation(load_mapping(content), n_draws=2, method=method)
    return str(met.value)


def test_the_crisis_itself_is_fine():
    """What is refused below is refused for the change alone."""
    assert simulate_escalation(load_mapping(random_content(3)), n_draws=2)


def test_a_negative_rate():
    def change(section, _):
        section["incidents"]["clash"]["hazard"] = "-0.1 /h"

    text = refusal(change, error=CrisisFileError)
    assert "incidents.clash.hazard" in text
    assert "a rate lies in [0, 100000]" in text


@pytest.mark.parametrize("rung", ["war", "settled"])
def test_a_start_that_is_the_end(rung):
    def change(section, _):
        section["rungs"] = {
            "settled": {"title": "over", "is_settled": True},
            **section["rungs"],
        }
        section["start"]["rung"] = rung

    assert f"'{rung}' is not a rung short of war" in refusal(change)


def test_an_empty_ladder():
    def change(section, _):
        section["rungs"] = {}

    assert "escalation.rungs: has 0; give at least one below war" in refusal(change)


def test_a_hazard_that_explodes():
    """Within what a file may say, but beyond what can be followed jump by jump."""

    def change(section, _):
        section["incidents"]["raid"]["hazard"] = "90000 /h"

    text = refusal(change, error=ModelError)
    assert "jumps within 40 h" in text
    assert "slow down the fastest hazard" in text


def test_a_horizon_of_nothing():
    def change(_, content):
        content["horizon"] = "0 h"

    assert "horizon: is 0 h; above 0" in refusal(change)


def test_too_many_states():
    """The error names the size, the largest factor and what to do."""

    def change(section, _):
        section["tokens"]["heat"]["cap"] = 40

    text = refusal(
        change, error=TooManyStatesError, method=Uniformisation(max_states=100)
    )
    assert "more than 100 reachable states" in text
    assert "the largest factor is tokens heat with 41 values" in text


def test_too_many_states_are_sampled_where_no_method_is_named(monkeypatch):
    """The switch is announced, keeps the model, and the answer says what it is."""
    content, said = random_content(3), []
    limited = Uniformisation(max_states=100)
    monkeypatch.setattr(
        "backchannel.escalation.simulate.Uniformisation", lambda: limited
    )
    crisis = load_mapping(content)
    result = simulate_escalation(crisis, n_draws=2, progress=said.append)
    assert result.status is Status.SAMPLED
    assert result.method == Sampled(delays="exponential", heat="tokens")
    assert any("Sampling paths instead" in text for text in said)
    exact = simulate_escalation(crisis, n_draws=2, method=Uniformisation())
    noise = (exact.prob_war * (1 - exact.prob_war) / 1000) ** 0.5
    # Four standard errors of 1,000 paths in two draws: false alarm 2e-4 at seed 1.
    assert (abs(result.prob_war - exact.prob_war)[:, -1] < 4 * noise[:, -1]).all()
