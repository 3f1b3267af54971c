"""How word passes: channels, hops, mandates, deadlines, offers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backchannel.base.moments import Moment
from backchannel.crisis.frozen import (
    Duration,
    Frozen,
    Known,
    Name,
    Package,
    Probability,
    Sourced,
    Text,
)


class Hop(Sourced):
    """One relay of a channel."""

    title: Text
    latency: Duration
    """How long it holds the message."""
    can_dilute: bool = False
    """Whether the relay may soften or sharpen what it passes on."""
    carried_by: Name | None = None
    """The person, named under `people` of an actor, whose hands it passes through."""


class Mandate(Sourced):
    """What the emissary may say, as declared and as it was."""

    declared: Known
    """Whose words it claims to carry."""
    true: Known
    """Whose words it carried."""
    scope: Text = ""
    """Which matters it covers."""
    ends: Text = ""
    """When it is used up."""


class Observation(Sourced):
    """One message that is known to have passed, with its times."""

    title: Text
    sent_at: Moment
    """When it was handed in."""
    received_at: Moment
    """When it was there."""


class Channel(Sourced):
    """A path for messages in one direction."""

    title: Text
    sender: Name
    """The actor that speaks."""
    receiver: Name
    """The actor that is to hear."""
    use: Literal["offers", "decisions"] = "offers"
    """offers: between parties. decisions: from the spot to those who decide there."""
    hops: dict[Name, Hop]
    """In order; their latencies add up."""
    opens_at: Moment | None = None
    """When it can first be used; open already where nothing is said."""
    is_available: bool = True
    """False for one that did not exist: it is computed as a lever only."""
    is_public: bool = False
    """Whether everybody hears it."""
    read_by: tuple[Text, ...] = ()
    """Who can read along."""
    prob_leak: Probability | None = None
    """Chance that one message becomes public; 0 where nothing is said."""
    mandate: Mandate | None = None
    """Whose words the emissary carries."""
    known_to: tuple[Text, ...] = ()
    """Others who know that it exists."""
    observed: dict[Name, Observation] = {}
    """Messages it is known to have carried."""


class Form(Sourced):
    """What follows when a deadline is put in this form."""

    perceived_as_ultimatum: Probability
    """Chance that the addressee reads it as an ultimatum."""


class IfPassed(Sourced):
    """What happens when a deadline passes without a settlement."""

    prob: Probability
    """Chance that it does."""
    to_rung: Name | None = None
    """The rung to which the crisis then climbs."""
    multiply: dict[Name, float] = {}
    """Incidents whose hazard changes from then on, and by which factor."""


class Deadline(Sourced):
    """A time by which an answer or an act is due."""

    title: Text
    at: Moment
    set_by: Name
    """The actor whose deadline it is."""
    addressee: Name | None = None
    """The party that is to answer; nobody where it is internal."""
    declared: Literal["request", "ultimatum", "internal"]
    """How it was put; internal: a plan that the other side was not told."""
    answer_form: Text = ""
    """What kind of answer is asked for."""
    forms: dict[Literal["request", "ultimatum"], Form] = {}
    """What each way of putting it would do."""
    if_passed: IfPassed | None = None
    """What it does to the crisis when nobody has agreed by then."""
    status: Known | None = None
    """How firm it was, in words."""


class Offer(Sourced):
    """A package proposed by someone, to someone, over a channel, at a time."""

    title: Text
    proposed_by: Name
    """Who proposes."""
    proposed_to: Name
    """To whom."""
    channel: Name | None = None
    """By which channel."""
    at: Moment | None = None
    deadline: Name | None = None
    """The deadline put with it."""
    package: Package
    basis: tuple[Name, ...] = ()
    """Records on which it rests."""


class Outcome(Sourced):
    """How it ended, for comparison only: nothing is computed from it."""

    title: Text
    package: Package | None = None
    is_settled: bool = Field(alias="settled")
    """Whether it ended without war."""
    at: Moment | None = None

    model_config = Frozen.model_config | {"populate_by_name": True}
