"""A crisis as a game on two levels, every number at its median.

Issues that a requirement or an interaction ties together are taken as one, whose levels
are the combinations that can be put together. So the worth of a package is a sum again,
and 10^9 packages can be judged where the whole model takes a million. Left out are what
is not a sum: leaks, failure costs and pressure.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import no_deal_worth
from backchannel.settlement.choices import choices_of, requirements_of
from backchannel.settlement.judges import threshold_of
from backchannel.settlement.method import BoolArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.ratification import counting_rule
from backchannel.settlement.secrecy import exposures
from backchannel.settlement.sight import Asked, who_is_asked
from backchannel.settlement.two_level import (
    HomeRule,
    Secret,
    TwoLevel,
    quota_rule,
    veto_rule,
    weighted_rule,
)
from backchannel.settlement.worths import Sums, worths

SECRECY = "secrecy"
"""The actor that stands for what may leak."""
MOST_COMBINED = 100_000
"""Combinations of issues that are tied together; beyond, tables are too large."""


@dataclass(frozen=True, eq=False)
class _Seat:
    """One actor in one capacity: who, its threshold, at which levels it is asked."""

    name: str
    actor: str
    threshold: float
    asked: tuple[BoolArray, ...]


def nominal_game(
    crisis: Crisis, *, draws: Draws, prob_war: float, may_leak: bool = False
) -> TwoLevel:
    """Write a crisis as a game on two levels in the nominal world.

    Parameters
    ----------
    crisis : a loaded crisis
    draws : joint samples, of which the medians are taken
    prob_war : chance of war within the horizon where there is no deal
    may_leak : whether a package fails whose secrets leak more likely than not

    Returns
    -------
    TwoLevel : levels are choices, so a visibility is a level of its own; a leader's
        threshold is what no deal is worth, a constituency's the median of its own. The
        package without a term is among them

    Raises
    ------
    ModelError : tied issues have too many combinations, or none; an actor that is asked
        has no threshold.

    Notes: failure costs and pressure are left out, and so are leaks unless `may_leak`,
    which takes it that a leak brings a package down and is weighed by nobody;
    `find_settlements` has all of them.
    """
    nominal = draws.at_medians()
    tied = _tied(crisis, by_time=may_leak)
    groups = [_combine(crisis, names) for names in tied]
    seats = _seats(crisis, groups)
    leaders = [_leader(crisis, party, nominal, prob_war) for party in crisis.parties]
    rows = [*leaders, *seats.values()]
    rules = _rules(crisis, seats, nominal)
    tables = tuple(
        np.array([_worths_in(crisis, group, seat.actor, nominal) for seat in rows])
        for group in groups
    )
    # The first combination is the status quo; what it is worth counts once.
    tables = (tables[0], *(table - table[:, :1] for table in tables[1:]))
    domain = Domain(
        title=crisis.title,
        issues=tuple(" + ".join(names) for names in tied),
        levels=tuple(
            _labels(group, names) for group, names in zip(groups, tied, strict=True)
        ),
        parties=tuple(seat.name for seat in rows),
        utilities=tables,
        reservation_values=np.array([seat.threshold for seat in rows]),
        notes=("medians; without leaks, failure costs and pressure",),
    )
    nobody = [np.zeros(table.shape[1], dtype=bool) for table in tables]
    asked = tuple(
        np.array([seat.asked[i] if seat.asked else nobody[i] for seat in rows])
        for i in range(len(groups))
    )
    game = TwoLevel(domain, crisis.parties, rules, asked)
    return with_secret(game, _exposure(crisis, groups, nominal)) if may_leak else game


def with_secret(
    game: TwoLevel, exposure: Mapping[str, tuple[FloatArray, ...]]
) -> TwoLevel:
    """Let what may leak stop a package, as one more actor with a veto.

    Parameters
    ----------
    exposure : as `Secret` has it

    Returns
    -------
    TwoLevel : in which a package also needs a chance of at least 1/2 not to leak

    Raises
    ------
    ModelError : an actor is called `secrecy`.
    """
    if SECRECY in game.actors:
        raise ModelError(f"actors.{SECRECY}: stands for what may leak; rename this one")
    domain = game.domain
    leaks = [sum(tables) for tables in zip(*exposure.values(), strict=True)]
    if not leaks:
        return game
    tables = tuple(
        np.vstack([table, -np.asarray(more)])
        for table, more in zip(domain.utilities, leaks, strict=True)
    )
    judged = replace(
        domain,
        parties=(*domain.parties, SECRECY),
        utilities=tables,
        reservation_values=np.append(domain.reservation_values, -math.log(2.0)),
        notes=("medians; a leak more likely than not stops a package",),
    )
    asked = game.asked
    if asked is not None:
        asked = tuple(
            np.vstack([mask, np.asarray(more) > 0.0])
            for mask, more in zip(asked, leaks, strict=True)
        )
    rules = (*game.rules, veto_rule(SECRECY, [SECRECY]))
    return TwoLevel(judged, game.leaders, rules, asked, Secret(SECRECY, exposure))


def _exposure(
    crisis: Crisis, groups: Sequence[Packages], nominal: Draws
) -> dict[str, tuple[FloatArray, ...]]:
    """Expected leaks by issue with a private level, at the levels of every group."""
    sums = [exposures(crisis, group, nominal) for group in groups]
    names = [p.name for one in sums for p in one.parts if p.name in crisis.issues]

    def alone(one: Sums, name: str) -> FloatArray:
        others = {part.name: 0.0 for part in one.parts if part.name != name}
        return np.asarray(one.over(slice(0, 1), others)[one.index][:, 0])

    return {name: tuple(alone(one, name) for one in sums) for name in names}


def _tied(crisis: Crisis, *, by_time: bool = False) -> list[tuple[str, ...]]:
    """Issues in groups: those that a requirement or an interaction joins.

    Where time matters, also those whose performance waits for one another.
    """
    group = {issue: issue for issue in crisis.issues}

    def join(names: Iterable[str]) -> None:
        found = [group[name] for name in names]
        for issue, head in group.items():
            if head in found:
                group[issue] = found[0]

    for issue, record in crisis.issues.items():
        for choice in choices_of(record):
            for need in requirements_of(crisis, issue, choice):
                join([issue, *(ref.issue for ref in need.one_of)])
    if by_time:
        for issue, record in crisis.issues.items():
            for level in record.levels.values():
                join([issue, *(ref.issue for ref in level.after)])
    for interaction in crisis.interactions.values():
        join([ref.issue for ref in interaction.levels])
    heads = dict.fromkeys(group.values())
    return [tuple(i for i, head in group.items() if head == h) for h in heads]


def _combine(crisis: Crisis, tied: tuple[str, ...]) -> Packages:
    """Combinations of a group of issues that can be put together, all else as it is."""
    choices = tuple(choices_of(crisis.issues[name]) for name in tied)
    n = math.prod(len(c) for c in choices)
    if n > MOST_COMBINED:
        raise ModelError(
            f"issues: {', '.join(tied)} are tied together by requirements or "
            f"interactions and have {n:.3g} combinations, more than "
            f"{MOST_COMBINED:.0e}; loosen a tie, or drop levels"
        )
    whole = tuple(crisis.issues)
    wide = tuple(
        choices[tied.index(name)]
        if name in tied
        else (Choice(level=crisis.issues[name].status_quo),)
        for name in whole
    )
    found = [
        row
        for row in itertools.product(*(range(len(c)) for c in wide))
        if _can_be(crisis, dict(zip(whole, map(_pick, wide, row), strict=True)), tied)
    ]
    return Packages(whole, wide, np.array(found, dtype=np.int16), n)


def _pick(choices: tuple[Choice, ...], position: int) -> Choice:
    return choices[position]


def _can_be(
    crisis: Crisis, package: Mapping[str, Choice], tied: tuple[str, ...]
) -> bool:
    """Whether every `one_of` requirement among some issues is met."""
    return all(
        any(package[ref.issue].level == ref.level for ref in need.one_of)
        for name in tied
        for need in requirements_of(crisis, name, package[name])
        if need.one_of
    )


def _worths_in(
    crisis: Crisis, group: Packages, actor: str, nominal: Draws
) -> FloatArray:
    """What the combinations of a group are worth, all other issues as they are."""
    found = worths(crisis, group, actor, nominal, is_leaked=False)
    total = found.over(slice(0, 1))[found.index][:, 0]
    return np.asarray(total)


def _leader(crisis: Crisis, party: str, nominal: Draws, prob_war: float) -> _Seat:
    no_deal = no_deal_worth(crisis, party, nominal, np.array([prob_war]))
    return _Seat(party, party, float(no_deal[0]), ())


def _seats(crisis: Crisis, groups: Sequence[Packages]) -> dict[tuple[str, str], _Seat]:
    """Everybody who is asked, once as a must and once for each rule that counts it.

    Keys are the rule (empty for a must) and the actor.
    """
    asked = [who_is_asked(crisis, group, is_leaked=False) for group in groups]
    keys = [("", a) for a in dict.fromkeys(a for one in asked for a in one.must)]
    keys += [(rule, a) for rule, members in asked[0].counted.items() for a in members]
    seats: dict[tuple[str, str], _Seat] = {}
    for rule, actor in keys:
        masks = tuple(
            _mask(one, rule, actor, len(g))
            for one, g in zip(asked, groups, strict=True)
        )
        if not any(mask.any() for mask in masks):
            continue
        # A party that is also asked at home has a second threshold there.
        known = actor in crisis.parties or any(a == actor for _, a in seats)
        name = f"{actor} ({rule or 'consent'})" if known else actor
        threshold = threshold_of(crisis, actor).median()
        seats[rule, actor] = _Seat(name, actor, threshold, masks)
    return seats


def _mask(asked: Asked, rule: str, actor: str, n: int) -> BoolArray:
    group = asked.counted[rule] if rule else asked.must
    return group.get(actor, np.zeros(n, dtype=bool))


def _rules(
    crisis: Crisis, seats: Mapping[tuple[str, str], _Seat], nominal: Draws
) -> tuple[HomeRule, ...]:
    musts = [seat.name for (rule, _), seat in seats.items() if not rule]
    rules = [veto_rule("assent", musts)] if musts else []
    for name, rule in crisis.ratification.items():
        if rule.rule not in ("quota", "weighted"):
            continue
        counted = counting_rule(rule, nominal)
        sitting = [m for m in counted.members if (name, m) in seats]
        if not sitting:
            continue
        members = [seats[name, m].name for m in sitting]
        # Who is never asked lets every package pass.
        absent = [m for m in counted.members if m not in sitting]
        if counted.quota is not None:
            needed = counted.quota - len(absent)
            rules.append(quota_rule(name, members, max(needed, 0)))
            continue
        weight = {
            m: float(w[0])
            for m, w in zip(counted.members, counted.weights, strict=True)
        }
        whole = sum(weight.values())
        needed_weight = float(counted.share[0]) * whole - sum(weight[m] for m in absent)
        held = sum(weight[m] for m in sitting)
        share = max(needed_weight, 0.0) / held if held else 0.0
        rules.append(weighted_rule(name, members, [weight[m] for m in sitting], share))
    return tuple(rules)


def _labels(group: Packages, names: tuple[str, ...]) -> tuple[str, ...]:
    places = [group.issues.index(name) for name in names]
    return tuple(
        ", ".join(str(group.choices[j][int(row[j])]) for j in places)
        for row in group.rows
    )
