"""One crisis and one plan of draws: every engine asked once, all in one record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.channels import Offer
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.crisis.sensitivity import MIN_DRAWS, Sensitivity, rank_numbers
from backchannel.crisis.stakes import (
    PackageStakes,
    likely_senders,
    offers_by_nearness,
    opening_offer,
)
from backchannel.crisis.walk import walk
from backchannel.crisis.worth import no_deal_worth
from backchannel.escalation.result import EscalationResult
from backchannel.escalation.simulate import simulate_escalation
from backchannel.games.bargaining.package_offers import (
    OfferBehaviour,
    foresee_offer,
)
from backchannel.games.bargaining.package_rounds import MAX_ROUNDS
from backchannel.settlement.channels import (
    ChannelPlan,
    pairs_of_channels,
    plan_channels,
)
from backchannel.settlement.find import find_settlements
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.nominal import nominal_game
from backchannel.settlement.offer_plan import OfferPlan, plan_offers
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.stream import StreamedSettlements, stream_settlements
from backchannel.settlement.timetable import Timetable, plan_timetable
from backchannel.settlement.two_level import TwoLevel
from backchannel.stability.analyse import analyse_stability
from backchannel.stability.around import is_movable
from backchannel.stability.holding import CrisisStability

Progress = Callable[[str], None]
# A share of so many draws is within 2.5 points, and the packages named first say most.
_DRAWS_JUDGED, _PACKAGES_JUDGED = 400, 4


@dataclass(frozen=True)
class Study:
    """What the engines say about one crisis, from one set of draws.

    `escalation` is None where the file has no escalation section. `timetables` hold
    the best package and the historical one, where there is one. `behaviour` is None
    where there are no packages, or too many to keep each of their draws.
    `offers` is what to offer in turn, None where no channel leads from one party to
    another and back. `stability` is over the first 400 draws; None where nobody with
    values can change anything by itself, or there are too many states.
    """

    crisis: Crisis
    draws: Draws
    escalation: EscalationResult | None
    settlements: Settlements
    channels: ChannelPlan
    offers: OfferPlan | None
    behaviour: OfferBehaviour | None
    stability: CrisisStability | None
    timetables: dict[str, Timetable]
    sensitivity: Sensitivity | None

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return self.draws.seed

    @property
    def n_draws(self) -> int:
        """How many joint samples."""
        return self.draws.n_draws

    def __str__(self) -> str:
        parts = [self.escalation, self.settlements, self.channels]
        return "\n\n".join(str(part) for part in parts if part is not None)


def run_study(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    hours: tuple[float, ...] | None = None,
    progress: Progress | None = None,
) -> Study:
    """Ask every engine about one crisis.

    Parameters
    ----------
    crisis : a loaded crisis
    n_draws : joint samples of the uncertain numbers
    seed : the only source of randomness; same seed, same answers
    hours : times at which to report the risk, hours from `now`; chosen where None
    progress : called with the name of each stage as it begins

    Returns
    -------
    Study : all answers, each with its status, method, seed and certificate

    Raises
    ------
    ModelError : the crisis is too large for the exact engines, or has no way to war.
    MethodError : n_draws, seed or hours out of range.
    """
    progress = progress or _silent
    progress("drawing the uncertain numbers")
    draws = draw_numbers(crisis, n_draws, seed)
    escalation = None
    if crisis.escalation is not None:
        progress("following the escalation")
        escalation = simulate_escalation(
            crisis, draws=draws, hours=hours, progress=progress
        )
        risk = escalation.risk
    else:
        risk = RiskCurve.without_risk(crisis, n_draws)
    progress("weighing every package")
    settlements = find_settlements(crisis, draws=draws, risk=risk)
    progress("planning channels and dates")
    channels = plan_channels(crisis, draws=draws, risk=risk, settlements=settlements)
    sender = _sender(crisis, channels)
    offers = None
    if sender is not None and settlements.n_packages:
        offers = plan_offers(
            crisis, sender=sender, draws=draws, risk=risk, settlements=settlements
        )
    progress("foreseeing the offer and its answer")
    stakes = stakes_of(crisis, settlements, channels, risk, draws)
    behaviour = None if stakes is None else foresee_offer(stakes)
    timetables = {
        role: plan_timetable(crisis, settlements.packages.terms(row), draws=draws)
        for role, row in _rows_to_plan(settlements).items()
    }
    progress("asking what would hold")
    stability = hold_outcomes(
        crisis,
        draws.first(_DRAWS_JUDGED),
        risk.first(_DRAWS_JUDGED),
        settlements,
        most=_PACKAGES_JUDGED,
    )
    progress("ranking the uncertain numbers")
    answers = _answers(escalation, settlements)
    sensitivity = rank_numbers(draws, answers) if n_draws >= MIN_DRAWS else None
    return Study(
        crisis,
        draws,
        escalation,
        settlements,
        channels,
        offers,
        behaviour,
        stability,
        timetables,
        sensitivity,
    )


def stakes_of(
    crisis: Crisis,
    settlements: Settlements,
    channels: ChannelPlan,
    risk: RiskCurve,
    draws: Draws,
) -> PackageStakes | None:
    """Put together what an offer game needs of the engines.

    Parameters
    ----------
    crisis, settlements, channels, risk, draws : as in `run_study`

    Returns
    -------
    PackageStakes, or None where no package or no draws of them are kept
    """
    gains, settled = settlements.gains_by_draw, settlements.settled_by_draw
    if gains is None or settled is None or settlements.n_packages == 0:
        return None
    offer = opening_offer(crisis)
    parties = settlements.parties
    proposer = parties[0] if offer is None else offer.proposed_by
    proposer = proposer if proposer in parties else parties[0]
    others = tuple(party for party in parties if party != proposer)
    own = gains[parties.index(proposer)]
    least = np.min([gains[parties.index(party)] for party in others], axis=0)
    accepted = (gains >= 0.0).all(axis=0)
    hours, channel = _until_the_answer(crisis, channels, draws, proposer)
    rounds = np.arange(1, MAX_ROUNDS + 1)
    by_round = risk.at(hours[:, None] * rounds).T
    worth = [no_deal_worth(crisis, p, draws, risk.prob_war[:, -1]) for p in parties]
    rest = np.mean([worth[parties.index(party)] for party in others], axis=0)
    package = None if offer is None else _row_of(settlements, offer)
    return PackageStakes(
        proposer=proposer,
        responders=others,
        channel=channel,
        proposer_gain=own,
        responder_gain=least,
        settled=np.where(accepted, settled, 0.0),
        prob_war=risk.prob_war[:, -1],
        prob_war_meanwhile=by_round[0],
        opening=package,
        is_private=_has_private_number(crisis, others),
        seed=settlements.seed,
        crisis_digest=crisis.digest,
        no_deal=np.array([worth[parties.index(proposer)], rest]),
        prob_war_by_round=by_round,
    )


def _until_the_answer(
    crisis: Crisis, channels: ChannelPlan, draws: Draws, sender: str
) -> tuple[FloatArray, str]:
    """Hours until the answer is in, draw by draw, and the channel of the offer."""
    behaviour, offer = crisis.behaviour, opening_offer(crisis)
    named = "" if offer is None or offer.channel is None else offer.channel
    if behaviour is not None and behaviour.round_time is not None:
        return draws[behaviour.round_time], named
    trips = [t for t in channels.round_trips if t.sender == sender and t.is_available]
    own = [t for t in trips if t.offer == named] or trips
    if not own:
        return np.zeros(draws.n_draws), named
    trip = min(own, key=lambda t: float(np.median(t.hours)))
    return trip.hours, trip.offer


def _row_of(settlements: Settlements, offer: Offer) -> int | None:
    try:
        return settlements.packages.row_of(offer.package)
    except ModelError:
        return None


def _has_private_number(crisis: Crisis, parties: tuple[str, ...]) -> bool:
    """Whether a number that only one of the parties knows bears on what it accepts."""
    return any(
        number.is_private and crisis.party_of(path.split(".")[1]) in parties
        for path, number in walk(crisis.values, "values")
        if isinstance(number, Uncertain)
    )


def hold_outcomes(
    crisis: Crisis,
    draws: Draws,
    risk: RiskCurve,
    settlements: Settlements,
    *,
    most: int | None = None,
) -> CrisisStability | None:
    """Ask which of the packages worth speaking of would hold, and the status quo.

    Parameters
    ----------
    crisis, draws, risk, settlements : as in `run_study`
    most : at most so many packages; all where nothing is said

    Returns
    -------
    CrisisStability, or None where nobody can move by itself or too much can be moved
    """
    if not is_movable(crisis):
        return None
    rows = rows_worth_naming(crisis, settlements)[:most]
    terms = [settlements.packages.terms(row) for row in rows]
    return analyse_stability(crisis, draws=draws, risk=risk, outcomes=terms)


def rows_worth_naming(crisis: Crisis, settlements: Settlements) -> list[int]:
    """The best package, that of history, the solutions and the offers, each once."""
    if settlements.n_packages == 0:
        return []
    rows = [settlements.best, settlements.historical]
    rows += [
        settlements.best if settlements.best in s.packages else s.package
        for s in settlements.solutions
    ]
    rows += [
        _row_of(settlements, offer) for offer in offers_by_nearness(crisis).values()
    ]
    return list(dict.fromkeys(row for row in rows if row is not None))


def hold_crisis(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    progress: Progress | None = None,
) -> tuple[CrisisStability | None, Settlements]:
    """Ask only what would hold: the packages worth speaking of, in every draw.

    Parameters and errors as `run_study`.
    """
    progress = progress or _silent
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress)
    progress("weighing every package")
    settlements = find_settlements(crisis, draws=draws, risk=risk)
    progress("asking what would hold")
    return hold_outcomes(crisis, draws, risk, settlements), settlements


def settle_crisis(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    method: Exhaustive | None = None,
    progress: Progress | None = None,
) -> Settlements:
    """Ask only for the settlements of a crisis, the risk of war with them.

    Parameters and errors as `run_study`; `method` as `find_settlements` takes it.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    (progress or _silent)("weighing every package")
    return find_settlements(
        crisis, draws=draws, risk=risk, method=method or Exhaustive()
    )


