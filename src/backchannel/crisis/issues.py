"""What is to be settled: issues, their levels, and what each level needs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from backchannel.base.moments import Moment
from backchannel.crisis.frozen import (
    Cost,
    Count,
    Duration,
    Factor,
    Frozen,
    Known,
    LevelName,
    Name,
    Probability,
    Rate,
    Sourced,
    Text,
    Visibility,
    Worth,
)


class Requirement(Sourced):
    """Something without which a level cannot be part of a package: give exactly one."""

    one_of: tuple[LevelName, ...] = ()
    """At least one of these levels must be in the package."""
    consent: Name | None = None
    """This actor must assent: its threshold judges the part of the package it sees."""
    ratified_by: Name | None = None
    """This constituency must assent, whoever its party is."""


class Verification(Sourced):
    """How others can see whether a level is performed."""

    by: Known | None = None
    """Who verifies."""
    means: Text = ""
    """How."""
    prob_detection: Probability | None = None
    """Chance that a breach is seen."""
    hosted_by: Name | None = None
    """Actor on whose ground it happens."""


class Step(Sourced):
    """One procedure that must run before a level is performed."""

    title: Text
    duration: Duration
    """How long it takes as planned."""
    after: tuple[Name, ...] = ()
    """Steps of the same level that must end first; other steps run side by side."""


class Reading(Sourced):
    """What one audience takes a level to mean."""

    text: Text
    """Its words for it."""
    as_level: Name | None = None
    """Another level of the same issue, where this audience values it as that one."""


class Private(Sourced):
    """How a level can be kept out of public sight."""

    compartment: Name
    """Who knows it."""
    secret_for: Duration | None = None
    """How long it must stay secret; the lead time where nothing is said."""
    requires: tuple[Requirement, ...] = ()
    """What keeping it private needs, such as the other side's promise of secrecy."""
    penalty_if_leaked: dict[Name, Cost] = {}
    """What a leak costs each actor, beyond the term counting as public."""
    is_void_if_leaked: bool = False
    """Whether the giver is then free of it, so that the receiver gets nothing."""


class Level(Sourced):
    """One admissible value of an issue; the first of an issue is its status quo."""

    title: Text
    """What it says, to print."""
    giver: Name | None = None
    """Who performs it."""
    receiver: Name | None = None
    """Who gets it."""
    promised_by: Name | None = None
    """Who promises it, where that is not the giver."""
    act: Text = ""
    """What is done: halt, remove, lift, declare."""
    lead_time: Duration | None = None
    """From agreement to performance; at once where nothing is said."""
    lead_time_reason: Literal["procedure", "logistics", "both"] | None = None
    """Why it takes that long."""
    slippage: Factor | None = None
    """Factor by which such work overruns its plan; 1 where nothing is said."""
    steps: dict[Name, Step] = {}
    """Procedures that run before the lead time begins."""
    after: tuple[LevelName, ...] = ()
    """Levels that must be performed first, where they are in the package."""
    is_irreversible: bool = False
    """Whether its giver cannot take it back."""
    verification: Verification | None = None
    """How performance is seen."""
    condition: Text = ""
    """On what it depends, in words."""
    requires: tuple[Requirement, ...] = ()
    """What the package must hold or who must consent."""
    visibility: tuple[Visibility, ...] = ("public",)
    """Which visibilities are allowed."""
    private: Private | None = None
    """How it is kept private; needed where `private` is allowed."""
    readings: dict[Name, Reading] = {}
    """What single audiences take it to mean."""
    about: Name | None = None
    """The issue that this level is a promise about, such as secrecy about it."""


class Issue(Sourced):
    """A matter to be settled."""

    title: Text
    status: Literal["open", "parked", "disputed", "settled"] = "open"
    """parked: both agreed to leave it; only its status quo is considered."""
    opened_by: Name | None = None
    """Who brought it up."""
    opened_at: Moment | None = None
    """When."""
    levels: dict[Name, Level]
    """At least one; the first is the status quo."""

    @property
    def status_quo(self) -> str:
        """Name of the first level."""
        return next(iter(self.levels))


class LevelValue(Sourced):
    """What a level is worth to one actor, status quo 0 and general war -100."""

    worth: Worth
    """Worth of the level itself, however it is seen."""
    audience_cost: Cost | None = None
    """What it costs this actor when the level is public; 0 where nothing is said."""


def _read_value(raw: Any) -> Any:
    """Take a bare number for the worth alone."""
    if isinstance(raw, LevelValue) or (isinstance(raw, dict) and "worth" in raw):
        return raw
    return {"worth": raw}


ValueOfLevel = Annotated[
    LevelValue, BeforeValidator(_read_value, json_schema_input_type=Worth | LevelValue)
]


class Interaction(Sourced):
    """Worth that only a combination of levels has."""

    actor: Name
    levels: tuple[LevelName, ...]
    """All of them must be in the package."""
    worth: Worth
    """What the combination adds to the worth of its levels."""


class Member(Frozen):
    """One constituency in a ratification."""

    weight: Factor | None = None
    """Its weight under the rule `weighted`; 1 where nothing is said."""


class Ratification(Sourced):
    """Which constituencies must pass which issues, and by what rule."""

    title: Text
    party: Name
    """Whose deal it is."""
    rule: Literal["veto", "quota", "weighted", "pressure"]
    """veto: each must assent. quota: at least `quota` of them. weighted: the assenting
    weight must reach `share`. pressure: none can block, a refusal costs the leader."""
    members: dict[Name, Member]
    """The constituencies, each with a threshold of its own."""
    issues: tuple[Name, ...] = ()
    """Asked only when one of these visibly changes; any where nothing is said."""
    quota: int | None = None
    """How many must assent, under the rule quota."""
    share: Probability | None = None
    """Share of the whole weight that must assent, under the rule weighted."""


class NoDeal(Sourced):
    """What each party has when talks fail."""

    fallback: dict[Name, Worth]
    """Worth of the course without agreement, where war does not come."""
    failure_cost: dict[Name, Cost] = {}
    """What it costs a leader when a deal he accepted is not ratified."""


class Compartment(Sourced):
    """Who knows a private matter, as told to the other side and as it was."""

    title: Text
    holder: Name
    """The party whose secret it is."""
    members: tuple[Name, ...] = ()
    """Actors that are in it, and so judge the private terms."""
    people: tuple[Text, ...] = ()
    """Persons named as knowing."""
    kept_out: tuple[Text, ...] = ()
    """Who was kept out on purpose."""
    as_told: Count | None = None
    """Number of knowers as the other side was told."""
    as_was: Count
    """Number of knowers as it was."""
    hazard_per_knower: Rate
    """Rate at which one knower lets it out."""
    caveat: Known | None = None
    """The grade written on it."""
