"""Rounds over the packages of a crisis, and the file in which learning stops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.stakes import PackageStakes
from backchannel.games.bargaining.package_rounds import foresee_rounds, rounds_of
from backchannel.games.learning_file import read_learning, write_learning
from backchannel.games.regret_minimisation import LearningState
from tests.games.test_package_offers import N_COSTS, pie_as_packages


def stakes_in_rounds(*, is_private: bool = True, risk: float = 0.1) -> PackageStakes:
    """The ultimatum's pie on the scale of war, with a risk of the same size a round."""
    one = pie_as_packages(is_private=is_private)
    rounds = 1.0 - (1.0 - risk) ** np.arange(1, 5)
    return replace(
        one,
        proposer_gain=100 * one.proposer_gain,
        responder_gain=100 * one.responder_gain,
        no_deal=np.full((2, N_COSTS), -40.0),
        prob_war=np.full(N_COSTS, 0.9),
        prob_war_by_round=np.tile(rounds[:, None], (1, N_COSTS)),
    )


def test_refusing_throughout_is_worth_no_deal() -> None:
    """On the scale of gains it is 0: the risk on the way is counted once."""
    game, rows = rounds_of(stakes_in_rounds(), 3)
    assert len(rows) == 4
    assert game.worth[1].shape == (3, 4)
    lost = 1 - game.survival[-1]
    for side in (0, 1):
        worth = lost * game.war[side] + (1 - lost) * game.no_deal[side]
        assert worth == pytest.approx(0.0, abs=1e-9)
    assert game.survival[-1] == pytest.approx(0.9**3)
    left = 1 - game.survival[-1] * (1 - game.prob_war_at_end)
    assert left == pytest.approx(0.9)


def test_whoever_offers_last_has_the_better_end() -> None:
    """With known costs one offer takes all for the first, two give it to the other."""
    stakes = stakes_in_rounds(is_private=False, risk=0.01)
    ultimatum, counter = (foresee_rounds(stakes, k).play for k in (1, 2))
    assert ultimatum.level == counter.level == "L0"
    assert ultimatum.payoffs[0] > counter.payoffs[0]
    assert ultimatum.payoffs[1] < counter.payoffs[1]


def test_private_costs_make_a_counter_offer_a_signal() -> None:
    """Level L3, certified off the path; the check builds the game anew."""
    stakes = stakes_in_rounds()
    found = foresee_rounds(stakes, 2)
    assert found.play.level == "L3"
    assert found.play.regret < 1e-3
    assert found.check(stakes).is_verified
    assert found.play.mediated.prob_war <= found.play.prob_war + 1e-9
    assert len(str(found).splitlines()) == 6
    other = replace(stakes, proposer_gain=stakes.proposer_gain + 5.0)
    assert not found.check(other).is_verified


def test_stakes_that_cannot_be_played_are_refused() -> None:
    """The message says what would do."""
    stakes = stakes_in_rounds()
    with pytest.raises(MethodError, match="from 1 to 4"):
        foresee_rounds(stakes, 5)
    with pytest.raises(ModelError, match="take those of run_study"):
        foresee_rounds(pie_as_packages(), 2)
    nobody = replace(stakes, responder_gain=stakes.responder_gain - 1000.0)
    with pytest.raises(ModelError, match="nothing to bargain over"):
        foresee_rounds(nobody, 2)


def test_learning_is_kept_in_a_file_number_for_number(tmp_path: Path) -> None:
    """What is read is what was written; another game or another file is refused."""
    rows = (np.array([1.0, 0.25]), np.array([1.0, 1 / 3, 2 / 3]))
    state = LearningState(7, rows, rows, rows, rows, rows, 5, 0.25)
    path = tmp_path / "state.npz"
    write_learning(path, state, "abc")
    found = read_learning(path, "abc")
    assert (found.step, found.best_step, found.best_gap) == (7, 5, 0.25)
    for ours, theirs in zip(found.totals, state.totals, strict=True):
        assert (ours == theirs).all()
    with pytest.raises(MethodError, match="of another game"):
        read_learning(path, "abd")
    path.write_text("no state")
    with pytest.raises(MethodError, match="not a state"):
        read_learning(path, "abc")
    with pytest.raises(MethodError, match="cannot be written"):
        write_learning(tmp_path / "nowhere" / "state.npz", state, "abc")
