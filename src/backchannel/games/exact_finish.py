"""From a nearly right profile to an equilibrium with the same actions.

For two players, once it is known which sequences are played and which are best, what
remains is linear: one player's plan must make the other indifferent over what the other
plays, and prefer nothing else. That is two small linear programmes.
Source: Dickhaut and Kaplan (1991), The Mathematica Journal 1(4), 87-93 (supports in
strategic form); the conditions on sequences from von Stengel (1996), Games and Economic
Behavior 14(2), 220-246.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

from backchannel.games.sequence_form import (
    COUNT,
    PARENT,
    SequenceForm,
    plans_of,
    probabilities_of,
    sequence_form,
)
from backchannel.games.tree import BoolArray, FloatArray, GameTree, IntArray

_PLAYED = (1e-2, 1e-3, 1e-5)
_FREE = 1e-9


def finish_exactly(
    tree: GameTree, probabilities: FloatArray, *, now: FloatArray | None = None
) -> FloatArray | None:
    """Find an equilibrium with the actions that a profile takes.

    Parameters
    ----------
    tree : with perfect recall
    probabilities : (n_actions,), near an equilibrium
    now : (n_actions,), of a learner that is near it too; its present play drops an
        action long before the average of its play does

    Returns
    -------
    (n_actions,) : to the accuracy of the linear programmes (1e-9 or better); None where
        there are not two players or no guess of the actions leads to an equilibrium
    """
    if tree.n_players != 2:
        return None
    form = sequence_form(tree)
    tried: set[bytes] = set()
    for guess in (probabilities,) if now is None else (now, probabilities):
        plans = plans_of(form, guess)
        for played in _PLAYED:
            supports = [
                _support(sets, plan, played)
                for sets, plan in zip(form.sets, plans, strict=True)
            ]
            key = np.concatenate(supports).tobytes()
            if key in tried:
                continue
            tried.add(key)
            finished = finish_plans(form, supports)
            if finished is not None:
                found = probabilities_of(tree, form, finished)
                return keep_unreached(tree, form, finished, found, probabilities)
    return None


def finish_plans(
    form: SequenceForm, supports: list[BoolArray]
) -> tuple[FloatArray, FloatArray] | None:
    """Find an equilibrium in which only some sequences are played.

    Parameters
    ----------
    form : of two players
    supports : per player (n_sequences,), the sequences that are played

    Returns
    -------
    a plan per player; None where there is none
    """
    sides = []
    for player in (0, 1):
        side = _indifferent(form, 1 - player, supports)
        if side is None:
            return None
        sides.append(side)
    return sides[0], sides[1]


def _support(sets: IntArray, plan: FloatArray, played: float) -> BoolArray:
    """Sequences whose every action is taken with at least some probability."""
    is_in = np.zeros(len(plan), dtype=bool)
    is_in[0] = True
    for parent, first, count in sets.tolist():
        here = slice(first, first + count)
        if is_in[parent]:
            is_in[here] = plan[here] >= played * plan[parent]
    return is_in


def constraints(sets: IntArray, n_sequences: int) -> csr_array:
    """Write down what makes weights of sequences a plan.

    Parameters
    ----------
    sets : (n_sets, 3), one player's sequence tree
    n_sequences : how many there are, the empty one included

    Returns
    -------
    (n_sets + 1, n_sequences) : times a plan it is 1 in the first row, 0 in all others
    """
    n_sets = len(sets)
    rows = np.concatenate(
        [
            [0],
            np.arange(1, n_sets + 1),
            np.repeat(np.arange(1, n_sets + 1), sets[:, COUNT]),
        ]
    )
    children = np.arange(1, n_sequences)
    columns = np.concatenate([[0], sets[:, PARENT], children])
    values = np.concatenate([[1.0], -np.ones(n_sets), np.ones(len(children))])
    return csr_array((values, (rows, columns)), shape=(n_sets + 1, n_sequences))


def _indifferent(
    form: SequenceForm, player: int, supports: list[BoolArray]
) -> FloatArray | None:
    """The other's plan at which all that `player` plays is best."""
    other = 1 - player
    payoffs = form.matrix(player)
    scale = float(np.abs(payoffs.data).max(initial=0.0)) or 1.0
    own_rows = constraints(form.sets[player], payoffs.shape[0])
    other_rows = constraints(form.sets[other], payoffs.shape[1])
    is_played = supports[player]
    columns = np.flatnonzero(supports[other])
    # Worth of each own set v: E' v >= A y, with equality at sequences that are played.
    slack = hstack([payoffs[:, columns] / scale, -own_rows.T]).tocsr()
    plan = hstack(
        [
            other_rows[:, columns],
            csr_array((other_rows.shape[0], own_rows.shape[0])),
        ]
    ).tocsr()
    right = np.zeros(other_rows.shape[0])
    right[0] = 1.0
    solved = linprog(
        np.zeros(slack.shape[1]),
        A_ub=slack[~is_played],
        b_ub=np.zeros(int((~is_played).sum())),
        A_eq=vstack([plan, slack[is_played]]).tocsr(),
        b_eq=np.concatenate([right, np.zeros(int(is_played.sum()))]),
        bounds=[(0, None)] * len(columns) + [(None, None)] * own_rows.shape[0],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10},
    )
    if solved.status != 0:
        return None
    found = np.zeros(payoffs.shape[1])
    found[columns] = np.maximum(solved.x[: len(columns)], 0.0)
    return found


def keep_unreached(
    tree: GameTree,
    form: SequenceForm,
    plans: tuple[FloatArray, ...],
    found: FloatArray,
    before: FloatArray,
) -> FloatArray:
    """Let what was done before stand where a player's own plan does not lead.

    Parameters
    ----------
    tree, form : a game and its sequence form
    plans : per player (n_sequences,)
    found, before : (n_actions,), the profile of the plans, and the one before

    Returns
    -------
    (n_actions,) : actions of small probability before are dropped
    """
    kept = found.copy()
    for player, plan in enumerate(plans):
        table = form.sets[player]
        for row, information_set in enumerate(tree.sets_of(player).tolist()):
            if plan[table[row, PARENT]] <= _FREE:
                actions = tree.actions(information_set)
                guess = np.where(before[actions] > 1e-3, before[actions], 0.0)
                kept[actions] = guess / guess.sum()
    return kept
