"""Questions without a horizon, for constant rates: how it ends, and how long it takes.

Source: Kemeny and Snell (1960), Finite Markov Chains, chapter 3; solved by sparse LU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from backchannel.base.errors import ModelError
from backchannel.escalation.problem import FloatArray, IntArray


@dataclass(frozen=True)
class Absorption:
    """How it ends from every state.

    `prob` (n_states, n_ends) of each end, `hours` (n_states,) expected until then.
    """

    prob: FloatArray
    hours: FloatArray


def absorb(q: sparse.csr_array, ends: IntArray) -> Absorption:
    """Solve where a process with generator q ends, and when.

    Parameters
    ----------
    q : (n_states, n_states), per hour
    ends : (n_ends,) states at which to stop

    Returns
    -------
    Absorption : exact up to rounding

    Raises
    ------
    ModelError : some state never leads to an end.

    >>> q = sparse.csr_array([[0.0, 0, 0], [1, -3, 2], [0, 0, 0]])
    >>> absorb(q, np.array([0, 2])).prob[1].round(4).tolist()
    [0.3333, 0.6667]
    """
    n_states = q.shape[0]
    inner = np.setdiff1d(np.arange(n_states), ends)
    prob = np.zeros((n_states, len(ends)))
    prob[ends, np.arange(len(ends))] = 1.0
    hours = np.zeros(n_states)
    if len(inner) == 0:
        return Absorption(prob, hours)
    among = q[inner][:, inner].tocsc()
    _check_leads_somewhere(among, q[inner][:, ends])
    factors = splu((-among).tocsc())
    prob[inner] = factors.solve(q[inner][:, ends].toarray())
    hours[inner] = factors.solve(np.ones(len(inner)))
    return Absorption(prob, hours)


def _check_leads_somewhere(among: sparse.csc_array, out: sparse.csr_array) -> None:
    """Every inner state must lead to one with a way out, or the system is singular."""
    links = among.tocoo()
    leads = np.asarray(out.sum(axis=1)).ravel() > 0
    while True:
        more = leads.copy()
        open_link = (links.data > 0) & leads[links.col]
        more[links.row[open_link]] = True
        if (more == leads).all():
            break
        leads = more
    if not leads.all():
        raise ModelError(
            f"escalation: {(~leads).sum()} states lead to no end; "
            "ask with a horizon, or add settling"
        )
