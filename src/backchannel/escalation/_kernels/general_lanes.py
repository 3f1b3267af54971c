"""Paths of a crisis as the file declares it, many in flight.

What `general_paths` does with numbers happens here with vectors of sixteen, as long as
a source occurs that changes heat and nothing else. What is rarer (the context changes,
something gets under way or falls due, a piece ends) a lane does by itself, with the
functions of `general_paths`. A lane whose path has ended takes the next path, whose
first points were drawn with those of the fifteen paths beside it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.chances import (
    FAST,
    FLAGS,
    LONGEST,
    change_rates,
    set_first,
)
from backchannel.escalation._kernels.general_paths import (
    begin_history,
    fall_due,
    occur,
    pass_deadline,
    soonest,
)
from backchannel.escalation._kernels.markov_paths import bin_of
from backchannel.escalation._kernels.philox import HALF, LOW, philox
from backchannel.escalation._kernels.vector_elementary import (
    exponentials,
    logarithms,
    powers_of_e,
)
from backchannel.escalation._kernels.vector_memory import gather, read, scatter, write
from backchannel.escalation._kernels.vectors import (
    WIDTH,
    choose,
    lowest_bit,
    mask_of,
    numbers_of,
    ones_where,
    same_number,
    same_word,
)

_NONE, _ONE = np.uint64(0), np.uint64(1)
_ALL = (1 << WIDTH) - 1
# In place of a way: something else comes first.
_NO_WAY = np.uint64(0xFFFFFFFFFFFFFFFF)
_TO_UNIT_32 = 1.0 / 4294967296.0


@njit(**FAST)
def _first_of_part(p: Any, k: Any, n_lanes: Any, part: Any, point: Any) -> Any:
    """Source of part p whose point comes first, and that point."""
    begin = np.int64(part[p])
    first = read(point, begin * n_lanes + k)
    which = same_word(part[p])
    for j in range(begin + 1, np.int64(part[p + 1])):
        other = read(point, j * n_lanes + k)
        is_less = other < first
        first = choose(is_less, other, first)
        which = choose(is_less, same_word(np.uint64(j)), which)
    return which, first


@njit(**FAST)
def _next_source(
    longest: Any, k: Any, n_lanes: Any, sources: Any, parts: Any, point: Any
) -> Any:
    """Do what `chances.next_source` does for sixteen paths."""
    part, decay, fade = sources[2], sources[3], sources[4]
    level, spent = parts
    never = same_number(np.inf)
    wait, now, which = longest, never, same_word(_NONE)
    is_source = wait < wait
    for p in range(len(part) - 1):
        if part[p] == part[p + 1]:
            continue
        first, soon = _first_of_part(p, k, n_lanes, part, point)
        then = soon - read(spent, p * n_lanes + k)
        then = choose(then < 0.0, same_number(0.0), then)
        # The level of what always may occur is 1.
        if p > 0:
            height = read(level, p * n_lanes + k)
            then = choose(height > 0.0, then / height, never)
        if decay[p] > 0.0:
            share = then * decay[p]
            then = choose(share < 1.0, logarithms(1.0 - share) * fade[p], never)
        is_first = then < wait
        wait = choose(is_first, then, wait)
        now = choose(is_first, soon, now)
        which = choose(is_first, first, which)
        is_source = is_source | is_first
    return wait, is_source, which, now


@njit(**FAST)
def _spend(wait: Any, k: Any, n_lanes: Any, sources: Any, parts: Any) -> None:
    """Do what `chances.spend` does for sixteen paths."""
    part, decay, fade = sources[2], sources[3], sources[4]
    level, spent = parts
    for p in range(len(part) - 1):
        if part[p] == part[p + 1]:
            continue
        at = p * n_lanes + k
        height, before = read(level, at), read(spent, at)
        if decay[p] > 0.0:
            gone = wait * decay[p]
            gone = choose(gone < LONGEST, gone, same_number(LONGEST))
            left = powers_of_e(gone * -1.0)
            write(spent, at, before + height * ((left - 1.0) * fade[p]))
            write(level, at, height * left)
        else:
            write(spent, at, before + height * wait)


@njit(**FAST)
def _fire(
    path: Any,
    key: Any,
    place: Any,
    at: Any,
    which: Any,
    now: Any,
    is_source: Any,
    sources: Any,
    clocks: Any,
) -> Any:
    """Do what `chances.fire` does for the lanes in which a source occurs."""
    point, _, drawn = clocks
    word = gather(drawn, at)
    number = (word >> HALF) + _ONE
    a, b, c, d = philox(path, number >> _ONE, gather(sources[5], which), key)
    is_first = (number & _ONE) < _ONE
    wait = exponentials(choose(is_first, a, c))
    scatter(point, at, now + wait * gather(sources[1], place), is_source)
    scatter(drawn, at, (number << HALF) | choose(is_first, b, d), is_source)
    return (numbers_of(word & LOW) + 0.5) * _TO_UNIT_32


@njit(**FAST)
def _way_of(u: Any, which: Any, sources: Any, n_ways: Any) -> Any:
    """Way on which a uniform falls, of n_ways at most for each source."""
    w = gather(sources[6], which)
    for _ in range(n_ways - 1):
        w = w + ones_where(u >= gather(sources[7], w))
    return w


@njit(**FAST)
def _warm(
    w: Any, touched: Any, is_source: Any, k: Any, n_lanes: Any, ways: Any, level: Any
) -> None:
    """Do what `general_paths.warm` does for the lanes in which a source occurs."""
    cap = ways[6]
    if len(cap) == 0:
        return
    change, part = gather(ways[3], w), touched >> _ONE
    for kind in range(len(cap)):
        at = (1 + kind) * n_lanes + k
        before = read(level, at)
        heat = before + change
        heat = choose(heat < 0.0, same_number(0.0), heat)
        heat = choose(heat < cap[kind], heat, same_number(cap[kind]))
        is_it = ((part ^ np.uint64(1 + kind)) < _ONE) & is_source
        write(level, at, choose(is_it, heat, before))


@njit(**FAST)
def _step(k: Any, key: Any, n_ways: Any, model: Any, scratch: Any, flight: Any) -> Any:
    """Next event of sixteen paths; the mask of lanes that have more to do."""
    ends, first_row, _, over = model[0]
    sources, ways = model[1], model[2]
    parts, clocks = scratch[0], scratch[1]
    path, context, piece, hour, due, way, lane = flight
    n_lanes = len(path)
    here, g, t = read(context, k), read(piece, k), read(hour, k)
    end, soon = gather(ends, g), read(due, k)
    limit = choose(end < soon, end, soon)
    wait, is_source, which, now = _next_source(
        limit - t, k, n_lanes, sources, parts, clocks[0]
    )
    _spend(wait, k, n_lanes, sources, parts)
    row = gather(first_row, g) + here
    place = row * np.uint64(len(sources[5])) + which
    at = which * np.uint64(n_lanes) + read(lane, k)
    u = _fire(read(path, k), key, place, at, which, now, is_source, sources, clocks)
    w = _way_of(u, which, sources, n_ways)
    touched = gather(ways[7], w * np.uint64(len(over)) + here)
    _warm(w, touched, is_source, k, n_lanes, ways, parts[0])
    write(hour, k, choose(is_source, t + wait, limit))
    write(way, k, choose(is_source, w, same_word(_NO_WAY)))
    return mask_of(is_source & ((touched & _ONE) < _ONE)) ^ _ALL


@njit(**FAST)
def _do_more(lane: Any, key: Any, model: Any, scratch: Any, flight: Any) -> None:
    """What one path does besides: all that is not heat, and new rates."""
    (ends, first_row, atom, _), sources, ways, matters, decided, jumps, _ = model
    parts, clocks, under_way, chain = scratch
    path, context, piece, hour, due, way, _ = flight
    rung, level = ways[8], parts[0]
    number, before, g, t = path[lane], context[lane], piece[lane], hour[lane]
    row, w = first_row[g] + before, way[lane]
    if w != _NO_WAY:
        after = occur(
            number, key, w, lane, t, before, ways, matters, level, under_way, chain
        )
    elif due[lane] <= ends[g]:
        slot, _ = soonest(under_way[0], lane)
        after = fall_due(slot, lane, before, decided, rung, level, under_way, chain)
    else:
        after = pass_deadline(number, key, atom[g], lane, before, jumps, rung, chain)
        g += _ONE
    _, due[lane] = soonest(under_way[0], lane)
    context[lane], piece[lane] = after, g
    if g < len(ends) and first_row[g] + after != row:
        change_rates(lane, row, first_row[g] + after, sources, parts, clocks)


@njit(**FAST)
def _draw_ahead(first: Any, key: Any, stream: Any, lane: Any, ahead: Any) -> None:
    """First points of all sources on sixteen paths, from path `first` on."""
    target, mark = ahead
    path = same_word(first) + read(lane, 0)
    for j in range(len(stream)):
        a, b, _, _ = philox(path, path & _NONE, same_word(stream[j]), key)
        write(target, j * WIDTH, exponentials(a))
        write(mark, j * WIDTH, b)


@njit(**FAST)
def _take(
    number: Any,
    key: Any,
    lane: Any,
    model: Any,
    scratch: Any,
    flight: Any,
    k: Any,
    ahead: Any,
) -> None:
    """Put a path into a lane, with its points from column k of those drawn ahead."""
    path, context, piece, hour, due, _, _ = flight
    path[lane], piece[lane], hour[lane] = number, _NONE, 0.0
    parts, clocks, under_way, chain = scratch
    here = begin_history(
        number, key, lane, model[6], model[3], model[2][8], parts, under_way, chain
    )
    context[lane] = here
    _, due[lane] = soonest(under_way[0], lane)
    row = model[0][1][0] + here
    for j in range(len(ahead[0])):
        set_first(j, lane, row, ahead[0][j, k], ahead[1][j, k], model[1], clocks)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FLAGS)
def follow_in_lanes(
    first: Any,
    last: Any,
    key: Any,
    n_ways: Any,
    model: Any,
    scratch: Any,
    flight: Any,
    ahead: Any,
    grid: Any,
    guess: Any,
    counts: Any,
    chains: Any,
) -> Any:
    """Follow paths `first` to `last`, many at a time, and count their ends.

    Parameters
    ----------
    first, last : numbers of paths; `last` is not among them
    key, model : as in `general_paths.follow_history`
    n_ways : ways of a source at most
    scratch : as there, with a column for every lane; lanes come in whole vectors and
        never change a result
    flight : (path, context, piece, hour, due, way, lane), (n_lanes,) each, overwritten
        but for `lane`, the numbers from 0
    ahead : first targets and marks of all sources on sixteen paths, overwritten
    grid, guess, counts : as in `general_paths.follow_histories`
    chains : (n, n_rungs) int16, what raised each rung on the paths to war, in any
        order, as far as there is room; may be empty

    Returns
    -------
    number of paths to war that were noted in `chains`
    """
    over, n_pieces = model[0][3], np.uint64(len(model[0][0]))
    path, context, piece, hour, _, _, numbers = flight
    n_left, n_wars = last - first, 0
    following, last, drawn_to = np.uint64(first), np.uint64(last), np.uint64(first)
    # At first all lanes hold a path that nobody counts, at its end.
    path[:], piece[:], is_new = last, n_pieces, True
    while n_left > 0:
        for k in range(0, len(path), WIDTH):
            todo = _ALL
            if not is_new:
                todo = _step(k, key, n_ways, model, scratch, flight)
            while todo != 0:
                lane = k + lowest_bit(todo)
                todo &= todo - 1
                if not is_new:
                    _do_more(lane, key, model, scratch, flight)
                while n_left > 0 and (
                    piece[lane] >= n_pieces or over[context[lane]] != 0
                ):
                    if path[lane] < last:
                        n_left -= 1
                        end = over[context[lane]]
                        if end > 0:
                            counts[end - 1, bin_of(hour[lane], grid, guess)] += 1
                        if end == 1 and n_wars < len(chains):
                            for i in range(chains.shape[1]):
                                chains[n_wars, i] = scratch[3][i, lane]
                            n_wars += 1
                    if following == drawn_to:
                        _draw_ahead(following, key, model[1][5], numbers, ahead)
                        drawn_to += np.uint64(WIDTH)
                    column = following + np.uint64(WIDTH) - drawn_to
                    _take(following, key, lane, model, scratch, flight, column, ahead)
                    following += _ONE
        is_new = False
    return n_wars
