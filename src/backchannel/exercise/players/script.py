"""Players that follow a script: they read their own screen and use their own key.

A script knows what its role's sheet says and what is public about the crisis; the
offers that it makes are those the file puts in its own mouth.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backchannel.base.errors import BackchannelError, MoveRefusedError
from backchannel.crisis.model import Crisis
from backchannel.exercise.client import SeatClient
from backchannel.exercise.pages.texts import Tongue, tongue
from backchannel.exercise.players.choices import waiting_offers
from backchannel.exercise.projection import View
from backchannel.exercise.refusals import to_translate as _
from backchannel.exercise.screen import Screen


@dataclass(frozen=True)
class Planned:
    """An offer that a script may make: over which channel, and the package."""

    channel: str
    package: Mapping[str, str]


def plans_of(crisis: Crisis, party: str) -> list[Planned]:
    """The offers that the file gives a party, the last said first, then the outcome.

    Parameters
    ----------
    crisis : a loaded crisis
    party : who would make them

    Returns
    -------
    list : offers over channels that exist, each package once
    """
    said = [o for o in crisis.offers.values() if o.proposed_by == party and o.channel]
    plans = [
        Planned(str(o.channel), {i: str(c) for i, c in o.package.terms.items()})
        for o in reversed(said)
    ]
    quiet = [p.channel for p in plans if not crisis.channels[p.channel].is_public]
    if quiet and crisis.outcome is not None and crisis.outcome.package is not None:
        terms = crisis.outcome.package.terms
        package = {issue: str(choice) for issue, choice in terms.items()}
        plans.insert(1, Planned(quiet[0], package))
    return plans


def worth_of(sheet: Mapping[str, Any], package: Mapping[str, str]) -> float:
    """What a package is worth to a role by its own sheet, costs at home taken off."""
    total = 0.0
    for issue, text in package.items():
        level, _, rest = text.partition(" (")
        worth, cost = sheet["worths"].get(issue, {}).get(level, (0.0, 0.0))
        total += worth - (0.0 if rest else cost)
    return total


@dataclass
class Script:
    """One scripted seat; `play` runs until the seat is taken or the game has ended."""

    seat: SeatClient
    plans: list[Planned]
    say: Tongue = field(default_factory=lambda: Tongue("en"))
    """In which language it speaks."""
    _sheet: Mapping[str, Any] = field(default_factory=dict)

    def play(self) -> None:
        """Sit down, see to what waits, then follow the stream and answer what comes.

        A seat that a person has is left alone, and raises MoveRefusedError; what was
        answered before is not answered again.
        """
        screen = self.seat.screen()
        self._sheet = screen.sheet
        self.seat.move("take_seat", by="program", called="script")
        self._resume(screen)
        for view in self.seat.follow(screen.n_views):
            if view.fields.get("phase") in ("war", "debrief"):
                return
            if view.kind == "seat_taken" and view.fields["played_by"] == "person":
                return
            with contextlib.suppress(MoveRefusedError):
                self._answer(view)

    def _resume(self, screen: Screen) -> None:
        """Begin where the clock runs and nothing was offered; answer what waits."""
        is_running = bool(screen.clock.get("is_running"))
        views = [
            View("message_received", screen.hour, screen.offers[name])
            for name in waiting_offers(screen)
        ]
        if is_running and not screen.offers:
            views = [View("clock_set", screen.hour, screen.clock)]
        views += [
            View("matter_opened", screen.hour, matter)
            for matter in screen.matters.values()
            if matter["status"] == "matter_opened"
        ]
        views += [
            View("ratification_asked", screen.hour, agreement)
            for agreement in screen.agreements.values()
            if agreement["status"] == "ratification_asked"
        ]
        for view in views:
            with contextlib.suppress(MoveRefusedError):
                self._answer(view)

    def _answer(self, view: View) -> None:
        answer = _ANSWERS.get(view.kind)
        if answer is not None:
            answer(self, view)

    def begin(self, view: View) -> None:
        """When the clock first runs: make the first offer, or press one's demands."""
        if not view.fields.get("is_running"):
            return
        self.seat.move("estimate", question="war", prob=0.2)
        if self._sheet.get("kind") == "leader":
            self.offer_next(view)
        elif self._sheet.get("demands") and self._sheet["party"]:
            leader = self._sheet["party"]
            for demand in self._sheet["demands"]:
                text = self.say(_("We demand: {demand}")).format(demand=demand)
                self.seat.move("speak", to=[leader], text=text)

    def offer_next(self, _view: View) -> None:
        """Make the next offer of the plan, where there is one."""
        if not self.plans:
            return
        plan = self.plans.pop(0)
        self.seat.move(
            "offer",
            channel=plan.channel,
            package=dict(plan.package),
            text=self.say(_("An answer is wanted within a day; this is a request.")),
            deadline_hours=24,
        )

    def hear(self, view: View) -> None:
        """Read a message; answer the offer in it by the fastest open channel."""
        if self._sheet.get("kind") != "leader":
            return
        self.seat.move("acknowledge", message=view.fields["message"])
        if "answer" in view.fields and view.fields["answer"] != "accept":
            self.offer_next(view)
        if "offer" not in view.fields:
            return
        is_good = worth_of(self._sheet, view.fields["package"]) >= 0.0
        words = _("We agree.") if is_good else _("That cannot be.")
        self.seat.move(
            "answer",
            channel=self._fastest(),
            offer=view.fields["offer"],
            answer="accept" if is_good else "refuse",
            text=self.say(words),
        )

    def _fastest(self) -> str:
        screen = self.seat.screen()
        is_open = {n: c for n, c in screen.channels.items() if c["is_open"]}
        mine = [n for n, c in is_open.items() if c.get("sender", n) != c["receiver"]]
        return min(mine, key=lambda name: is_open[name].get("hours", 0.0))

    def rule(self, view: View) -> None:
        """Let a matter rest that no order answered."""
        self.seat.move("rule", matter=view.fields["matter"], ruling="hold")

    def judge(self, view: View) -> None:
        """Assent where what one sees is worth the least that one's sheet names."""
        package = view.fields["package"]
        is_good = worth_of(self._sheet, package) >= self._sheet.get("threshold", 0.0)
        name = view.fields["agreement"]
        self.seat.move("ratify", agreement=name, assent=is_good)


_ANSWERS: dict[str, Callable[[Script, View], None]] = {
    "clock_set": Script.begin,
    "message_received": Script.hear,
    "ratification_asked": Script.judge,
    "ratification_failed": Script.offer_next,
    "matter_opened": Script.rule,
}


def play_in_thread(
    url: str,
    key: str,
    plans: list[Planned],
    certificate: Path | None = None,
    *,
    language: str = "en",
) -> threading.Thread:
    """Let a script play a seat beside the server, until the process ends.

    `certificate` is the server's own, where it serves over TLS; `language` is the one
    in which the script speaks.
    """

    def play() -> None:
        # A script that loses its seat or its server has nothing more to do.
        with (
            contextlib.suppress(BackchannelError, httpx.HTTPError),
            SeatClient(url, key, certificate=certificate) as seat,
        ):
            Script(seat, plans, tongue(language)).play()

    thread = threading.Thread(target=play, daemon=True, name="script")
    thread.start()
    return thread
