"""Fit worths to what was seen: moves in turn with disturbances, by maximum likelihood.

A case is a course through a small tree of choices between two courses each. Each worth
is a weighted sum of what is known of the case; the weights are sought. The likelihood
is not concave: several starts are made and how many agree is told. Weights run off to
infinity where an outcome can be told for certain (separation); a `ridge` holds them,
and a flat likelihood is reported, never hidden.

Source: Signorino (1999), APSR 93, 279-297; Signorino (2003), Political Analysis 11,
316-344; Kenkel and Signorino (2014), Journal of Statistical Software 56(8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_expit, log_ndtr

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.games.bargaining.likelihood import (
    Fit,
    Likelihood,
    check_table,
    maximise,
    table_sizes,
)
from backchannel.games.bargaining.noisy import Link

Place = tuple[int, int]  # a player, and an end
Outlook = dict[int, FloatArray]  # by end, (n_cases,), the logarithm of its chance


@dataclass(frozen=True)
class Choice:
    """One player chooses between two courses: an end, by number, or a later choice."""

    player: int
    courses: tuple[Choice | int, Choice | int]

    @property
    def places(self) -> set[Place]:
        """Which worths matter: a player's at the ends that its choices lead to."""
        later = [c.places for c in self.courses if isinstance(c, Choice)]
        return {(self.player, end) for end in ends_of(self)}.union(*later)


def ends_of(course: Choice | int) -> tuple[int, ...]:
    """Numbers of the ends that a course leads to, from left to right."""
    if isinstance(course, int):
        return (course,)
    return ends_of(course.courses[0]) + ends_of(course.courses[1])


# Status quo, or a move that the other side answers (0; 1 gives in, 2 war).
TWO_MOVES = Choice(0, (0, Choice(1, (1, 2))))
# Either move is answered (0 and 1 after the left one, 2 and 3 after the right one).
TWO_ANSWERS = Choice(0, (Choice(1, (0, 1)), Choice(1, (2, 3))))
# A move, its answer, and the answer of a third side.
THREE_MOVES = Choice(0, (0, Choice(1, (1, Choice(2, (2, 3))))))


@dataclass(frozen=True, eq=False)
class Cases:
    """What was seen, and what is known of each case.

    Parameters
    ----------
    outcome : (n_cases,), the end that came about
    worths : by player and end, (n_cases, n_weights), what the worth of that end to that
        player is a weighted sum of; an end that is left out is worth 0. The weights
        are in the order of this mapping
    tree : who chooses between what
    log_scale : (n_cases, n_weights), what the logarithm of the size of the disturbances
        is a weighted sum of, its weights last; None where all have the same size
    """

    outcome: npt.NDArray[np.int64]
    worths: Mapping[Place, FloatArray]
    tree: Choice = TWO_MOVES
    log_scale: FloatArray | None = None

    @property
    def tables(self) -> tuple[FloatArray, ...]:
        """All tables, in the order of the weights."""
        last = () if self.log_scale is None else (self.log_scale,)
        return (*self.worths.values(), *last)

    @property
    def n_weights(self) -> int:
        """How many weights there are."""
        return sum(table.shape[1] for table in self.tables)


@dataclass(frozen=True)
class Disturbance:
    """Law of the disturbances, as in the game `noisy_choices`.

    Parameters
    ----------
    law : probit or logit
    disturbed : each choice (agent), or each worth and private (private)
    scale : size of a disturbance; the logit of the R package games has sqrt(2)
    """

    law: Link = "probit"
    disturbed: Literal["agent", "private"] = "agent"
    scale: float = 1.0


def log_likelihood(
    cases: Cases, weights: FloatArray, disturbance: Disturbance | None = None
) -> float:
    """Logarithm of the chance of what was seen.

    Parameters
    ----------
    cases : what was seen
    weights : (n_weights,), in the order of `Cases.tables`
    disturbance : law of the disturbances; probit of each choice where None

    Returns
    -------
    float : at most 0

    Raises
    ------
    ModelError : another number of weights, or cases that cannot be.

    >>> one = np.ones((2, 1))
    >>> seen = Cases(np.array([0, 2]), {(0, 1): one, (1, 2): one})
    >>> round(log_likelihood(seen, np.array([0.0, 0.0])), 6)
    -2.079442
    """
    law = disturbance or Disturbance()
    _check(cases, law)
    if len(weights) != cases.n_weights:
        raise ModelError(
            f"weights: are {len(weights)}; must be {cases.n_weights}, one for each "
            "column of the tables"
        )
    return float(_logs(cases, law, np.asarray(weights)).sum())


