"""Answers of this room as tables, one row for each package, for CSV and Parquet."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.crisis.domain import Domain
from backchannel.settlement.cheapest import Repairs
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.home_deals import HomeDeals
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.two_level import TwoLevel

Table = Mapping[str, Sequence[Any]]
"""Columns by name, all of one length."""


def settlements_table(settlements: Settlements) -> Table:
    """Every feasible package of a crisis: its choices, chances, gains and regrets.

    Columns are `issue:NAME`, `prob_settled`, `prob_ratified`, `prob_leak`,
    `share_best`, `is_on_frontier`, `solutions`, then `gain:PARTY`, `accepts:PARTY` and
    `max_regret:PARTY`.
    """
    packages = settlements.packages
    columns: dict[str, Sequence[Any]] = {}
    for j, issue in enumerate(packages.issues):
        names = np.array([str(choice) for choice in packages.choices[j]])
        columns[f"issue:{issue}"] = names[packages.rows[:, j]].tolist()
    for name in ("prob_settled", "prob_ratified", "prob_leak", "share_best"):
        columns[name] = getattr(settlements, name).tolist()
    on_frontier = np.zeros(settlements.n_packages, dtype=bool)
    on_frontier[settlements.frontier] = True
    columns["is_on_frontier"] = on_frontier.tolist()
    columns["solutions"] = [
        " ".join(s.name for s in settlements.solutions if row in s.packages)
        for row in range(settlements.n_packages)
    ]
    for p, party in enumerate(settlements.parties):
        columns[f"gain:{party}"] = settlements.gains[:, p].tolist()
        columns[f"accepts:{party}"] = settlements.acceptance[:, p].tolist()
        columns[f"max_regret:{party}"] = settlements.max_regret[:, p].tolist()
    return columns


def frontier_table(frontier: DomainFrontier, domain: Domain) -> Table:
    """Every package kept on the frontier of a domain.

    Columns are `point`, `n_packages` there, `issue:NAME`, `utility:PARTY` and
    `solutions`, the names of those that single out the point.
    """
    points = frontier.point_of.tolist()
    named = _solutions_at(frontier, len(frontier.n_equal))
    return {
        "point": points,
        "n_packages": [frontier.n_equal[point] for point in points],
        **_level_columns(domain, frontier.packages),
        **{
            f"utility:{party}": frontier.utilities[frontier.point_of, p].tolist()
            for p, party in enumerate(frontier.parties)
        },
        "solutions": [named[point] for point in points],
    }


def proven_table(record: Mapping[str, Any]) -> Table:
    """Every point of a proven frontier with one package there, from its record."""
    points = record["frontier"]
    issues = list(points[0]["package"]) if points else []
    return {
        **{f"issue:{i}": [point["package"][i] for point in points] for i in issues},
        **{
            f"utility:{party}": [point["utilities"][p] for point in points]
            for p, party in enumerate(record["parties"])
        },
    }


def home_table(deals: HomeDeals, problem: TwoLevel, repairs: Repairs | None) -> Table:
    """Every package of a game on two levels, or its frontier where they are too many.

    With `repairs` a row for each package: `passes`, `change` and `cost` say what would
    make it pass; without, the packages on the frontier of what passes.
    """
    domain = problem.domain
    if repairs is None:
        packages = deals.packages
        rest: dict[str, Sequence[Any]] = {}
    else:
        grid = np.indices(domain.n_levels).reshape(len(domain.issues), -1).T
        packages = np.ascontiguousarray(grid)
        rest = {
            "passes": repairs.passes.tolist(),
            "change": [str(repairs.of(n) or "") for n in range(len(packages))],
            "cost": repairs.cost.tolist(),
        }
    utilities = domain.utilities_of(packages)
    return {
        **_level_columns(domain, packages),
        **{
            f"utility:{actor}": utilities[:, k].tolist()
            for k, actor in enumerate(problem.actors)
        },
        **rest,
    }


def _solutions_at(frontier: DomainFrontier, n_points: int) -> list[str]:
    return [
        " ".join(s.name for s in frontier.solutions if point in s.packages)
        for point in range(n_points)
    ]


def _level_columns(domain: Domain, packages: np.ndarray) -> dict[str, Sequence[Any]]:
    return {
        f"issue:{issue}": np.array(levels)[packages[:, i]].tolist()
        for i, (issue, levels) in enumerate(
            zip(domain.issues, domain.levels, strict=True)
        )
    }


def write_csv(table: Table, path: Path) -> None:
    """Write a table as CSV: a header, then a line for each row, numbers in full."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def prepare_path(path: Path) -> Path:
    """The path of a file to be written beside its place, and then moved there.

    Raises
    ------
    MethodError : the ending is neither .csv nor .parquet, or the folder is not there.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise MethodError(
            f"{path}: ends in '{path.suffix}'; a table is written as .csv or .parquet"
        )
    if not path.parent.is_dir():
        raise MethodError(f"{path}: there is no folder {path.parent}; make it first")
    return path.with_name(f".{path.name}.{os.getpid()}")
