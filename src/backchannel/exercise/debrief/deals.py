"""What was offered, what each offer was worth, and which better ones nobody made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR
from backchannel.settlement.method import PASSES_AT
from backchannel.settlement.settlements import Settlements

MOST_MISSED = 5
"""Missed agreements that are worth telling."""
_OUTCOMES = (
    *("agreement_reached", "settlement_ratified", "ratification_failed"),
    *("settlement_held", "settlement_collapsed", "agreement_denounced"),
)


@dataclass(frozen=True)
class OfferJudged:
    """One offer against the settlement engine.

    `gains` are each party's expected gain over no deal, on its own scale, and
    `prob_settled` the chance that such a package is accepted and carried home; both
    None where it is no feasible package of the file. `put_as` and `taken_as` say what
    its deadline was called, and what it was taken for, empty where there is none.
    """

    name: str
    author: str
    hour: float
    package: Mapping[str, str]
    gains: tuple[float, ...] | None
    prob_settled: float | None
    is_on_frontier: bool
    outcome: str
    put_as: str = ""
    taken_as: str = ""


@dataclass(frozen=True)
class Missed:
    """A package that nobody offered and that would have passed.

    `label` names it in the words of the file, `package` gives its terms by issue.
    """

    label: str
    package: Mapping[str, str]
    gains: tuple[float, ...]
    prob_settled: float


def judge_offers(
    events: Iterable[EventRecord], settlements: Settlements
) -> list[OfferJudged]:
    """Hold every offer of a game against the settlement engine.

    Parameters
    ----------
    events : a ledger, in order
    settlements : of the same crisis, from `find_settlements`

    Returns
    -------
    list : in order of offering; `outcome` is the kind of the last event about it
    """
    found: dict[str, OfferJudged] = {}
    of_agreement: dict[str, str] = {}
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None:
            continue
        fields = view.fields
        if event.kind == "message_sent" and "offer" in fields:
            name = fields["offer"]
            judged = _judge(name, event, fields["package"], settlements)
            form = "" if fields.get("deadline") is None else str(fields["form"])
            found[name] = replace(judged, put_as=form)
        if event.kind == "deadline_read" and fields["offer"] in found:
            read = replace(found[fields["offer"]], taken_as=fields["taken_as"])
            found[fields["offer"]] = read
        if event.kind == "agreement_reached":
            of_agreement[fields["agreement"]] = fields["made_of"]
        name = fields.get("answers") or of_agreement.get(fields.get("agreement", ""))
        if name in found and event.kind in ("message_received", *_OUTCOMES):
            outcome = fields.get("answer", event.kind)
            found[name] = replace(found[name], outcome=outcome)
    return list(found.values())


def _judge(
    name: str,
    event: EventRecord,
    package: Mapping[str, str],
    settlements: Settlements,
) -> OfferJudged:
    try:
        row = settlements.row(dict(package))
    except ModelError:
        return OfferJudged(
            name, event.author, event.hour, package, None, None, False, "message_sent"
        )
    return OfferJudged(
        name,
        event.author,
        event.hour,
        package,
        tuple(float(gain) for gain in settlements.gains[row]),
        float(settlements.prob_settled[row]),
        bool(np.isin(row, settlements.frontier)),
        "message_sent",
    )


def missed_agreements(
    offers: Iterable[OfferJudged], settlements: Settlements
) -> list[Missed]:
    """List the best packages that would have passed and that nobody put on the table.

    Parameters
    ----------
    offers : what was offered, from `judge_offers`
    settlements : of the same crisis

    Returns
    -------
    list : at most `MOST_MISSED`, by how often they would be settled; where a package
        was ratified, only those that leave every party better off than it did
    """
    offers = list(offers)
    made = {
        settlements.row(dict(offer.package))
        for offer in offers
        if offer.gains is not None
    }
    signed = [o.gains for o in offers if o.outcome == "settlement_ratified" and o.gains]
    floor = np.max(np.array(signed), axis=0) if signed else np.zeros(1)
    rows = [
        int(row)
        for row in np.flatnonzero(settlements.prob_settled >= PASSES_AT)
        if int(row) not in made and (settlements.gains[row] > floor).all()
    ]
    rows.sort(key=lambda row: -settlements.prob_settled[row])
    return [
        Missed(
            settlements.packages.label(row),
            {i: str(c) for i, c in settlements.packages.terms(row).items()},
            tuple(float(gain) for gain in settlements.gains[row]),
            float(settlements.prob_settled[row]),
        )
        for row in rows[:MOST_MISSED]
    ]
