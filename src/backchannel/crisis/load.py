"""From a file to a crisis: read, validate, cross-check, report all problems."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backchannel.base.errors import CrisisFileError, Problem, did_you_mean
from backchannel.base.located import LocatedDict, inherit_sources, locate_tree
from backchannel.crisis.cross_check import cross_check
from backchannel.crisis.model import Crisis
from backchannel.crisis.rephrase import rephrase
from backchannel.crisis.yaml_source import read_yaml


def shipped_crises() -> dict[str, Path]:
    """List the crisis files that come with the package.

    Returns
    -------
    dict : name to path, in alphabetical order
    """
    folder = Path(str(resources.files("backchannel") / "crises"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def gallery_files() -> dict[str, Path]:
    """List the canonical models that come with the package, each a crisis file.

    Returns
    -------
    dict : name to path, in alphabetical order
    """
    folder = Path(str(resources.files("backchannel") / "crises" / "gallery"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_file(name_or_path: str | Path) -> Path:
    """Resolve the name of a shipped crisis, or a path.

    Raises
    ------
    CrisisFileError : neither exists; the message lists the shipped names.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    shipped = shipped_crises()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    if path.parent.name == "gallery" and path.stem in gallery_files():
        return gallery_files()[path.stem]
    hint = did_you_mean(str(name_or_path), shipped, "crisis")
    wrong = "no such file or crisis"
    if path.is_dir():
        wrong, hint = "is a folder", "name a crisis file in it"
    elif path.with_name(f"{path.name}.yaml").is_file():
        hint = f"write {path}.yaml"
    problem = Problem(str(name_or_path), 0, "", wrong, hint)
    raise CrisisFileError([problem])


def load(name_or_path: str | Path) -> Crisis:
    """Load a crisis file.

    Parameters
    ----------
    name_or_path : a path, or the name of a shipped crisis such as `strait`

    Returns
    -------
    Crisis : frozen, validated, every name in it resolved

    Raises
    ------
    CrisisFileError : lists every problem found, each with file, line and key.

    >>> load("strait").parties
    ('alpha', 'bravo')
    """
    path = find_file(name_or_path)
    return build(read_yaml(path), str(path))


def load_mapping(content: dict[str, Any], shown: str = "crisis") -> Crisis:
    """Build a crisis from plain Python values in the shape of the file.

    Parameters
    ----------
    content : what a file would hold, as dicts, lists, text and numbers
    shown : what errors call it

    Returns
    -------
    Crisis : as `load` returns it, without line numbers

    Raises
    ------
    CrisisFileError : as `load`, without line numbers.
    """
    return build(locate_tree(content), shown)


def build(tree: LocatedDict, shown: str) -> Crisis:
    """Validate a located tree into a crisis; raises as `load`."""
    inherit_sources(tree)
    try:
        crisis = Crisis.model_validate(tree)
    except ValidationError as error:
        raise CrisisFileError(rephrase(error, tree, shown)) from None
    problems = cross_check(crisis, tree, shown)
    if problems:
        raise CrisisFileError(problems)
    canonical = json.dumps(tree, sort_keys=True, ensure_ascii=True, default=str)
    crisis._path = shown
    crisis._tree = tree
    crisis._digest = hashlib.sha256(canonical.encode()).hexdigest()
    return crisis
