"""What may happen while nobody agrees: rungs, postures, incidents, orders."""

from __future__ import annotations

from typing import Literal

from backchannel.crisis.frozen import (
    Deaths,
    Duration,
    Factor,
    Known,
    Name,
    Probability,
    Rate,
    Sourced,
    Text,
)


class Rung(Sourced):
    """One level of the escalation ladder; the last is war and has no way back."""

    title: Text
    theatre: Text = ""
    """Where it happens."""
    is_settled: bool = False
    """Only for the first: the crisis is over without war."""
    calming: Rate | None = None
    """Rate at which talks bring the crisis one rung down; 0 where nothing is said."""
    settling: Rate | None = None
    """Rate at which it ends by itself, to the settled rung."""
    deaths: Deaths | None = None
    """Loss of life if it comes to this, on a log scale where given so."""


class Posture(Sourced):
    """A standing setting of forces that one actor controls."""

    title: Text
    controlled_by: Name
    """The actor that can change it."""
    settings: dict[Name, Text]
    """What can be chosen, with words to print."""
    now: Name
    """The setting in force."""


class TokenKind(Sourced):
    """Heat that incidents leave behind: each token makes others likelier and cools."""

    title: Text
    cooling: Duration
    """Mean life of one token."""
    cap: int = 3
    """No more than this many count."""


class Incident(Sourced):
    """A type of unplanned event that may escalate."""

    title: Text
    harmed: Name
    """The party whose orders answer it."""
    by: Known | None = None
    """Who does it, where known."""
    theatre: Text = ""
    hazard: Rate
    """Rate where every factor below is 1."""
    by_rung: dict[Name, Factor] = {}
    """Factor at single rungs; 1 where nothing is said."""
    by_posture: dict[Name, dict[Name, Factor]] = {}
    """Factor by posture and setting; 1 where nothing is said."""
    daylight: Factor | None = None
    """Factor between sunrise and sunset."""
    night: Factor | None = None
    """Factor in the dark."""
    excited_by: dict[Name, Rate] = {}
    """Rate added by each hot token of a kind."""
    leaves: Name | None = None
    """Kind of token that it leaves."""
    ignites: Probability | None = None
    """Chance that it raises the crisis by one rung whatever anyone orders."""


class Response(Sourced):
    """What carrying out an order does: give exactly one."""

    climb: int | None = None
    """Rungs up; 0 where the order ends the matter and nothing else changes."""
    to_rung: Name | None = None
    """The rung to which it leads."""
    set_posture: dict[Name, Name] = {}
    """Postures and their new settings."""


class StandingOrder(Sourced):
    """An order that answers an incident by itself."""

    title: Text
    holder: Name
    """The party whose order it is."""
    trigger: tuple[Name, ...]
    """Incidents that set it off."""
    response: Response
    """What carrying it out does to the crisis."""
    response_title: Text = ""
    """The response in words."""
    delegate: Known | None = None
    """Who may carry it out."""
    conditions: Known | None = None
    """When it applies, in words."""
    status: Literal["proposed", "in_force", "overridden", "breached"]
    """proposed and overridden orders do not fire; breached: subordinates act on it
    against their instructions."""
    prob_fires: Probability
    """Chance that it is carried out when triggered."""
    delay: Duration | None = None
    """From trigger to execution; at once where nothing is said."""
    countermand: Rate | None = None
    """Rate at which it is called off while under way."""


class Decision(Sourced):
    """How a party decides a matter that its orders left open."""

    channel: Name | None = None
    """The channel by which the matter goes up; its hops add to the deliberation."""
    up: Probability
    """Chance that the decision raises the crisis by one rung."""
    down: Probability
    """Chance that it lowers it by one."""
    cap: int = 2
    """Matters that can be pending at once; further ones join the last."""


class Move(Sourced):
    """A deliberate step at a rung, not an answer to an incident."""

    title: Text
    by: Name
    """Who takes it."""
    from_rung: Name
    """Only there."""
    to_rung: Name
    """Where it leads."""
    hazard: Rate
    """Rate at which it is taken there."""


class Start(Sourced):
    """Where the crisis stands at `now`."""

    rung: Name
    """The rung on which the crisis stands."""
    pending: dict[Name, int] = {}
    """Matters already gone up, by party."""
    tokens: dict[Name, int] = {}
    """Hot tokens, by kind."""
    outstanding: tuple[Name, ...] = ()
    """Incidents that have happened and are not yet answered."""


class Daylight(Sourced):
    """When it is light where the incidents happen."""

    zone: Text
    """Time zone, such as America/Havana."""
    sunrise: float
    """Local hour, such as 6.5."""
    sunset: float
    """Local hour, such as 18."""


class Escalation(Sourced):
    """The chain reaction: a Markov jump process on rungs, postures, pending matters."""

    rungs: dict[Name, Rung]
    """From lowest to war; a first one may be marked settled."""
    start: Start
    """From where everything is counted."""
    postures: dict[Name, Posture] = {}
    """Settings of forces, and who controls them."""
    tokens: dict[Name, TokenKind] = {}
    """Kinds of heat that incidents leave behind."""
    daylight: Daylight | None = None
    """When it is light; needed where an incident depends on it."""
    incidents: dict[Name, Incident]
    """What may happen unplanned, and how often."""
    standing_orders: dict[Name, StandingOrder] = {}
    """What answers an incident by itself."""
    decisions: dict[Name, Decision] = {}
    """How each party decides what its orders leave open."""
    moves: dict[Name, Move] = {}
    """Deliberate steps from one rung to another."""

    @property
    def war(self) -> str:
        """Name of the last rung."""
        return next(reversed(self.rungs))


class Node(Sourced):
    """One link of a causal chain as somebody told it."""

    text: Text
    """The link, in the teller's sense."""
    theatre: Text = ""
    by: Name | None = None
    """Who acts."""
    incident: Name | None = None
    """The incident that it is, where the escalation section has it."""
    order: Name | None = None
    """The standing order that it is, likewise."""
    rung: Name | None = None
    """What this link is in the escalation section, where it is there."""


class Chain(Sourced):
    """A causal chain told by a participant, across theatres, to its absorbing end."""

    title: Text
    told_by: Text = ""
    """Who told it."""
    nodes: tuple[Node, ...]
    """Its links, first to last."""
    is_reversible: bool = False
    """Whether it can still be stopped once it has begun."""
    deaths: Deaths | None = None
    """Loss at its end, on a log scale where given so."""
