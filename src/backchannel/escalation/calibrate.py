"""Posterior of base rate, self-excitation and cooling from a log of incidents.

Incidents of type i occur at the rate

    share_i [ base + branching / cooling x sum over j of exp(-(t - t_j) / cooling) ],

j the earlier incidents: the mean intensity of hot tokens that each raise the rate of
type i by share_i branching / cooling and live for `cooling` on average. The shares are
independent of the rest, a Dirichlet posterior; the three others are integrated.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import AbstractLaw, FloatArray, LogNormal, Uniform
from backchannel.base.result import Certificate, Status
from backchannel.base.streams import stream
from backchannel.escalation._kernels.hawkes import log_likelihood
from backchannel.escalation.incident_log import IncidentLog
from backchannel.escalation.metropolis import walk_posterior
from backchannel.escalation.problem import IntArray

Quantity = Literal["base", "branching", "cooling"]
QUANTITIES: tuple[Quantity, ...] = ("base", "branching", "cooling")
UNITS = {"base": "/h", "branching": "", "cooling": "h"}
# Of one crisis the likelihood says next to nothing: 90 % of estimates lie between .09
# and 1.00 where the truth is .6, from five between .30 and .85.
FEWEST_CRISES = 5
# Cells of the grid with less than this of the most likely one are left out.
_NEGLIGIBLE = 1e-8
_MOST_REFINED = 6
_SAME_ENDS = 0.01
# Monte Carlo error of the referee included.
_REFEREE_BOUND = 0.03


@dataclass(frozen=True)
class Priors:
    """What is believed before the log is read.

    `base` is the rate of all incidents together, per hour, that nothing has excited;
    `branching` how many further incidents one incident brings about on average, below
    1; `cooling` the mean life of heat in hours. `share` is the weight of each type in
    the Dirichlet law of the shares.
    """

    base: AbstractLaw = field(default_factory=lambda: LogNormal(0.05, 1.5))
    branching: AbstractLaw = field(default_factory=lambda: Uniform(0.0, 1.0))
    cooling: AbstractLaw = field(default_factory=lambda: LogNormal(8.0, 1.0))
    share: float = 1.0

    def law(self, quantity: Quantity) -> AbstractLaw:
        """Law of one of the three quantities."""
        return {
            "base": self.base,
            "branching": self.branching,
            "cooling": self.cooling,
        }[quantity]


@dataclass(frozen=True)
class Quadrature:
    """Midpoint rule in the probabilities of the prior, refined to where the mass is.

    `n_cells` along each of the three axes. Deterministic: no seed, no burn-in.

    Source: Davis and Rabinowitz (1984), Methods of Numerical Integration, ch. 5.
    """

    n_cells: int = 64

    def __post_init__(self) -> None:
        if not 8 <= self.n_cells <= 256:
            raise MethodError(f"n_cells: is {self.n_cells}; must lie between 8 and 256")


@dataclass(frozen=True)
class Grid:
    """Edges of the cells in the prior's probabilities, and the mass of each cell.

    `edges[q]` is (n_cells + 1,) for each quantity; `mass` (n, n, n) sums to 1.
    """

    edges: dict[Quantity, FloatArray]
    mass: FloatArray

    def marginal(self, quantity: Quantity) -> FloatArray:
        """Mass by cell of one quantity, (n_cells,)."""
        axis = QUANTITIES.index(quantity)
        others = tuple(a for a in range(3) if a != axis)
        return np.asarray(self.mass.sum(axis=others))

    def quantile(self, quantity: Quantity, p: FloatArray) -> FloatArray:
        """Prior probabilities below which the shares p of the posterior lie."""
        below = np.concatenate([[0.0], np.cumsum(self.marginal(quantity))])
        return np.asarray(np.interp(p, below / below[-1], self.edges[quantity]))

    def cdf(self, quantity: Quantity, u: FloatArray) -> FloatArray:
        """Posterior probability of at most the prior's quantile u."""
        below = np.concatenate([[0.0], np.cumsum(self.marginal(quantity))])
        return np.asarray(np.interp(u, self.edges[quantity], below / below[-1]))


