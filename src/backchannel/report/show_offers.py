"""The tables of section 5: the offers worth a thought, and the short one."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.games.bargaining.package_offers import OfferBehaviour
from backchannel.report.naming import difference_title, package_title, title_of_actor
from backchannel.report.records import Table, row_of
from backchannel.report.wording import number
from backchannel.settlement.settlements import Settlements

ANSWER = "behaviour"
_MEAN_GAIN = "mean gain, refusals counted"


def offer_table(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> Table:
    """Every offer worth a thought, for the page."""
    curve, has_risk = found.curve, crisis.escalation is not None
    rows = []
    for i, row in enumerate(curve.rows):
        numbers = [
            number(f"offer.{i + 1}.accepted", "share", curve.prob_accepted[i], ANSWER),
            number(f"offer.{i + 1}.own", "worth", curve.own_gain[i], ANSWER),
            number(f"offer.{i + 1}.mean", "worth", curve.mean_gain[i], ANSWER),
        ]
        if has_risk:
            war = number(f"offer.{i + 1}.war", "share", curve.prob_war[i], ANSWER)
            numbers.append(war)
        rows.append(row_of(_called(crisis, found, settlements, row), *numbers))
    columns = ("offer", "accepted", "own gain if accepted", _MEAN_GAIN)
    note = (
        "The first is the best; the others are told by what they have instead. Gains "
        "are the proposer's over no deal"
    )
    told = "; war is the chance of it by the horizon after this offer."
    return Table(
        key="offers",
        caption="Offers worth a thought",
        columns=(*columns, "war") if has_risk else columns,
        rows=tuple(rows),
        answer=ANSWER,
        note=note + (told if has_risk else "."),
    )


def _called(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements, row: int
) -> str:
    """The best offer in full, another by what differs."""
    terms = settlements.packages.terms
    if found.offer is None or row == found.offer:
        return package_title(crisis, terms(row))
    return f"instead: {difference_title(crisis, terms(row), terms(found.offer))}"


def short_offer_table(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> Table:
    """What is offered, how it is answered and what risk is left, for the terminal."""
    terms = settlements.packages.terms(0 if found.offer is None else found.offer)
    columns = ["offer", "all stand by it", "carried home"]
    numbers = [
        number("behaviour.prob_accepted", "share", found.prob_accepted, ANSWER),
        number("behaviour.prob_settled", "share", found.prob_settled, ANSWER),
    ]
    if crisis.escalation is not None:
        columns += ["war then", "war without it", "with a mediator, at least"]
        least = found.mediated.prob_war
        numbers += [
            number("behaviour.prob_war", "share", found.prob_war, ANSWER),
            number("behaviour.without", "share", found.prob_war_without, ANSWER),
            number("behaviour.mediated", "share", least, ANSWER),
        ]
    return Table(
        "offers_short",
        "The offer",
        tuple(columns),
        (row_of(f"{title_of_actor(crisis, found.proposer)} offers", *numbers),),
        ANSWER,
        where="terminal",
        details=(package_title(crisis, terms),),
    )
