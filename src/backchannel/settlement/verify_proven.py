"""Doubt an answer that was proven, by a solver and a model that it did not use."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.clauses import ClauseDomain
from backchannel.settlement.method import IntArray

_BOUND = 1e-6
_SECONDS = 60.0


def certify_literally(
    domain: ClauseDomain, packages: IntArray, utilities: FloatArray
) -> Certificate:
    """Evaluate packages clause by clause; look for one that dominates another.

    Returns
    -------
    Certificate : how many packages are dominated, break a requirement, or are worth
        something else than stated
    """
    again = domain.utilities_of(packages)
    n_wrong = int((np.abs(again - utilities).max(axis=1) > 1e-12).sum())
    n_wrong += sum(not domain.allows(package) for package in packages)
    for point in again:
        as_good = (again >= point - 1e-12).all(axis=1)
        n_wrong += bool((as_good & (again > point + 1e-12).any(axis=1)).any())
    return Certificate(
        claim=f"none of {len(packages)} packages is dominated or misstated",
        value=float(n_wrong),
        bound=0.0,
        route="clause by clause, in plain Python",
    )


def certify_weighted(
    domain: ClauseDomain, utilities: FloatArray, *, n_weights: int = 3
) -> Certificate:
    """Compare weighted sums with what HiGHS proves that no package can exceed.

    Parameters
    ----------
    utilities : (n_points, n_parties), the frontier found
    n_weights : how many weights are tried, evenly spread for two parties

    Returns
    -------
    Certificate : the largest difference between the best point and the proven maximum,
        as a share of the sum of the weights times each party's best

    Raises
    ------
    MethodError : HiGHS could not prove a maximum within a minute.
    """
    best = np.maximum(np.abs(utilities).max(axis=0), 1e-12)
    rng = np.random.default_rng(1)
    worst = 0.0
    for _ in range(n_weights):
        weights = rng.dirichlet(np.ones(len(best))) / best
        proven = largest_sum(domain, weights)
        worst = max(worst, abs(proven - float((utilities @ weights).max())))
    return Certificate(
        claim=f"{n_weights} weighted sums of utilities reach their proven maxima",
        value=worst,
        bound=_BOUND,
        route="HiGHS on a model of its own",
    )


def largest_sum(domain: ClauseDomain, weights: FloatArray) -> float:
    """The largest weighted sum of utilities, proven by HiGHS.

    Parameters
    ----------
    weights : (n_parties,), 0 or larger

    Notes: one variable in [0, 1] for each level and each clause; a clause is bounded by
    each of its conditions, from below by all of them together.
    """
    model = _Rows(domain)
    for p, own in enumerate(domain.clauses):
        cap = domain.caps[p]
        scale = cap if np.isfinite(cap) else 1.0
        column = model.new_column(-np.inf, 1.0 if np.isfinite(cap) else np.inf)
        model.costs[column] = -weights[p]
        terms = {column: scale}
        for clause in own:
            holds = model.holds(clause.conditions)
            sign = -1.0 if clause.is_excluding else 1.0
            shift = clause.points if clause.is_excluding else 0.0
            terms[holds] = terms.get(holds, 0.0) - sign * clause.points
            model.constant[column] = model.constant.get(column, 0.0) + shift
        model.row(terms, -np.inf, model.constant.get(column, 0.0))
    return model.maximum()


class _Rows:
    """Columns and rows of a mixed-integer programme, gathered one by one."""

    def __init__(self, domain: ClauseDomain) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.costs: dict[int, float] = {}
        self.constant: dict[int, float] = {}
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.levels = [[self.new_column(0.0, 1.0) for _ in ls] for ls in domain.levels]
        for columns in self.levels:
            for column in columns:
                self.whole[column] = True
            self.row(dict.fromkeys(columns, 1.0), 1.0, 1.0)
        for (issue, number), others in domain.requirements:
            terms = {self.levels[i][n]: 1.0 for i, n in others}
            terms[self.levels[issue][number]] = -1.0
            self.row(terms, 0.0, np.inf)

    def new_column(self, lower: float, upper: float) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(False)
        return len(self.lower) - 1

    def row(self, terms: dict[int, float], lower: float, upper: float) -> None:
        self.rows.append((terms, lower, upper))

    def holds(self, conditions: tuple[tuple[int, tuple[int, ...]], ...]) -> int:
        """A column that is 1 where every condition is met, and 0 elsewhere."""
        column = self.new_column(0.0, 1.0)
        every = {column: -1.0}
        for issue, levels in conditions:
            inside = {self.levels[issue][n]: 1.0 for n in levels}
            self.row({column: -1.0, **inside}, 0.0, np.inf)
            every.update(inside)
        self.row(every, -np.inf, len(conditions) - 1.0)
        return column

    def maximum(self) -> float:
        places = [(r, c) for r, (terms, _, _) in enumerate(self.rows) for c in terms]
        values = [v for terms, _, _ in self.rows for v in terms.values()]
        matrix = csr_array(
            (values, tuple(np.array(places).T)),
            shape=(len(self.rows), len(self.lower)),
        )
        lower, upper = (np.array([row[k] for row in self.rows]) for k in (1, 2))
        costs = np.zeros(len(self.lower))
        for column, cost in self.costs.items():
            costs[column] = cost
        found = milp(
            costs,
            constraints=LinearConstraint(matrix, lower, upper),
            bounds=Bounds(np.array(self.lower), np.array(self.upper)),
            integrality=np.array(self.whole, dtype=np.int64),
            options={"time_limit": _SECONDS, "mip_rel_gap": 1e-9},
        )
        if not found.success:
            raise MethodError(
                f"check: HiGHS could not prove a weighted sum within {_SECONDS:g} s; "
                "the certificate of the answer itself needs none"
            )
        return -float(found.fun)
