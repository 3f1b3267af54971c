"""The slow referee of a calibration: a random walk, and the likelihood written out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from backchannel.base.laws import AbstractLaw, FloatArray
from backchannel.escalation.incident_log import IncidentLog

_ADAPT_EVERY = 100
_AIM = 0.3


def walk_posterior(
    log: IncidentLog,
    laws: Sequence[AbstractLaw],
    n_steps: int,
    random: np.random.Generator,
) -> FloatArray:
    """Random-walk Metropolis over base rate, branching ratio and cooling.

    Parameters
    ----------
    log : incidents by crisis
    laws : priors of the three
    n_steps : steps; the first fifth adapts the steps and is thrown away
    random : the walk's own stream

    Returns
    -------
    (n_kept, 3)

    Notes: walks in normal scores of the priors, so that the prior is standard normal.
    Source: Roberts and Rosenthal (2009), Journal of Computational and Graphical
    Statistics 18(2), 349-367.
    """
    pairs = [(c.times, _gaps(c.times), c.hours) for c in log.crises]
    here = np.zeros(3)
    values = _values(here, laws)
    density = _log_density(here, values, pairs)
    step, accepted = 1.0, 0
    walked, scores = np.empty((n_steps, 3)), np.empty((n_steps, 3))
    n_burn = n_steps // 5
    root: FloatArray = np.eye(3)
    for k in range(n_steps):
        there = here + step * (root @ random.standard_normal(3))
        new_values = _values(there, laws)
        new_density = _log_density(there, new_values, pairs)
        if np.log(random.random()) < new_density - density:
            here, values, density = there, new_values, new_density
            accepted += 1
        walked[k], scores[k] = values, here
        if k < n_burn and k % _ADAPT_EVERY == _ADAPT_EVERY - 1:
            step *= np.exp(accepted / _ADAPT_EVERY - _AIM)
            accepted = 0
            covariance = np.cov(scores[k // 2 : k + 1].T) + 1e-4 * np.eye(3)
            root = np.linalg.cholesky(covariance).astype(np.float64)
    return walked[n_burn:]


def _gaps(times: FloatArray) -> FloatArray:
    """Hours from each earlier incident, (n, n); infinite where it is not earlier."""
    earlier = np.tri(len(times), k=-1, dtype=bool)
    return np.where(earlier, times[:, None] - times[None, :], np.inf)


def _values(scores: FloatArray, laws: Sequence[AbstractLaw]) -> FloatArray:
    shares = special.ndtr(scores)
    return np.array(
        [float(law.quantile(p)) for law, p in zip(laws, shares, strict=True)]
    )


def _log_density(
    scores: FloatArray,
    values: FloatArray,
    pairs: list[tuple[FloatArray, FloatArray, float]],
) -> float:
    """Log posterior density in normal scores, up to a constant."""
    base, branching, cooling = values
    total = -0.5 * float(scores @ scores)
    for times, gaps, hours in pairs:
        heat = np.exp(-gaps / cooling).sum(axis=1) / cooling
        total += float(np.log(base + branching * heat).sum()) - base * hours
        total -= branching * float((1.0 - np.exp((times - hours) / cooling)).sum())
    return total
