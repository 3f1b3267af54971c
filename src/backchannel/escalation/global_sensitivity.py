"""Which uncertain numbers move P(war): Sobol and Morris indices, by SALib.

The only module that needs the extra `sensitivity`; importing it without says what to
install.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.base.streams import stream
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.world import World

try:
    from SALib.analyze import morris as analyse_morris
    from SALib.analyze import sobol as analyse_sobol
    from SALib.sample import morris as sample_morris
    from SALib.sample import sobol as sample_sobol
except ImportError as error:  # pragma: no cover - the extra is there in every test
    raise MethodError(
        "sensitivity: Sobol and Morris indices need SALib; "
        "install it with: pip install 'backchannel[sensitivity]'"
    ) from error

# A number that moves nothing would show an index within this with luck, 19 in 20.
_LEVEL = 0.95
_MOST_RUNS = 200_000
# Ends of a law are drawn as its last but one ten-thousandth: some laws have no end.
_EDGE = 1e-4
_SAME = 1e-9


@dataclass(frozen=True)
class Sobol:
    """Variance-based indices: `n_points` x (number of uncertain numbers + 2) runs.

    `n_points` is a power of 2. With `n_paths` each run is sampled by that many paths
    instead of solved, to see what sampling noise would add.

    Source: Sobol' (2001), Mathematics and Computers in Simulation 55, 271-280; Saltelli
    et al. (2010), Computer Physics Communications 181(2), 259-270.
    """

    n_points: int = 256
    n_paths: int | None = None

    def __post_init__(self) -> None:
        if self.n_points < 8 or self.n_points & (self.n_points - 1):
            raise MethodError(
                f"n_points: is {self.n_points}; must be a power of 2, 8 at least"
            )
        _check_paths(self.n_paths)


@dataclass(frozen=True)
class Morris:
    """Elementary effects: `n_trajectories` x (number of uncertain numbers + 1) runs.

    Cheap screening: the mean size of the effect of a step of two thirds of the range.

    Source: Morris (1991), Technometrics 33(2), 161-174; Campolongo, Cariboni and
    Saltelli (2007), Environmental Modelling & Software 22(10), 1509-1518.
    """

    n_trajectories: int = 32
    n_paths: int | None = None

    def __post_init__(self) -> None:
        if self.n_trajectories < 4:
            raise MethodError(
                f"n_trajectories: is {self.n_trajectories}; must be 4 or more"
            )
        _check_paths(self.n_paths)


def _check_paths(n_paths: int | None) -> None:
    if n_paths is not None and n_paths < 10:
        raise MethodError(f"n_paths: is {n_paths}; must be 10 or more, or None")


@dataclass(frozen=True)
class Index:
    """How strongly one number moves P(war).

    `total` is the total index of Sobol, or the mean absolute elementary effect of
    Morris; `first` the first-order index, or the standard deviation of the effects.
    `factor_noise` is the half width of the 95 % interval of `total` for the finite
    number of points; `sampling_noise` that for the finite number of paths in a run, 0
    where runs are exact.
    """

    number: Uncertain
    total: float
    first: float
    factor_noise: float
    sampling_noise: float


@dataclass(frozen=True, repr=False)
class GlobalSensitivity:
    """Indices of every uncertain number, strongest first."""

    indices: tuple[Index, ...]
    mean: float
    standard_deviation: float
    n_runs: int
    status: Status
    method: Sobol | Morris
    seed: int
    crisis_digest: str
    certificate: Certificate

    def strongest(self, count: int = 8) -> tuple[Index, ...]:
        """The indices that stand out of both kinds of noise, strongest first."""
        return tuple(
            index
            for index in self.indices
            if index.total > math.hypot(index.factor_noise, index.sampling_noise)
        )[:count]

    def __str__(self) -> str:
        spread = f"mean {self.mean:.2%}, sd {self.standard_deviation:.2%}"
        lines = [f"P(war)          {spread} over {self.n_runs:,} runs"]
        for index in self.strongest(4):
            noise = f"+-{index.factor_noise:.2g} factors"
            if index.sampling_noise:
                noise += f", +-{index.sampling_noise:.2g} paths"
            lines.append(f"{index.total:<15.3g} {index.number.path} ({noise})")
        lines.append(f"status          {self.status}, {self.certificate}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<GlobalSensitivity {len(self.indices)} numbers, {self.n_runs} runs>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def rank_globally(
    crisis: Crisis,
    *,
    method: Sobol | Morris | None = None,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> GlobalSensitivity:
    """Share the variance of P(war by the horizon) out to the uncertain numbers.

    Parameters
    ----------
    crisis : with an escalation section and uncertain numbers
    method : Sobol (default) or Morris
    seed : of the points, and of paths where runs are sampled
    progress : called with the name of each stage as it begins

    Returns
    -------
    GlobalSensitivity : only numbers that the escalation reads

    Raises
    ------
    MethodError : settings out of range, or more than 200,000 runs.
    ModelError : no escalation section, nothing uncertain in it, or no way to war.

    Notes: numbers are independent, as in the file; every run is exact unless `n_paths`
    asks for noise.
    Source: Herman and Usher (2017), SALib, Journal of Open Source Software 2(9), 97.
    """
    method = method or Sobol()
    report = progress or (lambda _stage: None)
    report("finding the numbers that the escalation reads")
    numbers = _numbers_read(crisis)
    problem = {
        "num_vars": len(numbers),
        "names": [n.path for n in numbers],
        "bounds": [[_EDGE, 1.0 - _EDGE]] * len(numbers),
    }
    points = _points(problem, method, seed)
    if len(points) > _MOST_RUNS:
        raise MethodError(
            f"sensitivity: {len(points):,} runs for {len(numbers)} numbers; at most "
            f"{_MOST_RUNS:,}. Lower the number of points, or take Morris()"
        )
    report(f"solving {len(points):,} runs")
    exact = _prob_war(crisis, numbers, points, seed)
    if exact.std() == 0.0:
        raise ModelError(
            "sensitivity: P(war) is the same in every run; nothing to share"
        )
    answers = exact if method.n_paths is None else _sampled(exact, method.n_paths, seed)
    total, first, noise = _analyse(problem, method, points, answers, seed)
    sampling = np.zeros(len(numbers))
    if method.n_paths is not None:
        again = [
            _analyse(
                problem, method, points, _sampled(exact, method.n_paths, seed + k), seed
            )[0]
            for k in range(1, 9)
        ]
        # Half width of 95 % from eight repeats of the paths at the same points.
        sampling = 1.96 * np.std(again, axis=0, ddof=1)
    order = np.argsort(-total, kind="stable")
    return GlobalSensitivity(
        indices=tuple(
            Index(numbers[i], *(float(v[i]) for v in (total, first, noise, sampling)))
            for i in order
        ),
        mean=float(answers.mean()),
        standard_deviation=float(answers.std()),
        n_runs=len(points),
        status=Status.SAMPLED,
        method=method,
        seed=seed,
        crisis_digest=crisis.digest,
        certificate=_certify(crisis, numbers, points, exact, seed),
    )


def _numbers_read(crisis: Crisis) -> list[Uncertain]:
    """Uncertain numbers that change some rate: tried at both ends, one at a time."""
    base = draw_numbers(crisis, 1).at_medians()
    found = _moving(crisis, base) if base.uncertain else []
    if not found:
        raise ModelError("sensitivity: the escalation reads no uncertain number")
    return found


def _moving(crisis: Crisis, base: Draws) -> list[Uncertain]:
    ends = [n.quantile(np.array([_EDGE, 1.0 - _EDGE])) for n in base.uncertain]
    # Columns 2 i and 2 i + 1 are the ends of number i, all others at their medians.
    tried = {
        n.path: np.repeat(base.values[n.path], 2 * len(ends)) for n in base.uncertain
    }
    for i, number in enumerate(base.uncertain):
        tried[number.path][2 * i : 2 * i + 2] = ends[i]
    draws = _replace(base, 2 * len(ends), tried)
    theta = compile_escalation(World(crisis, draws)).theta
    rows = np.concatenate([theta.parameters, theta.clocks.reshape(-1, 2 * len(ends))])
    is_read = (rows[:, 0::2] != rows[:, 1::2]).any(axis=0)
    return [n for n, read in zip(base.uncertain, is_read, strict=True) if read]


def _replace(base: Draws, n: int, values: dict[str, FloatArray]) -> Draws:
    """Draws of n columns: some numbers given, all others at their medians."""
    repeated = {path: np.repeat(value, n) for path, value in base.values.items()}
    return Draws(
        n, base.seed, base.crisis_digest, base.uncertain, {**repeated, **values}
    )


def _points(problem: dict[str, Any], method: Sobol | Morris, seed: int) -> FloatArray:
    if isinstance(method, Sobol):
        points = sample_sobol.sample(
            problem, method.n_points, calc_second_order=False, seed=seed
        )
    else:
        points = sample_morris.sample(problem, method.n_trajectories, seed=seed)
    return np.asarray(points, dtype=np.float64)


def _prob_war(
    crisis: Crisis, numbers: list[Uncertain], points: FloatArray, seed: int
) -> FloatArray:
    """P(war by the horizon) at every point, all in one exact batch."""
    base = draw_numbers(crisis, 1, seed).at_medians()
    values = {n.path: n.quantile(points[:, i]) for i, n in enumerate(numbers)}
    draws = _replace(base, len(points), values)
    compiled = compile_escalation(World(crisis, draws))
    hours = np.array([compiled.problem.hours])
    return np.asarray(
        solve_forward(compiled.problem, compiled.theta, hours).values[-1, 0]
    )


def _sampled(exact: FloatArray, n_paths: int, seed: int) -> FloatArray:
    """Shares of n paths that meet war: a path is a toss with the exact chance."""
    random = stream(seed, "paths of a sensitivity run")
    return random.binomial(n_paths, np.clip(exact, 0.0, 1.0)) / n_paths


def _analyse(
    problem: dict[str, Any],
    method: Sobol | Morris,
    points: FloatArray,
    answers: FloatArray,
    seed: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Total and first-order index of each number, and the noise of the first."""
    keys: tuple[Literal["ST", "mu_star"], Literal["S1", "sigma"], str]
    if isinstance(method, Sobol):
        found = analyse_sobol.analyze(
            problem, answers, calc_second_order=False, conf_level=_LEVEL, seed=seed
        )
        keys = ("ST", "S1", "ST_conf")
    else:
        found = analyse_morris.analyze(
            problem, points, answers, conf_level=_LEVEL, seed=seed
        )
        keys = ("mu_star", "sigma", "mu_star_conf")
    total, first, noise = (np.asarray(found[key], dtype=np.float64) for key in keys)
    return total, first, noise


def _certify(
    crisis: Crisis,
    numbers: list[Uncertain],
    points: FloatArray,
    exact: FloatArray,
    seed: int,
) -> Certificate:
    """Solve the first, the safest and the most dangerous point again, one by one."""
    rows = [0, int(exact.argmin()), int(exact.argmax())]
    alone = [_prob_war(crisis, numbers, points[[row]], seed)[0] for row in rows]
    worst = float(np.abs(np.array(alone) - exact[rows]).max())
    return Certificate("runs solved alone", worst, _SAME, "one draw at a time")
