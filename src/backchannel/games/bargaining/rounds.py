"""Rounds of offers over packages, both sides with a private type, under a hazard.

Whose turn it is offers a package or waits; the other takes it or not. A refusal, and a
wait, let the hazard of the round run: war, or the next round. After the last round
there is no deal. An offer tells something of the type that makes it, so a counter-offer
is a signal. One set of rules serves complete information (one type each), screening
(one type of the side that offers), signalling, and a hazard that follows any path.

Source: for the game, Fudenberg and Tirole (1983), Review of Economic Studies 50,
221-247; for war between rounds Powell (1996), Games and Economic Behavior 15, 255-289.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.games.rules import END, AbstractRules, Positions, unfold
from backchannel.games.tree import CHANCE, IntArray

MAX_ROUNDS = 12
_DONE, _OVER, _FIRST = 2, 3, 4


@dataclass(frozen=True, eq=False)
class RoundsGame(AbstractRules):
    """Rounds of offers in numbers; pairs are in order of the parties.

    Parameters
    ----------
    title, players : for messages and information sets
    packages : names, (n_packages,)
    worth : of a package carried home, per party (n_types, n_packages)
    war, no_deal : per party (n_types,), of war and of no deal after the last round
    prob_types : (n_first_types, n_second_types), sums to 1
    settled : (n_packages,), chance that an accepted package is carried home
    hazard : (n_rounds,), chance of war when a round passes without a deal
    prob_war_at_end : chance of war without a deal after the last round
    offering : (n_rounds,), 0 or 1, who offers
    counts : payoffs, or the chance of war in the first row
    """

    title: str
    players: tuple[str, ...]
    packages: tuple[str, ...]
    worth: tuple[FloatArray, FloatArray]
    war: tuple[FloatArray, FloatArray]
    no_deal: tuple[FloatArray, FloatArray]
    prob_types: FloatArray
    settled: FloatArray
    hazard: FloatArray
    prob_war_at_end: float
    offering: tuple[int, ...]
    counts: Literal["worth", "war"] = "worth"

    def __post_init__(self) -> None:
        if not 1 <= len(self.offering) <= MAX_ROUNDS:
            raise ModelError(
                f"{self.title}: has {len(self.offering)} rounds; from 1 to "
                f"{MAX_ROUNDS} fit here"
            )
        total = float(self.prob_types.sum())
        if (self.prob_types < 0).any() or abs(total - 1.0) > 1e-9:
            raise ModelError(
                f"{self.title}: the chances of the types sum to {total:g}; must be at "
                "least 0 and sum to 1"
            )

    @property
    def n_rounds(self) -> int:
        """How many offers there can be."""
        return len(self.offering)

    @property
    def wait(self) -> int:
        """Number of the choice that offers nothing."""
        return len(self.packages)

    @property
    def survival(self) -> FloatArray:
        """(n_rounds + 1,), chance that no hazard has struck before each round."""
        return np.concatenate([[1.0], np.cumprod(1.0 - self.hazard)])

    # Fields: both types, rounds done, whether it is over, the offer of every round
    # (-1 before it is made). A round with an offer but not done waits for the answer.
    def start(self) -> Positions:
        """Before the types are drawn."""
        return np.array([[-1, -1, 0, 0] + [-1] * self.n_rounds], dtype=np.int64)

    def _is_answer(self, positions: Positions) -> npt.NDArray[np.bool_]:
        """(n,), whether an offer is on the table."""
        done = np.minimum(positions[:, _DONE], self.n_rounds - 1)
        made = positions[np.arange(len(positions)), _FIRST + done] >= 0
        return np.asarray(made & (positions[:, _DONE] < self.n_rounds))

    def movers(self, positions: Positions) -> IntArray:
        """Chance, then whose turn it is to offer, then the other."""
        done = positions[:, _DONE]
        offers = np.array([*self.offering, 0])[np.minimum(done, self.n_rounds)]
        found = np.where(self._is_answer(positions), 1 - offers, offers)
        is_over = (positions[:, _OVER] > 0) | (done >= self.n_rounds)
        found = np.where(is_over, END, found)
        return np.where(positions[:, 0] < 0, CHANCE, found).astype(np.int32)

    def n_choices(self, positions: Positions) -> IntArray:
        """All pairs of types; every package and to wait; yes or no."""
        offers = np.full(len(positions), len(self.packages) + 1, dtype=np.int32)
        found = np.where(self._is_answer(positions), 2, offers)
        is_drawn = positions[:, 0] >= 0
        return np.where(is_drawn, found, self.prob_types.size).astype(np.int32)

    def sights(self, positions: Positions) -> Positions:
        """The own type and every offer so far."""
        own = np.where(self.movers(positions) == 1, positions[:, 1], positions[:, 0])
        return np.column_stack([own, positions[:, _DONE], positions[:, _FIRST:]])

    def after(self, positions: Positions, choices: Positions) -> Positions:
        """Draw, offer or wait, take or refuse."""
        moved = positions.copy()
        is_answer, is_drawn = self._is_answer(positions), positions[:, 0] >= 0
        drawn, n_second = ~is_drawn, self.prob_types.shape[1]
        moved[drawn, 0] = choices[drawn] // n_second
        moved[drawn, 1] = choices[drawn] % n_second
        offers = np.flatnonzero(is_drawn & ~is_answer)
        moved[offers, _FIRST + positions[offers, _DONE]] = choices[offers]
        moved[is_answer & (choices == 0), _OVER] = 1
        passes = (is_answer & (choices == 1)) | (
            is_drawn & ~is_answer & (choices == self.wait)
        )
        moved[passes, _DONE] += 1
        return moved

    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """Of every pair of types."""
        del positions
        return np.asarray(self.prob_types.ravel()[choices])

    def payoffs(self, positions: Positions) -> FloatArray:
        """Worth of how it ended, or the chance of war in the first row."""
        done, is_deal = positions[:, _DONE], positions[:, _OVER] > 0
        alive = self.survival[done]
        if self.counts == "war":
            return np.vstack([self._war(positions), np.zeros(len(positions))])
        offer = positions[
            np.arange(len(positions)), _FIRST + np.minimum(done, self.n_rounds - 1)
        ]
        offer = np.where(is_deal, offer, 0)
        rows = []
        for side in (0, 1):
            own = positions[:, side]
            nothing = self.no_deal[side][own]
            carried = self.settled[offer]
            deal = carried * self.worth[side][own, offer] + (1.0 - carried) * nothing
            rows.append(
                (1.0 - alive) * self.war[side][own]
                + alive * np.where(is_deal, deal, nothing)
            )
        return np.array(rows)

    def _war(self, positions: Positions) -> FloatArray:
        done, is_deal = positions[:, _DONE], positions[:, _OVER] > 0
        offer = positions[
            np.arange(len(positions)), _FIRST + np.minimum(done, self.n_rounds - 1)
        ]
        failed = np.where(is_deal, 1.0 - self.settled[np.where(is_deal, offer, 0)], 1.0)
        alive = self.survival[done]
        return np.asarray(1.0 - alive + alive * failed * self.prob_war_at_end)

    def action_name(self, sight: Positions, choice: int) -> str:
        """The package, to wait, yes or no; a pair of types at the root."""
        if sight[0] < 0:
            n_second = self.prob_types.shape[1]
            return f"types {choice // n_second} {choice % n_second}"
        done = int(sight[1])
        if sight[2 + done] >= 0:
            return ("take", "refuse")[choice]
        return "wait" if choice == self.wait else self.packages[choice]


def war_at_leaves(game: RoundsGame) -> FloatArray:
    """Chance of war at every end, in the order of the tree's leaves.

    Parameters
    ----------
    game : any

    Returns
    -------
    (n_leaves,), chances
    """
    return np.asarray(unfold(replace(game, counts="war")).payoffs[0])
