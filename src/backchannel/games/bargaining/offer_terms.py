"""The numbers of an offer game: what a round of waiting costs each side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from backchannel.base.errors import ModelError
from backchannel.crisis.behaviour import Offers, Votes
from backchannel.games.bargaining.scope import Curve, Scope

Pair = tuple[float, float]
FIRST, SECOND = 0, 1


@dataclass(frozen=True)
class Home:
    """A vote at home: passes at `low` never, at `high` always, between in proportion.

    `failure` is what the other side has when it fails.
    """

    low: float
    high: float
    failure: float

    @property
    def is_certain(self) -> bool:
        """Whether everybody knows the share that passes."""
        return self.low == self.high

    def prob_passes(self, share: float) -> float:
        """Chance that a share passes."""
        if self.is_certain:
            return 1.0 if share >= self.low else 0.0
        return min(max((share - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True)
class OfferTerms:
    """One offer game in numbers; pairs are in order of the parties.

    Waiting one round brings war with weight `lose` and the next round with weight
    `keep`, both discounted.
    """

    utility: tuple[Curve, Curve]
    war: Pair
    keep: Pair
    lose: Pair
    homes: tuple[Home | None, Home | None]
    proposer: str
    rounds: int | None

    @property
    def disagreement(self) -> Pair:
        """Worth to each of never agreeing."""
        first, second = (
            lose * war / (1.0 - keep) if keep < 1.0 else 0.0
            for lose, war, keep in zip(self.lose, self.war, self.keep, strict=True)
        )
        return first, second

    def floor(self, party: int) -> float:
        """Share below which a vote at home surely fails."""
        home = self.homes[party]
        return 0.0 if home is None else home.low

    def with_rates(self, rates: Rates, period: float) -> OfferTerms:
        """The same game with offers every so often instead."""
        keep, lose = rates.weights(period)
        return replace(self, keep=keep, lose=lose)


@dataclass(frozen=True)
class Rates:
    """Impatience of each side and rate of war, per unit of time."""

    discount: Pair
    hazard: float

    def weights(self, period: float) -> tuple[Pair, Pair]:
        """Weight of the next round, and of war before it, discounted to now."""
        totals = [rate + self.hazard for rate in self.discount]
        keep = [math.exp(-total * period) for total in totals]
        lose = [
            self.hazard / total * -math.expm1(-total * period) if total else 0.0
            for total in totals
        ]
        return (keep[0], keep[1]), (lose[0], lose[1])

    @property
    def fastest(self) -> float:
        """The largest rate."""
        return max(self.discount) + self.hazard


def read_terms(game: Offers, scope: Scope) -> OfferTerms:
    """Work out an offer game with a fixed length of the round.

    Raises
    ------
    ModelError : a discount is not in [0, 1], or another number out of range.
    """
    hazard = scope.chance("hazard", game.hazard, round=0)
    discount = scope.pair("discount", game.discount, 1.0)
    for party, weight in zip(scope.parties, discount, strict=False):
        if not 0.0 <= weight <= 1.0:
            raise ModelError(
                f"behaviour.game.discount.{party}: is {weight:g}; must lie in [0, 1]"
            )
    keep = ((1.0 - hazard) * discount[0], (1.0 - hazard) * discount[1])
    return OfferTerms(
        utility=scope.curves("utility", game.utility, "share", lambda share: share),
        war=scope.pair("war", game.war, 0.0),
        keep=keep,
        lose=(hazard, hazard),
        homes=_homes(game, scope),
        proposer=game.proposer,
        rounds=scope.count("rounds", game.rounds),
    )


def read_rates(game: Offers, scope: Scope) -> Rates | None:
    """Rates where offers come ever faster; None where a round has a length."""
    if scope.value("hazard_rate", game.hazard_rate) is None:
        return None
    return Rates(
        scope.pair("discount_rate", game.discount_rate, 0.0),
        scope.number("hazard_rate", game.hazard_rate),
    )


def implied_rates(terms: OfferTerms) -> Rates | None:
    """Rates that give the same game at rounds of one unit; None without friction."""
    hazard = terms.lose[0]
    if hazard >= 1.0:
        return Rates((0.0, 0.0), 1.0)  # next to certain war impatience is nothing
    if min(terms.keep) <= 0.0:
        return None
    rate = -math.log1p(-hazard)
    discount = [max(-math.log(keep) - rate, 0.0) for keep in terms.keep]
    rates = Rates((discount[0], discount[1]), rate)
    return rates if rates.fastest > 0 else None


def _homes(game: Offers, scope: Scope) -> tuple[Home | None, Home | None]:
    first, second = (
        _home(party, game.ratification[party], scope)
        if party in game.ratification
        else None
        for party in scope.parties[:2]
    )
    return first, second


def _home(party: str, votes: Votes, scope: Scope) -> Home | None:
    place = f"ratification.{party}"
    failure = scope.number(f"{place}.failure", votes.failure)
    if votes.between is not None:
        low = scope.number(f"{place}.between.low", votes.between.low)
        high = scope.number(f"{place}.between.high", votes.between.high)
        if low > high:
            raise ModelError(
                f"behaviour.game.{place}.between: low {low:g} is above high {high:g}; "
                "give them in ascending order"
            )
        return Home(low, high, failure)
    least = scope.value(f"{place}.least", votes.least)
    return None if least is None else Home(float(least), float(least), failure)