def settle_sides(
    crisis: Crisis,
    *,
    parties: Collection[str] = (),
    n_draws: int = 2000,
    seed: int = 1,
) -> tuple[Settlements, dict[str, OfferPlan]]:
    """Ask for the settlements, and for what each of some parties should offer.

    Parameters
    ----------
    crisis, n_draws, seed : as in `run_study`
    parties : who plans its offers; where none is named, whoever is to offer now

    Returns
    -------
    settlements, and plans by party; a party that no channel leads from has none

    Raises
    ------
    ModelError : no such party, or as `run_study`.
    MethodError : n_draws or seed out of range.
    """
    for party in parties:
        if party not in crisis.parties:
            right = did_you_mean(party, crisis.parties, "party")
            raise ModelError(f"--party: no party '{party}'; {right}")
    draws, risk = _draws_and_risk(crisis, n_draws, seed, _silent)
    found = find_settlements(crisis, draws=draws, risk=risk)
    able = {names[0] for names in pairs_of_channels(crisis)}
    senders = {crisis.channels[name].sender for name in able}
    asked = parties or list(likely_senders(crisis, senders))[:1]
    plans = {
        party: plan_offers(
            crisis, sender=party, draws=draws, risk=risk, settlements=found
        )
        for party in asked
        if party in senders and found.n_packages
    }
    return found, plans


