"""Write a posterior as distributions of a crisis file: alone, or into a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from backchannel.base.errors import MethodError, ModelError, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.crisis.load import find_file, load
from backchannel.escalation.calibrate import Calibration

HEAT = "heat"
SOURCE = "INCIDENT_LOG"
_FEWEST_TOKENS, _MOST_TOKENS = 3, 8


def posterior_yaml(found: Calibration, title: str) -> str:
    """Write the posterior as keys of a crisis file.

    Parameters
    ----------
    found : posterior of a log
    title : what the log is, for the list of sources

    Returns
    -------
    YAML with `sources`, and with `tokens` and `incidents` under `escalation`; each
    number is a lognormal law that keeps the median and the ninth decile

    Notes: numbers of a file are independent, so the posterior's correlation between
    base rate and self-excitation is lost; each law alone is kept.
    """
    numbers = _numbers(found)
    incidents: dict[str, Any] = {
        name: {
            "hazard": numbers[f"hazard {name}"],
            "excited_by": {HEAT: numbers[f"excited {name}"]},
            "leaves": HEAT,
        }
        for name in found.incidents
    }
    token = {
        "title": "Heat of incidents",
        "cooling": numbers["cooling"],
        "cap": _cap(found),
    }
    tree = {
        "sources": {SOURCE: {"title": title}},
        "escalation": {"tokens": {HEAT: token}, "incidents": incidents},
    }
    return _dump(tree)


def calibrate_file(found: Calibration, crisis: str | Path, title: str) -> str:
    """Write a crisis file again with the posterior in place of its own numbers.

    Parameters
    ----------
    found : posterior of a log whose incidents the crisis has
    crisis : a crisis file, or a shipped name
    title : what the log is, for the list of sources

    Returns
    -------
    YAML of the whole file, comments kept. Each incident of the log gets its hazard, is
    excited by one kind of token and leaves one; its other factors stay as they are

    Raises
    ------
    ModelError : an incident of the log is not one of the crisis, or it has none.
    CrisisFileError : the crisis file has problems of its own.
    """
    loaded = load(crisis)
    if loaded.escalation is None:
        raise ModelError("escalation: the crisis has no such section to calibrate")
    known = loaded.escalation.incidents
    for name in found.incidents:
        if name not in known:
            raise ModelError(
                f"incidents: no '{name}'; {did_you_mean(name, known, 'incident')}"
            )
    yaml = YAML()
    yaml.preserve_quotes = True
    text = find_file(crisis).read_text(encoding="utf-8")
    try:
        tree = yaml.load(text)
    except YAMLError as error:
        raise ModelError(f"{crisis}: {error}") from None
    fresh = YAML(typ="safe").load(posterior_yaml(found, title))
    tree.setdefault("sources", CommentedMap())[SOURCE] = fresh["sources"][SOURCE]
    section = tree["escalation"]
    section.setdefault("tokens", CommentedMap())[HEAT] = fresh["escalation"]["tokens"][
        HEAT
    ]
    for name, numbers in fresh["escalation"]["incidents"].items():
        section["incidents"][name].update(numbers)
    return _dump(tree)


def write_text(path: Path, text: str) -> None:
    """Write a file, or say why it cannot be written.

    Raises
    ------
    MethodError : the folder does not exist, or may not be written to.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MethodError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from None


def _numbers(found: Calibration) -> dict[str, dict[str, Any]]:
    """Laws of everything that the file asks for."""
    sample = found.sample()
    numbers = {"cooling": _law(sample["cooling"], "h")}
    for name in found.incidents:
        share = sample[f"share {name}"]
        numbers[f"hazard {name}"] = _law(share * sample["base"], "/h")
        added = share * sample["branching"] / sample["cooling"]
        numbers[f"excited {name}"] = _law(added, "/h")
    return numbers


def _law(values: FloatArray, unit: str) -> dict[str, Any]:
    middle, high = np.quantile(values, [0.5, 0.9])
    law = {"median": f"{middle:.4g} {unit}", "p90": f"{high:.4g} {unit}"}
    return {"lognormal": law, "source": SOURCE, "certainty": "observed"}


def _cap(found: Calibration) -> int:
    """Tokens that are hot at once: their mean and two standard deviations."""
    rate = float(found.counts.sum()) / found.hours
    mean = rate * float(found.quantile("cooling", 0.5))
    return int(np.clip(np.ceil(mean + 2 * np.sqrt(mean)), _FEWEST_TOKENS, _MOST_TOKENS))


def _dump(tree: Any) -> str:
    yaml = YAML()
    yaml.width = 88
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()
