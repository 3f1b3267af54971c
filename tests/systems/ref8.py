"""REF-8: a reference workload of 4,376 states with an answer known to 15 digits.

Six types of incident, two kinds of token (cap 8), two parties with up to two pending
decisions, day and night, talks, deliberate war, a deadline at 72 h. State
(rung, token a, token b, pending a, pending b); rung 0 is settled, 7 is war. Entries
carry one of 22 causes: six incidents answered at once, six that go up, three ways to
decide for each party, cooling of each kind, talks, a deliberate step.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np

from backchannel.escalation.problem import Entries, MarkovProblem, Piece, Theta

DATA = Path(__file__).parent / "ref8.json"
N_STANDING = 6 * 9 * 9 * 3 * 3
SETTLED, WAR = N_STANDING, N_STANDING + 1
# What hazards, excitation, chances and deliberate steps are multiplied by where war is
# rare: P(war by 96 h) is then 1.3e-6 and 4.7e-10.
RARE = {"mu": 0.4, "A": 0.7, "r": 0.05, "u": 0.15, "omega": 0.05, "kappa": 0.05}
RARER = {"mu": 0.3, "A": 0.5, "r": 0.01, "u": 0.04, "omega": 0.01, "kappa": 0.01}


def parameters() -> dict:
    """Numbers of the workload."""
    return json.loads(DATA.read_text())["REF-8"]["params"]


def answers() -> dict:
    """Exact answers, by scipy's uniformisation and by expm_multiply."""
    return json.loads(DATA.read_text())


def state(rung, a, b, pending_a, pending_b):
    """Number of a state; rungs outside 1..6 are settled and war."""
    inner = np.clip(rung, 1, 6) - 1
    code = (((inner * 9 + a) * 9 + b) * 3 + pending_a) * 3 + pending_b
    return np.where(rung <= 0, SETTLED, np.where(rung >= 7, WAR, code))


class _Rows:
    """Names of rows of theta, and the entries written with them."""

    def __init__(self) -> None:
        self.values = {"one": 1.0}
        self.blocks: list[tuple] = []

    def number(self, name: str, value: float) -> int:
        self.values[name] = value
        return list(self.values).index(name)

    def add(self, src, dst, mult, factors, cause) -> None:
        mult = np.broadcast_to(np.asarray(mult, float), src.shape)
        factors = [np.broadcast_to(f, src.shape) for f in factors]
        factors += [np.zeros_like(src)] * (3 - len(factors))
        keep = (mult > 0) & (src != dst)
        cause = np.full_like(src, cause)
        self.blocks.append(
            tuple(v[keep] for v in (src, dst, mult, np.stack(factors, axis=1), cause))
        )

    def entries(self) -> Entries:
        src, dst, mult, factor, cause = (
            np.concatenate(c) for c in zip(*self.blocks, strict=True)
        )
        return Entries(src, dst, mult, factor, cause)


