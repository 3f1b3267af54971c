"""The ways in which a solver of crisis games goes wrong without noticing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backchannel.crisis.load import load
from backchannel.games.bargaining import screening, solve_setting, threat
from backchannel.games.bargaining.concession import Waiting, wait_it_out, waiting_regret
from backchannel.games.bargaining.deterrence import count_extreme_equilibria
from backchannel.games.bargaining.mediation import TypeTable, breach, mediate
from backchannel.games.gallery import solve_model


def _ultimatum_matrix() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demands against the largest demand that is accepted; war 0.45 and 0.35."""
    demands = np.linspace(0.5, 0.7, 5)
    limits = np.append(demands, -1.0)  # the last plan accepts nothing
    taken = demands[:, None] <= limits + 1e-12
    return (
        np.where(taken, demands[:, None], 0.45),
        np.where(taken, 1 - demands[:, None], 0.35),
        demands,
    )


def test_all_war_is_a_nash_equilibrium_but_is_not_the_answer() -> None:
    """An ultimatum at known costs has it; backward induction does not choose it.

    Refusing everything against the largest demand leaves neither side a better reply,
    so a solver that asks for no more than that may return it.
    """
    first, second, demands = _ultimatum_matrix()
    war = (len(demands) - 1, len(demands))
    assert first[war] == first[:, war[1]].max() == 0.45
    assert second[war] == second[war[0]].max() == 0.35
    assert count_extreme_equilibria(first, second) > 1
    solution = solve_setting(
        load("gallery/fearon1995_range"), {"p": 0.5, "cA": 0.05, "cB": 0.15}
    )
    assert solution.values["prob_war"] == 0.0
    assert solution.values["payoff"]["first"] == pytest.approx(0.65)


def test_prob_war_comes_with_an_interval_and_two_grids() -> None:
    """The optimum is flat: demands of nearly the same worth differ in P(war)."""
    solution = solve_setting(load("gallery/fearon1995_ultimatum"))
    assert solution.prob_war_range is not None
    low, high = solution.prob_war_range
    assert low < solution.values["prob_war"] < high
    assert high - low > 0.02
    coarse, fine = solution.values["prob_war_by_grid"]
    assert coarse == pytest.approx(fine, abs=1e-9)


@pytest.mark.parametrize("rounds", [5, 40])
def test_the_belief_grid_does_not_drift(rounds: int) -> None:
    """Value iteration on a grid of beliefs is off by 5 to 35 %; this is not."""
    found = solve_model(
        "screening_escalation_clock",
        {"rounds": rounds, "hazard": 0.25, "cA": 0.0, "cbar": 1.0},
    )
    assert found["p_war"] == pytest.approx({5: 0.3677785743, 40: 0.3333333573}[rounds])
    coarse = screening.ScreeningGame(0.0, 1.0, 0.25, rounds)
    by_grid = [
        screening.weigh(
            coarse, screening.follow(coarse, screening.skim(coarse, n))
        ).prob_war
        for n in (60, 240)
    ]
    assert by_grid[0] == pytest.approx(by_grid[1], abs=1e-9)


def test_the_screening_law_of_the_hazard() -> None:
    """Without end, P(war) = sqrt(h)/(1 + sqrt(h)): a safer clock means less war."""
    for hazard in (0.09, 0.36, 1.0):
        inputs = {"rounds": 400, "hazard": hazard, "cA": 0.0, "cbar": 1.0}
        root = math.sqrt(hazard)
        found = solve_model("screening_escalation_clock", inputs)["p_war"]
        assert found == pytest.approx(root / (1 + root), abs=1e-9)


def test_many_rounds_with_a_gap_are_called_approximate() -> None:
    """Where off-path mixing matters the status says so, and the gap is printed."""
    inputs = {"rounds": 5, "hazard": 0.25, "cA": 0.05, "cbar": 0.4}
    solution = solve_setting(load("gallery/screening_escalation_clock"), inputs)
    assert solution.status == "truncated"
    assert "approximate" in solution.selection


def test_a_worse_demand_is_noticed() -> None:
    """The audit of screening finds the gain that a wrong first demand forgoes."""
    game = screening.ScreeningGame(0.0, 1.0, 0.3, 3)
    rules = screening.skim(game)
    assert screening.proposer_regret(game, rules) < 1e-9
    wrong = screening.RoundRule(
        rules[0].belief, rules[0].cutoff * 0.7, rules[0].demand * 0.7
    )
    assert screening.proposer_regret(game, (wrong, *rules[1:])) > 1e-3
    path = screening.follow(game, rules)
    assert screening.responder_regret(game, path) < 1e-9
    late = screening.ScreeningPath(path.demand * 1.1, path.belief)
    assert screening.responder_regret(game, late) > 1e-3


def test_the_split_does_not_depend_on_the_path_of_the_hazard() -> None:
    """Without impatience only war after disagreement counts, whenever it may come."""
    crisis = load("gallery/poisson_clock_bargaining")
    shares = [
        solve_setting(crisis, {"r1": 0.0, "r2": 0.0, "hazard": rate}).answers["share1"]
        for rate in (0.01, 0.3, 5.0)
    ]
    assert shares == pytest.approx([shares[0]] * 3, abs=1e-8)


def test_a_mediator_never_does_worse_than_a_protocol() -> None:
    """With private costs alone some procedure avoids every war of an ultimatum."""
    costs = np.linspace(0.0, 0.4, 9)
    table = TypeTable(
        (np.array([0.4]), 0.5 - costs), (np.array([1.0]), np.full(9, 1 / 9))
    )
    assert solve_model("fearon1995_ultimatum")["p_war"] > 0.3
    assert mediate(table).prob_war == pytest.approx(0.0, abs=1e-12)


def test_a_procedure_that_invites_a_lie_is_noticed() -> None:
    """The audit of mediation finds a type that gains by posing as another."""
    table = TypeTable(
        (np.array([0.2, 0.6]), np.array([0.3])), (np.array([0.5, 0.5]), np.array([1.0]))
    )
    best = mediate(table)
    assert best.breach < 1e-8
    greedy = np.array([[0.3], [0.7]])
    assert breach(table, np.zeros((2, 1)), greedy) == pytest.approx(0.4)


def test_a_side_that_should_not_wait_is_noticed() -> None:
    """The audit of a war of nerves sees a wrong chance of conceding at once."""
    game = Waiting(
        prize=(lambda _t: 0.6, lambda _t: 0.7),
        concede=(lambda _t: 0.3, lambda _t: 0.4),
        war=(0.0, 0.0),
        discount=(1.0, 1.0),
        hazard=lambda _t: 0.0,
        never=(lambda _t: 0.1, lambda _t: 0.05),
    )
    ending = wait_it_out(game)
    assert waiting_regret(game, ending) < 1e-5
    object.__setattr__(ending, "atoms", (0.5, ending.atoms[1]))
    assert waiting_regret(game, ending) > 1e-2


def test_a_wrong_threat_is_noticed() -> None:
    """The audit of threats finds the type that gains from another move."""
    law = threat.Uniform(-1.0, 0.5)
    game = threat.ThreatGame(0.3, 0.2, law, law)
    (play,) = threat.every_threat_play(game)
    assert threat.threat_regret(game, play) < 1e-12
    object.__setattr__(play, "prob_yields", play.prob_yields + 0.1)
    assert threat.threat_regret(game, play) > 1e-2
