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
from backchannel.escalation.compile import Compiled, compile_escalation
from backchannel.escalation.cross_entropy import (
    CrossEntropy,
    Weighted,
    learn_multipliers,
    sample_tilted,
)
from backchannel.escalation.jump_table import JumpTable, tabulate
from backchannel.escalation.referee import (
    FEWEST_ARRIVALS,
    REFEREE_BOUND,
    certify,
    run_twice,
)
from backchannel.escalation.skewed_mean import Z95
from backchannel.escalation.splitting import Splitting, split_paths
from backchannel.escalation.world import AS_WRITTEN, Variation, World


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
        other, error = split_paths(table, method, key_of(self.seed, "referee"))
        mine = self.prob_war
        both = float(np.hypot(error, mine.standard_error))
        apart = abs(mine.prob - other) / both if both > 0 else np.inf
        if self.refusal:
            apart = np.inf
        claim = f"P(war) = {other:.3g} by splitting, apart in standard errors"
        route = f"{method.n_runs} runs of multilevel splitting"
        return Certificate(claim, apart, REFEREE_BOUND, route)

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
    asked = check_hours(hours, float(table.end[-1]))
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
    report = progress or silent

    def once(attempt: int, run: int, now: CrossEntropy) -> Weighted | None:
        name = f"attempt {attempt} run {run}"
        report(f"attempt {attempt + 1}: training run {run + 1} of 2")
        key = key_of(seed, f"training {name}")
        learnt = learn_multipliers([table], now, key)
        if learnt is None:
            return None
        report(f"attempt {attempt + 1}: sampling run {run + 1} of 2")
        return sample_tilted(table, learnt, key_of(seed, f"paths {name}"), now.n_paths)

    tried = run_twice(method, once)
    end, pooled, refusal = float(table.end[-1]), tried.pooled, tried.refusal
    return RareRisk(
        by_hour=tuple(_estimate(pooled, h, is_vouched=not refusal) for h in hours),
        runs=tuple(_estimate(run, end, is_vouched=True) for run in tried.runs),
        floor=tried.floor,
        max_share=pooled.max_share,
        n_paths=pooled.weight.size,
        n_jumps=tried.n_jumps,
        refusal=refusal,
        variation=variation,
        status=Status.FAILED if refusal else Status.SAMPLED,
        method=method,
        seed=seed,
        crisis_digest=crisis_digest,
        certificate=certify(tried, method),
    )


def silent(_stage: str) -> None:
    """Report to nobody."""


def key_of(seed: int, name: str) -> int:
    """64 bits for the counter-based streams of the kernels.

    Parameters
    ----------
    seed, name : of the answer, and of one source of chance in it
    """
    return int(stream(seed, f"rare: {name}").integers(2**63))


def _tabulate(crisis: Crisis, variation: Variation) -> JumpTable:
    draws = draw_numbers(crisis, 1).at_medians()
    compiled = compile_escalation(World(crisis, draws, variation))
    table = tabulate(compiled.problem, compiled.theta, codes=compiled.codes)
    check_way(table, compiled, "with every number at its median")
    return table


def check_way(table: JumpTable, compiled: Compiled, where: str) -> None:
    """Refuse a ladder whose end no jump leads to.

    Parameters
    ----------
    table, compiled : jumps of the crisis, and its rungs
    where : in which draws there is none, in words

    Raises
    ------
    ModelError : no way to war.
    """
    if not (table.target == table.war).any():
        raise ModelError(
            f"escalation: no way from {compiled.rungs[compiled.start_rung]} to "
            f"{compiled.rungs[-1]} {where}; check hazards, orders and decisions"
        )


def check_hours(
    hours: Sequence[float] | FloatArray | None, horizon: float
) -> FloatArray:
    """Read the hours to report at, (n_hours,).

    Parameters
    ----------
    hours, horizon : as asked for, None for the horizon alone; and the last hour

    Raises
    ------
    MethodError : not ascending, or outside 0 to the horizon.
    """
    asked = np.asarray([horizon] if hours is None else hours, dtype=np.float64)
    is_list = asked.ndim == 1 and len(asked) > 0 and bool((np.diff(asked) > 0).all())
    if not is_list or not (asked[0] >= 0 and asked[-1] <= horizon):
        raise MethodError(
            f"hours: are {hours}; must be ascending, between 0 and the horizon, "
            f"{horizon:g} h"
        )
    return asked


def _estimate(run: Weighted, hour: float, *, is_vouched: bool) -> RareEstimate:
    prob, error = run.estimate(hour)
    arrived = run.weight[(run.weight > 0) & (run.hour <= hour)]
    enough = len(arrived) >= FEWEST_ARRIVALS
    low = high = None
    if is_vouched and enough:
        low, high = max(0.0, prob - Z95 * error), min(1.0, prob + Z95 * error)
    return RareEstimate(float(hour), prob, error, low, high)
