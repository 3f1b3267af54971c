"""Two card games whose values are known: Kuhn's poker and Leduc poker."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from backchannel.games.rules import END, AbstractRules, Positions
from backchannel.games.tree import CHANCE, BoolArray, FloatArray, IntArray

_PUBLIC_UNKNOWN = -1


def _deal(n_cards: int) -> Positions:
    """(n_deals, 2), every pair of private cards, equally likely."""
    return np.array(list(permutations(range(n_cards), 2)), dtype=np.int64)


class KuhnPoker(AbstractRules):
    """Three cards, a stake of one each, one bet of one.

    Value to the first player: -1/18.
    Source: Kuhn (1950), in Contributions to the Theory of Games I, 97-103.
    """

    title = "Kuhn poker"
    players = ("first", "second")
    # What was said so far -> who is next; passes and bets are written p and b.
    _LINES = ("", "p", "b", "pb", "pp", "bp", "bb", "pbp", "pbb")
    _MOVER = np.array([0, 1, 1, 0, END, END, END, END, END], dtype=np.int32)
    _NEXT = np.array([[1, 2], [4, 3], [5, 6], [7, 8]])
    # Stake at a showdown; 0 where somebody gave up, and who wins then.
    _STAKE = np.array([0, 0, 0, 0, 1, 0, 2, 0, 2])
    _GIVEN_UP = np.array([0, 0, 0, 0, 0, 1, 0, -1, 0])

    def start(self) -> Positions:
        """Before the deal."""
        return np.array([[-1, -1, 0]], dtype=np.int64)

    def movers(self, positions: Positions) -> IntArray:
        """Chance deals, then the two take turns."""
        dealt = self._MOVER[positions[:, 2]]
        return np.where(positions[:, 0] < 0, CHANCE, dealt).astype(np.int32)

    def n_choices(self, positions: Positions) -> IntArray:
        """Six deals; pass or bet."""
        return np.where(positions[:, 0] < 0, 6, 2).astype(np.int32)

    def sights(self, positions: Positions) -> Positions:
        """The own card and what was said."""
        turn = np.maximum(self.movers(positions), 0)
        own = positions[np.arange(len(positions)), turn]
        return np.column_stack([own, positions[:, 2]])

    def after(self, positions: Positions, choices: Positions) -> Positions:
        """Deal, or write down what was said."""
        moved = positions.copy()
        is_deal = positions[:, 0] < 0
        moved[is_deal, :2] = _deal(3)[choices[is_deal]]
        going = ~is_deal
        moved[going, 2] = self._NEXT[positions[going, 2], choices[going]]
        return moved

    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """Every deal is equally likely."""
        return np.full(len(choices), 1.0 / 6.0) if len(positions) else np.empty(0)

    def payoffs(self, positions: Positions) -> FloatArray:
        """The higher card, or who did not give up, wins the other's stake."""
        line = positions[:, 2]
        sign = np.where(positions[:, 0] > positions[:, 1], 1, -1)
        first = self._STAKE[line] * sign + self._GIVEN_UP[line]
        return np.array([first, -first], dtype=np.float64)

    def action_name(self, sight: Positions, choice: int) -> str:
        """Pass or bet; chance names the deal by its number."""
        return f"deal {choice}" if sight[0] < 0 else ("pass", "bet")[choice]


