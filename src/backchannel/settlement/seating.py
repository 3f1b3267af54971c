"""Who sits where, as the arrays that sessions are played from; and a slow replay."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.domain import Domain
from backchannel.settlement._kernels.alternating_reference import (
    COUNT,
    MIRROR,
    TIME,
    play_sessions,
)
from backchannel.settlement.method import IntArray
from backchannel.settlement.negotiators import Negotiator, TimeDependent, TitForTat

MOST_PACKAGES = 1_000_000
"""Packages are ranked for every party, so they must all fit in memory."""

LineUps = tuple[tuple[Negotiator, ...], ...]
Worlds = tuple[Domain, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """Domains and line-ups as arrays; what each holds, see the compiled sessions."""

    tables: FloatArray
    n_levels: IntArray
    reserves: FloatArray
    world: IntArray
    numbers: IntArray
    kinds: IntArray
    curve_of: IntArray
    kindness: FloatArray
    curves: FloatArray

    @property
    def n_sessions(self) -> int:
        """How many are to be played."""
        return len(self.world)

    def only(self, session: int) -> Table:
        """The same table for one of the sessions."""
        at = self.world[session]
        return replace(
            self,
            tables=self.tables[at : at + 1],
            reserves=self.reserves[at : at + 1],
            world=np.zeros(1, dtype=np.int64),
            numbers=self.numbers[[session]],
            kinds=self.kinds[[session]],
            curve_of=self.curve_of[[session]],
            kindness=self.kindness[[session]],
        )

    @property
    def arrays(self) -> dict[str, Any]:
        """Everything, by the name of the argument that sessions are played from."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def digest(self) -> str:
        """SHA-256 of every number."""
        summary = hashlib.sha256()
        for array in self.arrays.values():
            summary.update(repr(array.shape).encode())
            summary.update(np.ascontiguousarray(array).tobytes())
        return summary.hexdigest()


def as_worlds(domains: Domain | Sequence[Domain]) -> Worlds:
    """One domain or several, as a tuple."""
    return (domains,) if isinstance(domains, Domain) else tuple(domains)


def as_line_ups(
    given: Sequence[Negotiator] | Sequence[Sequence[Negotiator]],
) -> LineUps:
    """One line-up or several, as a tuple of tuples."""
    rows = [tuple(line) for line in given if isinstance(line, Sequence)]
    if len(rows) == len(given):
        return tuple(rows)
    return (tuple(n for n in given if not isinstance(n, Sequence)),)


def seat(
    worlds: Worlds, line_ups: LineUps, schedule: IntArray | None, n_rounds: int
) -> Table:
    """Put everybody at the table.

    Raises
    ------
    MethodError : more packages than can be ranked.
    ModelError : nothing to play, or what is given does not fit together.
    """
    _demand_fit(worlds, line_ups)
    rows = _pair_up(worlds, line_ups) if schedule is None else schedule
    _demand_rows(rows, len(worlds), len(line_ups))
    kinds, curve_of, kindness, curves = _encode(line_ups, n_rounds)
    # By domain, so that each is ranked once.
    numbers = np.argsort(rows[:, 0], kind="stable")
    world, line = np.ascontiguousarray(rows[numbers, 0]), rows[numbers, 1]
    return Table(
        tables=np.array([np.concatenate(w.utilities, axis=1) for w in worlds]),
        n_levels=np.array(worlds[0].n_levels, dtype=np.int64),
        reserves=np.array([w.reservation_values for w in worlds]),
        world=world,
        numbers=numbers,
        kinds=kinds[line],
        curve_of=curve_of[line],
        kindness=kindness[line],
        curves=curves,
    )


