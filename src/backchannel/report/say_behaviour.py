"""Section 5, what they will do: offer, answer, and what a mediator could save."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.games.bargaining.package_offers import OfferBehaviour
from backchannel.games.bargaining.package_rounds import PackageRounds
from backchannel.games.bargaining.solution import LEVELS
from backchannel.report.figure_records import FigureHead, OfferFigure, OfferPoint
from backchannel.report.naming import difference_title, package_title, title_of_actor
from backchannel.report.records import Part, Section, Statement, say
from backchannel.report.show_offers import (
    ANSWER,
    offer_table,
    short_offer_table,
)
from backchannel.report.wording import listed, number, percent
from backchannel.settlement.settlements import Settlements

QUESTION = "What will they do?"
# Below this a procedure is said to make no difference.
_NOTICEABLE = 0.005
_MAX_NAMED = 3


def say_behaviour(
    crisis: Crisis,
    found: OfferBehaviour | None,
    settlements: Settlements,
    rounds: PackageRounds | None = None,
) -> Section:
    """Say who offers what, how it is answered, how sure, and what would change it."""
    if found is None:
        said = "There is no package whose draws could be kept, so nobody has an offer."
        return Section("behaviour", 5, QUESTION, (say(said),), is_answered=False)
    if found.offer is None:
        who = title_of_actor(crisis, found.proposer)
        said = f"{who} gains from no offer that would be accepted, and makes none."
        return Section("behaviour", 5, QUESTION, (say(said), _say_level(crisis, found)))
    return Section(
        key="behaviour",
        number=5,
        question=QUESTION,
        statements=(
            _say_offer(crisis, found, settlements),
            _say_answer(crisis, found),
            _say_level(crisis, found),
            _say_mediator(crisis, found, settlements),
            *_say_rounds(crisis, found, settlements, rounds),
            _say_change(crisis, found, settlements),
        ),
        tables=(
            short_offer_table(crisis, found, settlements),
            offer_table(crisis, found, settlements),
        ),
        figures=(_figure(crisis, found, settlements),),
    )


def _title(crisis: Crisis, settlements: Settlements, row: int) -> str:
    return package_title(crisis, settlements.packages.terms(row))


def _short(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements, row: int
) -> str:
    """How a package differs from the one that is offered."""
    if row == found.offer or found.offer is None:
        return "the offer itself"
    packages = settlements.packages
    return difference_title(crisis, packages.terms(row), packages.terms(found.offer))


def _say_offer(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> Statement:
    who = title_of_actor(crisis, found.proposer)
    offer = 0 if found.offer is None else found.offer
    said = f"{who} does best to offer: {_title(crisis, settlements, offer)}"
    if found.opening == found.offer:
        said += ". That is the offer on the table"
    return say(f"{said}.")


def _say_answer(crisis: Crisis, found: OfferBehaviour) -> Statement:
    others = listed([title_of_actor(crisis, name) for name in found.responders])
    parts: list[Part] = [
        f"{others} and the proposer stand by it in ",
        number("behaviour.prob_accepted", "share", found.prob_accepted, ANSWER),
        " of the draws; it is carried home with a chance of ",
        number("behaviour.prob_settled", "share", found.prob_settled, ANSWER),
    ]
    if crisis.escalation is not None:
        parts += [
            ". War then comes with a chance of ",
            number("behaviour.prob_war", "share", found.prob_war, ANSWER),
            "; without an offer with one of ",
            number("behaviour.without", "share", found.prob_war_without, ANSWER),
        ]
    return say(*parts, ".")


def _say_level(crisis: Crisis, found: OfferBehaviour) -> Statement:
    sure = f"How sure: the game is of level {found.level}, {LEVELS[found.level]}."
    near = len(found.near)
    parts: list[Part] = [
        f"{sure} As far as the draws can tell "
        + ("no other offer is as good" if near == 1 else f"{near} offers are as good")
    ]
    if crisis.escalation is None:
        return say(*parts, ".")
    low, high = found.prob_war_range
    if near > 1:
        parts += [
            "; the chance of war after such is ",
            number("behaviour.near.low", "share", low, ANSWER),
            " to ",
            number("behaviour.near.high", "share", high, ANSWER),
        ]
    first, second = (percent(half) for half in found.prob_war_by_half)
    return say(
        *parts, f". Each half of the draws by itself gives war {first} and {second}."
    )


def _say_mediator(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> Statement:
    best = found.mediated
    if crisis.escalation is None:
        return say(
            "A mediator is not weighed: without a ladder there is no risk to lower."
        )
    if best.saved < _NOTICEABLE:
        return say(
            "No other procedure would lower the risk much: what is left of it comes "
            "from what the sides want, not from who offers first."
        )
    rows = best.rows[:_MAX_NAMED]
    named = [_short(crisis, found, settlements, row) for row in rows]
    how = "a mediator who proposes one package to both sides, taken or left by each: "
    if len(best.rows) > 1:
        how = (
            "a mediator who hears the other side alone and then recommends one of "
            f"{len(best.rows)} packages, most often (as changes to the offer): "
        )
    return say(
        "The least that any procedure allows is ",
        number("behaviour.mediated", "share", best.prob_war, ANSWER),
        ", against ",
        number("behaviour.plain", "share", best.prob_war_of_offer, ANSWER),
        f" for the plain offer at the same {best.n_types} draws. That difference is "
        f"made by the procedure; what would remove it is {how}{'; or '.join(named)}.",
    )


def _say_rounds(
    crisis: Crisis,
    found: OfferBehaviour,
    settlements: Settlements,
    rounds: PackageRounds | None,
) -> tuple[Statement, ...]:
    """What changes where the answer may be another offer."""
    if rounds is None or crisis.escalation is None:
        return ()
    play, game = rounds.play, rounds.game
    shares = game.prob_types.sum(axis=1) @ play.opening
    first = int(shares.argmax())
    opens = "waits" if first == game.wait else "opens with "
    if first != game.wait:
        opens += _short(crisis, found, settlements, rounds.rows[first])
    low, high = play.prob_war_range
    made = max(play.prob_war - play.mediated.prob_war, 0.0)
    title = title_of_actor(crisis, found.proposer)
    others = listed([title_of_actor(crisis, name) for name in found.responders])
    last = others if game.offering[-1] else title
    said = (
        f"With {game.n_rounds} offers in turn over {len(rounds.rows)} packages and "
        f"{len(rounds.type_gain)} types of the other side, level {play.level}, {title} "
        f"{opens}. The last offer, which the other side can only take or leave, would "
        f"be that of {last}. Agreed at once: "
    )
    parts: list[Part] = [
        said,
        number("behaviour.rounds.taken", "share", play.prob_taken, ANSWER),
        "; chance of war ",
        number("behaviour.rounds.war", "share", play.prob_war, ANSWER),
        " (",
        number("behaviour.rounds.low", "share", low, ANSWER),
        " to ",
        number("behaviour.rounds.high", "share", high, ANSWER),
        " over plans as good), of which the procedure makes ",
        number("behaviour.rounds.made", "share", made, ANSWER),
    ]
    if play.level == "L4":
        parts.append("; this is an audit, in which an empty threat may remain")
    return (say(*parts, "."),)


def _say_change(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> Statement:
    parts: list[Part] = ["What would change it: "]
    if crisis.escalation is not None:
        said = "if both knew every number, and each draw got an offer of its own, "
        known = number("behaviour.if_known", "share", found.prob_war_if_known, ANSWER)
        parts += [f"{said}the chance of war would be ", known, "; "]
    curve = found.curve
    later = [i for i, row in enumerate(curve.rows) if row != found.offer]
    if not later:
        return say(*parts, "there is no other offer.")
    loss = float(curve.mean_gain.max() - curve.mean_gain[later[0]])
    return say(
        *parts,
        "the next best offer costs the proposer ",
        number("behaviour.next_best", "worth", loss, ANSWER),
        f" of mean gain ({_short(crisis, found, settlements, curve.rows[later[0]])}).",
    )


def _figure(
    crisis: Crisis, found: OfferBehaviour, settlements: Settlements
) -> OfferFigure:
    curve = found.curve
    order = sorted(
        range(len(curve.rows)), key=lambda i: (curve.rows[i] != found.offer, i)
    )
    points = tuple(
        OfferPoint(
            _label(crisis, found, settlements, curve.rows[i], place),
            float(curve.prob_accepted[i]),
            float(curve.own_gain[i]),
            float(curve.mean_gain[i]),
            float(curve.prob_war[i]),
        )
        for place, i in enumerate(order)
    )
    who = title_of_actor(crisis, found.proposer)
    best = int(np.argmax(curve.mean_gain))
    alt = (
        f"{len(points)} offers by the chance that they are accepted and by what {who} "
        f"gains if so; the best is accepted with {percent(curve.prob_accepted[best])}."
    )
    head = FigureHead("offers", "What could be offered, and taken", alt, ANSWER)
    return OfferFigure(head, who, points)


def _label(
    crisis: Crisis,
    found: OfferBehaviour,
    settlements: Settlements,
    row: int,
    place: int,
) -> str:
    if place == 0:
        return "offered"
    if row == found.opening:
        return "on the table"
    return _short(crisis, found, settlements, row) if place <= _MAX_NAMED else ""
