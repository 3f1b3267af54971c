"""Prints how paths of the reference workload end in CUDA's simulator, by hour.

Run as a program of its own, with NUMBA_ENABLE_CUDASIM=1 and NUMBA_DISABLE_JIT=1: every
function is then plain Python, as a compiler for the card would read it.
"""

import json
import sys

import numpy as np

from backchannel.escalation._kernels.on_cuda import count_on_card
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_tables import MarkovTables


def main() -> None:
    """Read tables and hours from a file, follow, print."""
    with np.load(sys.argv[1]) as stored:
        arrays = {name: stored[name] for name in stored.files}
    n_states = int(arrays.pop("n_states"))
    grid, guess = arrays.pop("grid"), arrays.pop("guess")
    tables = MarkovTables(**arrays, n_states=n_states)
    first = 5
    counts = count_on_card(
        first, first + int(sys.argv[2]), key_of(7, "card"), tables.start,
        tables.n_states, tables.model, grid, guess, blocks=2, threads=4,
    )  # fmt: skip
    sys.stdout.write(json.dumps(counts.tolist()))


if __name__ == "__main__":
    main()
