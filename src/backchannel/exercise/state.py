"""What a game is at one instant: the record that the fold of its ledger builds.

Only the fold writes it. Rules read it and answer with drafts of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backchannel.crisis.model import Crisis
from backchannel.exercise.roles import Role

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Settings:
    """How one game is played; written into its first event.

    `seed` is the only source of chance. `speed` is hours of the crisis per hour on the
    wall. `talk` says who may speak face to face: roles of one side, or all.
    `has_hazard` switches incidents on. `risk_told_to` names the roles that
    see the risk of war. `on_outage` is `pause` where time that the server is away does
    not count, `run` where the clock is that of a real day.
    """

    seed: int = 1
    speed: float = 60.0
    talk: str = "side"
    has_hazard: bool = True
    risk_told_to: tuple[str, ...] = ()
    on_outage: str = "pause"


@dataclass(frozen=True)
class GameClock:
    """Time of the crisis as a function of the time on the wall."""

    is_running: bool = False
    speed: float = 60.0
    hour: float = 0.0
    at: float = 0.0

    def hour_at(self, at: float) -> float:
        """Hours from `now` when the wall shows `at`; never behind its last setting."""
        if not self.is_running:
            return self.hour
        return self.hour + max(0.0, at - self.at) * self.speed / SECONDS_PER_HOUR

    def at_hour(self, hour: float) -> float:
        """When the wall will show it; infinitely late while the clock stands."""
        if not self.is_running:
            return float("inf")
        return self.at + (hour - self.hour) * SECONDS_PER_HOUR / self.speed


@dataclass(frozen=True)
class Due:
    """Something that will happen by itself at an hour, unless called off."""

    name: str
    kind: str
    hour: float
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """A message under way or there, as it left and as it is now.

    `sent` is what its author wrote, `text` what it says after the last relay. `hops`
    are (name, carrier or empty, hour of leaving it) in order, `at_hop` the next one.
    """

    name: str
    channel: str
    author: str
    sent: str
    text: str
    fields: Mapping[str, Any]
    hops: tuple[tuple[str, str, float], ...]
    at_hop: int
    sent_at: float
    received_at: float | None = None


@dataclass(frozen=True)
class Copy:
    """One numbered copy of a document: who has it, from whom, and when it was read."""

    number: int
    reader: str
    given_by: str
    read_at: float | None = None


@dataclass(frozen=True)
class Paper:
    """A document in the game with its copies and its chain of attribution."""

    name: str
    title: str
    author: str
    text: str
    caveats: tuple[str, ...]
    by: tuple[str, ...]
    copies: tuple[Copy, ...]
    about: str = ""
    """Message on which it reports; empty for none."""


@dataclass(frozen=True)
class OfferMade:
    """An offer on its way: the package, by whom, to whom, and how it stands."""

    name: str
    message: str
    author: str
    to: str
    package: Mapping[str, str]
    deadline: float | None
    form: str
    status: str = "sent"
    conditions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Agreement:
    """An accepted package, who at home has to pass it, and what became of its terms.

    `status` goes from accepted to failed or ratified, and from there, after a leak, to
    reopened while home judges again; collapsed or denounced is the end. `void` and
    `performed` name issues, `judged` conditions by number, `grievances` what gives a
    side the right to denounce it.
    """

    name: str
    offer: str
    package: Mapping[str, str]
    asked: Mapping[str, str]
    assents: Mapping[str, bool]
    status: str = "accepted"
    conditions: tuple[Mapping[str, Any], ...] = ()
    judged: frozenset[int] = frozenset()
    void: frozenset[str] = frozenset()
    performed: frozenset[str] = frozenset()
    grievances: tuple[str, ...] = ()
    ratified_at: float | None = None


@dataclass
class GameState:
    """Everything that follows from the events so far.

    The digest of the last event names the state: the same events give the same state.
    """

    crisis: Crisis
    roles: dict[str, Role]
    settings: Settings = field(default_factory=Settings)
    luck: int = 1
    """Seed of what is still to come; the one of the settings until a replay."""
    secret: str = ""
    n_events: int = 0
    digest: str = ""
    hour: float = 0.0
    at: float = 0.0
    clock: GameClock = field(default_factory=GameClock)
    phase: str = "unopened"
    """unopened, briefing, open, war, settled, debrief"""
    seats: dict[str, str] = field(default_factory=dict)
    """By role: empty where nobody plays it, else person or program."""
    serials: dict[str, int] = field(default_factory=dict)
    """By role: how often the seat changed hands; older keys are void."""
    acts: set[tuple[str, str]] = field(default_factory=set)
    """Author and client id of everything done, for telling repetitions."""
    open_channels: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    offers: dict[str, OfferMade] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    reneged: set[tuple[str, str]] = field(default_factory=set)
    """Terms, as agreement and issue, that their giver will not perform."""
    out: dict[str, frozenset[str]] = field(default_factory=dict)
    """By offer: issues whose private terms have become public."""
    mandates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By envoy: levels that the principal allowed, as issue.level."""
    compartments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Roles in each compartment, as it was."""
    commitments: dict[str, dict[str, str]] = field(default_factory=dict)
    """By party: issues, each with the level that it tied itself to in public."""
    audience_costs: dict[str, float] = field(default_factory=dict)
    """By party: what going back on that has cost it so far."""
    rung: str = ""
    postures: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    """Status of every standing order."""
    tokens: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """By kind: the hours at which the hot tokens will have cooled."""
    wear: dict[str, float] = field(default_factory=dict)
    """By incident: intensity used up since it last happened, in units of one event."""
    n_incidents: dict[str, int] = field(default_factory=dict)
    hazard_hour: float = 0.0
    passed: list[str] = field(default_factory=list)
    """Deadlines that took effect."""
    probes: list[tuple[float, str, str, float]] = field(default_factory=list)
    """Estimates asked of roles: hour, role, question, answer."""
    due: dict[str, Due] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing can be done any more but look back."""
        return self.phase in ("war", "debrief")
