"""L0, offers under complete information: backward induction, or its fixed point.

A hazard h a round acts as a discount factor 1 - h with war as the disagreement point,
so one recursion holds impatience, escalation and votes at home.

Source: Rubinstein (1982), Econometrica 50, 97-109; Binmore, Rubinstein and Wolinsky
(1986), RAND Journal of Economics 17, 176-188.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from backchannel.base.errors import ModelError
from backchannel.games.bargaining.offer_terms import (
    FIRST,
    SECOND,
    Home,
    OfferTerms,
    Pair,
    Rates,
)
from backchannel.games.bargaining.scope import Curve
from backchannel.games.bargaining.shares import least_share

_SLACK = 1e-12
_TIE = 1e-14
# Offers this often, in units of the fastest rate: close enough to the limit that two
# such periods extrapolate to it, far enough that rounding stays below 1e-9.
_SHORT = 1e-5
_VOTE_GRID = 2001
# Offers tried by the audit, over all rounds, and in each at least.
_N_TRIED = 8_000
_LEAST_TRIED = 51


@dataclass(frozen=True)
class Round:
    """One offer: what it gives the first party, whether it is taken, what follows.

    `share` is that of the first party, `prob_passes` the chance of the votes at home,
    `values` the worth of the round to each.
    """

    share: float
    is_taken: bool
    prob_passes: float
    values: Pair
    is_bound_by_vote: bool


def play_round(terms: OfferTerms, proposer: int, later: Pair) -> Round:
    """Best offer of one side, given what each expects of the next round.

    Parameters
    ----------
    terms : the game in numbers
    proposer : 0 for the first party, 1 for the second
    later : worth of the next round to each

    Returns
    -------
    Round
    """
    wait = _waiting(terms, later)
    responder = 1 - proposer
    home = terms.homes[responder]
    if home is not None and not home.is_certain:
        return _offer_to_voters(terms, proposer, wait, home)
    ask = least_share(terms.utility[responder], wait[responder])
    given = max(ask, terms.floor(responder))
    kept = 1.0 - given
    gain = terms.utility[proposer](kept) if kept >= 0.0 else -np.inf
    is_taken = gain >= wait[proposer] - _SLACK and (
        kept >= terms.floor(proposer) - _SLACK
    )
    share = kept if proposer == FIRST else given
    if not is_taken:
        return Round(share, False, 0.0, wait, False)
    values = _ordered(proposer, gain, terms.utility[responder](given))
    return Round(share, True, 1.0, values, terms.floor(responder) > ask + _TIE)


def _waiting(terms: OfferTerms, later: Pair) -> Pair:
    """Worth to each of letting the round pass without agreement."""
    first, second = (
        lose * war + keep * value
        for lose, war, keep, value in zip(
            terms.lose, terms.war, terms.keep, later, strict=True
        )
    )
    return first, second


def _ordered(proposer: int, own: float, other: float) -> Pair:
    return (own, other) if proposer == FIRST else (other, own)


def _offer_to_voters(terms: OfferTerms, proposer: int, wait: Pair, home: Home) -> Round:
    """Weigh a larger share for the other side against the chance that it passes."""
    responder = 1 - proposer
    ask = least_share(terms.utility[responder], wait[responder])
    low = max(home.low, ask)
    high = max(min(home.high, 1.0), low)

    def worth(given: float) -> float:
        passes = home.prob_passes(given)
        kept = terms.utility[proposer](max(1.0 - given, 0.0))
        return passes * kept + (1.0 - passes) * home.failure

    given = best_point(worth, low, high)
    passes = home.prob_passes(given)
    other = terms.utility[responder](given)
    values = _ordered(
        proposer, worth(given), passes * other + (1.0 - passes) * wait[responder]
    )
    share = 1.0 - given if proposer == FIRST else given
    return Round(share, True, passes, values, given > ask + _SLACK)


def best_point(worth: Curve, low: float, high: float) -> float:
    """Point of [low, high] with the largest worth; the lowest of equal ones."""
    points = np.linspace(low, high, _VOTE_GRID)
    values = np.array([worth(float(point)) for point in points])
    best = int(np.argmax(values > values.max() - 1e-15))
    left, right = points[max(best - 1, 0)], points[min(best + 1, len(points) - 1)]
    if left == right:
        return float(low)
    found = minimize_scalar(
        lambda x: -worth(x),
        bounds=(left, right),
        method="bounded",
        options={"xatol": 1e-12},
    )
    is_better = -found.fun > values[best] + 1e-15
    if not is_better:
        return float(points[best])
    return _polished(worth, float(found.x), float(left), float(right))


def _polished(worth: Curve, top: float, low: float, high: float) -> float:
    """One step of Newton at a smooth top: worths alone tell its place to 1e-8."""
    wide, narrow = (high - low) / 4.0, (high - low) / 100.0
    if not low + wide < top < high - wide:
        return top
    bend = (worth(top + wide) - 2.0 * worth(top) + worth(top - wide)) / wide**2
    slope = (worth(top + narrow) - worth(top - narrow)) / (2.0 * narrow)
    if bend >= 0.0:
        return top
    moved = top - slope / bend
    return moved if worth(moved) >= worth(top) - 1e-14 else top


@dataclass(frozen=True)
class OfferPath:
    """Offers from the first round on: when each side proposes, and what is agreed.

    `by` holds the round of each side's first offer, None where it makes none; `rounds`
    all of them, or the two that repeat; `asks` are the least shares worth war to each.
    """

    by: tuple[Round | None, Round | None]
    rounds: tuple[Round, ...]
    asks: Pair

    @property
    def opening(self) -> Round:
        """The first offer."""
        return self.rounds[0]


def _mover(terms: OfferTerms, index: int) -> int:
    if terms.proposer == "alternating":
        return index % 2
    return FIRST if terms.proposer == "first" else SECOND


def induce(terms: OfferTerms, hazard_at: Curve | None = None) -> OfferPath:
    """Backward induction over a given number of rounds; war follows the last.

    Parameters
    ----------
    terms : the game in numbers, `rounds` given
    hazard_at : chance of war after the refusal in a round, where it changes

    Returns
    -------
    OfferPath : the offers of the first round, and of the second

    Raises
    ------
    ModelError : `rounds` is not given.
    """
    if terms.rounds is None:
        raise ModelError("behaviour.game.rounds: is null; induction needs a number")
    later = terms.war
    recent: list[Round | None] = [None, None]
    rounds = []
    for index in range(terms.rounds - 1, -1, -1):
        now = terms if hazard_at is None else _at_hazard(terms, hazard_at(index))
        is_last = index == terms.rounds - 1
        now = replace(now, keep=(0.0, 0.0), lose=(1.0, 1.0)) if is_last else now
        mover = _mover(terms, index)
        found = play_round(now, mover, later)
        recent[mover] = found
        rounds.append(found)
        later = found.values
    return OfferPath((recent[0], recent[1]), tuple(reversed(rounds)), war_asks(terms))


def _at_hazard(terms: OfferTerms, hazard: float) -> OfferTerms:
    patience = [
        keep / (1.0 - lose) if lose < 1.0 else 1.0
        for keep, lose in zip(terms.keep, terms.lose, strict=True)
    ]
    keep = ((1.0 - hazard) * patience[0], (1.0 - hazard) * patience[1])
    return replace(terms, keep=keep, lose=(hazard, hazard))


def war_asks(terms: OfferTerms) -> Pair:
    """Least share worth war to each: the ends of the bargaining range."""
    first, second = (
        least_share(utility, war)
        for utility, war in zip(terms.utility, terms.war, strict=True)
    )
    return first, second


def settle_without_end(terms: OfferTerms) -> OfferPath:
    """Offers without a last round: the fixed point of two rounds.

    Raises
    ------
    ModelError : nothing makes waiting costly to either side.
    """
    if min(terms.keep) >= 1.0:
        raise ModelError(
            "behaviour.game: neither a hazard nor a discount makes waiting costly; "
            "give one of them, or a number of rounds"
        )
    floor = terms.disagreement
    low = max(least_share(terms.utility[FIRST], floor[FIRST]), terms.floor(FIRST))
    high = 1.0 - max(
        least_share(terms.utility[SECOND], floor[SECOND]), terms.floor(SECOND)
    )
    if low > high + _SLACK:
        refused = Round(low, False, 0.0, floor, False)
        return OfferPath((refused, refused), (refused,), war_asks(terms))
    repeat = _again(terms)
    share = _fixed_point(lambda x: repeat(x)[0].share, low, high)
    opening, answer = repeat(share)
    if terms.proposer == "alternating":
        return OfferPath((opening, answer), (opening, answer), war_asks(terms))
    by = (opening, None) if terms.proposer == "first" else (None, opening)
    return OfferPath(by, (opening,), war_asks(terms))


def _again(terms: OfferTerms) -> Callable[[float], tuple[Round, Round]]:
    """The offer two rounds earlier, given the share agreed on in a later one."""
    mover = SECOND if terms.proposer == "second" else FIRST
    answering = SECOND if terms.proposer == "alternating" else mover

    def repeat(share: float) -> tuple[Round, Round]:
        later = (terms.utility[FIRST](share), terms.utility[SECOND](1.0 - share))
        answer = play_round(terms, answering, later)
        return play_round(terms, mover, answer.values), answer

    return repeat


def _fixed_point(step: Curve, low: float, high: float) -> float:
    """Where a rising contraction of [low, high] meets the diagonal."""
    if step(low) <= low:
        return low
    if step(high) >= high:
        return high
    return float(
        brentq(lambda x: step(x) - x, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500)
    )


def limit_share(terms: OfferTerms, rates: Rates) -> tuple[float, float]:
    """Share of the first party as offers come ever faster, and its error.

    Two short periods extrapolate to the limit, in which it no longer matters who
    proposes; the error is what the extrapolation moved.
    """
    found = []
    for period in (_SHORT / rates.fastest, _SHORT / 2 / rates.fastest):
        path = settle_without_end(terms.with_rates(rates, period))
        if not path.opening.is_taken:
            return path.opening.share, 0.0
        sides = [one.share for one in path.by if one is not None]
        found.append(sum(sides) / len(sides))
    coarse, fine = found
    return 2.0 * fine - coarse, abs(fine - coarse)


def best_public_demand(terms: OfferTerms, rates: Rates, slope: float) -> Pair:
    """Demand that the first party makes in public, and the share it then gets.

    Settling below the demand costs it `slope` a unit. The demand is the largest that
    is still met: a larger one is dropped in part, and the cost is borne in vain.

    Source: in the spirit of Leventoglu and Tarar (2005), APSR 99, 419-433.
    """
    own, other = terms.utility

    def excess(demand: float) -> float:
        """Share agreed on if every unit short of the demand costs, less the demand."""

        def bound(share: float) -> float:
            return own(share) - slope * (demand - share)

        bound_terms = replace(terms, utility=(bound, other))
        return limit_share(bound_terms, rates)[0] - demand

    free, _ = limit_share(terms, rates)
    most = 1.0 - war_asks(terms)[1]
    # Without a surplus, or a cost, no demand wins more than bargaining alone.
    if slope == 0.0 or excess(free) <= 0.0 or excess(most) >= 0.0:
        return free, free
    met = float(brentq(excess, free, most, xtol=1e-14))
    return met, met


def offer_regret(
    terms: OfferTerms, path: OfferPath, hazard_at: Curve | None = None
) -> float:
    """Largest gain of a proposer from another offer in one round, on a grid of shares.

    Shares no step with the solver: every offer is put to the other side's continuation.
    """
    worst = 0.0
    shares = np.linspace(0.0, 1.0, max(_N_TRIED // len(path.rounds), _LEAST_TRIED))
    for index, played in enumerate(path.rounds):
        mover = _mover(terms, index)
        now = terms if hazard_at is None else _at_hazard(terms, hazard_at(index))
        wait = _wait_after(now, path, index)
        for share in shares:
            parts = (float(share), 1.0 - float(share))
            worst = max(
                worst, _tried_gain(terms, mover, parts, wait) - played.values[mover]
            )
    return worst


def _wait_after(terms: OfferTerms, path: OfferPath, index: int) -> Pair:
    if terms.rounds is not None and index == terms.rounds - 1:
        return terms.war
    later = path.rounds[(index + 1) % len(path.rounds)].values
    return _waiting(terms, later)


def _tried_gain(terms: OfferTerms, mover: int, parts: Pair, wait: Pair) -> float:
    other = 1 - mover
    if terms.utility[other](parts[other]) < wait[other] - _SLACK:
        return wait[mover]
    if parts[mover] < terms.floor(mover) - _SLACK:
        return wait[mover]
    home = terms.homes[other]
    passes = 1.0 if home is None else home.prob_passes(parts[other])
    failure = wait[mover] if home is None or home.is_certain else home.failure
    own = terms.utility[mover](parts[mover])
    return passes * own + (1.0 - passes) * failure
