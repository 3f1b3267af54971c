"""Prints the ends of paths of the reference workload in CUDA's simulator.

Run as a program of its own, with NUMBA_ENABLE_CUDASIM=1 and NUMBA_DISABLE_JIT=1: every
function is then plain Python, as a compiler for the card would read it.
"""

import json
import sys

import numpy as np

from backchannel.escalation._kernels.on_cuda import follow_on_card
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_tables import MarkovTables


def main() -> None:
    """Read tables from a file, follow, print."""
    with np.load(sys.argv[1]) as stored:
        arrays = {name: stored[name] for name in stored.files}
    n_states = int(arrays.pop("n_states"))
    tables = MarkovTables(**arrays, n_states=n_states)
    state, hour = follow_on_card(
        5, int(sys.argv[2]), key_of(7, "card"), tables.start, tables.n_states,
        tables.model, blocks=2, threads=4,
    )  # fmt: skip
    sys.stdout.write(json.dumps([state.tolist(), hour.tolist()]))


if __name__ == "__main__":
    main()
