"""What the kinds of events, phases and statuses are called on a page."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]


def phase_words(_: Say) -> dict[str, str]:
    """What each phase of a game is called."""
    return {
        "unopened": _("not open yet"),
        "briefing": _("briefing"),
        "open": _("open"),
        "settled": _("settled"),
        "war": _("war"),
        "debrief": _("debrief"),
    }


def event_words(_: Say) -> dict[str, str]:
    """What happened, by kind of event, as a heading or a status."""
    return {
        "message_sent": _("sent"),
        "message_carried": _("in your hands"),
        "message_rewritten": _("changed by you"),
        "paper_written": _("written"),
        "paper_handed_on": _("handed on"),
        "paper_read": _("read"),
        "paper_released": _("released"),
        "message_received": _("received"),
        "message_read": _("read"),
        "spoken": _("said face to face"),
        "declared": _("said in public"),
        "injected": _("from the facilitator"),
        "estimated": _("your estimate"),
        "leaked": _("leaked"),
        "incident": _("incident"),
        "rung_changed": _("the crisis climbs or comes down"),
        "posture_set": _("posture changed"),
        "order_set": _("order changed"),
        "order_under_way": _("under way"),
        "order_countermanded": _("called off"),
        "order_carried_out": _("carried out"),
        "matter_opened": _("waits for you"),
        "ruled": _("ruled"),
        "deadline_passed": _("deadline passed"),
        "mandate_given": _("mandate given"),
        "offer_lapsed": _("lapsed"),
        "agreement_reached": _("reached"),
        "ratification_asked": _("asks for your assent"),
        "assent_given": _("you have answered"),
        "ratification_failed": _("failed at home"),
        "settlement_ratified": _("ratified"),
        "reneged": _("you will not perform a term"),
        "term_performed": _("a term is performed"),
        "breach_seen": _("a term was broken"),
        "facilitator_read": _("the facilitator looked"),
        "no_answer": _("no answer from a program"),
        "channel_opened": _("channel opened"),
    }


def order_words(_: Say) -> dict[str, str]:
    """Statuses of standing orders."""
    return {
        "proposed": _("proposed"),
        "in_force": _("in force"),
        "overridden": _("called off"),
        "breached": _("breached"),
    }


def question_words(_: Say) -> dict[str, str]:
    """Events whose chance a role may estimate."""
    return {"war": _("War breaks out"), "settled": _("It is settled")}


def player_words(_: Say) -> dict[str, str]:
    """Who plays a seat; empty for one that the rules of the file play."""
    return {
        "": _("nobody: the rules of the file"),
        "nobody": _("nobody: the rules of the file"),
        "person": _("a person"),
        "program": _("a program"),
        "script": _("a script"),
    }


def answer_words(_: Say) -> dict[str, str]:
    """Answers to an offer."""
    return {
        "accept": _("accepted"),
        "refuse": _("refused"),
        "counter": _("met with another offer"),
        "refuse_paper": _("the paper handed back"),
    }
