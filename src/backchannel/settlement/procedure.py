"""The smallest changes of procedure after which a crisis has a deal, in every draw.

Where no package passes, one vote fewer, one actor whose assent is not asked, or one
constituency reassured may be enough. Each change is tried on the whole model: all
draws, leaks, pressure and what failure costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.amounts import smallest_by_bisection
from backchannel.settlement.cells import NOTHING, Block, all_draws
from backchannel.settlement.change import MAX_POINTS
from backchannel.settlement.ledger import Ledger
from backchannel.settlement.method import PASSES_AT, IntArray
from backchannel.settlement.ratification import CountingRule
from backchannel.settlement.sight import Asked
from backchannel.settlement.valuation import Valuation, arrange

ProcedureKind = Literal["lower", "excuse", "reassure"]
MOST_TRIED = 256
"""Packages that a change is tried on: those that come closest without procedure."""
_PERCENT = 100


@dataclass(frozen=True)
class ProcedureChange:
    """One change of procedure, and the package that it lets pass.

    `lower`: the counting rule `rule` asks for `needed` assents, or for `share` of the
    weight. `excuse`: the assent of `actor` is no longer asked, by `rule` or, where
    that is empty, by any veto, consent or guarantee. `reassure`: the threshold of
    `actor` falls by `points`. `size` orders changes of one kind: the share of the votes
    or weight given up, or the points. `package` is the row settled most often
    afterwards, with chance `prob_settled`, and `n_passing` how many pass.
    """

    kind: ProcedureKind
    size: float
    package: int
    prob_settled: float
    n_passing: int
    rule: str = ""
    actor: str = ""
    needed: int = 0
    share: float = 0.0
    points: float = 0.0

    @property
    def text(self) -> str:
        """What to do, in the names of the file."""
        match self.kind:
            case "lower" if self.share:
                return f"{self.rule}: {self.share:.0%} of the weight is enough"
            case "lower":
                return f"{self.rule}: {self.needed} is enough"
            case "excuse":
                return f"{self.rule or 'assent'}: without {self.actor}"
            case "reassure":
                return f"reassure {self.actor} by {self.points:.3g} points"

    def __str__(self) -> str:
        return f"{self.text}; then {self.prob_settled:.2f}"


def find_procedures(
    valuation: Valuation, prob_settled: FloatArray
) -> tuple[ProcedureChange, ...]:
    """Find the smallest single changes of procedure that open a zone of agreement.

    Parameters
    ----------
    valuation : of all packages
    prob_settled : (n_packages,), of every package as the file has it

    Returns
    -------
    rules lowered and actors excused by the share given up, then reassurances by points;
    empty where some package passes already, or where no single change is enough

    Notes: each change is exact for the given draws, and tried on the 256 packages that
    are settled most often once nobody at home is asked (all, where there are fewer). A
    share is lowered by whole percents; reassurances are found to 1e-6 points, as
    `find_changes` finds them, and end at 200.
    """
    if (prob_settled >= PASSES_AT).any() or not len(prob_settled):
        return ()
    search = _Search(valuation)
    changes = [*search.lowered(), *search.excused()]
    changes.sort(key=lambda change: change.size)
    return (*changes, *sorted(search.reassured(), key=lambda change: change.size))


class _Search:
    """Tries changes on the packages that could pass."""

    def __init__(self, valuation: Valuation) -> None:
        free = _chances(arrange(_unasked(valuation.ledger)))
        order = np.argsort(-free, kind="stable")[:MOST_TRIED]
        # In order of declaration, so that ties go to the first.
        self.rows: IntArray = np.sort(order[free[order] >= PASSES_AT])
        self.ledger = valuation.ledger.only(self.rows)
        self.judges = valuation.judges

    def made(self, ledger: Ledger, shifts: Mapping[str, float]) -> FloatArray:
        """Chance of each package after a change, none where none could pass."""
        return _chances(arrange(ledger), shifts)

    def lowered(self) -> Iterator[ProcedureChange]:
        """Each counting rule with the largest requirement that is enough."""
        for name, rule in self.ledger.rules.items():
            if rule.quota is not None:
                for less in range(1, rule.quota + 1):
                    needed = rule.quota - less
                    changed = replace(rule, quota=needed)
                    found = self._try(self._with_rule(name, changed))
                    if found is not None:
                        size = less / max(len(rule.members), 1)
                        yield found("lower", size, rule=name, needed=needed)
                        break
                continue
            for less in range(1, _PERCENT + 1):
                share = np.maximum(rule.share - less / _PERCENT, 0.0)
                found = self._try(self._with_rule(name, replace(rule, share=share)))
                if found is not None:
                    left = float(np.median(share))
                    yield found("lower", less / _PERCENT, rule=name, share=left)
                    break

    def excused(self) -> Iterator[ProcedureChange]:
        """Each actor whose assent need not be asked for a package to pass."""
        before, after = self.ledger.asked
        for actor in dict.fromkeys([*before.must, *after.must]):
            asked = (_without(before, "", actor), _without(after, "", actor))
            found = self._try(replace(self.ledger, asked=asked))
            if found is not None:
                yield found("excuse", 1.0, actor=actor)
        for name, rule in self.ledger.rules.items():
            whole = sum(float(np.median(weight)) for weight in rule.weights)
            for actor, weight in zip(rule.members, rule.weights, strict=True):
                asked = (_without(before, name, actor), _without(after, name, actor))
                found = self._try(replace(self.ledger, asked=asked))
                if found is not None:
                    size = float(np.median(weight)) / whole if whole else 0.0
                    yield found("excuse", size, rule=name, actor=actor)

    def reassured(self) -> Iterator[ProcedureChange]:
        """Each constituency with the least reassurance that is enough."""
        if not len(self.rows):
            return
        block = all_draws(arrange(self.ledger))

        def best(actor: str, points: float) -> float:
            settled = block.cells(shifts={actor: points}).settled
            return float(settled.mean(axis=1).max())

        parties = {account.party for account in self.ledger.accounts}
        for actor in self.judges:
            if actor in parties:
                continue
            points = smallest_by_bisection(partial(best, actor), MAX_POINTS)
            if points is None:
                continue
            found = self._try(self.ledger, {actor: points})
            if found is not None:
                yield found("reassure", points, actor=actor, points=points)

    def _with_rule(self, name: str, rule: CountingRule) -> Ledger:
        return replace(self.ledger, rules={**self.ledger.rules, name: rule})

    def _try(
        self, ledger: Ledger, shifts: Mapping[str, float] = NOTHING
    ) -> Callable[..., ProcedureChange] | None:
        """A change to be named, where some package passes after it."""
        if not len(self.rows):
            return None
        chances = self.made(ledger, shifts)
        best = int(np.argmax(chances))
        if chances[best] < PASSES_AT:
            return None

        def named(kind: ProcedureKind, size: float, **said: object) -> ProcedureChange:
            return ProcedureChange(
                kind,
                size,
                int(self.rows[best]),
                float(chances[best]),
                int((chances >= PASSES_AT).sum()),
                **said,  # type: ignore[arg-type]
            )

        return named


def _unasked(ledger: Ledger) -> Ledger:
    """Nobody's assent is asked; who presses a leader still does."""
    before, after = (Asked({}, {}, asked.pressing) for asked in ledger.asked)
    return replace(ledger, asked=(before, after), rules={})


def _without(asked: Asked, rule: str, actor: str) -> Asked:
    """The same without one actor: in a rule, or as somebody who must assent."""
    if not rule:
        must = {name: mask for name, mask in asked.must.items() if name != actor}
        return replace(asked, must=must)
    # A member that has nothing before it lets the package pass.
    group = {**asked.counted[rule]}
    group[actor] = np.zeros_like(group[actor])
    return replace(asked, counted={**asked.counted, rule: group})


def _chances(valuation: Valuation, shifts: Mapping[str, float] = NOTHING) -> FloatArray:
    """Chance of a settlement by each package, (n_packages,), in blocks of draws."""
    n_packages, n_draws = len(valuation.packages), valuation.draws.n_draws
    width = max(1, (1 << 18) // max(n_packages, 1))
    total = np.zeros(n_packages)
    for start in range(0, n_draws, width):
        span = slice(start, min(start + width, n_draws))
        cells = Block(valuation, span).cells(shifts=shifts)
        total += cells.settled.sum(axis=1)
    return np.asarray(total / n_draws)
