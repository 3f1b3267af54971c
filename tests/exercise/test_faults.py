"""Whatever breaks, what was shown is stored, nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import resource
import secrets
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from backchannel.crisis.event_record import EventRecord, verify_chain
from backchannel.exercise.client import SeatClient
from backchannel.exercise.fold import fold
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.server.keys import Seat
from backchannel.exercise.server.live import WallClock
from backchannel.exercise.server.opening import GAME
from backchannel.exercise.state import Settings
from tests.exercise.games import crisis
from tests.exercise.hosts import Host, Process, host, program_key, serve
from tests.exercise.postgres import postgres

PLAIN = Settings(talk="all", has_hazard=False)


def texts_of(events: list[EventRecord]) -> Counter[str]:
    """How often each thing that was said is in a ledger."""
    return Counter(event.part("text") for event in events if event.kind == "spoken")


def say(here: Host, text: str) -> int:
    """Alpha says something to Bravo; the status of the answer."""
    return here.move("alpha", "speak", to=["bravo"], text=text).status_code


@pytest.mark.parametrize(("database", "n_kills"), [("SQLite", 3), ("PostgreSQL", 2)])
def test_killed_under_load_it_loses_and_doubles_nothing(
    tmp_path: Path, database: str, n_kills: int
) -> None:
    """Kill -9 while two seats talk: all that was acknowledged or shown is stored once.

    The senders repeat what was not acknowledged, as the client does by itself.
    `python -m benchmarks.server.kill_fifty` kills it fifty times on each database.
    """
    with ExitStack() as stack:
        where = f"sqlite:///{tmp_path / 'game.db'}"
        if database == "PostgreSQL":
            where = stack.enter_context(postgres(tmp_path)).url
        options = ("--talk", "all", "--no-hazard", "--ledger", where)
        _kill_and_count(serve(tmp_path, "strait", *options), Ledger(where), n_kills)


def _kill_and_count(process: Process, ledger: Ledger, n_kills: int) -> None:
    url = process.url
    keys = {r: program_key(url, process.keys, r) for r in ("alpha", "bravo", "navy")}
    acknowledged: list[str] = []
    shown: list[str] = []
    stop = threading.Event()

    def talk(role: str) -> None:
        with SeatClient(url, keys[role], patience_seconds=60) as seat:
            while not stop.is_set():
                text = secrets.token_hex(8)
                seat.move("speak", to=["navy"], text=text)
                acknowledged.append(text)
                time.sleep(0.01)

    def listen() -> None:
        with SeatClient(url, keys["navy"]) as seat:
            spoken = (view for view in seat.follow() if view.kind == "spoken")
            shown.extend(view.fields["text"] for view in spoken)

    threading.Thread(target=listen, daemon=True).start()
    with ThreadPoolExecutor(2) as pool:
        talks = [pool.submit(talk, role) for role in ("alpha", "bravo")]
        for _ in range(n_kills):
            _until_longer(acknowledged)
            process.kill()
            process.restart()
        _until_longer(acknowledged)
        stop.set()
        for done in talks:
            done.result(timeout=90)
    process.kill()
    events = list(ledger.read(GAME))
    ledger.close()
    stored = texts_of(events)
    assert verify_chain(events) == len(events)
    assert set(acknowledged) <= set(stored)
    assert set(shown) <= set(stored)
    assert set(stored.values()) == {1}
    assert Counter(shown).most_common(1)[0][1] == 1


def _until_longer(listed: list[str], by: int = 8) -> None:
    """Wait until a list has grown, so that a kill comes in the midst of talk."""
    n_before, until = len(listed), time.monotonic() + 30
    while len(listed) < n_before + by:
        assert time.monotonic() < until, "nothing is acknowledged any more"
        time.sleep(0.02)


def test_a_full_disk_stores_nothing_and_the_game_goes_on(tmp_path: Path) -> None:
    """While nothing can be written moves are to be sent again, and nobody is shown."""
    with host(tmp_path, settings=PLAIN) as here:
        assert say(here, "before") == 200
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = max(file.stat().st_size for file in tmp_path.iterdir())
        headers = here.headers("alpha")
        again = {"move": "speak", "id": "once-and-again", "to": ["bravo"]}
        again["text"] = "x" * 5000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            for _ in range(4):
                answer = here.client.post("/api/moves", json=again, headers=headers)
                assert answer.status_code == 503
                assert "again" in answer.json()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        seen = here.client.get("/api/views", headers=here.headers("bravo")).text
        assert "xxxx" not in seen
        assert _until_stored(here, again) == 200
        assert say(here, "after") == 200
        game = here.hall.games["one"]
        stored = list(here.hall.ledger.read("one"))
        assert stored == game.events
        assert fold(here.crisis, stored) == game.book.state
        assert texts_of(stored)[str(again["text"])] == 1


def _until_stored(here: Host, move: dict[str, object]) -> int:
    """Send a move again until it is taken, as a client does."""
    headers = here.headers("alpha")
    for _ in range(50):
        answer = here.client.post("/api/moves", json=move, headers=headers)
        if answer.status_code != 503:
            return answer.status_code
        time.sleep(0.1)
    return answer.status_code


def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    """Another program holds the file for 2 s: the move is late, not lost."""
    with host(tmp_path, settings=PLAIN) as here:
        other = sqlite3.connect(tmp_path / "game.db", check_same_thread=False)
        other.execute("begin immediate")
        free = threading.Timer(2.0, other.rollback)
        free.start()
        began = time.monotonic()
        here.client.timeout = 15.0
        assert _say_unlocked(here) == 200
        assert time.monotonic() - began > 1.0
        other.close()
        assert verify_chain(here.hall.ledger.read("one"))


def _say_unlocked(here: Host) -> int:
    """Say something with a key that needs no writing."""
    key, _ = here.hall.keys.make("program", Seat("one", "alpha", 0))
    move = {"move": "speak", "id": "in-the-lock", "to": ["bravo"], "text": "late"}
    headers = {"authorization": f"Bearer {key}"}
    return here.client.post("/api/moves", json=move, headers=headers).status_code


def test_a_slow_disk_is_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 50 ms a commit, 40 moves at once share commits: all within 1.5 s, not 2."""
    with host(tmp_path, settings=PLAIN) as here:
        append = here.hall.ledger.append
        n_commits = []

        def slow(batch: list[tuple[str, EventRecord]]) -> None:
            time.sleep(0.05)
            n_commits.append(len(batch))
            append(batch)

        monkeypatch.setattr(here.hall.ledger, "append", slow)
        with here.socket(here.headers("alpha"), after=10**6) as socket:
            for i in range(40):
                move = {"move": "speak", "id": f"slow-{i:04d}", "to": ["bravo"]}
                socket.send(json.dumps({**move, "text": str(i)}))
            answers = [json.loads(socket.recv(timeout=10)) for _ in range(40)]
        assert all("acknowledged" in answer for answer in answers)
        assert len(n_commits) < 30
        assert sum(n_commits) == 40


