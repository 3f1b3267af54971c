"""Who knows a private matter: as the other side was told, and as it was.

The file gives both for every compartment. In a game the holder of a secret says how
many know it when an offer carries it to the other side; who really saw it is read from
the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backchannel.crisis.event_record import EVERYONE, EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.roles import PUBLIC, Role
from backchannel.exercise.world import read_choice


@dataclass(frozen=True)
class Circle:
    """One compartment of a game in both versions.

    `told` are (hour, who said it, how many) in order; `as_told` and `as_was` are counts
    of the file in words. `seen_at` gives the hour at which each role first saw a
    private term of it, and `public_at` when everybody did, None where that never was.
    """

    name: str
    title: str
    as_told: str
    as_was: str
    told: tuple[tuple[float, str, str], ...]
    seen_at: Mapping[str, float]
    public_at: float | None


def insiders_of(
    crisis: Crisis, roles: Mapping[str, Role], compartment: str
) -> tuple[str, ...]:
    """List the roles that are in a compartment as it was.

    Parameters
    ----------
    crisis, roles : what is played, and the seats
    compartment : name of one of the file's compartments

    Returns
    -------
    tuple : its holder's leader, the members, and the persons it names

    >>> from backchannel.crisis.load import load
    >>> from backchannel.exercise.roles import roles_of
    >>> cuba = load("cuba-1962")
    >>> insiders_of(cuba, roles_of(cuba), "jupiter_promise")
    ('usa', 'presidium', 'rfk')
    """
    record = crisis.compartments[compartment]
    named = [
        role.name
        for role in roles.values()
        if role.kind == "envoy"
        and any(is_same_person(text, role.title) for text in record.people)
    ]
    return tuple(dict.fromkeys((record.holder, *record.members, *named)))


def is_same_person(text: str, title: str) -> bool:
    """Whether `R. Kennedy` names `Robert Kennedy`; a surname alone is enough."""
    words, full = text.replace(".", " ").split(), title.split()
    if not words or not full or words[-1] != full[-1]:
        return False
    return len(words) == 1 or words[0][0] == full[0][0]


def circle_as_shown(crisis: Crisis, role: Role, compartment: str) -> dict[str, Any]:
    """Write down what one insider is told of a compartment before the game.

    Parameters
    ----------
    crisis : what is played
    role : an insider
    compartment : its name

    Returns
    -------
    dict : `title` and `as_told`; on the holder's side also `as_was`, who knows by name
        and who is kept out
    """
    record = crisis.compartments[compartment]
    shown: dict[str, Any] = {
        "title": record.title,
        "as_told": told_count(crisis, compartment),
    }
    if role.party == record.holder:
        shown |= {
            "as_was": str(record.as_was),
            "people": list(record.people),
            "kept_out": list(record.kept_out),
        }
    return shown


def told_count(crisis: Crisis, compartment: str) -> str:
    """How many know it as the other side is told; empty where the file is silent."""
    count = crisis.compartments[compartment].as_told
    return str(count) if count is not None and count.is_usable else ""


def private_circles(crisis: Crisis, package: Mapping[str, str]) -> tuple[str, ...]:
    """List the compartments that the private terms of a package belong to."""
    found = []
    for issue, text in package.items():
        choice = read_choice(text)
        private = crisis.issues[issue].levels[choice.level].private
        if choice.visibility == "private" and private is not None:
            found.append(private.compartment)
    return tuple(dict.fromkeys(found))


def circles_of(
    crisis: Crisis, events: Iterable[EventRecord], hour: float = float("inf")
) -> list[Circle]:
    """Put what was said of each compartment beside who really saw it.

    Parameters
    ----------
    crisis : what is played
    events : a ledger, in order
    hour : later events are left out

    Returns
    -------
    list : in the order of the file

    >>> from backchannel.crisis.load import load
    >>> [c.name for c in circles_of(load("strait"), [])]
    ['radar_room']
    """
    told: dict[str, list[tuple[float, str, str]]] = {}
    seen: dict[str, dict[str, float]] = {name: {} for name in crisis.compartments}
    for event in events:
        if event.hour > hour:
            break
        if event.kind == "message_sent":
            for name, line in (event.part("told_knowers") or {}).items():
                said = (event.hour, event.author, line["as_told"])
                told.setdefault(name, []).append(said)
        for part in event.parts:
            for name in _circles_in(crisis, part.fields):
                for role in part.audience:
                    seen[name].setdefault(role, event.hour)
    return [
        Circle(
            name,
            record.title,
            told_count(crisis, name),
            str(record.as_was),
            tuple(told.get(name, ())),
            {r: h for r, h in seen[name].items() if r not in (EVERYONE, PUBLIC)},
            seen[name].get(EVERYONE),
        )
        for name, record in crisis.compartments.items()
    ]


def _circles_in(crisis: Crisis, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Compartments of the private terms that these fields tell."""
    package = fields.get("package")
    return private_circles(crisis, package) if isinstance(package, dict) else ()
