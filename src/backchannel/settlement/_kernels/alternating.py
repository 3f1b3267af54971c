"""Alternating offers between scripted negotiators: the compiled sessions."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.ranking import (
    put_in_slices,
    sort_slices,
    sum_levels,
    worst_worth,
)
from backchannel.settlement.method import IntArray

_TIME, _MIRROR, _COUNT = 0, 1, 2
_UNKNOWN = -2
_PER_SLICE = 4
"""Packages in a slice of the range on average: fewer make more empty ones."""


@njit(cache=True, nogil=True, boundscheck=False)
def _pick(seed: int, session: int, round_: int, party: int) -> int:
    """A number of 31 bits from a counter: the finaliser of SplitMix64."""
    z = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    z += np.uint64(session) * np.uint64(0xD1B54A32D192ED03)
    z += np.uint64(round_) * np.uint64(0x8CB92BA72F3D8DD7)
    z += np.uint64(party) * np.uint64(0xABC98388FB8FAC03)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int((z ^ (z >> np.uint64(31))) >> np.uint64(33))


@njit(cache=True, nogil=True, boundscheck=False)
def _rank_all(
    table: FloatArray,
    n_levels: IntArray,
    reserves: FloatArray,
    slack: float,
    is_sorted: bool,
    worth: FloatArray,
    ranked: FloatArray,
    order: IntArray,
    first: IntArray,
    cursor: IntArray,
    scale: FloatArray,
) -> bool:
    """Rank one world's packages for every party.

    Parameters
    ----------
    scale : (n_parties, 5), filled: the least worth accepted, the span above it, the
        slack, the worst worth, slices per worth

    Returns
    -------
    has_reason : whether every party has a package worth its reservation value
    """
    has_reason = True
    for p in range(worth.shape[0]):
        low, high = sum_levels(table[p], n_levels, worth[p])
        per = put_in_slices(worth[p], order[p], ranked[p], first[p], cursor, low, high)
        if is_sorted:
            sort_slices(worth[p], order[p], ranked[p], first[p])
        scale[p, 0] = max(reserves[p], low)
        span = high - scale[p, 0]
        scale[p, 1] = span if span > 0.0 else 1.0
        scale[p, 2] = slack * max(span, 0.0)
        scale[p, 3] = low
        scale[p, 4] = per
        has_reason = has_reason and high >= scale[p, 0]
    return has_reason


@njit(cache=True, nogil=True, boundscheck=False)
def _next_place(ranked: FloatArray, least: float, n_sent: int, n_seen: int) -> int:
    """Place of MiCRO's next new offer; -1 while it waits, or has none left."""
    place = ranked.size - 1 - n_sent
    if place >= 0 and ranked[place] >= least and n_sent <= n_seen:
        return place
    return -1


@njit(cache=True, nogil=True, boundscheck=False)
def _worth_needed(share: float, scale: FloatArray) -> float:
    return float(max(scale[0] + share * scale[1] - scale[2], scale[0]))


@njit(cache=True, nogil=True, boundscheck=False)
def _play_timed(
    curve_of: IntArray,
    needs: FloatArray,
    worth: FloatArray,
    ranked: FloatArray,
    order: IntArray,
    first: IntArray,
    scale: FloatArray,
    offers: IntArray,
) -> tuple[int, int]:
    """One session of time-dependent negotiators: nobody need take note of offers."""
    n_parties, n_rounds = worth.shape[0], needs.shape[2]
    table, n_yes = -1, 0
    for round_ in range(n_rounds):
        for p in range(n_parties):
            curve = curve_of[p]
            need = needs[p, curve, round_]
            if table >= 0 and worth[p, table] >= need:
                n_yes += 1
                if n_yes == n_parties:
                    return table, round_
                continue
            table = offers[p, curve, round_]
            if table == _UNKNOWN:
                table = worst_worth(
                    need, scale[p, 3], scale[p, 4], order[p], ranked[p], first[p]
                )
                offers[p, curve, round_] = table
            n_yes = 1
    return -1, n_rounds


