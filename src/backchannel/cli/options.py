"""Options and arguments that several commands share, and how they are read."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated

import typer

from backchannel.base.errors import MethodError

CrisisArgument = Annotated[
    str, typer.Argument(metavar="CRISIS", help="A crisis file, or a shipped name.")
]
DrawsOption = Annotated[
    int,
    typer.Option(min=1, max=1_000_000, help="Joint samples of the uncertain numbers."),
]
SeedOption = Annotated[int, typer.Option(min=0, help="The only source of randomness.")]
HoursOption = Annotated[
    str, typer.Option(help="Hours at which to print the risk, such as 6,24,96.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def read_hours(text: str) -> tuple[float, ...] | None:
    """Read the hours of `--hours`; None where the option is not given.

    Raises
    ------
    MethodError : not a list of ascending hours.
    """
    if not text:
        return None
    try:
        hours = tuple(float(part) for part in text.split(","))
    except ValueError:
        hours = ()
    if not hours or not all(0 <= a < b for a, b in pairwise((*hours, math.inf))):
        raise MethodError(
            f"--hours: is '{text}'; write ascending hours with commas, such as 6,24,96"
        )
    return hours
