"""What a lever changes, by pairs of paths that share the luck of every reaction."""

from __future__ import annotations

import html
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.base.streams import stream
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import Compiled, compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.pulled import lever_named
from backchannel.escalation.reactions import (
    ReactionTable,
    reaction_names,
    tabulate_reactions,
)
from backchannel.escalation.skewed_mean import Z95
from backchannel.escalation.world import AS_WRITTEN, Variation, World

# A right answer is refused once in 16,000 times.
_REFEREE_BOUND = 4.0


@dataclass(frozen=True)
class CommonReactionPaths:
    """Pairs of paths, one under each policy, that read one stream for each reaction.

    Where the streams are read by internal time, a reaction that a policy slows down
    still fires for the same reasons, a little later, and most pairs end alike.

    Source: Rathinam, Sheppard and Khammash (2010), Journal of Chemical Physics 132,
    034103; Anderson (2012), SIAM Journal on Numerical Analysis 50(5), 2237-2258.
    """

    n_pairs: int = 100_000

    def __post_init__(self) -> None:
        if not 100 <= self.n_pairs <= 10**9:
            raise MethodError(
                f"n_pairs: is {self.n_pairs}; must lie between 100 and 1,000,000,000"
            )


@dataclass(frozen=True, repr=False)
class PolicyDifference:
    """P(war by the horizon) with the levers minus without, in the nominal world.

    `prob_war` are both, sampled; `variance_factor` says how many independent pairs one
    of these is worth.
    """

    levers: tuple[str, ...]
    prob_war: tuple[float, float]
    difference: float
    standard_error: float
    variance_factor: float
    status: Status
    method: CommonReactionPaths
    seed: int
    crisis_digest: str
    certificate: Certificate

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 95 % interval of the difference."""
        reach = Z95 * self.standard_error
        return self.difference - reach, self.difference + reach

    def check(self, crisis: Crisis) -> Certificate:
        """Compare with the exact difference of two solutions by uniformisation.

        Parameters
        ----------
        crisis : the crisis that the result was computed from

        Returns
        -------
        Certificate : distance from the exact difference in standard errors

        Raises
        ------
        MethodError : another crisis.
        """
        if crisis.digest != self.crisis_digest:
            raise MethodError(
                f"check: the result is not of this crisis ({crisis.name})"
            )
        with_levers = lever_named(crisis, self.levers).variation
        exact = _exact(_nominal(crisis, with_levers)) - _exact(_nominal(crisis))
        return _distance(self.difference, self.standard_error, exact)

    def __str__(self) -> str:
        ends = "{:+.3%} to {:+.3%}, 95 %".format(*self.interval)
        before, after = self.prob_war
        worth = f"each worth {self.variance_factor:.3g} independent ones"
        return "\n".join(
            [
                f"levers          {', '.join(self.levers)}",
                f"war             {before:.3%} without, {after:.3%} with",
                f"difference      {self.difference:+.3%} ({ends})",
                f"pairs           {self.method.n_pairs:,}, {worth}",
                f"status          {self.status}, {self.certificate}",
            ]
        )

    def __repr__(self) -> str:
        return f"<PolicyDifference {self.difference:+.3%}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def compare_policies(
    crisis: Crisis,
    levers: Sequence[str],
    *,
    method: CommonReactionPaths | None = None,
    seed: int = 1,
) -> PolicyDifference:
    """Estimate what levers change in P(war), with common luck.

    Parameters
    ----------
    crisis : with an escalation section
    levers : names, each `what=value` as `levers_of` calls them; pulled together
    method : how many pairs
    seed : of every stream

    Returns
    -------
    PolicyDifference : of the nominal world; the certificate is the distance from the
        exact difference

    Raises
    ------
    MethodError : no such lever, or settings out of range.
    ModelError : no escalation section, or too many states or reactions.

    Notes: exact differences, in every draw, are `EscalationResult.levers`.
    Source: Rathinam, Sheppard and Khammash (2010).

    >>> from backchannel.crisis.load import load
    >>> found = compare_policies(load("strait"), ["drones=grounded"])
    >>> found.difference < 0, found.certificate.is_verified
    (True, True)
    """
    method = method or CommonReactionPaths()
    base = _nominal(crisis)
    varied = _nominal(crisis, lever_named(crisis, levers).variation)
    streams: dict[Hashable, int] = {}
    tables = [
        tabulate_reactions(c.problem, c.theta, reaction_names(c), streams)
        for c in (base, varied)
    ]
    came = follow_pairs(tables[0], tables[1], method.n_pairs, seed)
    before, after = came.mean(axis=1)
    change = came[1] - came[0]
    alone = before * (1.0 - before) + after * (1.0 - after)
    error = float(change.std(ddof=1) / np.sqrt(method.n_pairs))
    return PolicyDifference(
        levers=tuple(levers),
        prob_war=(float(before), float(after)),
        difference=float(change.mean()),
        standard_error=error,
        variance_factor=float(alone / change.var()) if change.any() else np.inf,
        status=Status.SAMPLED,
        method=method,
        seed=seed,
        crisis_digest=crisis.digest,
        certificate=_distance(
            float(change.mean()), error, _exact(varied) - _exact(base)
        ),
    )


def follow_pairs(
    base: ReactionTable, varied: ReactionTable, n_pairs: int, seed: int
) -> FloatArray:
    """Whether war came, (2, n_pairs) of 0 and 1, without and with the change.

    Parameters
    ----------
    base, varied : tables made with one dict of streams
    n_pairs : how many
    seed : of every stream
    """
    key = int(stream(seed, "common reaction paths").integers(2**63))
    hours = [table.follow(key, 0, n_pairs) for table in (base, varied)]
    return np.isfinite(np.stack(hours)).astype(np.float64)


def _nominal(crisis: Crisis, variation: Variation = AS_WRITTEN) -> Compiled:
    draws = draw_numbers(crisis, 1).at_medians()
    return compile_escalation(World(crisis, draws, variation))


def _exact(compiled: Compiled) -> float:
    hours = np.array([compiled.problem.hours])
    curves = solve_forward(compiled.problem, compiled.theta, hours)
    return float(curves.values[-1, 0, 0])


def _distance(found: float, error: float, exact: float) -> Certificate:
    if error > 0:
        apart = abs(found - exact) / error
    else:
        apart = 0.0 if abs(found - exact) < _REFEREE_BOUND * 1e-12 else np.inf
    claim = f"exact difference {exact:+.3g}, apart in standard errors"
    return Certificate(claim, apart, _REFEREE_BOUND, "uniformisation, twice")
