"""A file that keeps the counts of a long run, so that it can stop and go on."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError

FORMAT = 1
_SECONDS_BETWEEN = 5.0


class Checkpoint:
    """Counts and finished batches of every run, by its name.

    A checkpoint belongs to one question: `identity` names everything that the counts
    depend on. It is written to a second file that then takes the place of the first, so
    that a stop at any moment leaves a whole one.
    """

    def __init__(self, path: Path | None, identity: Mapping[str, Any]) -> None:
        """Open or begin a checkpoint.

        Parameters
        ----------
        path : of the file; None keeps nothing
        identity : what the counts depend on, as JSON can write it

        Raises
        ------
        MethodError : the file is of another question, of another version, or broken.
        """
        self._path = path
        self._identity = json.dumps(dict(identity), sort_keys=True)
        self._runs: dict[str, tuple[NDArray[np.int64], NDArray[np.bool_]]] = {}
        self._saved = time.monotonic()
        if path is not None and path.exists():
            self._read(path)

    def run(
        self, name: str, shape: tuple[int, ...], n_batches: int
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Counts of a run and which of its batches they hold, zero where it is new."""
        if name not in self._runs:
            fresh = np.zeros(shape, np.int64), np.zeros(n_batches, np.bool_)
            self._runs[name] = fresh
        return self._runs[name]

    def save(self, *, is_last: bool = False) -> None:
        """Write the file, where some seconds have passed or `is_last`."""
        if self._path is None:
            return
        if not is_last and time.monotonic() - self._saved < _SECONDS_BETWEEN:
            return
        arrays: dict[str, Any] = {}
        for k, (counts, done) in enumerate(self._runs.values()):
            arrays[f"counts{k}"], arrays[f"done{k}"] = counts, done
        header = {
            "format": FORMAT,
            "identity": self._identity,
            "runs": list(self._runs),
            "digest": _digest(arrays),
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, header=np.array(json.dumps(header)), **arrays)
        beside = self._path.with_name(self._path.name + ".part")
        beside.write_bytes(buffer.getvalue())
        beside.replace(self._path)
        self._saved = time.monotonic()

    def _read(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            header = json.loads(str(arrays.pop("header")))
            version, identity = header["format"], header["identity"]
            names, digest = header["runs"], header["digest"]
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            raise MethodError(
                f"checkpoint {path}: cannot be read as one; give another name, or "
                "delete the file to begin anew"
            ) from None
        if version != FORMAT:
            raise MethodError(
                f"checkpoint {path}: is of format {version}; this program writes "
                f"{FORMAT}. Delete the file to begin anew"
            )
        if identity != self._identity:
            other = _first_difference(identity, self._identity)
            raise MethodError(
                f"checkpoint {path}: is of {other}; go on with the same "
                "question, or give another file"
            )
        if digest != _digest(arrays):
            raise MethodError(
                f"checkpoint {path}: its counts were changed; delete it to begin anew"
            )
        for k, name in enumerate(names):
            self._runs[name] = arrays[f"counts{k}"], arrays[f"done{k}"]


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    found = hashlib.sha256()
    for name in sorted(arrays):
        found.update(name.encode())
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def _first_difference(found: str, wanted: str) -> str:
    """The first thing in which two identities differ, in words."""
    here, there = json.loads(found), json.loads(wanted)
    for name in sorted({*here, *there}):
        if here.get(name) != there.get(name):
            return f"another {name} ({here.get(name)}, wanted {there.get(name)})"
    return "another question"
