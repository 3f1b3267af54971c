"""The command for the risk alone."""

from __future__ import annotations

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
def escalation(
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    hours: HoursOption = "",
    lever: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Pull a lever; give it again for several at once.",
        ),
    ] = None,
    as_json: JsonOption = False,
    prism: Annotated[
        Path | None,
        typer.Option(help="Also write the model to this file, in the PRISM language."),
    ] = None,
) -> None:
    """Tell how long there is: risk by hour, hours left, levers, ways to war."""
    from backchannel.crisis.load import load
    from backchannel.escalation import simulate_escalation
    from backchannel.escalation.prism.read_back import save_checked
    from backchannel.escalation.pulled import lever_named, pull
    from backchannel.escalation.world import AS_WRITTEN
    from backchannel.report.escalation_page import escalation_json, escalation_text
    from backchannel.report.progress import stages

    wanted = read_hours(hours)
    loaded = load(crisis)
    named = lever_named(loaded, lever) if lever else None
    with stages() as progress:
        progress("following the escalation")
        found = simulate_escalation(loaded, n_draws=draws, seed=seed, hours=wanted)
        pulled = pull(found, loaded, lever) if lever else None
        if prism is not None:
            progress("writing the model and reading it back")
            variation = named.variation if named else AS_WRITTEN
            check = save_checked(loaded, prism, variation=variation)
    page = escalation_json if as_json else escalation_text
    sys.stdout.write(page(loaded, found, pulled))
    sys.stdout.flush()
    if prism is not None:
        typer.echo(f"wrote {prism}; {check}", err=True)
