"""What secrecy buys: each private term if it is private, public, or leaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.settlement.band import Band, band
from backchannel.settlement.cells import all_draws
from backchannel.settlement.method import BoolArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.performance import awaited
from backchannel.settlement.secrecy import Version, hours_secret, leak_rate
from backchannel.settlement.valuation import Valuation

CURVE_DAYS = (30.0, 90.0, 180.0)
VERSIONS: tuple[Version, ...] = ("as_told", "as_was")


@dataclass(frozen=True)
class PrivateTerm:
    """One level that may be kept private, and what that is worth.

    `best_private`, `best_public`, `best_absent` : largest P(settled) over all packages
    with the term so seen, or without it; None where there is no such package.
    `package` : the package looked at, by row: the best that has the term private.
    `prob_private`, `prob_public`, `prob_if_leaked` : P(settled) of that package as it
    is, with the term switched to public, and given that it leaks; None as above.
    `prob_leak` and `leak_by_days` by version of who knows: `as_told`, `as_was`.
    `hours_secret` : how long it must hold, in that package.
    """

    issue: str
    level: str
    compartment: str
    best_private: float | None
    best_public: float | None
    best_absent: float | None
    package: int | None
    prob_private: float | None
    prob_public: float | None
    prob_if_leaked: float | None
    hours_secret: Band
    knowers: Mapping[Version, Band]
    prob_leak: Mapping[Version, Band]
    leak_by_days: Mapping[Version, Mapping[float, Band]]

    def __str__(self) -> str:
        shown = [
            f"{name} {value:.2f}"
            for name, value in (
                ("private", self.prob_private),
                ("public", self.prob_public),
                ("leaked", self.prob_if_leaked),
            )
            if value is not None
        ]
        return f"{self.issue} {self.level}: P(settled) {', '.join(shown)}"


def weigh_secrecy(
    crisis: Crisis,
    valuation: Valuation,
    prob_settled: FloatArray,
    preferred: tuple[int, ...],
) -> tuple[PrivateTerm, ...]:
    """Compare private with public for every term that may be private.

    Parameters
    ----------
    prob_settled : (n_packages,)
    preferred : rows to look at first where they hold the term privately; otherwise the
        package with the largest P(settled) is looked at
    """
    found = []
    for j, choices in enumerate(valuation.packages.choices):
        for choice in choices:
            if choice.visibility == "private":
                term = _weigh(crisis, valuation, j, choice, prob_settled, preferred)
                found.append(term)
    return tuple(found)


def _weigh(
    crisis: Crisis,
    valuation: Valuation,
    j: int,
    choice: Choice,
    prob_settled: FloatArray,
    preferred: tuple[int, ...],
) -> PrivateTerm:
    packages, draws = valuation.packages, valuation.draws
    issue, choices = packages.issues[j], packages.choices[j]
    private_at, public_at = choices.index(choice), _position(choices, choice.level)
    column = packages.rows[:, j]
    is_private = column == private_at
    is_absent = ~is_private & (column != public_at)
    row = _reference(is_private, prob_settled, preferred)
    switched = None if row is None else _switched(packages, row, j, public_at)
    key = (issue, choice.level)
    held = [] if row is None else list(packages.choices_in(row).items())
    around = [(i, c.level) for i, c in held if (i, c.level) in awaited(crisis, key)]
    hours = hours_secret(crisis, key, around, draws)
    rates = {v: leak_rate(crisis, *key, draws, v) for v in VERSIONS}
    private = crisis.issues[issue].levels[choice.level].private
    name = "" if private is None else private.compartment
    room = crisis.compartments[name]
    return PrivateTerm(
        issue,
        choice.level,
        name,
        _best(prob_settled, is_private),
        _best(prob_settled, column == public_at),
        _best(prob_settled, is_absent),
        row,
        None if row is None else float(prob_settled[row]),
        None if switched is None else float(prob_settled[switched]),
        None if row is None else _if_leaked(valuation, row),
        band(hours),
        {
            "as_told": band(draws[room.as_told or room.as_was]),
            "as_was": band(draws[room.as_was]),
        },
        {v: band(-np.expm1(-rate * hours)) for v, rate in rates.items()},
        {
            v: {days: band(-np.expm1(-rate * 24.0 * days)) for days in CURVE_DAYS}
            for v, rate in rates.items()
        },
    )


def _position(choices: tuple[Choice, ...], level: str) -> int:
    """Where the public version of a level stands; -1 where it is not allowed."""
    public = Choice(level=level)
    return choices.index(public) if public in choices else -1


def _best(prob_settled: FloatArray, mask: BoolArray) -> float | None:
    return float(prob_settled[mask].max()) if mask.any() else None


def _reference(
    mask: BoolArray, prob_settled: FloatArray, preferred: tuple[int, ...]
) -> int | None:
    for row in preferred:
        if mask[row]:
            return row
    return int(np.argmax(np.where(mask, prob_settled, -1.0))) if mask.any() else None


def _switched(packages: Packages, row: int, j: int, position: int) -> int | None:
    wanted = packages.rows[row].copy()
    wanted[j] = position
    hits = np.flatnonzero((packages.rows == wanted).all(axis=1))
    return int(hits[0]) if len(hits) else None


def _if_leaked(valuation: Valuation, row: int) -> float:
    """P(settled) where the secret does get out: accepted, passed, and passed again."""
    cells = all_draws(valuation.only(np.array([row]))).cells()
    accepted = cells.accepts[:, 0].all(axis=0)
    return float((accepted * cells.stands[0]).mean())
