"""What a player can do now, as forms: built from the role's screen and nothing else.

A form that the rules would refuse for a reason that the role cannot see is still
offered: what a page leaves out must not tell a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backchannel.exercise.moves.channels import PRECEDENCES
from backchannel.exercise.pages.deal_forms import (
    agreement_forms,
    answer_forms,
    handling_field,
    leak_form,
    levels_of,
    mandate_form,
    offer_form,
    package_fields,
    reading_forms,
)
from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.force_forms import (
    matter_forms,
    order_forms,
    posture_forms,
    step_forms,
)
from backchannel.exercise.pages.names import Names
from backchannel.exercise.pages.paper_forms import paper_forms, write_form
from backchannel.exercise.pages.words import Say, precedence_words, question_words
from backchannel.exercise.screen import Screen

MOVES_SHOWN = (
    *("send", "speak", "declare", "estimate", "observe", "relay", "acknowledge"),
    *("open_channel",),
    *("offer", "answer", "give_mandate", "take_as", "ratify"),
    *("renege", "leak", "denounce"),
    *("write_paper", "hand_on", "read_paper"),
    *("set_posture", "set_order", "countermand", "rule", "escalate"),
)
"""Moves that a page offers; a test compares them with those that the rules know."""


def player_forms(screen: Screen, _: Say) -> list[Form]:
    """List the forms of a player's page, the most used first.

    Parameters
    ----------
    screen : what the role knows
    _ : translator of texts

    Returns
    -------
    list : in the order of the page; empty for who only looks on, and after the game
    """
    if not screen.sheet:
        return []
    if screen.phase not in ("open", "settled"):
        return [_estimate(_)] if screen.phase == "briefing" else []
    forms = [
        _send(screen, _),
        offer_form(screen, _open_channels(screen, _), _),
        _speak(screen, _),
        _declare(screen, _),
        mandate_form(screen, _envoys(screen), _),
        write_form(screen, people_near(screen), _),
        _open_channel(screen, _),
        _observe(screen, _),
        *posture_forms(screen, _),
        *step_forms(screen, _),
        _estimate(_),
        _limit(screen, _),
    ]
    return [form for form in forms if form is not None]


def _send(screen: Screen, _: Say) -> Form | None:
    channels = _open_channels(screen, _)
    if not channels:
        return None
    urgencies = precedence_words(_)
    return Form(
        "send",
        _("Send a message"),
        _("Send"),
        (
            Field("channel", _("Channel"), "choice", channels),
            Field("text", _("Text"), "text"),
            Field(
                "precedence",
                _("Precedence"),
                "choice",
                tuple((name, urgencies[name]) for name in reversed(PRECEDENCES)),
            ),
            Field(
                "caption",
                _("Caption"),
                hint=_("such as: personal, for the leader alone"),
                is_needed=False,
            ),
            handling_field(_),
            Field(
                "is_deniable", _("I can deny having said it"), "flag", is_needed=False
            ),
        ),
    )


def _open_channel(screen: Screen, _: Say) -> Form | None:
    """Hand over the number of a channel by which one can be reached."""
    opens: dict[str, str] = screen.sheet.get("opens", {})
    shut = tuple(
        (name, title)
        for name, title in opens.items()
        if not screen.channels.get(name, {}).get("is_open")
    )
    if not shut:
        return None
    field = Field("channel", _("Channel"), "choice", shut)
    note = _("Refused for one that is open already.")
    button = _("Hand it over")
    return Form("open_channel", _("Hand over a number"), button, (field,), note)


def _observe(screen: Screen, _: Say) -> Form:
    """Note how somebody seemed, against how he usually is."""
    others = Names(screen.crisis, _).roles(str(screen.sheet.get("role")))
    chance = _("Chance that it is meant, from 0 to 1")
    return Form(
        "observe",
        _("Note a signal"),
        _("Note it"),
        (
            Field("of", _("Of whom"), "choice", others),
            Field("text", _("What was said or done"), "text"),
            Field("manner", _("Manner"), is_needed=False),
            Field("baseline", _("How he usually is"), is_needed=False),
            Field("times", _("How often"), "number", value="1", low=1.0),
            Field("credibility", chance, "number", is_needed=False, low=0.0, high=1.0),
        ),
        note=_("Seen by nobody before the debrief."),
    )


def _open_channels(screen: Screen, _: Say) -> Options:
    hours = _("about {hours} h")
    return tuple(
        (
            name,
            f"{channel['title']}, {hours.format(hours=channel['hours'])}"
            if channel.get("hours")
            else channel["title"],
        )
        for name, channel in screen.channels.items()
        if channel["is_open"] and channel.get("receiver") != screen.sheet.get("actor")
    )


def _speak(screen: Screen, _: Say) -> Form | None:
    people = people_near(screen)
    if not people:
        return None
    return Form(
        "speak",
        _("Speak face to face"),
        _("Say"),
        (Field("to", _("To"), "list", people), Field("text", _("Text"), "text")),
        note=_("Heard at once, and only by those you choose."),
    )


def people_near(screen: Screen) -> Options:
    """Roles that the sheet says one may speak to, with their titles."""
    names = Names(screen.crisis, str)
    return tuple((name, names.role(name)) for name in screen.sheet.get("near", ()))


def _envoys(screen: Screen) -> Options:
    """Envoys of one's own, who alone take a mandate."""
    near = people_near(screen)
    return tuple(item for item in near if item[0] in screen.sheet.get("envoys", ()))


