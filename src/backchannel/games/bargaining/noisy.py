"""QRE, moves with disturbances: strategic probit and logit, and a threat game.

Source: Signorino (1999), APSR 93, 279-297; Lewis and Schultz (2003), Political
Analysis 11, 345-367; for its several equilibria Jo (2011), PA 19, 340-357.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_ndtr, ndtr

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray

Link = Literal["probit", "logit"]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(160)
_FAR = 9.0
# A normal density that starts at x has fallen to nothing within this over x.
_STEEP = 40.0
_LOG_ROOT = 0.5 * math.log(2.0 * math.pi)
_N_SCAN = 6001
_LEAST = 1e-9


@dataclass(frozen=True)
class NoisyChoiceGame:
    """Status quo, or an offer that the second side takes or answers with war.

    Payoffs of the first side at the three ends, of the second at the last two.
    """

    status_quo: float
    give_in: tuple[float, float]
    war: tuple[float, float]
    link: Link
    kind: Literal["agent", "private"]
    scale: float


@dataclass(frozen=True)
class NoisyChoice:
    """Chances of the three ends."""

    prob_status_quo: float
    prob_give_in: float
    prob_war: float


def choose_noisily(game: NoisyChoiceGame) -> NoisyChoice:
    """Chances of the ends, the last mover's chance first.

    Disturbances are of each choice (`agent`) or of each worth and private (`private`).

    >>> game = NoisyChoiceGame(0, (1, 0), (-0.5, 0.3), "probit", "agent", 1.0)
    >>> round(choose_noisily(game).prob_war, 6)
    0.312401
    """
    fight = _chance(game.war[1] - game.give_in[1], 2.0, game)
    accept = 1.0 - fight
    spread = 2.0 if game.kind == "agent" else 1.0 + accept**2 + fight**2
    gain = accept * game.give_in[0] + fight * game.war[0] - game.status_quo
    act = _chance(gain, spread, game)
    return NoisyChoice(1.0 - act, act * accept, act * fight)


def _chance(gain: float, variance: float, game: NoisyChoiceGame) -> float:
    if game.link == "logit":
        return float(expit(gain / game.scale))
    return float(ndtr(gain / (game.scale * math.sqrt(variance))))


@dataclass(frozen=True)
class NoisyThreatGame:
    """A challenge, its answer, and a fight or a retreat.

    Normal disturbances of war (both sides) and of backing down, all of variance 1.
    """

    status_quo: float
    concession: tuple[float, float]
    war: tuple[float, float]
    backing_down: tuple[float, float]

    def parts(self, resist: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Chance of a challenge, and of fighting given one, where it is resisted so."""
        resist = np.asarray(resist, dtype=float)
        cut = (self.status_quo - (1.0 - resist) * self.concession[0]) / resist
        low_war, low_back = cut - self.war[0], cut - self.backing_down[0]
        # In logarithms of upper tails: a challenge may be rarer than any double.
        log_challenge = np.logaddexp(
            log_ndtr(-low_war), log_ndtr(-low_back) + log_ndtr(low_war)
        )
        start = np.maximum(low_war, -_FAR)
        half = np.minimum(_FAR - np.minimum(start, 0.0), _STEEP / np.maximum(start, 1))
        more = (half / 2)[..., None] * (_NODES + 1.0)
        from_war = self.war[0] + start - self.backing_down[0]
        fights = ndtr(from_war[..., None] + more)
        density = np.exp(-more * start[..., None] - 0.5 * more**2)
        with np.errstate(divide="ignore"):
            log_both = np.log(half / 2 * ((density * fights) @ _WEIGHTS))
        log_both -= 0.5 * start**2 + _LOG_ROOT
        fight = np.exp(np.minimum(log_both - log_challenge, 0.0))
        return np.exp(log_challenge), fight

    def excess(self, resist: FloatArray) -> FloatArray:
        """Chance of resisting less the best reply to it; 0 at an equilibrium."""
        resist = np.asarray(resist, dtype=float)
        _, fight = self.parts(resist)
        gain = self.war[1] - self.backing_down[1]
        wins = self.backing_down[1] - self.concession[1]
        safe = np.maximum(fight, 1e-300)
        with np.errstate(over="ignore", invalid="ignore"):
            reply = ndtr(gain + wins / safe)
        if wins == 0.0:
            reply = np.full_like(resist, ndtr(gain))
        return np.asarray(resist - reply)


