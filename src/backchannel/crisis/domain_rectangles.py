"""Domains of GENIUS with hyper-rectangles: points for staying within bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from backchannel.base.errors import CrisisFileError, Problem
from backchannel.crisis.clauses import Clause, ClauseDomain
from backchannel.crisis.domain_profile import Place

Bounds = Mapping[str, tuple[int, int, int]]
"""By index of the issue in the file: its place, and its least and largest value."""


def has_rectangles(folder: Path) -> bool:
    """Whether a folder holds a GENIUS domain with hyper-rectangles."""
    return any(
        "<hyperRectangle" in p.read_text("utf-8", "replace") for p in _xml(folder)
    )


def load_rectangles(folder: str | Path) -> ClauseDomain:
    """Load a domain whose utility spaces are sums over hyper-rectangles.

    Parameters
    ----------
    folder : holds the XML files of one domain, with whole-number issues

    Returns
    -------
    ClauseDomain : parties in the alphabetical order of their files; discounts are
        passed over, with a note

    Raises
    ------
    CrisisFileError : no such file, an issue without whole-number bounds, a rectangle
        on an issue that does not exist, or utilities that are no sum of rectangles.

    Notes: as in GENIUS, bounds are inclusive; the utility is min(1, sum /
    `maxutility`); a rectangle that holds any EXCLUDES takes no notice of its INCLUDES,
    and brings its points wherever a package lies outside.
    """
    spaces = [p for p in _xml(Path(folder)) if "<hyperRectangle" in _text(p)]
    if not spaces:
        raise Place(Path(folder)).error(
            "has no XML file with hyper-rectangles", "name the folder of such a domain"
        )
    roots = [(Place(path), _parse(path)) for path in spaces]
    bounds, names, levels = _issues(*roots[0])
    read = [_read(place, root, bounds) for place, root in roots]
    return ClauseDomain(
        title=Path(folder).name,
        issues=names,
        levels=levels,
        parties=tuple(place.path.stem for place, _ in roots),
        clauses=tuple(clauses for clauses, _, _ in read),
        caps=np.array([cap for _, cap, _ in read]),
        reservation_values=np.array([reserve for _, _, reserve in read]),
        notes=tuple(
            f"{place.path.stem}: the discount is passed over"
            for place, root in roots
            if _discounts(root)
        ),
    )


def _xml(folder: Path) -> list[Path]:
    # GENIUS puts the frontier beside the profiles, as numbers named .xml.
    return sorted(p for p in folder.glob("*.xml") if p.stem != "pareto")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Place(path).error(f"cannot be read ({error})", "write XML") from None


def _parse(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(_text(path).strip())
    except ElementTree.ParseError as error:
        problem = Problem(str(path), error.position[0], "", str(error), "write XML")
        raise CrisisFileError([problem]) from None


def _issues(
    place: Place, root: ElementTree.Element
) -> tuple[Bounds, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    bounds: dict[str, tuple[int, int, int]] = {}
    names: list[str] = []
    levels: list[tuple[str, ...]] = []
    for issue in root.iter("issue"):
        name = issue.get("name", "")
        low, high = (
            _whole(place.at(name, key), issue.get(key))
            for key in ("lowerbound", "upperbound")
        )
        if high < low:
            raise place.at(name).error(
                f"has bounds {low} to {high}", "write the smaller one first"
            )
        bounds[issue.get("index", "")] = (len(names), low, high)
        names.append(name)
        levels.append(tuple(str(value) for value in range(low, high + 1)))
    return bounds, tuple(names), tuple(levels)


def _whole(place: Place, raw: str | None) -> int:
    value = place.number(raw)
    if not math.isfinite(value) or value != round(value):
        raise place.error(f"is {raw!r}", "write a whole number")
    return round(value)


def _read(
    place: Place, root: ElementTree.Element, bounds: Bounds
) -> tuple[tuple[Clause, ...], float, float]:
    """Clauses of one party, its `maxutility` and its reservation value."""
    clauses = []
    for part in root.iter("ufun"):
        weight = place.at("weight").number(part.get("weight", "1"))
        if part.get("aggregation", "sum") != "sum":
            raise place.at("aggregation").error(
                f"is '{part.get('aggregation')}'", "only sums of rectangles are read"
            )
        for rectangle in part.iter("hyperRectangle"):
            points = place.at("hyperRectangle").number(rectangle.get("utility"))
            clauses.append(_clause(place, rectangle, weight * points, bounds))
    utility = root.find(".//utility")
    cap = place.at("maxutility").number(
        None if utility is None else utility.get("maxutility")
    )
    reserve = root.find(".//reservation")
    value = -math.inf
    if reserve is not None:
        value = place.at("reservation").number(reserve.get("value"))
    return tuple(clauses), cap, value


def _clause(
    place: Place, rectangle: ElementTree.Element, points: float, bounds: Bounds
) -> Clause:
    excludes = rectangle.findall("EXCLUDES")
    within: dict[int, set[int]] = {}
    for side in excludes or rectangle.findall("INCLUDES"):
        index = side.get("index", "")
        if index not in bounds:
            known = ", ".join(bounds)
            raise place.at("hyperRectangle").error(
                f"names issue {index!r}", f"there are {known}"
            )
        issue, low, high = bounds[index]
        least, most = (_whole(place.at("hyperRectangle"), side.get(k)) for k in _ENDS)
        inside = set(range(max(least, low) - low, min(most, high) - low + 1))
        within[issue] = within.get(issue, inside) & inside
    conditions = tuple((issue, tuple(sorted(s))) for issue, s in within.items())
    return Clause(points, conditions, bool(excludes))


_ENDS = ("min", "max")


def _discounts(root: ElementTree.Element) -> bool:
    discount = root.find(".//discount_factor")
    return discount is not None and discount.get("value") not in (
        "0",
        "0.0",
        "1",
        "1.0",
    )
