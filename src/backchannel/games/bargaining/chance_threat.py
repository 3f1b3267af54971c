"""L3, a threat that is carried out only with some chance: which chances serve.

Source: Schelling (1960), The Strategy of Conflict, chapter 8.
"""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[float, float]


@dataclass(frozen=True)
class ChanceThreatGame:
    """Payoffs (threatener, target); a hard target, with `prob_hard`, always defies."""

    prob_hard: float
    comply: Pair
    defy: Pair
    war: Pair

    def target_gain(self, chance: float) -> float:
        """What a soft target gains by complying, the threat meant with this chance."""
        defied = (1.0 - chance) * self.defy[1] + chance * self.war[1]
        return self.comply[1] - defied

    def threatener_gain(self, chance: float, prob_hard: float | None = None) -> float:
        """What threatening gains over not threatening, soft targets complying."""
        hard = self.prob_hard if prob_hard is None else prob_hard
        defied = (1.0 - chance) * self.defy[0] + chance * self.war[0]
        return (1.0 - hard) * self.comply[0] + hard * defied - self.defy[0]

    def least_chance(self) -> float | None:
        """Smallest chance at which a soft target complies; None where none does."""
        return _root(self.target_gain(0.0), self.target_gain(1.0))

    def largest_chance(self) -> float | None:
        """Largest chance at which the threat is worth making; may exceed 1."""
        return _root(self.threatener_gain(0.0), self.threatener_gain(1.0))

    def largest_prob_hard(self) -> float | None:
        """Share of hard targets beyond which no chance serves both ends."""
        chance = self.least_chance()
        if not chance:
            return None
        return _root(
            self.threatener_gain(chance, 0.0), self.threatener_gain(chance, 1.0)
        )


def _root(at_zero: float, at_one: float) -> float | None:
    """Where the straight line through two values crosses 0."""
    return None if at_zero == at_one else at_zero / (at_zero - at_one)
