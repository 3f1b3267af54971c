"""Where learning stopped, in a file, so that a long run can go on another day."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.games.regret_minimisation import LearningState

_PARTS = ("regrets", "behaviour", "plans", "totals", "best_plans")


def write_learning(path: Path, state: LearningState, digest: str) -> None:
    """Write a state down.

    Parameters
    ----------
    path : of the file; an older one is replaced once the new one is whole
    state : where learning stopped
    digest : of the game, so that another game does not go on from here

    Raises
    ------
    MethodError : the file cannot be written.
    """
    arrays = {
        f"{part}_{player}": row
        for part in _PARTS
        for player, row in enumerate(getattr(state, part))
    }
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as stream:
            np.savez(
                stream,
                allow_pickle=False,
                step=state.step,
                best_step=state.best_step,
                best_gap=state.best_gap,
                digest=digest,
                **arrays,
            )
        fresh.replace(path)
    except OSError as error:
        raise MethodError(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder "
            "that exists"
        ) from None


def read_learning(path: Path, digest: str) -> LearningState:
    """Read a state.

    Parameters
    ----------
    path : of a file from `write_learning`
    digest : of the game that is to go on

    Returns
    -------
    LearningState

    Raises
    ------
    MethodError : the file is none of ours, or of another game.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            if str(stored["digest"]) != digest:
                raise MethodError(
                    f"{path}: is of another game or other numbers; leave --state out, "
                    "or name another file"
                )
            n_players = sum(key.startswith("plans_") for key in stored.files)
            rows = {
                part: tuple(stored[f"{part}_{player}"] for player in range(n_players))
                for part in _PARTS
            }
            return LearningState(
                step=int(stored["step"]),
                best_step=int(stored["best_step"]),
                best_gap=float(stored["best_gap"]),
                **rows,
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise MethodError(
            f"{path}: is not a state of an earlier run; name one, or a file that does "
            "not exist yet"
        ) from None
