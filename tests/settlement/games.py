"""Games on two levels made for tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backchannel.settlement.two_level import (
    HomeRule,
    TwoLevel,
    at_home,
    quota_rule,
    veto_rule,
    weighted_rule,
)
from tests.settlement.domains import made_domain, random_domain, weighted_domain


def random_game(rng: np.random.Generator) -> TwoLevel:
    """Two or three leaders and up to five at home, under rules of every kind."""
    n_leaders, n_home = int(rng.integers(2, 4)), int(rng.integers(0, 6))
    domain = random_domain(rng, n_leaders + n_home)
    tables = np.sum([np.median(table, axis=1) for table in domain.utilities], axis=0)
    shift = rng.normal(size=len(tables)) * 0.4
    reserves = np.where(rng.random(len(tables)) < 0.2, -np.inf, tables + shift)
    domain = replace(domain, reservation_values=reserves)
    home = list(domain.parties[n_leaders:])
    rules: list[HomeRule] = []
    for r in range(int(rng.integers(0, 3)) if home else 0):
        members = [m for m in home if rng.random() < 0.7] or home[:1]
        match int(rng.integers(3)):
            case 0:
                rules.append(veto_rule(f"rule{r}", members))
            case 1:
                quota = int(rng.integers(0, len(members) + 1))
                rules.append(quota_rule(f"rule{r}", members, quota))
            case _:
                weights = rng.integers(1, 5, len(members)) / 2
                rules.append(weighted_rule(f"rule{r}", members, weights.tolist(), 0.6))
    game = at_home(domain, domain.parties[:n_leaders], rules)
    if rng.random() < 0.5:
        asked = tuple(
            rng.random((len(domain.parties), n)) < 0.4 for n in domain.n_levels
        )
        game = replace(game, asked=asked)
    return game


def weighted_game(n_issues: int, n_home: int = 6, threshold: float = 0.5) -> TwoLevel:
    """Two leaders who take anything and constituencies that each have a veto."""
    lead = weighted_domain(2, n_issues, 10, seed=1)
    home = weighted_domain(n_home, n_issues, 10, seed=101)
    pairs = zip(lead.utilities, home.utilities, strict=True)
    none = np.full(2, -np.inf)
    domain = made_domain(
        [np.vstack(pair) for pair in pairs],
        np.concatenate([none, np.full(n_home, threshold)]),
    )
    return at_home(domain, domain.parties[:2])
