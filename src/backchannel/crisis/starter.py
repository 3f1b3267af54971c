"""Write the commented file from which a new crisis starts."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from backchannel.base.errors import MethodError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def starter_text(name: str) -> str:
    """The starter file with this name filled in; it is a valid crisis as it stands."""
    template = resources.files("backchannel") / "crisis" / "starter.yaml"
    return template.read_text(encoding="utf-8").replace("my-crisis", name)


def write_starter(name: str, folder: Path, *, overwrite: bool = False) -> Path:
    """Write NAME.yaml into a folder.

    Parameters
    ----------
    name : lower-case letters, digits and hyphens
    folder : where to write
    overwrite : whether to replace a file that is there

    Returns
    -------
    Path : the file written

    Raises
    ------
    MethodError : the name does not fit, the file exists, or it cannot be written.
    """
    name = name.removesuffix(".yaml")
    if not _NAME.fullmatch(name):
        raise MethodError(
            f"'{name}': is not a name for a file; use lower-case letters, digits and -"
        )
    path = folder / f"{name}.yaml"
    if path.exists() and not overwrite:
        raise MethodError(f"{path}: exists; choose another name, or add --force")
    try:
        path.write_text(starter_text(name), encoding="utf-8")
    except OSError as error:
        raise MethodError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from None
    return path
