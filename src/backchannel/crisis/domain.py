"""A negotiation domain as other tools write it: issues, levels, additive utilities.

It is less than a crisis: no escalation, no ratifiers, no channels, no sources. What it
has is enough to ask which packages nobody can improve upon.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.laws import FloatArray


@dataclass(frozen=True, eq=False)
class Domain:
    """Parties that value packages level by level.

    `levels[i]` names the levels of `issues[i]`; `utilities[i]` is (n_parties,
    n_levels) on each party's own scale, weights included, so that the utility of a
    package is a plain sum. `reservation_values` (n_parties,), -inf where a party
    declares none. `notes` say what a reader of the file passed over.

    Raises ModelError where shapes or names do not fit, or a number is not finite.
    """

    title: str
    issues: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    parties: tuple[str, ...]
    utilities: tuple[FloatArray, ...]
    reservation_values: FloatArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._refuse_empty()
        for issue, levels, table in zip(
            self.issues, self.levels, self.utilities, strict=True
        ):
            place = f"{self.title}: issue '{issue}'"
            if not levels:
                raise ModelError(f"{place}: has no level; give it at least one")
            wanted = (len(self.parties), len(levels))
            if table.shape != wanted:
                raise ModelError(
                    f"{place}: utilities must have shape (n_parties, n_levels) = "
                    f"{wanted}, but have {table.shape}"
                )
            if not np.isfinite(table).all():
                raise ModelError(f"{place}: has a utility that is not a finite number")
        reserves = self.reservation_values
        if reserves.shape != (len(self.parties),):
            raise ModelError(
                f"{self.title}: reservation_values must have shape (n_parties,) = "
                f"({len(self.parties)},), but have {reserves.shape}"
            )
        if np.isnan(reserves).any() or (reserves == math.inf).any():
            raise ModelError(
                f"{self.title}: a reservation value is NaN or +inf; "
                "write a number, or -inf for none"
            )

    def _refuse_empty(self) -> None:
        if not self.issues:
            raise ModelError(f"{self.title}: has no issue; a package needs one")
        if not self.parties:
            raise ModelError(f"{self.title}: has no party; give at least one profile")
        for noun, names in (("issue", self.issues), ("party", self.parties)):
            if len(set(names)) < len(names):
                raise ModelError(f"{self.title}: names one {noun} twice: {names}")
        if not len(self.issues) == len(self.levels) == len(self.utilities):
            raise ModelError(
                f"{self.title}: has {len(self.issues)} issues, levels for "
                f"{len(self.levels)} and utilities for {len(self.utilities)}; "
                "one of each per issue"
            )

    @property
    def n_levels(self) -> tuple[int, ...]:
        """Number of levels of each issue."""
        return tuple(len(levels) for levels in self.levels)

    @property
    def n_packages(self) -> int:
        """How many packages there are."""
        return math.prod(self.n_levels)

    @property
    def disagreement_point(self) -> FloatArray:
        """Utilities if talks fail: the reservation value; the worst package without."""
        worst = np.sum([table.min(axis=1) for table in self.utilities], axis=0)
        declared = self.reservation_values
        return np.where(np.isfinite(declared), declared, worst)

    @property
    def digest(self) -> str:
        """SHA-256 of issues, levels, parties and numbers."""
        parts = [self.issues, self.levels, self.parties]
        summary = hashlib.sha256(repr(parts).encode())
        for table in (*self.utilities, self.reservation_values):
            summary.update(np.ascontiguousarray(table, dtype="<f8").tobytes())
        return summary.hexdigest()

    def between(self, parties: Sequence[str]) -> Domain:
        """The same issues among some of the parties, in the order given.

        Raises
        ------
        ModelError : a name is no party of this domain.
        """
        rows = [self._place(name, self.parties, "party") for name in parties]
        return replace(
            self,
            parties=tuple(parties),
            utilities=tuple(table[rows] for table in self.utilities),
            reservation_values=self.reservation_values[rows],
        )

    def with_values(
        self, values: Mapping[str, Mapping[str, Mapping[str, float]]]
    ) -> Domain:
        """The same domain with some utilities replaced.

        Parameters
        ----------
        values : utility by party, issue and level, on the party's own scale

        Raises
        ------
        ModelError : a name is not declared, or a number is not finite.
        """
        tables = list(self.utilities)
        for party, issues in values.items():
            row = self._place(party, self.parties, "party")
            for issue, levels in issues.items():
                i = self._place(issue, self.issues, "issue")
                tables[i] = tables[i].copy()
                for level, utility in levels.items():
                    j = self._place(level, self.levels[i], f"level of '{issue}'")
                    tables[i][row, j] = utility
        return replace(self, utilities=tuple(tables))

    def _place(self, name: str, known: tuple[str, ...], noun: str) -> int:
        if name not in known:
            right = did_you_mean(name, known, noun)
            raise ModelError(f"{self.title}: no {noun} '{name}'; {right}")
        return known.index(name)

    def utilities_of(self, packages: np.ndarray) -> FloatArray:
        """Utilities of packages, summed issue by issue in declared order.

        Parameters
        ----------
        packages : (n, n_issues) indices of levels

        Returns
        -------
        (n, n_parties), on each party's own scale
        """
        total = np.zeros((len(packages), len(self.parties)))
        for i, table in enumerate(self.utilities):
            total += table[:, packages[:, i]].T
        return total
