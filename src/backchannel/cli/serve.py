"""The command that opens a live exercise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument, SeedOption

SPEED, DEMO_SPEED = 60.0, 720.0
"""Hours of the crisis in an hour; in the demo a night passes in a minute."""


@app.command()
def serve(
    crisis: CrisisArgument,
    demo: Annotated[
        bool, typer.Option("--demo", help="Let scripts play every seat; join any.")
    ] = False,
    ledger: Annotated[
        str, typer.Option(help="File, or URL of a database, that keeps the game.")
    ] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8765,
    speed: Annotated[
        float | None,
        typer.Option(min=0.01, max=1e6, help="Hours of the crisis in an hour."),
    ] = None,
    seed: SeedOption = 1,
    talk: Annotated[
        str, typer.Option(help="Who may speak face to face: side, or all.")
    ] = "side",
    risk_told_to: Annotated[
        str, typer.Option(help="Roles that see the risk of war, with commas.")
    ] = "",
    no_hazard: Annotated[
        bool, typer.Option("--no-hazard", help="Let no incidents happen.")
    ] = False,
    on_outage: Annotated[
        str,
        typer.Option(help="While the server is away the clock shall: pause, or run."),
    ] = "pause",
    certificate: Annotated[
        Path | None, typer.Option(help="File with a TLS certificate.")
    ] = None,
    private_key: Annotated[
        Path | None, typer.Option(help="File with its private key.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Folder with translations of the pages.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language in which the scripts of a demo speak.")
    ] = "en",
) -> None:
    """Open a crisis for people, scripts and programs to play in the browser."""
    from backchannel.crisis.load import load
    from backchannel.exercise.pages.texts import add_folder
    from backchannel.exercise.server.opening import Evening, open_evening
    from backchannel.exercise.server.run import Address
    from backchannel.exercise.state import Settings

    if texts is not None:
        add_folder(texts)
    loaded = load(crisis)
    told = tuple(name for name in risk_told_to.split(",") if name)
    pace = speed or (DEMO_SPEED if demo else SPEED)
    settings = Settings(seed, pace, talk, not no_hazard, told, on_outage)
    address = Address(host, port, certificate, private_key)
    kept = ledger or f"{loaded.name}.ledger"
    evening = Evening(loaded, settings, kept, address, demo, language)
    open_evening(evening, typer.echo)
