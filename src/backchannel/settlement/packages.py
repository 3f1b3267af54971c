"""Every package of a crisis: one level and one visibility for each issue."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.crisis.frozen import Choice, WrittenPackage
from backchannel.crisis.model import Crisis
from backchannel.settlement.choices import choices_of
from backchannel.settlement.contradiction import are_feasible, nothing_fits
from backchannel.settlement.method import Exhaustive, IntArray


@dataclass(frozen=True, eq=False)
class Packages:
    """The feasible packages, in mixed-radix order of declaration, last issue fastest.

    `rows[i, j]` is the position in `choices[j]` that package i gives to issue j. The
    status quo package is no deal and is left out; `n_enumerated` counts all.
    """

    issues: tuple[str, ...]
    choices: tuple[tuple[Choice, ...], ...]
    rows: NDArray[np.int16]
    n_enumerated: int

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, rows: IntArray) -> Packages:
        """Some of the packages, in the given order."""
        return replace(self, rows=self.rows[rows])

    def choices_in(self, row: int) -> dict[str, Choice]:
        """Level and visibility of every issue in one package."""
        picked = zip(self.issues, self.choices, self.rows[row], strict=True)
        return {issue: choices[int(i)] for issue, choices, i in picked}

    def terms(self, row: int) -> dict[str, Choice]:
        """The choices of one package that differ from the status quo."""
        return {
            issue: choices[int(i)]
            for issue, choices, i in zip(
                self.issues, self.choices, self.rows[row], strict=True
            )
            if i
        }

    def label(self, row: int) -> str:
        """One line to print: `issue level (private), ...`."""
        return ", ".join(f"{issue} {c}" for issue, c in self.terms(row).items())

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of every package."""
        return tuple(self.label(row) for row in range(len(self)))

    def row_of(
        self, package: WrittenPackage | Mapping[str, Choice | str]
    ) -> int | None:
        """Row of a package; issues not named stay at the status quo.

        Returns
        -------
        row, or None where it is infeasible or the status quo itself

        Raises
        ------
        ModelError : an issue is not declared, or its level or visibility not allowed.
        """
        if not isinstance(package, WrittenPackage):
            package = WrittenPackage.model_validate({"terms": dict(package)})
        wanted = self.positions_of(package)
        hits = np.flatnonzero((self.rows == wanted).all(axis=1))
        return int(hits[0]) if len(hits) else None

    def positions_of(self, package: WrittenPackage) -> IntArray:
        """Positions in `choices`, (n_issues,); raises as `row_of`."""
        wanted = np.zeros(len(self.issues), dtype=np.int64)
        for issue, choice in package.terms.items():
            if issue not in self.issues:
                hint = did_you_mean(issue, self.issues, "issue")
                raise ModelError(f"package.{issue}: no such issue; {hint}")
            j = self.issues.index(issue)
            names = [str(c) for c in self.choices[j]]
            if choice == self.choices[j][0] or choice.level == self.choices[j][0].level:
                continue
            if str(choice) not in names:
                raise ModelError(
                    f"package.{issue}: '{choice}' is not allowed; choose one of "
                    f"{', '.join(names)}"
                )
            wanted[j] = names.index(str(choice))
        return wanted

    def neighbours(self, row: int) -> Iterator[tuple[str, Choice, int]]:
        """Feasible packages that differ in one issue: issue, new choice, row."""
        for j, choices in enumerate(self.choices):
            others = np.delete(self.rows, j, axis=1) == np.delete(self.rows[row], j)
            for other in np.flatnonzero(others.all(axis=1)):
                if other != row:
                    choice = choices[int(self.rows[other, j])]
                    yield self.issues[j], choice, int(other)


def enumerate_packages(crisis: Crisis, method: Exhaustive) -> Packages:
    """List every feasible package.

    Raises
    ------
    ModelError : more than `method.max_packages`, or none at all.
    """
    choices = tuple(choices_of(issue) for issue in crisis.issues.values())
    sizes = tuple(len(c) for c in choices)
    total = math.prod(sizes)
    if total > method.max_packages:
        raise ModelError(_too_many(crisis, sizes, total, method.max_packages))
    grid = np.indices(sizes, dtype=np.int16).reshape(len(sizes), total).T
    keep = are_feasible(crisis, grid)
    keep[0] = False  # the status quo is what happens without a deal
    if not keep.any():
        raise nothing_fits(crisis)
    rows = np.ascontiguousarray(grid[keep])
    return Packages(tuple(crisis.issues), choices, rows, total)


def _too_many(crisis: Crisis, sizes: tuple[int, ...], total: int, limit: int) -> str:
    largest = sorted(zip(sizes, crisis.issues, strict=True), reverse=True)[:3]
    shown = ", ".join(f"{name} has {size}" for size, name in largest)
    return (
        f"issues: {total:.3g} packages, more than {limit:.3g}; {shown}. Park an issue, "
        "or drop levels or visibilities that nobody would choose"
    )
