"""Find what really differs: many packages look the same to one actor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backchannel.settlement.method import IntArray

# Codes stay far from the end of int64; beyond this they are numbered afresh.
_LARGEST_CODE = 1 << 40


def distinct_rows(
    columns: Sequence[IntArray], n_rows: int
) -> tuple[IntArray, IntArray]:
    """Number the distinct combinations of several columns.

    Parameters
    ----------
    columns : each (n_rows,), non-negative
    n_rows : needed where there is no column

    Returns
    -------
    first : (n_distinct,), a row that shows each combination
    index : (n_rows,), which combination each row has

    Notes: mixed-radix codes and one sort, O(n_rows log n_rows) per renumbering.
    """
    code = np.zeros(n_rows, dtype=np.int64)
    size = 1
    for column in columns:
        radix = int(column.max(initial=0)) + 1
        if size * radix > _LARGEST_CODE:
            names, code = np.unique(code, return_inverse=True)
            size = len(names)
        code = code * radix + column
        size *= radix
    _, first, index = np.unique(code, return_index=True, return_inverse=True)
    return first, index
