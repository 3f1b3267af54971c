"""The command for behaviour: a crisis's offer and answer, or the game of a model."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument, DrawsOption, JsonOption, SeedOption
from backchannel.cli.print_json import print_json


@app.command()
def behave(
    crisis: CrisisArgument,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Change a parameter of a model; give it again for several.",
        ),
    ] = None,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Foresee what the sides will do: offer, answer, risk; or solve gallery/MODEL."""
    from backchannel.crisis.load import load
    from backchannel.games.bargaining.changes import read_changes
    from backchannel.games.bargaining.solve import solve_setting
    from backchannel.report.behaviour_page import behaviour_record, behaviour_text
    from backchannel.report.progress import stages
    from backchannel.study import run_study

    loaded = load(crisis)
    changes = read_changes(setting or [])
    # A file without a game refuses changes, in the words of the solver.
    is_model = loaded.behaviour is not None and loaded.behaviour.game is not None
    text: str
    record: dict[str, Any]
    if is_model or changes:
        solution = solve_setting(loaded, changes)
        text, record = f"{solution}\n", solution.to_mapping()
    else:
        with stages() as progress:
            study = run_study(loaded, n_draws=draws, seed=seed, progress=progress)
        text, record = behaviour_text(study), behaviour_record(study)
    if as_json:
        print_json(record)
    else:
        typer.echo(text, nl=False)
