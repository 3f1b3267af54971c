"""Which deals exist and can be carried home: the answer of this room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError, NoAgreementError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice, WrittenPackage
from backchannel.crisis.model import Crisis
from backchannel.settlement.best import find_best
from backchannel.settlement.binding import Binding, find_binding
from backchannel.settlement.cells import Cells, all_draws
from backchannel.settlement.change import Change, find_changes, find_cheapest
from backchannel.settlement.disclosure import PrivateTerm
from backchannel.settlement.method import PASSES_AT, TOLERANCE, Exhaustive, IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.procedure import ProcedureChange, find_procedures
from backchannel.settlement.solutions import Solution
from backchannel.settlement.valuation import Valuation
from backchannel.settlement.verify import certify, verify

if TYPE_CHECKING:
    import xarray

AnyPackage = int | WrittenPackage | Mapping[str, Choice | str]
"""A row, or a package as a file names it."""


@dataclass(frozen=True, eq=False)
class Settlements:
    """Every feasible package and what becomes of it.

    Axes are (package, party) and (package, draw), packages in order of declaration;
    `packages` names them. `prob_settled`, `prob_ratified`, `prob_leak` (n_packages,)
    and `acceptance`, `gains` (n_packages, n_parties) are means over the draws, gains
    being A - V on each party's scale. `share_best` is the share of draws in which a
    package has the largest product of gains among those accepted that can be carried
    home (ties split); `share_without_deal` that in which there is none.
    `max_regret` (n_packages, n_parties) is the most by which, in any draw, the best
    package that all accept would have brought a party more than this one does, nothing
    counting where not all accept.
    `settled_by_draw` (n_packages, n_draws) and `gains_by_draw` (n_parties, n_packages,
    n_draws) are None where they would be too large; `of_one_package` gives them for any
    package.
    """

    parties: tuple[str, ...]
    packages: Packages
    prob_settled: FloatArray
    prob_ratified: FloatArray
    prob_leak: FloatArray
    acceptance: FloatArray
    gains: FloatArray
    frontier: IntArray
    solutions: tuple[Solution, ...]
    share_best: FloatArray
    share_without_deal: float
    historical: int | None
    historical_note: str
    private_terms: tuple[PrivateTerm, ...]
    settled_by_draw: FloatArray | None
    gains_by_draw: FloatArray | None
    status: Status
    method: Exhaustive
    seed: int
    n_draws: int
    crisis_digest: str
    certificate: Certificate
    crisis: Crisis = field(repr=False)
    draws: Draws = field(repr=False)
    prob_war: FloatArray = field(repr=False)
    valuation: Valuation = field(repr=False)
    max_regret: FloatArray = field(repr=False)
    revalue: Callable[[Draws, Collection[str]], Settlements] = field(repr=False)

    @property
    def n_packages(self) -> int:
        """How many feasible packages there are, the status quo not counted."""
        return len(self.packages)

    @property
    def is_settleable(self) -> bool:
        """Whether there is a deal: some package is settled at least as likely as not.

        Where there is none, `best` is only the package nearest to one, and the named
        solutions are what expected gains alone would single out.
        """
        return bool((self.prob_settled >= PASSES_AT).any())

    @property
    def best(self) -> int:
        """The best package that passes: the Nash solution, where that passes.

        Where `is_settleable` is false, the nearest one: settled most often; where many
        are never settled, one that is passed at home and costs the party worst off
        least.
        """
        return find_best(
            self.solutions, self.gains, self.prob_settled, self.prob_ratified
        )

    @property
    def least_regretted(self) -> int:
        """The package whose largest regret, over parties and draws, is least."""
        return int(np.argmin(self.max_regret.max(axis=1)))

    @property
    def passing(self) -> IntArray:
        """Packages settled at least as likely as not."""
        return np.flatnonzero(self.prob_settled >= PASSES_AT)

    @property
    def zopa(self) -> IntArray:
        """Packages at which no party expects a loss: the zone of possible agreement."""
        return np.flatnonzero((self.gains >= -TOLERANCE).all(axis=1))

    @property
    def win_set(self) -> IntArray:
        """Packages ratified at least as likely as not."""
        return np.flatnonzero(self.prob_ratified >= PASSES_AT)

    def solution(self, name: str) -> Solution:
        """One named solution: nash, kalai_smorodinsky, egalitarian or utilitarian.

        Raises
        ------
        NoAgreementError : every package makes some party expect a loss, or brings
            nobody a gain.
        """
        for solution in self.solutions:
            if solution.name == name:
                return solution
        raise NoAgreementError(
            f"solution '{name}': every package makes some party expect a loss, or "
            "brings nobody a gain; see changes() for what would help"
        )

    def row(self, package: AnyPackage) -> int:
        """The row of a package.

        Raises
        ------
        ModelError : it is not among the feasible packages.
        """
        found = package if isinstance(package, int) else self.packages.row_of(package)
        if found is None or not 0 <= found < self.n_packages:
            raise ModelError(
                f"package: {package} is not one of the {self.n_packages} feasible "
                "packages; see `packages.labels`"
            )
        return found

    def of_one_package(self, package: AnyPackage) -> Cells:
        """Everything about one package in every draw; arrays end in (1, n_draws)."""
        return all_draws(self._alone(package)).cells()

    def prob_settled_of(self, package: AnyPackage) -> FloatArray:
        """Chance of a settlement with one package, draw by draw, (n_draws,)."""
        settled: FloatArray = self.of_one_package(package).settled[0]
        return settled

    def with_values(
        self, values: Mapping[str, Mapping[str, Mapping[str, float]]]
    ) -> Settlements:
        """Ask what if: the same packages, draws and risk, with some worths replaced.

        Parameters
        ----------
        values : worth by actor, issue and level, in every draw

        Returns
        -------
        Settlements : a new answer; only what these actors see is added up again

        Raises
        ------
        ModelError : the file declares no such worth.

        >>> import backchannel
        >>> crisis = backchannel.load("strait")
        >>> found = backchannel.run_study(crisis, n_draws=40).settlements
        >>> spoilt = found.with_values({"bravo": {"tanker": {"released": -60}}})
        >>> len(spoilt.passing) < len(found.passing)
        True
        """
        replaced: dict[str, float] = {}
        for actor, issues in values.items():
            for issue, levels in issues.items():
                for level, worth in levels.items():
                    declared = self.crisis.values.get(actor, {}).get(issue, {})
                    if level not in declared:
                        raise ModelError(
                            f"values.{actor}.{issue}.{level}: the file declares no "
                            "such worth; add it to the file, with its source"
                        )
                    replaced[declared[level].worth.path] = float(worth)
        return self.revalue(self.draws.replaced(replaced), frozenset(values))

    def binding(self, package: AnyPackage) -> tuple[Binding, ...]:
        """What stands in the way of a package, tightest on its own first."""
        return find_binding(self._alone(package))

    def change(self, package: AnyPackage) -> tuple[Change, ...]:
        """Single changes after which a package passes, cheapest first."""
        return find_changes(self.valuation, self.row(package), self.prob_settled)

    def changes(self, limit: int = 2000) -> dict[int, Change | None]:
        """The cheapest change for the failing packages that come closest to passing.

        Returns
        -------
        row of a failing package to its cheapest change, None where no single one is
        enough; the package settled most often comes first
        """
        failing = np.flatnonzero(self.prob_settled < PASSES_AT)
        order = failing[np.argsort(-self.prob_settled[failing], kind="stable")]
        return {
            int(row): find_cheapest(self.valuation, int(row), self.prob_settled)
            for row in order[:limit]
        }

    def openings(self) -> tuple[ProcedureChange, ...]:
        """Smallest single changes of procedure that open a zone of agreement.

        Rules lowered and actors excused come first, then constituencies reassured;
        empty where some package passes already or no single change is enough.
        """
        return find_procedures(self.valuation, self.prob_settled)

    def _alone(self, package: AnyPackage) -> Valuation:
        return self.valuation.only(np.array([self.row(package)]))

    def check(self, crisis: Crisis) -> Certificate:
        """Recompute this answer by a route that shares no code with the engine.

        Raises
        ------
        ModelError : it is not the crisis this was computed from.
        """
        return verify(self, crisis)

    def certified(self) -> Certificate:
        """Compare a few packages and draws with the literal evaluator."""
        return certify(self, self.crisis)

    def to_xarray(self) -> xarray.Dataset:
        """Arrays with named axes."""
        # Imported at call: it takes longer than a whole small run, and few need it.
        import xarray  # noqa: PLC0415

        one = ("package",)
        two = ("package", "party")
        return xarray.Dataset(
            {
                "prob_settled": (one, self.prob_settled),
                "prob_ratified": (one, self.prob_ratified),
                "prob_leak": (one, self.prob_leak),
                "share_best": (one, self.share_best),
                "acceptance": (two, self.acceptance),
                "max_regret": (two, self.max_regret),
                "gains": (two, self.gains),
            },
            coords={"package": list(self.packages.labels), "party": list(self.parties)},
            attrs={"seed": self.seed, "crisis_digest": self.crisis_digest},
        )

    def __str__(self) -> str:
        best, called = self.best, "best" if self.is_settleable else "nearest"
        lines = [
            (
                f"packages    {self.n_packages} feasible of "
                f"{self.packages.n_enumerated}, {len(self.passing)} pass, "
                f"{len(self.frontier)} on the frontier"
            ),
            f"{called:12}{self.packages.label(best)}",
            (
                f"P(settled)  {self.prob_settled[best]:.2f}, best in "
                f"{self.share_best[best]:.0%} of the draws"
            ),
        ]
        if self.historical is not None:
            row = self.historical
            lines.append(
                f"historical  P(settled) {self.prob_settled[row]:.2f}, best in "
                f"{self.share_best[row]:.0%} of the draws"
            )
        lines.append(
            f"status      {self.status} over {self.n_draws} draws, seed {self.seed}"
        )
        lines.append(f"check       {self.certificate}")
        return "\n".join(lines)
