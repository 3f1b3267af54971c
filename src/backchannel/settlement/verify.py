"""Check an answer of this room by other routes: literal cells and plain comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis
from backchannel.settlement.literal import evaluate_literally

if TYPE_CHECKING:
    from backchannel.settlement.disclosure import PrivateTerm
    from backchannel.settlement.settlements import Settlements

BOUND = 1e-9
ROUTE = "literal evaluator on single packages and draws, plain comparison of all"
_MANY = 2000


def certify(result: Settlements, crisis: Crisis) -> Certificate:
    """Compare a few cells with the literal evaluator, nothing else."""
    worst = _literal_gap(result, crisis, n_packages=4, n_draws=3)
    return Certificate("chances and gains", worst, BOUND, "literal evaluator")


def verify(result: Settlements, crisis: Crisis) -> Certificate:
    """Recompute cells, means, frontier, solutions and shares by other routes.

    Raises
    ------
    ModelError : the digest of the crisis is not that of the answer.
    """
    if crisis.digest != result.crisis_digest:
        raise ModelError(
            "check: this answer was computed from another version of the crisis; "
            "load the file it came from"
        )
    gaps = [
        _literal_gap(result, crisis, n_packages=8, n_draws=5),
        _means_gap(result),
        _frontier_gap(result),
        *(_solution_gap(result, s.name, s.packages, s.value) for s in result.solutions),
        _solutions_missing(result),
        _share_gap(result),
        _regret_gap(result),
        _secrecy_gap(result),
    ]
    worst = max(gaps) if not np.isnan(gaps).any() else float("nan")
    return Certificate("settlements", worst, BOUND, ROUTE)


def _rows_to_check(result: Settlements, n_packages: int) -> list[int]:
    named = [s.package for s in result.solutions]
    named += [] if result.historical is None else [result.historical]
    spread = np.linspace(0, len(result.prob_settled) - 1, n_packages).astype(int)
    return list(dict.fromkeys([*named, *(int(row) for row in spread)]))


def _literal_gap(
    result: Settlements, crisis: Crisis, *, n_packages: int, n_draws: int
) -> float:
    """Largest deviation of a cell from the definitions."""
    worst = 0.0
    chosen = np.unique(np.linspace(0, result.n_draws - 1, n_draws).astype(int))
    for row in _rows_to_check(result, n_packages):
        package = result.packages.choices_in(row)
        settled, gains = _by_draw(result, row)
        for d in chosen:
            number = lambda n, at=d: float(result.draws[n][at])  # noqa: E731
            prob_war = float(result.prob_war[d])
            cell = evaluate_literally(crisis, package, number, prob_war)
            worst = max(worst, 0.0 if cell.is_feasible else 1.0)
            worst = max(worst, abs(cell.settled - settled[d]))
            for party, gain in zip(result.parties, gains, strict=True):
                worst = max(worst, abs(cell.gains[party] - gain[d]) / 100.0)
    return worst


def _by_draw(result: Settlements, row: int) -> tuple[FloatArray, FloatArray]:
    """Chance of a settlement (n_draws,) and gains (n_parties, n_draws) of a package."""
    if result.settled_by_draw is None or result.gains_by_draw is None:
        cells = result.of_one_package(row)
        return cells.settled[0], cells.gains[:, 0]
    return result.settled_by_draw[row], result.gains_by_draw[:, row]


def _means_gap(result: Settlements) -> float:
    """Check that the means belong to the draws that were kept."""
    rows: list[int] = list(range(len(result.prob_settled)))
    if result.settled_by_draw is None:
        rows = _rows_to_check(result, 8)
    worst = 0.0
    for row in rows:
        settled, gains = _by_draw(result, row)
        worst = max(worst, abs(float(settled.mean() - result.prob_settled[row])))
        gap = np.abs(gains.mean(axis=1) - result.gains[row]) / 100.0
        shares = (gains >= -BOUND).mean(axis=1)
        worst = max(worst, float(gap.max()))
        worst = max(worst, float(np.abs(shares - result.acceptance[row]).max()))
    return worst


def _frontier_gap(result: Settlements) -> float:
    """1 where a package is wrongly on the frontier or wrongly off it."""
    on = set(result.frontier.tolist())
    rows = range(len(result.gains))
    if len(result.gains) > _MANY:
        step = len(result.gains) // _MANY
        rows = range(0, len(result.gains), step)
    for row in rows:
        no_worse = (result.gains >= result.gains[row]).all(axis=1)
        better = (result.gains > result.gains[row]).any(axis=1)
        if bool((no_worse & better).any()) == (row in on):
            return 1.0
    return 0.0


def _solution_gap(
    result: Settlements, name: str, packages: tuple[int, ...], value: float
) -> float:
    """Recompute what a solution maximises, over all packages nobody loses by."""
    fair = [[float(x) for x in g] for g in result.gains if min(g) >= -BOUND]
    ideal = [max(column) for column in zip(*fair, strict=True)]

    def score(gains: list[float]) -> float:
        match name:
            case "nash":
                return float(np.prod([max(g, 0.0) for g in gains]))
            case "egalitarian":
                return min(gains)
            case "utilitarian":
                return sum(gains)
            case _:
                pairs = zip(gains, ideal, strict=True)
                shares = [g / i for g, i in pairs if i > BOUND]
                return min(shares, default=0.0)

    best = max(score(gains) for gains in fair)
    scores = [score([float(x) for x in result.gains[row]]) for row in packages]
    scale = max(1.0, abs(best))
    return max(abs(s - best) for s in [value, *scores]) / scale


def _solutions_missing(result: Settlements) -> float:
    """1 where there are no solutions although some package suits all, or conversely."""
    suits = any(min(g) >= -BOUND and max(g) > BOUND for g in result.gains)
    return float(suits != bool(result.solutions))


def _share_gap(result: Settlements) -> float:
    """Recompute, draw by draw, which package is the best one accepted."""
    total = float(result.share_best.sum()) + result.share_without_deal
    if result.gains_by_draw is None or result.settled_by_draw is None:
        return abs(total - 1.0)
    wins = np.zeros(len(result.share_best))
    for d in range(result.n_draws):
        gains = result.gains_by_draw[:, :, d]
        accepted = (gains >= -BOUND).all(axis=0) & (result.settled_by_draw[:, d] > 0)
        if accepted.any():
            products = np.where(accepted, np.prod(np.maximum(gains, 0), axis=0), -1.0)
            tied = products >= products.max() * (1 - 1e-12)
            wins += (tied & accepted) / np.count_nonzero(tied & accepted)
    gap = np.abs(wins / result.n_draws - result.share_best).max()
    return max(abs(total - 1.0), float(gap))


def _regret_gap(result: Settlements) -> float:
    """Recompute the largest regrets from single draws, where those were kept."""
    if result.gains_by_draw is None:
        return float(max(0.0, -result.max_regret.min()))
    worst = np.zeros_like(result.max_regret)
    for d in range(result.n_draws):
        gains = result.gains_by_draw[:, :, d].T
        accepted = (gains >= -BOUND).all(axis=1)
        brings = np.where(accepted, gains.T, 0.0).T
        worst = np.maximum(worst, brings.max(axis=0) - brings)
    return float(np.abs(worst - result.max_regret).max()) / 100.0


def _secrecy_gap(result: Settlements) -> float:
    """Compare the table of private terms with the packages it was read from."""
    return max((_term_gap(result, term) for term in result.private_terms), default=0.0)


def _term_gap(result: Settlements, term: PrivateTerm) -> float:
    held: dict[str, list[float]] = {"private": [], "public": [], "": []}
    for row, prob in enumerate(result.prob_settled):
        held[_visibility(result, row, term)].append(float(prob))
    worst = 0.0
    stated = (
        (term.best_with_private, "private"),
        (term.best_with_public, "public"),
        (term.best_without, ""),
    )
    for best, visibility in stated:
        most = max(held[visibility], default=None)
        if best is None or most is None:
            worst = max(worst, float(best is not None or most is not None))
            continue
        worst = max(worst, abs(best.prob_settled - most))
        worst = max(worst, abs(float(result.prob_settled[best.package]) - most))
        worst = max(worst, float(_visibility(result, best.package, term) != visibility))
    versions = (
        (term.package_private, term.prob_private, "private"),
        (term.package_public, term.prob_public, "public"),
    )
    for version, chance, visibility in versions:
        if version is None or chance is None:
            worst = max(worst, float(version is not None or chance is not None))
            continue
        worst = max(worst, abs(chance - float(result.prob_settled[version])))
        is_same = _is_same_package(result, version, term, visibility)
        worst = max(worst, float(not is_same))
    return worst


def _visibility(result: Settlements, row: int, term: PrivateTerm) -> str:
    """How a package shows a term; empty where it does not hold it."""
    choice = result.packages.terms(row).get(term.issue)
    is_held = choice is not None and choice.level == term.level
    return choice.visibility if choice is not None and is_held else ""


def _is_same_package(
    result: Settlements, row: int, term: PrivateTerm, visibility: str
) -> bool:
    """Whether a row is the package looked at, with the term so seen."""
    if term.package is None or _visibility(result, row, term) != visibility:
        return False
    if not _visibility(result, term.package, term):
        return False
    here, there = (dict(result.packages.terms(r)) for r in (row, term.package))
    del here[term.issue], there[term.issue]
    return here == there
