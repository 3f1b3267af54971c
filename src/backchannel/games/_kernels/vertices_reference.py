"""The same cut in plain NumPy: what the compiled one is tested against."""

from __future__ import annotations

import numpy as np

from backchannel.games._kernels.vertices import Masks
from backchannel.games.tree import FloatArray

_TIGHT = 1e-9


def cut(
    rays: FloatArray, masks: Masks, slack: FloatArray, bit: np.uint64, n_common: int
) -> tuple[FloatArray, Masks]:
    """Cut a cone by one more inequality; see the compiled cut."""
    kept_masks = np.where(np.abs(slack) <= _TIGHT, masks | bit, masks)
    inside = slack >= -_TIGHT
    found_rays, found_masks = [rays[inside]], [kept_masks[inside]]
    for i in np.flatnonzero(slack > _TIGHT):
        for j in np.flatnonzero(slack < -_TIGHT):
            common = masks[i] & masks[j]
            holders = np.flatnonzero(masks & common == common)
            if int(common).bit_count() >= n_common and set(holders) == {i, j}:
                ray = slack[i] * rays[j] - slack[j] * rays[i]
                found_rays.append((ray / np.abs(ray).max())[None])
                found_masks.append(np.array([common | bit], dtype=np.uint64))
    return np.concatenate(found_rays), np.concatenate(found_masks)
