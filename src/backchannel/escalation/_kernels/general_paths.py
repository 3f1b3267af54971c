"""Paths of a crisis as the file declares it, without a list of its states.

Heat either cools token by token (Markov) or decays as an exponential kernel (a Hawkes
process); what is under way takes the time that its law says: fixed, lognormal, as
observed. A path holds its context (rung, postures, uncertain deadlines), the level of
each part (see `chances`), and when each matter under way falls due.

`follow_history` is the process, one path at a time; `general_lanes` does the same for
many paths at once and gives the same bits. Both hold paths in lanes: here there is one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.chances import (
    FAST,
    FLAGS,
    change_rates,
    fire,
    next_source,
    set_first,
    spend,
)
from backchannel.escalation._kernels.elementary import exponential_32, unit_53
from backchannel.escalation._kernels.latency import wait_of
from backchannel.escalation._kernels.markov_paths import bin_of
from backchannel.escalation._kernels.philox import philox

_NONE, _ONE = np.uint64(0), np.uint64(1)
_BEGINNING = 0.0
# Of the only path in flight.
_ALONE = 0


@njit(**FAST)
def _begin(
    path: Any,
    key: Any,
    m: Any,
    lane: Any,
    hour: Any,
    matters: Any,
    level: Any,
    under_way: Any,
) -> None:
    """Put matter m under way, where it has a free slot."""
    slot_first, stage_first, stream, law, table = matters
    due, mark, occasion = under_way
    slot = slot_first[m]
    while slot < slot_first[m + 1] and due[slot, lane] < np.inf:
        slot += 1
    if slot == slot_first[m + 1]:
        return
    hours, mark[slot, lane] = wait_of(
        path,
        occasion[m, lane],
        stream[m],
        key,
        stage_first[m],
        stage_first[m + 1],
        law,
        table,
    )
    due[slot, lane] = hour + hours
    occasion[m, lane] += 1
    level[len(level) - len(occasion) + m, lane] += 1.0


@njit(**FAST)
def _moved(
    before: Any, after: Any, cause: Any, lane: Any, rung: Any, chain: Any
) -> Any:
    """Context after a move; remembers what brought the crisis up each rung."""
    for level in range(rung[before], rung[after]):
        chain[level, lane] = cause
    return after


@njit(**FAST)
def soonest(due: Any, lane: Any) -> Any:
    """Slot that falls due first, and when; -1 where nothing is under way."""
    best, hour = -1, np.inf
    for slot in range(len(due)):
        if due[slot, lane] < hour:
            best, hour = slot, due[slot, lane]
    return best, hour


@njit(**FAST)
def _way_of(u: Any, first: Any, upto: Any) -> Any:
    """Way from number `first` on which a uniform falls; none falls beyond the last."""
    w = first
    while u >= upto[w]:
        w += _ONE
    return w


@njit(**FAST)
def _clear(lane: Any, start_level: Any, parts: Any, under_way: Any, chain: Any) -> None:
    """Set the scratch of a path to hour 0, before anything is answered."""
    level, spent = parts
    due, _, occasion = under_way
    for p in range(len(level)):
        level[p, lane], spent[p, lane] = start_level[p], 0.0
    for slot in range(len(due)):
        due[slot, lane] = np.inf
    for m in range(len(occasion)):
        occasion[m, lane] = 0
    for i in range(len(chain)):
        chain[i, lane] = -1


@njit(**FAST)
def begin_history(
    path: Any,
    key: Any,
    lane: Any,
    start: Any,
    matters: Any,
    rung: Any,
    parts: Any,
    under_way: Any,
    chain: Any,
) -> Any:
    """Set the scratch of a path to where the crisis stands at hour 0.

    Parameters
    ----------
    path, key : uint64, which random numbers to use
    lane : that holds the path
    start, matters, rung, parts, under_way, chain : of the model and the scratch, see
        `PathTables`; points are set by `set_first`

    Returns
    -------
    context after what is outstanding has been answered
    """
    context, level, pending, upto, to, asks, cause, stream = start
    _clear(lane, level, parts, under_way, chain)
    # What is pending, then what answers ask for: in one loop, to be compiled once.
    for i in range(len(pending) + len(stream)):
        m, k = -1, i - len(pending)
        if k < 0:
            m = pending[i]
        else:
            a, b, _, _ = philox(path, _NONE, stream[k], key)
            w = _way_of(unit_53(a, b), _NONE, upto[k])
            context = _moved(context, to[w, context], cause[w], lane, rung, chain)
            m = asks[w]
        if m >= 0:
            _begin(path, key, m, lane, _BEGINNING, matters, parts[0], under_way)
    return context


@njit(**FAST)
def warm(w: Any, lane: Any, ways: Any, level: Any) -> None:
    """Change the heat as way w does."""
    kind, change, cap = ways[2], ways[3], ways[6]
    if kind[w] >= 0:
        p = 1 + kind[w]
        heat = max(level[p, lane] + change[w], 0.0)
        level[p, lane] = min(heat, cap[kind[w]])


@njit(**FAST)
def occur(
    path: Any,
    key: Any,
    w: Any,
    lane: Any,
    hour: Any,
    context: Any,
    ways: Any,
    matters: Any,
    level: Any,
    under_way: Any,
    chain: Any,
) -> Any:
    """Context after way w; what it asks for gets under way, what it calls off not."""
    to, cause, _, _, asks, off, _, _, rung = ways
    due, _, occasion = under_way
    if asks[w] >= 0:
        _begin(path, key, asks[w], lane, hour, matters, level, under_way)
    if off[w] >= 0:
        level[len(level) - len(occasion) + off[w], lane] -= 1.0
        due[matters[0][off[w]], lane] = np.inf
    return _moved(context, to[w, context], cause[w], lane, rung, chain)


@njit(**FAST)
def fall_due(
    slot: Any,
    lane: Any,
    context: Any,
    decided: Any,
    rung: Any,
    level: Any,
    under_way: Any,
    chain: Any,
) -> Any:
    """Context after the matter of a slot is carried out or decided."""
    owner, up, down, up_to, down_to, cause = decided
    due, mark, occasion = under_way
    m = owner[slot]
    due[slot, lane] = np.inf
    level[len(level) - len(occasion) + m, lane] -= 1.0
    after = context
    if mark[slot, lane] < up[m]:
        after = up_to[m, context]
    elif mark[slot, lane] < up[m] + down[m]:
        after = down_to[m, context]
    return _moved(context, after, cause[m], lane, rung, chain)


@njit(**FAST)
def pass_deadline(
    path: Any,
    key: Any,
    atom: Any,
    lane: Any,
    context: Any,
    jumps: Any,
    rung: Any,
    chain: Any,
) -> Any:
    """Context after the end of a piece, at which a deadline may pass."""
    prob, to, cause, stream = jumps
    if atom < 0:
        return context
    a, b, _, _ = philox(path, _NONE, stream[atom], key)
    if unit_53(a, b) >= prob[atom]:
        return context
    return _moved(context, to[atom, context], cause[atom], lane, rung, chain)


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
    scratch : (parts, clocks, under_way, chain) of one lane, overwritten
    log_hour, log_what, log_context : (n,) where to note the beginning, what happens and
        the ends of pieces: the hour, the way that a source took (-1 for all else), and
        the context after it; may be empty

    Returns
    -------
    1 for war, 2 for settled, 0 for open; the hour; the number of rows noted
    """
    pieces, sources, ways, matters, decided, jumps, start = model
    ends, first_row, atom, over = pieces
    parts, clocks, under_way, chain = scratch
    rung, due = ways[8], under_way[0]
    log = log_hour, log_what, log_context
    # Plain Python gets whole numbers back from compiled functions, without a kind.
    context = np.uint64(
        begin_history(path, key, _ALONE, start, matters, rung, parts, under_way, chain)
    )
    hour, piece = 0.0, 0
    row = first_row[0] + context
    for j in range(len(sources[5])):
        a, b, _, _ = philox(path, _NONE, sources[5][j], key)
        set_first(j, _ALONE, row, exponential_32(a), b, sources, clocks)
    noted = _note(0, hour, -1, context, log)
    while over[context] == 0 and piece < len(ends):
        slot, due_at = soonest(due, _ALONE)
        longest = min(ends[piece], due_at) - hour
        wait, is_source, j, now = next_source(
            longest, _ALONE, sources, parts, clocks[0]
        )
        spend(wait, _ALONE, sources, parts)
        what = -1
        if is_source:
            hour += wait
            u = fire(path, key, j, _ALONE, row, now, sources, clocks)
            what = _way_of(u, sources[6][j], sources[7])
            warm(what, _ALONE, ways, parts[0])
            context = occur(
                path, key, what, _ALONE, hour, context, ways, matters, parts[0],
                under_way, chain,
            )  # fmt: skip
        elif due_at <= ends[piece]:
            hour = due_at
            context = fall_due(
                slot, _ALONE, context, decided, rung, parts[0], under_way, chain
            )
        else:
            hour = ends[piece]
            context = pass_deadline(
                path, key, atom[piece], _ALONE, context, jumps, rung, chain
            )
            piece += 1
        context = np.uint64(context)
        if piece < len(ends):
            after = first_row[piece] + context
            if after != row:
                change_rates(_ALONE, row, after, sources, parts, clocks)
            row = after
        noted = _note(noted, hour, what, context, log)
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
            chains[n_wars] = scratch[3][:, _ALONE]
            n_wars += 1
    return n_wars
