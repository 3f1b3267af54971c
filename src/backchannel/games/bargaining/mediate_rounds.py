"""LP, the least war in rounds of offers that any procedure allows.

A mediator hears both types and recommends a package, no deal or war. Telling the truth
must be best, and nobody may gain by refusing everything. What it saves over the rounds
is made by the procedure; the packages that it uses name the one that would remove it.

Source: Fey and Ramsay (2011), American Journal of Political Science 55, 149-169.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.games.bargaining.rounds import RoundsGame


@dataclass(frozen=True, eq=False)
class MediatedRounds:
    """The best procedure.

    `prob_war` is its chance of war and `shares` (n_packages,) how often it recommends
    each package; `gap` is the difference to the dual value.
    """

    prob_war: float
    shares: FloatArray
    gap: float


def mediate_rounds(game: RoundsGame) -> MediatedRounds:
    """Find the procedure with the least war.

    Parameters
    ----------
    game : types, packages and what refusing everything brings

    Returns
    -------
    MediatedRounds

    Raises
    ------
    ModelError : the linear programme failed.
    """
    first, second = (_outcomes(game, side) for side in (0, 1))
    n1, n2 = game.prob_types.shape
    n_outcomes = first.shape[1]
    rows, limits = [], []
    for side, worth in enumerate((first, second)):
        kept, bounds = _conditions(game, side, worth)
        rows.append(kept)
        limits.append(bounds)
    lotteries = sparse.kron(sparse.eye(n1 * n2), np.ones((1, n_outcomes)))
    settled = game.settled
    risk = np.concatenate(
        [(1.0 - settled) * game.prob_war_at_end, [game.prob_war_at_end, 1.0]]
    )
    cost = np.kron(game.prob_types.ravel(), risk)
    done = linprog(
        cost,
        A_ub=sparse.vstack(rows).tocsr(),
        b_ub=np.concatenate(limits),
        A_eq=lotteries.tocsr(),
        b_eq=np.ones(n1 * n2),
        bounds=(0.0, None),
        method="highs",
    )
    if done.status != 0:
        raise ModelError(f"{game.title}: the linear programme failed: {done.message}")
    dual = float(
        done.ineqlin.marginals @ np.concatenate(limits) + done.eqlin.marginals.sum()
    )
    plan = done.x.reshape(n1 * n2, n_outcomes)
    shares = game.prob_types.ravel() @ plan
    value = max(float(done.fun), 0.0)
    return MediatedRounds(value, shares[: len(settled)], abs(float(done.fun) - dual))


def _outcomes(game: RoundsGame, side: int) -> FloatArray:
    """Worth of every package, of no deal and of war, (n_types, n_packages + 2)."""
    nothing = game.no_deal[side][:, None]
    deals = game.settled * game.worth[side] + (1.0 - game.settled) * nothing
    return np.hstack([deals, nothing, game.war[side][:, None]])


def _conditions(
    game: RoundsGame, side: int, worth: FloatArray
) -> tuple[sparse.csr_matrix, FloatArray]:
    """Truth and consent of one side as rows of `row @ plan <= bound`."""
    joint = game.prob_types if side == 0 else game.prob_types.T
    n_own = len(joint)
    alive = game.survival[-1]
    alone = (1.0 - alive) * game.war[side] + alive * game.no_deal[side]
    rows, bounds = [], []
    for own in range(n_own):
        if joint[own].sum() <= 0.0:
            continue  # a type that cannot occur binds nobody
        told = [_report(joint[own], worth[own], r, side, n_own) for r in range(n_own)]
        rows += [told[r] - told[own] for r in range(n_own) if r != own]
        bounds += [0.0] * (n_own - 1)
        rows.append(-told[own])
        bounds.append(-float(alone[own] * joint[own].sum()))
    return sparse.csr_matrix(np.array(rows)), np.array(bounds)


def _report(
    chances: FloatArray, worth: FloatArray, told: int, side: int, n_own: int
) -> FloatArray:
    """Worth of telling one type, by pair of types and outcome, flattened."""
    n_other = len(chances)
    table = np.zeros((n_own, n_other, len(worth)))
    table[told] = chances[:, None] * worth
    ordered = table if side == 0 else table.transpose(1, 0, 2)
    return np.asarray(ordered.ravel())
