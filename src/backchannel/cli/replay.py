"""The command that begins another game from an instant of one that was played."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument, SeedOption


@app.command()
def replay(
    crisis: CrisisArgument,
    exported: Annotated[
        Path, typer.Argument(metavar="LEDGER", help="A ledger, exported as JSON lines.")
    ],
    to: Annotated[Path, typer.Option(help="New ledger file, for `serve --ledger`.")],
    hour: Annotated[
        float, typer.Option(min=0.0, help="Hour of the crisis to go on from.")
    ] = 0.0,
    seed: SeedOption = 1,
) -> None:
    """Go on from an instant of a played game, with other luck.

    A file that cannot be read raises an error of one line.
    """
    import time

    from backchannel.base.errors import LedgerError
    from backchannel.crisis.event_record import from_lines
    from backchannel.crisis.load import load
    from backchannel.exercise.branch import branch
    from backchannel.exercise.ledger import Ledger
    from backchannel.exercise.server.opening import GAME

    loaded = load(crisis)
    try:
        lines = exported.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise LedgerError(
            f"{exported}: cannot be read; give an exported ledger"
        ) from None
    events = branch(loaded, from_lines(lines), hour=hour, seed=seed, at=time.time())
    if to.exists():
        raise LedgerError(f"{to}: is there already; name a new file")
    ledger = Ledger.in_file(to)
    ledger.append([(GAME, event) for event in events])
    ledger.close()
    typer.echo(
        f"{len(events)} events; go on with: backchannel serve {crisis} --ledger {to}"
    )
