"""The command that asks every engine."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import (
    CrisisArgument,
    DrawsOption,
    HoursOption,
    JsonOption,
    SeedOption,
    read_hours,
)

if TYPE_CHECKING:
    from backchannel.report.draw_apart import DrawAll
    from backchannel.report.records import Brief


@app.command()
def brief(
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    hours: HoursOption = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for brief.html, brief.md, brief.json and figures."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute the brief: how long, what can be signed, what stays private."""
    # Looking for cycles takes a tenth of a run that ends in seconds and leaves none.
    gc.disable()
    wanted = read_hours(hours)
    with ExitStack() as stack:
        drawing = {}
        if out is not None:
            from backchannel.report.draw_apart import drawing_apart

            # Before the engines are loaded: these processes start small.
            drawing["draw_figures"] = stack.enter_context(drawing_apart())
        made, paths = _make(crisis, draws, seed, wanted, out, drawing)
    _show(made, as_json=as_json)
    for path in paths:
        typer.echo(f"wrote {path}", err=True)


def _make(
    crisis: str,
    draws: int,
    seed: int,
    hours: tuple[float, ...] | None,
    out: Path | None,
    drawing: dict[str, DrawAll],
) -> tuple[Brief, list[Path]]:
    """Compute a brief and write its files, where there is a folder for them."""
    from backchannel.crisis.load import load
    from backchannel.report.assemble import make_brief
    from backchannel.report.progress import stages
    from backchannel.report.write import write_brief
    from backchannel.study import run_study

    loaded = load(crisis)
    with stages() as progress:
        study = run_study(
            loaded, n_draws=draws, seed=seed, hours=hours, progress=progress
        )
        progress("writing the brief")
        made = make_brief(study)
        return made, write_brief(made, out, **drawing) if out is not None else []


def _show(made: Brief, *, as_json: bool) -> None:
    """Print a brief as JSON or as a page for the terminal."""
    from rich.console import Console

    from backchannel.report.json_page import render_json
    from backchannel.report.terminal import render_terminal

    if as_json:
        sys.stdout.write(render_json(made))
    else:
        # A page that goes to a file or a pipe is made for 100 columns.
        is_told = sys.stdout.isatty() or "COLUMNS" in os.environ
        render_terminal(made, Console(width=None if is_told else 100))
    sys.stdout.flush()