def _declare(screen: Screen, _: Say) -> Form:
    return Form(
        "declare",
        _("Say it in public"),
        _("Publish"),
        (
            Field("text", _("Text"), "text"),
            Field(
                "commits_to",
                _("Ties me to"),
                "list",
                levels_of(screen),
                is_needed=False,
            ),
        ),
        note=_("Everybody reads it at once. Going back on it costs at home."),
    )


def _estimate(_: Say) -> Form:
    known = question_words(_)
    questions = tuple((name, known[name]) for name in ("war", "settled"))
    return Form(
        "estimate",
        _("What do you expect?"),
        _("Note it"),
        (
            Field("question", _("Event"), "choice", questions),
            Field("prob", _("Chance, from 0 to 1"), "number", low=0.0, high=1.0),
        ),
        note=_("Seen by nobody before the debrief, where it is scored."),
    )


def _limit(screen: Screen, _: Say) -> Form | None:
    """How far another party would go; None for those who are told of none."""
    own, names = screen.sheet.get("party"), Names(screen.crisis, _)
    others = tuple(
        (party, names.role(party))
        for party in screen.crisis.get("parties", ())
        if party != own
    )
    if not others:
        return None
    return Form(
        "estimate",
        _("How far would another party go?"),
        _("Note it"),
        (
            Field("question", "", "hidden", value="limit"),
            Field("of", _("Party"), "choice", others),
            *package_fields(screen, _),
            Field("prob", _("Chance, from 0 to 1"), "number", low=0.0, high=1.0),
        ),
        note=_(
            "How likely it would rather have this package than no agreement. Seen by "
            "nobody before the debrief, where it is held against what it would gain."
        ),
        key="limit",
    )


def entry_forms(screen: Screen, shelf: str, name: str, _: Say) -> list[Form]:
    """List what can be done with one thing on the screen.

    Parameters
    ----------
    screen : what the role knows
    shelf : which of the screen's shelves it is on: messages, offers, ...
    name : its name there
    _ : translator of texts

    Returns
    -------
    list : forms, each with the name of the thing in a hidden field
    """
    make = _OF_SHELF.get(shelf)
    is_open = screen.phase in ("open", "settled") and bool(screen.sheet)
    if make is None or not is_open:
        return []
    return make(screen, name, getattr(screen, shelf)[name], _)


def has_left(screen: Screen, entry: Mapping[str, Any]) -> bool:
    """Whether a message that one carried is surely out of one's hands by now.

    Parameters
    ----------
    screen : what the role knows, up to the hour of what it saw last
    entry : the message, or the offer in it, as it stands on the screen

    Returns
    -------
    bool : False for what was never in one's hands
    """
    is_carried = entry["status"] == "message_carried" and "leaves" in entry
    return is_carried and bool(entry["leaves"] < screen.hour)


def _of_message(screen: Screen, name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    this = Field("message", "", "hidden", value=name)
    leak = leak_form((this,), name, _)
    if entry["status"] == "message_received":
        return [
            Form(
                "acknowledge", "", _("I have read it"), (this,), is_small=True, key=name
            ),
            leak,
        ]
    if has_left(screen, entry):
        return [leak]
    if entry["status"] == "message_carried" and entry.get("may_rewrite"):
        text = Field("text", _("Pass it on as"), "text", value=entry["text"])
        return [
            Form(
                "relay",
                _("It is in your hands"),
                _("Change it"),
                (this, text),
                key=name,
            ),
            leak,
        ]
    return [leak]


def _of_paper(screen: Screen, name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    this = Field("paper", "", "hidden", value=name)
    leak = leak_form((this,), name, _)
    return [*paper_forms(people_near(screen), name, entry, _), leak]


def _of_offer(screen: Screen, name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    is_mine = entry.get("by") == screen.sheet.get("actor")
    readings = [] if is_mine else reading_forms(name, entry, _)
    return [*answer_forms(screen, name, entry, _open_channels(screen, _), _), *readings]


def _of_order(_screen: Screen, name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    return order_forms(name, entry, _)


def _of_matter(_screen: Screen, name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    return matter_forms(name, entry, _)


OfEntry = Callable[[Screen, str, dict[str, Any], Say], list[Form]]
_OF_SHELF: dict[str, OfEntry] = {
    "messages": _of_message,
    "offers": _of_offer,
    "agreements": agreement_forms,
    "orders": _of_order,
    "matters": _of_matter,
    "papers": _of_paper,
}
