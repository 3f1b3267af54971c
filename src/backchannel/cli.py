"""Arguments in, exit code out; no analysis happens here.

Engines are imported inside the commands: `--help` must not wait for a compiler.
"""

from __future__ import annotations

import gc
import json
import math
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from backchannel.base.errors import BackchannelError, CrisisFileError, MethodError

app = typer.Typer(
    name="backchannel",
    help="What a crisis file says about time, deals, secrecy and channels.",
    epilog="Try: backchannel brief strait",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
INTERRUPTED = 130  # what a shell expects after Ctrl-C
CrisisArgument = Annotated[
    str, typer.Argument(metavar="CRISIS", help="A crisis file, or a shipped name.")
]
DrawsOption = Annotated[
    int,
    typer.Option(min=1, max=1_000_000, help="Joint samples of the uncertain numbers."),
]
SeedOption = Annotated[int, typer.Option(min=0, help="The only source of randomness.")]
HoursOption = Annotated[
    str, typer.Option(help="Hours at which to print the risk, such as 6,24,96.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@app.command()
def brief(
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    hours: HoursOption = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for brief.html, brief.md, brief.json and figures."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute the brief: how long, what can be signed, what stays private."""
    from rich.console import Console

    from backchannel.crisis.load import load
    from backchannel.report import make_brief, render_json, render_terminal, write_brief
    from backchannel.report.progress import stages
    from backchannel.study import run_study

    # Looking for cycles takes a tenth of a run that ends in seconds and leaves none.
    gc.disable()
    wanted = _read_hours(hours)
    loaded = load(crisis)
    with stages() as progress:
        study = run_study(
            loaded, n_draws=draws, seed=seed, hours=wanted, progress=progress
        )
        progress("writing the brief")
        made = make_brief(study)
        paths = write_brief(made, out) if out is not None else []
    if as_json:
        sys.stdout.write(render_json(made))
    else:
        # A page that goes to a file or a pipe is made for 100 columns.
        is_told = sys.stdout.isatty() or "COLUMNS" in os.environ
        render_terminal(made, Console(width=None if is_told else 100))
    sys.stdout.flush()
    for path in paths:
        typer.echo(f"wrote {path}", err=True)


def _read_hours(text: str) -> tuple[float, ...] | None:
    if not text:
        return None
    try:
        hours = tuple(float(part) for part in text.split(","))
    except ValueError:
        hours = ()
    if not hours or not all(0 <= a < b for a, b in pairwise((*hours, math.inf))):
        raise MethodError(
            f"--hours: is '{text}'; write ascending hours with commas, such as 6,24,96"
        )
    return hours


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
        from backchannel.settlement import settle_domain

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

    typer.echo(json.dumps(json_schema(), indent=2))


@app.command()
def escalation(
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    hours: HoursOption = "",
    lever: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Pull a lever; give it again for several at once.",
        ),
    ] = None,
    as_json: JsonOption = False,
    prism: Annotated[
        Path | None,
        typer.Option(help="Also write the model to this file, in the PRISM language."),
    ] = None,
) -> None:
    """Tell how long there is: risk by hour, hours left, levers, ways to war."""
    from backchannel.crisis.load import load
    from backchannel.escalation import simulate_escalation
    from backchannel.escalation.prism.read_back import save_checked
    from backchannel.escalation.pulled import lever_named, pull
    from backchannel.escalation.world import AS_WRITTEN
    from backchannel.report.escalation_page import escalation_json, escalation_text
    from backchannel.report.progress import stages

    wanted = _read_hours(hours)
    loaded = load(crisis)
    named = lever_named(loaded, lever) if lever else None
    with stages() as progress:
        progress("following the escalation")
        found = simulate_escalation(loaded, n_draws=draws, seed=seed, hours=wanted)
        pulled = pull(found, loaded, lever) if lever else None
        if prism is not None:
            progress("writing the model and reading it back")
            variation = named.variation if named else AS_WRITTEN
            check = save_checked(loaded, prism, variation=variation)
    page = escalation_json if as_json else escalation_text
    sys.stdout.write(page(loaded, found, pulled))
    sys.stdout.flush()
    if prism is not None:
        typer.echo(f"wrote {prism}; {check}", err=True)


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


def main() -> None:
    """Run the command line; errors are printed alone and exit with 2."""
    try:
        app(standalone_mode=True)
    except BackchannelError as error:
        typer.echo(str(error), err=True)
        if isinstance(error, CrisisFileError) and len(error.problems) > 1:
            typer.echo(f"{len(error.problems)} problems", err=True)
        sys.exit(2)
    except SystemExit as leaving:
        if leaving.code == INTERRUPTED:
            typer.echo("stopped; no file was left half written", err=True)
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
