"""What the escalation room answers, with everything needed to check it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.escalation.certificate import recompute
from backchannel.escalation.clock import Clock
from backchannel.escalation.derivatives import RateEffect
from backchannel.escalation.levers import Lever
from backchannel.escalation.methods import Sampled, Uniformisation
from backchannel.escalation.paths import PathToWar
from backchannel.escalation.sampling.certificate import recheck

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class LeverEffect:
    """A full run with one lever pulled, in the same draws.

    `prob_war` is (n_draws, n_hours) at the hours of the result; `difference`
    (n_draws,) is P(war by the horizon) with the lever minus without.
    """

    lever: Lever
    prob_war: FloatArray
    difference: FloatArray

    @property
    def name(self) -> str:
        """Name of the lever, `what=value`."""
        return self.lever.name

    @property
    def description(self) -> str:
        """What the lever does, in words."""
        return self.lever.description

    @property
    def controlled_by(self) -> str:
        """The actor who can pull it."""
        return self.lever.controlled_by


@dataclass(frozen=True)
class Nominal:
    """The world with every number at its median.

    `prob_war` (n_hours,) and `by_rung` (n_hours, n_rungs), the probability of standing
    on each of `rungs`, at the hours of the result; None where it was sampled.
    """

    prob_war: FloatArray
    by_rung: FloatArray | None
    rungs: tuple[str, ...]


@dataclass(frozen=True)
class Sampling:
    """Noise of a sampled result: what more paths would narrow.

    `standard_error` (n_draws, n_hours) is that of `prob_war`, `nominal_standard_error`
    (n_hours,) that of the nominal world, which has `n_nominal` paths; every draw has
    `n_replications`. `lever_standard_error` (n_levers, n_draws) bounds that of each
    difference: both runs share their random numbers, which it leaves out.
    """

    n_replications: int
    n_nominal: int
    n_paths: int
    standard_error: FloatArray
    nominal_standard_error: FloatArray
    lever_standard_error: FloatArray


@dataclass(frozen=True)
class HoursLeft:
    """Hours from `now` until P(war) passes `level`, draw by draw.

    `hours` (n_draws,) is the horizon where `is_censored` (n_draws,): there the level is
    not passed by then, and nothing is known about later.
    """

    level: float
    hours: FloatArray
    is_censored: NDArray[np.bool_]

    def quantile(self, p: float) -> float | None:
        """Hours below which the share p of the draws lies; None beyond the horizon."""
        in_order = np.sort(np.where(self.is_censored, np.inf, self.hours))
        value = float(np.quantile(in_order, p, method="higher"))
        return value if np.isfinite(value) else None


@dataclass(frozen=True)
class Work:
    """Size of the model and what it took: products are counted per draw, all levers."""

    n_states: int
    n_nonzero: int
    n_products: int
    n_runs: int


@dataclass(frozen=True, repr=False)
class EscalationResult:
    """P(war) and P(settled) by hour and draw, levers, paths, clock.

    `hours` (n_hours,); `prob_war`, `prob_settled` (n_draws, n_hours);
    `expected_hours_open` (n_draws,) is the mean time until the crisis ends, counted up
    to the horizon. `risk` is the same curve on a fine grid, for the other rooms.
    `rates` says for every rate of the file what more of it does, in the nominal world.
    A sampled result has no clock and no rates; its noise is in `sampling`.
    """

    hours: FloatArray
    prob_war: FloatArray
    prob_settled: FloatArray
    expected_hours_open: FloatArray
    risk: RiskCurve
    levers: tuple[LeverEffect, ...]
    paths: tuple[PathToWar, ...]
    nominal: Nominal
    clock: Clock | None
    status: Status
    method: Uniformisation | Sampled
    seed: int
    crisis_digest: str
    work: Work
    certificate: Certificate
    draws: Draws = field(compare=False)
    rates: tuple[RateEffect, ...] = ()
    sampling: Sampling | None = None

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.prob_war)

    def hours_left(self, level: float) -> HoursLeft:
        """Hours until the risk of war passes a level.

        Parameters
        ----------
        level : probability in (0, 1)

        Returns
        -------
        HoursLeft : draw by draw, censored at the horizon

        Raises
        ------
        MethodError : the level is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise MethodError(f"level: is {level:g}; must lie between 0 and 1")
        grid, prob = self.risk.hours, self.risk.prob_war
        over = prob >= level
        censored = np.logical_not(over.any(axis=1, keepdims=True))[:, 0]
        after = np.maximum(over.argmax(axis=1), 1)
        rows = np.arange(len(prob))
        low, high = prob[rows, after - 1], prob[rows, after]
        rise = np.where(high > low, high - low, 1.0)
        share = np.clip((level - low) / rise, 0.0, 1.0)
        crossed = grid[after - 1] + share * (grid[after] - grid[after - 1])
        crossed = np.where(over[:, 0], 0.0, crossed)
        return HoursLeft(level, np.where(censored, grid[-1], crossed), censored)

    def check(self, crisis: Crisis) -> Certificate:
        """Recompute P(war), P(settled) and one lever by SciPy's expm_multiply.

        A sampled result is checked for what every curve must satisfy, and its sampler
        against the exact solution of the same rules with exponential delays.

        Parameters
        ----------
        crisis : the crisis that the result was computed from

        Returns
        -------
        Certificate : largest deviation over the draws and hours recomputed; not
            verified if the result was changed

        Raises
        ------
        MethodError : another crisis.
        """
        if crisis.digest != self.crisis_digest:
            raise MethodError(
                f"check: the result is not of this crisis ({crisis.name}, digest "
                f"{crisis.digest[:12]}, wanted {self.crisis_digest[:12]})"
            )
        if isinstance(self.method, Sampled):
            return recheck(self, crisis)
        return recompute(self, crisis)

    def to_xarray(self) -> xarray.Dataset:
        """Convert to a labelled xarray Dataset with dimensions draw, hour, lever."""
        # At call: xarray takes 0.5 s to import and few runs need it.
        import xarray  # noqa: PLC0415

        dims = ("draw", "hour")
        variables = {
            "prob_war": (dims, self.prob_war),
            "prob_settled": (dims, self.prob_settled),
            "expected_hours_open": (("draw",), self.expected_hours_open),
        }
        coords: dict[str, object] = {"hour": self.hours}
        if self.levers:
            runs = np.stack([effect.prob_war for effect in self.levers])
            variables["prob_war_with_lever"] = (("lever", *dims), runs)
            coords["lever"] = [effect.name for effect in self.levers]
        attributes = {
            "status": str(self.status),
            "seed": self.seed,
            "crisis_digest": self.crisis_digest,
        }
        return xarray.Dataset(variables, coords, attributes)

    def __str__(self) -> str:
        low, mid, high = np.quantile(self.prob_war[:, -1], [0.05, 0.5, 0.95])
        left = self.hours_left(0.05).quantile(0.5)
        waiting = "beyond the horizon" if left is None else f"{left:.1f} h (median)"
        lines = [
            f"war by {self.hours[-1]:g} h".ljust(16)
            + f"{mid:.1%} ({low:.1%} to {high:.1%}, 90 % of {self.n_draws:,} draws)",
            f"risk passes 5 %  {waiting}",
        ]
        if self.levers:
            best = min(self.levers, key=lambda e: float(np.median(e.difference)))
            change = float(np.median(best.difference))
            lines.append(f"best lever      {best.name}, {change:+.1%}")
        if self.paths:
            lines.append(
                f"main path       {self.paths[0].share:.0%} {self.paths[0].text}"
            )
        size = f"{self.work.n_states:,} states"
        if self.sampling is not None:
            size = f"{self.sampling.n_paths:,} paths"
        lines.append(f"size            {size}, {self.work.n_runs} runs")
        lines.append(f"status          {self.status}, {self.certificate}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<EscalationResult {self.n_draws} draws, {len(self.hours)} hours>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"
