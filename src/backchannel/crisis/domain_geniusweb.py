"""Domains as GeniusWeb writes them: JSON, issues repeated in each profile."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_profile import (
    Issues,
    Place,
    Profile,
    assemble,
    level_values,
)

SPACE = "LinearAdditiveUtilitySpace"
_MOST_LEVELS = 100_000


def read_geniusweb(contents: Mapping[Path, Any]) -> Domain:
    """Read the parsed JSON files of one folder.

    Parameters
    ----------
    contents : profiles, and perhaps a file with `issuesValues` alone; parties are
        named after their files, in order

    Returns
    -------
    Domain : issues are those of the domain file, or of the first profile

    Raises
    ------
    CrisisFileError : a file is not what GeniusWeb writes for linear-additive profiles.
    """
    profiles = {path: raw for path, raw in contents.items() if SPACE in raw}
    if not profiles:
        folder = Place(next(iter(contents)).parent)
        raise folder.error(f"has no JSON file with {SPACE}", "add a profile per party")
    path = next(iter(profiles))
    inside = Place(path).at(SPACE, "domain")
    for other, content in contents.items():
        if "issuesValues" in content:
            path, inside = other, Place(other)
            break
    source = contents[path]
    if SPACE in source:
        space = Place(path).at(SPACE).mapping(source[SPACE])
        source = inside.mapping(space.get("domain"))
    issues = _issues(source.get("issuesValues"), inside.at("issuesValues"))
    read = [
        _profile(raw[SPACE], issues, Place(p).at(SPACE)) for p, raw in profiles.items()
    ]
    return assemble(path.parent.name, issues, read)


def _issues(raw: object, place: Place) -> Issues:
    issues: Issues = {}
    for name, entry in place.mapping(raw).items():
        values = place.at(name).mapping(entry)
        if "range" in values:
            issues[name] = _range(values["range"], place.at(name, "range"))
        else:
            listed = place.at(name, "values").sequence(values.get("values"))
            issues[name] = tuple(str(value) for value in listed)
    return issues


def _range(raw: object, place: Place) -> tuple[str, ...]:
    """Levels low, low + step, ..., not past high."""
    entries = place.sequence(raw)
    try:
        low, high, step = (Decimal(str(entry)) for entry in entries)
        n_steps = int((high - low) / step)
    except (InvalidOperation, ValueError, ZeroDivisionError):
        raise place.error(f"is {entries}", "write [low, high, step]") from None
    if not 0 <= n_steps < _MOST_LEVELS:
        raise place.error(
            f"is {entries}", f"write low <= high with at most {_MOST_LEVELS} steps"
        )
    return tuple(str(low + i * step) for i in range(n_steps + 1))


def _profile(raw: object, issues: Issues, place: Place) -> Profile:
    space = place.mapping(raw)
    functions = place.at("issueUtilities").mapping(space.get("issueUtilities"))
    weights = place.at("issueWeights").mapping(space.get("issueWeights"))
    tables = []
    for name, levels in issues.items():
        here = place.at("issueUtilities", name)
        if name not in functions:
            raise here.error("is missing", "give a value set for every issue")
        if name not in weights:
            raise place.at("issueWeights", name).error("is missing", "give a weight")
        weight = place.at("issueWeights", name).number(weights[name])
        tables.append(weight * _values(functions[name], levels, here))
    reserve = _reservation(space.get("reservationBid"), issues, tables, place)
    return Profile(place.path.stem, tuple(tables), reserve)


def _values(raw: object, levels: Sequence[str], place: Place) -> FloatArray:
    function = place.mapping(raw)
    if "DiscreteValueSetUtilities" in function:
        here = place.at("DiscreteValueSetUtilities", "valueUtilities")
        inner = place.mapping(function["DiscreteValueSetUtilities"])
        table = here.mapping(inner.get("valueUtilities"))
        values = {str(name): here.at(name).number(v) for name, v in table.items()}
        return level_values(values, levels, here)
    if "NumberValueSetUtilities" in function:
        here = place.at("NumberValueSetUtilities")
        inner = here.mapping(function["NumberValueSetUtilities"])
        keys = ("lowValue", "highValue", "lowUtility", "highUtility")
        low, high, at_low, at_high = (here.at(k).number(inner.get(k)) for k in keys)
        if not low < high:
            raise here.error(f"goes from {low} to {high}", "write lowValue < highValue")
        numbers = np.array([here.at(level).number(level) for level in levels])
        return at_low + (at_high - at_low) * (numbers - low) / (high - low)
    raise place.error(
        f"is {', '.join(map(str, function)) or 'empty'}",
        "read are DiscreteValueSetUtilities and NumberValueSetUtilities",
    )


def _reservation(
    raw: object, issues: Issues, tables: Sequence[FloatArray], place: Place
) -> float:
    """Utility of the package that a party holds in reserve; -inf without one.

    An issue that the package leaves out adds nothing, as in GeniusWeb.
    """
    here = place.at("reservationBid")
    if raw is None:
        return -math.inf
    package = here.mapping(raw)
    chosen = here.mapping(package.get("issuevalues", package))
    total = 0.0
    for (name, levels), table in zip(issues.items(), tables, strict=True):
        if name in chosen:
            level = str(chosen[name])
            if level not in levels:
                right = f"write one of {', '.join(levels[:12])}"
                raise here.at(name).error(f"is '{level}'", right)
            total += float(table[levels.index(level)])
    return total
