"""Search for a crisis file that breaks the reader or the brief.

    python -m benchmarks.fuzz_files [--mutants N] [--first NUMBER] [--workers N]

Each mutant must be refused with file, line and reason, be told why it has no answer,
or get a brief of finite numbers. What breaks that rule is printed, once for each
place in the code where it happened, with the number that makes the mutant again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NoReturn

from backchannel.crisis.load import gallery_files
from tests.properties.mutations import mutant, original
from tests.properties.verdicts import verdict_on

# The tests take the numbers below this one.
FIRST = 1000
N_DRAWS = 4
# cuba-1962 takes many times as long as strait and has more kinds of things in it.
MUTANTS_FOR_EACH_CUBA = 32
# Of eight others, half are made from strait, two from strait with the section of
# behaviour written out, and two from a model of the gallery.
OTHERS = ("strait", "behaviour", "strait", "gallery") * 2
# The figures take several times as long as the rest of a brief.
BRIEFS_FOR_EACH_DRAWN = 20
MAX_SECONDS = 60
MAX_MEMORY_BYTES = 8 * 2**30


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant; `failure` names the place, where there is one."""

    number: int
    crisis: str
    changes: str
    verdict: str
    failure: str = ""
    detail: str = ""
    seconds: float = 0.0


def name_of(number: int) -> str:
    """Say which crisis a mutant is made from."""
    if number % MUTANTS_FOR_EACH_CUBA == 0:
        return "cuba-1962"
    name, turn = OTHERS[number % len(OTHERS)], number // len(OTHERS)
    models = sorted(gallery_files())
    return models[turn % len(models)] if name == "gallery" else name


def place_of(error: BaseException) -> str:
    """Name the error and the last line of the package that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "backchannel" in Path(f.filename).parts]
    if not ours:
        return type(error).__name__
    last = ours[-1]
    inside = Path(last.filename).parts
    where = "/".join(inside[inside.index("backchannel") + 1 :])
    return f"{type(error).__name__} at {where}:{last.lineno}"


def try_mutant(number: int) -> Outcome:
    """Make one mutant, ask for its brief and say what happened."""
    name = name_of(number)
    begin = time.perf_counter()
    changes, text = mutant(original(name), number)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_text(text, "utf-8", errors="surrogatepass")
        signal.alarm(MAX_SECONDS)
        try:
            is_drawn = number % BRIEFS_FOR_EACH_DRAWN == 0
            verdict = str(verdict_on(path, N_DRAWS, is_drawn=is_drawn))
            failure = detail = ""
        # Everything is caught on purpose: what should not come is what is sought.
        except Exception as error:
            verdict, failure = "FAILED", place_of(error)
            detail = " ".join(str(error).split())[:300]
        finally:
            signal.alarm(0)
    seconds = time.perf_counter() - begin
    return Outcome(number, name, changes, verdict, failure, detail, seconds)


def _work(pipe: Connection) -> None:
    """Try the mutants whose numbers come through a pipe, until None comes."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _out_of_time)
    while (number := pipe.recv()) is not None:
        pipe.send(try_mutant(number))


def _out_of_time(signal_number: int, frame: Any) -> NoReturn:  # noqa: ARG001
    raise TimeoutError(f"took more than {MAX_SECONDS} s")


class Worker:
    """A process that tries one mutant at a time and may die of it."""

    def __init__(self) -> None:
        # Spawned, not forked: a fork would inherit the compiler's threads half alive.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.number, self.begin = -1, 0.0

    def give(self, number: int | None) -> None:
        """Hand over a number, or None to end."""
        self.pipe.send(number)
        self.number, self.begin = -1 if number is None else number, time.monotonic()

    def outcome_of_loss(self) -> Outcome | None:
        """Say what happened, where the process died or does not come back."""
        # An alarm cannot interrupt compiled code; this can.
        overdue = time.monotonic() - self.begin > MAX_SECONDS + 15
        if self.process.is_alive() and not overdue:
            return None
        self.process.kill()
        self.process.join()
        failure = "no end" if overdue else f"died, exit {self.process.exitcode}"
        seconds = time.monotonic() - self.begin
        name = name_of(self.number)
        changes, _ = mutant(original(name), self.number)
        return Outcome(self.number, name, changes, "FAILED", failure, "", seconds)


def search(first: int, n_mutants: int, n_workers: int) -> list[Outcome]:
    """Try mutants in several processes, showing how far it has come."""
    outcomes: list[Outcome] = []
    waiting = iter(range(first, first + n_mutants))
    for variable in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"  # each worker is one of as many as there are cores
    workers = [Worker() for _ in range(min(n_workers, n_mutants))]
    for worker in workers:
        worker.give(next(waiting))
    while workers:
        ready = wait([worker.pipe for worker in workers], timeout=1.0)
        for i, worker in enumerate(workers):
            try:
                outcome = worker.pipe.recv() if worker.pipe in ready else None
            except EOFError:
                worker.process.join()
                outcome = None
            lost = None if outcome else worker.outcome_of_loss()
            if outcome is None and lost is None:
                continue
            outcomes.append(outcome or lost)
            if lost:
                workers[i] = Worker()
            workers[i].give(next(waiting, None))
            if len(outcomes) % 500 == 0:
                print(f"{len(outcomes)} of {n_mutants}", file=sys.stderr, flush=True)
        workers = [worker for worker in workers if worker.number >= 0]
    return outcomes


def report(outcomes: list[Outcome], wall_seconds: float) -> None:
    """Print counts, the slowest mutant and each kind of failure once."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    parts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items()))
    print(f"{len(outcomes)} mutants in {wall_seconds:.0f} s: {parts}")
    slowest = max(outcomes, key=lambda o: o.seconds)
    print(f"slowest: {slowest.number} of {slowest.crisis}, {slowest.seconds:.1f} s")
    failures: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.failure:
            failures[outcome.failure].append(outcome)
    for failure, found in sorted(failures.items(), key=lambda f: -len(f[1])):
        first = min(found, key=lambda o: o.number)
        print(f"\n{len(found)} x {failure}\n  {first.detail}")
        print(f"  first: mutant {first.number} of {first.crisis} ({first.changes})")


def main() -> int:
    """Search and report; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=FIRST)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    begin = time.perf_counter()
    outcomes = search(chosen.first, chosen.mutants, chosen.workers)
    report(outcomes, time.perf_counter() - begin)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
