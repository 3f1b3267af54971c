"""How fast packages are judged at home, mended, and weighed under uncertainty.

    python -m benchmarks.engine.two_levels [--peer PYTHON]

Two leaders and six constituencies with a threshold of one half. Plain NumPy does the
same work in turn on one thread, and with `--peer` (the Python of an environment with
NegMAS) a loop over NegMAS utilities, which leaves a package at the first refusal; the
counts and the best package must be the same before a time is printed. CPU seconds, best
of five for ours.

Limits, measured in the same run: the rate at which memory is copied, and at which the
second-level cache is. `from_memory_s` is what reading every sum once from memory would
take; `limit_s` what the sets that the scan does read take from the cache.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from backchannel.settlement.additive import additive
from backchannel.settlement.cheapest import cheapest_changes
from backchannel.settlement.home_deals import HomeDeals, find_home_deals
from backchannel.settlement.nominal import with_secret
from backchannel.settlement.robust import settle_under_draws
from backchannel.settlement.two_level import TwoLevel
from backchannel.settlement.win_sets import ScanWinSets, judge_slice, open_hall
from benchmarks.engine.machine_rates import copy_rate
from benchmarks.measured_run import write_result
from tests.settlement.domains import made_domain
from tests.settlement.games import weighted_game

COUNTS = ScanWinSets(n_threads=1, counts_blocked=False)
BINDS = ScanWinSets(n_threads=1)
SEED = 1
Row = dict[str, Any]


def cpu_seconds(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Least CPU seconds of some calls, and what the last one returned."""
    best, answer = float("inf"), None
    for _ in range(repeats):
        begin = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begin)
    return best, answer


def numpy_judge(game: TwoLevel) -> tuple[int, int]:
    """Packages that every constituency passes, and the one with the best product."""
    sums = np.zeros((len(game.actors), 1))
    for table in game.domain.utilities:
        sums = (sums[:, :, None] + table[:, None, :]).reshape(len(sums), -1)
    passing = np.flatnonzero((sums[2:] >= 0.5).all(axis=0))
    return len(passing), int(passing[np.argmax(sums[0, passing] * sums[1, passing])])


def best_product(game: TwoLevel, deals: HomeDeals) -> int:
    """Number of the passing package with the largest product of utilities."""
    point = int(np.argmax(deals.utilities.prod(axis=1)))
    number = 0
    pairs = zip(deals.package_at(point), game.domain.n_levels, strict=True)
    for level, n in pairs:
        number = number * n + int(level)
    return number


def count_passing(game: TwoLevel) -> int:
    """Size of the ratifiable set alone: no frontier, no solutions, no certificate."""
    hall = open_hall(game, additive(game.domain.utilities), COUNTS)
    slices = range(len(hall.high))
    parts = (judge_slice(hall, i, counts_blocked=False) for i in slices)
    return sum(part.n_passing for part in parts)


def judged(n_issues: int, rates: dict[str, float]) -> Row:
    """The ratifiable set, its size, frontier and solutions."""
    game = weighted_game(n_issues)
    n = game.domain.n_packages
    seconds, deals = cpu_seconds(lambda: find_home_deals(game, method=COUNTS), 5)
    alone, _ = cpu_seconds(lambda: count_passing(game), 9)
    binds, full = cpu_seconds(lambda: find_home_deals(game, method=BINDS), 3)
    row: Row = {
        "n_packages": float(n),
        "n_passing": deals.n_passing,
        "cpu_s": seconds,
        "set_alone_cpu_s": alone,
        "with_what_binds_cpu_s": binds,
        "from_memory_s": n * 8 * len(game.actors) / rates["memory"],
        "limit_s": n / 8 * len(game.actors) / rates["cache"],
    }
    if n <= 10**6:
        row["numpy_cpu_s"], answer = cpu_seconds(lambda: numpy_judge(game), 3)
        if answer != (deals.n_passing, best_product(game, deals)):
            raise RuntimeError("NumPy judges otherwise; no time is worth it")
        if not full.check(game).is_verified:
            raise RuntimeError("the definitions judge otherwise")
    return row


