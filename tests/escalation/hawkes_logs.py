"""Synthetic incident logs, drawn as families: immigrants and their offspring.

No rate is followed, so that this shares nothing with the likelihood.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from backchannel.escalation.incident_log import IncidentLog, Observed

START = datetime(2031, 1, 1, tzinfo=UTC)


def draw_log(rng, *, base, branching, cooling, n_crises, hours=96.0, shares=(1.0,)):
    """Crises of `hours`, incidents of type i with probability shares[i]."""
    crises = []
    for c in range(n_crises):
        times = _family_times(rng, base, branching, cooling, hours)
        kinds = rng.choice(len(shares), len(times), p=shares)
        start = START + timedelta(days=30 * c)
        crises.append(Observed(f"crisis {c}", start, hours, times, kinds))
    names = tuple(f"type {i}" for i in range(len(shares)))
    return IncidentLog("drawn", tuple(crises), names, "drawn")


def _family_times(rng, base, branching, cooling, hours):
    parents = rng.uniform(0, hours, rng.poisson(base * hours))
    everyone = [parents]
    while len(parents):
        n = rng.poisson(branching, len(parents))
        parents = np.repeat(parents, n) + rng.exponential(cooling, n.sum())
        parents = parents[parents < hours]
        everyone.append(parents)
    return np.sort(np.concatenate(everyone))
