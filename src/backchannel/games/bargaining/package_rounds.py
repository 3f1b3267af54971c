"""Rounds of offers and counter-offers over the packages of a crisis.

The packages that may be offered are the few that serve one side or the other best; the
responder's draws are gathered into a few types, of which only it knows its own. What
it offers in its turn tells the proposer something. Between rounds the risk of the file
runs on; after the last one it runs to the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.stakes import PackageStakes
from backchannel.games.bargaining.play_rounds import RoundsPlay, play_rounds
from backchannel.games.bargaining.rounds import RoundsGame
from backchannel.games.bargaining.solution import LEVELS
from backchannel.games.watch import Watch

MAX_ROUNDS = 4
"""Rounds for which the risk of a crisis is kept."""
N_TYPES = 3
N_PACKAGES = 4
_WAR = -100.0


@dataclass(frozen=True, eq=False)
class PackageRounds:
    """How a few rounds over a crisis's packages are played.

    `rows` are the packages that may be offered, `type_gain` (n_types, n_packages) what
    each type of the responder gains by them over no deal.
    """

    rows: tuple[int, ...]
    type_gain: FloatArray
    play: RoundsPlay
    game: RoundsGame = field(repr=False)
    seed: int
    crisis_digest: str

    def check(self, stakes: PackageStakes) -> Certificate:
        """Build the rounds again from the stakes and audit the play node by node.

        Parameters
        ----------
        stakes : what the game is about

        Returns
        -------
        Certificate : not verified where the stakes are others
        """
        game, _ = rounds_of(stakes, self.game.n_rounds)
        return self.play.check(game)

    def __str__(self) -> str:
        play = self.play
        low, high = play.prob_war_range
        made = max(play.prob_war - play.mediated.prob_war, 0.0)
        n_types, n_rows = self.type_gain.shape
        shown = {
            "level": f"{play.level}: {LEVELS[play.level]}",
            "rounds": f"{self.game.n_rounds} over {n_rows} packages, {n_types} types; "
            f"{100 * play.prob_taken:.0f} % agreed in the first",
            "P(war)": f"{play.prob_war:.3f}; {low:.3f} to {high:.3f} near it; "
            f"{made:.3f} made by the procedure",
            "regret": f"{play.regret:.1e} for one choice, off the path too; "
            f"{play.selection}",
            "method": f"{play.method}; {play.status}",
            "certificate": str(play.certificate),
        }
        return "\n".join(f"{name:<13}{text}" for name, text in shown.items())


def foresee_rounds(
    stakes: PackageStakes,
    n_rounds: int,
    *,
    watch: Watch | None = None,
    resume: object = None,
) -> PackageRounds:
    """Solve rounds of offers and counter-offers over the packages of a crisis.

    Parameters
    ----------
    stakes : packages, gains and risks, draw by draw
    n_rounds : offers in all; the proposer and the others take turns
    watch : how long it may take and whom to tell
    resume : `play.answer.state` of an earlier call with the same stakes

    Returns
    -------
    PackageRounds

    Raises
    ------
    MethodError : too many rounds.
    ModelError : no package is ever accepted, or the stakes are of one offer only.
    """
    game, rows = rounds_of(stakes, n_rounds)
    return PackageRounds(
        rows=rows,
        type_gain=game.worth[1],
        play=play_rounds(game, watch=watch, resume=resume),
        game=game,
        seed=stakes.seed,
        crisis_digest=stakes.crisis_digest,
    )


def rounds_of(
    stakes: PackageStakes, n_rounds: int
) -> tuple[RoundsGame, tuple[int, ...]]:
    """Put the stakes of a crisis as a game in rounds.

    Parameters
    ----------
    stakes, n_rounds : as `foresee_rounds` takes them

    Returns
    -------
    the game, and the rows of its packages

    Raises
    ------
    MethodError, ModelError : as `foresee_rounds`.
    """
    by_round, no_deal = stakes.prob_war_by_round, stakes.no_deal
    if by_round is None or no_deal is None:
        raise ModelError(
            "behaviour: the stakes say nothing of later rounds; take those of run_study"
        )
    if not 1 <= n_rounds <= len(by_round):
        raise MethodError(
            f"--rounds: is {n_rounds}; from 1 to {len(by_round)} are looked ahead"
        )
    rows = _packages(stakes)
    groups = _types(stakes, rows)
    own = stakes.proposer_gain[rows].mean(axis=1)[None]
    other = np.array([stakes.responder_gain[rows][:, g].mean(axis=1) for g in groups])
    sizes = np.array([len(g) for g in groups], dtype=float)
    lost = np.concatenate([[0.0], by_round[:n_rounds].mean(axis=1)])
    # Gains count from no deal, which is 0; a war is that much below it.
    war = (
        np.array([_WAR - float(no_deal[0].mean())]),
        np.array([_WAR - float(no_deal[1][g].mean()) for g in groups]),
    )
    alive = 1.0 - lost[-1]
    later = max(float(stakes.prob_war.mean()) - lost[-1], 0.0)
    game = RoundsGame(
        title="behaviour",
        players=(stakes.proposer, ", ".join(stakes.responders)),
        packages=tuple(f"package {row}" for row in rows),
        worth=(own, other),
        war=war,
        # The worth of no deal counts the risk until then, which has been survived.
        no_deal=(-lost[-1] / alive * war[0], -lost[-1] / alive * war[1]),
        prob_types=(sizes / sizes.sum())[None],
        settled=_settled(stakes, rows),
        hazard=1.0 - (1.0 - lost[1:]) / (1.0 - lost[:-1]),
        prob_war_at_end=later / alive,
        offering=tuple(k % 2 for k in range(n_rounds)),
    )
    return game, tuple(int(row) for row in rows)


def _packages(stakes: PackageStakes) -> np.ndarray:
    """Packages that serve a side best where the other takes them, in order of rows."""
    taken = stakes.accepted * stakes.settled
    if not taken.any():
        raise ModelError(
            "behaviour: no package is accepted by both sides and carried home in any "
            "draw, so there is nothing to bargain over"
        )
    by_proposer = (taken * stakes.proposer_gain).mean(axis=1)
    by_others = (taken * stakes.responder_gain).mean(axis=1)
    half = N_PACKAGES // 2
    best = np.argsort(-by_proposer, kind="stable")[:half]
    theirs = [row for row in np.argsort(-by_others, kind="stable") if row not in best]
    chosen = {int(row) for row in [*best, *theirs[:half]] if taken[row].any()}
    return np.array(sorted(chosen))


def _types(stakes: PackageStakes, rows: np.ndarray) -> list[np.ndarray]:
    """Draws in groups of one size, by how much the responder gains on the whole."""
    if not stakes.is_private:
        return [np.arange(len(stakes.prob_war))]
    order = np.argsort(stakes.responder_gain[rows].mean(axis=0), kind="stable")
    return [g for g in np.array_split(order, N_TYPES) if len(g)]


def _settled(stakes: PackageStakes, rows: np.ndarray) -> FloatArray:
    """Chance that each package is carried home where both sides accept it."""
    accepted = stakes.accepted[rows]
    total = (accepted * stakes.settled[rows]).sum(axis=1)
    return np.asarray(total / np.maximum(accepted.sum(axis=1), 1.0))
