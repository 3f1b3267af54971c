"""Why no package can be put together: which requirements contradict, and what would do.

Requirements contradict where no package meets them all. A set of them is minimal where
any one dropped would let a package be put together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import ModelError
from backchannel.crisis.issues import Requirement
from backchannel.crisis.model import Crisis
from backchannel.settlement.choices import choices_of, requirements_of
from backchannel.settlement.method import BoolArray, IntArray

_MOST_SHOWN = 4
_MOST_PACKAGES = 1_000_000


@dataclass(frozen=True, eq=False)
class Unmet:
    """One `one_of` requirement of one term, and the packages that break it.

    `breaks` (n_packages,) says so of each package asked about.
    """

    issue: str
    term: str
    needs: Requirement
    breaks: BoolArray

    def __str__(self) -> str:
        needed = " or ".join(str(ref) for ref in self.needs.one_of)
        return f"{self.issue}.{self.term} needs {needed}"


def unmet_requirements(crisis: Crisis, grid: NDArray[np.int16]) -> Iterator[Unmet]:
    """Every `one_of` requirement of every term, with the packages that break it.

    Parameters
    ----------
    grid : (n_packages, n_issues), positions among the choices of each issue
    """
    choices = tuple(choices_of(issue) for issue in crisis.issues.values())
    issues = list(crisis.issues)
    for j, issue in enumerate(issues):
        for c, choice in enumerate(choices[j]):
            for need in requirements_of(crisis, issue, choice):
                if not need.one_of:
                    continue
                met = np.zeros(len(grid), dtype=bool)
                for ref in need.one_of:
                    k = issues.index(ref.issue)
                    has = np.array([o.level == ref.level for o in choices[k]])
                    met |= has[grid[:, k]]
                breaks = (grid[:, j] == c) & ~met
                yield Unmet(issue, str(choice), need, breaks)


def are_feasible(crisis: Crisis, grid: NDArray[np.int16]) -> BoolArray:
    """Whether every `one_of` requirement of every term is met, (n_packages,).

    Parameters
    ----------
    grid : (n_packages, n_issues), positions among the choices of each issue
    """
    keep = np.ones(len(grid), dtype=bool)
    for unmet in unmet_requirements(crisis, grid):
        keep &= ~unmet.breaks
    return keep


def nothing_fits(crisis: Crisis) -> ModelError:
    """The error for a crisis of which no package can be put together.

    Returns
    -------
    ModelError : names a minimal set of requirements that contradict, and the fewest
        that would have to go; beyond 10^6 packages it only says what to do
    """
    opening = "issues: no package but the status quo can be put together; "
    sizes = [len(choices_of(issue)) for issue in crisis.issues.values()]
    total = math.prod(sizes)
    if total == 1:
        parked = [name for name, i in crisis.issues.items() if i.status == "parked"]
        if parked:
            return ModelError(f"{opening}open a parked issue: {_listed(parked)}")
        return ModelError(f"{opening}give an issue a second level")
    if total > _MOST_PACKAGES:
        return ModelError(f"{opening}loosen a requires.one_of, or open a parked issue")
    terms = np.indices(sizes, dtype=np.int16).reshape(len(sizes), total).T[1:]
    every = list(unmet_requirements(crisis, terms))
    broken = np.sum([unmet.breaks for unmet in every], axis=0)
    fewest = int(np.argmin(broken))
    dropped = [str(unmet) for unmet in every if unmet.breaks[fewest]]
    core = [str(every[r]) for r in _minimal(every, broken)]
    return ModelError(
        f"{opening}these requirements contradict: {_listed(core)}. The smallest change "
        f"is to drop {len(dropped)}: {_listed(dropped)}"
    )


def _minimal(every: list[Unmet], broken: IntArray) -> list[int]:
    """A set of requirements that contradict, of which none could be spared."""
    counts = np.array(broken)
    kept = list(range(len(every)))
    # From the last: what was declared first is what stays to be read.
    for r in reversed(range(len(every))):
        fewer = counts - every[r].breaks
        if fewer.all():
            counts = fewer
            kept.remove(r)
    return kept


def _listed(names: list[str]) -> str:
    shown = "; ".join(names[:_MOST_SHOWN])
    hidden = len(names) - _MOST_SHOWN
    return f"{shown}; and {hidden} more" if hidden > 0 else shown
