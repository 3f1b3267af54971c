"""What matters most: how strongly each uncertain number moves an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Status
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws

# Fewer draws than this leave rank correlations to chance.
MIN_DRAWS = 20


@dataclass(frozen=True)
class Influence:
    """How one number moves one answer.

    `rank_correlation` is Spearman's, in [-1, 1]; `low` and `high` are the means of the
    answer over the draws in which the number lies in its lowest and highest fifth.
    """

    number: Uncertain
    rank_correlation: float
    low: float
    high: float

    @property
    def swing(self) -> float:
        """By how much the answer changes from the lowest to the highest fifth."""
        return self.high - self.low


@dataclass(frozen=True)
class Sensitivity:
    """Influence of every uncertain number on each answer, strongest first.

    `noise` is what unrelated numbers would at most show by luck in 95 % of such
    studies (Bonferroni over the numbers): what lies within +- noise cannot be told from
    nothing.
    """

    rows: Mapping[str, tuple[Influence, ...]]
    noise: float
    n_draws: int
    seed: int
    crisis_digest: str
    status: Status = Status.SAMPLED
    method: str = "Spearman rank correlation over the draws"

    def strongest(self, answer: str, count: int = 8) -> tuple[Influence, ...]:
        """The influences on one answer that stand out of the noise, strongest first."""
        rows = self.rows.get(answer, ())
        return tuple(r for r in rows if abs(r.rank_correlation) > self.noise)[:count]

    def __str__(self) -> str:
        lines = [f"Sensitivity over {self.n_draws} draws, noise +-{self.noise:.2f}"]
        for answer in self.rows:
            tops = self.strongest(answer, 2)
            shown = ", ".join(
                f"{t.number.path} {t.rank_correlation:+.2f}" for t in tops
            )
            lines.append(f"{answer:14} {shown or 'nothing stands out'}")
        return "\n".join(lines[:6])


def average_ranks(values: FloatArray) -> FloatArray:
    """Rank values from 1 upwards, equal ones sharing their mean rank; same shape."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2.0)[inverse])


def _standardised(values: FloatArray) -> FloatArray | None:
    ranks = average_ranks(values)
    centred = ranks - ranks.mean()
    norm = float(np.sqrt(centred @ centred))
    return centred / norm if norm > 0 else None


def rank_numbers(draws: Draws, answers: Mapping[str, FloatArray]) -> Sensitivity:
    """Rank the uncertain numbers by their influence on each answer.

    Parameters
    ----------
    draws : the joint samples that the answers were computed from
    answers : name of an answer to its value in every draw, (n_draws,)

    Returns
    -------
    Sensitivity : rows by answer, strongest first; ties in order of the file

    Raises
    ------
    ModelError : fewer than 20 draws, or an answer of the wrong shape.

    Notes: exact for these draws; an answer that does not vary has no rows.
    Source: Spearman (1904); Saltelli et al. (2008), Global Sensitivity Analysis, ch. 1.
    """
    if draws.n_draws < MIN_DRAWS:
        raise ModelError(f"n_draws: is {draws.n_draws}; give at least {MIN_DRAWS}")
    ranked = [(n, _standardised(draws[n])) for n in draws.uncertain]
    rows = {}
    for name, answer in answers.items():
        if np.shape(answer) != (draws.n_draws,):
            raise ModelError(f"{name}: has shape {np.shape(answer)}; one per draw")
        target = _standardised(answer)
        influences = [
            _influence(number, draws[number], ranks, answer, target)
            for number, ranks in ranked
            if ranks is not None and target is not None
        ]
        influences.sort(key=lambda i: -abs(i.rank_correlation))
        rows[name] = tuple(influences)
    # One in twenty studies may name a number that does nothing, not one in twenty
    # numbers: a large file would always have some that only look important.
    z = -float(special.ndtri(0.025 / max(1, len(draws.uncertain))))
    noise = min(1.0, z / math.sqrt(draws.n_draws - 1))
    return Sensitivity(rows, noise, draws.n_draws, draws.seed, draws.crisis_digest)


def _influence(
    number: Uncertain,
    values: FloatArray,
    ranks: FloatArray,
    answer: FloatArray,
    target: FloatArray,
) -> Influence:
    low_edge, high_edge = np.quantile(values, [0.2, 0.8])
    low = float(answer[values <= low_edge].mean())
    high = float(answer[values >= high_edge].mean())
    return Influence(number, float(ranks @ target), low, high)
