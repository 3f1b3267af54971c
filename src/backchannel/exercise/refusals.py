"""Why moves are refused: each reason once, with a code for good and words for people.

A refusal is said in English to programs; a page puts the same code and values into its
reader's language. Each text says what is wrong, then what would be right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from backchannel.base.errors import MoveRefusedError, did_you_mean

MOST_LISTED = 12
"""Names that a refusal lists of those that would have been right."""


def to_translate(text: str) -> str:
    """Mark a text for the catalogues where it stands; it is translated when shown.

    >>> to_translate("the game is not open")
    'the game is not open'
    """
    return text


_ = to_translate
REASONS: Mapping[str, str] = {
    # Who may.
    "no_such_role": _("is no role of this game"),
    "looks_on": _("looks on; take the seat of a role to act"),
    "facilitator_only": _("is for the facilitator alone; ask them"),
    "leader_only": _("only the leader accepts; take it to him"),
    "person_plays": _("a person plays it; the facilitator hands it over"),
    # When.
    "not_open": _("the game is not open; wait for the facilitator"),
    "settled": _("the crisis is settled; perform what was agreed"),
    "no_forces": _("this crisis has no forces to move"),
    "nothing_to_come": _("nothing is to come by itself; give hours"),
    # How a field is to be written.
    "bad_id": _("has to be 8 to 64 characters; draw a new one for every move"),
    "text_missing": _("is missing; give a text"),
    "text_too_long": _("has {count} characters; at most {most} are carried"),
    "nobody_named": _("names nobody; give a list"),
    "number_missing": _("is missing; give a number from {low} to {high}"),
    "number_bad": _("is {value}; give a number from {low} to {high}"),
    "seed_bad": _("is no whole number; give one"),
    "assent_missing": _("is missing; say true or false"),
    "package_empty": _("is empty; name a level"),
    "conditions_bad": _(
        "write at most {most} records, each with the term that depends and the term "
        "that it needs; words go into the text"
    ),
    "spans_bad": _("write [[first, behind], ...]"),
    # What cannot be.
    "all_hear": _("everybody hears '{channel}'; use one that is private"),
    "not_private": _("'{level}' cannot be private; offer it in public"),
    "not_public": _("'{level}' cannot be public; offer it in private"),
    "needs_beside": _("'{level}' needs {wanted} beside it"),
    "public_here": _("'{issue}' is public here; offer it in private"),
    "waits_for_itself": _("'{issue}' would wait for itself; cut the ring"),
    "sealed": _("'{message}' is sealed; pass it on as it is"),
    "no_copies": _("'{title}' says no copies; ask its author"),
    "not_in_document": _("'{passage}' is not in the document; copy it"),
    "nothing_owed": _("you owe no such term"),
    # Names that are none of those that would do; these are listed behind.
    "no_choice": _("'{name}' cannot be chosen here"),
    "no_move": _("there is no move '{name}'"),
    "no_issue": _("there is no issue '{name}'"),
    "no_level": _("there is no level '{name}'"),
    "no_role": _("you know no role '{name}'"),
    "no_actor": _("you know no actor '{name}'"),
    "no_role_near": _("you know no role in the room '{name}'"),
    "no_envoy": _("you know no envoy of yours '{name}'"),
    "no_reader": _("you know no reader of it '{name}'"),
    "no_caption": _("you know no caption with a rule '{name}'"),
    "no_caveat": _("you know no caveat '{name}'"),
    "no_open_channel": _("you know no open channel '{name}'"),
    "no_shut_channel": _("you know no channel that you can open '{name}'"),
    "no_message": _("you know no message '{name}'"),
    "no_message_held": _("you know no message in your hands '{name}'"),
    "no_message_had": _("you know no message that you have had in hand '{name}'"),
    "no_message_come": _("you know no message that came to you '{name}'"),
    "no_document": _("you know no document '{name}'"),
    "no_document_held": _("you know no document that you hold '{name}'"),
    "no_offer_waiting": _("you know no offer that waits for you '{name}'"),
    "no_deadline": _("you know no offer with a deadline that came to you '{name}'"),
    "no_agreement": _("you know no agreement '{name}'"),
    "no_agreement_waiting": _("you know no agreement that waits for you '{name}'"),
    "no_agreement_broken": _("you know no agreement that was broken '{name}'"),
    "no_private_term": _("you know no private term '{name}'"),
    "no_term": _("you know no term of this package '{name}'"),
    "no_posture": _("you know no posture of yours '{name}'"),
    "no_order": _("you know no order of yours '{name}'"),
    "no_order_under_way": _("you know no order under way '{name}'"),
    "no_matter": _("you know no matter before you '{name}'"),
    "no_step": _("you know no step open to you here '{name}'"),
}
"""Every reason by its code, as a text to be filled in."""


def refused(
    role: str, code: str, place: str = "", **values: object
) -> MoveRefusedError:
    """Make the error for a reason.

    Parameters
    ----------
    role : who tried
    code : one of `REASONS`
    place : the move, or `move.field`, that is wrong
    values : what the text of the reason says, plain JSON

    Returns
    -------
    MoveRefusedError : to be raised

    >>> refused("alpha", "nothing_owed", "renege").rule
    'renege: you owe no such term'
    """
    text = REASONS[code].format(**values)
    rule = f"{place}: {text}" if place else text
    return MoveRefusedError(role, rule, code=code, place=place, values=values)


def unknown(
    role: str, code: str, place: str, name: object, known: Collection[str]
) -> MoveRefusedError:
    """Make the error for a name that is none of those that would do.

    Parameters
    ----------
    role, code, place : as for `refused`
    name : as it was given
    known : names that would have been right, all of them known to the role

    Returns
    -------
    MoveRefusedError : it says the same whether there is such a thing or not

    >>> unknown("alpha", "no_actor", "x.verified_by", "brava", ["bravo"]).rule
    "x.verified_by: you know no actor 'brava'; declared: bravo. Did you mean 'bravo'?"
    """
    hint = did_you_mean(str(name), known, "") if known else "there is none now"
    rule = f"{place}: {REASONS[code].format(name=name)}; {hint}"
    values = {"name": str(name), "known": sorted(known)[:MOST_LISTED]}
    return MoveRefusedError(role, rule, code=code, place=place, values=values)
