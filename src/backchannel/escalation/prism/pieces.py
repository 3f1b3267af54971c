"""The hours of a crisis as numbered pieces, as a written model has them.

The language knows no clock. While a piece lasts, rates are constant, so each piece is
one model; what happens at one moment (an answer at hour 0, a deadline) is a piece of
its own, a jump, whose rates are chances: probabilities p become p (I + Q).
"""

from __future__ import annotations

from dataclasses import dataclass

from backchannel.escalation.timeline import Due, Regime
from backchannel.escalation.workshop import Workshop


@dataclass(frozen=True)
class WrittenPiece:
    """One value of the constant `piece`.

    `hours` is how long it lasts, 0 for a jump; a jump answers an `incident` that is
    outstanding at the start, or is a deadline, `due`.
    """

    number: int
    begin: float
    hours: float
    regime: Regime | None = None
    incident: str = ""
    due: Due | None = None

    @property
    def is_jump(self) -> bool:
        """Whether it happens at one moment."""
        return self.regime is None

    def __str__(self) -> str:
        at = f"piece {self.number}: hour {self.begin:.10g}"
        if self.incident:
            return f"{at}, jump: {self.incident} is answered"
        if self.due is not None:
            return f"{at}, jump: deadline {self.due.name} passes"
        return f"{at} to {self.begin + self.hours:.10g}, {self._words()}"

    def _words(self) -> str:
        regime = self.regime or Regime(is_light=True, passed=frozenset())
        passed = (
            f", after {' and '.join(sorted(regime.passed))}" if regime.passed else ""
        )
        return ("light" if regime.is_light else "dark") + passed


def written_pieces(shop: Workshop) -> tuple[WrittenPiece, ...]:
    """Number everything that happens between now and the horizon, in order."""
    pieces: list[WrittenPiece] = []
    for incident in shop.escalation.start.outstanding:
        pieces.append(WrittenPiece(len(pieces) + 1, 0.0, 0.0, incident=incident))
    begin, timeline = 0.0, shop.timeline
    for piece in timeline.pieces:
        if piece.hours > 0:
            regime = timeline.regimes[piece.regime]
            number = len(pieces) + 1
            pieces.append(WrittenPiece(number, begin, piece.hours, regime))
            begin += piece.hours
        if piece.atom >= 0:
            due = timeline.deadlines[piece.atom]
            pieces.append(WrittenPiece(len(pieces) + 1, begin, 0.0, due=due))
    return tuple(pieces)