def mended(rates: dict[str, float]) -> Row:
    """The cheapest change for each of 10^6 packages."""
    game = weighted_game(6).with_thresholds(np.array([0.3, 0.35] + [0.5] * 6))
    return timed_repairs(game, rates)


def timed_repairs(game: TwoLevel, rates: dict[str, float]) -> Row:
    """The cheapest change of every package of one game."""
    seconds, repairs = cpu_seconds(lambda: cheapest_changes(game), 5)
    certificate = repairs.check()
    if not certificate.is_verified:
        raise RuntimeError(f"plain loops find other changes: {certificate}")
    n = game.domain.n_packages
    # Cost, three codes of two bytes and a mark are written for every package.
    return {
        "n_packages": float(n),
        "n_mended": repairs.n_mended,
        "cpu_s": seconds,
        "from_memory_s": 15 * n / rates["memory"],
        "limit_s": 15 * n / rates["cache"],
    }


def mended_in_time(rates: dict[str, float]) -> Row:
    """The same with two issues that leak: time may be saved as well."""
    game = weighted_game(6).with_thresholds(np.array([0.3, 0.35] + [0.5] * 6))
    rng = np.random.default_rng(SEED)
    n_levels = game.domain.n_levels
    leaks = {
        name: tuple(rng.exponential(0.1, n) * (rng.random(n) < 0.5) for n in n_levels)
        for name in ("treaty", "letter")
    }
    return timed_repairs(with_secret(game, leaks), rates)


def slid(rates: dict[str, float]) -> Row:
    """10^6 packages of eight actors judged again after one utility has changed."""
    game = weighted_game(6)
    names, issue = game.actors, game.domain.issues[0]

    def slide() -> HomeDeals:
        moved = game.with_values({names[2]: {issue: {"3": 0.05}}})
        return find_home_deals(moved, method=COUNTS)

    seconds, deals = cpu_seconds(slide, 9)
    moved = game.with_values({names[2]: {issue: {"3": 0.05}}})
    peer, answer = cpu_seconds(lambda: numpy_judge(moved), 3)
    if answer != (deals.n_passing, best_product(moved, deals)):
        raise RuntimeError("NumPy judges otherwise; no time is worth it")
    n_sums = game.domain.n_packages * len(names)
    return {
        "n_packages": float(game.domain.n_packages),
        "cpu_s": seconds,
        "numpy_cpu_s": peer,
        "from_memory_s": 8 * n_sums / rates["memory"],
        "limit_s": n_sums / 8 / rates["cache"],
    }


def drawn(rates: dict[str, float]) -> Row:
    """10^5 packages, 1,000 draws of the weights, eight actors."""
    rng = np.random.default_rng(SEED)
    n_draws, n_actors, n_issues, n_levels = 1000, 8, 5, 10
    values = rng.random((n_actors, n_issues, n_levels))
    weights = rng.dirichlet(np.ones(n_issues), size=(n_draws, n_actors))
    tables = [weights[:, :, i, None] * values[None, :, i] for i in range(n_issues)]
    least = np.full((n_draws, n_actors), 0.4)
    domain = made_domain([table[0] for table in tables])
    seconds, found = cpu_seconds(
        lambda: settle_under_draws(domain, tables, thresholds=least), 3
    )
    if not found.certificate.is_verified:
        raise RuntimeError("plain sums find other chances or regrets")
    few = 20

    def with_numpy() -> tuple[np.ndarray, np.ndarray]:
        accepted, regret = np.zeros(10**5), np.zeros((n_actors, 10**5))
        for d in range(few):
            sums = np.zeros((n_actors, 1))
            for table in tables:
                sums = (sums[:, :, None] + table[d][:, None, :]).reshape(n_actors, -1)
            gains = sums - least[d][:, None]
            accepts = (gains >= 0).all(axis=0)
            brings = np.where(accepts, gains, 0.0)
            accepted += accepts
            np.maximum(regret, brings.max(axis=1)[:, None] - brings, out=regret)
        return accepted / few, regret

    peer, (chance, regret) = cpu_seconds(with_numpy)
    short = settle_under_draws(
        domain, [table[:few] for table in tables], thresholds=least[:few]
    )
    if np.abs(short.prob_accepted - chance).max() > 0:
        raise RuntimeError("NumPy finds other chances; no time is worth it")
    if np.abs(short.max_regret - regret.T).max() > 1e-7:
        raise RuntimeError("NumPy finds other regrets; no time is worth it")
    n_sums = 10**5 * n_draws * n_actors
    return {
        "n_packages": 1e5,
        "n_utilities": float(n_sums),
        "cpu_s": seconds,
        "numpy_cpu_s": peer * n_draws / few,
        "from_memory_s": n_sums * 8 / rates["memory"],
        "limit_s": 2 * n_sums * 4 / rates["cache"],
    }


