"""What secrecy buys: one package with a term private, public, or leaked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.settlement.band import Band, band
from backchannel.settlement.cells import all_draws
from backchannel.settlement.method import BoolArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.performance import LevelKey, awaited
from backchannel.settlement.secrecy import Version, hours_secret, leak_rate
from backchannel.settlement.valuation import Valuation

CURVE_DAYS = (30.0, 90.0, 180.0)
VERSIONS: tuple[Version, ...] = ("as_told", "as_was")


Role = Literal["best", "historical", "other"]


@dataclass(frozen=True)
class Candidate:
    """A package, by row, and its P(settled)."""

    package: int
    prob_settled: float


@dataclass(frozen=True)
class PrivateTerm:
    """One level that may be kept private, and what that buys within one package.

    `package` : the package looked at, by row, and `role` what it is: the `best` package
    where that holds the term, private or public; else the `historical` one where that
    holds it privately; else the `other` that holds it privately and is settled most
    often. Both None where no package can hold it privately.
    `package_private`, `package_public` : the rows of that same package with the term
    private and public; nothing else differs. One of them is `package`; None where such
    a package cannot be put together.
    `prob_private`, `prob_public` : their P(settled); `prob_if_leaked` that of
    `package_private` if its secrets are out before it is performed.
    `best_with_private`, `best_with_public`, `best_without` : over all packages with
    the term so seen, or without it, the one settled most often; None where there is
    none. They may differ in other terms too, so no difference between them is what
    secrecy buys.
    `prob_leak` and `leak_by_days` by version of who knows: `as_told`, `as_was`.
    `hours_secret` : how long it must hold, in that package.
    """

    issue: str
    level: str
    compartment: str
    role: Role | None
    package: int | None
    package_private: int | None
    package_public: int | None
    prob_private: float | None
    prob_public: float | None
    prob_if_leaked: float | None
    best_with_private: Candidate | None
    best_with_public: Candidate | None
    best_without: Candidate | None
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
        place = "no package" if self.role is None else f"{self.role} package"
        return f"{self.issue} {self.level}, {place}: P(settled) {', '.join(shown)}"


def weigh_secrecy(
    crisis: Crisis,
    valuation: Valuation,
    prob_settled: FloatArray,
    best: int,
    historical: int | None,
) -> tuple[PrivateTerm, ...]:
    """Compare private with public for every term that may be private.

    Parameters
    ----------
    prob_settled : (n_packages,)
    best, historical : rows of the packages to look at first
    """
    found = []
    for j, choices in enumerate(valuation.packages.choices):
        for choice in choices:
            if choice.visibility == "private":
                seen = _look(valuation.packages, j, choice)
                role, row = _reference(seen, prob_settled, best, historical)
                found.append(_weigh(crisis, valuation, prob_settled, seen, role, row))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Seen:
    """One term over all packages: where it is private, public or absent.

    `positions` are those of its private and public form among the choices of issue `j`;
    -1 where it may not be public.
    """

    packages: Packages
    j: int
    choice: Choice
    positions: tuple[int, int]
    is_private: BoolArray
    is_public: BoolArray

    def switched(self, row: int, position: int) -> int | None:
        """Row of a package once the term has another form; None where infeasible."""
        wanted = self.packages.rows[row].copy()
        wanted[self.j] = position
        hits = np.flatnonzero((self.packages.rows == wanted).all(axis=1))
        return int(hits[0]) if len(hits) else None


def _look(packages: Packages, j: int, choice: Choice) -> _Seen:
    choices = packages.choices[j]
    positions = (choices.index(choice), _position(choices, choice.level))
    column = packages.rows[:, j]
    private, public = (column == position for position in positions)
    return _Seen(packages, j, choice, positions, private, public)


def _reference(
    seen: _Seen, prob_settled: FloatArray, best: int, historical: int | None
) -> tuple[Role | None, int | None]:
    """Choose the package within which private and public are compared."""
    if seen.is_private[best]:
        return "best", best
    if seen.is_public[best] and seen.switched(best, seen.positions[0]) is not None:
        return "best", best
    if historical is not None and seen.is_private[historical]:
        return "historical", historical
    found = _candidate(prob_settled, seen.is_private)
    return (None, None) if found is None else ("other", found.package)


def _weigh(
    crisis: Crisis,
    valuation: Valuation,
    prob_settled: FloatArray,
    seen: _Seen,
    role: Role | None,
    row: int | None,
) -> PrivateTerm:
    issue, level = seen.packages.issues[seen.j], seen.choice.level
    private, public = (
        None if row is None else seen.switched(row, position)
        for position in seen.positions
    )
    hours = _hours(crisis, valuation, (issue, level), private)
    rates = {v: leak_rate(crisis, issue, level, valuation.draws, v) for v in VERSIONS}
    secret = crisis.issues[issue].levels[level].private
    name = "" if secret is None else secret.compartment
    room = crisis.compartments[name]
    return PrivateTerm(
        issue,
        level,
        name,
        role,
        row,
        private,
        public,
        None if private is None else float(prob_settled[private]),
        None if public is None else float(prob_settled[public]),
        None if private is None else _if_leaked(valuation, private),
        _candidate(prob_settled, seen.is_private),
        _candidate(prob_settled, seen.is_public),
        _candidate(prob_settled, ~seen.is_private & ~seen.is_public),
        band(hours),
        {
            "as_told": band(valuation.draws[room.as_told or room.as_was]),
            "as_was": band(valuation.draws[room.as_was]),
        },
        {v: band(-np.expm1(-rate * hours)) for v, rate in rates.items()},
        {
            v: {days: band(-np.expm1(-rate * 24.0 * days)) for days in CURVE_DAYS}
            for v, rate in rates.items()
        },
    )


def _hours(
    crisis: Crisis, valuation: Valuation, key: LevelKey, row: int | None
) -> FloatArray:
    """How long a term must hold in one package, (n_draws,)."""
    packages = valuation.packages
    held = [] if row is None else list(packages.choices_in(row).items())
    waits = awaited(crisis, key)
    around = [(issue, c.level) for issue, c in held if (issue, c.level) in waits]
    return hours_secret(crisis, key, around, valuation.draws)


def _position(choices: tuple[Choice, ...], level: str) -> int:
    """Where the public version of a level stands; -1 where it is not allowed."""
    public = Choice(level=level)
    return choices.index(public) if public in choices else -1


def _candidate(prob_settled: FloatArray, mask: BoolArray) -> Candidate | None:
    """The package settled most often among some, the first by declaration."""
    if not mask.any():
        return None
    row = int(np.argmax(np.where(mask, prob_settled, -1.0)))
    return Candidate(row, float(prob_settled[row]))


def _if_leaked(valuation: Valuation, row: int) -> float:
    """P(settled) where the secret does get out: accepted, passed, and passed again."""
    cells = all_draws(valuation.only(np.array([row]))).cells()
    accepted = cells.accepts[:, 0].all(axis=0)
    return float((accepted * cells.stands[0]).mean())
