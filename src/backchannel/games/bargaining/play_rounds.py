"""L0, L3 or L4: solve rounds of offers by the smallest level that fits.

L0  one type each                     backward induction
L3  private types, a small tree       every equilibrium, or the logit limit
L4  private types, a larger tree      regret minimisation, the best certified average

At level L4 nothing promises that average play is an equilibrium. It is an audit: the
profile with the smallest gap that was seen is kept, and the gap is always printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.games.answer import GameAnswer, gap_certificate
from backchannel.games.bargaining.mediate_rounds import MediatedRounds, mediate_rounds
from backchannel.games.bargaining.rounds import RoundsGame, war_at_leaves
from backchannel.games.bargaining.solution import Level
from backchannel.games.methods import (
    AllEquilibria,
    BackwardInduction,
    LogitTrace,
    Method,
    RegretMinimisation,
)
from backchannel.games.near_optimal import near_optimal_interval
from backchannel.games.reduced import n_strategies
from backchannel.games.rules import unfold
from backchannel.games.sequence_form import sequence_form
from backchannel.games.solve import solve_game
from backchannel.games.tree import CHANCE, GameTree
from backchannel.games.watch import Watch

MAX_NODES = 2_000_000
MAX_ACTIONS_L3 = 400
"""Actions up to which the logit limit is followed; beyond, regrets are learned."""
_FEW_STRATEGIES = 24
_MAX_ACTIONS_INTERVAL = 3000
# Share of the stake that counts as nothing, as in every level.
NEAR_OPTIMAL = 5e-4
_GAP = 1e-4
_MAX_STEPS = 20_000


@dataclass(frozen=True, eq=False)
class RoundsPlay:
    """How the rounds are played.

    `opening` (n_first_types or n_second_types, n_packages + 1) is the first offer of
    each type of the side that begins, to wait last; `prob_taken` and `prob_war` what
    follows; `prob_war_range` holds the chance of war over every plan that costs its
    player next to nothing, and over all equilibria found; `prob_war_by_gap` is that of
    learning to ten times the gap, and of the answer. `nash_gap` is the largest
    gain by another plan, `regret` by one choice off the path too. `mediated` is the
    least war that any procedure allows.
    """

    level: Level
    opening: FloatArray
    prob_taken: float
    prob_war: float
    prob_war_range: tuple[float, float]
    prob_war_by_gap: tuple[float, float]
    payoffs: tuple[float, float]
    nash_gap: float
    regret: float
    n_equilibria: int
    selection: str
    status: Status
    method: str
    mediated: MediatedRounds
    certificate: Certificate
    answer: GameAnswer = field(repr=False)

    def check(self, game: RoundsGame) -> Certificate:
        """Unfold the game again and audit the profile node by node.

        Parameters
        ----------
        game : that was solved

        Returns
        -------
        Certificate : not verified where the game is another one
        """
        return self.answer.check(unfold(game))


def level_of(game: RoundsGame, tree: GameTree) -> tuple[Level, Method]:
    """Choose the level from what is private and from the size.

    Parameters
    ----------
    game, tree : rules and what they unfold to

    Returns
    -------
    level and method
    """
    if game.prob_types.size == 1:
        return "L0", BackwardInduction(all_ties=False)
    counts = [n_strategies(sets) for sets in sequence_form(tree).sets]
    if sum(counts) <= _FEW_STRATEGIES:
        return "L3", AllEquilibria()
    if tree.n_actions <= MAX_ACTIONS_L3:
        return "L3", LogitTrace(is_finished_exactly=True)
    stake = float(np.ptp(tree.payoffs)) or 1.0
    return "L4", RegretMinimisation(
        gap=_GAP * stake, max_steps=_MAX_STEPS, is_finished_exactly=False
    )


def play_rounds(
    game: RoundsGame, *, watch: Watch | None = None, resume: object = None
) -> RoundsPlay:
    """Solve rounds of offers.

    Parameters
    ----------
    game : the rounds in numbers
    watch : how long it may take and whom to tell; the best so far is returned
    resume : `answer.state` of an earlier play of the same game

    Returns
    -------
    RoundsPlay

    Raises
    ------
    ModelError : the tree is too large.
    MethodError : `resume` is given at a level that does not learn.
    """
    tree = _tree(game)
    level, method = level_of(game, tree)
    answer, loose = _solve(tree, method, watch, resume)
    war = war_at_leaves(game)

    def prob_war(probabilities: FloatArray) -> float:
        return float(_leaf_chances(tree, probabilities) @ war)

    chances = [prob_war(e.probabilities) for e in answer.equilibria]
    # An equilibrium that rests on an empty threat is counted and not chosen.
    chosen = next(
        (i for i, e in enumerate(answer.equilibria) if e.is_credible or level == "L4"),
        0,
    )
    best = answer.equilibria[chosen]
    is_list = isinstance(method, AllEquilibria)
    # Other methods list one equilibrium twice: as found, and rounded to its actions.
    wars = [
        *_near(tree, best.probabilities, war),
        *(chances if is_list else [chances[chosen]]),
    ]
    bound = max(answer.certificate.bound, 1e-9)
    return RoundsPlay(
        level=level,
        opening=_opening(game, tree, best.probabilities),
        prob_taken=_prob_taken(game, tree, best.probabilities),
        prob_war=chances[chosen],
        prob_war_range=(min(wars), max(wars)),
        payoffs=(float(best.audit.payoffs[0]), float(best.audit.payoffs[1])),
        nash_gap=best.audit.nash_gap,
        regret=best.audit.regret,
        n_equilibria=len(answer.equilibria) if is_list else 1,
        selection=_selection(level, method, answer),
        status=_status(level, answer.status, best.audit.regret, bound),
        prob_war_by_gap=(prob_war(loose.probabilities), chances[chosen]),
        method=f"{type(method).__name__}, {tree.n_nodes:,} nodes, {answer.note}",
        mediated=mediate_rounds(game),
        certificate=gap_certificate(best.audit.nash_gap, bound),
        answer=answer,
    )


def _solve(
    tree: GameTree, method: Method, watch: Watch | None, resume: object
) -> tuple[GameAnswer, GameAnswer]:
    """The answer, and a looser one; learned in two goes, the better of them kept."""
    if not isinstance(method, RegretMinimisation):
        if resume is not None:
            raise MethodError(
                f"resume: {type(method).__name__} starts afresh each time; only level "
                "L4 goes on from where it stopped"
            )
        answer = solve_game(tree, method=method, watch=watch)
        return answer, answer
    rough = replace(method, gap=10.0 * method.gap)
    loose = solve_game(tree, method=rough, watch=watch, resume=resume)
    answer = solve_game(tree, method=method, watch=watch, resume=loose.state)
    if loose.nash_gap < answer.nash_gap:
        answer = replace(loose, state=answer.state)
    return answer, loose


def _status(level: Level, found: Status, regret: float, bound: float) -> Status:
    """Learned play that rests on empty threats has not converged on an answer."""
    if level == "L4" and regret > bound:
        return Status.TRUNCATED
    return found


def _tree(game: RoundsGame) -> GameTree:
    try:
        return unfold(game, max_nodes=MAX_NODES)
    except ModelError:
        raise ModelError(
            f"{game.title}: has more than {MAX_NODES:,} nodes; take fewer rounds, "
            "packages or types"
        ) from None


def _selection(level: Level, method: Method, answer: GameAnswer) -> str:
    if level == "L0":
        return "unique by backward induction, ties to the package declared first"
    if isinstance(method, AllEquilibria):
        known = "all extreme ones" if answer.is_complete else "there may be more"
        return f"the first that is credible off the path; {known} listed"
    if level == "L3":
        return "the limit of noisy play, which is sequential; there may be others"
    return "the average play with the smallest gap seen; only an audit"


def _leaf_chances(tree: GameTree, probabilities: FloatArray) -> FloatArray:
    played = np.where(tree.player_of_action == CHANCE, tree.chance, probabilities)
    weight = np.ones(tree.n_nodes)
    for here in tree.levels[1:]:
        weight[here] = weight[tree.parent[here]] * played[tree.action_in[here]]
    return np.asarray(weight[tree.leaves])


def _near(
    tree: GameTree, probabilities: FloatArray, war: FloatArray
) -> tuple[float, ...]:
    if tree.n_actions > _MAX_ACTIONS_INTERVAL:
        return ()
    stake = float(np.ptp(tree.payoffs))
    return near_optimal_interval(tree, probabilities, war, slack=NEAR_OPTIMAL * stake)


def _opening(game: RoundsGame, tree: GameTree, probabilities: FloatArray) -> FloatArray:
    """First offers by type, (n_types of the side that begins, n_packages + 1)."""
    side = game.offering[0]
    found = np.zeros((game.prob_types.shape[side], len(game.packages) + 1))
    for node in range(*_level(tree, 1)):
        pair = node - tree.levels[1].start
        own = divmod(pair, game.prob_types.shape[1])[side]
        found[own] = probabilities[tree.actions(int(tree.node_set[node]))]
    return found


def _level(tree: GameTree, depth: int) -> tuple[int, int]:
    here = tree.levels[depth]
    return here.start, here.stop


def _prob_taken(game: RoundsGame, tree: GameTree, probabilities: FloatArray) -> float:
    """Chance that the first round ends with a deal."""
    ends = tree.leaves
    first = ends[(ends >= tree.levels[3].start) & (ends < tree.levels[3].stop)]
    names = np.array([tree.action_names[a] == "take" for a in tree.action_in[first]])
    chance = _leaf_chances(tree, probabilities)[np.searchsorted(ends, first)]
    return float(chance[names].sum()) if game.packages else 0.0
