"""How to look for settlements, and the few constants that every file here shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

# Worth is on a scale of 100; sums of a few numbers differ by rounding far below this,
# so what is equal on paper counts as equal here.
TOLERANCE = 1e-9
PASSES_AT = 0.5
"""A package passes when it is settled at least as likely as not."""


@dataclass(frozen=True)
class Exhaustive:
    """Look at every package in every draw; exact for the given draws.

    `max_packages` and `max_cells` (packages x draws) bound the work, `block_cells` the
    size of one array in memory, `max_kept_bytes` what is kept draw by draw. Beyond the
    last one only means are kept, and single packages are computed again on request.
    """

    max_packages: int = 1_000_000
    max_cells: int = 2_000_000_000
    block_cells: int = 1 << 17
    max_kept_bytes: int = 128_000_000

    def __post_init__(self) -> None:
        for name in ("max_packages", "max_cells", "block_cells"):
            value = getattr(self, name)
            if value < 1:
                raise MethodError(f"Exhaustive.{name}: is {value}; must be 1 or larger")
