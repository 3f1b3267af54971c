"""How fast the frontier of an additive domain is found, against plain NumPy.

    python -m benchmarks.engine.domain_scan [--peer PYTHON]

Both do the same work on the same domains in turn, on one thread; frontier and Nash
solution must agree to 1e-9 before a time is printed; beyond 10^7 packages, which NumPy
cannot hold, the frontier found in halves takes its place, and up to 10^8 the scan that
visits every package. CPU seconds, best of three for ours. `--peer` names the Python of
an environment with NegMAS, which is then asked for the frontier of 10^6 packages.

Limits: with bounds the work is the walk down a tree that fits the second-level cache
(4096 rows of 16 or 24 bytes), a few comparisons for each block of 4096 packages and
hundreds for those near the frontier; nothing is streamed from memory. Without bounds
(`every package visited`) it is about two loads, two additions and two comparisons a
package in the first two levels of cache, so compute. Both limits are measured in the
same run: `visit_limit_s` is what those operations take at the rate of a loop that does
nothing else, `from_memory_s` what reading every sum once from memory would take; for
the cloud and the merge `sort_limit_s` is what sorting the points, or the sums of the
last issue, takes alone. `peak_mib` is that of this process, NumPy's work included;
`own_peak_mib` that of a process which loads the package and does this scan alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from backchannel.crisis.domain import Domain
from backchannel.settlement import MergeByIssue, Scan, settle_domain
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.nondominated import nondominated
from benchmarks.engine.machine_rates import copy_rate, sort_seconds, sum_rate
from benchmarks.measured_run import measured_run, write_result
from tests.settlement.domains import made_domain, weighted_domain

AGREEMENT = 1e-9
N_CLOUD = 30_000
ONE_THREAD = Scan(n_threads=1)
VISITS_ALL = Scan(n_threads=1, visits_all=True)
SEED = 1
# Parties, and issues of ten levels.
SCANS = {
    "10^7 packages, 2 parties": (2, 7),
    "10^7 packages, 3 parties": (3, 7),
    "10^8 packages, 2 parties": (2, 8),
    "10^8 packages, 3 parties": (3, 8),
    "10^9 packages, 2 parties": (2, 9),
}
# NumPy sorts all sums at once; beyond this they take more than 2 GB.
NUMPY_LIMIT = 10**7


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it returned."""
    begin = time.process_time()
    answer = work()
    return time.process_time() - begin, answer


def best_of_three(work: Callable[[], Any]) -> tuple[float, Any]:
    """Least CPU seconds of three calls."""
    return min((cpu_seconds(work) for _ in range(3)), key=lambda run: run[0])


def numpy_frontier(domain: Domain) -> np.ndarray:
    """Points of the frontier by forming, sorting and sweeping all sums."""
    sums = np.zeros((1, len(domain.parties)))
    for table in domain.utilities:
        sums = (sums[:, None, :] + table.T[None, :, :]).reshape(-1, sums.shape[1])
    return numpy_sweep(sums)


def numpy_sweep(points: np.ndarray) -> np.ndarray:
    """Points that no other dominates, by descending first coordinate."""
    if points.shape[1] == 2:
        ranked = points[np.lexsort((-points[:, 1], -points[:, 0]))]
        keep = np.ones(len(ranked), dtype=bool)
        keep[1:] = ranked[1:, 1] > np.maximum.accumulate(ranked[:, 1])[:-1]
        return ranked[keep]
    # Whoever has the largest sum is on the frontier; drop what it dominates, go on.
    found = []
    rest = points[np.argsort(-points.sum(axis=1), kind="stable")]
    while len(rest):
        found.append(rest[0])
        rest = rest[(rest > rest[0]).any(axis=1)]
    return np.array(sorted(map(tuple, found), reverse=True))


def numpy_merge(domain: Domain) -> np.ndarray:
    """The same for two parties, issue by issue."""
    points = np.zeros((1, 2))
    for table in domain.utilities:
        points = numpy_sweep((points[:, None, :] + table.T[None, :, :]).reshape(-1, 2))
    return points


def demand_same(found: DomainFrontier, points: np.ndarray) -> None:
    """Stop unless both have the same points, and so the same solutions."""
    same = found.utilities.shape == points.shape
    if not same or np.abs(found.utilities - points).max() > AGREEMENT:
        raise RuntimeError(f"{found.title}: the answers differ; no time is worth it")


def scanned(n_parties: int, n_issues: int, rates: dict[str, float]) -> dict[str, float]:
    """One scan with bounds and one without, after NumPy where that has the memory."""
    domain = weighted_domain(n_parties, n_issues, 10, seed=SEED)
    row: dict[str, float] = {"n_packages": float(domain.n_packages)}
    if domain.n_packages <= NUMPY_LIMIT:
        row["numpy_cpu_s"], points = cpu_seconds(lambda: numpy_frontier(domain))
    else:
        # Too many to hold: the frontier found in halves takes NumPy's place.
        points = None
    seconds, found = best_of_three(lambda: settle_domain(domain, method=ONE_THREAD))
    if points is not None:
        demand_same(found, points)
    if not found.check(domain).is_verified:
        raise RuntimeError("the other route finds another frontier")
    row |= {"cpu_s": seconds, "n_points": found.n_points, "n_seen": found.n_seen}
    if domain.n_packages <= 10**8:
        every, visited = cpu_seconds(lambda: settle_domain(domain, method=VISITS_ALL))
        demand_same(visited, found.utilities)
        row["every_package_visited_cpu_s"] = every
    n_sums = domain.n_packages * n_parties
    row["visit_limit_s"] = n_sums / 2 / rates["pairs"]
    row["from_memory_s"] = 8 * n_sums / rates["memory"]
    return row


