"""The command that asks every engine."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

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
    from rich.console import Console

    from backchannel.crisis.load import load
    from backchannel.report.assemble import make_brief
    from backchannel.report.json_page import render_json
    from backchannel.report.progress import stages
    from backchannel.report.terminal import render_terminal
    from backchannel.report.write import write_brief
    from backchannel.study import run_study

    # Looking for cycles takes a tenth of a run that ends in seconds and leaves none.
    gc.disable()
    wanted = read_hours(hours)
    loaded = load(crisis)
    with stages() as progress:
        study = run_study(
            loaded, n_draws=draws, seed=seed, hours=wanted, progress=progress
        )
        progress("writing the brief")
        made = make_brief(study)
        paths = write_brief(made, out) if out is not None else []
    if as_json:
        sys.stdout.write(render_json(made))
    else:
        # A page that goes to a file or a pipe is made for 100 columns.
        is_told = sys.stdout.isatty() or "COLUMNS" in os.environ
        render_terminal(made, Console(width=None if is_told else 100))
    sys.stdout.flush()
    for path in paths:
        typer.echo(f"wrote {path}", err=True)
