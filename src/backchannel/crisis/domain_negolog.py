"""Domains as NegoLog writes them: JSON, weights and values of each party."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_profile import (
    Issues,
    Place,
    Profile,
    assemble,
    level_values,
)


def read_negolog(contents: Mapping[Path, Any]) -> Domain:
    """Read the parsed JSON files of one folder that hold `issueWeights` and `issues`.

    Parameters
    ----------
    contents : profiles; parties are named after their files, in order

    Returns
    -------
    Domain : issues and levels are those of the first profile

    Raises
    ------
    CrisisFileError : a profile lacks an issue, a level, a weight or a number.
    """
    path, first = next(iter(contents.items()))
    place = Place(path).at("issues")
    issues: Issues = {
        str(name): tuple(str(level) for level in place.at(name).mapping(levels))
        for name, levels in place.mapping(first["issues"]).items()
    }
    profiles = [_profile(raw, issues, Place(path)) for path, raw in contents.items()]
    return assemble(path.parent.name, issues, profiles)


def _profile(raw: Mapping[str, Any], issues: Issues, place: Place) -> Profile:
    weights = place.at("issueWeights").mapping(raw["issueWeights"])
    values = place.at("issues").mapping(raw["issues"])
    tables = []
    for name, levels in issues.items():
        if name not in values or name not in weights:
            raise place.at(name).error("has no weight or no values", "give both")
        here = place.at("issues", name)
        table = {
            str(level): here.at(level).number(value)
            for level, value in here.mapping(values[name]).items()
        }
        weight = place.at("issueWeights", name).number(weights[name])
        tables.append(weight * level_values(table, levels, here))
    reserve = place.at("reservationValue").number(
        raw.get("reservationValue", -math.inf)
    )
    return Profile(place.path.stem, tuple(tables), reserve)
