"""What the core answers: values, level, method, status and a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backchannel.base.result import Certificate, Status

Level = Literal["L0", "L1", "L2", "L3", "L4", "QRE", "LP"]
LEVELS: dict[str, str] = {
    "L0": "everybody knows everything",
    "L1": "one side's cost is private and the other side makes the offers",
    "L2": "each side waits for the other to concede",
    "L3": "threats and signals",
    "L4": "a tree too large for an exact method",
    "QRE": "moves with disturbances",
    "LP": "the best that any procedure allows",
}
Range = tuple[float, float]


@dataclass(frozen=True)
class Solution:
    """One solved game.

    `values` are named numbers, texts and groups of them. `n_equilibria` is how many
    equilibria the method found, and `selection` says which of them the values are and
    why; `prob_war_range` holds the chance of war over everything within a twentieth of
    a per cent of the best reply, because a flat optimum fixes payoffs, not that chance.
    `answers` are what the file asks for, at these `parameters`; `state` is where a long
    method stopped, None where it ran to its end.
    """

    level: Level
    protocol: str
    values: Mapping[str, Any]
    status: Status
    method: str
    certificate: Certificate
    n_equilibria: int = 1
    selection: str = "the only one"
    prob_war_range: Range | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    crisis_digest: str = ""
    seed: int | None = None
    state: object = field(default=None, repr=False, compare=False)

    def to_mapping(self) -> dict[str, Any]:
        """The answer as plain values, for JSON."""
        return {
            "level": self.level,
            "protocol": self.protocol,
            "answers": dict(self.answers),
            "parameters": dict(self.parameters),
            "status": self.status,
            "method": self.method,
            "certificate": str(self.certificate),
            "n_equilibria": self.n_equilibria,
            "selection": self.selection,
            "prob_war_range": self.prob_war_range,
            "crisis_digest": self.crisis_digest,
            "values": dict(self.values),
        }

    def __str__(self) -> str:
        shown = self.answers or self.values
        said = ", ".join(f"{k} {_short(v)}" for k, v in shown.items())
        lines = [
            f"level        {self.level}: {LEVELS[self.level]}",
            f"answers      {said}",
            f"method       {self.method}; {self.status}",
            f"certificate  {self.certificate}",
            f"equilibria   {self.n_equilibria} found; {self.selection}",
        ]
        if self.prob_war_range is not None:
            low, high = self.prob_war_range
            lines.append(f"P(war)       {low:.4g} to {high:.4g} near the optimum")
        return "\n".join(lines)


def _short(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{k} {_short(v)}" for k, v in value.items()) + ")"
    if isinstance(value, (list, tuple)):
        return (
            f"{len(value)} rows" if len(value) > 3 else str([_short(v) for v in value])
        )
    return str(value)