def _demand_fit(worlds: Worlds, line_ups: LineUps) -> None:
    if not worlds or not line_ups:
        raise ModelError(
            f"run_sessions: has {len(worlds)} domains and {len(line_ups)} line-ups; "
            "give at least one of each"
        )
    first = worlds[0]
    if first.n_packages > MOST_PACKAGES:
        raise MethodError(
            f"{first.title}: has {first.n_packages:.3g} packages, sessions take up to "
            f"{MOST_PACKAGES}; fix the level of some issues"
        )
    for other in worlds[1:]:
        if (other.levels, other.parties) != (first.levels, first.parties):
            raise ModelError(
                f"run_sessions: '{other.title}' differs from '{first.title}' in its "
                "levels or parties; domains played together share both"
            )
    for line in line_ups:
        if len(line) != len(first.parties):
            raise ModelError(
                f"run_sessions: a line-up has {len(line)} negotiators; one for each "
                f"party is needed: {', '.join(first.parties)}"
            )


def _pair_up(worlds: Worlds, line_ups: LineUps) -> IntArray:
    """One with each, or one to one: rows of domain and line-up."""
    n = max(len(worlds), len(line_ups))
    if min(len(worlds), len(line_ups)) not in (1, n):
        raise ModelError(
            f"run_sessions: has {len(worlds)} domains and {len(line_ups)} line-ups; "
            "give one of either, as many of both, or a schedule"
        )
    columns = [np.arange(n) if len(c) == n else np.zeros(n) for c in (worlds, line_ups)]
    return np.stack(columns, axis=1).astype(np.int64)


def _demand_rows(rows: IntArray, n_worlds: int, n_lines: int) -> None:
    if rows.ndim != 2 or rows.shape[1] != 2 or not len(rows):
        raise ModelError(
            f"schedule: must have shape (n_sessions, 2), but has {rows.shape}; each "
            "row names a domain and a line-up"
        )
    if (rows < 0).any() or (rows >= (n_worlds, n_lines)).any():
        raise ModelError(
            f"schedule: names domains up to {rows[:, 0].max()} and line-ups up to "
            f"{rows[:, 1].max()}; there are {n_worlds} and {n_lines}, from 0"
        )


def _encode(
    line_ups: LineUps, n_rounds: int
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Kinds, rows of curves and kindness, (n_line_ups, n_parties); and the curves."""
    codes: dict[Negotiator, tuple[int, int, float]] = {}
    curves: list[FloatArray] = []
    for negotiator in dict.fromkeys(n for line in line_ups for n in line):
        kind, row, kindness = COUNT, 0, 0.0
        if isinstance(negotiator, TimeDependent):
            kind, row = TIME, len(curves)
            curves.append(negotiator.aspirations(n_rounds))
        elif isinstance(negotiator, TitForTat):
            kind, kindness = MIRROR, negotiator.kindness
        codes[negotiator] = (kind, row, kindness)
    table = np.array([[codes[n] for n in line] for line in line_ups])
    kinds, rows = (table[:, :, k].astype(np.int64) for k in (0, 1))
    return kinds, rows, table[:, :, 2], np.array(curves or [np.ones(n_rounds)])


def replay(
    table: Table,
    slack: float,
    seed: int,
    ends: IntArray,
    *,
    n_replayed: int,
) -> Certificate:
    """Play sessions again in plain Python, spread evenly, and compare.

    Parameters
    ----------
    ends : (2, n_sessions), packages agreed and rounds, in the order of the table

    Returns
    -------
    Certificate : how many of those replayed ended otherwise; none may
    """
    rows = np.unique(np.linspace(0, table.n_sessions - 1, n_replayed).astype(np.int64))
    n_other = 0
    for row in rows:
        again, round_ = np.empty((2, 1), dtype=np.int64)
        play_sessions(
            **table.only(int(row)).arrays,
            slack=slack,
            seed=seed,
            agreed=again,
            ended=round_,
        )
        n_other += bool(again[0] != ends[0, row] or round_[0] != ends[1, row])
    return Certificate(
        claim=f"{len(rows)} of {table.n_sessions:,} sessions end as when replayed",
        value=float(n_other),
        bound=0.0,
        route="plain Python, offer by offer",
    )
