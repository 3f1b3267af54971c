"""The command for stability alone."""

from __future__ import annotations

import typer

from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument, DrawsOption, JsonOption, SeedOption
from backchannel.cli.print_json import print_json


@app.command()
def hold(
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Say which outcomes would hold, what deters leaving them and what spoils them."""
    from backchannel.crisis.load import load
    from backchannel.report.progress import stages
    from backchannel.report.stability_page import stability_record, stability_text
    from backchannel.study import hold_crisis

    loaded = load(crisis)
    with stages() as progress:
        found, settlements = hold_crisis(
            loaded, n_draws=draws, seed=seed, progress=progress
        )
    if as_json:
        print_json(stability_record(loaded, found))
    else:
        typer.echo(stability_text(loaded, found, settlements), nl=False)
