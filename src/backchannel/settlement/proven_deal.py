"""The best deal that can be carried home, of more packages than can be enumerated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.clauses import as_clauses
from backchannel.settlement.cp_sat import (
    Optimum,
    Programme,
    WholePoints,
    build,
    maximise,
    whole_points,
)
from backchannel.settlement.method import IntArray
from backchannel.settlement.two_level import HomeRule, TwoLevel
from backchannel.settlement.verify_deal import certify_around, certify_deal

Criterion = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
CRITERIA: tuple[Criterion, ...] = (
    "nash",
    "kalai_smorodinsky",
    "egalitarian",
    "utilitarian",
)
_SHARE = 10**6
"""Shares and logarithms are counted in millionths."""
_MOST_CUTS = 60


@dataclass(frozen=True)
class WholeProgramme:
    """Maximise over packages as whole programmes, thresholds and rules as conditions.

    The product of gains is maximised as a sum of logarithms, each held below its
    tangents, until the best package found is within `tolerance` of the proven bound.
    `work_limit` bounds each solve, in the solver's own count of work, about seconds.

    Source: Duran and Grossmann (1986), Mathematical Programming 36, 307-339, for the
    tangents (outer approximation).
    """

    work_limit: float = 60.0
    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        for name in ("work_limit", "tolerance"):
            if not getattr(self, name) > 0.0:
                raise MethodError(
                    f"WholeProgramme.{name}: is {getattr(self, name)}; must be above 0"
                )


@dataclass(frozen=True, eq=False)
class ProvenDeal:
    """The best package by one criterion among those that pass, and what is proven.

    `package` (n_issues,) levels; `utilities` (n_actors,); `gains` (n_leaders,) over the
    leaders' thresholds. `value` is what the criterion makes of the gains (the product,
    the least share of the largest possible, the least, the sum), `bound` what no
    package that passes exceeds, `gap` their difference as a share of `value`.
    """

    title: str
    criterion: Criterion
    actors: tuple[str, ...]
    leaders: tuple[str, ...]
    package: IntArray
    levels: tuple[str, ...]
    utilities: FloatArray
    gains: FloatArray
    value: float
    bound: float
    gap: float
    n_packages: int
    n_solves: int
    status: Status
    method: WholeProgramme
    domain_digest: str
    certificate: Certificate

    def check(self, game: TwoLevel) -> Certificate:
        """Look for a better package by another route.

        All packages are judged where there are at most two millions of them; else those
        that differ in up to two issues.

        Raises
        ------
        ModelError : this is the answer for another game.
        """
        if game.domain.digest != self.domain_digest:
            raise ModelError(
                f"check: '{game.domain.title}' is not the game of this answer "
                f"('{self.title}'); pass the one it was computed from"
            )
        return certify_around(game, self.package, self.criterion, self.bound)

    def __str__(self) -> str:
        shown = "  ".join(
            f"{name} {gain:.6g}"
            for name, gain in zip(self.leaders, self.gains, strict=True)
        )
        named = "; ".join(self.levels)
        return "\n".join(
            [
                f"{self.title}: {self.n_packages:.3g} packages, {self.criterion}",
                f"package  {named if len(named) < 200 else named[:197] + '...'}",
                f"gains    {shown}",
                f"value    {self.value:.9g}, at most {self.bound:.9g}",
                f"{self.status} (gap {self.gap:.1g}): {self.certificate}",
            ]
        )


def prove_deal(
    game: TwoLevel,
    *,
    criterion: Criterion = "nash",
    method: WholeProgramme | None = None,
) -> ProvenDeal:
    """Find the best package that every leader accepts and every rule at home passes.

    Parameters
    ----------
    game : leaders, constituencies and rules; see `at_home` and `nominal_game`
    criterion : what is maximised over the leaders' gains above their thresholds
    method : limits and tolerance

    Returns
    -------
    ProvenDeal : exact where the criterion is a whole number of units and proven;
        converged where each search ends within the tolerance, the gap saying what is
        left; truncated where a limit was met

    Raises
    ------
    MethodError : OR-tools is not installed, or a limit was met before any package.
    ModelError : no criterion has this name.
    NoAgreementError : no package passes; that is proven.

    Notes: utilities that are no multiples of 10^-6 are rounded to 10^-7 of their sum.
    Thresholds are then met with that margin, so what is found passes; the bound comes
    from a second search in which they may be missed by it, so that the gap holds
    whatever was rounded away.

    >>> from backchannel.crisis.domain import Domain
    >>> table = np.array([[0.0, 3.0, 4.0], [5.0, 4.0, 1.0], [1.0, 1.0, 0.0]])
    >>> domain = Domain("toll", ("toll",), (("low", "mid", "high"),),
    ...                 ("A", "B", "senate"), (table,), np.array([1.0, 0.0, 1.0]))
    >>> from backchannel.settlement import at_home
    >>> prove_deal(at_home(domain, ["A", "B"]), criterion="egalitarian").levels
    ('mid',)
    """
    if criterion not in CRITERIA:
        raise ModelError(
            f"criterion: no criterion is named '{criterion}'; there are "
            f"{', '.join(CRITERIA)}"
        )
    chosen = method or WholeProgramme()
    race = _Race(game, _points_of(game), chosen)
    found = race.run(criterion)
    package = found.package
    utilities = game.domain.utilities_of(package[None])[0]
    gains = utilities[game.leader_rows] - race.fallback
    value = found.value(gains)
    top, is_proven, n_solves = found, race.is_proven, race.n_solves
    if race.whole.is_rounded:
        loose = _Race(game, race.whole, chosen, is_sure=False)
        top, value = loose.bounding(criterion, found, gains)
        is_proven, n_solves = is_proven and loose.is_proven, n_solves + loose.n_solves
    is_proven = is_proven and found.is_proven and top.is_proven
    bound = max(found.bound, top.bound, value)
    gap = (bound - value) / max(abs(value), 1e-12)
    is_exact = found.is_whole and not race.whole.is_rounded and gap < 1e-9
    proven = Status.EXACT if is_exact else Status.CONVERGED
    return ProvenDeal(
        title=game.domain.title,
        criterion=criterion,
        actors=game.actors,
        leaders=game.leaders,
        package=package,
        levels=_names(game, package),
        utilities=utilities,
        gains=gains,
        value=value,
        bound=bound,
        gap=gap,
        n_packages=game.domain.n_packages,
        n_solves=n_solves,
        status=proven if is_proven else Status.TRUNCATED,
        method=chosen,
        domain_digest=game.domain.digest,
        certificate=certify_deal(game, package, criterion, bound),
    )


def _points_of(game: TwoLevel) -> WholePoints:
    """Points of all actors in one unit, fine enough for what the leaders ask for."""
    whole = whole_points(as_clauses(game.domain), is_common=True)
    return whole.fitted(game.domain.disagreement_point[game.leader_rows])


def _names(game: TwoLevel, package: IntArray) -> tuple[str, ...]:
    levels = zip(game.domain.levels, package, strict=True)
    return tuple(names[int(level)] for names, level in levels)


@dataclass(frozen=True, eq=False)
class _Found:
    """A package, the proven bound of its value, and how value follows from gains."""

    package: IntArray
    bound: float
    is_proven: bool
    is_whole: bool
    n_solves: int
    ideals: FloatArray | None = None
    is_product: bool = False
    is_least: bool = False

    def value(self, gains: FloatArray) -> float:
        if self.is_product:
            return float(np.prod(np.maximum(gains, 0.0)))
        shares = gains if self.ideals is None else gains / self.ideals
        return float(shares.min() if self.is_least else shares.sum())


class _Race:
    """One game as programmes, and the four criteria on it.

    Where points are rounded, a sure race takes only packages that pass for certain; one
    that is not takes all that may pass, and bounds what the best of them is worth.
    """

    def __init__(
        self,
        game: TwoLevel,
        whole: WholePoints,
        method: WholeProgramme,
        *,
        is_sure: bool = True,
    ) -> None:
        self.is_sure = is_sure
        self.game, self.whole, self.method = game, whole, method
        self.clauses = as_clauses(game.domain)
        self.leaders = [int(row) for row in game.leader_rows]
        self.unit = float(whole.units[0])
        self.fallback = game.domain.disagreement_point[game.leader_rows]
        # Whole units below the fallback, so that a gain in units is never too small.
        margin = whole.margin(len(game.domain.issues))
        base = [math.floor(f / self.unit + 1e-6) for f in self.fallback]
        self.floors = [floor - (0 if is_sure else margin) for floor in base]
        # Points above the fallback that a gain of no units leaves out.
        self.drift = np.array(base) * self.unit - self.fallback
        self.margin = margin * self.unit
        # Largest gains from a narrower search, by which a looser one must divide too.
        self.ideals: FloatArray | None = None
        self.n_solves = 0
        self.is_proven = True

    def run(self, criterion: Criterion) -> _Found:
        if criterion == "utilitarian":
            return self._sum()
        if criterion == "egalitarian":
            return self._least(np.ones(len(self.leaders)), None)
        if criterion == "kalai_smorodinsky":
            return self._shares()
        return self._product()

    def bounding(
        self, criterion: Criterion, found: _Found, gains: FloatArray
    ) -> tuple[_Found, float]:
        """What nothing that was rounded away exceeds, and what the package is worth.

        Parameters
        ----------
        found : the best that surely passes
        gains : (n_leaders,), what it brings
        """
        value = found.value(gains)
        if found.ideals is not None:
            # A share of the most that may be had is no more than its share of the most.
            value = replace(found, ideals=self.largest_gains()).value(gains)
        self.ideals = found.ideals
        # Where somebody can gain nothing for certain, the sum stands in for shares.
        is_sum = criterion == "kalai_smorodinsky" and found.ideals is None
        return self.run("utilitarian" if is_sum else criterion), value

    def programme(self) -> Programme:
        """Packages that pass, without an objective."""
        every = [range(n) for n in self.game.domain.n_levels]
        made = build(self.clauses, self.whole, every)
        n_rounded = len(every)
        for row, threshold in zip(self.leaders, self.fallback, strict=True):
            least = self.at_least(row, threshold, n_rounded)
            made.model.add(made.utilities[row] >= least)
        passes: dict[str, Any] = {}
        for rule in self.game.rules:
            self._demand(made, rule, passes, n_rounded)
        return made

    def at_least(self, row: int, threshold: float, n_rounded: int) -> int:
        """Units that a threshold asks for, rounding allowed for."""
        return self.whole.at_least(
            row, threshold, n_rounded=n_rounded, is_sure=self.is_sure
        )

    def _demand(
        self, made: Programme, rule: HomeRule, passes: dict[str, Any], n_rounded: int
    ) -> None:
        """Let a rule be met by those who assent, or have nothing before them."""
        model, game = made.model, self.game
        for name in rule.members:
            if name in passes:
                continue
            row = game.actors.index(name)
            passes[name] = model.new_bool_var(name)
            assents = model.new_bool_var("")
            reasons = [passes[name].negated(), assents]
            threshold = game.thresholds[row]
            if np.isfinite(threshold):
                least = self.at_least(row, threshold, n_rounded)
                model.add(made.utilities[row] >= least).only_enforce_if(assents)
            if game.asked is not None:
                is_idle = model.new_bool_var("")
                reasons.append(is_idle)
                for variables, asked in zip(made.chosen, game.asked, strict=True):
                    for level in np.flatnonzero(asked[row]):
                        model.add_implication(is_idle, variables[int(level)].negated())
            model.add_bool_or(reasons)
        weights = zip(rule.weights, rule.members, strict=True)
        model.add(sum(w * passes[name] for w, name in weights) >= rule.needed)

    def gains(self, made: Programme) -> list[Any]:
        """Units of each leader above the fallback."""
        return [
            made.utilities[row] - floor
            for row, floor in zip(self.leaders, self.floors, strict=True)
        ]

    def solve(self, made: Programme, objective: Any) -> Optimum:
        self.n_solves += 1
        found = maximise(made, objective, work_limit=self.method.work_limit)
        self.is_proven = self.is_proven and (found is None or found.is_proven)
        if found is None:
            raise NoAgreementError(
                f"{self.game.domain.title}: no package is accepted by every leader and "
                "passed at home, and that is proven; lower a threshold, or change a "
                "rule"
            )
        return found

    def _sum(self) -> _Found:
        made = self.programme()
        found = self.solve(made, sum(self.gains(made)))
        bound = found.bound * self.unit + float(self.drift.sum())
        return _Found(found.package, bound, found.is_proven, True, self.n_solves)

    def _least(self, ideals: FloatArray, scaled: FloatArray | None) -> _Found:
        """The largest least gain, or share of an ideal; then the largest sum."""
        made = self.programme()
        gains = self.gains(made)
        top = max(self.whole.most[row] for row in self.leaders) + abs(min(self.floors))
        least = made.model.new_int_var(-top, max(top, _SHARE), "least")
        for gain, ideal in zip(gains, ideals, strict=True):
            if scaled is None:
                made.model.add(least <= gain)
            else:
                whole = max(math.ceil(ideal / self.unit), 1)
                made.model.add(whole * least <= _SHARE * gain)
        found = self.solve(made, least)
        made.model.add(least >= round(found.objective))
        better = self.solve(made, sum(gains))
        if scaled is None:
            bound = found.bound * self.unit + float(self.drift.max())
        else:
            bound = (found.bound + 1) / _SHARE
        return _Found(
            better.package,
            bound,
            found.is_proven,
            scaled is None,
            self.n_solves,
            scaled,
            is_least=True,
        )

    def _shares(self) -> _Found:
        ideals = self.largest_gains() if self.ideals is None else self.ideals
        # Who cannot gain anything has its whole share of nothing.
        if (ideals <= 0.0).any():
            return self._sum()
        return self._least(ideals, ideals)

    def largest_gains(self) -> FloatArray:
        """The most that each leader gains by any package that passes, (n_leaders,).

        In a sure race at least that is to be had; in another, no more.
        """
        sure = self.margin if self.is_sure else 0.0
        ideals = []
        for k in range(len(self.leaders)):
            made = self.programme()
            best = self.solve(made, self.gains(made)[k])
            ideals.append(best.bound * self.unit + self.drift[k] - sure)
        return np.array(ideals)

    def _product(self) -> _Found:
        """Tangents of the logarithm, added where the last package touched them."""
        starts = [1, *np.unique(np.geomspace(2, 2**40, 40).astype(int)).tolist()]
        tops = [self.whole.most[r] - f for r, f in zip(self.leaders, self.floors)]  # noqa: B905
        cuts = [[s for s in starts if s <= max(top, 1)] for top in tops]
        best, best_log, bound = None, -math.inf, math.inf
        is_proven = True
        for _ in range(_MOST_CUTS):
            made = self.programme()
            gains = self.gains(made)
            logs = [self._log_below(made, *pair) for pair in zip(gains, cuts)]  # noqa: B905
            for gain in gains:
                made.model.add(gain >= 1)
            try:
                found = self.solve(made, sum(logs))
            except NoAgreementError:
                if best is None:
                    # Somebody gains nothing in every package: all products are 0.
                    return self._sum_of_idle()
                raise
            is_proven = is_proven and found.is_proven
            bound = min(bound, found.bound / _SHARE)
            touched = self._units(found.package)
            log = sum(math.log(max(n, 1)) for n in touched)
            if log > best_log:
                best, best_log = found.package, log
            if bound - best_log <= self.method.tolerance:
                break
            for points, n in zip(cuts, touched, strict=True):
                points.append(n)
        assert best is not None
        is_proven = is_proven and bound - best_log <= self.method.tolerance
        top = math.exp(bound) * self.unit ** len(self.leaders)
        return _Found(best, top, is_proven, False, self.n_solves, is_product=True)

    def _sum_of_idle(self) -> _Found:
        found = self._sum()
        return _Found(
            found.package, 0.0, found.is_proven, True, self.n_solves, is_product=True
        )

    def _units(self, package: IntArray) -> list[int]:
        utilities = self.game.domain.utilities_of(package[None])[0]
        return [
            round(utilities[row] / self.unit) - floor
            for row, floor in zip(self.leaders, self.floors, strict=True)
        ]

    @staticmethod
    def _log_below(made: Programme, gain: Any, cuts: list[int]) -> Any:
        """A variable below millionths of the logarithm of a gain."""
        log = made.model.new_int_var(0, 64 * _SHARE, "log")
        for n in dict.fromkeys(cuts):
            # log g <= log n + (g - n) / n, times n; rounded up, so that it stays above.
            shift = math.ceil(_SHARE * n * (math.log(n) - 1.0))
            made.model.add(n * log <= _SHARE * gain + shift)
        return log
