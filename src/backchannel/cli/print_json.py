"""Answers as strict JSON: a program that reads them meets no NaN and no Infinity."""

from __future__ import annotations

import json
import math
from typing import Any

import typer


def print_json(record: Any) -> None:
    """Print a record as JSON; a number that is not finite becomes null.

    Parameters
    ----------
    record : of mappings, lists and plain values
    """
    typer.echo(json.dumps(finite(record), indent=2, allow_nan=False))


def finite(value: Any) -> Any:
    """Put None where a number is not finite: no bound, no gap, an hour beyond reach.

    Parameters
    ----------
    value : mapping, list or plain value, of any depth

    Returns
    -------
    the same, with plain mappings and lists

    >>> finite({"gap": math.inf, "hours": [1.5, math.nan]})
    {'gap': None, 'hours': [1.5, None]}
    """
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
