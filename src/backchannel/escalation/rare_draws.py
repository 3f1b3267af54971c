"""P(war) where it is rare, averaged over what is uncertain: two noises, told apart."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.cross_entropy import (
    CrossEntropy,
    Weighted,
    learn_multipliers,
    sample_mixed,
)
from backchannel.escalation.jump_table import DrawTables
from backchannel.escalation.rare import check_hours, check_way, key_of, silent
from backchannel.escalation.referee import (
    FEWEST_ARRIVALS,
    REFEREE_BOUND,
    certify,
    run_twice,
)
from backchannel.escalation.skewed_mean import Z95, Interval, mean_interval
from backchannel.escalation.splitting import Splitting, split_draws
from backchannel.escalation.world import AS_WRITTEN, Variation, World

# More draws teach no more: multipliers act on each draw's own rates.
_MOST_TRAINING_DRAWS = 100
_FEWEST_PATHS = 10
# With so many draws that count, intervals hold the mean of a lognormal law in 93 of
# 100 samples; with 30 in 89 (benchmarks/engine/rare_draws.py).
_FEWEST_DRAWS = 100
_STEPS = 20


@dataclass(frozen=True)
class RareMean:
    """Mean over draws of P(war by `hour`), with the noise of paths and that of draws.

    `path_error` is what more paths would narrow, `draw_error` what more draws would,
    both standard errors. `of_draws` is the 95 % interval for the mean over these draws,
    `of_file` that for the mean over all that the file holds possible, both noises in
    it; None where the method cannot vouch for it.
    """

    hour: float
    prob: float
    path_error: float
    draw_error: float
    of_draws: Interval | None
    of_file: Interval | None

    def __str__(self) -> str:
        if self.of_draws is None:
            return "no estimate that can be vouched for"
        text = f"{self.prob:.3g} (too few draws for an interval)"
        if self.of_file is not None:
            low, high = self.of_file
            text = f"{self.prob:.3g} ({low:.3g} to {high:.3g}, 95 %)"
        return text


@dataclass(frozen=True, repr=False)
class MeanRareRisk:
    """P(war) over draws of every uncertain number, by hour.

    `by_hour` are means over the draws, the last at the horizon; `runs` holds the means
    of the two independent runs there. `by_draw` (n_draws,) are estimates for each draw,
    too noisy to be read alone. `n_effective` is the number of draws that count: as many
    equal ones would be as noisy. `floor`, `max_share`, `n_paths`, `n_jumps` and
    `refusal` are as in `RareRisk`; `caution` says why there is no interval for the
    file, empty where there is one.
    """

    by_hour: tuple[RareMean, ...]
    runs: tuple[float, ...]
    by_draw: FloatArray = field(compare=False)
    n_effective: float
    floor: float
    max_share: float
    n_paths: int
    n_jumps: int
    refusal: str
    caution: str
    variation: Variation
    status: Status
    method: CrossEntropy
    seed: int
    crisis_digest: str
    certificate: Certificate
    draws: Draws | None = field(compare=False, default=None)

    @property
    def prob_war(self) -> RareMean:
        """Mean of P(war) by the last hour."""
        return self.by_hour[-1]

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.by_draw)

    def check(self, crisis: Crisis, *, method: Splitting | None = None) -> Certificate:
        """Estimate the mean over the same draws by splitting, which changes no rate.

        Parameters
        ----------
        crisis : the crisis that the result was computed from
        method : how many paths and runs; each run is of a draw picked by chance, half
            of them in proportion to its estimate

        Returns
        -------
        Certificate : the difference in standard errors of both; not verified where the
            result has no interval

        Raises
        ------
        MethodError : another crisis.
        """
        if crisis.digest != self.crisis_digest or self.draws is None:
            raise MethodError(
                f"check: the result is not of this crisis ({crisis.name}, digest "
                f"{crisis.digest[:12]}, wanted {self.crisis_digest[:12]})"
            )
        method = method or Splitting()
        tables = _tabulate(crisis, self.draws, self.variation)
        tables = tables.until(self.prob_war.hour)
        total, n = float(self.by_draw.sum()), self.n_draws
        even = np.full(n, 1.0 / n)
        chance = 0.5 * (even + self.by_draw / total) if total > 0 else even
        other, error = split_draws(tables, chance, method, key_of(self.seed, "referee"))
        both = float(np.hypot(error, self.prob_war.path_error))
        apart = abs(self.prob_war.prob - other) / both if both > 0 else np.inf
        if self.refusal:
            apart = np.inf
        claim = f"mean P(war) = {other:.3g} by splitting, apart in standard errors"
        route = f"{method.n_runs} runs of multilevel splitting, each of one draw"
        return Certificate(claim, apart, REFEREE_BOUND, route)

    def __str__(self) -> str:
        last = self.prob_war
        runs = " and ".join(f"{run:.3g}" for run in self.runs)
        why = self.refusal or self.caution
        noise = f"paths {last.path_error:.2g}, draws {last.draw_error:.2g}"
        heaviest = f"largest weight {self.max_share:.2%}"
        lines = [
            f"war by {last.hour:g} h".ljust(16) + str(last),
            f"standard errors {noise}; two runs {runs or 'none arrived'}",
            f"draws           {self.n_draws:,}, of which {self.n_effective:,.0f} count",
            f"paths           {self.n_paths:,}, {self.n_jumps:,} jumps; {heaviest}",
            f"status          {self.status}, {self.certificate}",
        ]
        if why:
            lines.append(f"refused         {why}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<MeanRareRisk {self.prob_war}, {self.n_draws} draws>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def estimate_mean_rare_risk(
    crisis: Crisis,
    *,
    draws: Draws | None = None,
    n_draws: int = 2000,
    method: CrossEntropy | None = None,
    hours: Sequence[float] | FloatArray | None = None,
    variation: Variation = AS_WRITTEN,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> MeanRareRisk:
    """Estimate a small P(war) over all that the file holds possible, or refuse to.

    Parameters
    ----------
    crisis : with an escalation section
    draws : joint samples of the numbers; drawn here where None, the same ones as
        `simulate_escalation` draws from the same seed
    n_draws : how many to draw
    method, hours, variation, progress : as for `estimate_rare_risk`; `n_paths` of a run
        are spread evenly over the draws, 10 in each at least
    seed : of the draws, where they are not given, and of every path

    Returns
    -------
    MeanRareRisk : status `sampled` with a 95 % interval, or `failed` without one

    Raises
    ------
    ModelError : no escalation section, horizon 0, too many states, or no way to war.
    MethodError : hours, draws or settings out of range.

    Notes: unbiased for every choice of multipliers; time grows with draws x (jumps of
    the model) + paths x (jumps of a path).
    Source: Rubinstein (1999), Methodology and Computing in Applied Probability 1(2),
    127-190; Owen and Zhou (2000), Journal of the American Statistical Association
    95(449), 135-143.

    >>> from backchannel.crisis.load import load
    >>> found = estimate_mean_rare_risk(load("strait"), n_draws=400)
    >>> low, high = found.prob_war.of_file
    >>> str(found.status), low < found.prob_war.prob < high
    ('sampled', True)
    """
    draws = draws or draw_numbers(crisis, n_draws, seed)
    if draws.crisis_digest != crisis.digest:
        raise MethodError(
            f"draws: are of another crisis; draw_numbers of {crisis.name} are wanted"
        )
    tables = _tabulate(crisis, draws, variation)
    asked = check_hours(hours, tables.hour)
    return mean_from_tables(
        tables.until(float(asked[-1])),
        method or CrossEntropy(),
        hours=asked,
        seed=seed,
        crisis_digest=crisis.digest,
        variation=variation,
        draws=draws,
        progress=progress,
    )


def mean_from_tables(
    tables: DrawTables,
    method: CrossEntropy,
    *,
    hours: Sequence[float] | FloatArray,
    seed: int,
    crisis_digest: str = "",
    variation: Variation = AS_WRITTEN,
    draws: Draws | None = None,
    progress: Callable[[str], None] | None = None,
) -> MeanRareRisk:
    """Estimate the mean over draws of P(war) of any process that has been tabulated.

    Parameters
    ----------
    tables : jumps of the process, draw by draw
    method, hours, seed, variation, draws, progress : as for `estimate_mean_rare_risk`
    crisis_digest : of the crisis behind the tables, empty where there is none

    Returns
    -------
    MeanRareRisk : with an interval where two runs agree, else a refusal
    """
    report = progress or silent

    def once(attempt: int, run: int, now: CrossEntropy) -> Weighted | None:
        name, stage = f"attempt {attempt} run {run}", f"attempt {attempt + 1}"
        report(f"{stage}: training run {run + 1} of 2")
        # The runs learn from draws of their own, so that neither trusts the other's.
        picked = 2 * np.arange(min(_MOST_TRAINING_DRAWS, len(tables))) + run
        key = key_of(seed, f"draws: training {name}")
        learnt = learn_multipliers(
            [tables[int(draw)] for draw in picked % len(tables)], now, key
        )
        if learnt is None:
            return None
        key = key_of(seed, f"draws: paths {name}")
        stage = f"{stage}: sampling run {run + 1} of 2"
        n_each = max(_FEWEST_PATHS, -(-now.n_paths // len(tables)))
        return _sample(tables, learnt, key, n_each, now.plain_share, report, stage)

    tried = run_twice(method, once)
    pooled = tried.pooled
    by_draw = pooled.weight.mean(axis=1) if tried.runs else np.zeros(len(tables))
    n_effective = _n_effective(by_draw)
    caution = ""
    if n_effective < _FEWEST_DRAWS:
        caution = (
            f"of {len(tables):,} draws {n_effective:.0f} count, fewer than "
            f"{_FEWEST_DRAWS}: no interval for the file; raise the number of draws"
        )
    return MeanRareRisk(
        by_hour=tuple(_mean(pooled, h, is_vouched=not tried.refusal) for h in hours),
        runs=tuple(run.estimate()[0] for run in tried.runs),
        by_draw=by_draw,
        n_effective=n_effective,
        floor=tried.floor,
        max_share=pooled.max_share,
        n_paths=pooled.weight.size if tried.runs else 0,
        n_jumps=tried.n_jumps,
        refusal=tried.refusal,
        caution=caution,
        variation=variation,
        status=Status.FAILED if tried.refusal else Status.SAMPLED,
        method=method,
        seed=seed,
        crisis_digest=crisis_digest,
        certificate=certify(tried, method),
        draws=draws,
    )


def _tabulate(crisis: Crisis, draws: Draws, variation: Variation) -> DrawTables:
    compiled = compile_escalation(World(crisis, draws, variation))
    tables = DrawTables.of(compiled.problem, compiled.theta, codes=compiled.codes)
    check_way(tables.whole, compiled, "in any draw")
    return tables


def _sample(
    tables: DrawTables,
    multipliers: FloatArray,
    key: int,
    n_each: int,
    plain_share: float,
    report: Callable[[str], None],
    stage: str,
) -> Weighted:
    """Paths of every draw, (n_draws, n_each)."""
    n = len(tables)
    weight, hour, n_jumps = np.empty((n, n_each)), np.empty((n, n_each)), 0
    for draw in range(n):
        if draw * _STEPS // n != (draw - 1) * _STEPS // n:
            report(f"{stage}, {100 * draw // n} %")
        found = sample_mixed(
            tables[draw], multipliers, key, draw * n_each, n_each, plain_share
        )
        weight[draw], hour[draw] = found.weight, found.hour
        n_jumps += found.n_jumps
    return Weighted(weight, hour, n_jumps)


def _n_effective(by_draw: FloatArray) -> float:
    """Number of equal draws that would be as noisy (Kish 1965, Survey Sampling)."""
    squares = float(by_draw @ by_draw)
    return float(by_draw.sum()) ** 2 / squares if squares > 0 else 0.0


def _mean(pooled: Weighted, hour: float, *, is_vouched: bool) -> RareMean:
    prob, path_error = pooled.estimate(hour)
    weight = np.atleast_2d(pooled.by(hour))
    by_draw = weight.mean(axis=1)
    n, total = len(by_draw), 0.0
    if n > 1:
        total = float(by_draw.std(ddof=1) / np.sqrt(n))
    # The spread of the estimates of draws holds both noises.
    draw_error = float(np.sqrt(max(0.0, total**2 - path_error**2)))
    of_draws = of_file = None
    if is_vouched and (weight > 0).sum() >= FEWEST_ARRIVALS:
        reach = Z95 * path_error
        of_draws = max(0.0, prob - reach), min(1.0, prob + reach)
        if _n_effective(by_draw) >= _FEWEST_DRAWS:
            of_file = mean_interval(by_draw, Z95)
    return RareMean(float(hour), prob, path_error, draw_error, of_draws, of_file)
