"""When a package is performed: critical path with overruns, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice, WrittenPackage
from backchannel.crisis.model import Crisis
from backchannel.settlement.band import Band, band
from backchannel.settlement.network import Activity, Network
from backchannel.settlement.verify_timetable import certify_timetable, verify_timetable

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class TermDates:
    """When one term is begun and performed, hours from agreement."""

    issue: str
    level: str
    start: Band
    finish: Band
    criticality: float

    def __str__(self) -> str:
        days = [h / 24 for h in (self.finish.median, self.finish.low, self.finish.high)]
        return f"{self.issue} {self.level}: performed after {Band(*days)} days"


@dataclass(frozen=True, eq=False)
class Timetable:
    """Dates of every term of a package.

    `terms` in order of declaration, `activities` in an order of work; `total_by_draw`
    (n_draws,) is when all is performed, hours from agreement, and `total` its band.
    """

    package: Mapping[str, Choice]
    terms: tuple[TermDates, ...]
    activities: tuple[Activity, ...]
    total: Band
    total_by_draw: FloatArray
    seed: int
    n_draws: int
    crisis_digest: str
    certificate: Certificate
    draws: Draws = field(repr=False)
    status: Status = Status.SAMPLED
    method: str = "critical path (Kelley and Walker 1959), one network per draw"

    @property
    def critical_path(self) -> tuple[Activity, ...]:
        """The activities that are critical in more than half of the draws."""
        return tuple(a for a in self.activities if a.criticality > 0.5)

    def check(self, crisis: Crisis) -> Certificate:
        """Recompute dates and criticality by plain recursion and small delays.

        Raises
        ------
        ModelError : it is not the crisis this was computed from.
        """
        return verify_timetable(self, crisis)

    def to_xarray(self) -> xarray.Dataset:
        """Arrays with named axes."""
        # Imported at call: it takes longer than a whole small run, and few need it.
        import xarray  # noqa: PLC0415

        names = [
            ".".join(filter(None, (a.issue, a.level, a.step))) for a in self.activities
        ]
        two = ("activity", "draw")
        shape = (len(names), self.n_draws)
        return xarray.Dataset(
            {
                "start_hours": (two, _stack([a.start for a in self.activities], shape)),
                "finish_hours": (
                    two,
                    _stack([a.finish for a in self.activities], shape),
                ),
                "total_hours": (("draw",), self.total_by_draw),
            },
            coords={"activity": names},
            attrs={"seed": self.seed, "crisis_digest": self.crisis_digest},
        )

    def __str__(self) -> str:
        days = Band(self.total.median / 24, self.total.low / 24, self.total.high / 24)
        lines = [f"all performed  after {days} days"]
        last = sorted(self.terms, key=lambda term: -term.finish.median)[:3]
        lines += [f"term           {term}" for term in last]
        lines.append(
            f"status         {self.status} over {self.n_draws} draws, seed {self.seed}"
        )
        return "\n".join(lines)


def plan_timetable(
    crisis: Crisis,
    package: WrittenPackage | Mapping[str, Choice | str],
    *,
    draws: Draws,
) -> Timetable:
    """Plan when each term of a package is performed.

    Parameters
    ----------
    crisis : a loaded crisis
    package : the package; issues not named stay at the status quo
    draws : joint samples of its uncertain numbers

    Returns
    -------
    Timetable : starts, ends and criticality of every term and step

    Raises
    ------
    ModelError : steps or levels wait for each other in a circle, or an issue or level
        of the package is not declared.

    Notes: exact for the given draws. Slippage multiplies steps and lead time alike.
    Source: Kelley and Walker (1959), Proc. Eastern Joint Computer Conference, 160-173.
    """
    if not isinstance(package, WrittenPackage):
        package = WrittenPackage.model_validate({"terms": dict(package)})
    terms = _terms(crisis, package)
    network = Network(crisis, [(i, c.level) for i, c in terms.items()], draws)
    activities = network.solve()
    total = network.total
    timetable = Timetable(
        terms,
        tuple(
            _dates(issue, choice.level, activities) for issue, choice in terms.items()
        ),
        activities,
        band(total),
        total,
        draws.seed,
        draws.n_draws,
        crisis.digest,
        Certificate("not checked", float("nan"), 0.0, "none"),
        draws,
    )
    return replace(timetable, certificate=certify_timetable(timetable, crisis))


def _terms(crisis: Crisis, package: WrittenPackage) -> dict[str, Choice]:
    """The terms in order of the file, checked to exist."""
    for issue, choice in package.terms.items():
        if issue not in crisis.issues:
            raise ModelError(
                f"package.{issue}: no such issue; see `issues` of the file"
            )
        if choice.level not in crisis.issues[issue].levels:
            known = ", ".join(crisis.issues[issue].levels)
            raise ModelError(
                f"package.{issue}: no level '{choice.level}'; declared: {known}"
            )
    return {
        issue: package.terms[issue]
        for issue, record in crisis.issues.items()
        if issue in package.terms and package.terms[issue].level != record.status_quo
    }


def _dates(issue: str, level: str, activities: tuple[Activity, ...]) -> TermDates:
    own = [a for a in activities if a.issue == issue]
    start = np.min([a.start for a in own], axis=0)
    finish = np.max([a.finish for a in own], axis=0)
    critical = np.any([a.is_critical for a in own], axis=0)
    return TermDates(issue, level, band(start), band(finish), float(critical.mean()))


def _stack(rows: list[FloatArray], shape: tuple[int, int]) -> FloatArray:
    return np.array(rows).reshape(shape)
