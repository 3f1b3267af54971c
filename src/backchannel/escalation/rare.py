"""P(war) where it is too rare to wait for: estimated twice, vouched for or refused."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.base.streams import stream
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.cross_entropy import (
    CrossEntropy,
    Weighted,
    learn_multipliers,
    sample_tilted,
)
from backchannel.escalation.jump_table import JumpTable, tabulate
from backchannel.escalation.splitting import Splitting, split_paths
from backchannel.escalation.world import AS_WRITTEN, Variation, World

# Two-sided 95 % of the normal law.
_Z95 = 1.959963984540054
_FEWEST_ARRIVALS = 100
# A correct estimate is refused by its referee once in 1,700 times (two-sided).
_REFEREE_BOUND = 3.5


@dataclass(frozen=True)
class RareEstimate:
    """P(war by `hour`) with its standard error; low to high is the 95 % interval.

    Both ends are None where the method cannot vouch for an interval.
    """

    hour: float
    prob: float
    standard_error: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return "no estimate that can be vouched for"
        return f"{self.prob:.3g} ({self.low:.3g} to {self.high:.3g}, 95 %)"


@dataclass(frozen=True, repr=False)
class RareRisk:
    """P(war) of the nominal world, every number at its median, by hour.

    `by_hour` are estimates from all paths together, the last at the horizon; `runs` are
    those of the two independent runs at the horizon, `floor` the least multiplier that
    they ended with, `max_share` the largest weight of one path, `n_jumps` the work.
    `refusal` says why there is no interval, empty where there is one.
    """

    by_hour: tuple[RareEstimate, ...]
    runs: tuple[RareEstimate, ...]
    floor: float
    max_share: float
    n_paths: int
    n_jumps: int
    refusal: str
    variation: Variation
    status: Status
    method: CrossEntropy
    seed: int
    crisis_digest: str
    certificate: Certificate

    @property
    def prob_war(self) -> RareEstimate:
        """P(war) by the last hour."""
        return self.by_hour[-1]

    def check(self, crisis: Crisis, *, method: Splitting | None = None) -> Certificate:
        """Estimate P(war) again by splitting, which changes no rate.

        Parameters
        ----------
        crisis : the crisis that the result was computed from
        method : how many paths and runs

        Returns
        -------
        Certificate : the difference in standard errors of both; not verified where the
            result has no interval

        Raises
        ------
        MethodError : another crisis.
        """
        if crisis.digest != self.crisis_digest:
            raise MethodError(
                f"check: the result is not of this crisis ({crisis.name}, digest "
                f"{crisis.digest[:12]}, wanted {self.crisis_digest[:12]})"
            )
        method = method or Splitting()
        table = _tabulate(crisis, self.variation).until(self.prob_war.hour)
        other, error = split_paths(table, method, _key(self.seed, "referee"))
        mine = self.prob_war
        both = float(np.hypot(error, mine.standard_error))
        apart = abs(mine.prob - other) / both if both > 0 else np.inf
        if self.refusal:
            apart = np.inf
        claim = f"P(war) = {other:.3g} by splitting, apart in standard errors"
        route = f"{method.n_runs} runs of multilevel splitting"
        return Certificate(claim, apart, _REFEREE_BOUND, route)

    def __str__(self) -> str:
        last = self.prob_war
        runs = " and ".join(f"{run.prob:.3g}" for run in self.runs)
        lines = [
            f"war by {last.hour:g} h".ljust(16) + str(last),
            f"two runs        {runs or 'none arrived'}",
            f"paths           {self.n_paths:,}, {self.n_jumps:,} jumps",
            f"multipliers     from {self.floor:g}; largest weight {self.max_share:.2%}",
            f"status          {self.status}, {self.certificate}",
        ]
        if self.refusal:
            lines.append(f"refused         {self.refusal}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<RareRisk {self.prob_war}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def estimate_rare_risk(
    crisis: Crisis,
    *,
    method: CrossEntropy | None = None,
    hours: Sequence[float] | FloatArray | None = None,
    variation: Variation = AS_WRITTEN,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> RareRisk:
    """Estimate a small P(war) by importance sampling, or refuse to.

    Parameters
    ----------
    crisis : with an escalation section
    method : cross-entropy tilting and its settings
    hours : at which to report, ascending up to the horizon; the horizon where None.
        Paths are driven to war by the last of them: ask for an early hour alone where
        it is rare even so
    variation : orders, postures and channels other than in the file
    seed : of every path
    progress : called with the name of each stage as it begins

    Returns
    -------
    RareRisk : of the nominal world, every number at its median. Status `sampled` with a
        95 % interval, or `failed` without one

    Raises
    ------
    ModelError : no escalation section, horizon 0, too many states, or no way to war.
    MethodError : hours or settings out of range.

    Notes: unbiased for every choice of multipliers; time grows with paths x jumps.
    Source: Rubinstein (1999), Methodology and Computing in Applied Probability 1(2),
    127-190.

    >>> from backchannel.crisis.load import load
    >>> found = estimate_rare_risk(load("strait"), method=CrossEntropy(n_paths=4000))
    >>> str(found.status), found.prob_war.low < 0.05 < found.prob_war.high
    ('sampled', True)
    """
    table = _tabulate(crisis, variation)
    asked = _check_hours(hours, float(table.end[-1]))
    return estimate_from_table(
        table.until(float(asked[-1])),
        method or CrossEntropy(),
        hours=asked,
        seed=seed,
        crisis_digest=crisis.digest,
        variation=variation,
        progress=progress,
    )


def estimate_from_table(
    table: JumpTable,
    method: CrossEntropy,
    *,
    hours: Sequence[float] | FloatArray,
    seed: int,
    crisis_digest: str = "",
    variation: Variation = AS_WRITTEN,
    progress: Callable[[str], None] | None = None,
) -> RareRisk:
    """Estimate P(war) of any process that has been tabulated.

    Parameters
    ----------
    table : jumps of the process
    method, hours, seed, variation, progress : as for `estimate_rare_risk`
    crisis_digest : of the crisis behind the table, empty where there is none

    Returns
    -------
    RareRisk : with an interval where two runs agree, else a refusal
    """
    report = progress or _nobody
    floor, n_paths, n_jumps = method.floor, method.n_paths, 0
    runs: list[Weighted] = []
    refusal = ""
    for attempt in range(method.n_attempts):
        runs = []
        for run in range(2):
            report(f"attempt {attempt + 1}: training run {run + 1} of 2")
            name = f"attempt {attempt} run {run}"
            learnt = learn_multipliers(
                table, method, _key(seed, f"training {name}"), floor
            )
            if learnt is None:
                break
            report(f"attempt {attempt + 1}: sampling run {run + 1} of 2")
            key = _key(seed, f"paths {name}")
            runs.append(sample_tilted(table, learnt, key, n_paths))
            n_jumps += runs[-1].n_jumps
        refusal = _refuse(runs, method)
        if not refusal or attempt == method.n_attempts - 1 or len(runs) < 2:
            break
        floor, n_paths = min(1.0, 2.0 * floor), 2 * n_paths
    end = float(table.end[-1])
    estimates = tuple(_estimate(run, end, is_vouched=True) for run in runs)
    pooled = _pool(runs)
    return RareRisk(
        by_hour=tuple(_estimate(pooled, h, is_vouched=not refusal) for h in hours),
        runs=estimates,
        floor=floor,
        max_share=pooled.max_share,
        n_paths=len(pooled.weight),
        n_jumps=n_jumps,
        refusal=refusal,
        variation=variation,
        status=Status.FAILED if refusal else Status.SAMPLED,
        method=method,
        seed=seed,
        crisis_digest=crisis_digest,
        certificate=_certify(runs, method),
    )


def _nobody(_stage: str) -> None:
    """Report to nobody."""


def _key(seed: int, name: str) -> int:
    """64 bits for the counter-based streams of the kernels."""
    return int(stream(seed, f"rare: {name}").integers(2**63))


def _tabulate(crisis: Crisis, variation: Variation) -> JumpTable:
    draws = draw_numbers(crisis, 1).at_medians()
    compiled = compile_escalation(World(crisis, draws, variation))
    table = tabulate(compiled.problem, compiled.theta, codes=compiled.codes)
    if not (table.target == table.war).any():
        raise ModelError(
            f"escalation: no way from {compiled.rungs[compiled.start_rung]} to "
            f"{compiled.rungs[-1]} with every number at its median; "
            "check hazards, orders and decisions"
        )
    return table


def _check_hours(
    hours: Sequence[float] | FloatArray | None, horizon: float
) -> FloatArray:
    asked = np.asarray([horizon] if hours is None else hours, dtype=np.float64)
    is_list = asked.ndim == 1 and len(asked) > 0 and bool((np.diff(asked) > 0).all())
    if not is_list or not (asked[0] >= 0 and asked[-1] <= horizon):
        raise MethodError(
            f"hours: are {hours}; must be ascending, between 0 and the horizon, "
            f"{horizon:g} h"
        )
    return asked


def _disagreement(runs: Sequence[Weighted]) -> float:
    """Difference of two runs in standard errors."""
    (a, error_a), (b, error_b) = (run.estimate() for run in runs)
    return float(abs(a - b) / np.hypot(error_a, error_b))


def _refuse(runs: Sequence[Weighted], method: CrossEntropy) -> str:
    """Why no interval can be given; empty where one can."""
    if len(runs) < 2 or any((r.weight > 0).sum() < _FEWEST_ARRIVALS for r in runs):
        return "too few paths reach war, however hard they are driven; is there a way?"
    share = _pool(runs).max_share
    if share > method.max_share:
        return (
            f"one path holds {share:.1%} of all weight; raise n_paths, or solve exactly"
        )
    apart = _disagreement(runs)
    if apart > method.agreement:
        return (
            f"two runs are {apart:.1f} standard errors apart; "
            "raise floor or n_paths, or solve exactly"
        )
    return ""


def _pool(runs: Sequence[Weighted]) -> Weighted:
    """All paths as one sample: equal weights, since errors and estimates go together.

    Weighting by estimated variances would favour runs that happened to come out low.
    """
    if not runs:
        return Weighted(np.zeros(2), np.zeros(2), 0)
    return Weighted(
        np.concatenate([run.weight for run in runs]),
        np.concatenate([run.hour for run in runs]),
        sum(run.n_jumps for run in runs),
    )


def _estimate(run: Weighted, hour: float, *, is_vouched: bool) -> RareEstimate:
    prob, error = run.estimate(hour)
    arrived = run.weight[(run.weight > 0) & (run.hour <= hour)]
    enough = len(arrived) >= _FEWEST_ARRIVALS
    low = high = None
    if is_vouched and enough:
        low, high = max(0.0, prob - _Z95 * error), min(1.0, prob + _Z95 * error)
    return RareEstimate(float(hour), prob, error, low, high)


def _certify(runs: Sequence[Weighted], method: CrossEntropy) -> Certificate:
    """The worse of: two runs apart, one path too heavy."""
    route = "a second run, trained anew"
    if len(runs) < 2 or not all(run.weight.any() for run in runs):
        return Certificate("two runs reach war", np.inf, 0.0, route)
    share, apart = _pool(runs).max_share, _disagreement(runs)
    if share / method.max_share > apart / method.agreement:
        claim = "largest share of one path"
        return Certificate(claim, share, method.max_share, "weights of all paths")
    return Certificate(
        "two runs apart, in standard errors", apart, method.agreement, route
    )
