"""The cheapest single change for every package of a domain that fails.

A package that fails passes after another level on one issue, after a payment between
leaders, or after a reassurance at home, if that is all it lacks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.settlement._kernels.cheapest import (
    NONE,
    PAYMENT,
    REASSURANCE,
    SWITCH,
    cheapest_amounts,
    cheapest_switches,
)
from backchannel.settlement.additive import additive, unpack
from backchannel.settlement.method import IntArray
from backchannel.settlement.two_level import TwoLevel, pass_literally
from backchannel.settlement.win_sets import (
    ScanWinSets,
    judge_slice,
    numbers_of,
    open_hall,
)

SmallInt = NDArray[np.int16]
RepairKind = Literal["none", "switch", "side_payment", "reassurance", "lead_time"]
LEAD_TIME = 4
_KINDS: dict[int, RepairKind] = {
    NONE: "none",
    SWITCH: "switch",
    PAYMENT: "side_payment",
    REASSURANCE: "reassurance",
    LEAD_TIME: "lead_time",
}
_EQUAL = 1e-9
_N_SAMPLED = 64


@dataclass(frozen=True)
class Repair:
    """One change: what kind, what it costs, and whom or what it concerns.

    `cost` is the largest loss of a leader, or the points that are paid or by which a
    constituency is reassured; below 0 where every leader gains. A switch names an
    `issue` and its new `level`, a payment an `actor` and its `payer`, a reassurance an
    `actor`. A shorter time costs no leader anything: the private terms of `issue` then
    need to hold for the `share` of the time.
    """

    kind: RepairKind
    cost: float
    issue: str = ""
    level: str = ""
    actor: str = ""
    payer: str = ""
    share: float = 1.0

    def __str__(self) -> str:
        match self.kind:
            case "lead_time":
                return f"{self.issue}: performed in {self.share:.0%} of the time"
            case "switch":
                return f"{self.issue}: {self.level} instead, cost {self.cost:.4g}"
            case "side_payment":
                return f"{self.payer} pays {self.actor} {self.cost:.4g} points"
            case "reassurance":
                return f"reassure {self.actor} by {self.cost:.4g} points"
            case "none":
                return "no single change is enough"


@dataclass(frozen=True, eq=False)
class Repairs:
    """The cheapest change of every package, (n_packages,) in mixed-radix order.

    `cost` is 0 where a package passes as it is, and infinite where no single change is
    enough; `kind`, `whom` and `by` are codes that `of` puts into words.
    """

    problem: TwoLevel
    passes: NDArray[np.bool_]
    cost: FloatArray
    kind: SmallInt
    whom: SmallInt
    by: SmallInt

    @property
    def n_mended(self) -> int:
        """How many failing packages some single change makes pass."""
        return int((self.kind != NONE).sum())

    def of(self, number: int) -> Repair | None:
        """The cheapest change of one package; None where it passes as it is.

        Raises
        ------
        ModelError : no package has this number.
        """
        if not 0 <= number < len(self.cost):
            raise ModelError(
                f"package {number}: there are {len(self.cost)}, numbered from 0"
            )
        if self.passes[number]:
            return None
        kind, cost = _KINDS[int(self.kind[number])], float(self.cost[number])
        whom, by = int(self.whom[number]), int(self.by[number])
        domain, actors = self.problem.domain, self.problem.actors
        match kind:
            case "switch":
                name = domain.issues[whom]
                return Repair(kind, cost, issue=name, level=domain.levels[whom][by])
            case "side_payment":
                return Repair(kind, cost, actor=actors[whom], payer=actors[by])
            case "reassurance":
                return Repair(kind, cost, actor=actors[whom])
            case "lead_time":
                return self._sooner(number, whom)
            case "none":
                return Repair(kind, cost)

    def _sooner(self, number: int, place: int) -> Repair:
        """The time that is left to one issue, where that is what a package lacks."""
        secret = self.problem.secret
        assert secret is not None
        package = unpack(np.array([number]), self.problem.domain.n_levels)
        leaks = secret.of(package)[:, 0]
        row = self.problem.actors.index(secret.actor)
        too_many = float(leaks.sum() + self.problem.thresholds[row])
        left = 1.0 - too_many / float(leaks[place])
        issue = list(secret.exposure)[place]
        return Repair("lead_time", 0.0, issue=issue, share=max(left, 0.0))

    def check(self) -> Certificate:
        """Search the changes of some packages again by plain loops."""
        n = len(self.cost)
        sample = range(0, n, max(1, n // _N_SAMPLED))
        worst = 0.0
        for number in sample:
            literal = repair_literally(self.problem, number)
            ours = float(self.cost[number])
            if math.isinf(literal) or math.isinf(ours):
                worst = max(worst, float(literal != ours) and math.inf)
            else:
                worst = max(worst, abs(literal - ours))
        scale = _largest_span(self.problem)
        return Certificate(
            "cost of the cheapest change",
            worst,
            10 * _EQUAL * scale,
            "plain loops over all changes of a sample of packages",
        )

    def __str__(self) -> str:
        n_failing = int((~self.passes).sum())
        return (
            f"{n_failing:,} packages fail; a single change mends {self.n_mended:,}\n"
            f"cheapest: {np.min(self.cost[~self.passes], initial=math.inf):.4g}"
        )


def cheapest_changes(problem: TwoLevel, *, max_packages: int = 20_000_000) -> Repairs:
    """Find for every package that fails the cheapest change after which it passes.

    Parameters
    ----------
    problem : a domain, its leaders and the rules at home
    max_packages : bound on the work; a package takes 15 bytes

    Returns
    -------
    Repairs : a level of one issue (or its visibility), a payment between two leaders, a
        shorter time for which a private term must hold, or a reassurance of one
        constituency; ties go to the first of these kinds, then by declaration

    Raises
    ------
    MethodError : more packages than `max_packages`.

    Notes: exact. A payment costs its payer what the receiver lacks, point for point,
    and the payer must still accept.
    """
    domain = problem.domain
    if domain.n_packages > max_packages:
        raise MethodError(
            f"cheapest_changes: {domain.n_packages:.3g} packages are more than "
            f"max_packages = {max_packages:.3g}; fix the level of some issues"
        )
    n = domain.n_packages
    codes = np.zeros((3, n), dtype=np.int16)
    cost = np.full(n, np.inf)
    numbers = _amounts(problem, cost, codes)
    _shorten(problem, cost, codes)
    passes = np.zeros(n, dtype=bool)
    passes[numbers] = True
    strides = np.array(
        [math.prod(domain.n_levels[i + 1 :]) for i in range(len(domain.issues))],
        dtype=np.int64,
    )
    cheapest_switches(
        numbers,
        strides,
        np.array(domain.n_levels, dtype=np.int64),
        _losses(problem),
        ~passes,
        cost,
        *codes,
    )
    cost[numbers] = 0.0
    return Repairs(problem, passes, cost, *codes)


def _amounts(problem: TwoLevel, cost: FloatArray, codes: SmallInt) -> IntArray:
    """Fill in payments and reassurances; say which packages pass."""
    sums = additive(problem.domain.utilities)
    hall = open_hall(problem, sums, ScanWinSets(slice_blocks=256))
    n_actors = len(problem.actors)
    threshold = (problem.thresholds - sums.base) / sums.step
    low = np.ascontiguousarray(hall.low[:, :n_actors])
    numbers = []
    for index in range(len(hall.high)):
        part = judge_slice(hall, index, counts_blocked=True, lists_stopped=True)
        here = slice(index * hall.per_slice, (index + 1) * hall.per_slice)
        high = (hall.high[index] + hall.middle)[:, :n_actors]
        cheapest_amounts(
            part.stopped,
            np.ascontiguousarray(high),
            low,
            threshold,
            sums.step,
            hall.leaders,
            cost[here],
            *(code[here] for code in codes),
        )
        numbers.append(here.start + numbers_of(part, len(low)))
    return np.concatenate(numbers)


def _shorten(problem: TwoLevel, cost: FloatArray, codes: SmallInt) -> None:
    """Where only leaks stop a package, hurry the issue with the most of them.

    Of all single issues that one leaves most of its time.
    """
    if problem.secret is None:
        return
    kind, whom, _ = codes
    row = problem.actors.index(problem.secret.actor)
    found = np.flatnonzero((kind == REASSURANCE) & (whom == row))
    leaks = problem.secret.of(unpack(found, problem.domain.n_levels))
    is_enough = leaks.max(axis=0) >= cost[found] - _EQUAL
    kind[found] = np.where(is_enough, LEAD_TIME, NONE)
    whom[found] = np.where(is_enough, leaks.argmax(axis=0), 0)
    cost[found] = np.where(is_enough, 0.0, np.inf)


def _losses(problem: TwoLevel) -> FloatArray:
    """Largest loss of a leader from one level to another, by issue."""
    tables = problem.domain.utilities
    most = max(problem.domain.n_levels)
    losses = np.full((len(tables), most, most), np.inf)
    for issue, table in enumerate(tables):
        own = table[problem.leader_rows]
        n = own.shape[1]
        losses[issue, :n, :n] = (own[:, :, None] - own[:, None, :]).max(axis=0)
    return losses


def _largest_span(problem: TwoLevel) -> float:
    tables = problem.domain.utilities
    spans = np.sum([np.ptp(table, axis=1) for table in tables], axis=0)
    return max(1.0, float(spans.max()))


def repair_literally(problem: TwoLevel, number: int) -> float:
    """Cost of the cheapest change of one package by plain loops; for checking only.

    Returns
    -------
    0 where the package passes, infinity where no single change is enough
    """
    domain = problem.domain
    package = unpack(np.array([number]), domain.n_levels)[0]
    if pass_literally(problem, package[None])[0]:
        return 0.0
    leaders = list(problem.leader_rows)
    here = domain.utilities_of(package[None])[0]
    costs = [math.inf]
    for issue, n in enumerate(domain.n_levels):
        for level in range(n):
            other = package.copy()
            other[issue] = level
            if pass_literally(problem, other[None])[0]:
                there = domain.utilities_of(other[None])[0]
                costs.append(max(here[k] - there[k] for k in leaders))
    secret = problem.secret
    if secret is not None:
        row = problem.actors.index(secret.actor)
        # Performed at once, an issue leaks nothing.
        saved = secret.of(package[None])[:, 0].tolist()
        if any(_passes_with(problem, package, {row: leaks}) for leaks in saved):
            costs.append(0.0)
    for k, threshold in enumerate(problem.thresholds):
        lacks = threshold - here[k]
        if lacks <= 0 or (secret is not None and k == row):
            continue
        if k in leaders:
            offers = [{k: lacks, p: -lacks} for p in leaders if p != k]
        else:
            offers = [{k: lacks}]
        if any(_passes_with(problem, package, points) for points in offers):
            costs.append(lacks)
    return min(costs)


def _passes_with(
    problem: TwoLevel, package: IntArray, points: dict[int, float]
) -> bool:
    """Whether a package passes when some actors are given points."""
    moved = problem.domain.reservation_values.copy()
    for actor, more in points.items():
        moved[actor] -= more
    return bool(pass_literally(problem.with_thresholds(moved), package[None])[0])
