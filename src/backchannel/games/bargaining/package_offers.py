"""L0 and L1 over the packages of a crisis: one offer, taken or left.

The proposer knows the laws of the file, not the draw, of what the other side wants; it
makes the offer with the best mean gain, counted over the draws in which the offer is
accepted. The other side knows its own draw and accepts what is worth more to it than no
deal. After a refusal the risk runs on to the horizon. With a pie for packages this is
Fearon's ultimatum; the rule has no mixing, since every draw is a type of its own.

Source: Fearon (1995), International Organization 49, 379-414.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.stakes import PackageStakes
from backchannel.games.bargaining.package_mediation import MediatedOffer, mediate_offers
from backchannel.games.bargaining.solution import LEVELS, Level

_WAR = 100.0
# A mean gain within this of the best is as good: 5e-4 of the scale of war, -100.
NEAR_OPTIMAL = 5e-4 * _WAR
_N_SHOWN = 6


@dataclass(frozen=True)
class OfferCurve:
    """Packages the proposer could offer, the one with the best mean gain first.

    All (n_shown,): `own_gain` if accepted, `prob_accepted`, `mean_gain` counting
    refusals, `prob_war`; `rows` are the packages.
    """

    rows: tuple[int, ...]
    own_gain: FloatArray
    prob_accepted: FloatArray
    mean_gain: FloatArray
    prob_war: FloatArray


@dataclass(frozen=True, eq=False)
class OfferBehaviour:
    """What the sides will do about the packages of a crisis.

    `offer` is the row of the package offered, None where none brings the proposer a
    gain; `prob_accepted`, `prob_settled` and `prob_war` (n_draws,) what follows.
    `prob_war_range` holds the chance of war over the offers that are as good (`near`),
    `prob_war_by_half` over each half of the draws. `prob_war_if_known` is that where
    nothing is private, `mediated` the least that any procedure allows.
    """

    proposer: str
    responders: tuple[str, ...]
    level: Level
    offer: int | None
    opening: int | None
    prob_accepted: FloatArray
    prob_settled: FloatArray
    prob_war: FloatArray
    prob_war_without: FloatArray
    prob_war_range: tuple[float, float]
    prob_war_by_half: tuple[float, float]
    prob_war_if_known: float
    near: tuple[int, ...]
    n_tied: int
    curve: OfferCurve
    mediated: MediatedOffer
    selection: str
    status: Status
    method: str
    seed: int
    n_draws: int
    crisis_digest: str
    certificate: Certificate
    stakes: PackageStakes = field(repr=False)

    def check(self, stakes: PackageStakes | None = None) -> Certificate:
        """Try every other offer, one draw at a time, and recompute what it brings.

        Parameters
        ----------
        stakes : what the game is about; those it was solved from where None

        Returns
        -------
        Certificate : largest gain from another offer, or from another answer
        """
        return certify_offer(self.stakes if stakes is None else stakes, self.offer)

    def __str__(self) -> str:
        low, high = self.prob_war_range
        offered = "no package" if self.offer is None else f"package {self.offer}"
        war = float(self.prob_war.mean())
        taken = f"{100 * self.prob_accepted.mean():.0f} % of draws"
        best, plain = self.mediated.prob_war, self.mediated.prob_war_of_offer
        mediated = f"{best:.3f} against {plain:.3f} at the same types"
        return "\n".join(
            [
                f"level        {self.level}: {LEVELS[self.level]}",
                f"offer        {self.proposer} offers {offered}, accepted in {taken}",
                f"P(war)       {war:.3g}; {low:.3g} to {high:.3g} near the best",
                f"mediated     {mediated}",
                f"method       {self.method}; {self.status}",
                f"certificate  {self.certificate}",
            ]
        )


def foresee_offer(stakes: PackageStakes) -> OfferBehaviour:
    """Find the offer, the answer and the risk that follows.

    Parameters
    ----------
    stakes : packages, gains and risks, draw by draw

    Returns
    -------
    OfferBehaviour : level L1 where a number of the other side is private, else L0

    Raises
    ------
    ModelError : there are no packages, or arrays of different shapes.
    """
    _check(stakes)
    means = mean_gains(stakes)
    war = prob_war_after(stakes)
    best = float(means.max())
    level: Level = "L1" if stakes.is_private else "L0"
    known = known_offers(stakes)
    if level == "L0":
        return _assemble(stakes, level, None, known, means, war)
    offer = int(np.argmax(means)) if best > 0.0 else None
    chosen = np.full(len(stakes.prob_war), -1 if offer is None else offer)
    return _assemble(stakes, level, offer, chosen, means, war)


def _check(stakes: PackageStakes) -> None:
    if stakes.n_packages == 0:
        raise ModelError("behaviour: there is no package to offer; declare more levels")
    shape = stakes.settled.shape
    if stakes.proposer_gain.shape != shape or stakes.responder_gain.shape != shape:
        raise ModelError(
            f"behaviour: gains must have shape (n_packages, n_draws) = {shape}, but "
            f"have {stakes.proposer_gain.shape} and {stakes.responder_gain.shape}"
        )


def mean_gains(stakes: PackageStakes) -> FloatArray:
    """Mean gain of the proposer by package, refusals counted as none, (n_packages,)."""
    taken = stakes.accepted * stakes.proposer_gain
    return np.asarray(taken.mean(axis=1))


def prob_war_after(stakes: PackageStakes) -> FloatArray:
    """Chance of war after offering a package, (n_packages, n_draws).

    The risk runs until the answer is in, and on to the horizon unless it is settled.
    """
    later = np.maximum(stakes.prob_war - stakes.prob_war_meanwhile, 0.0)
    open_still = 1.0 - stakes.accepted * stakes.settled
    return np.asarray(stakes.prob_war - later * (1.0 - open_still))


def known_offers(stakes: PackageStakes) -> np.ndarray:
    """Best package for the proposer in each draw, nothing private; -1 for none."""
    gains = np.where(stakes.accepted > 0.0, stakes.proposer_gain, -np.inf)
    best = gains.argmax(axis=0)
    is_any = gains[best, np.arange(gains.shape[1])] > 0.0
    return np.where(is_any, best, -1)


def _by_draw(values: FloatArray, rows: np.ndarray, without: FloatArray) -> FloatArray:
    """Values of the package chosen in each draw; `without` where there is none."""
    draws = np.arange(values.shape[1])
    return np.where(rows >= 0, values[np.maximum(rows, 0), draws], without)


def _assemble(
    stakes: PackageStakes,
    level: Level,
    offer: int | None,
    rows: np.ndarray,
    means: FloatArray,
    war: FloatArray,
) -> OfferBehaviour:
    n_draws = len(stakes.prob_war)
    nothing = np.zeros(n_draws)
    prob_war = _by_draw(war, rows, stakes.prob_war)
    accepted = _by_draw(stakes.accepted, rows, nothing)
    settled = _by_draw(stakes.accepted * stakes.settled, rows, nothing)
    near = _as_good(stakes, means)
    wars = np.append(war[near].mean(axis=1), prob_war.mean())
    half = n_draws // 2
    is_single = level == "L1"
    shown = offer
    if not is_single and (rows >= 0).any():
        # Complete information: the package offered most often stands for all.
        shown = int(np.bincount(rows[rows >= 0]).argmax())
    known = _by_draw(war, known_offers(stakes), stakes.prob_war)
    return OfferBehaviour(
        proposer=stakes.proposer,
        responders=stakes.responders,
        level=level,
        offer=shown,
        opening=stakes.opening,
        prob_accepted=accepted,
        prob_settled=settled,
        prob_war=prob_war,
        prob_war_without=stakes.prob_war,
        prob_war_range=(float(wars.min()), float(wars.max())),
        prob_war_by_half=(
            float(prob_war[:half].mean()) if half else float(prob_war.mean()),
            float(prob_war[half:].mean()),
        ),
        prob_war_if_known=float(known.mean()),
        near=tuple(int(row) for row in near),
        n_tied=int((means >= means.max() - 1e-12).sum()),
        curve=offer_curve(stakes, means, war),
        mediated=mediate_offers(stakes, shown),
        selection="the offer with the best mean gain; "
        + ("ties go to the one declared first" if is_single else "one for each draw"),
        status=Status.SAMPLED,
        method=f"one offer to take or to leave, {stakes.n_packages:,} packages tried "
        f"in {n_draws:,} draws",
        seed=stakes.seed,
        n_draws=n_draws,
        crisis_digest=stakes.crisis_digest,
        certificate=certify_offer(stakes, offer, is_single=is_single),
        stakes=stakes,
    )


def _as_good(stakes: PackageStakes, means: FloatArray) -> np.ndarray:
    """Packages whose mean gain the draws cannot tell from the best one's.

    Within 0.05, or two standard errors of the difference, draw by draw.
    """
    taken = stakes.accepted * stakes.proposer_gain
    behind = taken[int(means.argmax())] - taken
    error = behind.std(axis=1) / np.sqrt(behind.shape[1])
    within = behind.mean(axis=1) <= np.maximum(NEAR_OPTIMAL, 2.0 * error)
    return np.flatnonzero(within & (means > 0.0))


def offer_curve(
    stakes: PackageStakes, means: FloatArray, war: FloatArray
) -> OfferCurve:
    """Packages worth a thought: those that none beats in gain and in acceptance.

    To those come the `_N_SHOWN` best by mean gain and the offer on the table.
    """
    accepted = stakes.accepted.mean(axis=1)
    own = np.where(accepted > 0.0, means / np.maximum(accepted, 1e-300), 0.0)
    kept, best = set(), 0.0
    for row in np.lexsort((-accepted, -own)):
        if accepted[row] > best + 1e-12:
            kept.add(int(row))
            best = float(accepted[row])
    kept |= {int(row) for row in np.argsort(-means, kind="stable")[:_N_SHOWN]}
    if stakes.opening is not None:
        kept.add(stakes.opening)
    rows = sorted(kept, key=lambda row: (-means[row], row))
    return OfferCurve(
        tuple(rows), own[rows], accepted[rows], means[rows], war[rows].mean(axis=1)
    )


def certify_offer(
    stakes: PackageStakes, offer: int | None, *, is_single: bool = True
) -> Certificate:
    """Largest gain of the proposer from another offer, package by package.

    Adds up the draws one package at a time, with the responder's answer worked out
    anew; shares no array with the solver.
    """
    claim, route = "mean gain from another offer", "each package put to every draw"
    if not is_single:
        return Certificate(claim, 0.0, 0.0, "best package of each draw")
    best, own = 0.0, 0.0
    for row in range(stakes.n_packages):
        total = 0.0
        says_yes = stakes.responder_gain[row] >= 0.0
        for gain in stakes.proposer_gain[row][says_yes]:
            total += max(float(gain), 0.0)
        mean = total / stakes.proposer_gain.shape[1]
        best = max(best, mean)
        own = mean if row == offer else own
    return Certificate(claim, max(best - own, 0.0), 1e-9, route)
