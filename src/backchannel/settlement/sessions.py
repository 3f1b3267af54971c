"""Alternating offers between scripted negotiators, by the hundred thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.domain import Domain
from backchannel.settlement._kernels.alternating import play_sessions
from backchannel.settlement.additive import unpack
from backchannel.settlement.method import IntArray
from backchannel.settlement.negotiators import Negotiator
from backchannel.settlement.seating import Table, as_line_ups, as_worlds, replay, seat

_MOST_REPLAYED = 200


@dataclass(frozen=True)
class AlternatingOffers:
    """The stacked alternating-offers protocol.

    In each of `n_rounds` rounds every party in turn accepts what is on the table or
    puts another package there; what all others have accepted is agreed. Nobody goes
    below its reservation value; who has no package worth that ends the session in round
    0. `slack` is the
    share of a party's span by which an offer may fall short of what it holds out for.

    Source: Rubinstein (1982), Econometrica 50(1), 97-109, for two; Aydogan, Festen,
    Hindriks and Jonker (2017), Alternating offers protocols for multilateral
    negotiation, Studies in Computational Intelligence 674, 153-167, for more.
    """

    n_rounds: int = 100
    slack: float = 1e-4

    def __post_init__(self) -> None:
        if self.n_rounds < 1:
            raise MethodError(
                f"AlternatingOffers.n_rounds: is {self.n_rounds}; must be 1 or larger"
            )
        if not 0.0 <= self.slack < 1.0:
            raise MethodError(
                f"AlternatingOffers.slack: is {self.slack}; must be from 0 to below 1"
            )


@dataclass(frozen=True, eq=False)
class Sessions:
    """How sessions ended.

    `agreed` (n_sessions,) is the number of the package, the last issue running
    fastest, or -1 where there was none; `ended` (n_sessions,) the round, from 0, or
    `n_rounds`. `utilities` (n_sessions, n_parties) are those of the agreement, or the
    disagreement point.
    """

    parties: tuple[str, ...]
    line_ups: tuple[tuple[Negotiator, ...], ...]
    schedule: IntArray | None
    agreed: IntArray
    ended: IntArray
    utilities: FloatArray
    status: Status
    method: AlternatingOffers
    seed: int
    digest: str
    certificate: Certificate

    @property
    def n_sessions(self) -> int:
        """How many were played."""
        return len(self.agreed)

    @property
    def share_agreed(self) -> float:
        """Share of the sessions that ended in an agreement."""
        return float((self.agreed >= 0).mean())

    def package(self, session: int, domain: Domain) -> tuple[str, ...] | None:
        """Levels that a session agreed on, issue by issue; None without agreement."""
        number = int(self.agreed[session])
        if number < 0:
            return None
        levels = unpack(np.array([number]), domain.n_levels)[0]
        return tuple(
            names[int(level)]
            for names, level in zip(domain.levels, levels, strict=True)
        )

    def check(self, domains: Domain | Sequence[Domain]) -> Certificate:
        """Replay up to 200 sessions in plain Python and compare how they ended.

        Raises
        ------
        ModelError : these sessions were played on other domains.
        """
        table = seat(
            as_worlds(domains), self.line_ups, self.schedule, self.method.n_rounds
        )
        if table.digest != self.digest:
            raise ModelError(
                "check: these are not the domains of this answer; pass those that "
                "the sessions were played on"
            )
        ends = np.stack([self.agreed[table.numbers], self.ended[table.numbers]])
        return replay(
            table, self.method.slack, self.seed, ends, n_replayed=_MOST_REPLAYED
        )

    def __str__(self) -> str:
        ended = self.ended[self.agreed >= 0]
        rounds = (
            f", after {ended.mean() + 1:.3g} rounds on average" if len(ended) else ""
        )
        mean = "  ".join(f"{u:.4g}" for u in self.utilities.mean(axis=0))
        return "\n".join(
            [
                f"{self.n_sessions:,} sessions of {len(self.parties)} parties",
                f"agreed    {100 * self.share_agreed:.3g} %{rounds}",
                f"mean utilities  {mean}",
                f"{self.status}: {self.certificate}",
            ]
        )


def run_sessions(
    domains: Domain | Sequence[Domain],
    line_ups: Sequence[Negotiator] | Sequence[Sequence[Negotiator]],
    *,
    method: AlternatingOffers | None = None,
    schedule: IntArray | None = None,
    seed: int = 1,
) -> Sessions:
    """Play sessions of alternating offers between scripted negotiators.

    Parameters
    ----------
    domains : what is negotiated: one domain or several, with the same issues, levels
        and parties (draws of one crisis, say)
    line_ups : one negotiator for each party, in the order in which they speak; or a
        list of such line-ups
    method : rounds and slack
    schedule : (n_sessions, 2), which domain and which line-up each session has; None
        pairs them one to one, or one with each
    seed : of the offers that `MiCRO` repeats; nothing else is random

    Returns
    -------
    Sessions : exact; the same for any seed where nobody is `MiCRO`

    Raises
    ------
    MethodError : more than 10^6 packages.
    ModelError : no session, a line-up without one negotiator for each party, or domains
        that differ in issues or parties.

    >>> from backchannel.settlement.negotiators import BOULWARE, CONCEDER
    >>> table = np.array([[1.0, 0.7, 0.0], [0.0, 0.6, 1.0]])
    >>> prize = Domain("prize", ("split",), (("a", "b", "c"),), ("A", "B"), (table,),
    ...                np.array([0.0, 0.0]))
    >>> played = run_sessions(prize, [BOULWARE, CONCEDER])
    >>> played.package(0, prize), played.ended.tolist()
    (('b',), [74])
    """
    chosen = method or AlternatingOffers()
    worlds = as_worlds(domains)
    lines = as_line_ups(line_ups)
    table = seat(worlds, lines, schedule, chosen.n_rounds)
    ends = np.empty((2, table.n_sessions), dtype=np.int64)
    play_sessions(
        **table.arrays, slack=chosen.slack, seed=seed, agreed=ends[0], ended=ends[1]
    )
    agreed, ended = np.empty_like(ends)
    agreed[table.numbers], ended[table.numbers] = ends
    utilities = np.empty((table.n_sessions, len(worlds[0].parties)))
    utilities[table.numbers] = _utilities(table, ends[0])
    return Sessions(
        parties=worlds[0].parties,
        line_ups=lines,
        schedule=schedule,
        agreed=agreed,
        ended=ended,
        utilities=utilities,
        status=Status.EXACT,
        method=chosen,
        seed=seed,
        digest=table.digest,
        certificate=replay(table, chosen.slack, seed, ends, n_replayed=2),
    )


def _utilities(table: Table, agreed: IntArray) -> FloatArray:
    """Utilities of the agreements, (n_sessions, n_parties), or of none."""
    begins = np.cumsum([0, *table.n_levels[:-1]])
    worst = np.minimum.reduceat(table.tables, begins, axis=2).sum(axis=2)
    fallback = np.where(np.isfinite(table.reserves), table.reserves, worst)
    columns = unpack(np.maximum(agreed, 0), table.n_levels.tolist()) + begins
    found = np.zeros((table.n_sessions, table.tables.shape[1]))
    for column in columns.T:
        found += table.tables[table.world, :, column]
    return np.where(agreed[:, None] >= 0, found, fallback[table.world])