def test_a_reader_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    """One open stream is never read; another seat's messages come as before."""
    with host(tmp_path, settings=PLAIN) as here:
        here.hall.limits = type(here.hall.limits)(10_000, 10_000)
        with (
            here.socket(here.headers("navy")),
            here.socket(here.headers("alpha"), after=10**6) as sender,
        ):
            long = "y" * 10_000
            for i in range(300):
                move = {"move": "speak", "id": f"dead-{i:04d}", "to": ["navy"]}
                sender.send(json.dumps({**move, "text": long}))
            for _ in range(300):
                assert "acknowledged" in str(sender.recv(timeout=20))
            began = time.monotonic()
            assert say(here, "still here") == 200
            assert time.monotonic() - began < 5.0


def test_the_machines_clock_may_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour forward or back on the machine is no time in the game."""
    wall = WallClock()
    before = wall()
    for jump in (3600.0, -3600.0):
        now = time.time()
        monkeypatch.setattr(time, "time", lambda now=now, jump=jump: now + jump)
        assert 0 <= wall() - before < 1.0
        monkeypatch.undo()
    # Started again after it was set back, it goes on from what the ledger has seen.
    assert WallClock(not_before=before + 7200.0)() >= before + 7200.0


def test_what_is_due_happens_in_time(tmp_path: Path) -> None:
    """Messages due at known hours are received within 250 ms of them.

    Speed 36,000: ten hours of the crisis a second.
    """
    settings = Settings(speed=36_000.0, has_hazard=False)
    with host(tmp_path, settings=settings) as here:
        for i in range(5):
            here.move("alpha", "send", channel="envoys", text=f"letter {i}")
        time.sleep(2.5)
        game = here.hall.games["one"]
        clock = game.book.state.clock
        received = [e for e in game.events if e.kind == "message_received"]
        assert len(received) == 5
        late = [event.at - clock.at_hour(event.hour) for event in received]
        assert max(late) < 0.25


def test_what_fell_due_in_an_outage_happens_once(tmp_path: Path) -> None:
    """The server is down at the hour: after the restart it happens, exactly once.

    The clock is that of a real day here; test_outage.py has the one that waits.
    """
    process: Process = serve(
        *(tmp_path, "strait", "--speed", "20000", "--no-hazard", "--talk", "all"),
        *("--on-outage", "run"),
    )
    key = program_key(process.url, process.keys, "alpha")
    with SeatClient(process.url, key) as seat:
        seat.move("send", channel="envoys", text="on its way")
    process.kill()
    time.sleep(2.0)
    for _ in range(2):
        process.restart()
        time.sleep(0.3)
        process.kill()
    ledger = Ledger.in_file(tmp_path / "game.db")
    events = list(ledger.read(GAME))
    ledger.close()
    (received,) = [event for event in events if event.kind == "message_received"]
    clock = fold(crisis(), events).clock
    assert received.at > clock.at_hour(received.hour)


def test_postgresql_keeps_a_game_and_may_restart(tmp_path: Path) -> None:
    """The same ledger in PostgreSQL; it crashes in mid-game, and nothing is lost."""
    with postgres(tmp_path) as server:
        with host(tmp_path, settings=PLAIN, url=server.url) as here:
            assert say(here, "before") == 200
            move = {"move": "speak", "id": "in-the-crash", "to": ["bravo"], "text": "c"}
            headers = here.headers("alpha")
            server.stop()
            answer = here.client.post("/api/moves", json=move, headers=headers)
            assert answer.status_code == 503
            server.start()
            for _ in range(100):
                answer = here.client.post("/api/moves", json=move, headers=headers)
                if answer.status_code == 200:
                    break
                time.sleep(0.1)
            assert answer.status_code == 200
            assert say(here, "after") == 200
            events = here.hall.games["one"].events
            assert list(here.hall.ledger.read("one")) == events
        ledger = Ledger(server.url)
        stored = list(ledger.read("one"))
        ledger.close()
        assert stored == events
        assert verify_chain(stored) == len(stored)
        assert texts_of(stored) == {"before": 1, "c": 1, "after": 1}
