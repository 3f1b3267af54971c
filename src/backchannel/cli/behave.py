"""The command for behaviour: a crisis's offer and answer, or the game of a model."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backchannel.base.errors import MethodError
from backchannel.cli.app import app
from backchannel.cli.options import CrisisArgument, DrawsOption, JsonOption, SeedOption
from backchannel.cli.print_json import print_json

if TYPE_CHECKING:
    from backchannel.crisis.model import Crisis
    from backchannel.games.watch import Watch


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
    rounds: Annotated[
        int,
        typer.Option(
            min=0,
            help="Also play so many offers and counter-offers in turn.",
        ),
    ] = 0,
    limit: Annotated[
        float, typer.Option(min=0, help="Seconds; then the best so far is printed.")
    ] = 0.0,
    state: Annotated[
        Path | None,
        typer.Option(help="Level L4: go on from this file, and leave off in it."),
    ] = None,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Foresee what the sides will do: offer, answer, risk; or solve gallery/MODEL."""
    from backchannel.crisis.load import load
    from backchannel.games.bargaining.changes import read_changes
    from backchannel.games.watch import Watch
    from backchannel.report.progress import stages

    loaded = load(crisis)
    changes = read_changes(setting or [])
    # A file without a game refuses changes, in the words of the solver.
    is_model = loaded.behaviour is not None and loaded.behaviour.game is not None
    _require(
        not (is_model and rounds),
        "--rounds: is for a crisis; a model says its rounds itself, see --set",
    )
    text: str
    record: dict[str, Any]
    with stages() as progress:
        watch = Watch(limit or math.inf, progress)
        if is_model or changes:
            text, record = _model(loaded, changes, watch, state)
        else:
            asked = (rounds, draws, seed)
            text, record = _crisis(loaded, asked, watch, state)
    if as_json:
        print_json(record)
    else:
        typer.echo(text, nl=False)


def _model(
    crisis: Crisis, changes: dict[str, Any], watch: Watch, state: Path | None
) -> tuple[str, dict[str, Any]]:
    """Solve the game of a model."""
    from backchannel.games.bargaining import solve_setting

    # The numbers are part of what a state belongs to.
    digest = f"{crisis.digest} {json.dumps(changes, sort_keys=True)}"
    start = _where_it_stopped(state, digest)
    solution = solve_setting(crisis, changes, watch=watch, resume=start)
    _keep(state, solution.state, digest)
    return f"{solution}\n", solution.to_mapping()


def _crisis(
    crisis: Crisis, asked: tuple[int, int, int], watch: Watch, state: Path | None
) -> tuple[str, dict[str, Any]]:
    """Foresee offers and answers over the packages of a crisis."""
    from backchannel.games.bargaining.package_rounds import foresee_rounds
    from backchannel.report.behaviour_page import behaviour_record, behaviour_text
    from backchannel.study import run_study

    n_rounds, n_draws, seed = asked
    study = run_study(crisis, n_draws=n_draws, seed=seed, progress=watch.tell)
    played = None
    if study.behaviour is not None and n_rounds > 1:
        digest = f"{crisis.digest} {n_rounds} {n_draws} {seed}"
        start = _where_it_stopped(state, digest)
        # The limit is for the rounds: the study of a crisis takes seconds.
        timed = replace(watch, started=time.monotonic())
        stakes = study.behaviour.stakes
        played = foresee_rounds(stakes, n_rounds, watch=timed, resume=start)
        _keep(state, played.play.answer.state, digest)
    return behaviour_text(study, played), behaviour_record(study, played)


def _where_it_stopped(path: Path | None, digest: str) -> object:
    from backchannel.games.learning_file import read_learning

    return read_learning(path, digest) if path and path.exists() else None


def _keep(path: Path | None, reached: object, digest: str) -> None:
    from backchannel.games.learning_file import write_learning
    from backchannel.games.regret_minimisation import LearningState

    if path is not None and isinstance(reached, LearningState):
        write_learning(path, reached, digest)


def _require(is_right: bool, wrong: str) -> None:
    if not is_right:
        raise MethodError(wrong)
