"""From the answer of a game solver to its figures, and those to files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.games.answer import GameAnswer
from backchannel.games.tree import CHANCE, FloatArray, GameTree
from backchannel.report.draw import draw, standalone
from backchannel.report.figure_records import (
    FigureHead,
    Line,
    PrecisionFigure,
    TreeEdge,
    TreeFigure,
    TreeNode,
)
from backchannel.report.write import write_whole

MOST_ENDS = 40
"""Ends beyond which a tree is too large to draw."""
_MOST_LINES = 12
_END = -2


def game_figures(answer: GameAnswer) -> tuple[TreeFigure | PrecisionFigure, ...]:
    """Show an answer in pictures.

    Parameters
    ----------
    answer : of a solver

    Returns
    -------
    the tree, where it is small, and the quantal response path, where there is one
    """
    figures: list[TreeFigure | PrecisionFigure] = []
    if len(answer.tree.leaves) <= MOST_ENDS:
        figures.append(_tree_figure(answer))
    if answer.path is not None and answer.path_precision is not None:
        figures.append(_precision_figure(answer, answer.path, answer.path_precision))
    return tuple(figures)


def write_game_pictures(answer: GameAnswer, directory: str | Path) -> list[Path]:
    """Draw an answer's figures into a folder.

    Parameters
    ----------
    answer : of a solver
    directory : made where it does not exist

    Returns
    -------
    list of the paths written

    Raises
    ------
    MethodError : the folder cannot be written.
    """
    written = []
    for figure in game_figures(answer):
        path = Path(directory) / f"{figure.head.key}.svg"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, standalone(draw(figure)))
        except OSError as error:
            raise MethodError(
                f"{path}: cannot be written ({error.strerror}); choose another folder"
            ) from None
        written.append(path)
    return written


def _tree_figure(answer: GameAnswer) -> TreeFigure:
    tree, play = answer.tree, answer.probabilities
    x, y = _places(tree)
    reach = answer.best.audit.reach
    ends = dict(zip(tree.leaves.tolist(), tree.payoffs.T.tolist(), strict=True))
    nodes = tuple(
        TreeNode(
            float(x[node]),
            float(y[node]),
            _END if node in ends else int(tree.set_player[tree.node_set[node]]),
            ", ".join(f"{value:g}" for value in ends.get(node, ())),
            float(reach[node]),
        )
        for node in range(tree.n_nodes)
    )
    edges = tuple(
        TreeEdge(
            int(tree.parent[node]),
            node,
            tree.action_names[tree.action_in[node]],
            float(play[tree.action_in[node]]),
        )
        for node in range(1, tree.n_nodes)
    )
    groups = (
        tuple(np.flatnonzero(tree.node_set == s).tolist())
        for s in np.flatnonzero(tree.set_player != CHANCE).tolist()
    )
    return TreeFigure(
        _head(answer, "tree", "Who moves when, and what they do"),
        tree.players,
        nodes,
        edges,
        tuple(group for group in groups if len(group) > 1),
    )


def _places(tree: GameTree) -> tuple[FloatArray, FloatArray]:
    """Levels from left to right; ends one under the other, parents between theirs."""
    x, y = np.zeros(tree.n_nodes), np.zeros(tree.n_nodes)
    for level, here in enumerate(tree.levels):
        x[here] = level
    row, stack = 0, [0]
    while stack:
        node = stack.pop()
        children = range(tree.first_child[node], tree.first_child[node + 1])
        if not children:
            y[node] = -row
            row += 1
        stack.extend(reversed(children))
    for node in reversed(range(tree.n_nodes)):
        first, end = tree.first_child[node], tree.first_child[node + 1]
        if end > first:
            y[node] = 0.5 * (y[first] + y[end - 1])
    return x, y


def _precision_figure(
    answer: GameAnswer, path: FloatArray, precision: FloatArray
) -> PrecisionFigure:
    tree = answer.tree
    own = np.flatnonzero(tree.player_of_action != CHANCE)
    # What moves most says most; the rest is in the JSON of the answer.
    moved = np.ptp(path[:, own], axis=0)
    shown = np.sort(own[np.argsort(-moved, kind="stable")[:_MOST_LINES]])
    return PrecisionFigure(
        _head(answer, "precision", "How play sharpens as choices become precise"),
        tuple(precision.tolist()),
        tuple(Line(tree.label(a), tuple(path[:, a].tolist())) for a in shown.tolist()),
    )


def _head(answer: GameAnswer, key: str, title: str) -> FigureHead:
    pays = ", ".join(
        f"{name} {value:.4g}"
        for name, value in zip(answer.tree.players, answer.payoffs, strict=True)
    )
    return FigureHead(key, title, f"{title}; payoffs: {pays}", "game")
