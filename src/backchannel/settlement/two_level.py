"""Leaders who must accept, and those at home who must pass what they sign.

A domain whose parties are leaders and constituencies, and the rules by which the latter
pass a package: the game on two levels, with every number known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain
from backchannel.settlement.method import TOLERANCE, BoolArray, IntArray

_FINEST = 10**6
"""Weights are read as fractions with at most this denominator."""


@dataclass(frozen=True)
class HomeRule:
    """A rule is met when the weights of the members that assent reach `needed`.

    Every rule has this form: a veto needs the weight of all, a quota counts heads, a
    weighted rule counts whole weights.
    """

    name: str
    members: tuple[str, ...]
    weights: tuple[int, ...]
    needed: int

    @property
    def is_veto(self) -> bool:
        """Whether each member alone can stop a package."""
        return sum(self.weights) - min(self.weights, default=0) < self.needed


def veto_rule(name: str, members: Sequence[str]) -> HomeRule:
    """All members must assent."""
    return HomeRule(name, tuple(members), (1,) * len(members), len(members))


def quota_rule(name: str, members: Sequence[str], quota: int) -> HomeRule:
    """At least `quota` of the members must assent."""
    return HomeRule(name, tuple(members), (1,) * len(members), quota)


def weighted_rule(
    name: str, members: Sequence[str], weights: Sequence[float], share: float
) -> HomeRule:
    """Members with at least a share of the whole weight must assent.

    Parameters
    ----------
    weights : one for each member, positive; read as fractions of whole numbers up to
        10^6
    share : in [0, 1]

    >>> weighted_rule("senate", ["a", "b"], [1.5, 0.5], 0.7)
    HomeRule(name='senate', members=('a', 'b'), weights=(3, 1), needed=3)
    """
    parts = [Fraction(w).limit_denominator(_FINEST) for w in weights]
    scale = math.lcm(*(part.denominator for part in parts))
    whole = tuple(int(part * scale) for part in parts)
    needed = math.ceil(share * sum(whole) - TOLERANCE)
    return HomeRule(name, tuple(members), whole, needed)


@dataclass(frozen=True, eq=False)
class Secret:
    """What may leak, counted as an actor who assents while few enough leaks are due.

    `actor` is that one of the domain: a package is worth to it the expected number of
    leaks, taken negative, and its threshold is the most that a package may have.
    `exposure` has by issue of the crisis, for each issue of the domain, the expected
    leaks at its levels, (n_levels,): they fall in proportion to the time for which the
    private terms of that issue must hold.
    """

    actor: str
    exposure: Mapping[str, tuple[FloatArray, ...]]

    def of(self, packages: IntArray) -> FloatArray:
        """Expected leaks of packages (n, n_issues) by issue, (n_exposed, n)."""
        return np.array(
            [
                np.sum([t[packages[:, i]] for i, t in enumerate(tables)], axis=0)
                for tables in self.exposure.values()
            ]
        )


@dataclass(frozen=True, eq=False)
class TwoLevel:
    """A domain of which some parties are leaders and the others sit in rules at home.

    The parties of `domain` are all the actors. A leader accepts where a package is
    worth its reservation value, a constituency assents where it is worth its own, which
    is its threshold. `asked[i]` (n_actors, n_levels) says at which levels of an issue
    an actor has something before it; who has nothing before it lets a package pass.
    None: everybody is always asked. `secret`, where there is one, says what may leak.

    Raises ModelError where a name is no actor, or a rule asks for more than there is.
    """

    domain: Domain
    leaders: tuple[str, ...]
    rules: tuple[HomeRule, ...]
    asked: tuple[BoolArray, ...] | None = None
    secret: Secret | None = None

    def __post_init__(self) -> None:
        title, actors = self.domain.title, self.domain.parties
        if not self.leaders:
            raise ModelError(f"{title}: has no leader; name at least one of {actors}")
        named = [("leaders", self.leaders), *((r.name, r.members) for r in self.rules)]
        for place, names in named:
            for name in names:
                if name not in actors:
                    right = did_you_mean(name, actors, "actor")
                    raise ModelError(f"{title}: {place}: no actor '{name}'; {right}")
            if len(set(names)) < len(names):
                raise ModelError(f"{title}: {place}: names one actor twice: {names}")
        for rule in self.rules:
            self._refuse(rule)

    def _refuse(self, rule: HomeRule) -> None:
        place = f"{self.domain.title}: {rule.name}"
        if not rule.members or len(rule.weights) != len(rule.members):
            raise ModelError(
                f"{place}: has {len(rule.members)} members and {len(rule.weights)} "
                "weights; give at least one member, and one weight to each"
            )
        if min(rule.weights) < 0:
            raise ModelError(f"{place}: has a negative weight; weights are 0 or more")
        if rule.needed > sum(rule.weights):
            raise ModelError(
                f"{place}: needs {rule.needed} of {sum(rule.weights)}, so it can never "
                "pass; ask for less, or name more members"
            )

    @property
    def actors(self) -> tuple[str, ...]:
        """Leaders and constituencies, as the domain declares them."""
        return self.domain.parties

    @property
    def leader_rows(self) -> IntArray:
        """Where the leaders stand among the actors, (n_leaders,)."""
        rows = [self.actors.index(name) for name in self.leaders]
        return np.array(rows, dtype=np.int64)

    @property
    def thresholds(self) -> FloatArray:
        """Least utility at which each actor accepts or assents, (n_actors,)."""
        return self.domain.reservation_values

    def with_thresholds(self, thresholds: FloatArray) -> TwoLevel:
        """The same game with other thresholds, (n_actors,)."""
        return replace(self, domain=replace(self.domain, reservation_values=thresholds))

    def with_values(
        self, values: Mapping[str, Mapping[str, Mapping[str, float]]]
    ) -> TwoLevel:
        """Ask what if: the same game with some utilities replaced.

        Parameters
        ----------
        values : utility by actor, issue and level

        Raises
        ------
        ModelError : a name is not declared.
        """
        return replace(self, domain=self.domain.with_values(values))

    def musts(self) -> tuple[str, ...]:
        """Actors without whom no package passes: leaders, and those with a veto."""
        vetoes = [name for r in self.rules if r.is_veto for name in r.members]
        return tuple(dict.fromkeys([*self.leaders, *vetoes]))


def at_home(
    domain: Domain, leaders: Sequence[str], rules: Sequence[HomeRule] | None = None
) -> TwoLevel:
    """Say who leads and who ratifies in a domain.

    Parameters
    ----------
    domain : its parties are all the actors; reservation values are thresholds
    leaders : who must accept
    rules : how the others pass a package; None gives each of them a veto

    Raises
    ------
    ModelError : a name is no actor, or a rule asks for more than there is.

    >>> table = np.array([[0.0, 1.0], [1.0, 0.0], [0.2, 0.7]])
    >>> domain = Domain("toll", ("toll",), (("low", "high"),), ("A", "B", "senate"),
    ...                 (table,), np.array([0.0, 0.0, 0.5]))
    >>> at_home(domain, ["A", "B"]).musts()
    ('A', 'B', 'senate')
    """
    others = [name for name in domain.parties if name not in leaders]
    if rules is None:
        rules = [veto_rule("home", others)] if others else []
    return TwoLevel(domain, tuple(leaders), tuple(rules))


def pass_literally(problem: TwoLevel, packages: IntArray) -> BoolArray:
    """Whether packages (n, n_issues) pass, by the definitions; for checking only."""
    domain = problem.domain
    utilities = domain.utilities_of(packages)
    spans = np.sum([np.ptp(table, axis=1) for table in domain.utilities], axis=0)
    assents = utilities >= problem.thresholds - 1e-9 * spans
    if problem.asked is not None:
        has = np.zeros_like(assents)
        for i, table in enumerate(problem.asked):
            has |= table[:, packages[:, i]].T
        is_leader = np.isin(np.arange(len(problem.actors)), problem.leader_rows)
        assents |= ~has & ~is_leader
    passes = assents[:, problem.leader_rows].all(axis=1)
    for rule in problem.rules:
        seats = [problem.actors.index(name) for name in rule.members]
        passes &= assents[:, seats] @ np.array(rule.weights) >= rule.needed
    return np.asarray(passes)
