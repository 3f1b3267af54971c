"""The table of a tree: every reduced strategy, and what profiles of them pay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError
from backchannel.games.sequence_form import (
    COUNT,
    FIRST,
    PARENT,
    SequenceForm,
    sequence_form,
)
from backchannel.games.strategic import StrategicForm
from backchannel.games.tree import FloatArray, GameTree, IntArray

MAX_PROFILES = 200_000
"""Strategy profiles beyond which a table is refused: the tree says the same in less."""


@dataclass(frozen=True, eq=False)
class ReducedForm:
    """The table of a tree, with the plan behind each strategy.

    `plans` per player (n_strategies, n_sequences) is 1 where a strategy allows a
    sequence and 0 elsewhere.
    """

    tree: GameTree
    form: SequenceForm
    game: StrategicForm
    plans: tuple[FloatArray, ...]


def reduced_form(tree: GameTree, *, max_profiles: int = MAX_PROFILES) -> ReducedForm:
    """List every reduced strategy of every player.

    Parameters
    ----------
    tree : with perfect recall
    max_profiles : refuse a larger table

    Returns
    -------
    ReducedForm : the table and the strategies behind it

    Raises
    ------
    ModelError : a player forgets what it did, or the table is too large.
    """
    form = sequence_form(tree, method="a list of all strategies")
    sizes = [n_strategies(sets) for sets in form.sets]
    if math.prod(sizes) > max_profiles:
        count = " x ".join(f"{n:.3g}" for n in sizes)
        raise ModelError(
            f"{tree.title or 'game'}: {count} strategies are too many to list (at most "
            f"{max_profiles} profiles); take a method that works on the tree: "
            "logit-trace, lemke or regret-minimisation"
        )
    plans = tuple(_plans(sets) for sets in form.sets)
    return ReducedForm(
        tree=tree,
        form=form,
        game=StrategicForm(
            title=tree.title,
            players=tree.players,
            strategies=tuple(
                tuple(str(i + 1) for i in range(len(table))) for table in plans
            ),
            payoffs=_table(form, plans),
            exact_payoffs=_exact_table(tree, form, plans),
        ),
        plans=plans,
    )


def _following(sets: IntArray) -> dict[int, list[int]]:
    """Sets that come next after every sequence."""
    after: dict[int, list[int]] = {}
    for row, parent in enumerate(sets[:, PARENT].tolist()):
        after.setdefault(parent, []).append(row)
    return after


def n_strategies(sets: IntArray) -> float:
    """Count the reduced strategies of one player.

    Parameters
    ----------
    sets : (n_sets, 3), the player's sequence tree

    Returns
    -------
    float : infinite where the count overflows
    """
    after = _following(sets)
    below: dict[int, float] = {}
    for row in reversed(range(len(sets))):
        first, count = int(sets[row, FIRST]), int(sets[row, COUNT])
        below[row] = float(
            sum(
                math.prod(below[s] for s in after.get(q, []))
                for q in range(first, first + count)
            )
        )
    return math.prod(below[s] for s in after.get(0, []))


def _plans(sets: IntArray) -> FloatArray:
    """(n_strategies, n_sequences), 1 where a strategy allows a sequence."""
    after = _following(sets)
    # Choices from a set on: every action with every way to go on after it.
    ways: dict[int, list[tuple[int, ...]]] = {}
    for row in reversed(range(len(sets))):
        first, count = int(sets[row, FIRST]), int(sets[row, COUNT])
        ways[row] = [
            (q, *(step for part in then for step in part))
            for q in range(first, first + count)
            for then in product(*(ways[s] for s in after.get(q, [])))
        ]
    whole = list(product(*(ways[s] for s in after.get(0, []))))
    table = np.zeros((len(whole), 1 + int(sets[:, COUNT].sum())))
    table[:, 0] = 1.0
    for strategy, parts in enumerate(whole):
        table[strategy, [q for part in parts for q in part]] = 1.0
    return table


def _table(form: SequenceForm, plans: tuple[FloatArray, ...]) -> FloatArray:
    weighted = form.payoffs * form.leaf_chance
    return np.array([_sums(form, plans, row) for row in weighted])


def _sums(
    form: SequenceForm, plans: tuple[FloatArray, ...], row: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """(*n_strategies), a weighted payoff summed over the leaves each profile allows."""
    total = row[:, None]
    for player, table in enumerate(plans):
        allowed = table[:, form.leaf_sequences[player]].T.astype(row.dtype)
        if player < len(plans) - 1:
            total = (total[:, :, None] * allowed[:, None, :]).reshape(len(row), -1)
        else:
            total = total.T @ allowed
    return np.asarray(total).reshape([len(table) for table in plans])


def _exact_table(
    tree: GameTree, form: SequenceForm, plans: tuple[FloatArray, ...]
) -> npt.NDArray[Any] | None:
    if tree.exact_payoffs is None or tree.exact_chance is None:
        return None
    chance = exact_leaf_chance(tree)
    rows = [
        [c * v for c, v in zip(chance, row, strict=True)] for row in tree.exact_payoffs
    ]
    # One denominator for all, so that the sums are over whole numbers.
    whole = math.lcm(*(value.denominator for row in rows for value in row))
    tables = []
    for row in rows:
        numerators = np.array([int(v * whole) for v in row], dtype=object)
        sums = _sums(form, plans, numerators)
        tables.append([Fraction(int(n), whole) for n in sums.ravel()])
    shape = (len(rows), *(len(table) for table in plans))
    return np.array(tables, dtype=object).reshape(shape)


def exact_leaf_chance(tree: GameTree) -> list[Fraction]:
    """Multiply the chances on the way to every leaf, as fractions.

    Parameters
    ----------
    tree : with exact chances

    Returns
    -------
    (n_leaves,) : products, 1 where chance never moves

    Raises
    ------
    ValueError : the tree has no exact chances.
    """
    if tree.exact_chance is None:
        raise ValueError("the tree has no exact chances")
    found = [Fraction(1)] * tree.n_nodes
    parent, into = tree.parent.tolist(), tree.action_in.tolist()
    for node in range(1, tree.n_nodes):
        found[node] = found[parent[node]] * tree.exact_chance[into[node]]
    return [found[leaf] for leaf in tree.leaves.tolist()]
