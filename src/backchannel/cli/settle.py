"""The command for deals alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from backchannel.cli.app import app
from backchannel.cli.options import DrawsOption, JsonOption, SeedOption


@app.command()
def settle(
    target: Annotated[
        str,
        typer.Argument(
            metavar="CRISIS_OR_FOLDER",
            help="A crisis, or a folder with a domain of another tool.",
        ),
    ],
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Find the packages nobody can improve upon, and the named solutions."""
    from backchannel.crisis.load import load, shipped_crises
    from backchannel.settlement.record import (
        frontier_record,
        frontier_text,
        settlements_record,
    )

    record: dict[str, Any]
    if Path(target).is_dir() and target not in shipped_crises():
        from backchannel.crisis.domain_files import load_domain
        from backchannel.crisis.domain_rectangles import has_rectangles
        from backchannel.settlement import settle_domain

        if has_rectangles(Path(target)):
            _settle_rectangles(target, as_json=as_json)
            return
        domain = load_domain(target)
        frontier = settle_domain(domain)
        record, text = (
            frontier_record(frontier, domain),
            frontier_text(frontier, domain),
        )
    else:
        from backchannel.study import run_study

        settlements = run_study(load(target), n_draws=draws, seed=seed).settlements
        record, text = settlements_record(settlements), str(settlements)
    typer.echo(json.dumps(record, indent=2) if as_json else text)


def _settle_rectangles(target: str, *, as_json: bool) -> None:
    """A domain with hyper-rectangles: too large to enumerate, so proven."""
    from backchannel.crisis.domain_rectangles import load_rectangles
    from backchannel.report.progress import stages
    from backchannel.settlement.proven_frontier import prove_frontier
    from backchannel.settlement.proven_record import proven_record, proven_text

    domain = load_rectangles(target)
    with stages() as progress:
        progress("proving the frontier")
        frontier = prove_frontier(domain)
    record, text = proven_record(frontier, domain), proven_text(frontier, domain)
    typer.echo(json.dumps(record, indent=2) if as_json else text)
