"""Small games that several tests of this room share."""

from __future__ import annotations

from pathlib import Path

from backchannel.games import CHANCE, End, GameTree, Move, build_tree

EQUILIBRIUM = Path(__file__).resolve().parents[3] / "shared" / "data" / "equilibrium"
NOT_HERE = "the game files, ../shared/data/equilibrium, are not here"


def ultimatum() -> GameTree:
    """War (-5, -5) is an empty threat against a demand of 8 in place of 5."""

    def answer(share: int) -> Move:
        ends = (End((share, 10 - share)), End((-5, -5)))
        return Move(1, f"asked {share}", ("accept", "war"), ends)

    root = Move(0, "demand", ("8", "5"), (answer(8), answer(5)))
    return build_tree("ultimatum", ("a", "b"), root)


def forgetful() -> GameTree:
    """A driver who cannot tell the second crossing from the first."""
    second = Move(0, "crossing", ("on", "off"), (End((1,)), End((4,))))
    root = Move(0, "crossing", ("on", "off"), (second, End((0,))))
    return build_tree("absent-minded driver", ("driver",), root)


def horse() -> GameTree:
    """Selten's horse: of its two kinds of equilibrium only one is sequential."""

    def third(payoffs: tuple[End, End]) -> Move:
        return Move(2, "third", ("L", "R"), payoffs)

    second = Move(
        1,
        "second",
        ("C", "D"),
        (End((1, 1, 1)), third((End((4, 4, 0)), End((0, 0, 1))))),
    )
    root = Move(
        0, "first", ("C", "D"), (second, third((End((3, 2, 2)), End((0, 0, 0)))))
    )
    return build_tree("horse", ("one", "two", "three"), root)


def lottery(chances: tuple[float, float]) -> Move:
    """Chance between 0 and 1 for one player."""
    return Move(CHANCE, "luck", ("x", "y"), (End((0,)), End((1,))), chances)
