"""From a dotted key back to a line of the file."""

from __future__ import annotations

import re
from typing import Any

from backchannel.base.located import LocatedDict, place_of

_PART = re.compile(r"\[(\d+)\]|([^.\[]+)")


def line_of_key(tree: LocatedDict, key: str) -> int:
    """Line where a dotted key stands, or its nearest parent that exists."""
    here: Any = tree
    line = place_of(tree).line
    for index, name in _PART.findall(key):
        try:
            here = here[int(index)] if index else here[name]
        except (KeyError, IndexError, TypeError):
            break
        line = place_of(here).line or line
    return line
