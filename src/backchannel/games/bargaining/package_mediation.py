"""LP, the least war over a crisis's packages that any procedure allows.

A mediator hears the responder and recommends a package or none. Reporting one's own
draw must be best, both sides may refuse what is recommended, and the proposer must gain
from each package on the draws for which it comes. What is saved over the plain offer is
made by the procedure, not by what the sides want.

Source: Fey and Ramsay (2011), American Journal of Political Science 55, 149-169.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from backchannel.base.laws import FloatArray
from backchannel.crisis.stakes import PackageStakes

N_TYPES = 40
N_PACKAGES = 24
MAX_STEPS = 20_000
"""Simplex steps; problems of this size take some hundreds."""


@dataclass(frozen=True)
class MediatedOffer:
    """The best procedure at a sample of types.

    `prob_war` is its chance of war, `prob_war_of_offer` that of the plain offer at the
    same types. `rows` and `shares` are the packages it recommends, and how often.
    """

    prob_war: float
    prob_war_of_offer: float
    rows: tuple[int, ...]
    shares: tuple[float, ...]
    n_types: int
    gap: float

    @property
    def saved(self) -> float:
        """Risk that the procedure makes."""
        return max(self.prob_war_of_offer - self.prob_war, 0.0)


def mediate_offers(stakes: PackageStakes, offer: int | None) -> MediatedOffer:
    """Find the procedure with the least war over a sample of draws.

    Parameters
    ----------
    stakes : packages, gains and risks
    offer : row that is offered without a mediator, None for none

    Returns
    -------
    MediatedOffer : over `N_TYPES` draws, spread evenly, and the `N_PACKAGES` packages
        that are settled most often or gain the proposer most, the offer among them
    """
    draws = np.unique(
        np.linspace(0, len(stakes.prob_war) - 1, N_TYPES).round().astype(int)
    )
    rows = _candidates(stakes, offer)
    grid = np.ix_(rows, draws)
    own, other = stakes.proposer_gain[grid].T, stakes.responder_gain[grid].T
    later = np.maximum(stakes.prob_war - stakes.prob_war_meanwhile, 0.0)[draws]
    settles = stakes.settled[grid].T * (own >= 0.0)
    saves = later[:, None] * settles
    n_types, n_packages = own.shape
    upper = (other >= 0.0).astype(float).ravel()
    tight, bound = _conditions(own, other)
    # The solver's tolerances are absolute: small risks are scaled up, or its simplex
    # takes 10^5 steps among corners that it cannot tell apart.
    scale = float(saves.max()) / n_types or 1.0
    done = linprog(
        -saves.ravel() / n_types / scale,
        A_ub=tight,
        b_ub=bound,
        bounds=np.column_stack([np.zeros_like(upper), upper]),
        method="highs",
        options={"maxiter": MAX_STEPS},
    )
    without = float(stakes.prob_war[draws].mean())
    plain = without
    if offer is not None:
        column = int(np.flatnonzero(rows == offer)[0])
        plain -= float((saves[:, column] * (other[:, column] >= 0.0)).mean())
    if done.status != 0:
        return MediatedOffer(plain, plain, (), (), n_types, float("inf"))
    shares = done.x.reshape(n_types, n_packages).mean(axis=0)
    used = np.flatnonzero(shares > 1e-6)
    used = used[np.argsort(-shares[used], kind="stable")]
    dual = float(done.ineqlin.marginals @ bound + done.upper.marginals @ upper)
    best = float(done.fun) * scale
    return MediatedOffer(
        min(without + best, plain),
        plain,
        tuple(int(rows[i]) for i in used),
        tuple(float(shares[i]) for i in used),
        n_types,
        abs(best - dual * scale),
    )


def _candidates(stakes: PackageStakes, offer: int | None) -> np.ndarray:
    """Packages settled most often, and those with the best mean gain, in order."""
    settled = (stakes.accepted * stakes.settled).mean(axis=1)
    gains = (stakes.accepted * stakes.proposer_gain).mean(axis=1)
    half = N_PACKAGES // 2
    chosen = {int(i) for i in np.argsort(-settled, kind="stable")[:half]}
    chosen |= {int(i) for i in np.argsort(-gains, kind="stable")[:half]}
    if offer is not None:
        chosen.add(offer)
    return np.array(sorted(chosen))


def _conditions(
    own: FloatArray, other: FloatArray
) -> tuple[sparse.csr_matrix, FloatArray]:
    """Rows `A x <= b`: one package a type, truth, and the proposer's consent."""
    n_types, n_packages = own.shape
    size = n_types * n_packages
    once = sparse.kron(sparse.eye(n_types), np.ones((1, n_packages)))
    blocks = [once]
    for i in range(n_types):
        # A type that poses as another takes only what is worth more to it than none.
        lies = sparse.kron(sparse.eye(n_types), np.maximum(other[i], 0.0)[None, :])
        honest = np.zeros((1, size))
        honest[0, i * n_packages : (i + 1) * n_packages] = other[i]
        others = [t for t in range(n_types) if t != i]
        truth = sparse.csr_matrix(np.repeat(honest, len(others), axis=0))
        blocks.append(lies.tocsr()[others] - truth)
    consent = sparse.hstack([sparse.diags(-own[t]) for t in range(n_types)])
    blocks.append(consent)
    matrix = sparse.vstack(blocks).tocsr()
    bound = np.zeros(matrix.shape[0])
    bound[:n_types] = 1.0
    return matrix, bound
