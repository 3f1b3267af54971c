"""The same sessions in plain Python: what the compiled ones are tested against."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray

TIME, MIRROR, COUNT = 0, 1, 2
"""Kinds of negotiators: time-dependent, tit-for-tat, MiCRO."""


@dataclass
class _Seat:
    """One negotiator in one session: what it is worth to it, and what it has seen."""

    kind: int
    curve: FloatArray
    kindness: float
    worth: list[float]
    ranked: list[int]
    least: float
    span: float
    slack: float
    received: set[int] = field(default_factory=set)
    n_sent: int = 0
    first: float | None = None
    last: float = 0.0

    def aspiration(self, round_: int) -> float:
        if self.kind == TIME:
            return float(self.curve[round_])
        moved = 0.0 if self.first is None else (self.last - self.first) / self.span
        given = max(moved, 0.0) + self.kindness * round_
        return min(max(1.0 - given, 0.0), 1.0)

    def is_ready(self) -> bool:
        has_next = self.n_sent < len(self.ranked)
        if not has_next or self.worth[self.ranked[self.n_sent]] < self.least:
            return False
        return self.n_sent <= len(self.received)

    def accepts(self, package: int, round_: int) -> bool:
        worth = self.worth[package]
        if self.kind != COUNT:
            need = self.least + self.aspiration(round_) * self.span - self.slack
            return worth >= max(need, self.least)
        if self.n_sent == 0 and not self.is_ready():
            return False
        mark = self.n_sent if self.is_ready() else self.n_sent - 1
        return worth >= self.worth[self.ranked[mark]]

    def offer(self, round_: int, pick: int) -> int:
        if self.kind != COUNT:
            need = self.least + self.aspiration(round_) * self.span - self.slack
            need = max(need, self.least)
            suits = [x for x in reversed(self.ranked) if self.worth[x] >= need]
            return suits[0] if suits else self.ranked[0]
        if self.is_ready():
            self.n_sent += 1
            return self.ranked[self.n_sent - 1]
        if self.n_sent == 0:
            return self.ranked[0]
        return self.ranked[pick % self.n_sent]

    def sees(self, package: int) -> None:
        self.received.add(package)
        self.last = self.worth[package]
        if self.first is None:
            self.first = self.last


def pick_number(seed: int, session: int, round_: int, party: int) -> int:
    """A number of 31 bits from a counter: the finaliser of SplitMix64."""
    mask = (1 << 64) - 1
    key = seed * 0x9E3779B97F4A7C15 + session * 0xD1B54A32D192ED03
    z = (key + round_ * 0x8CB92BA72F3D8DD7 + party * 0xABC98388FB8FAC03) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) >> 33


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
    """Play every session by the book; see the compiled one."""
    n_rounds = curves.shape[1]
    for session in range(len(world)):
        at = world[session]
        worths = _worths(tables[at], n_levels)
        seats = []
        for p, worth in enumerate(worths.tolist()):
            # Ties: the lower number is the better place.
            ranked = sorted(range(len(worth)), key=lambda x: (-worth[x], x))
            least = max(float(reserves[at, p]), min(worth))
            span = max(worth) - least
            seats.append(
                _Seat(
                    int(kinds[session, p]),
                    curves[curve_of[session, p]],
                    float(kindness[session, p]),
                    worth,
                    ranked,
                    least,
                    span if span > 0.0 else 1.0,
                    slack * max(span, 0.0),
                )
            )
        if any(seat.worth[seat.ranked[0]] < seat.least for seat in seats):
            # Somebody has nothing to gain from any package, and does not sit down.
            agreed[session], ended[session] = -1, 0
            continue
        agreed[session], ended[session] = _play(
            seats, n_rounds, seed, int(numbers[session])
        )


def _play(
    seats: list[_Seat], n_rounds: int, seed: int, session: int
) -> tuple[int, int]:
    table, n_yes = -1, 0
    for round_ in range(n_rounds):
        for p, seat in enumerate(seats):
            if table >= 0 and seat.accepts(table, round_):
                n_yes += 1
                if n_yes == len(seats):
                    return table, round_
                continue
            table = seat.offer(round_, pick_number(seed, session, round_, p))
            n_yes = 1
            for q, other in enumerate(seats):
                if q != p:
                    other.sees(table)
    return -1, n_rounds


def _worths(table: FloatArray, n_levels: IntArray) -> FloatArray:
    """Worth of every package, (n_parties, n_packages), the last issue fastest."""
    total = np.zeros((len(table), 1))
    begin = 0
    for n in n_levels:
        level = table[:, begin : begin + n]
        total = (total[:, :, None] + level[:, None, :]).reshape(len(table), -1)
        begin += n
    return total
