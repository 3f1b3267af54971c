"""A crisis signalling game with private costs of war on both sides, of any size.

Chance draws a cost of war for each side, of which each sees its own. The challenger
keeps the status quo or makes one of several demands; the defender concedes or resists;
the challenger then backs down, at an audience cost that grows with the demand, or
fights. In the spirit of Fearon (1994), American Political Science Review 88(3),
577-592.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.games.rules import END, AbstractRules, Positions
from backchannel.games.sequence_form import SequenceForm
from backchannel.games.tree import CHANCE, FloatArray, IntArray

CHALLENGER, DEFENDER = 0, 1
_SHARE, _VICTORY, _AUDIENCE_COST = 0.3, 0.55, 0.07
_CONCESSION, _RELIEF, _COST_RANGE, _DETAIL = 0.5, 0.02, 0.6, 1.0 / 97.0


@dataclass(frozen=True)
class CrisisSignalling(AbstractRules):
    """The game with so many types on each side and so many demands.

    Parameters
    ----------
    n_challenger_types, n_defender_types : how many costs of war each side may have
    n_demands : how many demands the challenger can choose from
    """

    n_challenger_types: int
    n_defender_types: int
    n_demands: int

    def __post_init__(self) -> None:
        if min(self.n_challenger_types, self.n_defender_types, self.n_demands) < 1:
            raise ModelError(
                "crisis signalling: needs at least one type on each side and one demand"
            )

    @property
    def title(self) -> str:  # type: ignore[override]
        """The sizes, for messages."""
        sizes = (self.n_challenger_types, self.n_defender_types, self.n_demands)
        return "crisis signalling {} x {} types, {} demands".format(*sizes)

    @property
    def players(self) -> tuple[str, ...]:  # type: ignore[override]
        """The challenger moves first."""
        return ("challenger", "defender")

    # Fields: types, demand (-1 before, n_demands stands for the status quo), stage.
    def start(self) -> Positions:
        """Before anything is drawn."""
        return np.array([[-1, -1, -1, 0]], dtype=np.int64)

    _STAGE_MOVER = np.array(
        [CHANCE, CHALLENGER, DEFENDER, CHALLENGER, END, END, END, END], dtype=np.int32
    )

    def movers(self, positions: Positions) -> IntArray:
        """Chance, challenger, defender, challenger."""
        return np.asarray(self._STAGE_MOVER[positions[:, 3]])

    def n_choices(self, positions: Positions) -> IntArray:
        """All pairs of types; the status quo and every demand; yes or no."""
        sizes = [self.n_challenger_types * self.n_defender_types, self.n_demands + 1]
        return np.array([*sizes, 2, 2], dtype=np.int32)[positions[:, 3]]

    def sights(self, positions: Positions) -> Positions:
        """The own type, the demand and the stage."""
        by_defender = positions[:, 3] == 2
        own = np.where(by_defender, positions[:, 1], positions[:, 0])
        return np.column_stack([own, positions[:, 2], positions[:, 3]])

    def after(self, positions: Positions, choices: Positions) -> Positions:
        """Draw, demand, answer, carry out."""
        moved = positions.copy()
        stage = positions[:, 3]
        drawn = stage == 0
        moved[drawn, 0] = choices[drawn] // self.n_defender_types
        moved[drawn, 1] = choices[drawn] % self.n_defender_types
        demanded = stage == 1
        moved[demanded, 2] = choices[demanded] - 1
        # 4 status quo, 5 conceded, 6 backed down, 7 war
        following = np.where(choices == 0, np.array([1, 4, 5, 6])[stage], stage + 1)
        following[drawn] = 1
        following[(stage == 3) & (choices == 1)] = 7
        moved[:, 3] = following
        return moved

    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """Every pair of types is equally likely."""
        del choices
        n_pairs = self.n_challenger_types * self.n_defender_types
        return np.full(len(positions), 1.0 / n_pairs)

    def payoffs(self, positions: Positions) -> FloatArray:
        """Shares of the good, less what war or backing down costs."""
        kinds = positions[:, 3] - 4
        return _ends(self, positions[:, 0], positions[:, 1], positions[:, 2])[
            kinds, :, np.arange(len(positions))
        ].T.copy()

    def action_name(self, sight: Positions, choice: int) -> str:
        """What a choice means."""
        stage = int(sight[2])
        if stage == 0:
            n = self.n_defender_types
            return f"costs {choice // n} {choice % n}"
        if stage == 1:
            return "status quo" if choice == 0 else f"demand {choice}"
        return (("concede", "resist"), ("back down", "fight"))[stage - 2][choice]


def _ends(
    game: CrisisSignalling, own: Positions, other: Positions, demand: Positions
) -> FloatArray:
    """(4 kinds of end, 2 players, n): status quo, conceded, backed down, war."""
    one = np.ones(len(own))
    n_own, n_other = game.n_challenger_types, game.n_defender_types
    own_cost = (1 + 3 * own) / (3 * n_own + 1) * _COST_RANGE
    other_cost = (2 + 3 * other) / (3 * n_other + 2) * _COST_RANGE
    n = game.n_demands
    share = _SHARE + (demand + 1) / n * _CONCESSION + demand**2 * _DETAIL / n**2
    backed = _SHARE - _AUDIENCE_COST * (demand + 1)
    return np.array(
        [
            [_SHARE * one, (1 - _SHARE) * one],
            [share, 1 - share],
            [backed, (1 - _SHARE + _RELIEF) * one],
            [_VICTORY - own_cost, 1 - _VICTORY - other_cost],
        ]
    )


def crisis_signalling_form(game: CrisisSignalling) -> SequenceForm:
    """Write the sequence form down directly, without a tree.

    Parameters
    ----------
    game : of any size; ten million nodes take about a second

    Returns
    -------
    SequenceForm : one leaf for each status quo of a challenger's type, which needs no
        draw of the defender's, and three for each pair of types and demand

    >>> from backchannel.games.crisis_signalling import CrisisSignalling
    >>> crisis_signalling_form(CrisisSignalling(2, 2, 2)).n_leaves
    26
    """
    n_own, n_other, n = game.n_challenger_types, game.n_defender_types, game.n_demands
    shape = (n_own, n_other, n)
    own, other, demand = (
        axis.ravel() for axis in np.meshgrid(*map(np.arange, shape), indexing="ij")
    )
    types, none = np.arange(n_own), np.zeros(n_own, dtype=np.int64)
    # First moves of all types, then for every type and demand the choice to fight.
    asked = 1 + own * (n + 1) + 1 + demand
    acted = 1 + n_own * (n + 1) + 2 * (own * n + demand)
    answered = 1 + 2 * (other * n + demand)
    still = _ends(game, types, none, none)[0]
    ends = _ends(game, own, other, demand)
    return SequenceForm(
        title=game.title,
        players=game.players,
        sets=_sets(n_own, n_other, n),
        leaf_sequences=np.array(
            [
                np.concatenate([1 + types * (n + 1), asked, acted, acted + 1]),
                np.concatenate([none, answered, answered + 1, answered + 1]),
            ],
            dtype=np.int32,
        ),
        leaf_chance=np.concatenate(
            [np.full(n_own, 1 / n_own), np.full(3 * len(own), 1 / (n_own * n_other))]
        ),
        payoffs=np.concatenate([still, ends[1], ends[2], ends[3]], axis=1),
    )


def _sets(n_own: int, n_other: int, n: int) -> tuple[IntArray, IntArray]:
    types, pairs = np.arange(n_own), np.arange(n_own * n)
    first = np.column_stack([0 * types, 1 + types * (n + 1), 0 * types + n + 1])
    asked = 1 + pairs // n * (n + 1) + 1 + pairs % n
    acted = 1 + n_own * (n + 1) + 2 * pairs
    then = np.column_stack([asked, acted, 0 * pairs + 2])
    answers = np.arange(n_other * n)
    other = np.column_stack([0 * answers, 1 + 2 * answers, 0 * answers + 2])
    return (
        np.concatenate([first, then]).astype(np.int32),
        other.astype(np.int32),
    )
