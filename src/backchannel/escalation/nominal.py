"""The nominal world: one more draw, with every number at its median."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.draws import Draws


def with_nominal(draws: Draws) -> Draws:
    """Append one draw in which every number is at its median."""
    medians = {number.path: number.median() for number in draws.uncertain}
    values = {}
    for path, value in draws.values.items():
        # What a caller has set to one value is meant for the nominal world too.
        is_one = draws.n_draws > 1 and bool((value == value[0]).all())
        is_set = path not in medians or is_one
        middle = float(np.median(value)) if is_set else medians[path]
        values[path] = np.append(value, middle)
    return Draws(
        draws.n_draws + 1, draws.seed, draws.crisis_digest, draws.uncertain, values
    )
