"""The command for games of other tools: trees and tables."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backchannel.base.errors import MethodError
from backchannel.cli.app import app
from backchannel.cli.options import JsonOption
from backchannel.cli.print_json import print_json

if TYPE_CHECKING:
    from backchannel.games.answer import GameAnswer
    from backchannel.games.methods import CorrelatedEquilibrium, Method
    from backchannel.games.tree import GameTree

_INTERRUPTED = 130  # as `backchannel.__main__` ends after Ctrl-C


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
    gap: Annotated[
        float,
        typer.Option(min=0, help="regret-minimisation: stop at this Nash gap."),
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
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            help="logit-trace, regret-minimisation: keep where the run stands in this "
            "file, to stop and go on."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find what the players of a game do, and prove it."""
    from backchannel.games.methods import CorrelatedEquilibrium
    from backchannel.games.record import answer_record, answer_text
    from backchannel.games.solve import choose_method, read_game

    chosen = _method(method, precision, gap)
    tree = read_game(game)
    _require(
        not event or event in tree.action_names,
        f"--event: no action is called '{event}'; see the names in {game}",
    )
    if isinstance(chosen, CorrelatedEquilibrium):
        _require(checkpoint is None, "--checkpoint: correlated starts afresh each time")
        _require(not event, "--event: is of a profile; correlated gives advice")
        _advise(tree, chosen, as_json=as_json)
        return
    answer = _solved(tree, chosen or choose_method(tree), limit, checkpoint)
    if as_json:
        print_json(answer_record(answer, event))
    else:
        typer.echo(answer_text(answer, event), nl=False)
    if out is not None:
        from backchannel.report.game_pictures import write_game_pictures

        for path in write_game_pictures(answer, out):
            typer.echo(f"wrote {path}", err=True)
    if answer.is_stopped:
        sys.exit(_INTERRUPTED)


def _method(name: str, precision: float, gap: float) -> Method | None:
    """The method asked for with its goal; None where the game is to choose."""
    from backchannel.games.methods import LogitTrace, RegretMinimisation
    from backchannel.games.solve import method_named

    chosen = method_named(name) if name else None
    if precision:
        _require(
            isinstance(chosen, LogitTrace | None),
            "--precision: belongs to --method logit-trace alone",
        )
        chosen = LogitTrace(precision=precision)
    if gap:
        _require(
            isinstance(chosen, RegretMinimisation),
            "--gap: belongs to --method regret-minimisation alone",
        )
        chosen = RegretMinimisation(gap=gap)
    return chosen


def _solved(
    tree: GameTree, method: Method, limit: float, checkpoint: Path | None
) -> GameAnswer:
    """Run with progress and a limit, from a checkpoint and back into it."""
    from backchannel.games.checkpoint import SolveCheckpoint
    from backchannel.games.solve import solve_game
    from backchannel.games.watch import Watch
    from backchannel.report.progress import stages

    held = None if checkpoint is None else SolveCheckpoint(checkpoint, tree, method)
    start = None if held is None else held.load()
    with stages() as progress:
        watch = Watch(limit or math.inf, progress)
        if held is not None:
            watch = Watch(limit or math.inf, progress, held.keep)
        answer = solve_game(tree, method=method, watch=watch, resume=start)
    if held is not None:
        held.save(answer.state)
    return answer


def _advise(tree: GameTree, method: CorrelatedEquilibrium, *, as_json: bool) -> None:
    """Print a mediator's advice."""
    from backchannel.games.correlated import correlate
    from backchannel.report.progress import stages

    with stages():
        advice = correlate(tree, method)
    if as_json:
        print_json(advice.record())
    else:
        typer.echo(f"{advice}")


def _require(is_right: bool, wrong: str) -> None:
    if not is_right:
        raise MethodError(wrong)
