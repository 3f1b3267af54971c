"""How a reply to an improvement may be put together, and the types of this room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
Int32Array = NDArray[np.int32]

NOWHERE = np.int32(np.iinfo(np.int32).max)
"""Least weight of a state from which nothing can be reached."""


@dataclass(frozen=True)
class LegalSequences:
    """Replies may be of any length; nobody moves twice running.

    Source: Fang, Hipel and Kilgour (1993), Interactive Decision Making: The Graph
    Model for Conflict Resolution, Wiley.
    """


@dataclass(frozen=True)
class EachOnce:
    """Replies in which each opponent moves once at most.

    Some programs read the definition in this way. With two actors it is the same;
    with more it misses replies in which an opponent comes back after another moved.
    """


Method = LegalSequences | EachOnce
