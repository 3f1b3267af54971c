"""Paths of a crisis as the file declares it, without a list of its states.

Heat either cools token by token (Markov) or decays as an exponential kernel (a Hawkes
process); what is under way takes the time that its law says: fixed, lognormal, as
observed. A path holds its context (rung, postures, uncertain deadlines), the heat of
each kind, and when each matter under way falls due.

The next incident is drawn from the intensity as it stands, which can only fall until
then, and accepted with the share that is left of it.

Source: Ogata (1981), IEEE Trans. Inform. Theory 27(1), 23-31 (thinning).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.elementary import (
    exponential_53,
    exponential_of,
    unit_53,
)
from backchannel.escalation._kernels.latency import wait_of
from backchannel.escalation._kernels.markov_paths import EVENTS, START, bin_of
from backchannel.escalation._kernels.philox import philox

_ONE, _NONE = np.uint64(1), np.uint64(0)
_FULL = 4294967295.0


@njit(cache=True)
def _pick(u: Any, row: Any, n: Any, threshold: Any, other: Any) -> Any:
    """Outcome of an alias row of n cells by a uniform number, and what is left of it.

    Cells of row `row` begin at `row * n`.
    """
    place = u * n
    cell = min(np.int64(place), n - 1)
    at = row * n + cell
    is_own = (place - cell) * _FULL < threshold[at]
    return cell if is_own else np.int64(other[at])


@njit(cache=True)
def _begin(path: Any, key: Any, m: Any, hour: Any, matters: Any, scratch: Any) -> None:
    """Put matter m under way, where it has a free slot."""
    slot_first, stage_first, stream, law, table = matters
    _, due, mark, occasion, _ = scratch
    for slot in range(slot_first[m], slot_first[m + 1]):
        if due[slot] == np.inf:
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
            return


@njit(cache=True)
def _climb(chain: Any, rung: Any, before: Any, after: Any, cause: Any) -> None:
    """Remember what brought the crisis up each rung."""
    for level in range(rung[before], rung[after]):
        chain[level] = cause


@njit(cache=True)
def _soonest(due: Any) -> Any:
    """Slot that falls due first, and when; -1 where nothing is under way."""
    best, hour = -1, np.inf
    for slot in range(len(due)):
        if due[slot] < hour:
            best, hour = slot, due[slot]
    return best, hour


@njit(cache=True)
def begin_history(path: Any, key: Any, start: Any, matters: Any, scratch: Any) -> Any:
    """Set the scratch of a path to where the crisis stands at hour 0.

    Returns
    -------
    context after what is outstanding has been answered
    """
    context, heat_0, pending_0, threshold, other, to, asks, cause, rung = start
    heat, due, _, occasion, chain = scratch
    heat[:] = heat_0
    due[:] = np.inf
    occasion[:] = 0
    chain[:] = -1
    for m in range(len(pending_0)):
        for _ in range(pending_0[m]):
            _begin(path, key, m, 0.0, matters, scratch)
    n = len(asks)
    for row in range(len(threshold) // n):
        a, b, _, _ = philox(path, np.uint64(row), START, key)
        what = _pick(unit_53(a, b), row, n, threshold, other)
        _climb(chain, rung, context, to[what, context], cause[what])
        context = to[what, context]
        if asks[what] >= 0:
            _begin(path, key, asks[what], 0.0, matters, scratch)
    return context


@njit(cache=True)
def fall_due(slot: Any, context: Any, decided: Any, scratch: Any) -> Any:
    """Context after the matter of a slot is carried out or decided."""
    owner, up, down, up_to, down_to, cause, rung = decided
    _, due, mark, _, chain = scratch
    m = owner[slot]
    due[slot] = np.inf
    after = context
    if mark[slot] < up[m]:
        after = up_to[m, context]
    elif mark[slot] < up[m] + down[m]:
        after = down_to[m, context]
    _climb(chain, rung, context, after, cause[m])
    return after


@njit(cache=True)
def _pass(atom: Any, context: Any, u: Any, jumps: Any, rung: Any, chain: Any) -> Any:
    """Context after the end of a piece, at which a deadline may pass."""
    prob, to, cause = jumps
    if atom < 0 or u >= prob[atom]:
        return context
    _climb(chain, rung, context, to[atom, context], cause[atom])
    return to[atom, context]


@njit(cache=True)
def _cool(v: Any, heat: Any, cooling: Any) -> Any:
    """Cool the token on which the number v falls; what is left of v, if none."""
    for k in range(len(heat)):
        v -= heat[k] * cooling[k]
        if v < 0.0:
            heat[k] -= 1.0
            return v
    return v


@njit(cache=True)
def _note(noted: Any, hour: Any, what: Any, log_hour: Any, log_what: Any) -> Any:
    """Number of events noted, after one more where there is room."""
    if noted == len(log_hour):
        return noted
    log_hour[noted], log_what[noted] = hour, what
    return noted + 1


@njit(cache=True)
def call_off(v: Any, owner: Any, off: Any, due: Any) -> None:
    """Call off the matter under way on which the number v falls, rates in order."""
    for slot in range(len(due)):
        if due[slot] < np.inf:
            v -= off[owner[slot]]
            if v < 0.0:
                due[slot] = np.inf
                return


@njit(cache=True)
def follow_history(
    path: Any, key: Any, model: Any, scratch: Any, log_hour: Any, log_what: Any
) -> Any:
    """Follow one path to its end.

    Parameters
    ----------
    path, key : uint64, which random numbers to use
    model : (pieces, rates, outcomes, matters, decided, jumps, start), see `PathTables`
    scratch : (heat, due, mark, occasion, chain), overwritten
    log_hour, log_what : (n,) where to note what happens; may be empty

    Returns
    -------
    1 for war, 2 for settled, 0 for open; the hour; the number of events noted
    """
    pieces, rates, outcomes, matters, decided, jumps, start = model
    ends, regime, atom, over = pieces
    base, heat_rate, cooling, cap, off, is_kernel = rates
    threshold, other, to, leaves, asks, cause, rung = outcomes
    heat, due, _, _, chain = scratch
    context = begin_history(path, key, start, matters, scratch)
    hour, piece, event, noted = 0.0, 0, _NONE, 0
    n_kinds, n_ways, n_slots = len(heat), len(leaves), len(due)
    slot, soonest = _soonest(due)
    while over[context] == 0:
        r = regime[piece]
        total = base[r, context]
        for k in range(n_kinds):
            total += heat[k] * heat_rate[r, context, k]
            if not is_kernel:
                total += heat[k] * cooling[k]
        for s in range(n_slots):
            if due[s] < np.inf:
                total += off[decided[0][s]]
        a, b, c, d = philox(path, event, EVENTS, key)
        event += _ONE
        then = hour + (exponential_53(a, b) / total if total > 0.0 else np.inf)
        limit = min(ends[piece], soonest)
        v = unit_53(c, d) * total - base[r, context]
        row = (r * len(over) + context) * (1 + n_kinds)
        u = 1.0 + v / base[r, context] if v < 0.0 else -1.0
        gone = min(then, limit) - hour
        for k in range(n_kinds):
            was = heat[k]
            if is_kernel:
                heat[k] = was * exponential_of(-cooling[k] * gone)
            if v >= 0.0 and u < 0.0:
                share = was * heat_rate[r, context, k]
                if v < share:
                    # Thinned: only what is left of the heat counts.
                    left = heat[k] * heat_rate[r, context, k]
                    u, row = (v / left if v < left else 2.0), row + 1 + k
                v -= share
        hour = min(then, limit)
        if then >= limit and soonest <= ends[piece]:
            context = fall_due(slot, context, decided, scratch)
        elif then >= limit:
            context = _pass(atom[piece], context, unit_53(c, d), jumps, rung, chain)
            piece += 1
            if piece == len(ends):
                break
            continue
        elif 0.0 <= u < 1.0:
            what = _pick(u, row, n_ways, threshold, other)
            if leaves[what] >= 0:
                heat[leaves[what]] = min(heat[leaves[what]] + 1.0, cap[leaves[what]])
            _climb(chain, rung, context, to[what, context], cause[what])
            context = to[what, context]
            if asks[what] >= 0:
                _begin(path, key, asks[what], hour, matters, scratch)
            noted = _note(noted, hour, what, log_hour, log_what)
        elif u < 0.0:
            v = v if is_kernel else _cool(v, heat, cooling)
            if v >= 0.0:
                call_off(v, decided[0], off, due)
        else:
            continue
        slot, soonest = _soonest(due)
    return over[context], hour, noted


@njit(cache=True, nogil=True, error_model="numpy")
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
            np.uint64(path), key, model, scratch, nothing, nowhere
        )
        if end > 0:
            counts[end - 1, bin_of(hour, grid, guess)] += 1
        if end == 1 and n_wars < len(chains):
            chains[n_wars] = scratch[4]
            n_wars += 1
    return n_wars
