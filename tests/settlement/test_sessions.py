"""Sessions of alternating offers: closed forms, two routes, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from backchannel.base.errors import MethodError, ModelError
from backchannel.settlement._kernels import alternating, alternating_reference
from backchannel.settlement.negotiators import (
    BOULWARE,
    CONCEDER,
    LINEAR,
    MiCRO,
    Negotiator,
    TimeDependent,
    TitForTat,
)
from backchannel.settlement.seating import as_line_ups, seat
from backchannel.settlement.sessions import AlternatingOffers, run_sessions
from tests.settlement.domains import made_domain, random_domain, weighted_domain

KINDS: tuple[Negotiator, ...] = (
    BOULWARE,
    CONCEDER,
    LINEAR,
    TitForTat(),
    TitForTat(0.0),
    MiCRO(),
    TimeDependent(2.0, opening=0.9),
)
# One prize of 1, in hundredths, between two.
SHARES = np.arange(101) / 100
PRIZE = made_domain([np.stack([SHARES, 1.0 - SHARES])], np.zeros(2))


def test_random_line_ups_end_as_in_plain_python() -> None:
    """60 domains, 2 to 4 parties, 8 line-ups each: package and round (seed 3)."""
    rng = np.random.default_rng(3)
    for k in range(60):
        n_parties = int(rng.integers(2, 5))
        domain = random_domain(rng, n_parties)
        line_ups = [
            [KINDS[i] for i in rng.integers(0, len(KINDS), n_parties)] for _ in range(8)
        ]
        method = AlternatingOffers(n_rounds=int(rng.integers(1, 40)))
        played = run_sessions(domain, line_ups, method=method, seed=k)
        assert played.check(domain).value == 0.0, k


def test_both_kernels_agree_on_every_array() -> None:
    """Compiled and plain, same signature, same answer (seed 5)."""
    rng = np.random.default_rng(5)
    worlds = tuple(weighted_domain(3, 3, 4, seed=s) for s in range(6))
    lines = as_line_ups([[KINDS[i] for i in rng.integers(0, 7, 3)] for _ in worlds])
    table = seat(worlds, lines, None, 30)
    found = np.empty((2, 2, 6), dtype=np.int64)
    for ends, module in zip(found, (alternating, alternating_reference), strict=True):
        module.play_sessions(
            **table.arrays, slack=1e-4, seed=9, agreed=ends[0], ended=ends[1]
        )
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0, 0] >= 0).any()


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0, 4.0])
def test_equal_negotiators_share_a_prize_evenly(exponent: float) -> None:
    """Both hold out for the same share; they meet at half, in the round that says so.

    The share falls to 1/2 where t = (1/2)^(1/exponent); nothing is agreed before.
    """
    method = AlternatingOffers(n_rounds=400)
    played = run_sessions(PRIZE, [TimeDependent(exponent)] * 2, method=method)
    # Within one step of the prize, and what a round concedes.
    assert played.utilities[0] == pytest.approx([0.5, 0.5], abs=0.0201)
    due = 0.5 ** (1.0 / exponent) * 401 - 1
    assert played.ended[0] == pytest.approx(due, abs=0.03 * 401)


def test_who_concedes_early_gets_less() -> None:
    """A Boulware and a Conceder meet where t^4 + t^(1/4) = 1, whoever speaks first."""
    t = float(brentq(lambda x: x**4 + x**0.25 - 1.0, 0.0, 1.0))
    played = run_sessions(PRIZE, [[BOULWARE, CONCEDER], [CONCEDER, BOULWARE]])
    # What is conceded in one round, and one step of the prize.
    assert played.utilities[0] == pytest.approx([1 - t**4, t**4], abs=0.02)
    assert played.utilities[1] == pytest.approx([t**4, 1 - t**4], abs=0.02)


def test_two_of_micro_meet_where_their_lists_cross() -> None:
    """Each goes down its own list; in a zero-sum prize that is the middle."""
    played = run_sessions(PRIZE, [MiCRO(), MiCRO()])
    assert played.package(0, PRIZE) == ("50",)


def test_tit_for_tat_without_kindness_waits_for_ever() -> None:
    """Neither concedes first: no agreement, everybody at the disagreement point."""
    played = run_sessions(PRIZE, [TitForTat(0.0), TitForTat(0.0)])
    assert played.agreed.tolist() == [-1]
    assert played.ended.tolist() == [100]
    assert played.utilities.tolist() == [[0.0, 0.0]]
    assert played.package(0, PRIZE) is None
    kind = run_sessions(PRIZE, [TitForTat(0.01), TitForTat(0.01)])
    assert kind.share_agreed == 1.0


def test_nobody_goes_below_its_reservation_value() -> None:
    """At least that, or the disagreement point, whoever negotiates (seed 8)."""
    rng = np.random.default_rng(8)
    for k in range(40):
        domain = random_domain(rng, 2)
        lines = [[KINDS[i] for i in rng.integers(0, 7, 2)] for _ in range(10)]
        played = run_sessions(domain, lines, seed=k)
        least = domain.reservation_values
        done = played.agreed >= 0
        assert (played.utilities[done] >= least - 1e-12).all()


def test_who_cannot_gain_does_not_sit_down() -> None:
    """A reservation value above every package ends the session at once."""
    proud = replace(PRIZE, reservation_values=np.array([1.5, 0.0]))
    for line in ([BOULWARE] * 2, [MiCRO()] * 2, [TitForTat()] * 2):
        played = run_sessions(proud, line)
        assert (played.agreed[0], played.ended[0]) == (-1, 0)
        assert played.check(proud).is_verified


def test_rescaled_utilities_change_nothing() -> None:
    """Shares of a span are what counts (seeds 0 to 4)."""
    for seed in range(5):
        domain = weighted_domain(2, 3, 5, seed=seed)
        scaled = replace(
            domain, utilities=tuple(t * [[8.0], [0.5]] for t in domain.utilities)
        )
        lines = [[a, b] for a in KINDS for b in KINDS]
        ours, theirs = run_sessions(domain, lines), run_sessions(scaled, lines)
        np.testing.assert_array_equal(ours.agreed, theirs.agreed)


def test_a_schedule_plays_what_it_names_in_any_order() -> None:
    """Domains out of order, line-ups repeated: as if each were played alone."""
    worlds = [weighted_domain(2, 3, 4, seed=s) for s in range(3)]
    lines = [[BOULWARE, LINEAR], [CONCEDER, TitForTat()]]
    schedule = np.array([[2, 0], [0, 1], [1, 0], [0, 0], [2, 1]])
    played = run_sessions(worlds, lines, schedule=schedule)
    assert played.check(worlds).is_verified
    for row, (world, line) in enumerate(schedule):
        alone = run_sessions(worlds[world], lines[line])
        assert alone.agreed[0] == played.agreed[row]
        np.testing.assert_array_equal(alone.utilities[0], played.utilities[row])


def test_micro_repeats_by_the_seed_alone() -> None:
    """The same seed, the same sessions; nobody else depends on it."""
    domain = weighted_domain(3, 3, 4, seed=1)
    lines = [[MiCRO(), BOULWARE, LINEAR]] * 5
    first, second = (run_sessions(domain, lines, seed=7) for _ in range(2))
    np.testing.assert_array_equal(first.agreed, second.agreed)
    timed = [run_sessions(domain, [BOULWARE] * 3, seed=s).agreed for s in (1, 2)]
    np.testing.assert_array_equal(*timed)


def test_the_check_rejects_another_end_and_another_domain() -> None:
    """One changed agreement is found; a domain with other numbers is refused."""
    played = run_sessions(PRIZE, [BOULWARE, BOULWARE])
    changed = replace(played, agreed=played.agreed + 1)
    assert not changed.check(PRIZE).is_verified
    with pytest.raises(ModelError, match="not the domains of this answer"):
        played.check(replace(PRIZE, reservation_values=np.array([0.1, 0.0])))
    assert len(str(played).splitlines()) <= 6


@pytest.mark.parametrize(
    ("work", "error", "says"),
    [
        (lambda: run_sessions(PRIZE, [BOULWARE]), ModelError, "one for each party"),
        (lambda: run_sessions([], [[BOULWARE] * 2]), ModelError, "at least one"),
        (
            lambda: run_sessions([PRIZE] * 3, [[BOULWARE] * 2] * 2),
            ModelError,
            "or a schedule",
        ),
        (
            lambda: run_sessions(PRIZE, [[BOULWARE] * 2], schedule=np.array([[0, 1]])),
            ModelError,
            "from 0",
        ),
        (
            lambda: run_sessions([PRIZE, weighted_domain(2, 2, 2, 1)], [BOULWARE] * 2),
            ModelError,
            "share both",
        ),
        (
            lambda: run_sessions(weighted_domain(2, 21, 2, 1), [BOULWARE] * 2),
            MethodError,
            "fix the level",
        ),
        (lambda: TimeDependent(0.0), MethodError, "above 0"),
        (lambda: TimeDependent(1.0, opening=1.5), MethodError, "from 0 to 1"),
        (lambda: TitForTat(-0.1), MethodError, "from 0 to 1"),
        (lambda: AlternatingOffers(n_rounds=0), MethodError, "1 or larger"),
        (lambda: AlternatingOffers(slack=1.0), MethodError, "below 1"),
    ],
)
def test_what_cannot_be_played_is_refused(work, error, says) -> None:  # type: ignore[no-untyped-def]
    """Each with the place and what would be right."""
    with pytest.raises(error, match=says):
        work()
