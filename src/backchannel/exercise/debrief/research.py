"""A record of a game for research: who did what when, and no word that was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from backchannel.crisis.event_record import EVERYONE, EventRecord
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project, readers_of
from backchannel.exercise.roles import FACILITATOR, Role

# Fields that hold no words of a player and no name of one.
_KEPT = (
    *("precedence", "is_deniable", "package", "form", "deadline", "answer"),
    *("setting", "status_set", "ruling", "rung", "phase"),
    *("question", "prob", "reason", "assent", "issue", "level"),
)
# What has a name of the file or of the game, which may be a person's: numbered.
_NAMES = (
    *("message", "offer", "agreement", "answers", "paper"),
    *("channel", "incident", "order", "posture"),
)


def code_names(roles: Mapping[str, Role]) -> dict[str, str]:
    """Name each role by its side and kind: `side1.leader`, `side2.envoy.2`.

    Parameters
    ----------
    roles : the seats

    Returns
    -------
    dict : code name by role, the same for the same crisis
    """
    sides = list(dict.fromkeys(role.party for role in roles.values() if role.party))
    counts: dict[str, int] = {}
    named = {}
    for role in roles.values():
        side = f"side{sides.index(role.party) + 1}" if role.party else "other"
        base = f"{side}.{role.kind}"
        counts[base] = counts.get(base, 0) + 1
        named[role.name] = base if counts[base] == 1 else f"{base}.{counts[base]}"
    return named


def research_lines(
    events: Iterable[EventRecord], roles: Mapping[str, Role]
) -> Iterator[str]:
    """Write a game as JSON, one event a line, without names and without words.

    Parameters
    ----------
    events : a ledger, in order
    roles : the seats

    Yields
    ------
    str : hour, whole seconds since the first event, kind, author and readers by code
        name, length of the text, and the fields that are choices rather than words
    """
    codes = code_names(roles) | {FACILITATOR: FACILITATOR, "": "world"}
    things: dict[object, str] = {}
    first: float | None = None
    for event in events:
        first = event.at if first is None else first
        view = project(event, FACILITATOR, OPEN)
        fields = {} if view is None else view.fields
        record: dict[str, object] = {
            "hour": round(event.hour, 4),
            "seconds": round(event.at - first),
            "kind": event.kind,
            "by": codes.get(event.author, "world"),
            "seen_by": [codes[role] for role in readers_of(event, roles)],
        }
        if isinstance(fields.get("text"), str):
            record["n_characters"] = len(fields["text"])
        if fields.get("of") in codes:
            record["of"] = codes[fields["of"]]
        for name in _NAMES:
            if name in fields:
                record[name] = things.setdefault(fields[name], f"{name}{len(things)}")
        record |= {name: fields[name] for name in _KEPT if name in fields}
        if any(EVERYONE in part.audience for part in event.parts):
            record["seen_by"] = ["everybody"]
        yield json.dumps(record, ensure_ascii=False)
