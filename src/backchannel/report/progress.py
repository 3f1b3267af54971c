"""A progress line on the terminal for runs of over two seconds."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

Report = Callable[[str], None]


@contextmanager
def stages() -> Iterator[Report]:
    """Show the stage that a long run is in, with the time since it began.

    Yields
    ------
    function that takes the name of the next stage, which moves the bar where it ends in
        a percentage; silent where standard error is not
    a terminal, and cleared from the screen at the end or on Ctrl-C
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task("reading the file", total=None)
        yield lambda stage: progress.update(
            task,
            description=stage,
            completed=share_of(stage) or 0,
            total=None if share_of(stage) is None else 100,
        )


def share_of(stage: str) -> int | None:
    """Percentage at the end of the name of a stage, None where there is none."""
    found = re.search(r"(\d+)\s?%$", stage)
    return int(found[1]) if found else None
