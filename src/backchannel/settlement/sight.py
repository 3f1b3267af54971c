"""Who sees which terms, and who is therefore asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import is_void, sees
from backchannel.settlement.choices import requirements_of
from backchannel.settlement.method import BoolArray, IntArray
from backchannel.settlement.packages import Packages


@dataclass(frozen=True, eq=False)
class Asked:
    """Who is asked about which package; every mask is (n_packages,).

    `must` : actors whose assent alone can stop it (veto, consent, guarantor).
    `counted` : by quota or weighted rule, the members whose assent is counted.
    `pressing` : by party, the constituencies whose refusal costs its leader.
    """

    must: dict[str, BoolArray]
    counted: dict[str, dict[str, BoolArray]]
    pressing: dict[str, dict[str, BoolArray]]

    def deciding(self, actor: str) -> BoolArray | None:
        """Packages on which this actor's assent decides or counts; None if on none."""
        groups = [self.must, *self.counted.values()]
        masks = [group[actor] for group in groups if actor in group]
        return np.logical_or.reduce(masks) if masks else None

    def is_asked(self, actor: str) -> bool:
        """Whether this actor's assent matters for any package."""
        masks = [self.deciding(actor), *(g.get(actor) for g in self.pressing.values())]
        return any(mask is not None and bool(mask.any()) for mask in masks)

    def deciders(self) -> list[str]:
        """Everybody whose assent may decide or count, in order of first mention."""
        groups = [self.must, *self.counted.values()]
        return list(dict.fromkeys(name for group in groups for name in group))

    def only(self, rows: IntArray) -> Asked:
        """The same for some of the packages."""
        return Asked(
            {a: m[rows] for a, m in self.must.items()},
            {n: {a: m[rows] for a, m in g.items()} for n, g in self.counted.items()},
            {p: {a: m[rows] for a, m in g.items()} for p, g in self.pressing.items()},
        )

    def either(self, other: Asked) -> Asked:
        """Asked here or there, for ratification."""
        must = dict(self.must)
        for actor, mask in other.must.items():
            _add(must, actor, mask)
        counted = {
            name: {
                actor: mask | other.counted[name][actor] for actor, mask in g.items()
            }
            for name, g in self.counted.items()
        }
        return Asked(must, counted, {})


class _Watch:
    """Masks of packages by what one actor sees in them."""

    def __init__(self, crisis: Crisis, packages: Packages, *, is_leaked: bool) -> None:
        self.crisis, self.packages, self.is_leaked = crisis, packages, is_leaked
        self._seen: dict[tuple[str, str], BoolArray] = {}

    def sees_issue(self, actor: str, issue: str) -> BoolArray:
        """Packages in which the actor sees a term on this issue."""
        key = (actor, issue)
        if key not in self._seen:
            j = self.packages.issues.index(issue)
            lit = [
                sees(self.crisis, actor, issue, c, is_leaked=self.is_leaked)
                for c in self.packages.choices[j]
            ]
            self._seen[key] = np.array(lit)[self.packages.rows[:, j]]
        return self._seen[key]

    def sees_any(self, actor: str, issues: tuple[str, ...]) -> BoolArray:
        """Packages in which the actor sees a term on one of these issues."""
        mask = np.zeros(len(self.packages), dtype=bool)
        for issue in issues or self.packages.issues:
            mask |= self.sees_issue(actor, issue)
        return mask

    def has(self, issue: str, position: int) -> BoolArray:
        """Packages with one given choice on an issue."""
        j = self.packages.issues.index(issue)
        return np.asarray(self.packages.rows[:, j] == position)


def who_is_asked(crisis: Crisis, packages: Packages, *, is_leaked: bool) -> Asked:
    """Find for every package whose assent is asked, before or after a leak.

    A member of a ratification is asked when it sees a term on one of its issues; who
    consents to or guarantees a term is asked when it sees that term. After a leak all
    terms are seen, and what the leak made void needs no consent and no guarantor.
    """
    watch = _Watch(crisis, packages, is_leaked=is_leaked)
    asked = Asked({}, {}, {})
    for name, rule in crisis.ratification.items():
        if rule.rule == "veto":
            group = asked.must
        elif rule.rule == "pressure":
            group = asked.pressing.setdefault(rule.party, {})
        else:
            group = asked.counted.setdefault(name, {})
        for member in rule.members:
            _add(group, member, watch.sees_any(member, rule.issues))
    for issue, choices in zip(packages.issues, packages.choices, strict=True):
        for position, choice in enumerate(choices):
            if is_leaked and is_void(crisis, issue, choice):
                continue
            for actor in _signatories(crisis, issue, choice, is_leaked=is_leaked):
                mask = watch.has(issue, position) & watch.sees_issue(actor, issue)
                _add(asked.must, actor, mask)
    return asked


def _add(group: dict[str, BoolArray], actor: str, mask: BoolArray) -> None:
    group[actor] = group[actor] | mask if actor in group else mask


def _signatories(
    crisis: Crisis, issue: str, choice: Choice, *, is_leaked: bool
) -> list[str]:
    """Who must consent to a term or guarantee it."""
    if choice.level == crisis.issues[issue].status_quo:
        return []
    # What keeping a term private needed is moot once it is out.
    shown = Choice(level=choice.level) if is_leaked else choice
    needs = requirements_of(crisis, issue, shown)
    names = [n.consent or n.ratified_by for n in needs]
    giver = crisis.issues[issue].levels[choice.level].giver
    if giver and crisis.actors[giver].kind == "guarantor":
        names.append(giver)
    return [name for name in dict.fromkeys(names) if name]
