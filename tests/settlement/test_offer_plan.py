"""The best sequence of offers: against single trips, silence, and plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import backchannel
from backchannel.base.errors import MethodError, ModelError
from backchannel.settlement.offer_plan import (
    BackwardInduction,
    OfferPlan,
    _Move,
    _Talks,
    plan_offers,
)

CRISES = ("strait", "cuba-1962")


@pytest.fixture(scope="module", params=CRISES)
def room(request: pytest.FixtureRequest) -> dict[str, object]:
    """One crisis with everything that its offers depend on (seed 3)."""
    crisis = backchannel.load(request.param)
    draws = backchannel.draw_numbers(crisis, n_draws=24, seed=3)
    risk = backchannel.simulate_escalation(crisis, draws=draws).risk
    deals = backchannel.find_settlements(crisis, draws=draws, risk=risk)
    return {"crisis": crisis, "draws": draws, "risk": risk, "settlements": deals}


def planned(room: dict[str, object], sender: str, **method: int) -> OfferPlan:
    given = {k: v for k, v in room.items() if k != "crisis"}
    return plan_offers(
        room["crisis"],  # type: ignore[arg-type]
        sender=sender,
        method=BackwardInduction(**method),
        **given,  # type: ignore[arg-type]
    )


def parties(room: dict[str, object]) -> tuple[str, ...]:
    crisis = room["crisis"]
    assert isinstance(crisis, backchannel.Crisis)
    return crisis.parties


def test_a_single_offer_is_the_best_round_trip(room: dict[str, object]) -> None:
    """Two routes: the plan of one offer, and the trips of each candidate package."""
    crisis = room["crisis"]
    assert isinstance(crisis, backchannel.Crisis)
    for sender in parties(room):
        plan = planned(room, sender, n_offers=1, n_candidates=3)
        deals = room["settlements"]
        order = np.argsort(-deals.prob_settled, kind="stable")[:3]  # type: ignore[attr-defined]
        rows = list(dict.fromkeys([deals.best, *order.tolist()]))[:3]  # type: ignore[attr-defined]
        best = float(plan.value_of_silence.mean())
        for row in rows:
            trips = backchannel.plan_channels(
                **room,  # type: ignore[arg-type]
                package=deals.packages.terms(row),  # type: ignore[attr-defined]
            ).round_trips
            is_secret = "(private)" in deals.packages.label(row)  # type: ignore[attr-defined]
            for trip in trips:
                if is_secret and crisis.channels[trip.offer].is_public:
                    # No secret is put where everybody hears it.
                    continue
                if trip.sender == sender and trip.is_available:
                    # A refusal there leaves no deal, with the risk that it has.
                    said = np.where(
                        trip.prob_accepted > 0.0, trip.value, trip.value_of_silence
                    )
                    best = max(best, float(said.mean()))
        assert plan.value.mean() == pytest.approx(best, abs=1e-6)


def test_more_offers_are_never_worth_less(room: dict[str, object]) -> None:
    """Silence, one offer, two offers: in that order, and each is verified."""
    for sender in parties(room):
        one = planned(room, sender, n_offers=1, n_candidates=2)
        two = planned(room, sender, n_offers=2, n_candidates=2)
        assert one.value.mean() >= one.value_of_silence.mean() - 1e-9
        assert two.value.mean() >= one.value.mean() - 1e-9
        assert two.value_of_first == pytest.approx(one.value.mean(), abs=1e-9)
        assert two.certificate.is_verified
        assert two.check(**room).is_verified  # type: ignore[arg-type]
        assert len(str(two).splitlines()) <= 6
        reached = [step.prob_reached for step in two.steps]
        assert reached == sorted(reached, reverse=True)


def test_a_wrong_value_and_another_crisis_are_rejected(
    room: dict[str, object],
) -> None:
    """A value off by a tenth is seen; another digest is refused."""
    plan = planned(room, parties(room)[0], n_offers=1, n_candidates=2)
    assert not replace(plan, value=plan.value + 0.1).check(**room).is_verified  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="another version"):
        replace(plan, crisis_digest="").check(**room)  # type: ignore[arg-type]


def test_bad_settings_are_refused(room: dict[str, object]) -> None:
    """No offer, too many candidates, or a sender who is no party."""
    for wrong in ({"n_offers": 0}, {"n_candidates": 65}):
        with pytest.raises(MethodError, match="must be from 1"):
            BackwardInduction(**wrong)
    with pytest.raises(ModelError, match="no party 'nobody'"):
        planned(room, "nobody")


@pytest.mark.parametrize("fallback", [None, -400.0])
@pytest.mark.parametrize("name", CRISES)
def test_no_sequence_left_out_is_better(name: str, fallback: float | None) -> None:
    """Equal to following every pair of offers; seed 8.

    Where no deal is worse than war, later can be better, and nothing may be left out.
    """
    crisis = backchannel.load(name)
    draws = backchannel.draw_numbers(crisis, n_draws=30, seed=8)
    if fallback is not None:
        paths = [n.path for n in crisis.no_deal.fallback.values()]
        draws = draws.replaced(dict.fromkeys(paths, fallback))
    risk = backchannel.simulate_escalation(crisis, draws=draws).risk
    deals = backchannel.find_settlements(crisis, draws=draws, risk=risk)
    for sender in crisis.parties:
        talks = _Talks(crisis, sender, draws, risk, deals)
        # Every exchange, the slower ones too.
        exchanges = dict.fromkeys(
            (offer, reply)
            for offer, sent in crisis.channels.items()
            for reply, back in crisis.channels.items()
            if sent.sender == sender == back.receiver
            and sent.receiver == back.sender
            and talks._exists(offer)
            and talks._exists(reply)
        )
        rows = dict.fromkeys(move.row for move in talks.moves(4))
        moves = [
            _Move(row, names)
            for row in rows
            for names in exchanges
            if not (talks._is_private(row) and talks._is_heard(names[0]))
        ]
        paths_of_two = [(), *((m,) for m in moves)]
        paths_of_two += [(m, n) for m in moves for n in moves]
        most = max(float(talks.follow(path)[1].mean()) for path in paths_of_two)
        plan = plan_offers(
            crisis,
            sender=sender,
            draws=draws,
            risk=risk,
            settlements=deals,
            method=BackwardInduction(n_offers=2, n_candidates=4),
        )
        assert plan.value.mean() == pytest.approx(most, abs=1e-9)
        if fallback is None:
            assert plan.n_seen < len(paths_of_two)


def test_each_channel_has_its_best_offer_and_keeps_secrets(
    room: dict[str, object],
) -> None:
    """One row for each channel, best first, and no secret where everybody hears."""
    crisis = room["crisis"]
    assert isinstance(crisis, backchannel.Crisis)
    for sender in parties(room):
        plan = planned(room, sender, n_offers=1)
        gains = [single.gain for single in plan.singles]
        assert gains == sorted(gains, reverse=True)
        names = [single.offer for single in plan.singles]
        assert len(set(names)) == len(names)
        assert gains[0] == pytest.approx(plan.gain, abs=1e-9)
        for single in plan.singles:
            if crisis.channels[single.offer].is_public:
                assert "(private)" not in single.label