def fit_choices(
    cases: Cases,
    disturbance: Disturbance | None = None,
    *,
    n_starts: int = 4,
    ridge: float = 0.0,
    seed: int = 1,
) -> Fit:
    """Find the weights that make what was seen likeliest.

    Parameters
    ----------
    cases : what was seen
    disturbance : law of the disturbances; probit of each choice where None
    n_starts : the first from fitting the last choices alone, then those before them;
        the others drawn
    ridge : half of this times the sum of squared weights is taken from the logarithm
    seed : of the drawn starts

    Returns
    -------
    Fit

    Raises
    ------
    ModelError : no cases, an outcome or a number that cannot be, or a bad setting.

    >>> one = np.ones((5, 1))
    >>> seen = Cases(np.array([0, 0, 1, 2, 2]), {(0, 1): one, (1, 2): one})
    >>> fit_choices(seen, n_starts=1).weights.round(3).tolist()
    [1.075, 0.609]
    """
    law = disturbance or Disturbance()
    _check(cases, law)
    if n_starts < 1 or ridge < 0.0 or cases.n_weights == 0:
        raise ModelError(
            "fit_choices: n_starts must be at least 1, ridge at least 0, and there "
            "must be a weight to find"
        )
    rng = np.random.default_rng(seed)
    draws = rng.standard_normal((n_starts - 1, cases.n_weights)) / 2.0
    likelihood = Likelihood(
        partial(_logs, cases, law), table_sizes(cases.tables), len(cases.outcome), ridge
    )
    return maximise(
        likelihood,
        [_backward_start(cases, law), *draws],
        method=f"{law.law} of {law.disturbed} disturbances, BFGS, then Newton",
        seed=seed,
    )


def _check(cases: Cases, law: Disturbance) -> None:
    n, ends = len(cases.outcome), ends_of(cases.tree)
    if len(set(ends)) < len(ends):
        raise ModelError(
            f"cases.tree: leads to the ends {list(ends)}; give each its own number"
        )
    if n == 0 or not np.isin(cases.outcome, ends).all():
        raise ModelError(
            f"cases.outcome: has {n} entries in {np.unique(cases.outcome).tolist()}; "
            f"must be ends of the tree, {sorted(ends)}, one for each case"
        )
    for place in cases.worths:
        if place not in cases.tree.places:
            raise ModelError(
                f"cases.worths: no choice of player {place[0]} leads to end "
                f"{place[1]}; those that matter are {sorted(cases.tree.places)}"
            )
    for table in cases.tables:
        check_table(table, n)
    if law.law not in ("probit", "logit") or law.disturbed not in ("agent", "private"):
        raise ModelError(
            f"disturbance: law '{law.law}', disturbed '{law.disturbed}'; law is probit "
            "or logit, disturbed is agent or private"
        )
    if not law.scale > 0.0:
        raise ModelError(f"disturbance.scale: is {law.scale}; must be above 0")


def _logs(cases: Cases, law: Disturbance, weights: FloatArray) -> FloatArray:
    """Logarithm of the chance of each case, (n_cases,)."""
    sizes = np.cumsum([table.shape[1] for table in cases.tables])[:-1]
    parts = np.split(weights, sizes)
    sums = [table @ part for table, part in zip(cases.tables, parts, strict=True)]
    scale = np.full(len(cases.outcome), law.scale)
    if cases.log_scale is not None:
        scale = scale * np.exp(sums.pop())
    worths = dict(zip(cases.worths, sums, strict=True))
    found = _outlook(cases.tree, worths, law, scale)
    ends = sorted(found)
    by_end = np.array([found[end] for end in ends])
    row = np.searchsorted(ends, cases.outcome)
    return np.asarray(by_end[row, np.arange(len(row))])


