"""Files of other tools are read, written without loss, and refused with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from backchannel.base.errors import GameFileError
from backchannel.games import (
    build_tree,
    parse_efg,
    parse_nfg,
    read_efg,
    read_nfg,
    tree_of,
    write_efg,
    write_nfg,
)
from tests.games.trees import EQUILIBRIUM, NOT_HERE, lottery

HEAD = 'EFG 2 R "g" { "a" "b" }\n'


def game_files(kind: str) -> list[Path]:
    """Every file of one kind in the collection."""
    return sorted(EQUILIBRIUM.rglob(f"*.{kind}"))


@pytest.mark.skipif(not EQUILIBRIUM.is_dir(), reason=NOT_HERE)
def test_every_game_file_is_read_and_written_without_loss() -> None:
    """All 185 trees and 61 tables survive a round trip, fraction by fraction."""
    trees, tables = game_files("efg"), game_files("nfg")
    assert (len(trees), len(tables)) == (185, 61)
    for path in trees:
        tree = read_efg(path)
        again = parse_efg(write_efg(tree))
        assert again.exact_payoffs == tree.exact_payoffs, path
        assert again.exact_chance == tree.exact_chance
        assert (again.node_set == tree.node_set).all()
        assert again.action_names == tree.action_names
    for path in tables:
        table = read_nfg(path)
        again_table = parse_nfg(write_nfg(table))
        assert (again_table.exact_payoffs == table.exact_payoffs).all(), path


def test_payoffs_at_inner_nodes_add_up_on_the_way_down() -> None:
    """What a move costs is taken from every end below it."""
    tree = parse_efg(
        HEAD + 'p "" 1 1 "" { "x" "y" } 7 "cost" { -1, 1/2 }\n'
        't "" 1 "" { 3, 3 }\nt "" 0\n'
    )
    assert tree.payoffs.tolist() == [[2.0, -1.0], [3.5, 0.5]]


def test_labels_that_occur_twice_are_read() -> None:
    """Two sets of one player with one label stay two sets."""
    inner = 'p "" 2 {} "same" {{ "l" "r" }} 0\nt "" 1 "" {{ 1, 1 }}\nt "" 1\n'
    tree = parse_efg(
        HEAD + 'p "" 1 1 "" { "x" "y" } 0\n' + inner.format(1) + inner.format(2)
    )
    assert tree.n_sets == 3
    assert len(set(tree.set_names)) == 3


def test_numbers_without_a_finite_decimal_come_back_exactly() -> None:
    """Floats are written with all their digits."""
    tree = build_tree("thirds", ("a",), lottery((0.1 + 0.2, 0.7)))
    again = parse_efg(write_efg(tree))
    assert again.chance.tolist() == tree.chance.tolist()


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("NFG", 1, "begins with 'NFG'"),
        ('EFG 3 R "" { "a" }', 1, "version 3"),
        (HEAD + 'p "" 1 1 "" { "x" } 0\nt "" 1 "" { one, 2 }', 3, "not a number"),
        (HEAD + 'p "" 1 1 "" { "x" } 0\nt "" 1 "" { 1/0, 2 }', 3, "divides by zero"),
        (HEAD + 'p "" 1 1 "" { "x" } 0\nt "" 1 "" { 1 }', 3, "1 payoffs"),
        (HEAD + 'p "" 3 1 "" { "x" } 0\nt "" 0', 2, "player 3 moves"),
        (HEAD + 'p "" 1 1 "" { "x" "y" } 0\nt "" 0', 3, "ends here"),
        (HEAD + 'p "" 1 1 0\nt "" 0', 2, "not described"),
        (HEAD + 'c "" 1 "" { "x" 1/2 "y" 1/3 } 0\nt "" 0\nt "" 0', 2, "sum to 0.8333"),
        (HEAD + 'p "" 1 1 "x { "x" } 0', 2, "no"),
        (HEAD + 'p "" 1 1 "" { "x" } 0\nt "" 4', 3, "outcome 4 has no payoffs"),
        (HEAD + 't "" 0\nt "" 0', 3, "more nodes"),
        (HEAD + 't "" 1 "" { 1e999999, 0 }', 2, "not a number"),
    ],
)
def test_a_broken_tree_file_is_refused_with_its_line(
    text: str, line: int, wrong: str
) -> None:
    """The message says where and what, never more than one line of code."""
    with pytest.raises(GameFileError, match=wrong) as caught:
        parse_efg(text, "g.efg")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"g.efg:{line}: ")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('NFG 1 R "" { "a" "b" } { 2 2 } 1 2 3', "ends here|not a number"),
        ('NFG 1 R "" { "a" "b" } { 2 } 1 2 3 4', "strategies for 1 players"),
        ('NFG 1 R "" { "a" } { 1 } 1 2', "after the last cell"),
        ('NFG 1 R "" { "a" } { 1 } { { "" x } } 1', "not a number"),
        ('NFG 1 R "" { "a" } { 1 } { { "" 1 } } 2', "outcome 2 is not listed"),
        ('NFG 1 R "" { "a" "b" } { 90000 90000 } 1', "at most"),
    ],
)
def test_a_broken_table_is_refused(text: str, wrong: str) -> None:
    """Tables are checked like trees."""
    with pytest.raises(GameFileError, match=wrong):
        parse_nfg(text)


def test_a_table_becomes_a_tree_with_the_same_payoffs() -> None:
    """The first player's strategy changes fastest in the file."""
    table = parse_nfg('NFG 1 R "" { "a" "b" } { 2 2 } 1 0 2 0 3 0 4 0')
    assert table.payoffs[0].tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert tree_of(table).payoffs[0].tolist() == [1.0, 3.0, 2.0, 4.0]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong path is no traceback."""
    with pytest.raises(GameFileError, match="cannot be opened"):
        read_efg(tmp_path / "none.efg")
    (tmp_path / "binary.efg").write_bytes(b"EFG\0\1")
    with pytest.raises(GameFileError, match="is no text"):
        read_efg(tmp_path / "binary.efg")
