"""One package in one draw, straight from the definitions: slow, for checking only.

It shares no code with the engine. Ratification is a sum over every pattern of assents
(over what each rule has reached, where more than eight actors are counted).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.frozen import Choice
from backchannel.crisis.issues import Private
from backchannel.crisis.model import Crisis

_EQUAL = 1e-9
# Up to this many actors every pattern of their assents is written out.
_MOST_PATTERNS = 8
ReadNumber = Callable[[Uncertain], float]


@dataclass(frozen=True)
class LiteralCell:
    """What the definitions say about one package in one draw."""

    is_feasible: bool
    ratified: float
    stands: float
    leak: float
    gains: dict[str, float]
    settled: float


@dataclass(frozen=True)
class _Term:
    issue: str
    choice: Choice
    is_private: bool
    private: Private | None
    is_void_if_leaked: bool


def evaluate_literally(
    crisis: Crisis,
    package: Mapping[str, Choice],
    number: ReadNumber,
    prob_war: float,
    knowers: str = "as_was",
) -> LiteralCell:
    """Evaluate one package in one draw by plain loops.

    Parameters
    ----------
    package : level and visibility by issue; issues not named stay at the status quo
    number : gives the value of a number of the file in this draw
    prob_war : chance of war within the horizon in this draw
    knowers : `as_was` or `as_told`

    Returns
    -------
    LiteralCell

    Source: docs/settlement.md, line by line.
    """
    return _Judgement(crisis, package, number, prob_war, knowers).cell()


def perform_literally(
    crisis: Crisis, package: Mapping[str, Choice], number: ReadNumber
) -> dict[str, float]:
    """Hours from agreement to performance by issue, by plain recursion."""
    judgement = _Judgement(crisis, package, number, 0.0, "as_was")
    return {
        term.issue: judgement.performed_after(term.issue, term.choice.level)
        for term in judgement.terms
    }


class _Judgement:
    def __init__(
        self,
        crisis: Crisis,
        package: Mapping[str, Choice],
        number: ReadNumber,
        prob_war: float,
        knowers: str,
    ) -> None:
        self.crisis, self.number, self.prob_war = crisis, number, prob_war
        self.knowers = knowers
        self.terms: list[_Term] = []
        for issue, record in crisis.issues.items():
            choice = package.get(issue)
            if choice is None or choice.level == next(iter(record.levels)):
                continue
            level = record.levels[choice.level]
            hidden = choice.visibility == "private"
            private = level.private if hidden else None
            void = private is not None and private.is_void_if_leaked
            self.terms.append(_Term(issue, choice, hidden, private, void))

    def cell(self) -> LiteralCell:
        now, then = self.asked(False), self.asked(True)
        chance = {k: self.assent(k, False) for k in now}
        ratified = self.passes([now], chance)
        both = dict(chance)
        for k in then:
            after = self.assent(k, True)
            both[k] = min(both[k], after) if k in now else after
        stands = self.passes([now, then], both)
        leak = self.leak()
        gains = {p: self.gain(p, ratified, stands, leak) for p in self.crisis.parties}
        agreed = all(gain >= -_EQUAL for gain in gains.values())
        kept = ratified * (1 - leak) + leak * stands
        settled = kept if agreed else 0.0
        return LiteralCell(self.is_feasible(), ratified, stands, leak, gains, settled)

    def needs(self, term: _Term, leaked: bool) -> list[object]:
        level = self.crisis.issues[term.issue].levels[term.choice.level]
        needs: list[object] = list(level.requires)
        if term.private is not None and not leaked:
            needs.extend(term.private.requires)
        return needs

    def is_feasible(self) -> bool:
        held = {(i, next(iter(r.levels))) for i, r in self.crisis.issues.items()}
        for term in self.terms:
            held.discard(
                (term.issue, next(iter(self.crisis.issues[term.issue].levels)))
            )
            held.add((term.issue, term.choice.level))
        for term in self.terms:
            for need in self.needs(term, False):
                refs = getattr(need, "one_of", ())
                if refs and not any((r.issue, r.level) in held for r in refs):
                    return False
        return bool(self.terms)

    def is_seen(self, actor: str, term: _Term, leaked: bool) -> bool:
        if leaked or term.private is None:
            return True
        if self.crisis.actors[actor].kind == "party":
            return True
        return actor in self.crisis.compartments[term.private.compartment].members

    def worth(self, actor: str, leaked: bool) -> float:
        total = 0.0
        reckoned = {i: next(iter(r.levels)) for i, r in self.crisis.issues.items()}
        values = self.crisis.values.get(actor, {})
        for term in self.terms:
            if not self.is_seen(actor, term, leaked):
                continue
            level = self.crisis.issues[term.issue].levels[term.choice.level]
            name = term.choice.level
            if actor in level.readings and level.readings[actor].as_level:
                name = str(level.readings[actor].as_level)
            worths = values.get(term.issue, {})
            if (leaked or not term.is_private) and name in worths:
                cost = worths[name].audience_cost
                total -= 0.0 if cost is None else self.number(cost)
            if not (leaked and term.is_void_if_leaked):
                reckoned[term.issue] = name
        for issue, name in reckoned.items():
            if name in values.get(issue, {}):
                total += self.number(values[issue][name].worth)
        for item in self.crisis.interactions.values():
            if item.actor == actor and all(
                reckoned[r.issue] == r.level for r in item.levels
            ):
                total += self.number(item.worth)
        return total - (self.penalty(actor) if leaked else 0.0)

    def penalty(self, actor: str) -> float:
        found = [t.private.penalty_if_leaked for t in self.terms if t.private]
        return sum(self.number(costs[actor]) for costs in found if actor in costs)

    def asked(self, leaked: bool) -> dict[str, set[str]]:
        """Actor -> what for: `must`, or names of counting rules."""
        asked: dict[str, set[str]] = {}
        for name, rule in self.crisis.ratification.items():
            if rule.rule == "pressure":
                continue
            use = "must" if rule.rule == "veto" else f"rule {name}"
            for member in rule.members:
                if self.touches(member, rule.issues, leaked):
                    asked.setdefault(member, set()).add(use)
        for term in self.terms:
            if leaked and term.is_void_if_leaked:
                continue
            level = self.crisis.issues[term.issue].levels[term.choice.level]
            names = [
                getattr(need, "consent", None) or getattr(need, "ratified_by", None)
                for need in self.needs(term, leaked)
            ]
            giver = level.giver
            if giver and self.crisis.actors[giver].kind == "guarantor":
                names.append(giver)
            for actor in names:
                if actor and self.is_seen(actor, term, leaked):
                    asked.setdefault(actor, set()).add("must")
        return asked

    def touches(self, actor: str, issues: tuple[str, ...], leaked: bool) -> bool:
        return any(
            self.is_seen(actor, term, leaked)
            for term in self.terms
            if not issues or term.issue in issues
        )

    def assent(self, actor: str, leaked: bool) -> float:
        threshold = self.crisis.actors[actor].threshold
        if threshold is None:
            raise ModelError(f"actors.{actor}.threshold: is missing; give an interval")
        at = np.array([self.worth(actor, leaked) + _EQUAL])
        return float(threshold.cdf(at)[0])

    def passes(
        self, stages: list[dict[str, set[str]]], chance: Mapping[str, float]
    ) -> float:
        """Chance that all who must assent do, and that every count comes out."""
        uses: dict[str, set[str]] = {}
        for stage in stages:
            for actor, found in stage.items():
                uses[actor] = uses.get(actor, set()) | found
        must = [a for a, found in uses.items() if "must" in found]
        free = [a for a in uses if a not in must]
        sure = math.prod(chance[a] for a in must)
        return sure * (
            self.over_patterns(uses, free, chance)
            if len(free) <= _MOST_PATTERNS
            else self.over_sums(uses, free, chance)
        )

    def over_patterns(
        self, uses: dict[str, set[str]], free: list[str], chance: Mapping[str, float]
    ) -> float:
        """Sum over every pattern of assents in which every count comes out."""
        total = 0.0
        for pattern in itertools.product((True, False), repeat=len(free)):
            yes = dict(zip(free, pattern, strict=True))
            reached = [
                sum(w for m, w in weights.items() if yes.get(m, True) or m not in asked)
                for asked, weights, _ in self.counts(uses)
            ]
            if self.is_enough(uses, reached):
                factors = [chance[a] if yes[a] else 1 - chance[a] for a in free]
                total += math.prod(factors)
        return total

    def over_sums(
        self, uses: dict[str, set[str]], free: list[str], chance: Mapping[str, float]
    ) -> float:
        """The same, keeping only what each rule has reached, one actor at a time."""
        rules = self.counts(uses)
        states = {
            tuple(
                sum(w for m, w in weights.items() if m not in free or m not in asked)
                for asked, weights, _ in rules
            ): 1.0
        }
        for actor in free:
            ahead: dict[tuple[float, ...], float] = {}
            for state, prob in states.items():
                more = tuple(
                    round(x + (weights[actor] if actor in asked else 0.0), 9)
                    for x, (asked, weights, _) in zip(state, rules, strict=True)
                )
                ahead[more] = ahead.get(more, 0.0) + prob * chance[actor]
                same = tuple(round(x, 9) for x in state)
                ahead[same] = ahead.get(same, 0.0) + prob * (1 - chance[actor])
            states = ahead
        enough = (p for state, p in states.items() if self.is_enough(uses, list(state)))
        return math.fsum(enough)

    def counts(
        self, uses: dict[str, set[str]]
    ) -> list[tuple[set[str], dict[str, float], float]]:
        """Counting rules: members asked, weight of each member, weight needed.

        Who has nothing before it lets the package pass, so its weight counts.
        """
        found = []
        for name, rule in self.crisis.ratification.items():
            if rule.rule not in ("quota", "weighted"):
                continue
            asked = {m for m in rule.members if f"rule {name}" in uses.get(m, set())}
            weights = {
                m: self.number(member.weight)
                if member.weight is not None and rule.rule == "weighted"
                else 1.0
                for m, member in rule.members.items()
            }
            if rule.rule == "quota":
                needed = float(rule.quota or 0)
            else:
                share = 1.0 if rule.share is None else self.number(rule.share)
                needed = share * sum(weights.values())
            found.append((asked, weights, needed))
        return found

    def is_enough(self, uses: dict[str, set[str]], reached: list[float]) -> bool:
        """Whether every rule has what it needs."""
        needed = [needed for _, _, needed in self.counts(uses)]
        return all(r >= n - _EQUAL for r, n in zip(reached, needed, strict=True))

    def leak(self) -> float:
        expected = 0.0
        for term in self.terms:
            if term.private is None:
                continue
            room = self.crisis.compartments[term.private.compartment]
            count = room.as_was
            if self.knowers == "as_told" and room.as_told is not None:
                count = room.as_told
            secret = term.private.secret_for
            hours = (
                self.performed_after(term.issue, term.choice.level)
                if secret is None
                else self.number(secret)
            )
            expected += self.number(count) * self.number(room.hazard_per_knower) * hours
        return 1 - math.exp(-expected)

    def performed_after(self, issue: str, name: str) -> float:
        level = self.crisis.issues[issue].levels[name]
        held = {(t.issue, t.choice.level) for t in self.terms}
        waits = [
            self.performed_after(r.issue, r.level)
            for r in level.after
            if (r.issue, r.level) in held
        ]

        def step_end(step: str) -> float:
            record = level.steps[step]
            before = [step_end(other) for other in record.after]
            return max(before, default=0.0) + self.number(record.duration)

        own = max((step_end(step) for step in level.steps), default=0.0)
        own += 0.0 if level.lead_time is None else self.number(level.lead_time)
        own *= 1.0 if level.slippage is None else self.number(level.slippage)
        return max(waits, default=0.0) + own

    def gain(self, party: str, ratified: float, stands: float, leak: float) -> float:
        fallback = self.crisis.no_deal.fallback.get(party)
        kept = 0.0 if fallback is None else self.number(fallback)
        no_deal = self.prob_war * -100 + (1 - self.prob_war) * kept
        cost = self.crisis.no_deal.failure_cost.get(party)
        failed = no_deal - (0.0 if cost is None else self.number(cost))
        accepted = ratified * (1 - leak) * self.worth(party, False)
        accepted += (1 - ratified) * failed
        accepted += leak * stands * self.worth(party, True)
        accepted += leak * (ratified - stands) * (failed - self.penalty(party))
        return accepted - self.pressure(party) - no_deal

    def pressure(self, party: str) -> float:
        pressing = {
            member
            for rule in self.crisis.ratification.values()
            if rule.rule == "pressure" and rule.party == party
            for member in rule.members
            if self.touches(member, rule.issues, False)
        }
        total = 0.0
        for member in pressing:
            pressure = self.crisis.actors[member].pressure
            if pressure is not None:
                total += (1 - self.assent(member, False)) * self.number(pressure)
        return total
