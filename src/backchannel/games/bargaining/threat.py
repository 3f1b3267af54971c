"""L3, a threat, an answer, and fighting or backing down, resolve private to each.

The threatener keeps what it has (0, the target 1) or threatens; the target yields
(1, minus its cost) or resists; the threatener fights (war to each) or backs down (minus
its cost, 1). Every equilibrium is found: the chance of yielding on which the
threatener acts is scanned over the branches of its best reply.

Source: Fearon (1997), Journal of Conflict Resolution 41, 68-90; Schultz (1998), APSR
92, 829-844; Kurizaki (2007), APSR 101, 543-558.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.base.laws import Uniform

Case = Literal["no_bluff", "partial_bluff", "all_threaten"]


@dataclass(frozen=True)
class ThreatGame:
    """Costs at home, and the laws of both sides' worth of war."""

    backing_down: float
    yielding: float
    threatener: Uniform
    target: Uniform

    def prob_fights(self) -> float:
        """Share of threateners that would rather fight than back down."""
        return 1.0 - _below(self.threatener, -self.backing_down)

    def yield_cut(self, prob_genuine: float) -> float:
        """Worth of war below which the target yields, given who threatens."""
        if prob_genuine <= 0.0:
            return -math.inf
        return 1.0 - (1.0 + self.yielding) / prob_genuine

    def prob_yields(self, prob_genuine: float) -> float:
        """Share of targets that yield, given the share of threats that are genuine."""
        return _below(self.target, self.yield_cut(prob_genuine))


def _below(law: Uniform, x: float) -> float:
    return float(law.cdf(np.array(x)))


@dataclass(frozen=True)
class ThreatPlay:
    """One equilibrium.

    `prob_genuine` is the share of threats behind which a side stands that would fight;
    `threat_cut` the worth of war above which a side threatens, None where that does
    not depend on it.
    """

    case: Case
    prob_threat: float
    prob_yields: float
    prob_genuine: float
    yield_cut: float
    threat_cut: float | None
    prob_war: float


def every_threat_play(game: ThreatGame) -> tuple[ThreatPlay, ...]:
    """All equilibria, the one with the fewest bluffs first.

    Parameters
    ----------
    game : costs and laws

    Returns
    -------
    tuple of ThreatPlay, at least one
    """
    indifferent = game.backing_down / (1.0 + game.backing_down)
    genuine = game.prob_fights()
    found = []
    sure = game.prob_yields(1.0)
    if game.backing_down > 0.0 and sure <= indifferent:
        found.append(_only_genuine(game, sure))
    pooled = game.prob_yields(genuine)
    # Between the two branches the yielding chance jumps past the bluffer's
    # indifference; the share of genuine threats then moves until it is met.
    if game.backing_down > 0.0 and pooled <= indifferent < sure:
        found.append(_some_bluff(game, genuine, indifferent))
    if pooled > indifferent or (game.backing_down <= 0.0 and pooled >= indifferent):
        cut = game.yield_cut(genuine)
        war = genuine * (1.0 - pooled)
        found.append(ThreatPlay("all_threaten", 1.0, pooled, genuine, cut, None, war))
    return tuple(found)


def _only_genuine(game: ThreatGame, sure: float) -> ThreatPlay:
    cut = max(-sure / (1.0 - sure) if sure < 1.0 else -math.inf, -game.backing_down)
    threat = 1.0 - _below(game.threatener, cut)
    war = threat * (1.0 - sure)
    return ThreatPlay("no_bluff", threat, sure, 1.0, game.yield_cut(1.0), cut, war)


def _some_bluff(game: ThreatGame, genuine: float, indifferent: float) -> ThreatPlay:
    cut = float(game.target.quantile(np.array(indifferent)))
    share = (1.0 + game.yielding) / (1.0 - cut)
    threat, war = genuine / share, genuine * (1.0 - indifferent)
    return ThreatPlay("partial_bluff", threat, indifferent, share, cut, None, war)


def confirmed_threat_play(game: ThreatGame) -> ThreatPlay:
    """Play where a second voice at home backs a threat exactly if it is genuine.

    Without that voice a threat is known to be a bluff and is resisted, so that only
    those who would fight threaten.
    """
    return _only_genuine(game, game.prob_yields(1.0))


def threat_regret(
    game: ThreatGame,
    play: ThreatPlay,
    n_types: int = 2001,
    *,
    is_confirmed: bool = False,
) -> float:
    """Largest gain of any type of either side from another move, on a grid of types."""
    p, a = play.prob_yields, game.backing_down
    own = np.linspace(game.threatener.low, game.threatener.high, n_types)
    threat = p + (1.0 - p) * np.maximum(own, -a)
    if is_confirmed:
        threat = np.where(own >= -a, threat, -a)
    gain_from_threat = np.maximum(threat, 0.0)
    if play.case == "all_threaten":
        played = threat
    elif play.case == "partial_bluff":
        played = np.where(own >= -a, threat, 0.0)
    else:
        cut = -math.inf if play.threat_cut is None else play.threat_cut
        played = np.where(own >= cut, threat, 0.0)
    worst = float((gain_from_threat - played).max())
    other = np.linspace(game.target.low, game.target.high, n_types)
    s = play.prob_genuine
    resist, yields = s * other + (1.0 - s), -game.yielding
    plays = np.where(other <= play.yield_cut, yields, resist)
    return max(worst, float((np.maximum(resist, yields) - plays).max()))
