"""A file that keeps what a long run has found, so that it can stop and go on."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from backchannel.base.errors import MethodError
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis

FORMAT = 2
_SECONDS_BETWEEN = 5.0
# A file of gigabytes takes seconds to write: a twentieth of the time may go there.
_WRITES_APART = 20.0

Kept = tuple[NDArray[Any], NDArray[np.bool_]]


class Checkpoint:
    """Numbers of every run, by its name, and which of its parts they hold.

    A checkpoint belongs to one question: `identity` names everything that the numbers
    depend on. It is written to a second file that then takes the place of the first, so
    that a stop at any moment leaves a whole one. Whoever changes numbers and parts that
    must fit each other holds `writing` meanwhile; then any thread may save.
    """

    def __init__(self, path: Path | None, identity: Mapping[str, Any]) -> None:
        """Open or begin a checkpoint.

        Parameters
        ----------
        path : of the file; None keeps nothing
        identity : what the numbers depend on, as JSON can write it

        Raises
        ------
        MethodError : the file is of another question, of another version, or broken,
            or there is no such folder.
        """
        if path is not None and not path.parent.is_dir():
            raise MethodError(
                f"checkpoint {path}: there is no folder {path.parent}; give another "
                "path"
            )
        self.writing = threading.Lock()
        self._saving = threading.Lock()
        self._path = path
        self._identity = json.dumps(dict(identity), sort_keys=True)
        self._runs: dict[str, Kept] = {}
        self._next = time.monotonic() + _SECONDS_BETWEEN
        if path is not None and path.exists():
            self._read(path)

    def run(
        self,
        name: str,
        shape: tuple[int, ...],
        n_parts: int,
        dtype: DTypeLike = np.int64,
    ) -> Kept:
        """Numbers of a run and which of its parts they hold, zero where it is new."""
        if name in self._runs:
            return self._runs[name]
        fresh = np.zeros(shape, dtype), np.zeros(n_parts, np.bool_)
        if self._path is not None:
            with self.writing:
                self._runs[name] = fresh
        return fresh

    def save(self, *, is_last: bool = False) -> None:
        """Write the file, where some seconds have passed or `is_last`.

        Raises
        ------
        MethodError : the file cannot be written.
        """
        if self._path is None or not (is_last or time.monotonic() >= self._next):
            return
        if not self._saving.acquire(blocking=is_last):
            return
        begin = time.monotonic()
        try:
            self._write(self._path)
        except OSError as error:
            raise MethodError(
                f"checkpoint {self._path}: cannot be written ({error.strerror}); give "
                "another path"
            ) from None
        finally:
            spent = time.monotonic() - begin
            self._next = begin + max(_SECONDS_BETWEEN, _WRITES_APART * spent)
            self._saving.release()

    def _write(self, path: Path) -> None:
        """Copy and write one run after the other: others may go on meanwhile."""
        beside = path.with_name(path.name + ".part")
        digest = hashlib.sha256()
        with zipfile.ZipFile(beside, "w") as archive:
            with self.writing:
                names = sorted(self._runs)
            for k, name in enumerate(names):
                with self.writing:
                    values, done = (array.copy() for array in self._runs[name])
                for title, array in ((f"values{k}", values), (f"done{k}", done)):
                    digest.update(title.encode() + array.tobytes())
                    _add(archive, title, array)
            header = {
                "format": FORMAT,
                "identity": self._identity,
                "runs": names,
                "digest": digest.hexdigest(),
            }
            _add(archive, "header", np.array(json.dumps(header)))
        beside.replace(path)

    def _read(self, path: Path) -> None:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            header = json.loads(str(arrays.pop("header")))
            version, identity = header["format"], header["identity"]
            names, digest = header["runs"], header["digest"]
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
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
                f"checkpoint {path}: its numbers were changed; delete it to begin anew"
            )
        for k, name in enumerate(names):
            self._runs[name] = arrays[f"values{k}"], arrays[f"done{k}"]


def identity_of(
    crisis: Crisis,
    draws: Draws,
    settings: Mapping[str, Any],
    hours: NDArray[np.float64],
    seed: int,
) -> dict[str, Any]:
    """Everything that the answer to a question depends on, as JSON can write it.

    Parameters
    ----------
    crisis, draws, hours, seed : of the question
    settings : of its method; how many threads there are decides nothing
    """
    found = hashlib.sha256()
    for path in sorted(draws.values):
        found.update(path.encode())
        found.update(np.ascontiguousarray(draws.values[path]).tobytes())
    return {
        "crisis": crisis.digest,
        "seed": seed,
        "method": {k: v for k, v in settings.items() if k != "n_threads"},
        "set of draws": f"{draws.n_draws}, {found.hexdigest()[:16]}",
        "list of hours": hours.tolist(),
    }


def _add(archive: zipfile.ZipFile, title: str, array: NDArray[Any]) -> None:
    """One array, as NumPy keeps it; counts shrink, digits of probabilities do not."""
    part = zipfile.ZipInfo(title + ".npy")
    is_digits = array.dtype.kind == "f"
    part.compress_type = zipfile.ZIP_STORED if is_digits else zipfile.ZIP_DEFLATED
    with archive.open(part, "w", force_zip64=True) as stored:
        np.lib.format.write_array(stored, array, allow_pickle=False)


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Digest of arrays in the order in which they are written."""
    found = hashlib.sha256()
    for title, array in arrays.items():
        found.update(title.encode() + array.tobytes())
    return found.hexdigest()


def _first_difference(found: str, wanted: str) -> str:
    """The first thing in which two identities differ, in words."""
    here, there = json.loads(found), json.loads(wanted)
    for name in sorted({*here, *there}):
        if here.get(name) != there.get(name):
            return f"another {name} ({here.get(name)}, wanted {there.get(name)})"
    return "another question"
