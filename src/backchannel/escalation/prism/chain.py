"""A model as a Markov chain: its states, its rates, what holds and what it earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backchannel.base.errors import PrismFileError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.escalation.prism.bind import BoundModel, check_kind
from backchannel.escalation.prism.expression import Expression, evaluator, substitute
from backchannel.escalation.problem import IntArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class Chain:
    """All states that can be reached, in the order in which they are found.

    `columns` are values of the variables, (n_states,) each; `rates` (n_states,
    n_states) per unit of time, rows by source, nothing on the diagonal; `start` is the
    first state; `earned` holds what each reward structure earns per unit of time,
    (n_states,), by actions and by waiting together.
    """

    model: BoundModel
    columns: Mapping[str, NDArray[np.generic]]
    rates: sparse.csr_array
    start: int
    earned: Mapping[str, FloatArray]
    # What a state earns while it lasts, without its actions: worth at one instant.
    held: Mapping[str, FloatArray]

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.rates.shape[0])

    def __repr__(self) -> str:
        return f"<Chain {self.n_states} states, {self.rates.nnz} transitions>"

    @cached_property
    def order(self) -> IntArray:
        """States sorted by their variables, (n_states,): neighbours do alike."""
        return np.lexsort([*self.columns.values()][::-1])

    def where(
        self,
        condition: Expression,
        known: Mapping[str, Expression] | None = None,
        path: str | None = None,
    ) -> BoolArray:
        """States in which a condition holds, (n_states,).

        Parameters
        ----------
        condition : may name variables, constants, formulas and labels
        known : further constants, of the question
        path : of the text that asks, for errors

        Raises
        ------
        PrismFileError : an unknown name, or a number where a condition belongs.
        """
        model = self.model
        tree = substitute(condition, self.labels(), kind="label")
        tree = substitute(tree, {**model.known, **(known or {})})
        check_kind(tree, "bool", model.kinds, path or model.path)
        with np.errstate(all="ignore"):
            holds = evaluator(tree)(self.columns)
        return np.broadcast_to(holds, self.n_states).astype(bool)

    def labels(self) -> dict[str, Expression]:
        """Conditions of the labels."""
        return dict(self.model.labels)

    def named(
        self, rewards: str | None, earnings: Mapping[str, FloatArray]
    ) -> FloatArray:
        """What a reward structure gives, the first where None is named, (n_states,).

        Raises
        ------
        PrismFileError : no such structure.
        """
        name = next(iter(earnings), "") if rewards is None else rewards
        if name not in earnings:
            hint = did_you_mean(name, earnings, "reward structure")
            raise PrismFileError(self.model.path, 0, f"no rewards '{name}'; {hint}")
        return earnings[name]