def _outlook(
    course: Choice | int,
    worths: Mapping[Place, FloatArray],
    law: Disturbance,
    scale: FloatArray,
) -> Outlook:
    """Chances of the ends that a course leads to, the last choices first."""
    if isinstance(course, int):
        return {course: np.zeros_like(scale)}
    left, right = (_outlook(side, worths, law, scale) for side in course.courses)
    gain = _expected(right, course.player, worths)
    gain = gain - _expected(left, course.player, worths)
    return _join(left, right, np.broadcast_to(gain, scale.shape), law, scale)


def _expected(
    course: Outlook, player: int, worths: Mapping[Place, FloatArray]
) -> FloatArray | float:
    """What a course is worth to a player, on average over its ends."""
    terms = [
        np.exp(log_chance) * worths[player, end]
        for end, log_chance in course.items()
        if (player, end) in worths
    ]
    return sum(terms, start=0.0)


def _join(
    left: Outlook, right: Outlook, gain: FloatArray, law: Disturbance, scale: FloatArray
) -> Outlook:
    """Chances of the ends behind a choice that gains so much by going right."""
    spread = np.full(gain.shape, 2.0)
    if law.disturbed == "private":
        spread = np.exp([2.0 * log for log in (*left.values(), *right.values())])
        spread = spread.sum(axis=0)
    log_right = _log_chance(gain, law, scale, spread)
    log_left = _log_chance(-gain, law, scale, spread)
    joined = {end: log_left + log for end, log in left.items()}
    return joined | {end: log_right + log for end, log in right.items()}


def _log_chance(
    gain: FloatArray, law: Disturbance, scale: FloatArray, variance: FloatArray
) -> FloatArray:
    """Logarithm of the chance of acting on a gain."""
    if law.law == "logit":
        return np.asarray(log_expit(gain / scale))
    return np.asarray(log_ndtr(gain / (scale * np.sqrt(variance))))


def _backward_start(cases: Cases, law: Disturbance) -> FloatArray:
    """Fit the last choices alone, then those before them: one concave problem each.

    Source: Bas, Signorino and Walker (2008), Political Analysis 16, 21-40.
    """
    found: dict[Place, FloatArray] = {}
    _fit_backward(cases.tree, cases, law, found)
    parts = [
        found.get(place, np.zeros(table.shape[1]))
        for place, table in cases.worths.items()
    ]
    n_last = 0 if cases.log_scale is None else cases.log_scale.shape[1]
    return np.concatenate([*parts, np.zeros(n_last)])


def _fit_backward(
    course: Choice | int, cases: Cases, law: Disturbance, found: dict[Place, FloatArray]
) -> Outlook:
    """Chances of the ends behind a course, after fitting its choices into `found`."""
    n = len(cases.outcome)
    if isinstance(course, int):
        return {course: np.zeros(n)}
    left, right = (_fit_backward(c, cases, law, found) for c in course.courses)
    columns, known = [np.zeros((n, 0))], np.zeros(n)
    fresh = []
    for sign, side in ((-1.0, left), (1.0, right)):
        for end, log_chance in side.items():
            place = (course.player, end)
            if place not in cases.worths:
                continue
            column = sign * np.exp(log_chance)[:, None] * cases.worths[place]
            if place in found:
                known = known + column @ found[place]
            else:
                columns.append(column)
                fresh.append(place)
    table = np.hstack(columns)
    is_here = np.isin(cases.outcome, (*left, *right))
    goes_right = np.where(np.isin(cases.outcome, list(right)), 1.0, -1.0)
    weights = _one_choice(table[is_here], known[is_here], goes_right[is_here], law)
    cuts = np.cumsum([cases.worths[place].shape[1] for place in fresh])[:-1]
    found.update(zip(fresh, np.split(weights, cuts), strict=True) if fresh else ())
    scale = np.full(n, law.scale)
    return _join(left, right, table @ weights + known, law, scale)


def _one_choice(
    table: FloatArray, known: FloatArray, sign: FloatArray, law: Disturbance
) -> FloatArray:
    """Weights of one choice by itself, pulled a little to 0 so that they are finite."""
    if not table.size:
        return np.zeros(table.shape[1])
    scale, variance = np.full(len(sign), law.scale), np.full(len(sign), 2.0)

    def loss(weights: FloatArray) -> float:
        gain = sign * (table @ weights + known)
        logs = _log_chance(gain, law, scale, variance)
        return 1e-3 * float(weights @ weights) - float(logs.sum())

    return np.asarray(minimize(loss, np.zeros(table.shape[1]), method="BFGS").x)