def ref8(p: dict | None = None) -> tuple[MarkovProblem, Theta]:
    """Build the workload for one draw; `p` changes its numbers."""
    p = p or parameters()
    axes = np.meshgrid(*map(range, (6, 9, 9, 3, 3)), indexing="ij")
    rung, a, b, pa, pb = (axis.ravel() for axis in axes)
    rung = rung + 1
    src = np.arange(N_STANDING)
    rows = _Rows()
    at_once, up_channel = [], []
    for party in range(2):
        chance = [min(1, p["r0"][party] + p["r1"][party] * n) for n in range(6)]
        at_once += [[rows.number(f"r{party}{n}", c) for n, c in enumerate(chance)]]
        up_channel += [
            [rows.number(f"s{party}{n}", 1 - c) for n, c in enumerate(chance)]
        ]
    mu = [rows.number(f"mu{i}", p["mu"][i]) for i in range(6)]
    excite = [
        [rows.number(f"A{i}{k}", p["A"][i][k]) for k in range(2)] for i in range(6)
    ]
    pace = [rows.number(f"u{q}", p["u"][q] / p["tau"][q]) for q in range(2)]
    ease = [rows.number(f"d{q}", p["d"][q] / p["tau"][q]) for q in range(2)]
    hold = [
        rows.number(f"h{q}", (1 - p["u"][q] - p["d"][q]) / p["tau"][q])
        for q in range(2)
    ]
    other = {n: rows.number(n, p[n]) for n in ("talk", "omega")}
    cool = [rows.number(f"beta{k}", p["beta"][k]) for k in range(2)]
    n_parameters = len(rows.values)
    light = [n_parameters + i for i in range(6)]
    for i in range(6):
        kind, party = p["kind"][i], p["party"][i]
        a2, b2 = np.minimum(a + (kind == 0), 8), np.minimum(b + (kind == 1), 8)
        pa2, pb2 = np.minimum(pa + (party == 0), 2), np.minimum(pb + (party == 1), 2)
        up, held = state(rung + 1, a2, b2, pa, pb), state(rung, a2, b2, pa2, pb2)
        for cause, target, chance in (
            (i, up, at_once[party]),
            (6 + i, held, up_channel[party]),
        ):
            row = np.array(chance)[rung - 1]
            rows.add(
                src, target, 1 + p["g1"] * (rung - 1), [mu[i], light[i], row], cause
            )
            for k, count in enumerate((a, b)):
                rows.add(src, target, count, [excite[i][k], row], cause)
    for q, n in enumerate((pa, pb)):
        pa2, pb2 = np.maximum(pa - (q == 0), 0), np.maximum(pb - (q == 1), 0)
        for j, (climb, row) in enumerate(((1, pace[q]), (-1, ease[q]), (0, hold[q]))):
            rows.add(src, state(rung + climb, a, b, pa2, pb2), n, [row], 12 + 3 * q + j)
    rows.add(src, state(rung, np.maximum(a - 1, 0), b, pa, pb), a, [cool[0]], 18)
    rows.add(src, state(rung, a, np.maximum(b - 1, 0), pa, pb), b, [cool[1]], 19)
    rows.add(src, state(rung - 1, a, b, pa, pb), 1 / rung, [other["talk"]], 20)
    rows.add(src, state(rung + 1, a, b, pa, pb), rung == 6, [other["omega"]], 21)
    late = n_parameters + 6
    rows.add(src, state(rung + 1, a, b, pa, pb), rung >= 4, [late], 21)
    clocks = [
        [*p[when], after] for after in (0.0, p["kappa"]) for when in ("day", "night")
    ]
    ends = np.union1d(np.arange(12, p["T"] + 1, 12), [p["deadline"]])
    starts = np.concatenate([[0.0], ends[:-1]])
    pieces = tuple(
        Piece(end - begin, int(begin // 12 % 2) + 2 * int(begin >= p["deadline"]))
        for begin, end in zip(starts, ends, strict=True)
    )
    problem = MarkovProblem(
        n_states=N_STANDING + 2,
        entries=rows.entries(),
        start=Entries.of([(0, int(state(p["L0"], 0, 0, 0, 0)), 1.0, ())]),
        pieces=pieces,
        atoms=(),
        war=WAR,
        settled=SETTLED,
        group=np.append(rung, [0, 7]),
    )
    theta = Theta(
        np.array(list(rows.values.values()))[:, None],
        np.array(clocks, dtype=float)[:, :, None],
    )
    return problem, theta


def rare_workload(factors: dict[str, float]) -> tuple[MarkovProblem, Theta]:
    """Build the workload with its numbers scaled down by `RARE` or `RARER`."""
    p = copy.deepcopy(parameters())
    p["mu"] = [x * factors["mu"] for x in p["mu"]]
    p["A"] = [[x * factors["A"] for x in row] for row in p["A"]]
    for name in ("r0", "r1"):
        p[name] = [x * factors["r"] for x in p[name]]
    p["u"] = [x * factors["u"] for x in p["u"]]
    for name in ("omega", "kappa"):
        p[name] *= factors[name]
    return ref8(p)
