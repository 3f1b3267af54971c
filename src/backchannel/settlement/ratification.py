"""Chance that a package is passed by everybody whose assent it needs.

An actor's assent is one event, T <= u, however many rules ask for it; different actors
are independent given the draw.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import Exact, FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.issues import Ratification
from backchannel.settlement.counting import MAX_SUBSETS, prob_quota, prob_weight
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import BoolArray, IntArray
from backchannel.settlement.sight import Asked


@dataclass(frozen=True, eq=False)
class CountingRule:
    """A quota or weighted rule, with its weights drawn: `weights` (n_draws,) each."""

    members: tuple[str, ...]
    quota: int | None
    weights: tuple[FloatArray, ...]
    share: FloatArray
    is_exact: bool

    def prob(self, assents: Sequence[FloatArray], span: slice) -> FloatArray:
        """Chance that the rule passes, same shape as each array of `assents`."""
        if self.quota is not None:
            return prob_quota(assents, self.quota)
        weights = [w[span] for w in self.weights]
        return prob_weight(assents, weights, self.share[span], is_exact=self.is_exact)


def counting_rule(rule: Ratification, draws: Draws) -> CountingRule:
    """Draw the weights of one rule; a member without one weighs 1."""
    ones = np.ones(draws.n_draws)
    numbers = [member.weight for member in rule.members.values()]
    weights = tuple(ones if w is None else draws[w] for w in numbers)
    share = ones if rule.share is None else draws[rule.share]
    laws = [n.law for n in (*numbers, rule.share) if n is not None]
    is_exact = all(isinstance(law, Exact) for law in laws)
    return CountingRule(tuple(rule.members), rule.quota, weights, share, is_exact)


@dataclass(frozen=True, eq=False)
class Passage:
    """Packages grouped by what their ratification depends on.

    `columns[actor]` (n_distinct,) is the row of that actor's table of assents;
    `must` and `counted` say for each group who is asked. `index` (n_packages,) maps.
    """

    index: IntArray
    n_distinct: int
    columns: Mapping[str, IntArray]
    must: Mapping[str, BoolArray]
    counted: Mapping[str, Mapping[str, BoolArray]]
    rules: Mapping[str, CountingRule]

    def prob(
        self, assents: Mapping[str, FloatArray], span: slice, n_span: int
    ) -> FloatArray:
        """Chance that everything passes, (n_distinct, n_span).

        Parameters
        ----------
        assents : by actor, (n_rows_of_its_table, n_span)
        span : the draws in question
        """
        total = np.ones((self.n_distinct, n_span))
        for actor, mask in self.must.items():
            rows = np.flatnonzero(mask)
            total[rows] *= assents[actor][self.columns[actor][rows]]
        return total * self._counted(assents, span) if self.rules else total

    def _counted(self, assents: Mapping[str, FloatArray], span: slice) -> FloatArray:
        """Quota and weighted rules, summed over the assents of members they share."""
        chances = {
            actor: self._certain(assents, actor)
            for rule in self.rules.values()
            for actor in rule.members
        }
        shared = self._shared()
        total = 0.0 * next(iter(chances.values()))
        for pattern in itertools.product((0.0, 1.0), repeat=len(shared)):
            fixed = dict(zip(shared, pattern, strict=True))
            weight = np.ones(total.shape)
            for actor, assent in fixed.items():
                chance = chances[actor]
                weight *= chance if assent else 1.0 - chance
            for name, rule in self.rules.items():
                members = [
                    self._in_rule(name, actor, fixed.get(actor, chances[actor]))
                    for actor in rule.members
                ]
                shaped = [np.broadcast_to(m, total.shape) for m in members]
                weight *= rule.prob(shaped, span)
            total += weight
        return total

    def _certain(self, assents: Mapping[str, FloatArray], actor: str) -> FloatArray:
        """Assent of one member; certain where the package cannot pass without it."""
        chance = assents[actor][self.columns[actor]]
        if actor in self.must:
            chance = np.where(self.must[actor][:, None], 1.0, chance)
        return chance

    def _in_rule(self, rule: str, actor: str, chance: FloatArray | float) -> FloatArray:
        """A member that has nothing before it lets the package pass."""
        asked = self.counted[rule][actor][:, None]
        return np.where(asked, chance, 1.0)

    def _shared(self) -> list[str]:
        """Members whose assent counts in more than one rule."""
        named = [a for rule in self.rules.values() for a in rule.members]
        shared = [a for a in dict.fromkeys(named) if named.count(a) > 1]
        if len(shared) > MAX_SUBSETS:
            raise ModelError(
                f"ratification: {len(shared)} members sit in several counting rules; "
                f"at most {MAX_SUBSETS} can"
            )
        return shared


def arrange_passage(
    rules: Mapping[str, CountingRule],
    asked: Asked,
    columns: Mapping[str, IntArray],
    n_packages: int,
) -> Passage:
    """Group packages that are judged alike.

    Parameters
    ----------
    asked : who is asked about each package
    columns : by actor, (n_packages,) row of its table of assents
    """
    masks = [*asked.must.values()]
    for group in asked.counted.values():
        masks += group.values()
    keys = [m.astype(np.int64) for m in masks]
    first, index = distinct_rows([*columns.values(), *keys], n_packages)
    return Passage(
        index,
        len(first),
        {actor: column[first] for actor, column in columns.items()},
        {actor: mask[first] for actor, mask in asked.must.items() if mask.any()},
        {
            name: {actor: mask[first] for actor, mask in group.items()}
            for name, group in asked.counted.items()
        },
        rules,
    )
