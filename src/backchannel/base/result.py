"""What every answer carries: one status and a certificate that can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far an answer can be trusted; `advice` says what to do about it."""

    EXACT = "exact"
    CONVERGED = "converged"
    SAMPLED = "sampled"
    TRUNCATED = "truncated"
    FAILED = "failed"

    @property
    def advice(self) -> str:
        """What this status means for the reader."""
        return _ADVICE[self]


_ADVICE = {
    Status.EXACT: "exact up to the stated rounding error",
    Status.CONVERGED: "within the stated tolerance; tighten it to see more digits",
    Status.SAMPLED: "an estimate; raise the number of draws to narrow the band",
    Status.TRUNCATED: "stopped at a limit; the stated gap bounds what is missing",
    Status.FAILED: "not an answer; the certificate says what went wrong",
}


@dataclass(frozen=True)
class Certificate:
    """A claim about an answer, recomputed by a route that the solver did not use.

    `value` is the largest deviation found and `bound` what was promised; `route` names
    the other way of computing.
    """

    claim: str
    value: float
    bound: float
    route: str

    @property
    def is_verified(self) -> bool:
        """Whether the deviation is within the bound (never true for NaN)."""
        return bool(self.value <= self.bound)

    def __str__(self) -> str:
        verdict = "verified" if self.is_verified else "NOT verified"
        figures = f"{self.value:.1e} <= {self.bound:.1e}"
        return f"{self.claim}: {figures}, {verdict} ({self.route})"
