"""Conflicts for the tests: drawn by chance, and small ones that are known exactly."""

from __future__ import annotations

import random
from typing import Literal

import numpy as np

from backchannel.stability import Conflict, Option

Final = Literal["no", "taken", "dropped"]


def prisoners() -> Conflict:
    """Each would rather arm, whatever the other does; both armed is worse for both."""
    return Conflict.of_options(
        [Option("a arms", "a"), Option("b arms", "b")],
        {"a": [3, 4, 1, 2], "b": [3, 1, 4, 2]},
    )


def chicken() -> Conflict:
    """Each would rather be the only one to stand fast; both standing fast is worst."""
    return Conflict.of_options(
        [Option("a stands", "a"), Option("b stands", "b")],
        {"a": [3, 4, 2, 1], "b": [3, 2, 4, 1]},
    )


def random_options(seed: int) -> Conflict:
    """2 to 5 actors, 3 to 6 options; ties, infeasible states, moves of no return."""
    lots = random.Random(seed)
    n_options = lots.randint(3, 6)
    n_actors = lots.randint(2, min(n_options, 5))
    owners = [*range(n_actors), *lots.choices(range(n_actors), k=n_options - n_actors)]
    finals: list[Final] = ["no", "no", "no", "taken", "dropped"]
    options = [
        Option(f"o{k}", f"a{owner}", lots.choice(finals))
        for k, owner in enumerate(owners)
    ]
    share = lots.choice([1.0, 0.8, 0.6])
    codes = [code for code in range(1 << n_options) if lots.random() < share] or [0]
    top = lots.choice([3, 3 * len(codes)])
    return Conflict.of_options(
        options,
        {f"a{j}": _values(lots, len(codes), top) for j in range(n_actors)},
        codes=codes,
    )


def random_moves(seed: int) -> Conflict:
    """2 to 4 actors on a graph without structure: moves need not lead back or on."""
    lots = random.Random(seed)
    n_actors, n_states = lots.randint(2, 4), lots.randint(3, 14)
    moves = {
        f"a{j}": [
            (s, t)
            for s in range(n_states)
            for t in range(n_states)
            if s != t and lots.random() < 0.15
        ]
        for j in range(n_actors)
    }
    preference = {actor: _values(lots, n_states, n_states) for actor in moves}
    return Conflict.of_moves([f"s{s}" for s in range(n_states)], moves, preference)


def _values(lots: random.Random, n: int, top: int) -> np.ndarray:
    return np.array([lots.randrange(top) for _ in range(n)])
