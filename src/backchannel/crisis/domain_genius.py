"""Domains as GENIUS writes them: XML, a template and one utility space per party."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

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


def read_genius(paths: Sequence[Path]) -> Domain:
    """Read the XML files of one folder.

    Parameters
    ----------
    paths : the template, if there is one, and the utility spaces; parties are named
        after their files, in the order of the paths

    Returns
    -------
    Domain : discounts are passed over, with a note; issues are those of the template,
        or of the first utility space

    Raises
    ------
    CrisisFileError : a file is not XML, an issue is not discrete, or a utility space
        is not linear-additive.

    Notes: as in GENIUS, the utility of a level is its evaluation over the largest
    evaluation of the issue, times the weight as written.
    """
    roots = {path: _parse(path) for path in paths}
    spaces = {p: r for p, r in roots.items() if _is_space(r)}
    templates = {p: r for p, r in roots.items() if not _is_space(r)}
    if not spaces:
        raise Place(paths[0].parent).error(
            "has no XML file with weights, so no utility space",
            "put the profiles beside the template",
        )
    if len(templates) > 1:
        names = ", ".join(path.name for path in templates)
        raise Place(paths[0].parent).error(
            f"has {len(templates)} XML files without weights ({names})",
            "keep the template alone; utility spaces without weights are not additive",
        )
    path, root = next(iter((templates or spaces).items()))
    issues = _issues(root, Place(path))
    profiles = [_profile(root, issues, Place(path)) for path, root in spaces.items()]
    return assemble(paths[0].parent.name, issues, profiles)


def _parse(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(path.read_bytes().strip())
    except ElementTree.ParseError as error:
        problem = Problem(str(path), error.position[0], "", str(error), "write XML")
        raise CrisisFileError([problem]) from None
    except (OSError, LookupError, ValueError) as error:
        raise Place(path).error(f"cannot be read ({error})", "write XML") from None


def _is_space(root: ElementTree.Element) -> bool:
    """Whether a file says what packages are worth, additively or not."""
    is_other = any(space.get("type") for space in root.iter("utility_space"))
    return is_other or root.find(".//objective/weight") is not None


def _issue_elements(
    root: ElementTree.Element, place: Place
) -> dict[str, ElementTree.Element]:
    found: dict[str, ElementTree.Element] = {}
    for objective in root.iter("objective"):
        for issue in objective.findall("issue"):
            name = issue.get("name", "")
            if name in found:
                raise place.at(name).error("is given twice", "rename one of the issues")
            kind = issue.get("vtype") or issue.get("type") or "discrete"
            if kind != "discrete":
                raise place.at(name).error(
                    f"is of type '{kind}'", "only discrete issues are read"
                )
            found[name] = issue
    if not found:
        raise place.error("has no issue", "put issues under an objective")
    return found


def _issues(root: ElementTree.Element, place: Place) -> Issues:
    issues: Issues = {}
    for name, issue in _issue_elements(root, place).items():
        levels = tuple(item.get("value", "") for item in issue.findall("item"))
        if not levels or len(set(levels)) < len(levels):
            raise place.at(name).error(
                f"has the items {list(levels)}", "give each item a value of its own"
            )
        issues[name] = levels
    return issues


def _profile(root: ElementTree.Element, issues: Issues, place: Place) -> Profile:
    for space in root.iter("utility_space"):
        kind = space.get("type", "")
        if kind or space.find("ufun") is not None:
            raise place.error(
                f"is of type '{kind or 'ufun'}', which is not additive",
                "only linear-additive utility spaces are read",
            )
    elements = _issue_elements(root, place)
    weights = {
        weight.get("index", ""): place.at("weight").number(weight.get("value"))
        for weight in root.iter("weight")
    }
    tables = []
    for name, levels in issues.items():
        if name not in elements:
            raise place.error(f"has no issue '{name}'", "the template has it")
        index = elements[name].get("index", "")
        if index not in weights:
            raise place.at(name).error(f"has no weight with index {index}", "add one")
        tables.append(weights[index] * _values(elements[name], levels, place.at(name)))
    notes: tuple[str, ...] = ()
    discount = root.find(".//discount_factor")
    if discount is not None and discount.get("value") not in ("0", "0.0", "1", "1.0"):
        notes = (f"{place.path.stem}: the discount is passed over",)
    reserve = root.find(".//reservation")
    value = -math.inf
    if reserve is not None:
        value = place.at("reservation").number(reserve.get("value"))
    return Profile(place.path.stem, tuple(tables), value, notes)


def _values(
    issue: ElementTree.Element, levels: Sequence[str], place: Place
) -> FloatArray:
    evaluations = {
        item.get("value", ""): place.at(item.get("value", "")).number(
            item.get("evaluation")
        )
        for item in issue.findall("item")
    }
    values = level_values(evaluations, levels, place)
    largest = float(np.max(list(evaluations.values())))
    if largest < 0.0:
        raise place.error(
            f"has {largest} as its largest evaluation", "write 0 or more for one item"
        )
    return values / largest if largest > 0.0 else np.zeros(len(values))
