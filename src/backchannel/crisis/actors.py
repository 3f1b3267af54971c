"""Who takes part: parties, constituencies, mediators, guarantors, absent parties."""

from __future__ import annotations

from typing import Literal

from backchannel.crisis.frozen import (
    Cost,
    Duration,
    Known,
    Name,
    Probability,
    Sourced,
    Text,
    Worth,
)

ActorKind = Literal["party", "constituency", "mediator", "guarantor", "absent"]


class Demand(Sourced):
    """Something that an actor presses for."""

    text: Text
    """What is demanded."""
    pressure: Known | None = None
    """How hard, in words."""


class Person(Sourced):
    """A person who acts for an actor, possibly in several roles at once."""

    title: Text
    """Full name."""
    roles: tuple[Text, ...] = ()
    """Every hat this person wears: brother, envoy, law officer."""
    access_to: Text = ""
    """The principal whom this person reaches."""
    access_latency: Duration | None = None
    """How long until the principal can be asked."""


class Actor(Sourced):
    """A named party to the crisis, or somebody a party must carry."""

    title: Text
    """Name to print."""
    kind: ActorKind
    """party: its leader must accept. constituency: ratifies, presses or acts alone.
    mediator: carries and proposes. guarantor: gives a term that the promiser does not
    control. absent: spoken about, can veto later."""
    of: Name | None = None
    """The party that must carry this constituency."""
    principal: Text = ""
    """Who decides for this actor."""
    people: dict[Name, Person] = {}
    """Persons who act for it."""
    position: Text = ""
    """What it wants, in words."""
    demands: tuple[Demand, ...] = ()
    """What it presses for."""
    threshold: Worth | None = None
    """Least worth of the part of a package it sees at which it assents; its law is the
    others' view of it."""
    pressure: Cost | None = None
    """What its refusal costs the leader of its party, where it cannot block."""
    acts_alone: tuple[Name, ...] = ()
    """Incidents that it can cause against its principal's will (loss of control)."""
    deliberation: Duration | None = None
    """How long its leader needs to decide on an offer or an incident."""
    refuses_ultimatum: Probability | None = None
    """Chance that it refuses an offer because it reads it as an ultimatum."""
    exposed: tuple[Text, ...] = ()
    """People of its own in harm's way (tripwires)."""
