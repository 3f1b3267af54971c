"""Paths of a crisis as the file declares it, without a list of its states.

Heat either cools token by token (Markov) or decays as an exponential kernel (a Hawkes
process); what is under way takes the time that its law says: fixed, lognormal, as
observed. A path holds its context (rung, postures, uncertain deadlines), the level of
each part (see `chances`), and when each matter under way falls due.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.chances import (
    FAST,
    FLAGS,
    begin_sources,
    fire,
    next_source,
    spend,
)
from backchannel.escalation._kernels.elementary import unit_53
from backchannel.escalation._kernels.latency import wait_of
from backchannel.escalation._kernels.markov_paths import bin_of
from backchannel.escalation._kernels.philox import philox

_NONE, _ONE = np.uint64(0), np.uint64(1)
_EVERYTHING_BEGINS_AT = 0.0


@njit(**FAST)
def _begin(path: Any, key: Any, m: Any, hour: Any, model: Any, scratch: Any) -> None:
    """Put matter m under way, where it has a free slot."""
    sources, matters = model[1], model[3]
    slot_first, stage_first, stream, law, table = matters
    level, own, (due, mark, occasion), _ = scratch
    slot = slot_first[m]
    while slot < slot_first[m + 1] and due[slot] < np.inf:
        slot += 1
    if slot == slot_first[m + 1]:
        return
    hours, mark[slot] = wait_of(
        path,
        occasion[m],
        stream[m],
        key,
        stage_first[m],
        stage_first[m + 1],
        law,
        table,
    )
    due[slot] = hour + hours
    occasion[m] += 1
    p = len(level) - len(occasion) + m
    level[p] += 1.0
    begin_sources(path, key, p, sources, own)


@njit(**FAST)
def _moved(before: Any, after: Any, cause: Any, rung: Any, chain: Any) -> Any:
    """Context after a move; remembers what brought the crisis up each rung."""
    for level in range(rung[before], rung[after]):
        chain[level] = cause
    return after


@njit(**FAST)
def _soonest(due: Any) -> Any:
    """Slot that falls due first, and when; -1 where nothing is under way."""
    best, hour = -1, np.inf
    for slot in range(len(due)):
        if due[slot] < hour:
            best, hour = slot, due[slot]
    return best, hour


@njit(**FAST)
def _way_of(u: Any, first: Any, last: Any, upto: Any) -> Any:
    """Way among first to last - 1 on which a uniform number falls."""
    w = first
    while w < last - 1 and u >= upto[w]:
        w += 1
    return w


@njit(**FAST)
def _clear(model: Any, scratch: Any) -> None:
    """Set the scratch of a path to hour 0, before anything is answered."""
    level, own, (due, _, occasion), chain = scratch
    fired = own[4]
    for p in range(len(level)):
        level[p] = model[6][1][p]
    for i in range(len(fired)):
        fired[i] = -1
    for slot in range(len(due)):
        due[slot] = np.inf
    for m in range(len(occasion)):
        occasion[m] = 0
    for i in range(len(chain)):
        chain[i] = -1


@njit(**FAST)
def begin_history(path: Any, key: Any, model: Any, scratch: Any) -> Any:
    """Set the scratch of a path to where the crisis stands at hour 0.

    Returns
    -------
    context after what is outstanding has been answered
    """
    context, _, pending, upto, to, asks, cause, stream = model[6]
    rung, level, chain = model[2][7], scratch[0], scratch[3]
    _clear(model, scratch)
    for m in range(len(pending)):
        for _ in range(pending[m]):
            _begin(path, key, m, _EVERYTHING_BEGINS_AT, model, scratch)
    for i in range(len(stream)):
        a, b, _, _ = philox(path, _NONE, stream[i], key)
        w = _way_of(unit_53(a, b), 0, len(to), upto[i])
        context = _moved(context, to[w, context], cause[w], rung, chain)
        if asks[w] >= 0:
            _begin(path, key, asks[w], _EVERYTHING_BEGINS_AT, model, scratch)
    for p in range(len(level)):
        if level[p] > 0.0:
            begin_sources(path, key, p, model[1], scratch[1])
    return context


@njit(**FAST)
def _occur(
    path: Any, key: Any, j: Any, hour: Any, context: Any, model: Any, scratch: Any
) -> Any:
    """Let source j occur: context after it, and the way it took."""
    sources = model[1]
    to, cause, kind, change, asks, off, cap, rung = model[2]
    level, own, (due, _, occasion), chain = scratch
    u = fire(path, key, j, sources[4], own)
    first = sources[5]
    w = _way_of(u, first[j], first[j + _ONE], sources[6])
    if kind[w] >= 0:
        p = 1 + kind[w]
        level[p] = min(max(level[p] + change[w], 0.0), cap[kind[w]])
        begin_sources(path, key, p, sources, own)
    if asks[w] >= 0:
        _begin(path, key, asks[w], hour, model, scratch)
    if off[w] >= 0:
        level[len(level) - len(occasion) + off[w]] -= 1.0
        due[model[3][0][off[w]]] = np.inf
    return _moved(context, to[w, context], cause[w], rung, chain), w


@njit(**FAST)
def _fall_due(slot: Any, context: Any, model: Any, scratch: Any) -> Any:
    """Context after the matter of a slot is carried out or decided."""
    owner, up, down, up_to, down_to, cause = model[4]
    level, _, (due, mark, occasion), chain = scratch
    m = owner[slot]
    due[slot] = np.inf
    level[len(level) - len(occasion) + m] -= 1.0
    after = context
    if mark[slot] < up[m]:
        after = up_to[m, context]
    elif mark[slot] < up[m] + down[m]:
        after = down_to[m, context]
    return _moved(context, after, cause[m], model[2][7], chain)


@njit(**FAST)
def _pass(path: Any, key: Any, atom: Any, context: Any, model: Any, chain: Any) -> Any:
    """Context after the end of a piece, at which a deadline may pass."""
    prob, to, cause, stream = model[5]
    if atom < 0:
        return context
    a, b, _, _ = philox(path, _NONE, stream[atom], key)
    if unit_53(a, b) >= prob[atom]:
        return context
    return _moved(context, to[atom, context], cause[atom], model[2][7], chain)


@njit(**FAST)
def _note(noted: Any, hour: Any, what: Any, context: Any, log: Any) -> Any:
    """Number of rows in the log, after one more where there is room."""
    log_hour, log_what, log_context = log
    if noted == len(log_hour):
        return noted
    log_hour[noted], log_what[noted], log_context[noted] = hour, what, context
    return noted + 1


@njit(**FAST)
def follow_history(
    path: Any,
    key: Any,
    model: Any,
    scratch: Any,
    log_hour: Any,
    log_what: Any,
    log_context: Any,
) -> Any:
    """Follow one path to its end.

    Parameters
    ----------
    path, key : uint64, which random numbers to use
    model : (pieces, sources, ways, matters, decided, jumps, start), see `PathTables`
    scratch : (level, own, under_way, chain), overwritten
    log_hour, log_what, log_context : (n,) where to note the beginning, what happens and
        the ends of pieces: the hour, the way that a source took (-1 for all else), and
        the context after it; may be empty

    Returns
    -------
    1 for war, 2 for settled, 0 for open; the hour; the number of rows noted
    """
    ends, regime, atom, over = model[0]
    level, own, under_way, chain = scratch
    log = log_hour, log_what, log_context
    context = begin_history(path, key, model, scratch)
    hour, piece = 0.0, 0
    noted = _note(0, hour, -1, context, log)
    slot, soonest = _soonest(under_way[0])
    while over[context] == 0 and piece < len(ends):
        row = np.uint64(regime[piece] * len(over) + context)
        limit = min(ends[piece], soonest)
        wait, is_source, j = next_source(limit - hour, row, model[1], level, own[0])
        spend(wait, row, model[1], level, own[0])
        what = -1
        if is_source:
            hour += wait
            context, what = _occur(path, key, j, hour, context, model, scratch)
        elif soonest <= ends[piece]:
            hour = soonest
            context = _fall_due(slot, context, model, scratch)
        else:
            hour = ends[piece]
            context = _pass(path, key, atom[piece], context, model, chain)
            piece += 1
        noted = _note(noted, hour, what, context, log)
        slot, soonest = _soonest(under_way[0])
    return over[context], hour, noted


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FLAGS)
def follow_histories(
    first: Any,
    last: Any,
    key: Any,
    model: Any,
    scratch: Any,
    grid: Any,
    guess: Any,
    counts: Any,
    chains: Any,
) -> Any:
    """Follow paths `first` to `last` and count their ends.

    Parameters
    ----------
    first, last : numbers of paths; `last` is not among them
    key, model, scratch : as in `follow_history`
    grid, guess : hours to count by, as in `bin_of`
    counts : (2, n_hours) int64, to which ends are added: war and settled
    chains : (n, n_rungs) int16, what raised each rung on the first n paths to war; may
        be empty

    Returns
    -------
    number of paths to war that were noted in `chains`
    """
    nothing, nowhere = np.empty(0), np.empty(0, np.int64)
    n_wars = 0
    for path in range(first, last):
        end, hour, _ = follow_history(
            np.uint64(path), key, model, scratch, nothing, nowhere, nowhere
        )
        if end > 0:
            counts[end - 1, bin_of(hour, grid, guess)] += 1
        if end == 1 and n_wars < len(chains):
            chains[n_wars] = scratch[3]
            n_wars += 1
    return n_wars
