"""The command for the risk alone."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from backchannel.escalation.methods import Sampled, Uniformisation
    from backchannel.escalation.policies import PolicyDifference
    from backchannel.escalation.result import EscalationResult


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
MorrisOption = Annotated[
    int | None,
    typer.Option(
        min=4,
        metavar="TRAJECTORIES",
        help="Also rank them by Morris' effects, which take fewer runs.",
    ),
]
PairsOption = Annotated[
    int | None,
    typer.Option(
        min=100,
        metavar="PAIRS",
        help="Also estimate what --lever changes by so many pairs of paths with "
        "common luck.",
    ),
]
RefereeOption = Annotated[
    bool,
    typer.Option(
        "--referee",
        help="Rare: estimate again by splitting, which is slow and tilts nothing.",
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
    "morris": "which ranks no numbers; leave --method out",
    "pairs": "which compares no policies; leave --method out",
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
    morris: MorrisOption = None,
    pairs: PairsOption = None,
    referee: RefereeOption = False,
    prism: PrismOption = None,
) -> None:
    """Tell how long there is: risk by hour, hours left, levers, ways to war.

    Raises
    ------
    MethodError : an option that the method does not read, or a folder that cannot be
        written to.
    """
    from backchannel.crisis.load import load
    from backchannel.escalation.methods import Sampled
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
        asked = {"hours": wanted, "variation": variation, "seed": seed}
        _print_rare(loaded, asked, draws, with_referee=referee, as_json=as_json)
        return
    with stages() as progress:
        progress("following the escalation")
        found = simulate_escalation(
            loaded,
            n_draws=draws,
            seed=seed,
            hours=wanted,
            method=_chosen(method, replications, delays, heat),
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
    ranking = _ranked(loaded, sobol, morris, seed)
    compared = _compared(loaded, lever, pairs, seed)
    page = escalation_json if as_json else escalation_text
    sys.stdout.write(page(loaded, found, pulled, ranking, compared))
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
    if "referee" in asked and method is not Method.RARE:
        raise MethodError("--referee: is for a rare chance; add --method rare")
    if {"sobol", "morris"} <= asked:
        raise MethodError("--morris: ranks what --sobol ranks; leave one of them out")
    for name in {"sobol", "morris"} & asked:
        if "lever" in asked:
            raise MethodError(
                f"--{name}: ranks the numbers of the file as written; leave --lever out"
            )
    if "pairs" in asked and "lever" not in asked:
        raise MethodError("--pairs: of what? Add --lever NAME=VALUE")


def _chosen(
    method: Method | None, replications: int, delays: Delays, heat: Heat
) -> Sampled | Uniformisation | None:
    from backchannel.escalation.methods import Sampled, Uniformisation

    if method is Method.SAMPLED:
        return Sampled(
            n_replications=replications, delays=delays.value, heat=heat.value
        )
    return Uniformisation() if method is Method.EXACT else None


def _ranked(
    crisis: Crisis, n_points: int | None, n_trajectories: int | None, seed: int
) -> GlobalSensitivity | None:
    if n_points is None and n_trajectories is None:
        return None
    from backchannel.escalation.global_sensitivity import Morris, Sobol, rank_globally
    from backchannel.report.progress import stages

    method: Sobol | Morris
    if n_points is not None:
        method = Sobol(n_points=n_points)
    elif n_trajectories is not None:
        method = Morris(n_trajectories=n_trajectories)
    with stages() as progress:
        return rank_globally(crisis, method=method, seed=seed, progress=progress)


def _compared(
    crisis: Crisis, levers: list[str] | None, n_pairs: int | None, seed: int
) -> PolicyDifference | None:
    if not levers or n_pairs is None:
        return None
    from backchannel.escalation.policies import CommonReactionPaths, compare_policies

    method = CommonReactionPaths(n_pairs=n_pairs)
    return compare_policies(crisis, levers, method=method, seed=seed)


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
    asked: dict[str, Any],
    n_draws: int,
    *,
    with_referee: bool,
    as_json: bool,
) -> None:
    from backchannel.escalation.rare import estimate_rare_risk
    from backchannel.escalation.rare_draws import estimate_mean_rare_risk
    from backchannel.report.progress import stages
    from backchannel.report.rare_page import rare_json, rare_text

    referees = None
    with stages() as progress:
        risk = estimate_rare_risk(crisis, **asked, progress=progress)
        mean = estimate_mean_rare_risk(
            crisis, **asked, n_draws=n_draws, progress=progress
        )
        if with_referee:
            progress("splitting, as the referee")
            referees = risk.check(crisis), mean.check(crisis)
    sys.stdout.write(
        (rare_json if as_json else rare_text)(crisis, risk, mean, referees)
    )
