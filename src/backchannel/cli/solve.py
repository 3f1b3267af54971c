"""The command for games of other tools: trees and tables."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from backchannel.base.errors import MethodError
from backchannel.cli.app import app
from backchannel.cli.options import JsonOption
from backchannel.cli.print_json import print_json


@app.command()
def solve(
    game: Annotated[
        str,
        typer.Argument(
            metavar="GAME",
            help="A game tree (.efg) or a table (.nfg).",
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            help="backward-induction, all-equilibria, lemke, logit-trace, "
            "regret-minimisation or correlated; left out, the game chooses."
        ),
    ] = "",
    precision: Annotated[
        float,
        typer.Option(min=0, help="logit-trace: stop at this precision of choices."),
    ] = 0.0,
    event: Annotated[
        str,
        typer.Option(help="Also give the chance that an action of this name falls."),
    ] = "",
    limit: Annotated[
        float, typer.Option(min=0, help="Seconds; then the best so far is printed.")
    ] = 0.0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for pictures of the tree and the path.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find what the players of a game do, and prove it."""
    from backchannel.games.correlated import correlate
    from backchannel.games.methods import CorrelatedEquilibrium, LogitTrace
    from backchannel.games.record import answer_record, answer_text
    from backchannel.games.solve import method_named, read_game, solve_game
    from backchannel.games.watch import Watch
    from backchannel.report.progress import stages

    chosen = method_named(method) if method else None
    if precision:
        _require(
            isinstance(chosen, LogitTrace | None),
            "--precision: belongs to --method logit-trace alone",
        )
        chosen = LogitTrace(precision=precision)
    tree = read_game(game)
    _require(
        not event or event in tree.action_names,
        f"--event: no action is called '{event}'; see the names in {game}",
    )
    with stages() as progress:
        watch = Watch(limit or math.inf, progress)
        if isinstance(chosen, CorrelatedEquilibrium):
            advice = correlate(tree, chosen)
            if as_json:
                print_json(advice.record())
            else:
                typer.echo(f"{advice}")
            return
        answer = solve_game(tree, method=chosen, watch=watch)
    if as_json:
        print_json(answer_record(answer, event))
    else:
        typer.echo(answer_text(answer, event), nl=False)
    if out is not None:
        from backchannel.report.game_pictures import write_game_pictures

        for path in write_game_pictures(answer, out):
            typer.echo(f"wrote {path}", err=True)


def _require(is_right: bool, wrong: str) -> None:
    if not is_right:
        raise MethodError(wrong)
