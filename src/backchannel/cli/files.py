"""Commands about crisis files: check, new, list, schema, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument
from backchannel.cli.print_json import print_json


@app.command()
def check(crisis: CrisisArgument) -> None:
    """Report every problem of a crisis file, then what a reader should know."""
    from backchannel.crisis.load import load
    from backchannel.crisis.notes import notes_on
    from backchannel.crisis.walk import numbers_of

    loaded = load(crisis)
    numbers = numbers_of(loaded)
    uncertain = sum(not n.is_exact for n in numbers)
    typer.echo(
        f"{loaded.path}: sound; {len(numbers)} numbers, {uncertain} uncertain, "
        f"{len(loaded.sources)} source{'' if len(loaded.sources) == 1 else 's'}"
    )
    for note in notes_on(loaded):
        typer.echo(f"note: {note}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the crisis, such as my-crisis.")],
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that exists.")
    ] = False,
) -> None:
    """Write a commented starter file NAME.yaml to fill in."""
    from backchannel.crisis.starter import write_starter

    path = write_starter(name, Path.cwd(), overwrite=force)
    typer.echo(f"wrote {path.name}; edit it, then: backchannel check {path.name}")


@app.command("list")
def list_crises() -> None:
    """List the crises that come with the package."""
    from backchannel.crisis.load import load, shipped_crises

    for name in shipped_crises():
        typer.echo(f"{name:16} {load(name).title}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of crisis files, for editors."""
    from backchannel.crisis.schema import json_schema

    print_json(json_schema())


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="RECORD", help="A record.")],
    second: Annotated[str, typer.Argument(metavar="RECORD", help="Another.")],
    crisis: Annotated[
        str, typer.Option(help="The crisis file that holds both.")
    ] = "cuba-1962",
) -> None:
    """Show where two records of one contact differ."""
    from backchannel.crisis.compare import compare_records
    from backchannel.crisis.load import load

    typer.echo(str(compare_records(load(crisis), first, second)))