PEER = """
import json, sys, time
import negmas
from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction as Additive
tables = json.load(sys.stdin)
values = [[str(v) for v in range(len(t[0]))] for t in tables]
space = make_os([make_issue(v, f"i{k}") for k, v in enumerate(values)])
made = [
    Additive([dict(zip(v, t[p])) for v, t in zip(values, tables)],
             weights=[1.0] * len(tables), outcome_space=space)
    for p in range(len(tables[0]))
]
begin = time.process_time()
n, best, number = 0, -1.0, -1
for i, package in enumerate(space.enumerate()):
    if all(f(package) >= 0.5 for f in made[2:]):
        n += 1
        product = made[0](package) * made[1](package)
        if product > best:
            best, number = product, i
spent = time.process_time() - begin
some = list(space.enumerate())[:20000]
begin = time.process_time()
for f in made:
    for package in some:
        f(package)
each = (time.process_time() - begin) / len(some) / len(made)
print(json.dumps([negmas.__version__, spent, n, number, each]))
"""


def with_negmas(python: str) -> Row:
    """The same ratifiable set by a loop over NegMAS utilities, in its environment."""
    game = weighted_game(6)
    done = subprocess.run(
        [python, "-c", PEER],
        input=json.dumps([table.tolist() for table in game.domain.utilities]),
        capture_output=True,
        text=True,
        check=True,
    )
    version, spent, n, number, each = json.loads(done.stdout.splitlines()[-1])
    seconds, deals = cpu_seconds(lambda: find_home_deals(game, method=COUNTS), 5)
    if (n, number) != (deals.n_passing, best_product(game, deals)):
        raise RuntimeError("NegMAS judges otherwise; no time is worth it")
    return {
        "version": version,
        "n_packages": float(game.domain.n_packages),
        "negmas_cpu_s": spent,
        "negmas_s_per_utility": each,
        "cpu_s": seconds,
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that can import negmas")
    options = parser.parse_args()
    find_home_deals(weighted_game(3), method=BINDS)
    cheapest_changes(weighted_game(3))
    rates = {"memory": copy_rate(2**28), "cache": copy_rate(2**19)}
    tables: dict[str, Row] = {
        "copied, bytes a second": {f"{k}_rate": v for k, v in rates.items()}
    }
    work: dict[str, Callable[[], Row]] = {
        "ratifiable set, 10^6 packages": lambda: judged(6, rates),
        "ratifiable set, 10^8 packages": lambda: judged(8, rates),
        "cheapest change for each of 10^6": lambda: mended(rates),
        "the same where secrets may leak": lambda: mended_in_time(rates),
        "slider, 10^6 packages, 8 actors": lambda: slid(rates),
        "10^5 packages x 1,000 draws x 8 actors": lambda: drawn(rates),
    }
    if options.peer:
        work["NegMAS, ratifiable set of 10^6"] = lambda: with_negmas(options.peer)
    for name, measure in work.items():
        tables[name] = table = measure()
        table["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(name)
        for key, value in table.items():
            shown = value if isinstance(value, str) else f"{value:.4g}"
            print(f"    {key:32s} {shown}", flush=True)
    print(write_result("two_levels", tables))


if __name__ == "__main__":
    main()
