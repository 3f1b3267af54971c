"""Domains as NegMAS writes them: YAML, one file for the issues, one for each party."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from backchannel.base.errors import CrisisFileError, Problem
from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_profile import (
    Issues,
    Place,
    Profile,
    assemble,
    level_values,
)

_RANGES = ("ContiguousIssue", "IntegerIssue")
_LISTS = ("CategoricalIssue", "OrdinalIssue", "CardinalIssue")
_DISCOUNTED = ("ExpDiscountedUFun", "LinDiscountedUFun")
_ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
_AFFINE = ("AffineUtilityFunction", "LinearUtilityFunction")
_FUNCTIONS = "TableFun, AffineFun, LinearFun, IdentityFun and ConstFun are read"


def read_negmas(paths: Sequence[Path]) -> Domain:
    """Read the YAML files of one folder.

    Parameters
    ----------
    paths : the file with `issues` and the profiles; parties are named after their
        files, in the order of the paths

    Returns
    -------
    Domain : discounts are passed over, with a note

    Raises
    ------
    CrisisFileError : a file is not what NegMAS writes, or its utilities are not
        additive.
    """
    contents = {path: _load(path) for path in paths}
    with_issues = [path for path, content in contents.items() if "issues" in content]
    if len(with_issues) != 1:
        raise Place(paths[0].parent).error(
            f"has {len(with_issues)} YAML files with `issues`", "keep exactly one"
        )
    here = Place(with_issues[0])
    issues = _issues(contents[with_issues[0]]["issues"], here.at("issues"))
    profiles = [
        _profile(content, issues, Place(path))
        for path, content in contents.items()
        if path != with_issues[0]
    ]
    return assemble(paths[0].parent.name, issues, profiles)


def _load(path: Path) -> Mapping[str, Any]:
    try:
        content = YAML(typ="safe").load(path.read_text("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(error.problem or error.context).split())
        problem = Problem(
            str(path), mark.line + 1 if mark else 1, "", said, "write valid YAML"
        )
        raise CrisisFileError([problem]) from None
    except (YAMLError, OSError, UnicodeDecodeError) as error:
        raise Place(path).error(f"cannot be read ({error})", "write YAML") from None
    return Place(path).mapping(content)


def _kind(raw: Mapping[Any, Any]) -> str:
    """The type without the module it lives in."""
    return str(raw.get("type", "")).rpartition(".")[2]


def _issues(raw: object, place: Place) -> Issues:
    issues: Issues = {}
    for i, entry in enumerate(place.sequence(raw)):
        issue = place.at(i).mapping(entry)
        here, kind = place.at(i, "values"), _kind(issue)
        values = here.sequence(issue.get("values"))
        if kind in _RANGES:
            if len(values) != 2 or not all(type(value) is int for value in values):
                raise here.error(f"is {values}", "write two whole numbers, [low, high]")
            values = range(values[0], values[1] + 1)
        elif kind not in _LISTS:
            known = ", ".join((*_LISTS, *_RANGES))
            raise place.at(i, "type").error(f"is '{kind}'", f"read are {known}")
        name = str(issue.get("name", f"issue{i + 1}"))
        if name in issues:
            raise place.at(i, "name").error(f"'{name}' is given twice", "rename one")
        issues[name] = tuple(str(value) for value in values)
    return issues


def _profile(raw: Mapping[Any, Any], issues: Issues, place: Place) -> Profile:
    notes: tuple[str, ...] = ()
    inner = raw
    while _kind(inner) in _DISCOUNTED:
        notes = (f"{place.path.stem}: the discount is passed over",)
        inner = place.at("ufun").mapping(inner.get("ufun"))
    reserve = raw.get("reserved_value", inner.get("reserved_value", -math.inf))
    if reserve is None:
        reserve = -math.inf
    kind = _kind(inner)
    if kind in _ADDITIVE:
        tables = _additive_tables(inner, issues, place)
    elif kind in _AFFINE:
        weights = _by_issue(inner.get("weights"), issues, place.at("weights"))
        tables = [
            place.at("weights").number(weights[name]) * _numbers(levels, place.at(name))
            for name, levels in issues.items()
        ]
    else:
        known = ", ".join((*_ADDITIVE, *_AFFINE))
        raise place.at("type").error(
            f"is '{kind}', which is not additive or not known", f"read are {known}"
        )
    # A constant belongs to no issue; on the first it leaves every sum as it is.
    tables[0] = tables[0] + place.at("bias").number(inner.get("bias") or 0.0)
    here = place.at("reserved_value")
    return Profile(place.path.stem, tuple(tables), here.number(reserve), notes)


def _by_issue(raw: object, issues: Issues, place: Place) -> dict[str, Any]:
    """Entries by issue, from a list in the order of the issues or a mapping."""
    if isinstance(raw, Mapping):
        missing = [name for name in issues if name not in raw]
        if missing:
            raise place.error(f"has no entry for '{missing[0]}'", "give one per issue")
        return {name: raw[name] for name in issues}
    entries = place.sequence(raw)
    if len(entries) != len(issues):
        raise place.error(
            f"has {len(entries)} entries", f"give {len(issues)}, one per issue"
        )
    return dict(zip(issues, entries, strict=True))


def _additive_tables(
    raw: Mapping[Any, Any], issues: Issues, place: Place
) -> list[FloatArray]:
    functions = _by_issue(raw.get("values"), issues, place.at("values"))
    weights = raw.get("weights") or [1.0] * len(issues)
    by_issue = _by_issue(weights, issues, place.at("weights"))
    return [
        place.at("weights", name).number(by_issue[name])
        * _values(functions[name], levels, place.at("values", name))
        for name, levels in issues.items()
    ]


def _values(raw: object, levels: Sequence[str], place: Place) -> FloatArray:
    """Value of each level under one function of one issue."""
    function = place.mapping(raw)
    kind = _kind(function)
    if kind in ("TableFun", ""):
        table = function if kind == "" else place.mapping(function.get("mapping"))
        values = {str(k): place.at(k).number(value) for k, value in table.items()}
        return level_values(values, levels, place)
    bias = place.at("bias").number(function.get("bias", 0.0))
    if kind == "ConstFun":
        return np.full(len(levels), bias)
    if kind not in ("AffineFun", "LinearFun", "IdentityFun"):
        raise place.at("type").error(f"is '{kind}'", _FUNCTIONS)
    slope = 1.0
    if kind != "IdentityFun":
        slope = place.at("slope").number(function.get("slope"))
    return slope * _numbers(levels, place) + bias


def _numbers(levels: Sequence[str], place: Place) -> FloatArray:
    return np.array([place.at(level).number(level) for level in levels])
