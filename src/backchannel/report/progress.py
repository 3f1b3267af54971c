"""A progress line on the terminal for runs of over two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Report = Callable[[str], None]


@contextmanager
def stages() -> Iterator[Report]:
    """Show the stage that a long run is in, with the time since it began.

    Yields
    ------
    function that takes the name of the next stage; silent where standard error is not
    a terminal, and cleared from the screen at the end or on Ctrl-C
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task("reading the file", total=None)
        yield lambda stage: progress.update(task, description=stage)
