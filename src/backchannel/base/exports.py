"""The front of a room: its names, each found in its module at first use.

A command starts in well under a second because an engine that is not asked for is not
imported. Inside the package a name is imported from its own module, never from the
front of a room, so that its type is known and nothing else is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Finder = Callable[[str], Any]


def exports(package: str, homes: Mapping[str, str]) -> Finder:
    """Make the `__getattr__` of a package that imports its names at first use.

    Parameters
    ----------
    package : `__name__` of the package
    homes : name -> the module below the package in which it is found

    Returns
    -------
    function of a name; it raises AttributeError for one that is not offered

    >>> find = exports("backchannel.base", {"parse_duration": "units"})
    >>> find("no_such_name")
    Traceback (most recent call last):
    AttributeError: module 'backchannel.base' has no attribute 'no_such_name'
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return find
