"""Two independent runs: where they differ, no interval is vouched for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.result import Certificate
from backchannel.escalation.cross_entropy import CrossEntropy, Weighted

FEWEST_ARRIVALS = 100
# Weights are worth a better tilt beyond this; well-trained ones vary by 1 to 3.
_MOST_SPREAD = 5.0
# A correct estimate is refused by its referee once in 1,700 times (two-sided).
REFEREE_BOUND = 3.5


@dataclass(frozen=True)
class Attempts:
    """Both runs of the last attempt, its floor, and the jumps of all attempts.

    `refusal` says why they are not vouched for; it is empty where they are.
    """

    runs: tuple[Weighted, ...]
    floor: float
    n_jumps: int
    refusal: str

    @property
    def pooled(self) -> Weighted:
        """All paths as one sample; two that weigh nothing where there are no runs."""
        return _pool(self.runs) if self.runs else Weighted(np.zeros(2), np.zeros(2), 0)


def run_twice(
    method: CrossEntropy, once: Callable[[int, int, CrossEntropy], Weighted | None]
) -> Attempts:
    """Run twice, and again with more of everything, until both agree and are tame.

    Every further attempt has twice the floor, twice the paths and four times the paths
    to learn from: weights that vary much mostly come of multipliers learnt from too
    few, and hide a way to war that no path of the sample happened to take.

    Parameters
    ----------
    method : how far they may be apart, and how often to try
    once : from the attempt, the run and the settings of this attempt to weights; None
        where too few paths arrived to learn from

    Returns
    -------
    Attempts : the last of them
    """
    now, n_jumps = method, 0
    for attempt in range(method.n_attempts):
        runs: list[Weighted] = []
        for run in range(2):
            found = once(attempt, run, now)
            if found is None:
                break
            runs.append(found)
            n_jumps += found.n_jumps
        tried = Attempts(tuple(runs), now.floor, n_jumps, _refuse(runs, method))
        is_spread = any(run.relative_variance > _MOST_SPREAD for run in runs)
        if len(runs) < 2 or not (tried.refusal or is_spread):
            break
        now = replace(
            now,
            floor=min(1.0, 2.0 * now.floor),
            n_paths=2 * now.n_paths,
            n_training=4 * now.n_training,
        )
    return tried


def certify(tried: Attempts, method: CrossEntropy) -> Certificate:
    """The worse of: two runs apart, one path too heavy.

    Parameters
    ----------
    tried, method : the runs, and what they have to keep to

    Returns
    -------
    Certificate : not verified where there is no interval
    """
    route, runs = "a second run, trained anew", tried.runs
    if len(runs) < 2 or not all(run.weight.any() for run in runs):
        return Certificate("two runs reach war", np.inf, 0.0, route)
    share, apart = tried.pooled.max_share, _disagreement(runs)
    if share / method.max_share > apart / method.agreement:
        claim = "largest share of one path"
        return Certificate(claim, share, method.max_share, "weights of all paths")
    return Certificate(
        "two runs apart, in standard errors", apart, method.agreement, route
    )


def _pool(runs: Sequence[Weighted]) -> Weighted:
    """Paths of several runs, those of a draw beside each other.

    Weights are equal, since errors and estimates go together: weighting by estimated
    variances would favour runs that happened to come out low.
    """
    return Weighted(
        np.concatenate([run.weight for run in runs], axis=-1),
        np.concatenate([run.hour for run in runs], axis=-1),
        sum(run.n_jumps for run in runs),
    )


def _refuse(runs: Sequence[Weighted], method: CrossEntropy) -> str:
    """Why no interval can be given; empty where one can."""
    if len(runs) < 2 or any((r.weight > 0).sum() < FEWEST_ARRIVALS for r in runs):
        return "too few paths reach war, however hard they are driven; is there a way?"
    share = _pool(runs).max_share
    if share > method.max_share:
        return (
            f"one path holds {share:.1%} of all weight; raise n_paths, or solve exactly"
        )
    apart = _disagreement(runs)
    if apart > method.agreement:
        return (
            f"two runs are {apart:.1f} standard errors apart; "
            "raise floor or n_paths, or solve exactly"
        )
    return ""


def _disagreement(runs: Sequence[Weighted]) -> float:
    """Difference of two runs in standard errors."""
    (a, error_a), (b, error_b) = (run.estimate() for run in runs)
    return float(abs(a - b) / np.hypot(error_a, error_b))