def own_peak(n_parties: int, n_issues: int) -> float:
    """Peak memory, in MiB, of a process of its own that does one scan."""
    work = OWN.format(n_parties=n_parties, n_issues=n_issues, seed=SEED)
    return measured_run([sys.executable, "-c", work]).peak_mib


def cloud() -> dict[str, float]:
    """30,000 packages that divide one prize: all are on the frontier."""
    share = np.random.default_rng(SEED).permutation(N_CLOUD) / N_CLOUD
    utilities = np.stack([share, 1.0 - share])
    points = np.rint(utilities.T * 1e9).astype(np.int64)
    peer, swept = best_of_three(lambda: numpy_sweep(utilities.T))
    sweep, keep = best_of_three(lambda: nondominated(points))
    domain = made_domain([utilities])
    whole, found = best_of_three(lambda: settle_domain(domain, method=ONE_THREAD))
    demand_same(found, swept)
    if not keep.all():
        raise RuntimeError("the sweep dropped a point of a zero-sum cloud")
    return {
        "n_packages": N_CLOUD,
        "n_points": found.n_points,
        "cpu_s": sweep,
        "with_all_solutions_cpu_s": whole,
        "numpy_cpu_s": peer,
        "sort_limit_s": sort_seconds(N_CLOUD),
    }


def merged() -> dict[str, float]:
    """50 issues of 10 levels."""
    domain = weighted_domain(2, 50, 10, seed=SEED)
    peer, points = cpu_seconds(lambda: numpy_merge(domain))
    seconds, found = best_of_three(lambda: settle_domain(domain, method=MergeByIssue()))
    demand_same(found, points)
    return {
        "n_packages": float(domain.n_packages),
        "n_points": found.n_points,
        "cpu_s": seconds,
        "numpy_cpu_s": peer,
        "sort_limit_s": sort_seconds(10 * found.n_points),
    }


OWN = """
from backchannel.settlement import Scan, settle_domain
from tests.settlement.domains import weighted_domain
domain = weighted_domain({n_parties}, {n_issues}, 10, seed={seed})
settle_domain(domain, method=Scan(n_threads=1))
"""

PEER = """
import json, sys, time
import negmas
from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction as Additive
from negmas.preferences.ops import pareto_frontier
def cpu(work):
    begin = time.process_time()
    answer = work()
    return time.process_time() - begin, answer
tables = json.load(sys.stdin)
values = [[str(v) for v in range(len(t[0]))] for t in tables]
issues = [make_issue(v, f"i{k}") for k, v in enumerate(values)]
space = make_os(issues)
parties = range(len(tables[0]))
functions = [
    Additive([dict(zip(v, t[p])) for v, t in zip(values, tables)],
             weights=[1.0] * len(tables), outcome_space=space)
    for p in parties
]
packages = list(space.enumerate())
seconds, (points, _) = cpu(lambda: pareto_frontier(functions, outcomes=packages))
print(json.dumps([negmas.__version__, seconds, sorted(points, reverse=True)]))
"""


def with_negmas(python: str) -> dict[str, Any]:
    """Ask NegMAS, in its own process and environment, for the same frontier."""
    domain = weighted_domain(2, 6, 10, seed=SEED)
    work = [table.tolist() for table in domain.utilities]
    done = subprocess.run(
        [python, "-c", PEER],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=True,
    )
    version, seconds, points = json.loads(done.stdout.splitlines()[-1])
    ours, found = best_of_three(lambda: settle_domain(domain, method=ONE_THREAD))
    demand_same(found, np.array(points))
    return {
        "version": version,
        "n_packages": domain.n_packages,
        "negmas_cpu_s": seconds,
        "cpu_s": ours,
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that can import negmas")
    options = parser.parse_args()
    for n_parties in (2, 3):
        settle_domain(weighted_domain(n_parties, 3, 4, seed=SEED), method=ONE_THREAD)
    # First: the peak that the system tells of a process is never below its parent's.
    peaks = {name: own_peak(*size) for name, size in SCANS.items()}
    rates = {"memory": copy_rate(2**28), "pairs": sum_rate()}
    work: dict[str, Callable[[], dict[str, Any]]] = {
        **{
            name: lambda size=size: scanned(*size, rates)
            for name, size in SCANS.items()
        },
        "zero-sum cloud": cloud,
        "50 issues x 10 levels, 2 parties": merged,
    }
    if options.peer:
        work["NegMAS, 10^6 packages, 2 parties"] = lambda: with_negmas(options.peer)
    tables = {}
    for name, measure in work.items():
        tables[name] = table = measure()
        if name in peaks:
            table["own_peak_mib"] = peaks[name]
        table["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(name)
        for key, value in table.items():
            shown = value if isinstance(value, str) else f"{value:.4g}"
            print(f"    {key:32s} {shown}", flush=True)
    print(write_result("domain_scan", tables))


if __name__ == "__main__":
    main()
