"""Figures drawn by processes of their own, which load the drawing library meanwhile.

Loading matplotlib and drawing ten figures take a second, most of it Python. Processes
that are started before the engines load it while the crisis is still being read.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backchannel.report.draw import draw
from backchannel.report.figure_records import AnyFigure
from backchannel.report.figures import draw_svg

if TYPE_CHECKING:
    from backchannel.report.figures import Figure

Pictures = dict[str, str]
"""SVG elements by the key of their figure."""
DrawAll = Callable[[Sequence[AnyFigure]], Pictures]

# A third would load the library a third time to draw three figures.
_N_PROCESSES = 2


def draw_all(figures: Sequence[AnyFigure]) -> Pictures:
    """Draw figures one after the other, in this process."""
    return {figure.head.key: draw(figure) for figure in figures}


@contextmanager
def drawing_apart() -> Iterator[DrawAll]:
    """Start processes that draw; enter before anything large is loaded.

    Yields
    ------
    function as `draw_all`, with the same bytes; where the processes are lost, it draws
        here
    """
    # Forked where that exists: this early there are no threads to lose.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    pool = ProcessPoolExecutor(_N_PROCESSES, context, initializer=_end_with_parent)

    def draw_there(figures: Sequence[AnyFigure]) -> Pictures:
        shares = [figures[i::_N_PROCESSES] for i in range(_N_PROCESSES)]
        try:
            drawn: Pictures = {}
            for part in pool.map(draw_all, shares):
                drawn |= part
        except BrokenProcessPool:
            return draw_all(figures)
        return {figure.head.key: drawn[figure.head.key] for figure in figures}

    try:
        for _ in range(_N_PROCESSES):
            pool.submit(_load)
        yield draw_there
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Ctrl-C reaches the whole group; this process ends when its parent does.

    A parent that leaves at once, without shutting its pool down, would otherwise leave
    processes behind that wait for work and hold its terminal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_after, daemon=True).start()


def _leave_after() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _load() -> None:
    """Draw a word: the library, its fonts and its style are then at hand."""
    draw_svg("none", 1.0, _write_a_word)


def _write_a_word(figure: Figure) -> None:
    figure.text(0.0, 0.0, "ready")
