"""Vertices of a best-response polytope by the double description method: compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from backchannel.games.tree import FloatArray

Masks = npt.NDArray[np.uint64]
_TIGHT = 1e-9  # what a slack of rays scaled to 1 may be and count as none


@njit(cache=True, nogil=True)
def count_bits(mask: np.uint64) -> int:
    """How many bits are set."""
    count = 0
    while mask:
        mask &= mask - np.uint64(1)
        count += 1
    return count


@njit(cache=True, nogil=True, boundscheck=False)
def cut(
    rays: FloatArray, masks: Masks, slack: FloatArray, bit: np.uint64, n_common: int
) -> tuple[FloatArray, Masks]:
    """Cut a cone by one more inequality.

    Parameters
    ----------
    rays : (n, d), extreme rays of the cone so far
    masks : (n,), one bit for each inequality that a ray meets with equality
    slack : (n,), of the new inequality at every ray
    bit : of the new inequality
    n_common : equalities that two neighbours share at least, d - 2

    Returns
    -------
    rays, masks of the smaller cone: those inside, then where edges are cut

    Source: Motzkin et al. (1953), in Contributions to the Theory of Games II, 51-73;
    Fukuda and Prodon (1996), LNCS 1120, 91-111 (neighbours share what no third has).
    """
    n, d = rays.shape
    inside = np.flatnonzero(slack >= -_TIGHT)
    positive = np.flatnonzero(slack > _TIGHT)
    negative = np.flatnonzero(slack < -_TIGHT)
    found_rays, found_masks, size = np.empty((64, d)), np.empty(64, np.uint64), 0
    for i in positive:
        for j in negative:
            common = masks[i] & masks[j]
            if count_bits(common) < n_common:
                continue
            is_edge = True
            for k in range(n):
                if k not in (i, j) and masks[k] & common == common:
                    is_edge = False
                    break
            if not is_edge:
                continue
            if size == len(found_masks):
                more_rays = np.empty((2 * size, d))
                more_rays[:size] = found_rays
                more_masks = np.empty(2 * size, np.uint64)
                more_masks[:size] = found_masks
                found_rays, found_masks = more_rays, more_masks
            ray = slack[i] * rays[j] - slack[j] * rays[i]
            found_rays[size] = ray / np.abs(ray).max()
            found_masks[size] = common | bit
            size += 1
    n_kept = len(inside)
    all_rays = np.empty((n_kept + size, d))
    all_masks = np.empty(n_kept + size, np.uint64)
    for at, i in enumerate(inside):
        all_rays[at] = rays[i]
        all_masks[at] = masks[i] | bit if slack[i] <= _TIGHT else masks[i]
    all_rays[n_kept:] = found_rays[:size]
    all_masks[n_kept:] = found_masks[:size]
    return all_rays, all_masks
