"""Declared laws of latencies as the rows that kernels read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from backchannel.base.errors import ModelError
from backchannel.base.laws import Discrete, Exact, FloatArray, LogNormal
from backchannel.base.uncertain import Uncertain
from backchannel.escalation._kernels.latency import (
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    MOST_STAGES,
    STEPS,
    TABLE,
)

# Quantiles at steps of 1/1024; between them the law is taken as uniform.
_N_QUANTILES = 1025


@dataclass
class Stages:
    """Rows of stages (kind, a, b, low, high), and the table that they point into."""

    rows: list[tuple[float, float, float, float, float]]
    table: list[FloatArray]

    def exponential(self) -> None:
        """Add one stage with an exponential law, its mean to be filled in."""
        self.rows.append((EXPONENTIAL, 0.0, 0.0, 0.0, 0.0))

    def declared(self, numbers: Iterable[Uncertain]) -> None:
        """Add one stage for each number, with the law that the file declares.

        Raises
        ------
        ModelError : an unknown or empty number, or too many.
        """
        numbers = tuple(numbers)
        if len(numbers) > MOST_STAGES:
            raise ModelError(
                f"latencies: {len(numbers)} stages in one wait; at most {MOST_STAGES}"
            )
        for number in numbers:
            self._add(number)

    def _add(self, number: Uncertain) -> None:
        law = number.law
        if not number.is_usable:
            raise ModelError(
                f"{number.path}: is {number.presence}; give a law to sample it"
            )
        if isinstance(law, Exact):
            self.rows.append((FIXED, law.value, 0.0, 0.0, 0.0))
        elif isinstance(law, LogNormal) and _is_uncut(law):
            self.rows.append((LOGNORMAL, law.median, law.log_sd, 0.0, 0.0))
        elif isinstance(law, Discrete):
            n = len(law.values)
            low = self._store(np.concatenate([law.values, np.cumsum(law.probs)]))
            self.rows.append((STEPS, 0.0, 0.0, low, low + n))
        else:
            p = np.linspace(0.0, 1.0, _N_QUANTILES)
            # An end without bound counts as far as one draw in 16,000.
            p[[0, -1]] = [p[1] / 16, 1 - p[1] / 16]
            low = self._store(number.quantile(p))
            self.rows.append((TABLE, 0.0, 0.0, low, low + _N_QUANTILES))

    def _store(self, values: FloatArray) -> int:
        low = sum(len(part) for part in self.table)
        self.table.append(np.asarray(values, dtype=np.float64))
        return low

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Rows (n_stages, 5) and the table."""
        rows = np.array(self.rows, dtype=np.float64).reshape(-1, 5)
        return rows, np.concatenate([*self.table, np.zeros(1)])


def _is_uncut(law: LogNormal) -> bool:
    """Whether the law has no upper end that matters: less than 1e-12 beyond it."""
    z = np.log(law.high / law.median) / law.log_sd
    return bool(special.ndtr(-z) < 1e-12)
