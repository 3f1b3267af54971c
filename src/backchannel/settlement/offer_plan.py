"""Which offer to make now, over which channel, and which one after a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import MethodError, ModelError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.crisis.worth import WAR, no_deal_worth
from backchannel.settlement.channels import pairs_of_channels
from backchannel.settlement.method import TOLERANCE, BoolArray
from backchannel.settlement.round_trips import Journey, Package, plan_journey
from backchannel.settlement.settlements import Settlements

_BOUND = 1e-9
_N_CERTIFIED = 100
"""Draws that a fresh plan is followed in again; `check` follows it in all."""


@dataclass(frozen=True)
class BackwardInduction:
    """Follow every sequence of offers to its end and keep the best at each step.

    At most `n_offers` in turn, each one of the `n_candidates` packages that are settled
    most often, over any exchange that exists. Acceptance ends the talks; after a
    refusal the sender knows that it is not in a draw in which the package is accepted.
    Sequences that cannot be better are left out: no offer brings more later than now,
    docs/settlement.md.

    Source: Bellman (1957), Dynamic Programming; the state is what has been refused and
    the hour, draw by draw.
    """

    n_offers: int = 2
    n_candidates: int = 8

    def __post_init__(self) -> None:
        for name, most in (("n_offers", 4), ("n_candidates", 64)):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise MethodError(
                    f"BackwardInduction.{name}: is {value}; must be from 1 to {most}"
                )


@dataclass(frozen=True)
class OfferStep:
    """One offer of a plan, made where all before it were refused.

    `row` is the package; `prob_reached` the share of draws in which it comes to this
    offer, `prob_accepted` that in which it is accepted, `prob_war` the mean chance of
    war by its answer.
    """

    row: int
    label: str
    offer: str
    reply: str
    prob_reached: float
    prob_accepted: float
    prob_war: float


@dataclass(frozen=True)
class SingleOffer:
    """The best offer to make now over one channel, and the best way to be answered.

    `row` is the package; `prob_accepted` the share of draws in which it is accepted,
    `prob_war` the mean chance of war by its answer, `gain` its mean value to the
    sender over silence.
    """

    row: int
    label: str
    offer: str
    reply: str
    prob_accepted: float
    prob_war: float
    gain: float


@dataclass(frozen=True, eq=False)
class OfferPlan:
    """The best sequence of offers, and what it is worth to the sender.

    `steps` in turn, none where silence is best; `singles` are the best offers now, one
    for each channel that exists. `value` (n_draws,) to the sender, `value_of_silence`
    (n_draws,) without an offer; `value_of_first` is the mean value of the best plan of
    a single offer. `n_seen` counts the sequences followed; no other is better.
    """

    sender: str
    steps: tuple[OfferStep, ...]
    singles: tuple[SingleOffer, ...]
    value: FloatArray
    value_of_silence: FloatArray
    value_of_first: float
    n_seen: int
    status: Status
    method: BackwardInduction
    seed: int
    crisis_digest: str
    certificate: Certificate

    @property
    def gain(self) -> float:
        """Mean value over silence."""
        return float((self.value - self.value_of_silence).mean())

    @property
    def n_draws(self) -> int:
        """How many joint samples."""
        return len(self.value)

    def check(
        self,
        crisis: Crisis,
        *,
        draws: Draws,
        risk: RiskCurve,
        settlements: Settlements,
    ) -> Certificate:
        """Follow the plan again, draw by draw, in plain loops.

        Raises
        ------
        ModelError : it is not the crisis this was computed from.
        """
        if crisis.digest != self.crisis_digest:
            raise ModelError(
                "check: this plan was computed from another version of the crisis; "
                "load the file it came from"
            )
        talks = _Talks(crisis, self.sender, draws, risk, settlements)
        return _certify(self, talks, draws.n_draws)

    def __str__(self) -> str:
        silence, value = self.value_of_silence.mean(), self.value.mean()
        lines = [f"{self.sender}  worth {value:.4g}, silence {silence:.4g}"]
        for number, step in enumerate(self.steps[:3], start=1):
            lines.append(
                f"offer {number}   {step.label}, by {step.offer}: accepted in "
                f"{100 * step.prob_accepted:.3g} % of draws"
            )
        if not self.steps:
            lines.append("offer     none: silence is worth more")
        return "\n".join([*lines, f"{self.status}: {self.certificate}"])


def plan_offers(
    crisis: Crisis,
    *,
    sender: str,
    draws: Draws,
    risk: RiskCurve,
    settlements: Settlements,
    method: BackwardInduction | None = None,
) -> OfferPlan:
    """Find the best offer to make now and what to offer after a refusal.

    Parameters
    ----------
    crisis : a loaded crisis
    sender : the party that makes the offers
    draws, risk, settlements : that belong together, as for `plan_channels`
    method : how many offers, from how many packages

    Returns
    -------
    OfferPlan : best for the given draws among the sequences followed

    Raises
    ------
    ModelError : `sender` is no party.
    MethodError : draws, risk and settlements do not belong together.

    Notes: the risk that runs during each round trip is charged, docs/settlement.md. As
    there, the acceptance of parties that the channels do not join is taken as given.
    """
    if sender not in crisis.parties:
        right = did_you_mean(sender, crisis.parties, "party")
        raise ModelError(f"plan_offers: no party '{sender}'; {right}")
    if not draws.n_draws == risk.n_draws == settlements.n_draws:
        raise MethodError(
            f"draws, risk, settlements: have {draws.n_draws}, {risk.n_draws}, "
            f"{settlements.n_draws} draws; use the same"
        )
    chosen = method or BackwardInduction()
    talks = _Talks(crisis, sender, draws, risk, settlements)
    search = _Search(talks, talks.moves(chosen.n_candidates))
    start = np.zeros(draws.n_draws)
    is_open = np.ones(draws.n_draws, dtype=bool)
    first, _ = search.best(start, is_open, 1)
    path = first
    if chosen.n_offers > 1:
        path, _ = search.best(start, is_open, chosen.n_offers)
    steps, value = talks.follow(path)
    plan = OfferPlan(
        sender=sender,
        steps=steps,
        singles=search.singles(),
        value=value,
        value_of_silence=talks.silence,
        value_of_first=float(talks.follow(first)[1].mean()),
        n_seen=search.n_seen,
        status=Status.SAMPLED,
        method=chosen,
        seed=draws.seed,
        crisis_digest=crisis.digest,
        certificate=Certificate("", float("nan"), 0.0, ""),
    )
    return replace(plan, certificate=_certify(plan, talks, _N_CERTIFIED))


@dataclass(frozen=True)
class _Move:
    """One package over one exchange."""

    row: int
    names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class _Answer:
    """When an offer is answered, where yes, and what that is worth; each (n_draws,)."""

    hours: FloatArray
    accepted: BoolArray
    value: FloatArray
    prob_war: FloatArray


class _Talks:
    """What the offers of one sender meet."""

    def __init__(
        self,
        crisis: Crisis,
        sender: str,
        draws: Draws,
        risk: RiskCurve,
        settlements: Settlements,
    ) -> None:
        self.crisis, self.sender, self.draws = crisis, sender, draws
        self.risk, self.settlements = risk, settlements
        self.silence = no_deal_worth(crisis, sender, draws, settlements.prob_war)
        fallbacks = [draws[n].min() for n in crisis.no_deal.fallback.values()]
        # Where no deal can be worse than war, time without war need not cost anything.
        self.is_sooner_better = min(fallbacks, default=0.0) >= WAR
        self.packages: dict[int, Package] = {}
        self.journeys: dict[tuple[str, str], Journey] = {}

    def moves(self, n_candidates: int) -> list[_Move]:
        """Candidate packages over every exchange that exists and may be the fastest."""
        found = self.settlements
        order = np.argsort(-found.prob_settled, kind="stable")[:n_candidates]
        rows = dict.fromkeys([found.best, *(int(row) for row in order)])
        pairs = [
            names
            for names in pairs_of_channels(self.crisis)
            if self.crisis.channels[names[0]].sender == self.sender
            and all(self._exists(name) for name in names)
        ]
        kept = list(rows)[:n_candidates]
        quick = [names for names in pairs if not self._is_slower(names, pairs)]
        return [
            _Move(row, names)
            for row in kept
            for names in quick
            if not (self._is_private(row) and self._is_heard(names[0]))
        ]

    def _is_private(self, row: int) -> bool:
        terms = self.settlements.packages.terms(row)
        return any(choice.visibility == "private" for choice in terms.values())

    def _is_heard(self, name: str) -> bool:
        """Whether everybody hears a channel, which no secret can be put by."""
        return self.crisis.channels[name].is_public

    def _is_slower(self, names: tuple[str, str], pairs: list[tuple[str, str]]) -> bool:
        """Whether another reply to the same channel is never later, whenever sent."""
        if not self.is_sooner_better:
            return False
        own, place = self.journey(names).latest_parts(), pairs.index(names)
        for i, other in enumerate(pairs):
            if i == place or other[0] != names[0]:
                continue
            parts = self.journey(other).latest_parts()
            sooner = [a <= b for a, b in zip(parts, own, strict=True)]
            is_same = all((a == b).all() for a, b in zip(parts, own, strict=True))
            if all(s.all() for s in sooner) and (i < place or not is_same):
                return True
        return False

    def _exists(self, name: str) -> bool:
        channel = self.crisis.channels[name]
        opens = channel.opens_at
        return channel.is_available and (opens is None or opens.presence == "known")

    def answer(self, move: _Move, sent: FloatArray) -> _Answer:
        """Make one offer at given hours (n_draws,)."""
        package, journey = self.package(move.row), self.journey(move.names)
        ready = np.maximum(sent, journey.opens) + journey.out + journey.thought
        hours = np.maximum(ready, journey.reply_opens) + journey.back
        ends = (self.sender, self.crisis.channels[move.names[0]].receiver)
        arrival = package.on_arrival(self.crisis, self.draws, hours, ends)
        then = no_deal_worth(self.crisis, self.sender, self.draws, arrival.war)
        war = self.risk.at(hours)
        value = (1.0 - war) * (then + arrival.gain) + war * WAR
        accepted = arrival.accepts & (arrival.gain >= -TOLERANCE)
        return _Answer(hours, accepted, value, war)

    def package(self, row: int) -> Package:
        """What becomes of one package, computed once."""
        if row not in self.packages:
            cells = self.settlements.of_one_package(row)
            self.packages[row] = Package(cells, self.risk, self.settlements.prob_war)
        return self.packages[row]

    def journey(self, names: tuple[str, str]) -> Journey:
        """Hours of one exchange, added up once."""
        if names not in self.journeys:
            offer, reply = (self.crisis.channels[name] for name in names)
            self.journeys[names] = plan_journey(self.crisis, offer, reply, self.draws)
        return self.journeys[names]

    def follow(
        self, path: tuple[_Move, ...]
    ) -> tuple[tuple[OfferStep, ...], FloatArray]:
        """The steps of a sequence, and its value (n_draws,)."""
        value = self.silence.copy()
        hours = np.zeros(len(value))
        is_open = np.ones(len(value), dtype=bool)
        steps = []
        for move in path:
            answer = self.answer(move, hours)
            settled = is_open & answer.accepted
            value[settled] = answer.value[settled]
            steps.append(
                OfferStep(
                    move.row,
                    self.settlements.packages.label(move.row),
                    *move.names,
                    float(is_open.mean()),
                    float(settled.mean()),
                    float(answer.prob_war.mean()),
                )
            )
            hours, is_open = answer.hours, is_open & ~settled
        return tuple(steps), value


class _Search:
    """The best sequence of offers; what cannot be better is not followed."""

    def __init__(self, talks: _Talks, moves: list[_Move]) -> None:
        self.talks, self.moves, self.n_seen = talks, moves, 0
        n_draws = len(talks.silence)
        self.now = [talks.answer(move, np.zeros(n_draws)) for move in moves]
        # What each brings over silence if sent now; later, no more in any draw.
        self.most = np.zeros((len(moves), n_draws))
        for most, answer in zip(self.most, self.now, strict=True):
            taken = answer.accepted
            most[taken] = (answer.value - talks.silence)[taken]
        self.slack = 0.0 if talks.is_sooner_better else np.inf

    def best(
        self, hours: FloatArray, is_open: BoolArray, n_left: int
    ) -> tuple[tuple[_Move, ...], float]:
        """The best sequence from here, and the sum of its gains over silence.

        Ties go to the offer that would bring most if it were the only one, then to the
        first by declaration.
        """
        path: tuple[_Move, ...] = ()
        most = 0.0
        if n_left == 0 or not self.moves:
            return path, most
        alone = self.most @ is_open
        for place in np.argsort(-alone, kind="stable"):
            ceiling = alone[place] + self.slack
            if ceiling <= 0.0 or (n_left == 1 and ceiling <= most):
                # A refusal that is certain teaches nothing, and takes time.
                break
            self.n_seen += 1
            move = self.moves[place]
            answer = self.talks.answer(move, hours)
            settled = is_open & answer.accepted
            if not settled.any():
                continue
            gain = float((answer.value - self.talks.silence)[settled].sum())
            still = is_open & ~settled
            rest: tuple[_Move, ...] = ()
            if gain + self._ceiling(still, n_left - 1) > most + TOLERANCE:
                rest, more = self.best(answer.hours, still, n_left - 1)
                gain += more
            if gain > most + TOLERANCE:
                path, most = (move, *rest), gain
        return path, most

    def _ceiling(self, is_open: BoolArray, n_left: int) -> float:
        """More than any sequence of so many offers can still bring."""
        if n_left == 0:
            return 0.0
        if n_left == 1:
            return float((self.most @ is_open).max()) + self.slack
        return float(self.most.max(axis=0) @ is_open) + self.slack

    def singles(self) -> tuple[SingleOffer, ...]:
        """For each channel of an offer, the package that brings most over it now."""
        found: dict[str, SingleOffer] = {}
        gains = self.most.mean(axis=1)
        for place in np.argsort(-gains, kind="stable"):
            move, answer = self.moves[place], self.now[place]
            offer, reply = move.names
            found.setdefault(
                offer,
                SingleOffer(
                    move.row,
                    self.talks.settlements.packages.label(move.row),
                    offer,
                    reply,
                    float(answer.accepted.mean()),
                    float(answer.prob_war.mean()),
                    float(gains[place]),
                ),
            )
        return tuple(found.values())


def _certify(plan: OfferPlan, talks: _Talks, n_draws: int) -> Certificate:
    """Follow the steps, and each single offer, in some draws by themselves."""
    rows = np.unique(np.linspace(0, plan.n_draws - 1, n_draws).astype(int))
    worst = plan.value_of_first - float(plan.value.mean())
    for d in rows.tolist():
        worst = max(worst, abs(_value_in(plan.steps, talks, d) - float(plan.value[d])))
    if n_draws >= plan.n_draws:
        for single in plan.singles:
            values = [_value_in((single,), talks, d) for d in rows.tolist()]
            told = float(np.mean(values - plan.value_of_silence))
            worst = max(worst, abs(told - single.gain))
            # Silence and every single offer are plans too.
            worst = max(worst, told - plan.gain)
    return Certificate(
        claim=f"value of {len(plan.steps)} offers in {len(rows):,} draws",
        value=max(worst, 0.0),
        bound=_BOUND,
        route="each draw by itself, hour by hour",
    )


def _value_in(steps: Sequence[OfferStep | SingleOffer], talks: _Talks, d: int) -> float:
    """What a sequence of offers is worth in one draw."""
    crisis, hour = talks.crisis, 0.0
    whole = float(talks.settlements.prob_war[d])
    fallback = crisis.no_deal.fallback.get(talks.sender)
    kept = 0.0 if fallback is None else float(talks.draws[fallback][d])

    def curve(at: float) -> float:
        grid = talks.risk.hours
        return float(np.interp(at, grid, talks.risk.prob_war[d]))

    for step in steps:
        journey = talks.journey((step.offer, step.reply))
        hour = max(hour, journey.opens) + float(journey.out[d] + journey.thought[d])
        hour = max(hour, journey.reply_opens) + float(journey.back[d])
        so_far = curve(hour)
        left = max(1.0 - so_far, 1e-300)
        war = min(max((whole - so_far) / left, 0.0), 1.0)
        cells = talks.package(step.row).cells
        carried = float(cells.carried[0, d])
        accepts = True
        own_gain = 0.0
        for party in (talks.sender, crisis.channels[step.offer].receiver):
            back = crisis.no_deal.fallback.get(party)
            safe = 0.0 if back is None else float(talks.draws[back][d])
            # No deal is worth less once the dangerous hours lie behind.
            change = (war - whole) * (WAR - safe)
            gain = float(cells.gains[crisis.parties.index(party), 0, d])
            gain -= carried * change
            accepts = accepts and gain >= -TOLERANCE
            own_gain = gain if party == talks.sender else own_gain
        if accepts:
            then = war * WAR + (1.0 - war) * kept
            return (1.0 - so_far) * (then + own_gain) + so_far * WAR
    return whole * WAR + (1.0 - whole) * kept
