"""From a folder of another tool's files to a domain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_genius import read_genius
from backchannel.crisis.domain_geniusweb import SPACE, read_geniusweb
from backchannel.crisis.domain_negmas import read_negmas
from backchannel.crisis.domain_negolog import read_negolog
from backchannel.crisis.domain_profile import Place, read_json

_KINDS = {".yml": "yaml", ".yaml": "yaml", ".xml": "xml", ".json": "json"}


def load_domain(folder: str | Path) -> Domain:
    """Load a negotiation domain that another tool wrote.

    Parameters
    ----------
    folder : holds the files of one domain: NegMAS YAML, GENIUS XML, GeniusWeb JSON or
        NegoLog JSON; utilities must be linear-additive over discrete levels

    Returns
    -------
    Domain : parties in the alphabetical order of their files

    Raises
    ------
    CrisisFileError : no folder, no domain in it, two kinds of files, or a file that
        cannot be read as its kind; says which file and key.
    ModelError : the files can be read, but what they say is no domain.
    """
    place = Place(Path(folder))
    if not place.path.is_dir():
        raise place.error("is no folder", "name a folder that holds a domain's files")
    by_kind: dict[str, list[Path]] = {}
    for path in sorted(place.path.iterdir()):
        # GENIUS puts the frontier beside the profiles, as numbers named .xml.
        if path.suffix in _KINDS and path.stem != "pareto":
            by_kind.setdefault(_KINDS[path.suffix], []).append(path)
    if len(by_kind) != 1:
        found = " and ".join(by_kind) or "no YAML, XML or JSON"
        raise place.error(f"has {found} files", "keep the files of one domain in it")
    kind, paths = next(iter(by_kind.items()))
    if kind == "yaml":
        return read_negmas(paths)
    if kind == "xml":
        return read_genius(paths)
    return _from_json({path: read_json(path) for path in paths}, place)


def _from_json(contents: Mapping[Path, Any], place: Place) -> Domain:
    mappings = {p: raw for p, raw in contents.items() if isinstance(raw, dict)}
    web = {p: r for p, r in mappings.items() if SPACE in r or "issuesValues" in r}
    if web:
        return read_geniusweb(web)
    profiles = {
        p: r for p, r in mappings.items() if {"issueWeights", "issues"} <= set(r)
    }
    if profiles:
        return read_negolog(profiles)
    raise place.error(
        "has JSON files, but no profile",
        f"a profile has `{SPACE}`, or `issueWeights` and `issues`",
    )
