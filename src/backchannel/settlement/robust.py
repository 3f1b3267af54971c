"""Packages under uncertain preferences: how often all accept, what could be missed.

Utilities and thresholds come in draws. A package that not all accept in a draw brings
no deal there; the regret of a party is what it would have gained by the best package
that all accept, less what this one brings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.domain import Domain
from backchannel.settlement._kernels.drawn import weigh_draws
from backchannel.settlement.additive import last_issues_within, unpack

_BITS = 30
"""Utilities are rounded to 2^-30 of their range over the draws, about 1e-9."""
_BLOCK = 1024
_CHUNK_BYTES = 1 << 20
_N_SAMPLED = 32
_LARGEST_BYTES = 4_000_000_000
SmallInts = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class RobustDeals:
    """What becomes of every package over the draws, in mixed-radix order.

    `prob_accepted` (n_packages,) is the share of draws in which every party reaches its
    threshold; `max_regret` (n_packages, n_parties) the largest regret of each party in
    any draw, in its own points; `best_gain` (n_draws, n_parties) what regrets are
    measured against, 0 where no package is accepted by all.
    """

    title: str
    parties: tuple[str, ...]
    prob_accepted: FloatArray
    max_regret: FloatArray
    best_gain: FloatArray
    n_draws: int
    status: Status
    domain_digest: str
    certificate: Certificate

    @property
    def safest(self) -> int:
        """The package accepted most often, the first by declaration."""
        return int(np.argmax(self.prob_accepted))

    @property
    def least_regretted(self) -> int:
        """The package whose largest regret is least, as a share of the best gains."""
        scale = self.best_gain.max(axis=0)
        able = scale > 0
        if not able.any():
            return 0
        shares = self.max_regret[:, able] / scale[able]
        return int(np.argmin(shares.max(axis=1)))

    def __str__(self) -> str:
        lines = [f"{self.title}: {len(self.prob_accepted):,} packages"]
        for name, row in (
            ("accepted most", self.safest),
            ("least regretted", self.least_regretted),
        ):
            regrets = "  ".join(f"{r:.4g}" for r in self.max_regret[row])
            lines.append(
                f"{name:16} {row}: P(all accept) {self.prob_accepted[row]:.3f}, "
                f"largest regrets {regrets}"
            )
        lines.append(f"{self.status} over {self.n_draws} draws: {self.certificate}")
        return "\n".join(lines)


def settle_under_draws(
    domain: Domain,
    utilities: Sequence[FloatArray],
    *,
    thresholds: FloatArray | None = None,
) -> RobustDeals:
    """Judge every package of a domain in every draw of its utilities.

    Parameters
    ----------
    domain : issues, levels and parties; its own utilities are not used
    utilities : per issue (n_draws, n_parties, n_levels), finite
    thresholds : (n_draws, n_parties), least utility at which each accepts, and what no
        deal brings; None takes the disagreement point of the domain in every draw

    Returns
    -------
    RobustDeals : exact for the given draws, up to 1e-9 of the range of a party's
        utilities for each issue

    Raises
    ------
    ModelError : shapes do not fit, or a number is not finite.
    MethodError : the answer would not fit in 4 GB.

    Source: Savage (1951), Journal of the American Statistical Association 46, 55-67,
    for regret.

    >>> from backchannel.crisis.domain import Domain
    >>> table = np.array([[1.0, 0.6, 0.0], [0.0, 0.6, 1.0]])
    >>> split = Domain("split", ("share",), (("a", "b", "c"),), ("A", "B"), (table,),
    ...                np.array([0.5, 0.5]))
    >>> found = settle_under_draws(split, [np.stack([table, table[:, [1, 0, 2]]])])
    >>> found.prob_accepted
    array([0.5, 0.5, 0. ])
    """
    tables = [np.asarray(table, dtype=float) for table in utilities]
    least = _thresholds(domain, tables, thresholds)
    n_draws, n_parties = least.shape
    _bound(domain, n_parties)
    unit, base = _units(tables, least)
    whole = [
        np.rint((table - worst[:, :, None]) / unit[:, None])
        for table, worst in zip(tables, base, strict=True)
    ]
    cut = np.ceil((least - sum(base)) / unit - 0.5 * len(tables)).astype(np.int32)
    n_levels = domain.n_levels
    first_fast = last_issues_within(n_levels, len(n_levels), _BLOCK)
    n_low = math.prod(n_levels[first_fast:])
    n_blocks = domain.n_packages // n_low
    accepted = np.zeros((n_blocks, n_low), dtype=np.int32)
    regret = np.zeros((n_blocks, n_parties, n_low), dtype=np.int32)
    best = np.zeros((n_draws, n_parties), dtype=np.int32)
    width = max(1, _CHUNK_BYTES // (4 * n_parties * n_low))
    for start in range(0, n_draws, width):
        span = slice(start, start + width)
        weigh_draws(
            _sums([t[span] for t in whole[:first_fast]], best[span].shape),
            _sums([t[span] for t in whole[first_fast:]], best[span].shape),
            cut[span],
            accepted,
            best[span],
            regret,
        )
    found = RobustDeals(
        title=domain.title,
        parties=domain.parties,
        prob_accepted=accepted.reshape(-1) / n_draws,
        max_regret=regret.transpose(0, 2, 1).reshape(-1, n_parties) * unit,
        best_gain=best * unit,
        n_draws=n_draws,
        status=Status.SAMPLED,
        domain_digest=domain.digest,
        certificate=Certificate("not checked", float("nan"), 0.0, "none"),
    )
    certificate = certify_plainly(found, domain, tables, least, _N_SAMPLED)
    return replace(found, certificate=certificate)


def certify_plainly(
    found: RobustDeals,
    domain: Domain,
    utilities: Sequence[FloatArray],
    thresholds: FloatArray,
    n_packages: int,
) -> Certificate:
    """Judge some packages again by plain sums over the issues, in every draw.

    Returns
    -------
    Certificate : the largest deviation of a chance of acceptance or a regret, the
        latter as a share of the largest gain; draws in which a sum is within rounding
        of its threshold are not compared
    """
    n = len(found.prob_accepted)
    chosen = sorted(
        {found.safest, found.least_regretted, *range(0, n, -(-n // n_packages))}
    )
    packages = unpack(np.array(chosen), domain.n_levels)
    scale = np.maximum(found.best_gain.max(axis=0), 1e-9)
    worst = 0.0
    for number, package in zip(chosen, packages, strict=True):
        pairs = zip(utilities, package, strict=True)
        total = np.sum([t[:, :, int(level)] for t, level in pairs], axis=0)
        gains = total - thresholds
        spread = np.abs(utilities[0]).max() + np.abs(thresholds).max() + 1.0
        slack = gains.min(axis=1)
        is_sure = np.abs(slack) > 1e-7 * spread
        n_sure = int((slack[is_sure] >= 0).sum())
        share = float(found.prob_accepted[number]) * found.n_draws
        unsure = int((~is_sure).sum())
        worst = max(worst, n_sure - share, share - n_sure - unsure)
        if not unsure:
            brings = np.where((slack >= 0)[:, None], gains, 0.0)
            regret = (found.best_gain - brings).max(axis=0)
            gap = np.abs(regret - found.max_regret[number]) / scale
            worst = max(worst, float(gap.max()))
    return Certificate(
        "acceptance and regret", worst, 1e-6, f"plain sums, {len(chosen)} packages"
    )


def _thresholds(
    domain: Domain, tables: Sequence[FloatArray], given: FloatArray | None
) -> FloatArray:
    n_parties = len(domain.parties)
    n_draws = len(tables[0]) if tables else 0
    wanted = [(n_draws, n_parties, n) for n in domain.n_levels]
    if [table.shape for table in tables] != wanted or not n_draws:
        raise ModelError(
            f"{domain.title}: utilities must have shapes (n_draws, n_parties, "
            f"n_levels) = {wanted}, but have {[table.shape for table in tables]}"
        )
    least = domain.disagreement_point if given is None else np.asarray(given)
    if given is not None and least.shape != (n_draws, n_parties):
        raise ModelError(
            f"{domain.title}: thresholds must have shape (n_draws, n_parties) = "
            f"{(n_draws, n_parties)}, but have {least.shape}"
        )
    if not all(np.isfinite(t).all() for t in (*tables, least)):
        raise ModelError(
            f"{domain.title}: a utility or threshold is not a finite number; draw it "
            "from a law with an end, or leave the party out"
        )
    return np.broadcast_to(least, (n_draws, n_parties))


def _bound(domain: Domain, n_parties: int) -> None:
    n_bytes = domain.n_packages * (12 * n_parties + 12)
    if n_bytes > _LARGEST_BYTES:
        raise MethodError(
            f"settle_under_draws: {domain.n_packages:.3g} packages take "
            f"{n_bytes:.2g} bytes, more than {_LARGEST_BYTES:.0e}; fix the level of "
            "some issues, or keep the packages of a frontier"
        )


def _units(
    tables: Sequence[FloatArray], least: FloatArray
) -> tuple[FloatArray, list[FloatArray]]:
    """Points of one unit for each party, and the worst level of each issue by draw."""
    base = [table.min(axis=2) for table in tables]
    low = np.minimum(sum(base), least)
    high = np.maximum(np.sum([table.max(axis=2) for table in tables], axis=0), least)
    reach = (high - low).max(axis=0)
    return np.where(reach > 0, reach, 1.0) / 2.0**_BITS, base


def _sums(tables: Sequence[FloatArray], shape: tuple[int, ...]) -> SmallInts:
    """Sums over all combinations of some issues, (n_draws, n_parties, product)."""
    sums = np.zeros((*shape, 1))
    for table in tables:
        sums = (sums[:, :, :, None] + table[:, :, None, :]).reshape(*shape, -1)
    return sums.astype(np.int32)
