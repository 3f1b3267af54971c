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
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from backchannel.crisis.load import shipped_crises
from tests.properties.mutations import mutant
from tests.properties.verdicts import verdict_on

# The tests take the numbers below this one.
FIRST = 1000
N_DRAWS = 4
# cuba-1962 takes many times as long as strait and has more kinds of things in it.
STRAIT_FOR_EACH_CUBA = 15
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
    return "strait" if number % (STRAIT_FOR_EACH_CUBA + 1) else "cuba-1962"


@cache
def original(name: str) -> str:
    """Text of a shipped crisis."""
    return shipped_crises()[name].read_text("utf-8")


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
            verdict, failure, detail = str(verdict_on(path, N_DRAWS)), "", ""
        # Everything is caught on purpose: what should not come is what is sought.
        except Exception as error:
            verdict, failure = "FAILED", place_of(error)
            detail = " ".join(str(error).split())[:300]
        finally:
            signal.alarm(0)
    seconds = time.perf_counter() - begin
    return Outcome(number, name, changes, verdict, failure, detail, seconds)


def _prepare_worker() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _out_of_time)
    # Each worker is one of as many as there are cores.
    for variable in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"


def _out_of_time(signal_number: int, frame: Any) -> NoReturn:  # noqa: ARG001
    raise TimeoutError(f"took more than {MAX_SECONDS} s")


def search(first: int, n_mutants: int, n_workers: int) -> list[Outcome]:
    """Try mutants in several processes, showing how far it has come."""
    outcomes: list[Outcome] = []
    # Spawned, not forked: a fork would inherit the compiler's threads half alive.
    context = multiprocessing.get_context("spawn")
    with context.Pool(n_workers, _prepare_worker) as pool:
        numbers = range(first, first + n_mutants)
        for outcome in pool.imap_unordered(try_mutant, numbers, chunksize=8):
            outcomes.append(outcome)
            if len(outcomes) % 500 == 0:
                print(f"{len(outcomes)} of {n_mutants}", file=sys.stderr, flush=True)
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
