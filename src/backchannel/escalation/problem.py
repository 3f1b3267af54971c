"""A Markov jump process as arrays: all that the solvers know of a crisis.

The rate of entry e in draw d is a monomial of parameters,

    rate[e, d] = mult[e] * product over j of theta[factor[e, j], d],

so a new draw, another hour of the day and a lever change `theta` and never the
structure. Row 0 of theta is the constant 1 and fills unused places of `factor`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
N_FACTORS = 3


@dataclass(frozen=True)
class Entries:
    """Transitions with monomial rates or probabilities, one row each.

    `src`, `dst`, `mult`, `cause` are (n,), `factor` is (n, 3); `cause` numbers what
    brings the transition about, -1 where nobody asks.
    """

    src: IntArray
    dst: IntArray
    mult: FloatArray
    factor: IntArray
    cause: IntArray

    @classmethod
    def of(
        cls,
        rows: list[tuple[int, int, float, tuple[int, ...]]],
        causes: list[int] | None = None,
    ) -> Entries:
        """Build from (src, dst, mult, factors) rows, as small examples write them."""
        factor = np.zeros((len(rows), N_FACTORS), dtype=np.int64)
        for i, row in enumerate(rows):
            factor[i, : len(row[3])] = row[3]
        return cls(
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=np.float64),
            factor,
            np.array(causes if causes else [-1] * len(rows), dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.src)

    def values(self, theta: FloatArray) -> FloatArray:
        """Rates or probabilities, (n,) or (n, n_draws), for theta with as many axes."""
        shape = (-1,) + (1,) * (theta.ndim - 1)
        product: FloatArray = theta[self.factor].prod(axis=1)
        return self.mult.reshape(shape) * product


@dataclass(frozen=True)
class Piece:
    """A span with constant rates, and what happens at its end.

    `regime` picks the rows of `clocks`; `atom` is the index of the jump at its end, or
    -1.
    """

    hours: float
    regime: int
    atom: int = -1


@dataclass(frozen=True)
class MarkovProblem:
    """Structure of a piecewise-constant Markov jump process.

    `start` holds probabilities of states (its `src` is ignored); each atom moves the
    share `values` of a state's probability at a fixed hour. `group` numbers what is
    observed, e.g. the rung of each state. Theta stacks the rows of `parameters`
    (n_parameters, n_draws) and of one regime of `clocks`
    (n_regimes, n_clocks, n_draws).
    """

    n_states: int
    entries: Entries
    start: Entries
    pieces: tuple[Piece, ...]
    atoms: tuple[Entries, ...]
    war: int
    settled: int
    group: IntArray

    @property
    def hours(self) -> float:
        """Length of all pieces together."""
        return sum(piece.hours for piece in self.pieces)

    @property
    def breaks(self) -> FloatArray:
        """Hours at which pieces begin, and the horizon, (n_pieces + 1,)."""
        return np.concatenate([[0.0], np.cumsum([p.hours for p in self.pieces])])


@dataclass(frozen=True)
class Theta:
    """Values of all parameters.

    `parameters` is (n_parameters, n_draws) with row 0 equal to 1, `clocks` is
    (n_regimes, n_clocks, n_draws).
    """

    parameters: FloatArray
    clocks: FloatArray

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.parameters.shape[1])

    def regime(self, regime: int, draw: int) -> FloatArray:
        """Column of one draw while one regime lasts, (n_parameters + n_clocks,)."""
        return np.concatenate([self.parameters[:, draw], self.clocks[regime, :, draw]])
