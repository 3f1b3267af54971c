"""Ways to solve a game: each a frozen record with its settings and its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backchannel.base.errors import MethodError


def _require(is_right: bool, wrong: str) -> None:
    if not is_right:
        raise MethodError(wrong)


@dataclass(frozen=True)
class BackwardInduction:
    """Choose the best action at the last moves, then at those before them, exactly.

    Needs perfect information. With `all_ties` every subgame perfect equilibrium in
    pure strategies is listed, at most `max_equilibria` of them; otherwise the first of
    equally good actions is taken.
    Source: Zermelo (1913), Proc. 5th Congress of Mathematicians 2, 501-504; Selten
    (1965), Zeitschrift für die gesamte Staatswissenschaft 121, 301-324.
    """

    all_ties: bool = True
    max_equilibria: int = 1000


@dataclass(frozen=True)
class AllEquilibria:
    """List every equilibrium of a small game.

    Two players: the extreme equilibria, pairs of vertices of the best-response
    polytopes, in fractions where the payoffs are fractions; all others are mixtures of
    those. More players: for every choice of supports the polynomial equations, by
    subdivision with an exclusion test. `max_profiles` bounds the table.
    Source: Mangasarian (1964), SIAM Journal 12(4), 778-780; Avis, Rosenberg, Savani and
    von Stengel (2010), Economic Theory 42, 9-37.
    """

    max_profiles: int = 200_000
    max_supports: int = 200_000


@dataclass(frozen=True)
class LemkeSequenceForm:
    """Find one equilibrium of a two-player tree by complementary pivoting.

    The covering vector is all ones and ties are broken lexicographically, so that the
    same game gives the same equilibrium. Play off the path is not looked at.
    Source: Lemke (1965), Management Science 11(7), 681-689; Koller, Megiddo and von
    Stengel (1996), Games and Economic Behavior 14(2), 247-259.
    """

    max_pivots: int = 100_000


@dataclass(frozen=True)
class LogitTrace:
    """Follow noisy play from chance choices to precise ones.

    At precision `lambda` every player takes an action with odds that grow as the
    exponential of `lambda` times its worth; each information set decides for itself.
    The limit of the path is a sequential equilibrium. Any number of players.

    Parameters
    ----------
    precision : where to stop; 0 follows the path until no single choice at any
        information set is regretted by more than `regret`
    regret : the goal where `precision` is 0, as a share of the payoffs' range
    at : precisions to report on the way
    is_finished_exactly : round the limit to an equilibrium with its actions, if there
        is one whose regret is smaller
    max_steps : of the path
    Source: McKelvey and Palfrey (1998), Experimental Economics 1, 9-41; Turocy (2010),
    Economic Theory 42, 255-269.
    """

    precision: float = 0.0
    regret: float = 1e-6
    at: tuple[float, ...] = ()
    is_finished_exactly: bool = False
    max_steps: int = 5000

    def __post_init__(self) -> None:
        _require(
            self.precision >= 0 and self.regret > 0 and all(a > 0 for a in self.at),
            "LogitTrace: precision, regret and at must be positive (or precision 0)",
        )


Rule = Literal["cfr+", "predictive", "discounted"]


@dataclass(frozen=True)
class RegretMinimisation:
    """Let every information set learn from its regrets; the average play is audited.

    Converges for two players whose payoffs sum to zero. Otherwise nothing is promised:
    it is an auditor, the gap is always printed, and the best iterate by that gap is
    kept, never the last. The default, discounting with the exponents 3/2, 0 and 2 that
    its authors recommend, is nowhere chosen by the game.

    Parameters
    ----------
    rule : "cfr+", "predictive" or "discounted"
    gap : stop when the Nash gap is this small, in units of the payoffs
    is_mean_gap : whether the mean of the players' gains counts, which in a zero-sum
        game is the exploitability, rather than the largest
    max_steps : iterations
    power : the plan of iteration t counts in the average t to this power
    is_finished_exactly : look for an equilibrium with the same actions
    Source: Tammelin (2014), arXiv:1407.5042; Brown and Sandholm (2019), AAAI 33,
    1829-1836; Farina, Kroer and Sandholm (2021), AAAI 35, 5363-5371.
    """

    rule: Rule = "discounted"
    gap: float = 1e-6
    is_mean_gap: bool = False
    max_steps: int = 1_000_000
    power: float = 2.0
    is_finished_exactly: bool = True

    def __post_init__(self) -> None:
        rules = ("cfr+", "predictive", "discounted")
        _require(
            self.rule in rules,
            f"RegretMinimisation: rule is '{self.rule}'; it is one of "
            f"{', '.join(rules)}",
        )
        _require(
            self.gap > 0 and self.max_steps > 0 and self.power >= 0,
            "RegretMinimisation: gap and max_steps must be positive, power at least 0",
        )


@dataclass(frozen=True)
class CorrelatedEquilibrium:
    """Let a mediator tell each player what to do, move by move, as well as can be.

    The extensive-form correlated equilibrium that makes `weights` times payoffs
    largest, by linear programming over all profiles of reduced strategies.

    Parameters
    ----------
    weights : of the players' payoffs; empty for the sum of all
    max_profiles : refuse larger games
    Source: von Stengel and Forges (2008), Mathematics of Operations Research 33(4),
    1002-1022.
    """

    weights: tuple[float, ...] = ()
    max_profiles: int = 20_000


Method = (
    BackwardInduction
    | AllEquilibria
    | LemkeSequenceForm
    | LogitTrace
    | RegretMinimisation
    | CorrelatedEquilibrium
)
METHODS: dict[str, type[Method]] = {
    "backward-induction": BackwardInduction,
    "all-equilibria": AllEquilibria,
    "lemke": LemkeSequenceForm,
    "logit-trace": LogitTrace,
    "regret-minimisation": RegretMinimisation,
    "correlated": CorrelatedEquilibrium,
}
"""Names on the command line."""
