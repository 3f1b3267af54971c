"""The same passes in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

import numpy as np

from backchannel.settlement._kernels.drawn import SmallInts


def weigh_draws(
    high: SmallInts,
    low: SmallInts,
    thresholds: SmallInts,
    n_accepted: SmallInts,
    best: SmallInts,
    regret: SmallInts,
) -> None:
    """Count acceptance and find the largest regret; see the compiled passes."""
    for d in range(len(high)):
        sums = high[d].T[:, :, None] + low[d][None]
        gains = sums - thresholds[d][None, :, None]
        accepted = (gains >= 0).all(axis=1)
        n_accepted += accepted
        brings = np.where(accepted[:, None, :], gains, 0)
        best[d] = brings.max(axis=(0, 2))
        np.maximum(regret, best[d][None, :, None] - brings, out=regret)
