"""Read and write trees in the format .efg, version 2.

Source of the format: McKelvey, McLennan and Turocy, Gambit: software tools for game
theory, "The extensive game (.efg) file format". The reader takes what files in use do:
commas or none, old headers, labels that occur twice, payoffs at inner nodes (added up
on the way down), information sets described once or every time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from backchannel.base.errors import GameFileError, ModelError
from backchannel.games.build import End, Move, build_tree
from backchannel.games.tokens import Tokens, read_text
from backchannel.games.tree import CHANCE, GameTree


@dataclass
class _Set:
    """What the file has said so far about one information set."""

    name: str
    actions: list[str] = field(default_factory=list)
    chances: list[Fraction] = field(default_factory=list)


@dataclass(frozen=True)
class _Node:
    """One line of the file: a move, or an end (player None)."""

    player: int | None
    number: int
    line: int
    payoffs: tuple[Fraction, ...]


def read_efg(path: Path | str) -> GameTree:
    """Read a game tree from a file.

    Parameters
    ----------
    path : of an .efg file

    Returns
    -------
    GameTree : with its numbers as fractions too

    Raises
    ------
    GameFileError : the file cannot be read; names the line and the remedy.
    """
    return parse_efg(read_text(path), str(path))


def parse_efg(text: str, path: str = "game") -> GameTree:
    """Read a game tree from a text in the format .efg.

    Parameters
    ----------
    text : of the whole file
    path : for messages

    Returns
    -------
    GameTree : with its numbers as fractions too

    Raises
    ------
    GameFileError : the text cannot be read.

    >>> tree = parse_efg('EFG 2 R "" { "a" } p "" 1 1 "" { "x" "y" } 0 '
    ...                  't "" 1 "" { 1/3 } t "" 2 "" { 2 }')
    >>> tree.exact_payoffs
    ((Fraction(1, 3), Fraction(2, 1)),)
    """
    tokens = Tokens(text, path)
    title, players = _header(tokens)
    reader = _Reader(tokens, len(players))
    nodes = reader.nodes()
    try:
        return build_tree(title, players, _join(nodes, reader.sets, path, len(players)))
    except ModelError as error:
        message = str(error)
        if message.startswith(f"{path}:"):
            line, _, rest = message[len(path) + 1 :].partition(": ")
            raise GameFileError(path, int(line), rest) from None
        raise GameFileError(path, 1, message) from None


def _header(tokens: Tokens) -> tuple[str, list[str]]:
    if tokens.peek() != "EFG":
        tokens.refuse(
            f"begins with '{tokens.peek()[:20]}'; a file of this kind begins with EFG"
        )
    tokens.take()
    if (version := tokens.take()) != "2":
        tokens.refuse(f"is of version {version}; only version 2 can be read")
    if tokens.take() not in ("R", "D"):
        tokens.refuse("has no R or D after the version; write EFG 2 R")
    title = tokens.text("title")
    players: list[str] = []
    tokens.block(lambda: players.append(tokens.text("player's name")))
    if tokens.is_text():
        tokens.take()  # a comment on the whole game
    return title, players


class _Reader:
    """Walks through the node lines and remembers sets and outcomes."""

    def __init__(self, tokens: Tokens, n_players: int) -> None:
        self.tokens, self.n_players = tokens, n_players
        self.sets: dict[tuple[int, int], _Set] = {}
        self.outcomes: dict[int, tuple[Fraction, ...]] = {}

    def nodes(self) -> list[_Node]:
        """Every node line, in the order of the file."""
        found = []
        n_open = 1
        while n_open:
            node = self._node()
            found.append(node)
            n_open -= 1
            if node.player is not None:
                n_open += len(self.sets[node.player, node.number].actions)
        if self.tokens.peek():
            self.tokens.refuse("more nodes than the moves above have branches")
        return found

    def _node(self) -> _Node:
        tokens = self.tokens
        line, kind = tokens.line, tokens.take()
        if kind not in ("c", "p", "t"):
            tokens.refuse(
                f"'{kind}' begins no node; a node is c (chance), p (player) or t (end)",
                line,
            )
        if tokens.is_text():
            tokens.take()  # a node's own label, which nothing refers to
        if kind == "t":
            return _Node(None, 0, line, self._outcome())
        player = CHANCE if kind == "c" else tokens.whole("player's number") - 1
        if kind == "p" and not 0 <= player < self.n_players:
            tokens.refuse(
                f"player {player + 1} moves; the game has {self.n_players}", line
            )
        number = tokens.whole("information set's number")
        self._describe(player, number, line)
        return _Node(player, number, line, self._outcome())

    def _describe(self, player: int, number: int, line: int) -> None:
        tokens, key = self.tokens, (player, number)
        name = tokens.text("label") if tokens.is_text() else ""
        if tokens.peek() == "{":
            told = _Set(name)
            tokens.block(lambda: self._action(told, player))
            known = self.sets.setdefault(key, told)
            if len(known.actions) != len(told.actions):
                tokens.refuse(
                    f"information set {number} has {len(told.actions)} actions here "
                    f"and {len(known.actions)} before; nodes that cannot be told apart "
                    "offer the same",
                    line,
                )
        elif key not in self.sets:
            tokens.refuse(
                f"information set {number} is not described; at its first node, list "
                "its actions in braces",
                line,
            )

    def _action(self, told: _Set, player: int) -> None:
        told.actions.append(self.tokens.text("action's name"))
        if player == CHANCE:
            told.chances.append(self.tokens.number("a chance"))

    def _outcome(self) -> tuple[Fraction, ...]:
        tokens = self.tokens
        line, number = tokens.line, tokens.whole("outcome's number")
        if tokens.is_text():
            tokens.take()
        if tokens.peek() == "{":
            payoffs: list[Fraction] = []
            tokens.block(lambda: payoffs.append(tokens.number("a payoff")))
            if len(payoffs) != self.n_players:
                tokens.refuse(
                    f"outcome {number} has {len(payoffs)} payoffs; the game has "
                    f"{self.n_players} players",
                    line,
                )
            self.outcomes[number] = tuple(payoffs)
        if number and number not in self.outcomes:
            tokens.refuse(
                f"outcome {number} has no payoffs; list them in braces where it "
                "first occurs",
                line,
            )
        return self.outcomes.get(number, (Fraction(0),) * self.n_players)


def _join(
    nodes: list[_Node], sets: dict[tuple[int, int], _Set], path: str, n_players: int
) -> Move | End:
    """Hang every node below its parent; payoffs add up on the way down."""
    names = _unique_names(sets)
    owed = [(Fraction(0),) * n_players]
    totals = []
    for node in nodes:
        above = owed.pop()
        total = tuple(a + b for a, b in zip(above, node.payoffs, strict=True))
        totals.append(total)
        if node.player is not None:
            owed += [total] * len(sets[node.player, node.number].actions)
    stack: list[Move | End] = []
    for node, total in zip(reversed(nodes), reversed(totals), strict=True):
        if node.player is None:
            stack.append(End(total))
            continue
        known = sets[node.player, node.number]
        after = tuple(stack.pop() for _ in known.actions)
        stack.append(
            Move(
                node.player,
                names[node.player, node.number],
                tuple(known.actions),
                after,
                tuple(known.chances),
                f"{path}:{node.line}",
            )
        )
    return stack[0]


def _unique_names(sets: dict[tuple[int, int], _Set]) -> dict[tuple[int, int], str]:
    """A set's label, with its number where two sets of one player share it."""
    seen: dict[tuple[int, str], int] = {}
    for (player, _), held in sets.items():
        seen[player, held.name] = seen.get((player, held.name), 0) + 1
    names = {}
    for (player, number), held in sets.items():
        is_alone = held.name and seen[player, held.name] == 1
        names[player, number] = (
            held.name if is_alone else f"{held.name} {number}".strip()
        )
    return names