@njit(cache=True, nogil=True, boundscheck=False)
def _play(
    session: int,
    number: int,
    seed: int,
    kinds: IntArray,
    curve_of: IntArray,
    kindness: FloatArray,
    curves: FloatArray,
    worth: FloatArray,
    ranked: FloatArray,
    order: IntArray,
    first: IntArray,
    scale: FloatArray,
    offers: IntArray,
    seen: IntArray,
    counts: IntArray,
    marks: FloatArray,
) -> tuple[int, int]:
    """One session in a ranked world: the package agreed on, or -1, and the round."""
    n_parties, n = worth.shape
    n_rounds = curves.shape[1]
    table, n_yes = -1, 0
    for round_ in range(n_rounds):
        for p in range(n_parties):
            kind, place = kinds[p], -1
            need = np.inf
            if kind == _TIME:
                need = _worth_needed(curves[curve_of[p], round_], scale[p])
            elif kind == _MIRROR:
                moved = kindness[p] * round_
                if counts[p, 0] > 0:
                    moved += max((marks[p, 1] - marks[p, 0]) / scale[p, 1], 0.0)
                need = _worth_needed(min(max(1.0 - moved, 0.0), 1.0), scale[p])
            else:
                place = _next_place(ranked[p], scale[p, 0], counts[p, 1], counts[p, 0])
                if place >= 0:
                    need = ranked[p, place]
                elif counts[p, 1] > 0:
                    need = ranked[p, n - counts[p, 1]]
            if table >= 0 and worth[p, table] >= need:
                n_yes += 1
                if n_yes == n_parties:
                    return table, round_
                continue
            if kind == _TIME:
                table = offers[p, curve_of[p], round_]
            if kind == _MIRROR or (kind == _TIME and table == _UNKNOWN):
                table = worst_worth(
                    need, scale[p, 3], scale[p, 4], order[p], ranked[p], first[p]
                )
                if kind == _TIME:
                    offers[p, curve_of[p], round_] = table
            elif kind == _COUNT:
                if place >= 0:
                    counts[p, 1] += 1
                else:
                    n_sent = max(counts[p, 1], 1)
                    place = n - 1 - _pick(seed, number, round_, p) % n_sent
                table = order[p, place]
            n_yes = 1
            for q in range(n_parties):
                if q != p and kinds[q] != _TIME:
                    _see(table, session, worth[q], seen[q], counts[q], marks[q])
    return -1, n_rounds


@njit(cache=True, nogil=True, boundscheck=False)
def _see(
    package: int,
    session: int,
    worth: FloatArray,
    seen: IntArray,
    counts: IntArray,
    marks: FloatArray,
) -> None:
    """Let one party take note of an offer."""
    marks[1] = worth[package]
    if counts[0] == 0:
        marks[0] = marks[1]
    if seen[package] != session:
        seen[package] = session
        counts[0] += 1


@njit(cache=True, nogil=True, boundscheck=False)
def play_sessions(
    tables: FloatArray,
    n_levels: IntArray,
    reserves: FloatArray,
    world: IntArray,
    numbers: IntArray,
    kinds: IntArray,
    curve_of: IntArray,
    kindness: FloatArray,
    curves: FloatArray,
    slack: float,
    seed: int,
    agreed: IntArray,
    ended: IntArray,
) -> None:
    """Play every session to an agreement or to the last round.

    Parameters
    ----------
    tables : (n_worlds, n_parties, sum of n_levels), worth of the levels
    n_levels : (n_issues,)
    reserves : (n_worlds, n_parties), -inf where none is declared
    world : (n_sessions,), ascending: which tables a session is played on
    numbers : (n_sessions,), of the sessions, for the offers that MiCRO repeats
    kinds, curve_of : (n_sessions, n_parties), 0 time-dependent, 1 tit-for-tat, 2 MiCRO;
        row of `curves`
    kindness : (n_sessions, n_parties), of tit-for-tat
    curves : (n_curves, n_rounds), shares held out for
    slack : share of the span by which an offer may fall short
    seed : of the offers that MiCRO repeats
    agreed, ended : (n_sessions,), filled: number of the package, or -1, and the round

    Notes: packages are ranked once for each world, and what a time-dependent
    negotiator offers in a round is looked up once for each world and curve.
    """
    n_sessions, n_parties = kinds.shape
    n_curves, n_rounds = curves.shape
    n = 1
    for levels in n_levels:
        n *= levels
    worth, ranked = np.empty((n_parties, n)), np.empty((n_parties, n))
    order = np.empty((n_parties, n), np.int64)
    first = np.empty((n_parties, max(n // _PER_SLICE, 1) + 1), np.int64)
    scale, cursor = np.empty((n_parties, 5)), np.empty(n, np.int64)
    is_timed = np.array([(row == _TIME).all() for row in kinds])
    is_sorted = bool((kinds == _COUNT).any())
    offers = np.empty((n_parties, n_curves, n_rounds), np.int64)
    needs = np.empty((n_parties, n_curves, n_rounds))
    seen = np.full((n_parties, n), -1, np.int64)
    # By party: distinct packages seen and sent; worth of the first and the last seen.
    counts, marks = np.empty((n_parties, 2), np.int64), np.empty((n_parties, 2))
    at, has_reason = -1, True
    for session in range(n_sessions):
        if world[session] != at:
            at = world[session]
            has_reason = _rank_all(
                tables[at], n_levels, reserves[at], slack, is_sorted,
                worth, ranked, order, first, cursor, scale,
            )  # fmt: skip
            offers[:] = _UNKNOWN
            for p in range(n_parties):
                for curve in range(n_curves):
                    for round_ in range(n_rounds):
                        needs[p, curve, round_] = _worth_needed(
                            curves[curve, round_], scale[p]
                        )
        if not has_reason:
            agreed[session], ended[session] = -1, 0
        elif is_timed[session]:
            agreed[session], ended[session] = _play_timed(
                curve_of[session], needs, worth, ranked, order, first, scale, offers
            )
        else:
            counts[:] = 0
            agreed[session], ended[session] = _play(
                session, numbers[session], seed, kinds[session], curve_of[session],
                kindness[session], curves, worth, ranked, order, first, scale,
                offers, seen, counts, marks,
            )  # fmt: skip
