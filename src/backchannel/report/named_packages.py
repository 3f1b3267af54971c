"""The packages that a brief speaks of by name: solutions, offers, history's own."""

from __future__ import annotations

from dataclasses import dataclass

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.frozen import Choice, WrittenPackage
from backchannel.crisis.model import Crisis
from backchannel.crisis.stakes import offers_by_nearness
from backchannel.report.naming import difference_title, package_title
from backchannel.report.records import Number
from backchannel.report.wording import average, clean, number
from backchannel.settlement.settlements import Settlements

# What each rule looks for, for readers who have not met its name.
GLOSS = {
    "nash": "largest product of the gains",
    "kalai_smorodinsky": "each gets the same share of the most it could gain",
    "egalitarian": "largest gain for whoever gains least",
    "utilitarian": "largest sum of the gains",
}
_NEAREST = ("nearest", "Nearest to a deal")


@dataclass(frozen=True)
class NamedPackage:
    """One package with every name it goes by, and its numbers.

    `difference` is what it says otherwise than the best; `gains` has a number for each
    party; `share_best` is the share of draws in which no accepted package is better by
    the product of gains.
    """

    key: str
    row: int
    names: tuple[str, ...]
    title: str
    difference: str
    terms: dict[str, Choice]
    settled: Number
    gains: tuple[Number, ...]
    share_best: Number

    @property
    def name(self) -> str:
        """All its names in one."""
        return ", ".join(self.names)


def name_packages(crisis: Crisis, found: Settlements) -> tuple[NamedPackage, ...]:
    """The packages worth speaking of, the best one first.

    Returns
    -------
    the best package that passes (or, where none does, the one that comes nearest), the
    four solutions, the package of history and the offers of the file; one that goes by
    several names stands once
    """
    names: dict[int, list[tuple[str, str]]] = {}

    def add(row: int | None, key: str, title: str) -> None:
        if row is not None:
            names.setdefault(row, []).append((key, title))

    if found.best not in {s.package for s in found.solutions[:1]}:
        best = ("best", "Best that passes")
        add(found.best, *(best if found.is_settleable else _NEAREST))
    for solution in found.solutions:
        row = found.best if found.best in solution.packages else solution.package
        add(row, solution.name, solution.title)
    add(found.historical, "historical", "What history chose")
    for key, offer in offers_by_nearness(crisis).items():
        add(_row_of_offer(found, offer.package), f"offer_{key}", clean(offer.title))
    base = found.packages.terms(found.best)
    return tuple(
        _named(crisis, found, row, called, base) for row, called in names.items()
    )


def call_best(found: Settlements) -> str:
    """What the package spoken of first is called in a sentence."""
    return (
        "the best package" if found.is_settleable else "the package nearest to a deal"
    )


def _row_of_offer(found: Settlements, package: WrittenPackage) -> int | None:
    try:
        return found.packages.row_of(package)
    except ModelError:
        return None


def _named(
    crisis: Crisis,
    found: Settlements,
    row: int,
    called: list[tuple[str, str]],
    base: dict[str, Choice],
) -> NamedPackage:
    key = called[0][0]
    settled, gains = by_draw(found, row)
    return NamedPackage(
        key=key,
        row=row,
        # What the reader knows comes first.
        names=tuple(
            title for key, title in sorted(called, key=lambda c: c[0] != "historical")
        ),
        title=package_title(crisis, found.packages.terms(row)),
        difference=difference_title(crisis, found.packages.terms(row), base),
        terms=found.packages.terms(row),
        settled=number(f"prob_settled.{key}", "share", settled, "settlement"),
        gains=tuple(
            average(f"gain.{key}.{party}", "worth", gain, "settlement")
            for party, gain in zip(found.parties, gains, strict=True)
        ),
        share_best=number(
            f"share_best.{key}", "share", float(found.share_best[row]), "settlement"
        ),
    )


def by_draw(found: Settlements, row: int) -> tuple[FloatArray, FloatArray]:
    """Chance of settlement (n_draws,) and gains (n_parties, n_draws) of one package."""
    if found.settled_by_draw is not None and found.gains_by_draw is not None:
        return found.settled_by_draw[row], found.gains_by_draw[:, row]
    cells = found.of_one_package(row)
    return cells.settled[0], cells.gains[:, 0]
