"""A crisis, written down once: the record that every room reads and none changes."""

from __future__ import annotations

from typing import Literal

from pydantic import PrivateAttr

from backchannel.base.located import LocatedDict
from backchannel.base.moments import Moment
from backchannel.crisis.actors import Actor
from backchannel.crisis.behaviour import Behaviour
from backchannel.crisis.channels import Channel, Deadline, Offer, Outcome
from backchannel.crisis.documents import (
    Claim,
    Contact,
    Document,
    Event,
    Norm,
    Signal,
    Source,
)
from backchannel.crisis.escalation import Chain, Escalation
from backchannel.crisis.frozen import Duration, Name, Sourced, Text
from backchannel.crisis.issues import (
    Compartment,
    Interaction,
    Issue,
    NoDeal,
    Ratification,
    ValueOfLevel,
)
from backchannel.crisis.place import line_of_key


class Crisis(Sourced):
    """One crisis: who, what is at stake, what is promised, what may go wrong.

    A number that gives no source or certainty takes those of the nearest record around
    it, in the end those given here.
    """

    backchannel: Literal[1]
    """Version of the file format."""
    name: Text
    title: Text
    about: Text = ""
    """What it is, in a few sentences."""
    now: Moment
    """The moment from which every hour is counted."""
    horizon: Duration
    """How far ahead to look."""
    sources: dict[str, Source] = {}
    actors: dict[Name, Actor]
    issues: dict[Name, Issue]
    values: dict[Name, dict[Name, dict[Name, ValueOfLevel]]] = {}
    """Worth by actor, issue and level."""
    interactions: dict[Name, Interaction] = {}
    ratification: dict[Name, Ratification] = {}
    no_deal: NoDeal
    compartments: dict[Name, Compartment] = {}
    channels: dict[Name, Channel] = {}
    deadlines: dict[Name, Deadline] = {}
    escalation: Escalation | None = None
    chains: dict[Name, Chain] = {}
    offers: dict[Name, Offer] = {}
    behaviour: Behaviour | None = None
    norms: dict[Name, Norm] = {}
    claims: dict[Name, Claim] = {}
    signals: dict[Name, Signal] = {}
    contacts: dict[Name, Contact] = {}
    records: dict[Name, Document] = {}
    timeline: dict[Name, Event] = {}
    outcome: Outcome | None = None

    _path: str = PrivateAttr(default="")
    _digest: str = PrivateAttr(default="")
    _tree: LocatedDict = PrivateAttr(default_factory=LocatedDict)

    @property
    def path(self) -> str:
        """File it was read from; empty for one built in Python."""
        return self._path

    @property
    def digest(self) -> str:
        """SHA-256 of the content of the file, in hex."""
        return self._digest

    def line_of(self, key: str) -> int:
        """Line of the file where a dotted key stands; 0 where there is no file."""
        return line_of_key(self._tree, key)

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the actors whose leaders must accept, in order of declaration."""
        return self.actors_of_kind("party")

    def actors_of_kind(self, kind: str) -> tuple[str, ...]:
        """Names of the actors of one kind, in order of declaration."""
        return tuple(n for n, actor in self.actors.items() if actor.kind == kind)

    def party_of(self, actor: str) -> str | None:
        """The party on whose side an actor stands; itself for a party."""
        record = self.actors[actor]
        return actor if record.kind == "party" else record.of

    def __str__(self) -> str:
        return (
            f"{self.title} ({self.name})\n"
            f"now      {self.now}\n"
            f"parties  {', '.join(self.actors[p].title for p in self.parties)}\n"
            f"issues   {', '.join(issue.title for issue in self.issues.values())}"
        )
