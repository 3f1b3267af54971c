"""Made domains of clauses, and a literal answer to what their frontier is."""

from __future__ import annotations

from itertools import product

import numpy as np

from backchannel.crisis.clauses import Clause, ClauseDomain


def random_clauses(
    rng: np.random.Generator, n_parties: int, *, whole: bool = True
) -> ClauseDomain:
    """Up to four issues of up to four levels; clauses of every kind, some caps."""
    n_levels = [int(n) for n in rng.integers(1, 5, size=rng.integers(1, 5))]
    clauses = []
    for _ in range(n_parties):
        own = []
        for _ in range(int(rng.integers(1, 9))):
            size = int(rng.integers(1, len(n_levels) + 1))
            issues = rng.choice(len(n_levels), size=min(size, 3), replace=False)
            conditions = tuple((int(i), _some(rng, n_levels[i])) for i in issues)
            points = float(rng.integers(-4, 9)) if whole else float(rng.normal())
            own.append(Clause(points, conditions, bool(rng.random() < 0.3)))
        clauses.append(tuple(own))
    has_cap = rng.random(n_parties) < 0.3
    return ClauseDomain(
        title="made",
        issues=tuple(f"issue{i}" for i in range(len(n_levels))),
        levels=tuple(tuple(map(str, range(n))) for n in n_levels),
        parties=tuple(f"party{p}" for p in range(n_parties)),
        clauses=tuple(clauses),
        caps=np.where(has_cap, 8.0, np.inf),
        reservation_values=np.full(n_parties, -np.inf),
        requirements=_some_requirement(rng, n_levels),
    )


def _some(rng: np.random.Generator, n: int) -> tuple[int, ...]:
    keep = np.flatnonzero(rng.random(n) < 0.6)
    return tuple(int(level) for level in keep)


def _some_requirement(
    rng: np.random.Generator, n_levels: list[int]
) -> tuple[tuple[tuple[int, int], tuple[tuple[int, int], ...]], ...]:
    if len(n_levels) < 2 or rng.random() < 0.5:
        return ()
    return (((0, n_levels[0] - 1), ((1, int(rng.integers(n_levels[1]))),)),)


def allowed_packages(domain: ClauseDomain) -> np.ndarray:
    """Every package that meets the requirements, (n, n_issues)."""
    every = np.array(list(product(*(range(len(ls)) for ls in domain.levels))))
    return every[[domain.allows(package) for package in every]]


def literal_points(domain: ClauseDomain) -> list[list[float]]:
    """Points that no other is as large as everywhere, by the definition."""
    points = np.unique(
        np.round(domain.utilities_of(allowed_packages(domain)), 9), axis=0
    )
    alone = [(points >= point).all(axis=1).sum() == 1 for point in points]
    found: list[list[float]] = points[alone].tolist()
    return sorted(found, reverse=True)
