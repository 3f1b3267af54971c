"""What the kinds of events, phases and statuses are called on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from backchannel.exercise.pages.calendar import span
from backchannel.exercise.pages.names import as_words
from backchannel.exercise.pages.numbers import percent

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
        "signal_noted": _("a signal that you noted"),
        "calmed": _("calm"),
        "stepped": _("a step of an empty seat"),
        "debrief_opened": _("the debrief is open"),
        "reseeded": _("other luck"),
        "terms_leaked": _("a private term has come out"),
        "term_void": _("a term is void"),
        "condition_judged": _("a condition is judged"),
        "settlement_held": _("ratified, also after the leak"),
        "settlement_collapsed": _("collapsed"),
        "agreement_denounced": _("denounced"),
        "leak_planned": _("you will let it out"),
        "deadline_read": _("how the deadline was taken"),
        "facilitator_read": _("the facilitator looked"),
        "no_answer": _("no answer from a program"),
        "channel_opened": _("channel opened"),
        "clock_set": _("clock set"),
        "clock_stepped": _("time was let pass"),
        "seat_given": _("seat given"),
    }


def watched_words(_: Say) -> dict[str, str]:
    """What happened, for who looks on at the acts of others: nothing is his own."""
    return event_words(_) | {
        "message_carried": _("in the hands of who carries it"),
        "message_rewritten": _("changed on the way"),
        "estimated": _("an estimate"),
        "matter_opened": _("waits for a ruling"),
        "ratification_asked": _("assent is asked for"),
        "assent_given": _("assent answered"),
        "reneged": _("a term is refused"),
        "signal_noted": _("a signal is noted"),
        "leak_planned": _("a leak is planned"),
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
    return {
        "war": _("War breaks out"),
        "settled": _("It is settled"),
        "limit": _("Would rather have this than no agreement"),
    }


def question_said(question: str, of: str | None, role: Say, _: Say) -> str:
    """What was asked, and of whom where it was one party's limit."""
    said = question_words(_).get(question, question)
    return _("{who}: {what}").format(who=role(of), what=said) if of else said


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


def look_words(_: Say) -> dict[str, str]:
    """What a facilitator can look at."""
    return {
        "console": _("the console"),
        "knowledge": _("who knew what"),
        "sheets": _("the role sheets"),
        "orders": _("the order audit"),
        "marks": _("the marks of a text"),
    }


def outcome_words(_: Say) -> dict[str, str]:
    """What became of a term or of a condition."""
    return {
        "term_performed": _("performed"),
        "breach_seen": _("broken"),
        "leaked": _("void, since it came out"),
        "secrecy_broken": _("void, the silence being broken"),
        "condition": _("void, its condition having failed"),
        "met": _("met"),
        "failed": _("failed"),
    }


def reading_words(_: Say) -> dict[str, str]:
    """How a deadline is put, or taken."""
    return {"request": _("a request"), "ultimatum": _("an ultimatum")}


def condition_words(condition: Mapping[str, Any], issue: Say, role: Say, _: Say) -> str:
    """Put a condition of an offer into a sentence.

    Parameters
    ----------
    condition : its record
    issue, role : give the title of an issue, and of a role
    _ : translator of texts

    Returns
    -------
    str : such as `Jupiters only if Missiles is performed`
    """
    if condition["kind"] == "secret":
        said = _("{then} only while {needs} stays secret")
    else:
        said = _("{then} only if {needs} is performed")
    words = [
        said.format(then=issue(condition["then"]), needs=issue(condition["needs"]))
    ]
    hours = condition.get("within_hours")
    if hours is not None:
        words.append(_("within {time}").format(time=span(hours, _)))
    if condition.get("verified_by"):
        by = role(condition["verified_by"])
        words.append(_("as {who} is to find").format(who=by))
    if condition.get("otherwise") == "all":
        words.append(_("else nothing holds"))
    return ", ".join(words)


def field_words(_: Say) -> dict[str, str]:
    """What the fields of moves are called, as on the forms that ask for them."""
    return {
        "about": _("Reports on"),
        "after_hours": _("Hours from now"),
        "agreement": _("Agreement"),
        "answer_form": _("Answer wanted as"),
        "assent": _("Assent"),
        "caption": _("Caption"),
        "caveats": _("Caveat"),
        "channel": _("Channel"),
        "commits_to": _("Ties me to"),
        "conditions": _("Conditions"),
        "credibility": _("Chance"),
        "deadline_hours": _("Hours within which an answer is wanted"),
        "envoy": _("Envoy"),
        "handling": _("Handling"),
        "hours": _("Hours to let pass at once"),
        "issue": _("Term"),
        "levels": _("Levels"),
        "message": _("Message"),
        "needs": _("Conditions"),
        "offer": _("Offer"),
        "package": _("Package"),
        "paper": _("Document"),
        "passages": _("Words to black out"),
        "precedence": _("Precedence"),
        "prob": _("Chance"),
        "reader": _("Copy of"),
        "role": _("Seat"),
        "seed": _("Seed"),
        "setting": _("Setting"),
        "speed": _("Hours of the crisis in an hour"),
        "text": _("Text"),
        "then": _("Conditions"),
        "times": _("How often"),
        "title": _("Title"),
        "to": _("To"),
        "within_hours": _("Hours from ratification; empty for whenever"),
    }


def precedence_words(_: Say) -> dict[str, str]:
    """How urgent a message is."""
    return {
        "flash": _("flash"),
        "immediate": _("immediate"),
        "priority": _("priority"),
        "routine": _("routine"),
    }


def caveat_words(_: Say) -> dict[str, str]:
    """Caveats of a document."""
    return {
        "no_copies": _("no copies"),
        "secret": _("secret"),
        "top_secret": _("top secret"),
        "personal": _("personal"),
    }


def row(items: Iterable[str], _: Say) -> str:
    """Put things in a row, as a language does.

    >>> row(["Alpha", "Bravo", "Navy"], str)
    'Alpha, Bravo, Navy'
    """
    both = _("{one}, {other}")
    return reduce(lambda a, b: both.format(one=a, other=b), items or [""])


def signal_words(signal: Mapping[str, Any], role: Say, _: Say) -> str:
    """Put a signal that was noted into words.

    Parameters
    ----------
    signal : its record
    role : gives the title of a role
    _ : translator of texts

    Returns
    -------
    str : of whom, and what was noted of manner, baseline and how surely it was meant
    """
    times, chance = signal.get("times") or 1, signal.get("credibility")
    who = role(signal["of"])
    said = [_("{who}, {times} ×").format(who=who, times=f"{times:.0f}")]
    said = said if times > 1 else [who]
    if signal.get("manner"):
        said.append(_("manner: {manner}").format(manner=signal["manner"]))
    if signal.get("baseline"):
        said.append(_("usually: {baseline}").format(baseline=signal["baseline"]))
    if chance is not None:
        meant = _("meant with a chance of {chance}")
        said.append(meant.format(chance=percent(chance, _)))
    return "; ".join(said)


def caveat_list(caveats: Iterable[str], _: Say) -> str:
    """Caveats of a document, in a row."""
    words = caveat_words(_)
    return row([words.get(name, as_words(name)) for name in caveats], _)


def handling_words(_: Say) -> dict[str, str]:
    """Captions of a message that have a rule."""
    return {
        "personal": _("personal: for the leader alone"),
        "no_copies": _("no copies of any report on it"),
    }
