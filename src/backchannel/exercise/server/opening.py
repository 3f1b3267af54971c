"""One evening: a game is opened, its links are told, and the server runs."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from backchannel.base.errors import MethodError, did_you_mean
from backchannel.crisis.model import Crisis
from backchannel.exercise.client import SeatClient
from backchannel.exercise.fold import fold
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.moves.outage import PAUSE, RUN
from backchannel.exercise.pages.texts import languages
from backchannel.exercise.players.script import plans_of, play_in_thread
from backchannel.exercise.roles import FACILITATOR, roles_of
from backchannel.exercise.server.app import LOOPBACK, make_app
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.run import Address, server_at, socket_at
from backchannel.exercise.state import Settings

GAME = "main"
# Envoys pass on what they get by the rules; who looks on does nothing.
_NO_SCRIPT = ("envoy", "observer")
_SIT_DOWN_SECONDS = 10.0
_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Evening:
    """What `backchannel serve` was asked for.

    `ledger` is a file or a database URL; `language` the one that scripts speak.
    """

    crisis: Crisis
    settings: Settings
    ledger: str
    address: Address
    is_demo: bool = False
    language: str = "en"


def open_evening(evening: Evening, tell: Callable[[str], None]) -> None:
    """Open the game, tell the links, and serve until stopped.

    Parameters
    ----------
    evening : what is played, how and where
    tell : prints a line

    Raises
    ------
    MethodError : a setting names no role, TLS lacks one of its two files, or the
        address is taken.
    LedgerError : the ledger cannot be used, or holds something else.
    """
    _check(evening)
    listener = socket_at(evening.address)
    hall = Hall(_ledger(evening.ledger))
    is_new = hall.prepare(GAME, evening.crisis, evening.settings)
    address = evening.address
    tell(f"{evening.crisis.title}")
    if is_new:
        for role, record in roles_of(evening.crisis).items():
            key = hall.new_key("join", GAME, role)
            tell(f"{role:18} {address.url}/join/{key}  {record.title}")
    else:
        tell("the game goes on; the links given before are good")
    key = hall.new_key("join", GAME, FACILITATOR)
    tell(f"{FACILITATOR:18} {address.url}/join/{key}  runs the game")
    hosts = LOOPBACK if address.host in LOOPBACK else ("*",)
    lobby = GAME if evening.is_demo and address.host in LOOPBACK else ""
    # Games that were branched off this one are in its ledger and go on as well.
    branches = [name for name in hall.ledger.games() if name.startswith(f"{GAME}.")]
    games = dict.fromkeys((GAME, *branches), evening.crisis)
    app = make_app(hall, games, hosts, lobby=lobby)
    app.state.certificate = address.certificate
    server = server_at(app, address)
    if evening.is_demo:
        tell(f"to watch or to join, open {address.url}")
        _start_demo(evening, hall)
    ready = f"ready at {address.url}; Ctrl-C ends it, the ledger keeps the game"
    asyncio.run(_serve(server, listener, ready, tell))


async def _serve(
    server: uvicorn.Server,
    listener: socket.socket,
    ready: str,
    tell: Callable[[str], None],
) -> None:
    """Serve until stopped; say that it is ready when it listens, and not before."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(_LOOK_SECONDS)
    if server.started:
        tell(ready)
    await serving


def _start_demo(evening: Evening, hall: Hall) -> None:
    """Draw keys for the scripts while the ledger is ours, and let them wait."""
    state = fold(evening.crisis, hall.ledger.read(GAME))
    keys = {
        role: hall.new_key("program", GAME, role, state.serials.get(role, 0))
        for role, record in state.roles.items()
        if record.kind not in _NO_SCRIPT and state.seats.get(role) != "person"
    }
    runs = hall.new_key("program", GAME, FACILITATOR)
    arguments = (evening, hall, keys, runs)
    threading.Thread(target=_play_demo, args=arguments, daemon=True).start()


def _play_demo(evening: Evening, hall: Hall, keys: dict[str, str], runs: str) -> None:
    """Let scripts sit down, then start the clock as a facilitator would."""
    url, certificate = evening.address.url, evening.address.certificate
    while not hall.games:
        time.sleep(0.05)
    for role, key in keys.items():
        plans = plans_of(evening.crisis, role)
        play_in_thread(url, key, plans, certificate, language=evening.language)
    state = hall.games[GAME].book.state
    until = time.monotonic() + _SIT_DOWN_SECONDS
    while time.monotonic() < until and not all(state.seats.get(r) for r in keys):
        time.sleep(0.05)
    # A game that was left in mid-play goes on when the facilitator says so.
    if state.phase == "briefing":
        with SeatClient(url, runs, certificate=certificate) as facilitator:
            facilitator.move("set_clock", is_running=True)


def _check(evening: Evening) -> None:
    roles = roles_of(evening.crisis)
    for name in evening.settings.risk_told_to:
        if name not in roles:
            hint = did_you_mean(name, roles, "role")
            raise MethodError(f"--risk-told-to: there is no '{name}'; {hint}")
    if evening.settings.talk not in ("side", "all"):
        raise MethodError(f"--talk: is '{evening.settings.talk}'; write side or all")
    if evening.settings.on_outage not in (PAUSE, RUN):
        raise MethodError(
            f"--on-outage: is '{evening.settings.on_outage}'; write {PAUSE} or {RUN}"
        )
    if evening.language not in languages():
        hint = did_you_mean(evening.language, languages(), "language")
        raise MethodError(f"--language: there is no '{evening.language}'; {hint}")
    files = (evening.address.certificate, evening.address.private_key)
    if (files[0] is None) != (files[1] is None):
        raise MethodError("--certificate, --private-key: give both, or neither")
    for file in files:
        if file is not None and not file.is_file():
            raise MethodError(f"{file}: is no file; give the path of a PEM file")


def _ledger(where: str) -> Ledger:
    return Ledger(where if "://" in where else f"sqlite:///{where}")