@dataclass(frozen=True, repr=False)
class Calibration:
    """Posterior of a log: intervals always, a point for the branching ratio seldom.

    `grid` is the joint posterior of base, branching and cooling; `share_weights`
    (n_types,) the Dirichlet posterior of the shares of `incidents`.
    """

    priors: Priors
    grid: Grid
    incidents: tuple[str, ...]
    share_weights: FloatArray
    counts: IntArray
    n_crises: int
    hours: float
    status: Status
    method: Quadrature
    seed: int
    log_digest: str
    certificate: Certificate

    def quantile(self, quantity: Quantity, p: FloatArray | float) -> FloatArray:
        """Values below which the shares p of the posterior lie.

        Parameters
        ----------
        quantity : base, branching or cooling
        p : shares in [0, 1]

        Returns
        -------
        same shape as p; per hour, without unit, or in hours
        """
        u = self.grid.quantile(quantity, np.asarray(p, dtype=np.float64))
        return self.priors.law(quantity).quantile(u)

    def interval(self, quantity: Quantity, level: float = 0.9) -> tuple[float, float]:
        """Equal-tailed interval that holds the share `level` of the posterior."""
        tail = (1.0 - level) / 2.0
        low, high = self.quantile(quantity, np.array([tail, 1.0 - tail]))
        return float(low), float(high)

    def branching_ratio(self) -> float:
        """Posterior median of the incidents that one incident brings about.

        Raises
        ------
        MethodError : fewer than five crises, which cannot tell a chain reaction from a
            busy night; use the interval.
        """
        if self.n_crises < FEWEST_CRISES:
            raise MethodError(
                f"branching ratio: crises watched are {self.n_crises}; "
                f"a point estimate needs {FEWEST_CRISES}. Use the interval"
            )
        return float(self.quantile("branching", 0.5))

    def sample(self, n: int = 20_000) -> dict[str, FloatArray]:
        """Joint samples of the posterior, for what depends on several quantities.

        Parameters
        ----------
        n : how many

        Returns
        -------
        `base`, `branching`, `cooling` and one `share NAME` for each incident, (n,) each
        """
        random = stream(self.seed, "posterior sample")
        flat = np.cumsum(self.grid.mass.ravel())
        cell = np.searchsorted(flat, random.random(n) * flat[-1], side="right")
        places = np.unravel_index(cell, self.grid.mass.shape)
        found = {}
        for quantity, i in zip(QUANTITIES, places, strict=True):
            edges = self.grid.edges[quantity]
            u = edges[i] + random.random(n) * (edges[i + 1] - edges[i])
            found[str(quantity)] = self.priors.law(quantity).quantile(u)
        shares = random.dirichlet(self.share_weights, n)
        found |= {
            f"share {name}": shares[:, i] for i, name in enumerate(self.incidents)
        }
        return found

    def check(self, log: IncidentLog, *, n_steps: int = 20_000) -> Certificate:
        """Walk the posterior by random-walk Metropolis with a likelihood of its own.

        Parameters
        ----------
        log : the log that the result was computed from
        n_steps : of the walk; the first fifth is thrown away

        Returns
        -------
        Certificate : largest difference between the share of the walk and the share of
            the grid below each end of the 90 % intervals

        Raises
        ------
        MethodError : another log.
        """
        if log.digest != self.log_digest:
            raise MethodError(f"check: the result is not of this log ({log.path})")
        laws = [self.priors.law(q) for q in QUANTITIES]
        walked = walk_posterior(log, laws, n_steps, stream(self.seed, "referee"))
        worst = 0.0
        for k, quantity in enumerate(QUANTITIES):
            for p, end in zip((0.05, 0.95), self.interval(quantity), strict=True):
                worst = max(worst, abs(float((walked[:, k] <= end).mean()) - p))
        claim = "share below the ends of the 90 % intervals"
        return Certificate(claim, worst, _REFEREE_BOUND, "Metropolis walk")

    def record(self) -> dict[str, object]:
        """Everything that a program may want to read, in plain values."""
        quantities = {}
        for quantity in QUANTITIES:
            before = self.priors.law(quantity).quantile(np.array([0.05, 0.95]))
            quantities[str(quantity)] = {
                "unit": UNITS[quantity],
                "interval_90": list(self.interval(quantity)),
                "prior_interval_90": [float(end) for end in before],
            }
        is_enough = self.n_crises >= FEWEST_CRISES
        return {
            "n_crises": self.n_crises,
            "hours_watched": self.hours,
            "incidents": dict(
                zip(self.incidents, (int(n) for n in self.counts), strict=True)
            ),
            "posterior": quantities,
            "branching_ratio": self.branching_ratio() if is_enough else None,
            "status": str(self.status),
            "certificate": str(self.certificate),
            "log_digest": self.log_digest,
        }

    def __str__(self) -> str:
        crises = "1 crisis" if self.n_crises == 1 else f"{self.n_crises} crises"
        types = "1 type" if len(self.incidents) == 1 else f"{len(self.incidents)} types"
        seen = f"{int(self.counts.sum())} incidents of {types}"
        lines = [f"log             {crises}, {seen}, {self.hours:g} h watched"]
        words = {"base": "base rate", "branching": "branching", "cooling": "cooling"}
        for quantity in QUANTITIES:
            low, high = self.interval(quantity)
            lines.append(
                f"{words[quantity]:16}{self._middle(quantity)}"
                f"{low:.3g} to {high:.3g}{' ' if UNITS[quantity] else ''}"
                f"{UNITS[quantity]} (90 %); before: {self._before(quantity)}"
            )
        lines.append(f"status          {self.status}, {self.certificate}")
        return "\n".join(lines)

    def _middle(self, quantity: Quantity) -> str:
        if quantity == "branching" and self.n_crises < FEWEST_CRISES:
            return f"no point from fewer than {FEWEST_CRISES} crises; "
        return f"{float(self.quantile(quantity, 0.5)):.3g}, "

    def _before(self, quantity: Quantity) -> str:
        low, high = self.priors.law(quantity).quantile(np.array([0.05, 0.95]))
        return f"{low:.3g} to {high:.3g}"

    def __repr__(self) -> str:
        return (
            f"<Calibration {self.n_crises} crises, {int(self.counts.sum())} incidents>"
        )

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def calibrate_escalation(
    log: IncidentLog,
    *,
    priors: Priors | None = None,
    method: Quadrature | None = None,
    seed: int = 1,
) -> Calibration:
    """Learn base rates, self-excitation and cooling from a log of incidents.

    Parameters
    ----------
    log : as `read_incident_log` returns it
    priors : beliefs before; the printed defaults where None
    method : quadrature and its settings
    seed : of joint samples and of the referee; the posterior itself needs none

    Returns
    -------
    Calibration : status `converged`; the certificate compares two grids

    Raises
    ------
    MethodError : settings out of range.

    Notes: exact up to the grid for the model at the top of this file; the rate is an
    average over the rungs and hours of day that the log saw.
    Source: Hawkes (1971), Biometrika 58(1), 83-90; Rasmussen (2013), Methodology and
    Computing in Applied Probability 15, 623-642.
    """
    priors, method = priors or Priors(), method or Quadrature()
    grid = _integrate(log, priors, method.n_cells)
    coarse = _integrate(log, priors, 3 * method.n_cells // 4)
    counts = log.counts
    return Calibration(
        priors=priors,
        grid=grid,
        incidents=log.incidents,
        share_weights=priors.share + counts.astype(np.float64),
        counts=counts,
        n_crises=len(log.crises),
        hours=float(sum(crisis.hours for crisis in log.crises)),
        status=Status.CONVERGED,
        method=method,
        seed=seed,
        log_digest=log.digest,
        certificate=_compare(grid, coarse),
    )


def _integrate(log: IncidentLog, priors: Priors, n_cells: int) -> Grid:
    """Posterior mass on a grid that is narrowed until it fits where the mass lies."""
    arrays = log.arrays()
    box = dict.fromkeys(QUANTITIES, (0.0, 1.0))
    for _ in range(_MOST_REFINED):
        edges = {q: np.linspace(*box[q], n_cells + 1) for q in QUANTITIES}
        middles = [
            priors.law(q).quantile((edges[q][1:] + edges[q][:-1]) / 2)
            for q in QUANTITIES
        ]
        found = np.empty((n_cells,) * 3)
        log_likelihood(*arrays, *middles, found)
        mass = np.exp(found - found.max())
        narrowed = {
            q: _span(edges[q], mass.max(axis=tuple(a for a in range(3) if a != axis)))
            for axis, q in enumerate(QUANTITIES)
        }
        width = [_width(narrowed[q]) / _width(box[q]) for q in QUANTITIES]
        if min(width) > 0.75:
            break
        box = narrowed
    return Grid(edges, mass / mass.sum())


def _width(span: tuple[float, float]) -> float:
    return span[1] - span[0]


def _span(edges: FloatArray, peak: FloatArray) -> tuple[float, float]:
    """Ends of the cells whose density is not negligible, one more on either side."""
    inside = np.flatnonzero(peak > _NEGLIGIBLE)
    first, last = max(0, inside[0] - 1), min(len(peak), inside[-1] + 2)
    return float(edges[first]), float(edges[last])


def _compare(grid: Grid, coarse: Grid) -> Certificate:
    worst = 0.0
    for quantity in QUANTITIES:
        ends = grid.quantile(quantity, np.array([0.05, 0.5, 0.95]))
        apart = np.abs(coarse.cdf(quantity, ends) - np.array([0.05, 0.5, 0.95]))
        worst = max(worst, float(apart.max()))
    claim = "share below the quantiles, two grids"
    return Certificate(claim, worst, _SAME_ENDS, "a grid of other cells")