def stream_crisis(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    progress: Progress | None = None,
) -> StreamedSettlements:
    """Ask for the settlements of a crisis with more packages than memory holds.

    Parameters and errors as `run_study`; see `stream_settlements`.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    return stream_settlements(crisis, draws=draws, risk=risk, progress=progress)


def settle_nominally(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    may_leak: bool = False,
    progress: Progress | None = None,
) -> TwoLevel:
    """Write a crisis as a game on two levels, at the medians of its draws.

    Parameters and errors as `run_study`; see `nominal_game` for `may_leak` and what is
    left out.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    horizon = np.full(n_draws, crisis.horizon.median())
    prob_war = float(np.median(risk.at(horizon)))
    return nominal_game(crisis, draws=draws, prob_war=prob_war, may_leak=may_leak)


def _draws_and_risk(
    crisis: Crisis, n_draws: int, seed: int, progress: Progress
) -> tuple[Draws, RiskCurve]:
    progress("drawing the uncertain numbers")
    draws = draw_numbers(crisis, n_draws, seed)
    if crisis.escalation is None:
        return draws, RiskCurve.without_risk(crisis, n_draws)
    progress("following the escalation")
    return draws, simulate_escalation(crisis, draws=draws, progress=progress).risk


def _sender(crisis: Crisis, channels: ChannelPlan) -> str | None:
    """Whoever is to offer now and has a channel to do it by."""
    able = {trip.sender for trip in channels.round_trips}
    return next(iter(likely_senders(crisis, able)), None)


def _silent(_stage: str) -> None:
    """Report progress to nobody."""


def _rows_to_plan(settlements: Settlements) -> dict[str, int]:
    """The best package, and the historical one where there is one."""
    if settlements.n_packages == 0:
        return {}
    rows = {"best": settlements.best}
    if settlements.historical is not None:
        rows["historical"] = settlements.historical
    return rows


def _answers(
    escalation: EscalationResult | None, settlements: Settlements
) -> dict[str, FloatArray]:
    """What the numbers are ranked by, (n_draws,) each."""
    answers = {}
    if escalation is not None:
        answers["prob_war"] = escalation.risk.prob_war[:, -1]
    if settlements.n_packages:
        answers["prob_settled"] = settlements.prob_settled_of(settlements.best)
    return answers
