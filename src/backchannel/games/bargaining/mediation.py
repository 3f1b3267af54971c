"""LP, the least war that any procedure allows when each side alone knows its type.

A mediator hears both sides and recommends a division or war. Telling the truth must be
best (incentives), and nobody may prefer going to war at once (veto after learning one's
type). What it saves over a solved protocol is made by the procedure.

Source: Fey and Ramsay (2011), AJPS 55, 149-169; Hoerner, Morelli and Squintani (2015),
Review of Economic Studies 82, 1483-1517.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray

MAX_TYPES = 60


@dataclass(frozen=True)
class TypeTable:
    """Worth of war by type and chance of each type, for both sides."""

    war: tuple[FloatArray, FloatArray]
    prob: tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class MediatedPeace:
    """The best procedure: chances of war and mean shares, by pair of types.

    `prob_war` is its chance of war, `gap` the difference to the dual value, `slack`
    what the two strongest types leave of the pie.
    """

    prob_war: float
    war_by_types: FloatArray
    share_by_types: FloatArray
    slack: float
    gap: float
    breach: float


def mediate(table: TypeTable) -> MediatedPeace:
    """Find the procedure with the least war.

    Parameters
    ----------
    table : at most `MAX_TYPES` types a side

    Returns
    -------
    MediatedPeace

    Raises
    ------
    ModelError : too many types, or chances that do not sum to 1.
    """
    _check(table)
    n1, n2 = len(table.war[0]), len(table.war[1])
    joint = np.outer(*table.prob).ravel()
    rows, limits = [], []
    for side in (0, 1):
        for kept, bound in _rows_of(table, side):
            rows.append(kept)
            limits.append(bound)
    # A share lies between nothing and what peace leaves of the pie.
    size = n1 * n2
    share_fits = np.hstack([np.eye(size), np.eye(size)])
    done = linprog(
        np.concatenate([joint, np.zeros(size)]),
        A_ub=np.vstack([*rows, share_fits]),
        b_ub=np.concatenate([limits, np.ones(size)]),
        bounds=(0.0, 1.0),
        method="highs",
    )
    if done.status != 0:
        raise ModelError(f"behaviour.game: the linear programme failed: {done.message}")
    dual = float(
        done.ineqlin.marginals @ np.concatenate([limits, np.ones(size)])
        + done.upper.marginals.sum()
    )
    war, share = done.x[:size].reshape(n1, n2), done.x[size:].reshape(n1, n2)
    slack = 1.0 - float(table.war[0].max() + table.war[1].max())
    prob = max(float(done.fun), 0.0)
    return MediatedPeace(
        prob, war, share, slack, abs(prob - max(dual, 0.0)), breach(table, war, share)
    )


def _check(table: TypeTable) -> None:
    for side in (0, 1):
        war, prob = table.war[side], table.prob[side]
        if len(war) != len(prob) or not 1 <= len(war) <= MAX_TYPES:
            raise ModelError(
                f"behaviour.game.prob_type: has {len(prob)} chances for {len(war)} "
                f"types; give one each, at most {MAX_TYPES}"
            )
        if (prob < 0).any() or abs(prob.sum() - 1.0) > 1e-9:
            raise ModelError(
                f"behaviour.game.prob_type: sums to {prob.sum():g}; must be chances "
                "that sum to 1"
            )


def _rows_of(table: TypeTable, side: int) -> list[tuple[FloatArray, float]]:
    """Truth-telling and veto of one side, as rows of `row @ x <= bound`."""
    war, own_prob = table.war[side], table.prob[side]
    others = table.prob[1 - side]
    n = len(war)
    rows = []
    for i in range(n):
        if own_prob[i] == 0.0:
            continue  # a type that cannot occur binds nobody
        honest, constant = _worth_row(table, side, i, i, others)
        rows.append((-honest, constant - float(war[i])))
        for told in range(n):
            if told != i:
                lie, same = _worth_row(table, side, i, told, others)
                rows.append((lie - honest, constant - same))
    return rows


def _worth_row(
    table: TypeTable, side: int, true: int, told: int, others: FloatArray
) -> tuple[FloatArray, float]:
    """Worth of a report as coefficients of (war, share), plus a constant."""
    n1, n2 = len(table.war[0]), len(table.war[1])
    war, share = np.zeros((n1, n2)), np.zeros((n1, n2))
    worth = float(table.war[side][true])
    if side == 0:
        war[told], share[told] = others * worth, others
        return np.concatenate([war.ravel(), share.ravel()]), 0.0
    # The second side gets what peace leaves: 1 - war - share.
    war[:, told], share[:, told] = others * (worth - 1.0), -others
    return np.concatenate([war.ravel(), share.ravel()]), 1.0


def breach(table: TypeTable, war: FloatArray, share: FloatArray) -> float:
    """Largest gain of any type from lying or from vetoing, by direct expectation."""
    worst = 0.0
    rest = 1.0 - war - share
    for side, given in ((0, share), (1, rest.T)):
        chance = war if side == 0 else war.T
        others = table.prob[1 - side]
        for i, worth in enumerate(table.war[side]):
            if table.prob[side][i] == 0.0:
                continue
            reports = given @ others + (chance @ others) * worth
            worst = max(worst, float(max(reports.max(), worth) - reports[i]))
    return worst
