"""The exercise as an environment passes PettingZoo's own tests, and repeats."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from pettingzoo.test import api_test, seed_test

from backchannel.base.errors import MethodError
from backchannel.exercise.players.pettingzoo_env import WAR_WORTH, CrisisEnv
from tests.exercise.games import crisis


def make() -> CrisisEnv:
    """A small game of strait."""
    return CrisisEnv(crisis("strait"), epoch_hours=12.0)


def play(environment: CrisisEnv, seed: int) -> list[tuple[str, float]]:
    """One game of random masked choices; rewards in order."""
    environment.reset(seed=seed)
    luck = np.random.default_rng(seed)
    earned = []
    for party in environment.agent_iter(400):
        seen, reward, ended, late, _ = environment.last()
        if reward:
            earned.append((party, float(reward)))
        mask = np.flatnonzero(seen["action_mask"])
        environment.step(None if ended or late else int(luck.choice(mask)))
    return earned


def test_it_passes_the_tests_of_its_interface() -> None:
    """PettingZoo's api_test and seed_test, with their warnings as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        api_test(make(), num_cycles=60)
        seed_test(make, num_cycles=12)


def test_the_same_seed_gives_the_same_game() -> None:
    """Rewards repeat for one seed and differ over several."""
    games = [play(make(), seed) for seed in (3, 3, 4, 5, 6)]
    assert games[0] == games[1]
    assert len({str(game) for game in games}) > 1


def test_accepting_an_offer_ends_the_game_with_its_worth() -> None:
    """Alpha offers what the file names, Bravo accepts: neither gets war's worth."""
    environment = make()
    environment.reset(seed=2)
    ends: dict[str, float] = {}
    for party in environment.agent_iter(60):
        seen, reward, ended, late, _ = environment.last()
        if ended or late:
            ends[party] = float(reward)
            environment.step(None)
            continue
        titles = [option.title for option in environment._options[party]]
        wanted = "accept" if "accept" in titles else "wait"
        if party == "alpha":
            wanted = next(t for t in titles if t.startswith("offer"))
        number = titles.index(wanted)
        environment.step(number if seen["action_mask"][number] else 0)
    assert set(ends) == {"alpha", "bravo"}
    assert WAR_WORTH not in ends.values()


def test_a_crisis_without_a_ladder_is_refused() -> None:
    """Nothing would ever happen in it."""
    with pytest.raises(MethodError, match="epoch_hours"):
        CrisisEnv(crisis("strait"), epoch_hours=0.0)
