"""Answers as tables: what is written is what was found."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.load import load
from backchannel.settlement import cheapest_changes, find_home_deals, settle_domain
from backchannel.settlement.parquet import write_parquet
from backchannel.settlement.record import home_record, home_text, party_record
from backchannel.settlement.tables import (
    frontier_table,
    home_table,
    prepare_path,
    settlements_table,
    write_csv,
)
from backchannel.study import settle_crisis, settle_nominally
from tests.settlement.domains import weighted_domain


def test_a_crisis_is_written_row_by_row(tmp_path: Path) -> None:
    """CSV and Parquet hold the numbers of the answer, in full."""
    found = settle_crisis(load("strait"), n_draws=40)
    table = settlements_table(found)
    write_csv(table, tmp_path / "deals.csv")
    with (tmp_path / "deals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found.n_packages
    best = rows[found.best]
    assert float(best["prob_settled"]) == found.prob_settled[found.best]
    assert float(best["gain:alpha"]) == found.gains[found.best, 0]
    assert "nash" in rows[found.solution("nash").package]["solutions"]
    assert best["issue:radar"] == str(found.packages.choices_in(found.best)["radar"])
    write_parquet(table, tmp_path / "deals.parquet")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet`")
    again = parquet.read_table(tmp_path / "deals.parquet").to_pydict()
    assert again == {name: list(column) for name, column in table.items()}


def test_a_frontier_is_written_package_by_package() -> None:
    """Points in order, with how many packages lie there and which solutions name it."""
    domain = weighted_domain(3, 3, 4, seed=2)
    frontier = settle_domain(domain)
    table = frontier_table(frontier, domain)
    assert len(table["point"]) == frontier.n_on_frontier
    nash = frontier.solution("nash").package
    assert "nash" in table["solutions"][list(table["point"]).index(nash)]


def test_a_game_is_written_with_its_changes() -> None:
    """All packages of strait with what would make each pass; JSON says the same."""
    game = settle_nominally(load("strait"), n_draws=40)
    deals, repairs = find_home_deals(game), cheapest_changes(game)
    table = home_table(deals, game, repairs)
    assert sum(table["passes"]) == deals.n_passing
    assert any("(private) instead" in change for change in table["change"])
    short = home_table(deals, game, None)
    assert len(short["utility:alpha"]) == len(deals.packages)
    record = home_record(deals, game)
    assert record["n_passing"] == deals.n_passing
    assert f"suits: alpha {deals.n_assents['alpha']}" in home_text(deals, game)


def test_one_side_is_told_its_own() -> None:
    """The favourite of a party passes and gives it at least what the best gives."""
    found = settle_crisis(load("strait"), n_draws=40)
    record = party_record(found, "alpha")
    assert record["favourite"]["prob_settled"] >= 0.5
    assert record["favourite"]["gains"][0] >= record["gain"]
    with pytest.raises(ModelError, match="no party 'assembly'"):
        party_record(found, "assembly")


def test_other_endings_are_refused(tmp_path: Path) -> None:
    """A table is .csv or .parquet, in a folder that is there."""
    with pytest.raises(MethodError, match=r"written as .csv or .parquet"):
        prepare_path(tmp_path / "deals.xlsx")
    with pytest.raises(MethodError, match="there is no folder"):
        prepare_path(tmp_path / "none" / "deals.csv")
