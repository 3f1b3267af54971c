"""Changes of procedure that open a zone of agreement where none is."""

from __future__ import annotations

import numpy as np

from backchannel.settlement.openings import find_openings
from backchannel.settlement.two_level import TwoLevel, pass_literally
from tests.settlement.domains import every_package
from tests.settlement.games import random_game


def n_passing(game: TwoLevel) -> int:
    """Packages that pass by the definitions."""
    return int(pass_literally(game, every_package(game.domain)).sum())


def test_each_change_opens_and_nothing_smaller_does() -> None:
    """300 random games: what is found is enough, and the next smaller one is not."""
    counts = dict.fromkeys(("lower", "excuse", "reassure", "none"), 0)
    for seed in range(300):
        game = random_game(np.random.default_rng(seed))
        openings = find_openings(game)
        if n_passing(game):
            assert openings == ()
            continue
        counts["none"] += not openings
        for opening in openings:
            counts[opening.kind] += 1
            assert n_passing(opening.game) == opening.n_passing > 0, (seed, opening)
            if opening.kind == "reassure":
                moved = game.thresholds.copy()
                k = game.actors.index(opening.actor)
                moved[k] -= opening.points - 1e-3
                assert n_passing(game.with_thresholds(moved)) == 0
            if opening.kind == "lower":
                rules = [r for r in opening.game.rules if r.name == opening.rule]
                assert rules[0].needed == opening.needed
    assert min(counts.values()) > 10


def test_the_smallest_change_comes_first() -> None:
    """Procedure by the share of weight given up, then reassurance by points."""
    n_seen = 0
    for seed in range(100):
        openings = find_openings(random_game(np.random.default_rng(seed)))
        shares = [o.share for o in openings if o.kind != "reassure"]
        points = [o.points for o in openings if o.kind == "reassure"]
        assert shares == sorted(shares)
        assert points == sorted(points)
        n_seen += len(openings)
        for opening in openings[:1]:
            assert "packages pass" in str(opening)
    assert n_seen > 10
