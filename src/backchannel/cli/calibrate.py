"""The command that learns numbers of a crisis file from a log of incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import JsonOption, SeedOption
from backchannel.cli.print_json import print_json


@app.command()
def calibrate(
    log: Annotated[
        Path, typer.Argument(metavar="LOG.csv", help="A log, one incident a row.")
    ],
    into: Annotated[
        str, typer.Option(help="A crisis whose numbers the posterior replaces.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Write the distributions, or the crisis, to this file."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Write prior and posterior as SVG.")
    ] = None,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Learn base rates, self-excitation and cooling from a log of incidents."""
    from backchannel.crisis.load import load
    from backchannel.escalation.calibrate import calibrate_escalation
    from backchannel.escalation.calibrated_file import (
        calibrate_file,
        posterior_yaml,
        write_text,
    )
    from backchannel.escalation.incident_log import read_incident_log
    from backchannel.report.draw import standalone
    from backchannel.report.draw_posterior import draw_posterior

    section = load(into).escalation if into else None
    read = read_incident_log(log, known=section.incidents if section else None)
    found = calibrate_escalation(read, seed=seed)
    title = f"Posterior of the incident log {log.name}"
    told = calibrate_file(found, into, title) if into else posterior_yaml(found, title)
    if as_json:
        print_json(found.record())
    else:
        typer.echo(str(found))
        if out is None:
            typer.echo(told)
    if out is not None:
        write_text(out, told)
        typer.echo(f"wrote {out}", err=True)
    if figure is not None:
        write_text(figure, standalone(draw_posterior(found)))
        typer.echo(f"wrote {figure}", err=True)