class LeducPoker(AbstractRules):
    """Six cards of three ranks, two rounds of betting, one card for both.

    Stakes of one; raises of two, then of four, at most two a round.
    Value to the first player: -0.085606424078.
    Source: Southey et al. (2005), Proc. 21st UAI, 550-558 (the game); Lanctot et al.
    (2017), arXiv:1711.00832, appendix E.2 (the value).
    """

    title = "Leduc poker"
    players = ("first", "second")
    # Fields: cards, card for both, round, stakes, who is next, raises and calls of
    # this round, what was said so far (base 4), who gave up.
    _C0, _C1, _BOTH, _ROUND, _S0, _S1, _TURN, _RAISES, _CALLS, _SAID, _GONE = range(11)

    def start(self) -> Positions:
        """Before the deal."""
        return np.array([[-1, -1, -1, 0, 1, 1, 0, 0, 0, 1, -1]], dtype=np.int64)

    def movers(self, positions: Positions) -> IntArray:
        """Chance deals twice; betting goes to and fro until both have called."""
        ended = self._is_round_over(positions)
        is_chance = (positions[:, self._C0] < 0) | (
            ended & (positions[:, self._ROUND] == 0)
        )
        is_end = (positions[:, self._GONE] >= 0) | (
            ended & (positions[:, self._ROUND] == 1)
        )
        turn = np.where(is_chance, CHANCE, positions[:, self._TURN])
        return np.where(is_end, END, turn).astype(np.int32)

    def _is_round_over(self, positions: Positions) -> BoolArray:
        even = positions[:, self._S0] == positions[:, self._S1]
        called = positions[:, self._CALLS] >= np.where(
            positions[:, self._RAISES] > 0, 1, 2
        )
        return np.asarray(even & called & (positions[:, self._GONE] < 0))

    def _can_fold(self, positions: Positions) -> Positions:
        behind = positions[:, self._S0] != positions[:, self._S1]
        return np.asarray(behind, dtype=np.int64)

    def n_choices(self, positions: Positions) -> IntArray:
        """Thirty deals, four cards for both; fold when behind, call, raise twice."""
        betting = self._can_fold(positions) + 1 + (positions[:, self._RAISES] < 2)
        dealing = np.where(positions[:, self._C0] < 0, 30, 4)
        is_chance = self.movers(positions) == CHANCE
        return np.where(is_chance, dealing, betting).astype(np.int32)

    def sights(self, positions: Positions) -> Positions:
        """The own card, the card for both, what was said."""
        movers = self.movers(positions)
        rows = np.arange(len(positions))
        own = positions[rows, np.maximum(movers, 0)]
        # Chance sees everything, so that each of its lotteries is its own set.
        hidden = np.where(movers == CHANCE, positions[:, self._C1], -1)
        seen = [own, hidden, positions[:, self._BOTH], positions[:, self._SAID]]
        return np.column_stack(seen)

    def after(self, positions: Positions, choices: Positions) -> Positions:
        """Deal, or fold, call or raise."""
        moved = positions.copy()
        by_chance = self.movers(positions) == CHANCE
        first = by_chance & (positions[:, self._C0] < 0)
        moved[first, :2] = _deal(6)[choices[first]]
        second = by_chance & ~first
        moved[second, self._BOTH] = self._remaining(positions[second], choices[second])
        moved[second, self._ROUND] = 1
        for field in (self._TURN, self._RAISES, self._CALLS):
            moved[second, field] = 0
        betting = ~by_chance
        moved[betting] = self._bet(positions[betting], choices[betting])
        return moved

    def _remaining(self, positions: Positions, choices: Positions) -> Positions:
        """The card with this number among the four that nobody holds."""
        low = np.minimum(positions[:, self._C0], positions[:, self._C1])
        high = np.maximum(positions[:, self._C0], positions[:, self._C1])
        card = choices + (choices >= low)
        return np.asarray(card + (card >= high))

    def _bet(self, positions: Positions, choices: Positions) -> Positions:
        moved = positions.copy()
        rows = np.arange(len(positions))
        turn = positions[:, self._TURN]
        # 0 fold, 1 call, 2 raise.
        act = choices + 1 - self._can_fold(positions)
        moved[:, self._SAID] = positions[:, self._SAID] * 4 + act
        moved[act == 0, self._GONE] = turn[act == 0]
        highest = np.maximum(positions[:, self._S0], positions[:, self._S1])
        size = np.where(positions[:, self._ROUND] == 0, 2, 4)
        stake = np.where(act == 2, highest + size, highest)
        pays = act > 0
        moved[rows[pays], (self._S0 + turn)[pays]] = stake[pays]
        moved[:, self._RAISES] += act == 2
        moved[:, self._CALLS] = np.where(act == 2, 0, positions[:, self._CALLS] + 1)
        moved[:, self._TURN] = 1 - turn
        return moved

    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """Every deal is equally likely."""
        del choices
        return np.where(positions[:, self._C0] < 0, 1.0 / 30.0, 0.25)

    def payoffs(self, positions: Positions) -> FloatArray:
        """A pair wins, then the higher rank; who folds loses the own stake."""
        ranks = positions[:, :3] // 2
        strength = ranks[:, :2] + 10 * (ranks[:, :2] == ranks[:, 2:])
        sign = np.sign(strength[:, 0] - strength[:, 1])
        gone = positions[:, self._GONE]
        sign = np.where(gone == 0, -1, np.where(gone == 1, 1, sign))
        stake = np.minimum(positions[:, self._S0], positions[:, self._S1])
        first = (sign * stake).astype(np.float64)
        return np.array([first, -first])

    def action_name(self, sight: Positions, choice: int) -> str:
        """The number of a deal; a call comes first where nobody is behind."""
        return f"{choice}" if len(sight) else "-"
