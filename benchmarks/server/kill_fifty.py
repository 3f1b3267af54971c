"""Kill the server fifty times while twenty seats talk, on SQLite and on PostgreSQL.

    python -m benchmarks.server.kill_fifty [--kills 50]

Each kill is `kill -9`, at a random moment of a load of 200 messages a second; then the
server is started again at once and the clients come back by themselves. Asserted: what
was shown or acknowledged is stored, nothing that was sent is lost, nothing is stored or
shown twice, no view is missing, and every chain holds. The figures are how soon all
clients had an answer again, from the kill and from the server's first answer; the first
holds the start of a Python process.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.crisis.event_record import verify_chain
from backchannel.exercise.ledger import Ledger
from benchmarks.load_server import Server, start
from benchmarks.measured_run import write_result
from benchmarks.talkers import Talker
from tests.exercise.postgres import postgres

N_ROLES, PER_SECOND = 20, 10.0
GOAL_BACK_S = 1.0
LONGEST_WAIT = 60.0


async def killed(server: Server, n_kills: int) -> tuple[list[Talker], list[Any]]:
    """Let everybody talk through some kills; the talkers and two delays of each."""
    luck = random.Random(9)
    roles = [role for role in server.keys["room0"] if role != "facilitator"]
    talkers = [
        Talker(server.url, role, server.keys["room0"][role][0], roles[i - 1])
        for i, role in enumerate(roles)
    ]
    lives = [asyncio.create_task(talker.live(PER_SECOND)) for talker in talkers]
    delays = []
    for _ in range(n_kills):
        await asyncio.sleep(luck.uniform(0.3, 0.9))
        cut = time.perf_counter()
        await asyncio.to_thread(server.kill)
        for talker in talkers:
            talker.back_at = 0.0
        await asyncio.to_thread(server.restart)
        up = time.perf_counter()
        while not all(talker.back_at for talker in talkers):
            await asyncio.sleep(0.005)
            assert time.perf_counter() - up < LONGEST_WAIT, "not all came back"
        back = max(talker.back_at for talker in talkers)
        delays.append((back - cut, max(0.0, back - up)))
    await asyncio.sleep(0.5)
    for talker in talkers:
        talker.is_done = True
    await asyncio.wait_for(asyncio.gather(*lives), LONGEST_WAIT)
    return talkers, delays


def counts(ledger: Ledger, talkers: list[Talker]) -> dict[str, int]:
    """Hold what clients saw against what is stored; all but the first are faults."""
    events = list(ledger.read("room0"))
    assert verify_chain(events) == len(events)
    stored = Counter(e.part("text") for e in events if e.kind == "spoken")
    sent = [text for talker in talkers for text in talker.sent]
    shown = {text for talker in talkers for text in talker.shown}
    acknowledged = [text for talker in talkers for text in talker.acknowledged]
    return {
        "messages": len(sent),
        "shown_but_not_stored": len(shown - set(stored)),
        "acknowledged_but_not_stored": len(set(acknowledged) - set(stored)),
        "lost": len(set(sent) - set(stored)),
        "stored_twice": sum(n > 1 for n in stored.values()),
        "never_acknowledged": len(set(sent) - set(acknowledged)),
        "views_missing_or_twice": sum(
            talker.numbers != list(range(1, len(talker.numbers) + 1))
            for talker in talkers
        ),
    }


def fifty(folder: Path, n_kills: int, url: str = "") -> dict[str, Any]:
    """All kills on one database, with their assertions."""
    server = start(folder, 1, N_ROLES, url)
    try:
        talkers, delays = asyncio.run(killed(server, n_kills))
    finally:
        server.kill()
    ledger = Ledger(url or f"sqlite:///{folder / 'load.db'}")
    found = counts(ledger, talkers)
    ledger.close()
    print(found)
    assert not any(n for name, n in found.items() if name != "messages")
    from_kill, from_up = np.array(delays).T
    return {
        "kills": n_kills,
        **found,
        "back_after_kill_s": _median_and_worst(from_kill),
        "back_after_first_answer_s": _median_and_worst(from_up),
        "goal_back_s": GOAL_BACK_S,
    }


def _median_and_worst(seconds: Any) -> list[float]:
    return [round(float(np.median(seconds)), 2), round(float(seconds.max()), 2)]


def main() -> None:
    """Kill on both databases, print and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    n_kills = parser.parse_args().kills
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures["SQLite"] = fifty(Path(folder), n_kills)
        print("SQLite", figures["SQLite"], flush=True)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database = stack.enter_context(postgres(Path(folder)))
        figures["PostgreSQL"] = fifty(Path(folder), n_kills, database.url)
        print("PostgreSQL", figures["PostgreSQL"], flush=True)
    print("wrote", write_result("kill_fifty", figures))


if __name__ == "__main__":
    main()
