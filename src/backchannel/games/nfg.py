"""Read and write tables in the format .nfg, version 1.

Source of the format: McKelvey, McLennan and Turocy, Gambit: software tools for game
theory, "The strategic game (.nfg) file format"; payoffs one by one, or as outcomes. The
first player's strategy changes fastest.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.base.errors import GameFileError
from backchannel.games.strategic import StrategicForm
from backchannel.games.tokens import Tokens, read_text

_MAX_CELLS = 10_000_000


def read_nfg(path: Path | str) -> StrategicForm:
    """Read a game in strategic form from a file.

    Parameters
    ----------
    path : of an .nfg file

    Returns
    -------
    StrategicForm : with its numbers as fractions too

    Raises
    ------
    GameFileError : the file cannot be read; names the line and the remedy.
    """
    return parse_nfg(read_text(path), str(path))


def parse_nfg(text: str, path: str = "game") -> StrategicForm:
    """Read a game in strategic form from a text in the format .nfg.

    Parameters
    ----------
    text : of the whole file
    path : for messages

    Returns
    -------
    StrategicForm : with its numbers as fractions too

    Raises
    ------
    GameFileError : the text cannot be read.

    >>> parse_nfg('NFG 1 R "" { "a" "b" } { 1 2 } 1 2 3 1/3').payoffs[1].tolist()
    [[2.0, 0.3333333333333333]]
    """
    tokens = Tokens(text, path)
    title, players = _header(tokens)
    strategies = _strategies(tokens, len(players))
    if tokens.is_text():
        tokens.take()  # a comment on the whole game
    shape = tuple(len(names) for names in strategies)
    if math.prod(shape) > _MAX_CELLS:
        tokens.refuse(
            f"has {math.prod(shape)} cells; at most {_MAX_CELLS} can be read. A tree "
            "says the same in less"
        )
    is_outcomes = tokens.peek() == "{"
    read = _outcome_cells if is_outcomes else _payoff_cells
    cells = read(tokens, len(players), math.prod(shape))
    if tokens.peek():
        tokens.refuse(f"'{tokens.peek()}' after the last cell; the table is full")
    table = np.empty((len(players), *shape), dtype=object)
    for player in range(len(players)):
        column = [cell[player] for cell in cells]
        table[player] = np.array(column, dtype=object).reshape(shape, order="F")
    return StrategicForm(
        title, tuple(players), strategies, table.astype(np.float64), table
    )


def _header(tokens: Tokens) -> tuple[str, list[str]]:
    if tokens.peek() != "NFG":
        tokens.refuse(
            f"begins with '{tokens.peek()[:20]}'; a file of this kind begins with NFG"
        )
    tokens.take()
    if (version := tokens.take()) != "1":
        tokens.refuse(f"is of version {version}; only version 1 can be read")
    if tokens.take() not in ("R", "D"):
        tokens.refuse("has no R or D after the version; write NFG 1 R")
    title = tokens.text("title")
    players: list[str] = []
    tokens.block(lambda: players.append(tokens.text("player's name")))
    if not players:
        tokens.refuse("has no players; a game has at least one")
    return title, players


def _strategies(tokens: Tokens, n_players: int) -> tuple[tuple[str, ...], ...]:
    line = tokens.line
    found: list[tuple[str, ...]] = []

    def one_player() -> None:
        if tokens.peek() == "{":
            names: list[str] = []
            tokens.block(lambda: names.append(tokens.text("strategy's name")))
            found.append(tuple(names))
        else:
            count = tokens.whole("number of strategies")
            if not 1 <= count <= _MAX_CELLS:
                tokens.refuse(f"{count} strategies; every player has at least one")
            found.append(tuple(str(i + 1) for i in range(count)))

    tokens.block(one_player)
    if len(found) != n_players or not all(found):
        tokens.refuse(
            f"strategies for {len(found)} players; the game has {n_players}, each with "
            "at least one strategy",
            line,
        )
    return tuple(found)


def _payoff_cells(tokens: Tokens, n_players: int, n_cells: int) -> list[list[Fraction]]:
    return [
        [tokens.number("a payoff") for _ in range(n_players)] for _ in range(n_cells)
    ]


def _outcome_cells(
    tokens: Tokens, n_players: int, n_cells: int
) -> list[list[Fraction]]:
    outcomes = [[Fraction(0)] * n_players]

    def one_outcome() -> None:
        line, payoffs = tokens.line, list[Fraction]()

        def inside() -> None:
            if tokens.is_text():
                tokens.take()
            else:
                payoffs.append(tokens.number("a payoff"))

        tokens.block(inside)
        if len(payoffs) != n_players:
            tokens.refuse(
                f"an outcome has {len(payoffs)} payoffs; the game has {n_players} "
                "players",
                line,
            )
        outcomes.append(payoffs)

    tokens.block(one_outcome)
    cells = []
    for _ in range(n_cells):
        number = tokens.whole("outcome's number")
        if not 0 <= number < len(outcomes):
            tokens.refuse(
                f"outcome {number} is not listed; there are {len(outcomes) - 1}"
            )
        cells.append(outcomes[number])
    return cells


def write_nfg(game: StrategicForm) -> str:
    """Write a game in strategic form down in the format .nfg.

    Parameters
    ----------
    game : a table

    Returns
    -------
    str : reading it gives the same game, number for number
    """
    held: Any = game.payoffs if game.exact_payoffs is None else game.exact_payoffs
    players = " ".join(_quote(name) for name in game.players)
    names = "\n".join(
        "{ " + " ".join(_quote(name) for name in one) + " }" for one in game.strategies
    )
    columns = [held[p].ravel(order="F") for p in range(game.n_players)]
    cells = [
        " ".join(str(v) if isinstance(v, Fraction) else repr(float(v)) for v in values)
        for values in zip(*columns, strict=True)
    ]
    body = "\n".join(cells)
    return f"NFG 1 R {_quote(game.title)} {{ {players} }}\n\n{{ {names}\n}}\n\n{body}\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_game_kind(path: Path | str) -> str:
    """Tell a tree from a table by the first word of a file.

    Parameters
    ----------
    path : of a game file

    Returns
    -------
    str : "EFG" or "NFG"

    Raises
    ------
    GameFileError : it is neither.
    """
    text = read_text(path)
    word = text.lstrip()[:3]
    if word not in ("EFG", "NFG"):
        raise GameFileError(
            str(path),
            1,
            f"begins with '{text.strip()[:20]}'; a game file begins with EFG (a tree) "
            "or NFG (a table)",
        )
    return word
