"""The command for the risk alone."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backchannel.cli.app import app
from backchannel.cli.options import (
    CrisisArgument,
    DrawsOption,
    HoursOption,
    JsonOption,
    SeedOption,
    read_hours,
)

if TYPE_CHECKING:
    from backchannel.crisis.model import Crisis
    from backchannel.escalation.global_sensitivity import GlobalSensitivity
    from backchannel.escalation.result import EscalationResult
    from backchannel.escalation.world import Variation


class Method(StrEnum):
    """How to answer."""

    EXACT = "exact"
    SAMPLED = "sampled"
    RARE = "rare"


class Delays(StrEnum):
    """Which law what takes time has, where paths are sampled."""

    DECLARED = "declared"
    EXPONENTIAL = "exponential"


class Heat(StrEnum):
    """How heat cools, where paths are sampled."""

    TOKENS = "tokens"
    KERNEL = "kernel"


MethodOption = Annotated[
    Method | None,
    typer.Option(help="Solve exactly, sample paths, or estimate a very rare chance."),
]
ReplicationsOption = Annotated[
    int, typer.Option(min=1, help="Sampled paths in each draw.")
]
DelaysOption = Annotated[
    Delays, typer.Option(help="Sampled: the file's laws, or exponential ones.")
]
HeatOption = Annotated[
    Heat, typer.Option(help="Sampled: tokens, or an exponential kernel (Hawkes).")
]
CheckpointOption = Annotated[
    Path | None,
    typer.Option(help="Keep what is found in this file, to stop and go on."),
]
LeverOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Pull a lever; give it again for several at once.",
    ),
]
FiguresOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Also write risk.svg, hours_left.svg and paths.svg to this folder.",
    ),
]
SobolOption = Annotated[
    int | None,
    typer.Option(
        min=8,
        metavar="POINTS",
        help="Also rank the uncertain numbers by Sobol indices from so many points, "
        "a power of 2.",
    ),
]
PrismOption = Annotated[
    Path | None,
    typer.Option(help="Also write the model to this file, in the PRISM language."),
]


_GIVEN = "COMMANDLINE"
# Options that only one way to answer reads, and those that one way does not.
_OF_SAMPLED = ("replications", "delays", "heat")
_NOT_OF_RARE = {
    "checkpoint": "which ends within seconds; leave it out",
    "figures": "which has no curve",
    "sobol": "which ranks no numbers; leave --method out",
    "prism": "which writes no model; leave --method out",
}


@app.command()
def escalation(
    context: typer.Context,
    crisis: CrisisArgument,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    hours: HoursOption = "",
    lever: LeverOption = None,
    method: MethodOption = None,
    replications: ReplicationsOption = 1000,
    delays: DelaysOption = Delays.DECLARED,
    heat: HeatOption = Heat.TOKENS,
    checkpoint: CheckpointOption = None,
    as_json: JsonOption = False,
    figures: FiguresOption = None,
    sobol: SobolOption = None,
    prism: PrismOption = None,
) -> None:
    """Tell how long there is: risk by hour, hours left, levers, ways to war.

    Raises
    ------
    MethodError : an option that the method does not read, or a folder that cannot be
        written to.
    """
    from backchannel.crisis.load import load
    from backchannel.escalation.methods import Sampled, Uniformisation
    from backchannel.escalation.prism.read_back import save_checked
    from backchannel.escalation.pulled import lever_named, pull
    from backchannel.escalation.simulate import simulate_escalation
    from backchannel.escalation.world import AS_WRITTEN
    from backchannel.report.escalation_page import escalation_json, escalation_text
    from backchannel.report.progress import stages

    wanted = read_hours(hours)
    _refuse_unread(context, method)
    loaded = load(crisis)
    named = lever_named(loaded, lever) if lever else None
    variation = named.variation if named else AS_WRITTEN
    if method is Method.RARE:
        _print_rare(loaded, variation, wanted, seed, draws, as_json=as_json)
        return
    chosen: Sampled | Uniformisation | None = None
    if method is Method.SAMPLED:
        chosen = Sampled(replications, delays.value, heat.value)
    elif method is Method.EXACT:
        chosen = Uniformisation()
    with stages() as progress:
        progress("following the escalation")
        found = simulate_escalation(
            loaded,
            n_draws=draws,
            seed=seed,
            hours=wanted,
            method=chosen,
            progress=progress,
            checkpoint=checkpoint,
        )
        again = partial(pull, progress=progress, checkpoint=checkpoint)
        pulled = again(found, loaded, lever) if lever else None
        if prism is not None:
            progress("writing the model and reading it back")
            check = save_checked(loaded, prism, variation=variation)
    if method is None and isinstance(found.method, Sampled):
        typer.echo(
            "escalation: too many states to solve exactly; paths were sampled instead, "
            "of the same model (--method exact names the size)",
            err=True,
        )
    ranking = None if sobol is None else _ranked(loaded, sobol, seed)
    page = escalation_json if as_json else escalation_text
    sys.stdout.write(page(loaded, found, pulled, ranking))
    sys.stdout.flush()
    if figures is not None:
        _write_figures(loaded, found, figures)
    if prism is not None:
        typer.echo(f"wrote {prism}; {check}", err=True)


def _refuse_unread(context: typer.Context, method: Method | None) -> None:
    """Refuse what was asked for and would not be read.

    Raises
    ------
    MethodError : an option that the method does not read.
    """
    from backchannel.base.errors import MethodError

    sources = {name: context.get_parameter_source(name) for name in context.params}
    # By name: typer and click each have an enumeration of it.
    asked = {n for n, source in sources.items() if source and source.name == _GIVEN}
    for name in _OF_SAMPLED:
        if name in asked and method is not Method.SAMPLED:
            raise MethodError(f"--{name}: is for sampled paths; add --method sampled")
    for name, why in _NOT_OF_RARE.items():
        if name in asked and method is Method.RARE:
            raise MethodError(f"--{name}: not for a rare chance, {why}")
    if {"sobol", "lever"} <= asked:
        raise MethodError(
            "--sobol: ranks the numbers of the file as written; leave --lever out"
        )


def _ranked(crisis: Crisis, n_points: int, seed: int) -> GlobalSensitivity:
    from backchannel.escalation.global_sensitivity import Sobol, rank_globally
    from backchannel.report.progress import stages

    with stages() as progress:
        method = Sobol(n_points=n_points)
        return rank_globally(crisis, method=method, seed=seed, progress=progress)


def _write_figures(crisis: Crisis, found: EscalationResult, folder: Path) -> None:
    from backchannel.base.errors import MethodError
    from backchannel.report.draw import draw, standalone
    from backchannel.report.show_risk import risk_figures

    for figure in risk_figures(crisis, found):
        path = folder / f"{figure.head.key}.svg"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(standalone(draw(figure)), encoding="utf-8")
        except OSError as error:
            raise MethodError(
                f"{path}: cannot be written ({error.strerror or error}); "
                "name a folder that can be written to"
            ) from None
        typer.echo(f"wrote {path}", err=True)


def _print_rare(
    crisis: Crisis,
    variation: Variation,
    hours: tuple[float, ...] | None,
    seed: int,
    n_draws: int,
    *,
    as_json: bool,
) -> None:
    from backchannel.escalation.rare import estimate_rare_risk
    from backchannel.escalation.rare_draws import estimate_mean_rare_risk
    from backchannel.report.progress import stages
    from backchannel.report.rare_page import rare_json, rare_text

    with stages() as progress:
        risk = estimate_rare_risk(
            crisis, hours=hours, variation=variation, seed=seed, progress=progress
        )
        mean = estimate_mean_rare_risk(
            crisis,
            n_draws=n_draws,
            hours=hours,
            variation=variation,
            seed=seed,
            progress=progress,
        )
    sys.stdout.write((rare_json if as_json else rare_text)(crisis, risk, mean))