@dataclass(frozen=True)
class NoisyThreat:
    """One equilibrium of the threat game, with the chances of its four ends."""

    prob_challenge: float
    prob_resist: float
    prob_fight: float

    @property
    def prob_status_quo(self) -> float:
        """No challenge."""
        return 1.0 - self.prob_challenge

    @property
    def prob_concession(self) -> float:
        """A challenge that is not resisted."""
        return self.prob_challenge * (1.0 - self.prob_resist)

    @property
    def prob_war(self) -> float:
        """A challenge, resisted, and a fight."""
        return self.prob_challenge * self.prob_resist * self.prob_fight

    @property
    def prob_backing_down(self) -> float:
        """A challenge, resisted, and a retreat."""
        return self.prob_challenge * self.prob_resist * (1.0 - self.prob_fight)


def every_noisy_threat(game: NoisyThreatGame) -> tuple[NoisyThreat, ...]:
    """All equilibria, by the chance of resistance, least first.

    The best reply is scanned at 6,001 chances, closer together at both ends, and each
    change of sign is refined. Two equilibria between neighbouring points can be missed.
    There is always one, since the best reply is continuous.
    """
    inner = np.linspace(1e-4, 1.0 - 1e-6, _N_SCAN - 400)
    outer = np.geomspace(_LEAST, 1e-4, 200, endpoint=False)
    scan = np.concatenate([outer, inner, 1.0 - np.geomspace(9e-7, 1e-12, 200)])
    values = game.excess(scan)
    # Beyond the scan a chance is 0 or 1 to every digit of a double.
    ends = [0.0] if values[0] > 0.0 else []
    ends += [1.0] if values[-1] < 0.0 else []
    found = [_at(game, root) for root in ends]
    for i in np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) <= 0):
        root = brentq(
            lambda x: float(game.excess(np.array(x))),
            scan[i],
            scan[i + 1],
            xtol=1e-15,
            rtol=8.9e-16,
        )
        found.append(_at(game, root))
    return tuple(sorted(found, key=lambda play: play.prob_resist))


def noisy_threat_near(
    game: NoisyThreatGame, resist: float, *, reach: float = 0.02
) -> NoisyThreat:
    """Find the equilibrium near a chance of resistance, as where numbers changed a bit.

    Parameters
    ----------
    game : worths
    resist : a guess
    reach : how far from it to look

    Returns
    -------
    NoisyThreat

    Raises
    ------
    ModelError : none is so near, or more than one may be.
    """
    low, high = max(resist - reach, _LEAST), min(resist + reach, 1.0 - 1e-12)
    ends = game.excess(np.array([low, high]))
    if not ends[0] * ends[1] <= 0.0:
        raise ModelError(
            f"behaviour.game: no single equilibrium lies within {reach:g} of a "
            f"resistance of {resist:g}; list them all with every_noisy_threat"
        )
    root = brentq(lambda x: float(game.excess(np.array(x))), low, high, xtol=1e-14)
    return _at(game, float(root))


def _at(game: NoisyThreatGame, resist: float) -> NoisyThreat:
    challenge, fight = game.parts(np.array(max(resist, _LEAST)))
    return NoisyThreat(float(challenge), float(resist), float(fight))


def noisy_threat_gap(
    game: NoisyThreatGame, play: NoisyThreat, n_samples: int = 400_000, seed: int = 1
) -> float:
    """Deviation of the chances from disturbances played out, in standard errors.

    Shares no formula with the solver: disturbances are drawn and both sides choose.
    """
    rng = np.random.default_rng(seed)
    war = self_war = game.war[0] + rng.standard_normal(n_samples)
    back = game.backing_down[0] + rng.standard_normal(n_samples)
    later = np.maximum(self_war, back)
    r = play.prob_resist
    acts = (1.0 - r) * game.concession[0] + r * later > game.status_quo
    fights = acts & (war > back)
    share = acts.mean()
    fight = fights.sum() / max(acts.sum(), 1)
    own = game.war[1] + rng.standard_normal(n_samples)
    worth = play.prob_fight * own + (1.0 - play.prob_fight) * game.backing_down[1]
    resists = (worth > game.concession[1]).mean()
    gaps = [
        _errors(share, play.prob_challenge, n_samples),
        _errors(float(fight), play.prob_fight, max(int(acts.sum()), 1)),
        _errors(float(resists), r, n_samples),
    ]
    return max(gaps)


def _errors(seen: float, said: float, n: int) -> float:
    spread = math.sqrt(max(said * (1.0 - said), 1.0 / n) / n)
    return abs(seen - said) / spread