def write_efg(tree: GameTree) -> str:
    """Write a game tree down in the format .efg.

    Parameters
    ----------
    tree : any game; payoffs stand at its ends

    Returns
    -------
    str : reading it gives the same game, number for number
    """
    quoted = [_quote(name) for name in tree.players]
    lines = [f"EFG 2 R {_quote(tree.title)} {{ {' '.join(quoted)} }}", ""]
    described: set[int] = set()
    leaf_number = np.cumsum(tree.node_set < 0)
    set_number = _numbers_by_player(tree)
    stack = [0]
    while stack:
        node = stack.pop()
        information_set = int(tree.node_set[node])
        if information_set < 0:
            lines.append(_end_line(tree, int(leaf_number[node]) - 1))
            continue
        player = int(tree.set_player[information_set])
        head = 'c ""' if player == CHANCE else f'p "" {player + 1}'
        number = set_number[information_set]
        told = ""
        if information_set not in described:
            described.add(information_set)
            told = _description(tree, information_set)
        lines.append(f"{head} {number}{told} 0")
        children = range(tree.first_child[node], tree.first_child[node + 1])
        stack.extend(reversed(children))
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _numbers_by_player(tree: GameTree) -> list[int]:
    seen: dict[int, int] = {}
    numbers = []
    for player in tree.set_player.tolist():
        seen[player] = seen.get(player, 0) + 1
        numbers.append(seen[player])
    return numbers


def _description(tree: GameTree, information_set: int) -> str:
    actions = tree.actions(information_set)
    items = []
    for action in range(actions.start, actions.stop):
        items.append(_quote(tree.action_names[action]))
        if tree.set_player[information_set] == CHANCE:
            exact = tree.exact_chance
            items.append(_digits(exact[action] if exact else tree.chance[action]))
    name = _quote(tree.set_names[information_set])
    return f" {name} {{ {' '.join(items)} }}"


def _end_line(tree: GameTree, leaf: int) -> str:
    exact = tree.exact_payoffs
    rows: Iterable[object] = exact if exact else tree.payoffs
    payoffs = [_digits(row[leaf]) for row in rows]  # type: ignore[index]
    return f't "" {leaf + 1} "" {{ {", ".join(payoffs)} }}'


def _digits(value: Fraction | float) -> str:
    """All digits of a number, so that reading gives the same one."""
    return str(value) if isinstance(value, Fraction) else repr(float(value))
