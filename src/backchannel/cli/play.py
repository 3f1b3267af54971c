"""The command that puts a language model into a seat of a live exercise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from backchannel.base.errors import MethodError
from backchannel.cli.app import app

SEAT_KEY, MODEL_KEY = "BACKCHANNEL_SEAT_KEY", "BACKCHANNEL_MODEL_KEY"


@app.command()
def play(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Of the server of the exercise.")
    ],
    model: Annotated[str, typer.Option(help="Name of the model.")],
    endpoint: Annotated[
        str, typer.Option(help="Base URL of an OpenAI-compatible endpoint.")
    ],
    turns: Annotated[int, typer.Option(min=0, help="Most turns; 0 for no end.")] = 0,
    wait: Annotated[
        float, typer.Option(min=0.1, help="Seconds between looking for news.")
    ] = 10.0,
    certificate: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The server's own TLS certificate."
        ),
    ] = None,
    transcript: Annotated[
        Path | None, typer.Option(help="Append every turn to this file, as JSON.")
    ] = None,
) -> None:
    """Let a language model play a role; keys come from the environment.

    BACKCHANNEL_SEAT_KEY opens the seat, BACKCHANNEL_MODEL_KEY the endpoint where it
    wants one.
    """
    from backchannel.exercise.client import SeatClient
    from backchannel.exercise.players.language_model import play as turns_of
    from backchannel.exercise.players.model_endpoint import Endpoint

    key = _seat_key()
    there = Endpoint(endpoint, model, os.environ.get(MODEL_KEY, ""))
    with SeatClient(url, key, certificate=certificate) as seat:
        typer.echo(f"{model} plays {seat.role}")
        for turn in turns_of(seat, there, wait_seconds=wait, n_turns=turns or None):
            made = ", ".join(turn.made) or turn.outcome
            refused = f"; {len(turn.refused)} refused" if turn.refused else ""
            typer.echo(f"{turn.number:4}  hour {turn.hour:.1f}  {made}{refused}")
            if transcript is not None:
                with transcript.open("a", encoding="utf-8") as file:
                    file.write(f"{turn.to_json()}\n")


def _seat_key() -> str:
    key = os.environ.get(SEAT_KEY, "")
    if not key:
        raise MethodError(
            f"{SEAT_KEY}: is not set; put the program's key of the seat there, "
            "so that it stands in no list of processes"
        )
    return key
