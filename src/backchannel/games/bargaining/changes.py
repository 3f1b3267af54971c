"""Changes to the parameters of a model, as they are written on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from backchannel.base.errors import MethodError


def read_changes(pairs: Iterable[str]) -> dict[str, Any]:
    """Read pairs NAME=VALUE.

    Parameters
    ----------
    pairs : each a name, `=`, and a number, true, false, null, a list or a text

    Returns
    -------
    dict : value by name

    Raises
    ------
    MethodError : a pair has no `=`, or no name before it.

    >>> read_changes(["p=0.6", "kind=agent", "path=[0.3, 0.8]"])
    {'p': 0.6, 'kind': 'agent', 'path': [0.3, 0.8]}
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise MethodError(f"--set: is '{pair}'; write NAME=VALUE, such as p=0.6")
        found[name.strip()] = _read(text.strip())
    return found


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
