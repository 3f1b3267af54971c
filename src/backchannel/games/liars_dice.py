"""Liar's dice for two, one die each: claims rise until one is called a lie."""

from __future__ import annotations

import numpy as np

from backchannel.games.rules import END, AbstractRules, Positions
from backchannel.games.tree import CHANCE, FloatArray, IntArray


class LiarsDice(AbstractRules):
    """One die with `n_faces` faces each; the highest face counts as any.

    A claim says that at least one die, or both, show a face; claims are ordered by
    number, then face. Who is called a liar wins if the claim holds.
    """

    players = ("first", "second")

    def __init__(self, n_faces: int = 6) -> None:
        self.n_faces = n_faces
        self.title = f"liar's dice, {n_faces} faces"

    # Fields: the dice, the claims so far as bits, whether the last was called a lie.
    def start(self) -> Positions:
        """Before the throw."""
        return np.array([[-1, -1, 0, 0]], dtype=np.int64)

    def movers(self, positions: Positions) -> IntArray:
        """Chance throws both dice, then the two claim in turn."""
        turn = np.bitwise_count(positions[:, 2].astype(np.uint64)).astype(np.int32) % 2
        open_ = np.where(positions[:, 0] < 0, CHANCE, turn)
        return np.where(positions[:, 3] > 0, END, open_).astype(np.int32)

    def _next_claim(self, positions: Positions) -> Positions:
        """(n,), the lowest claim that is still allowed."""
        claims = positions[:, 2].astype(np.float64)
        return np.frexp(claims)[1].astype(np.int64)

    def n_choices(self, positions: Positions) -> IntArray:
        """Every higher claim, and after the first of them, to call it a lie."""
        higher = 2 * self.n_faces - self._next_claim(positions)
        claims = higher + (positions[:, 2] > 0)
        return np.where(positions[:, 0] < 0, self.n_faces**2, claims).astype(np.int32)

    def sights(self, positions: Positions) -> Positions:
        """The own die and all claims."""
        own = positions[
            np.arange(len(positions)), np.maximum(self.movers(positions), 0)
        ]
        return np.column_stack([own, positions[:, 2]])

    def after(self, positions: Positions, choices: Positions) -> Positions:
        """Throw, claim or call."""
        moved = positions.copy()
        thrown = positions[:, 0] < 0
        moved[thrown, 0] = choices[thrown] // self.n_faces
        moved[thrown, 1] = choices[thrown] % self.n_faces
        claim = self._next_claim(positions) + choices
        is_call = ~thrown & (claim >= 2 * self.n_faces)
        moved[is_call, 3] = 1
        is_claim = ~thrown & ~is_call
        moved[is_claim, 2] |= np.int64(1) << claim[is_claim]
        return moved

    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """Every throw is equally likely."""
        del choices
        return np.full(len(positions), 1.0 / self.n_faces**2)

    def payoffs(self, positions: Positions) -> FloatArray:
        """One to the winner, minus one to the other."""
        last = self._next_claim(positions) - 1
        number, face = 1 + last // self.n_faces, last % self.n_faces
        dice = positions[:, :2]
        shown = (dice == face[:, None]) | (dice == self.n_faces - 1)
        holds = shown.sum(axis=1) >= number
        claims = np.bitwise_count(positions[:, 2].astype(np.uint64)).astype(np.int64)
        # The claimant moved before whoever called: claims are odd after the first.
        by_first = claims % 2 == 1
        first = np.where(holds == by_first, 1.0, -1.0)
        return np.array([first, -first])
