"""Domains made for tests, and a literal answer to what their frontier is."""

from __future__ import annotations

from itertools import product

import numpy as np

from backchannel.crisis.domain import Domain


def made_domain(
    tables: list[np.ndarray], reserves: np.ndarray | None = None, title: str = "made"
) -> Domain:
    """A domain from tables (n_parties, n_levels), one per issue."""
    n_parties = len(tables[0])
    none = np.full(n_parties, -np.inf)
    return Domain(
        title=title,
        issues=tuple(f"issue{i}" for i in range(len(tables))),
        levels=tuple(tuple(map(str, range(table.shape[1]))) for table in tables),
        parties=tuple(f"party{p}" for p in range(n_parties)),
        utilities=tuple(tables),
        reservation_values=none if reserves is None else reserves,
    )


def random_domain(rng: np.random.Generator, n_parties: int) -> Domain:
    """Up to five issues of up to five levels; half of them on a coarse grid."""
    n_levels = rng.integers(1, 6, size=rng.integers(1, 6))
    is_coarse = rng.random() < 0.5
    tables = []
    for n in n_levels:
        table = rng.normal(size=(n_parties, n))
        tables.append(np.round(table) * 0.1 if is_coarse else table)
    reserves = np.where(
        rng.random(n_parties) < 0.5, -np.inf, rng.normal(size=n_parties)
    )
    return made_domain(tables, reserves)


def weighted_domain(n_parties: int, n_issues: int, n_levels: int, seed: int) -> Domain:
    """Values from 0 to 1 in each issue, weights drawn uniformly from the simplex."""
    rng = np.random.default_rng(seed)
    values = rng.random((n_parties, n_issues, n_levels))
    values -= values.min(axis=2, keepdims=True)
    values /= values.max(axis=2, keepdims=True)
    weights = rng.dirichlet(np.ones(n_issues), size=n_parties)
    tables = values * weights[:, :, None]
    return made_domain([tables[:, i] for i in range(n_issues)])


def every_package(domain: Domain) -> np.ndarray:
    """All packages (n_packages, n_issues), the last issue running fastest."""
    return np.array(list(product(*(range(n) for n in domain.n_levels))))


def literal_frontier(domain: Domain) -> dict[tuple[int, ...], int]:
    """Points of the frontier in units of 1e-9 spans, and the packages at each.

    By the definition: a point is on it when no other is as large everywhere.
    """
    utilities = domain.utilities_of(every_package(domain))
    spans = sum(np.ptp(table, axis=1) for table in domain.utilities)
    worst = sum(table.min(axis=1) for table in domain.utilities)
    units = np.where(spans > 0, spans, 1.0) * 1e-9
    points, counts = np.unique(
        np.rint((utilities - worst) / units), axis=0, return_counts=True
    )
    found = {}
    for point, count in zip(points, counts, strict=True):
        as_large = (points >= point).all(axis=1)
        if as_large.sum() == 1:
            found[tuple(int(u) for u in point)] = int(count)
    return found
