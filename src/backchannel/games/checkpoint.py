"""A file that keeps where a long run stands, so that it can stop and go on."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import MethodError
from backchannel.games.answer import digest_of, method_name
from backchannel.games.logit_trace import LogitState
from backchannel.games.methods import LogitTrace, Method, RegretMinimisation
from backchannel.games.regret_minimisation import LearningState
from backchannel.games.tree import FloatArray, GameTree

FORMAT = 1
_SECONDS_BETWEEN = 5.0
State = LearningState | LogitState
Arrays = dict[str, npt.NDArray[Any]]
_COLUMNS = ("regrets", "behaviour", "plans", "totals", "best_plans")


@dataclass(eq=False)
class SolveCheckpoint:
    """One file for one game and one way to solve it.

    The goal is not part of the question: a run can go on to a smaller gap or a higher
    precision. The file is written beside and then put in place, so that a stop at any
    moment leaves a whole one.

    Parameters
    ----------
    path : of the file
    tree : the game
    method : `LogitTrace` or `RegretMinimisation`
    """

    path: Path
    tree: GameTree
    method: Method
    _saved: float = field(default_factory=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        """Refuse a method that starts afresh each time.

        Raises
        ------
        MethodError : the method cannot go on from anywhere.
        """
        if not isinstance(self.method, LogitTrace | RegretMinimisation):
            raise MethodError(
                f"--checkpoint: {method_name(self.method)} starts afresh each time; "
                "add --method logit-trace or regret-minimisation, or leave it out"
            )

    @property
    def identity(self) -> dict[str, Any]:
        """What the state depends on."""
        found = {"game": digest_of(self.tree), "method": method_name(self.method)}
        if isinstance(self.method, RegretMinimisation):
            method = self.method
            found |= {"rule": method.rule, "power": str(method.power)}
            found["gap"] = "mean" if method.is_mean_gap else "largest"
        return found

    def load(self) -> State | None:
        """Where an earlier run stopped; None where there was none.

        Raises
        ------
        MethodError : the file is of another game or method, or broken.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            header = json.loads(str(arrays.pop("header")))
            version, identity = header["format"], header["identity"]
            state = _unpacked(arrays, self.tree.n_players)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            raise MethodError(
                f"checkpoint {self.path}: cannot be read as one; give another name, or "
                "delete the file to begin anew"
            ) from None
        if version != FORMAT:
            raise MethodError(
                f"checkpoint {self.path}: is of format {version}; this program writes "
                f"{FORMAT}. Delete the file to begin anew"
            )
        for name, value in self.identity.items():
            if identity.get(name) != value:
                raise MethodError(
                    f"checkpoint {self.path}: is of another {name} "
                    f"({identity.get(name)}, wanted {value}); go on with the same, or "
                    "give another file"
                )
        return state

    def keep(self, state: Callable[[], object]) -> None:
        """Write the state where some seconds have passed since the last time."""
        if time.monotonic() - self._saved >= _SECONDS_BETWEEN:
            self.save(state())

    def save(self, state: object) -> None:
        """Write a state now.

        Raises
        ------
        MethodError : the file cannot be written.
        """
        if not isinstance(state, LearningState | LogitState):
            return
        header = json.dumps({"format": FORMAT, "identity": self.identity})
        arrays: dict[str, Any] = {"header": np.array(header), **_packed(state)}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        beside = self.path.with_name(self.path.name + ".part")
        try:
            beside.write_bytes(buffer.getvalue())
            beside.replace(self.path)
        except OSError as error:
            raise MethodError(
                f"checkpoint {self.path}: cannot be written ({error.strerror}); give "
                "another path"
            ) from None
        self._saved = time.monotonic()


def _packed(state: State) -> Arrays:
    if isinstance(state, LogitState):
        held = {
            "odds": state.odds,
            "precision": np.array(state.precision),
            "step": np.array(state.step),
        }
        return held if state.tangent is None else held | {"tangent": state.tangent}
    found = {
        "steps": np.array(state.step),
        "best": np.array([state.best_step, state.best_gap]),
    }
    for column in _COLUMNS:
        for player, values in enumerate(getattr(state, column)):
            found[f"{column}{player}"] = values
    return found


def _unpacked(arrays: Arrays, n_players: int) -> State:
    if "odds" in arrays:
        return LogitState(
            arrays["odds"],
            float(arrays["precision"]),
            float(arrays["step"]),
            arrays.get("tangent"),
        )
    columns: dict[str, tuple[FloatArray, ...]] = {
        column: tuple(arrays[f"{column}{player}"] for player in range(n_players))
        for column in _COLUMNS
    }
    best_step, best_gap = arrays["best"].tolist()
    return LearningState(
        step=int(arrays["steps"]),
        best_step=int(best_step),
        best_gap=float(best_gap),
        **columns,
    )
