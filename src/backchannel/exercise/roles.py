"""The seats of a game: who of the crisis file can be played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backchannel.crisis.model import Crisis

FACILITATOR = "facilitator"
"""Runs the game and sees all of it; what it reads is written down."""
PUBLIC = "public"
"""The projector on the wall: sees what everybody sees, and does nothing."""

RoleKind = Literal[
    "leader", "envoy", "constituency", "mediator", "guarantor", "absent", "observer"
]


@dataclass(frozen=True)
class Role:
    """One seat. `actor` is the actor it belongs to, `party` the side that it is on.

    `party` is empty for those on neither side.
    """

    name: str
    title: str
    actor: str
    party: str
    kind: RoleKind


def roles_of(crisis: Crisis) -> dict[str, Role]:
    """List the seats of a crisis: its actors' principals, then their envoys.

    Parameters
    ----------
    crisis : a loaded crisis

    Returns
    -------
    dict : roles by name; an actor's leader bears the name of the actor, a person the
        name it has in the file (with the actor before it where two share one)

    >>> from backchannel.crisis.load import load
    >>> roles_of(load("cuba-1962"))["rfk"].kind
    'envoy'
    """
    roles = {}
    for name, actor in crisis.actors.items():
        kind: RoleKind = "leader" if actor.kind == "party" else actor.kind
        title = f"{actor.principal}, {actor.title}" if actor.principal else actor.title
        roles[name] = Role(name, title, name, crisis.party_of(name) or "", kind)
    for name, actor in crisis.actors.items():
        for person, record in actor.people.items():
            free = person if person not in roles else f"{name}_{person}"
            party = crisis.party_of(name) or ""
            roles[free] = Role(free, record.title, name, party, "envoy")
    roles[PUBLIC] = Role(PUBLIC, "Everybody", "", "", "observer")
    return roles


def near(roles: Mapping[str, Role], role: str, talk: str) -> tuple[str, ...]:
    """List the roles to whom one may speak face to face.

    Parameters
    ----------
    roles : all seats, by name
    role : who speaks
    talk : `side` where each side keeps to itself, `all` where everybody meets

    Returns
    -------
    tuple : names, in the order of the seats; none for those on no side
    """
    side = roles[role].party
    return tuple(
        name
        for name, other in roles.items()
        if name not in (role, PUBLIC)
        and (talk == "all" or (side and other.party == side))
    )
