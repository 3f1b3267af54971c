"""Find every state of a model, breadth first, a whole frontier at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backchannel.base.errors import ModelError, PrismFileError
from backchannel.escalation._kernels.numbering import FREE, number_codes
from backchannel.escalation.prism.bind import BoundModel, Digit
from backchannel.escalation.prism.chain import BoolArray, Chain
from backchannel.escalation.prism.expression import evaluator
from backchannel.escalation.problem import FloatArray, IntArray

MAX_STATES = 10_000_000
_MOST_CODES = 2**62
Columns = Mapping[str, NDArray[Any]]


class _Selected(dict[str, NDArray[Any]]):
    """Rows of columns, each taken when an expression first asks for it."""

    def __init__(self, columns: Columns, where: IntArray) -> None:
        super().__init__()
        self.columns, self.where = columns, where

    def __missing__(self, name: str) -> NDArray[Any]:
        self[name] = self.columns[name][self.where]
        return self[name]


@dataclass(frozen=True)
class _Digits:
    """States as mixed-radix numbers."""

    digits: tuple[Digit, ...]

    @cached_property
    def weights(self) -> dict[str, int]:
        """What one step of each variable adds to the code."""
        weights, weight = {}, 1
        for digit in reversed(self.digits):
            weights[digit.name] = weight
            weight *= digit.high - digit.low + 1
        return weights

    def decode(self, codes: IntArray) -> dict[str, NDArray[Any]]:
        """Columns (n,) of codes (n,)."""
        columns: dict[str, NDArray[Any]] = {}
        for digit in self.digits:
            size = digit.high - digit.low + 1
            column = codes // self.weights[digit.name] % size + digit.low
            columns[digit.name] = column.astype(bool) if digit.is_bool else column
        return columns

    def encode(self, columns: Columns) -> IntArray:
        """Codes of columns."""
        code = np.zeros(1, dtype=np.int64)
        for digit in self.digits:
            steps = np.asarray(columns[digit.name]).astype(np.int64) - digit.low
            code = code + steps * self.weights[digit.name]
        return code


@dataclass
class _Numbers:
    """Codes met so far, each with its number."""

    known: IntArray = field(default_factory=lambda: np.empty(1024, dtype=np.int64))
    slots: IntArray = field(default_factory=lambda: np.full(4096, FREE))
    n: int = 0

    def of(self, codes: IntArray) -> IntArray:
        """Numbers of codes, new ones where a code is new."""
        self._make_room(self.n + len(codes))
        numbers = np.empty(len(codes), dtype=np.int64)
        codes = np.ascontiguousarray(codes, dtype=np.int64)
        self.n = number_codes(self.slots, self.known, codes, self.n, numbers)
        return numbers

    def _make_room(self, n: int) -> None:
        if n > len(self.known):
            self.known = np.resize(self.known, max(n, 2 * len(self.known)))
        if 2 * n > len(self.slots):
            old = self.known[: self.n].copy()
            self.slots = np.full(1 << (4 * n).bit_length(), FREE)
            number_codes(self.slots, self.known, old, 0, np.empty_like(old))


@dataclass(frozen=True)
class _Move:
    """A joint command, compiled."""

    guards: tuple[int, ...]
    rates: tuple[Callable[[Columns], Any], ...]
    assignments: tuple[tuple[Digit, Callable[[Columns], Any]], ...]
    action: str
    line: int


def explore(
    model: BoundModel,
    *,
    start: Mapping[str, IntArray] | None = None,
    max_states: int = MAX_STATES,
) -> Chain:
    """Build the chain of a model.

    Parameters
    ----------
    model : with its constants fixed
    start : columns (n,) of the states to begin with, instead of the model's own
    max_states : largest number allowed

    Returns
    -------
    Chain : states in breadth-first order, the first of `start` is state 0

    Raises
    ------
    PrismFileError : a rate that is negative or not finite, a variable that leaves its
        range; both with the line of the command.
    ModelError : too many states.
    """
    search = _Search(model, max_states)
    begin = start or {d.name: np.array([d.start]) for d in model.digits}
    first = search.numbers.of(search.digits.encode(begin))
    done = 0
    while done < search.numbers.n:
        frontier = search.numbers.known[done : search.numbers.n].copy()
        # What is not a number is refused where it is used, with the line.
        with np.errstate(all="ignore"):
            search.look(frontier, done)
        done += len(frontier)
    return search.chain(int(first[0]))


class _Search:
    """One exploration; filled while it runs."""

    def __init__(self, model: BoundModel, max_states: int) -> None:
        self.model, self.max_states = model, max_states
        self.digits, self.numbers = _Digits(model.digits), _Numbers()
        sizes = [d.high - d.low + 1 for d in model.digits]
        n_codes = math.prod(sizes)
        if n_codes > _MOST_CODES:
            raise ModelError(
                f"{model.path}: {n_codes:.1e} conceivable states, too many to number; "
                "narrow the ranges of the variables"
            )
        guards = {guard: None for joint in model.joints for guard in joint.guards}
        place = {guard: i for i, guard in enumerate(guards)}
        self.guards = [evaluator(guard) for guard in guards]
        by_name = {digit.name: digit for digit in model.digits}
        self.moves = [
            _Move(
                tuple(place[guard] for guard in joint.guards),
                tuple(evaluator(rate) for rate in joint.rates),
                tuple((by_name[n], evaluator(v)) for n, v in joint.assignments),
                joint.action,
                joint.line,
            )
            for joint in model.joints
        ]
        self.rewards = {
            name: [
                (e.action, evaluator(e.guard), evaluator(e.amount)) for e in earnings
            ]
            for name, earnings in model.rewards.items()
        }
        self.entries: list[tuple[NDArray[Any], NDArray[Any], FloatArray]] = []
        self.held: dict[str, list[FloatArray]] = {name: [] for name in self.rewards}
        self.earned: dict[str, list[FloatArray]] = {name: [] for name in self.rewards}

    def look(self, codes: IntArray, first: int) -> None:
        """Follow every command from the states numbered from `first` on."""
        columns, n = self.digits.decode(codes), len(codes)
        for name, earnings in self.rewards.items():
            held = np.zeros(n)
            for action, guard, amount in earnings:
                if action is None:
                    held += np.where(guard(columns), amount(columns), 0.0)
            self.held[name].append(held)
            self.earned[name].append(held.copy())
        masks: dict[int, BoolArray] = {}
        for move in self.moves:
            for g in move.guards:
                if g not in masks:
                    masks[g] = np.broadcast_to(self.guards[g](columns), n)
            mask = masks[move.guards[0]]
            for g in move.guards[1:]:
                mask = mask & masks[g]
            where = np.flatnonzero(mask)
            if len(where):
                self._follow(move, codes, columns, where, first)

    def _follow(
        self,
        move: _Move,
        codes: IntArray,
        columns: Columns,
        where: IntArray,
        first: int,
    ) -> None:
        here = _Selected(columns, where)
        rate = np.ones(len(where))
        for factor in move.rates:
            rate = rate * factor(here)
        if not (np.isfinite(rate) & (rate >= 0)).all():
            worst = rate[~(np.isfinite(rate) & (rate >= 0))][0]
            self._fail(move, f"rate is {worst:g} in {self._state(here, rate, worst)}")
        if not rate.all():
            keep = rate > 0
            where, rate = where[keep], rate[keep]
            here = _Selected(columns, where)
        for name, earnings in self.rewards.items():
            for action, guard, amount in earnings:
                if action is not None and action == move.action:
                    gain = np.where(guard(here), amount(here), 0.0) * rate
                    np.add.at(self.earned[name][-1], where, gain)
        numbers = self.numbers.of(self._targets(move, codes[where], here))
        if self.numbers.n > self.max_states:
            raise ModelError(
                f"{self.model.path}: more than {self.max_states} reachable states; "
                "narrow the ranges of the variables, or raise max_states"
            )
        source = (where + first).astype(np.int32)
        self.entries.append((source, numbers.astype(np.int32), rate))

    def _targets(self, move: _Move, codes: IntArray, here: Columns) -> IntArray:
        for digit, value in move.assignments:
            new = np.broadcast_to(value(here), len(codes))
            if new.dtype.kind == "f" and (new != np.floor(new)).any():
                self._fail(move, f"'{digit.name}' becomes a broken number")
            new = new.astype(np.int64)
            if len(new) and not (digit.low <= new.min() and new.max() <= digit.high):
                wrong = new[(new < digit.low) | (new > digit.high)][0]
                span = f"[{digit.low}..{digit.high}]"
                self._fail(move, f"'{digit.name}' becomes {wrong}, outside {span}")
            step = new - here[digit.name].astype(np.int64)
            codes = codes + step * self.digits.weights[digit.name]
        return codes

    def _state(self, here: Columns, rate: FloatArray, worst: float) -> str:
        i = int(np.flatnonzero((rate == worst) | (np.isnan(rate) & np.isnan(worst)))[0])
        return ", ".join(f"{d.name}={here[d.name][i]}" for d in self.model.digits)

    def _fail(self, move: _Move, wrong: str) -> None:
        raise PrismFileError(self.model.path, move.line, wrong)

    def _earnings(self, parts: Mapping[str, list[FloatArray]]) -> dict[str, FloatArray]:
        whole = {name: np.concatenate(arrays) for name, arrays in parts.items()}
        for name, amount in whole.items():
            if not (np.isfinite(amount) & (amount >= 0)).all():
                line = self.model.rewards[name][0].line
                wrong = f"rewards '{name}' are negative or not finite in some state"
                raise PrismFileError(self.model.path, line, wrong)
        return whole

    def chain(self, start: int) -> Chain:
        """All that was found, as arrays."""
        n = self.numbers.n
        columns = self.digits.decode(self.numbers.known[:n].copy())
        src, dst, rate = (
            np.concatenate([entry[i] for entry in self.entries])
            if self.entries
            else np.zeros(0, dtype=(np.int32, np.int32, np.float64)[i])
            for i in range(3)
        )
        self.entries.clear()
        keep = src != dst
        rates = sparse.coo_array((rate[keep], (src[keep], dst[keep])), (n, n)).tocsr()
        return Chain(
            self.model,
            columns,
            rates,
            start,
            self._earnings(self.earned),
            self._earnings(self.held),
        )
