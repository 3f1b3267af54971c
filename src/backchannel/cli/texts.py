"""The command that begins a translation of the pages, or brings it up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backchannel.cli.app import app


@app.command()
def texts(
    language: Annotated[str, typer.Argument(help="Language, such as fr or pt-BR.")],
    to: Annotated[Path, typer.Option(help="Folder of translations.")] = Path("texts"),
) -> None:
    """Write every text of the exercise's pages into a file, to be translated.

    What is translated already stays. `serve --texts FOLDER` shows the result. A text
    whose places for values are wrong is named, and raises the exit status 2.
    """
    from backchannel.exercise.pages.translate import update_language

    found = update_language(language, to)
    for fault in found.faults:
        typer.echo(fault, err=True)
    typer.echo(f"{found.path}: {found.n_said} of {found.n_texts} texts translated")
    if found.faults:
        raise typer.Exit(2)
