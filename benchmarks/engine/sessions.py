"""Sessions of alternating offers, against NegMAS on the same domain and rules.

python -m benchmarks.engine.sessions [--peer PYTHON_WITH_NEGMAS]

Agreements must be the same before a rate is reported. Rates are sessions per CPU second
of one thread. Cold: every session on a domain of its own, evaluated and ranked for it.
Batched: one domain, ranked once. `limit_per_s` is what one dependent look-up for each
offer would allow, at the rate measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from typing import Any

import numpy as np

from backchannel.settlement import (
    BOULWARE,
    CONCEDER,
    LINEAR,
    MiCRO,
    Sessions,
    TimeDependent,
    TitForTat,
    run_sessions,
)
from backchannel.settlement.negotiators import Negotiator
from benchmarks.engine.machine_rates import step_rate
from benchmarks.measured_run import ROOT, write_result
from tests.settlement.domains import weighted_domain

SEED = 1
N_COLD, N_BATCHED = 4_000, 1_000_000
NAMED: dict[str, Negotiator] = {
    "boulware": BOULWARE,
    "linear": LINEAR,
    "conceder": CONCEDER,
    "micro": MiCRO(),
}
PAIRS = (
    ("boulware", "boulware"),
    ("boulware", "conceder"),
    ("linear", "boulware"),
    ("boulware", "boulware", "boulware"),
    ("conceder", "linear", "boulware"),
    # Two of MiCRO never wait; against others both repeat offers at random, each by
    # its own dice.
    ("micro", "micro"),
)


def rate(work: Any, n: int) -> tuple[float, Sessions]:
    """Sessions per CPU second, the best of five, and the last answer."""
    best = float("inf")
    for _ in range(5):
        begin = time.process_time()
        played = work()
        best = min(best, time.process_time() - begin)
    return n / best, played


def demand_check(played: Sessions, domains: Any) -> None:
    """A rate without the right answer means nothing."""
    if not played.check(domains).is_verified:
        raise RuntimeError(str(played.check(domains)))


def own_rates(n_parties: int) -> dict[str, float]:
    """Boulwares, 100 rounds, 10^3 packages."""
    worlds = [weighted_domain(n_parties, 3, 10, seed=s) for s in range(N_COLD)]
    line = [BOULWARE] * n_parties
    run_sessions(worlds[:2], line)
    cold, played = rate(lambda: run_sessions(worlds, line), N_COLD)
    demand_check(played, worlds)
    plan = np.zeros((N_BATCHED, 2), dtype=np.int64)
    batched, played = rate(
        lambda: run_sessions(worlds[0], [line], schedule=plan), N_BATCHED
    )
    demand_check(played, worlds[0])
    return {
        "cold_per_s": cold,
        "batched_per_s": batched,
        "limit_per_s": offers_limit(played),
    }


def offers_limit(played: Sessions) -> float:
    """Sessions a second at one dependent look-up for each offer that was made."""
    offers = float((played.ended + 1).mean()) * len(played.parties)
    return step_rate() / offers


def tournament() -> dict[str, float]:
    """100 line-ups of time-dependent negotiators, drawn at random (seed 1)."""
    domain = weighted_domain(2, 3, 10, seed=SEED)
    each = [TimeDependent(float(e)) for e in np.geomspace(0.2, 8.0, 10)]
    line_ups = [[a, b] for a in each for b in each]
    rng = np.random.default_rng(SEED)
    plan = np.zeros((N_BATCHED, 2), dtype=np.int64)
    plan[:, 1] = rng.integers(0, len(line_ups), N_BATCHED)
    batched, played = rate(
        lambda: run_sessions(domain, line_ups, schedule=plan), N_BATCHED
    )
    demand_check(played, domain)
    return {"batched_per_s": batched, "limit_per_s": offers_limit(played)}


def reactive() -> dict[str, float]:
    """Negotiators that answer to what they are offered."""
    domain = weighted_domain(2, 3, 10, seed=SEED)
    found = {}
    for name, line in (
        ("tit_for_tat", [BOULWARE, TitForTat()]),
        ("micro", [MiCRO(), MiCRO()]),
    ):
        plan = np.zeros((100_000, 2), dtype=np.int64)
        found[f"{name}_batched_per_s"], played = rate(
            lambda line=line, plan=plan: run_sessions(domain, [line], schedule=plan),
            100_000,
        )
        demand_check(played, domain)
        found[f"{name}_limit_per_s"] = offers_limit(played)
    return found


def with_negmas(python: str) -> dict[str, dict[str, Any]]:
    """The same line-ups in NegMAS, in a process and environment of its own."""
    rows = {}
    for names in PAIRS:
        same, slow, versions = 0, [], set()
        for seed in range(3):
            domain = weighted_domain(len(names), 3, 10, seed=seed)
            question = {
                "work": "sessions",
                "tables": [table.tolist() for table in domain.utilities],
                "line_ups": [names],
                "n_rounds": 100,
                "seconds": 1.0,
            }
            done = subprocess.run(
                [python, str(ROOT / "benchmarks" / "negmas_rival.py")],
                input=json.dumps(question),
                capture_output=True,
                text=True,
                check=True,
            )
            theirs = json.loads(done.stdout.splitlines()[-1])
            answer = theirs["answers"][0]
            ours = run_sessions(domain, [NAMED[name] for name in names])
            package = ours.package(0, domain)
            agreed = None if package is None else [int(level) for level in package]
            if agreed != answer["agreed"]:
                raise RuntimeError(f"{names}, seed {seed}: {agreed} and {answer}")
            same += 1
            slow.append(answer["cpu_s"])
            versions.add(theirs["version"])
        rows["NegMAS, " + " / ".join(names)] = {
            "version": "".join(versions),
            "same_agreement": same,
            "negmas_per_s": 1.0 / min(slow),
        }
    return rows


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that can import negmas")
    options = parser.parse_args()
    rows: dict[str, Any] = {
        "Boulware pair, 10^3 packages": own_rates(2),
        "three Boulwares, 10^3 packages": own_rates(3),
        "tournament of 100 line-ups": tournament(),
        "reactive negotiators": reactive(),
    }
    if options.peer:
        rows |= with_negmas(options.peer)
    for name, row in rows.items():
        print(name)
        for key, value in row.items():
            shown = value if isinstance(value, str) else f"{value:,.4g}"
            print(f"    {key:28s} {shown}")
    print(write_result("sessions", rows))


if __name__ == "__main__":
    main()
