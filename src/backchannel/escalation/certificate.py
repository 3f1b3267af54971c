"""Check an escalation result by a route that shares no code with the solver.

Generators of a few draws are exponentiated by SciPy's `expm_multiply` (Al-Mohy and
Higham 2011, SIAM J. Sci. Comput. 33(2), 488-511); all other draws are checked for what
every curve must satisfy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import expm_multiply

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import MAX_STATES, Compiled, compile_escalation
from backchannel.escalation.methods import Uniformisation
from backchannel.escalation.problem import Entries
from backchannel.escalation.world import AS_WRITTEN, Variation, World

if TYPE_CHECKING:
    from backchannel.escalation.result import EscalationResult

BOUND = 1e-9


def recompute(result: EscalationResult, crisis: Crisis) -> Certificate:
    """Compare a result with matrix exponentials, and its curves with each other.

    Parameters
    ----------
    result : as returned by `simulate_escalation`, possibly changed since
    crisis : of the same digest

    Returns
    -------
    Certificate : the largest deviation
    """
    worst = against_each_other(result)
    last = result.prob_war[:, -1]
    draws = sorted({0, int(last.argmin()), int(last.argmax()), len(last) - 1})
    compiled = _compile(result, crisis, AS_WRITTEN)
    for draw in draws:
        war, settled = _ends(compiled, draw, float(result.hours[-1]))
        worst = max(worst, abs(war - last[draw]))
        worst = max(worst, abs(settled - result.prob_settled[draw, -1]))
    for effect in result.levers[:1]:
        changed = _compile(result, crisis, effect.lever.variation)
        war, _ = _ends(changed, draws[-1], float(result.hours[-1]))
        worst = max(worst, abs(war - effect.prob_war[draws[-1], -1]))
    claim = f"P(war) of {len(draws)} draws and the first lever"
    return Certificate(claim, float(worst), BOUND, "scipy expm_multiply")


def _compile(
    result: EscalationResult, crisis: Crisis, variation: Variation
) -> Compiled:
    world = World(crisis, result.draws, variation)
    method = result.method
    most = method.max_states if isinstance(method, Uniformisation) else MAX_STATES
    return compile_escalation(world, max_states=most)


def against_each_other(result: EscalationResult) -> float:
    """Largest breach of what holds for all draws: bounds, order, agreement."""
    war, settled = result.prob_war, result.prob_settled
    fine = np.searchsorted(result.risk.hours, result.hours)
    end = result.risk.prob_war[:, -1]
    breaches = [
        -war.min(),
        -settled.min(),
        (war + settled).max() - 1.0,
        -np.diff(war, axis=1).min(initial=0.0),
        -np.diff(settled, axis=1).min(initial=0.0),
        np.abs(result.risk.prob_war[:, fine] - war).max(),
        np.abs(result.risk.prob_settled[:, fine] - settled).max(),
        -np.diff(result.risk.prob_war, axis=1).min(initial=0.0),
    ]
    if result.hours[-1] == result.risk.horizon:
        breaches += [
            np.abs(e.prob_war[:, -1] - end - e.difference).max() for e in result.levers
        ]
        told = sum(path.prob for path in result.paths)
        breaches.append(abs(told - float(result.nominal.prob_war[-1])))
    return float(max(breaches))


def _ends(compiled: Compiled, draw: int, until: float) -> tuple[float, float]:
    """P(war) and P(settled) of one draw by an hour, piece by piece."""
    problem, n = compiled.problem, compiled.problem.n_states
    x = np.zeros(n)
    np.add.at(x, problem.start.dst, _values(compiled, problem.start, 0, draw))
    now = 0.0
    for piece, end in zip(problem.pieces, problem.breaks[1:], strict=True):
        entries = problem.entries
        rate = _values(compiled, entries, piece.regime, draw)
        off = sparse.coo_array((rate, (entries.dst, entries.src)), (n, n)).tocsc()
        q = off - sparse.diags_array(np.bincount(entries.src, rate, n))
        x = expm_multiply(q * (min(end, until) - now), x)
        now = min(end, until)
        if now < end:
            break
        if piece.atom >= 0:
            atom = problem.atoms[piece.atom]
            share = _values(compiled, atom, piece.regime, draw)
            moves = sparse.coo_array((share, (atom.dst, atom.src)), (n, n)).tocsr()
            x = x - np.bincount(atom.src, share, n) * x + moves @ x
    settled = x[problem.settled] if problem.settled >= 0 else 0.0
    return float(x[problem.war]), float(settled)


def _values(compiled: Compiled, entries: Entries, regime: int, draw: int) -> FloatArray:
    """Rates or probabilities of entries, multiplied out one column at a time."""
    column = np.append(
        compiled.theta.parameters[:, draw], compiled.theta.clocks[regime, :, draw]
    )
    product = entries.mult.copy()
    for j in range(entries.factor.shape[1]):
        product *= column[entries.factor[:, j]]
    return product
