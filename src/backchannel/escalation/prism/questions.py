"""Answer a question about a chain: the value in its first state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from backchannel.base.errors import PrismFileError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.base.result import Status
from backchannel.escalation.prism.bind import Number, fix_constants
from backchannel.escalation.prism.chain import BoolArray, Chain
from backchannel.escalation.prism.expression import Expression, substitute
from backchannel.escalation.prism.graph import (
    among,
    bottom_classes,
    exit_rates,
    leads_to,
    reached_from,
)
from backchannel.escalation.prism.linear import long_run, solve_inner
from backchannel.escalation.prism.parse_properties import Properties, Property
from backchannel.escalation.prism.transient import total_until, values_after
from backchannel.escalation.problem import IntArray


@dataclass(frozen=True)
class PrismAnswer:
    """Answer to one question.

    `value` in the model's own units; `bound` on its error, rounding aside; `route` how
    it was found; `n_products` sparse products, 0 where a system was solved.
    """

    value: float
    bound: float
    route: str
    n_products: int = 0

    @property
    def status(self) -> Status:
        """Exact by LU or uniformisation, converged by sweeps."""
        return Status.CONVERGED if "sweeps" in self.route else Status.EXACT

    def __str__(self) -> str:
        return f"{self.value:.15g} (+- {self.bound:.1e}, {self.route})"


def answer(
    chain: Chain,
    questions: Properties,
    name: str,
    *,
    constants: Mapping[str, Number] | None = None,
) -> PrismAnswer:
    """Answer one question of a file.

    Parameters
    ----------
    chain : the model
    questions : as read
    name : which of them
    constants : values of the constants that the questions leave open

    Returns
    -------
    PrismAnswer

    Raises
    ------
    PrismFileError : no such question, constant, label, variable or reward structure.
    ModelError : a time below 0, or too many jumps.
    NotConvergedError : a system too large to factorise does not converge.
    """
    if name not in questions.by_name:
        hint = did_you_mean(name, questions.by_name, "property")
        raise PrismFileError(questions.path, 0, f"no property '{name}'; {hint}")
    asked = questions.by_name[name]
    own = fix_constants(questions.constants, constants or {}, questions.path)
    return _Asking(chain, questions.path, own, asked).answer()


@dataclass(frozen=True)
class _Asking:
    """One question to one chain."""

    chain: Chain
    path: str
    own: Mapping[str, Expression]
    asked: Property

    def answer(self) -> PrismAnswer:
        """Choose the way by the kind of the question."""
        asked, chain = self.asked, self.chain
        if asked.kind in ("until", "always"):
            return self._path()
        if asked.kind == "steady":
            return self._long_run(self._where(asked.until).astype(np.float64))
        if asked.kind == "long run":
            return self._long_run(chain.named(asked.rewards, chain.earned))
        if asked.kind == "reach":
            return self._reward_until()
        if asked.kind == "instant":
            held = chain.named(asked.rewards, chain.held)
            hours = self._hours(asked.high)
            done = values_after(chain.rates, held, hours, chain.start, chain.order)
        else:
            earned = chain.named(asked.rewards, chain.earned)
            hours = self._hours(asked.high)
            done = total_until(chain.rates, earned, hours, chain.start, chain.order)
        value = float(done.values[chain.start])
        return PrismAnswer(value, done.bound, "uniformisation", done.n_products)

    def _where(self, condition: Expression) -> BoolArray:
        return self.chain.where(condition, self.own, self.path)

    def _hours(self, tree: Expression | None) -> float:
        """Value of a bound of time; infinite where there is none."""
        if tree is None:
            return math.inf
        known = {**self.chain.model.known, **self.own}
        value = substitute(tree, known)
        is_number = value.operator == "literal" and not isinstance(value.value, bool)
        if not is_number or float(value.value) < 0:
            wrong = "a bound of time must be a constant of 0 or more"
            raise PrismFileError(self.path, tree.line, wrong)
        return float(value.value)

    def _path(self) -> PrismAnswer:
        """P(while_ U until) within bounds; `always` is the rest of `until not`."""
        asked, chain = self.asked, self.chain
        is_always = asked.kind == "always"
        goal = self._where(asked.until) ^ is_always
        through = self._where(asked.while_)
        low, high = self._hours(asked.low), self._hours(asked.high)
        if low > high:
            wrong = f"the bounds of time [{low:g}, {high:g}] are out of order"
            raise PrismFileError(self.path, asked.line, wrong)
        ends, bound, route, n_products = self._reach(goal, through, high - low)
        if low > 0:
            # Until `low` nothing but `through` may be met, the goal is not looked for.
            kept = sparse.diags_array(through.astype(np.float64))
            rates = (kept @ chain.rates).tocsr()
            values = np.where(through, ends, 0.0)
            done = values_after(rates, values, low, chain.start, chain.order)
            ends, bound = done.values, bound + done.bound
            n_products += done.n_products
        # Rounding alone may lead out of [0, 1].
        value = min(max(float(ends[chain.start]), 0.0), 1.0)
        value = 1.0 - value if is_always else value
        return PrismAnswer(value, bound, route, n_products)

    def _reach(
        self, goal: BoolArray, through: BoolArray, hours: float
    ) -> tuple[FloatArray, float, str, int]:
        """Chance of meeting the goal within a time, from the states that matter."""
        chain, rates = self.chain, self.chain.rates
        begin = np.zeros(chain.n_states, dtype=bool)
        begin[chain.start] = True
        needs_all = self._hours(self.asked.low) > 0
        maybe = leads_to(rates, goal, through) & ~goal
        if not needs_all:
            maybe &= reached_from(rates, begin & maybe, maybe)
        inner = np.flatnonzero(maybe)
        ends = goal.astype(np.float64)
        if len(inner) == 0 or hours == 0.0:
            return ends, 0.0, "by the graph alone", 0
        into = np.asarray(rates[inner] @ goal.astype(np.float64))
        if math.isinf(hours):
            within, exits = among(rates, inner), exit_rates(rates[inner])
            solved = solve_inner(within, exits, into[:, None])
            ends[inner] = solved.x[:, 0]
            return ends, float(solved.bounds[0]), solved.route, 0
        # One more state takes in all of the goal, another all that is lost.
        small = _with_ends(among(rates, inner), into, exit_rates(rates[inner]))
        first = int(np.searchsorted(inner, chain.start))
        first = first if first < len(inner) and inner[first] == chain.start else 0
        values = np.zeros(len(inner) + 2)
        values[-2] = 1.0
        done = values_after(small, values, hours, first, _order_of(chain, inner))
        ends[inner] = done.values[:-2]
        return ends, done.bound, "uniformisation", done.n_products

    def _reward_until(self) -> PrismAnswer:
        chain, rates = self.chain, self.chain.rates
        goal = self._where(self.asked.until)
        earned = chain.named(self.asked.rewards, chain.earned)
        if goal[chain.start]:
            return PrismAnswer(0.0, 0.0, "by the graph alone")
        begin = np.zeros(chain.n_states, dtype=bool)
        begin[chain.start] = True
        on_way = reached_from(rates, begin, ~goal)
        if (on_way & ~leads_to(rates, goal, ~goal)).any():
            # What may never end has no finite mean, as the language defines it.
            return PrismAnswer(math.inf, 0.0, "by the graph alone")
        inner = np.flatnonzero(on_way)
        exits = exit_rates(rates[inner])
        solved = solve_inner(among(rates, inner), exits, earned[inner][:, None])
        at = int(np.searchsorted(inner, chain.start))
        return PrismAnswer(
            float(solved.x[at, 0]), float(solved.bounds[0]), solved.route
        )

    def _long_run(self, earned: FloatArray) -> PrismAnswer:
        """Means of the classes in which the chain ends, by the chance of each."""
        chain, rates = self.chain, self.chain.rates
        classes = bottom_classes(rates)
        means = [_mean(rates, states, earned) for states in classes]
        if len(classes) == 1:
            mean, bound, route = means[0]
            return PrismAnswer(mean, bound, route)
        everywhere = np.ones(chain.n_states, dtype=bool)
        value, bound = 0.0, 0.0
        for states, (mean, error, _) in zip(classes, means, strict=True):
            goal = np.zeros(chain.n_states, dtype=bool)
            goal[states] = True
            chance, off, route, _ = self._reach(goal, everywhere, math.inf)
            value += float(chance[chain.start]) * mean
            bound += float(chance[chain.start]) * error + off * abs(mean)
        return PrismAnswer(value, bound, f"{len(classes)} classes, {route}")


def _mean(
    rates: sparse.csr_array, states: IntArray, earned: FloatArray
) -> tuple[float, float, str]:
    if len(states) == 1:
        return float(earned[states[0]]), 0.0, "by the graph alone"
    return long_run(among(rates, states), earned[states])


def _order_of(chain: Chain, inner: IntArray) -> IntArray:
    """Order of some states of a chain, with the two ends of `_with_ends` after them."""
    number = np.full(chain.n_states, -1)
    number[inner] = np.arange(len(inner))
    in_order = number[chain.order]
    return np.append(in_order[in_order >= 0], [len(inner), len(inner) + 1])


def _with_ends(
    within: sparse.csr_array, into: FloatArray, exits: FloatArray
) -> sparse.csr_array:
    """Add a state for the goal and one for what is lost, both without a way out."""
    lost = np.maximum(0.0, exits - into - exit_rates(within))
    columns = sparse.csr_array(np.stack([into, lost], axis=1))
    n = within.shape[0]
    empty = sparse.csr_array((2, n + 2))
    return sparse.vstack([sparse.hstack([within, columns]), empty]).tocsr()
