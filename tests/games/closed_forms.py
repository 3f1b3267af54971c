"""Closed forms of the canonical models and the ranges over which they are tried.

Each is written from the published solution and shares nothing with the core, which
solves all of them by one code path per level.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from scipy.integrate import quad

Inputs = dict[str, Any]
Draw = Callable[[np.random.Generator], Inputs]


def _ultimatum(p: float, cA: float, cB_low: float, cB_high: float) -> Inputs:
    margin = min(max((cB_high - cA) / 2, cB_low), 1 - p)
    war = min(max((margin - cB_low) / (cB_high - cB_low), 0.0), 1.0)
    return {"demand": p + margin, "p_war": war}


def _status_quo(p: float, q: float, cost_S: float, dmax: float) -> Inputs:
    offer = max(q, p - max((dmax - cost_S) / 2, 0.0)) if p > q else q
    return {"offer": offer, "p_war": min(max((p - offer) / dmax, 0.0), 1.0)}


def _range(
    p: float, cA: float, cB: float, rA: float, rB: float, first_strike: float
) -> Inputs:
    low = max(p + first_strike / 2 - cA, 0.0) ** (1 / rA)
    high = 1 - max(1 - p + first_strike / 2 - cB, 0.0) ** (1 / rB)
    return {"lo": low, "hi": high, "width": high - low}


def _rubinstein(delta1: float, delta2: float) -> Inputs:
    share = (1 - delta2) / (1 - delta1 * delta2)
    return {"share1_when_1_proposes": share, "share1_when_2_proposes": delta1 * share}


def _breakdown(q: float, b1: float, b2: float) -> Inputs:
    share = (1 - b2 + (1 - q) * b1) / (2 - q)
    return {"share1_when_1_proposes": share, "nash_limit": (1 + b1 - b2) / 2}


def _poisson(r1: float, r2: float, hazard: float, b1: float, b2: float) -> Inputs:
    d1, d2 = hazard * b1 / (hazard + r1), hazard * b2 / (hazard + r2)
    weight = (r2 + hazard) / (r1 + r2 + 2 * hazard)
    return {"disagreement1": d1, "share1": d1 + weight * (1 - d1 - d2)}


def _commitment(p_path: list[float], delta: float, cA: float, cB: float) -> Inputs:
    assert cA > 0
    path = [*p_path, p_path[-1]]
    falls = [
        t
        for t in range(len(p_path))
        if delta * path[t + 1] - path[t] > (1 - delta) ** 2 * cB
    ]
    return {"war": bool(falls), "war_period": falls[0] if falls else None}


def _audience(v: float, a1: float, a2: float, W1: float, W2: float) -> Inputs:
    def horizon(own: float, other: float, largest: float) -> float:
        root = math.sqrt((own * v) ** 2 + 4 * other * own * v * largest)
        return (root - own * v) / (2 * other * own)

    t = min(horizon(a1, a2, W1), horizon(a2, a1, W2))
    stay1, stay2 = a1 * t / W1, a2 * t / W2
    return {"t_star": t, "p_war": stay1 * stay2, "p_resolved1": stay1}


def _obstinate(
    alpha1: float,
    alpha2: float,
    z1: float,
    z2: float,
    r1: float,
    r2: float,
    eta: float,
    w1: float,
    w2: float,
) -> Inputs:
    excess = alpha1 + alpha2 - 1
    rate1 = (r2 * (1 - alpha1) + eta * (1 - alpha1 - w2)) / excess
    rate2 = (r1 * (1 - alpha2) + eta * (1 - alpha2 - w1)) / excess
    end = min(-math.log(z1) / rate1, -math.log(z2) / rate2)
    c1, c2 = z1 * math.exp(rate1 * end), z2 * math.exp(rate2 * end)
    total = eta + rate1 + rate2
    war = c1 * c2 * eta / total * (1 - math.exp(-total * end))
    war += z1 * z2 * math.exp(-eta * end)
    return {"T": end, "atom1": 1 - c1, "p_war": war if eta > 0 else None}


def _brinkmanship(D: float) -> Inputs:
    def calm(m: float) -> float:
        return (1 - m) ** (1 / D) * math.exp(m / D)

    safe = quad(lambda m: 2 * (1 - m) * calm(m), 0, 1)[0]
    return {"p_disaster": 1 - safe, "risk_bid_v05": 1 - calm(0.5)}


def _known_brinkmanship(
    v1: float, D1: float, v2: float, D2: float, hazard: float
) -> Inputs:
    rate1, rate2 = hazard * D2 / v2, hazard * D1 / v1
    return {
        "quit_hazard1": rate1,
        "p_disaster": 1 / (1 + D1 / v1 + D2 / v2),
        "p_win1": rate2 / (hazard + rate1 + rate2),
        "payoff1": 0.0,
    }


def _signal(
    a: float, alpha: float, w1_low: float, w1_high: float, w2_low: float, w2_high: float
) -> Inputs:
    own = stats.uniform(w1_low, w1_high - w1_low)
    other = stats.uniform(w2_low, w2_high - w2_low)
    genuine, target = own.sf(-a), a / (1 + a)
    sure = other.cdf(-alpha)
    if a > 0 and sure <= target:
        threat = own.sf(max(-sure / (1 - sure), -a))
        return {"case": "no_bluff", "p_threat": threat, "p_war": threat * (1 - sure)}
    share = (1 + alpha) / (1 - other.ppf(target))
    if a > 0 and genuine <= share:
        war = genuine * (1 - target)
        return {"case": "partial_bluff", "p_threat": genuine / share, "p_war": war}
    yields = other.cdf(1 - (1 + alpha) / genuine)
    return {"case": "all_threaten", "p_threat": 1.0, "p_war": genuine * (1 - yields)}


def _ladder(vC: float, DC: float, vD: float, DD: float, f: float) -> Inputs:
    def last(resolve: float, first: int) -> int:
        steps = [k for k in range(first, 5000, 2) if k * f < resolve]
        return max(steps, default=0)

    climbs = last(vC / (vC + DC), 1) > last(vD / (vD + DD), 2)
    return {"challenge": climbs, "p_disaster": f if climbs else 0.0}


def _screening(rounds: int, hazard: float, cA: float, cbar: float) -> Inputs:
    assert cA == 0
    keep, g, war = 1 - hazard, 0.5, 0.5
    for _ in range(rounds - 1):
        m = 1 - keep + keep * g
        ratio = m / (2 * m - keep * g)
        g, war = m * ratio, ratio * (hazard + keep * war)
    return {"first_margin": g * cbar, "p_war": war, "payoff_gain_A": g * cbar / 2}


def _veto(delta: float, r1: float) -> Inputs:
    free = 1 / (1 + delta)
    binds = r1 > delta * free
    return {
        "prop1": 1 - delta * (1 - r1) if binds else free,
        "resp1": r1 if binds else delta * free,
        "binding": binds,
    }


def _uncertain_vote(dF: float, rho0: float, rho1: float) -> Inputs:
    offer = min(max((1 - dF + rho0) / 2, rho0), rho1)
    return {"offer": offer, "p_ratify": (offer - rho0) / (rho1 - rho0)}


def _public_demand(a: float, wS: float, wD: float) -> Inputs:
    return {"tau": ((1 + a) * (1 - wD) + wS) / (2 + a)}


def _walk(N: int, k: int, p: float) -> Inputs:
    ratio = (1 - p) / p
    win = k / N if p == 0.5 else (1 - ratio**k) / (1 - ratio**N)
    return {"p_win": win}


def _peace(
    w1: list[float], w2: list[float], q1: list[float], q2: list[float]
) -> Inputs:
    assert sum(q1) == sum(q2) == 1
    return {"exists": max(w1) + max(w2) <= 1, "slack": 1 - max(w1) - max(w2)}


def _each(**ranges: tuple[float, float]) -> Draw:
    return lambda rng: {k: float(rng.uniform(*v)) for k, v in ranges.items()}


def _ordered(low: str, high: str, span: tuple[float, float], draw: Draw) -> Draw:
    """Add two ends in order, well apart."""

    def drawn(rng: np.random.Generator) -> Inputs:
        first, second = sorted(rng.uniform(*span, size=2))
        return {**draw(rng), low: float(first), high: float(second + 0.05)}

    return drawn


def _with(draw: Draw, **more: Any) -> Draw:
    """Add values, drawn from a list or by a function."""

    def drawn(rng: np.random.Generator) -> Inputs:
        extra = {
            k: v(rng) if callable(v) else v[int(rng.integers(len(v)))]
            for k, v in more.items()
        }
        return {**draw(rng), **extra}

    return drawn


_CHANCE = (0.02, 0.98)
_RESOLVE: dict[str, tuple[float, float]] = {
    "w1_low": (-3, -0.1),
    "w1_high": (0.01, 1),
    "w2_low": (-3, -0.1),
    "w2_high": (0.01, 1),
}
FORMS: dict[str, tuple[Callable[..., Inputs], Draw]] = {
    "fearon1995_range": (
        _range,
        _each(
            p=(0, 1),
            cA=(0, 0.4),
            cB=(0, 0.4),
            rA=(0.3, 1.2),
            rB=(0.3, 1.2),
            first_strike=(0, 0.5),
        ),
    ),
    "fearon1995_ultimatum": (
        _ultimatum,
        _ordered("cB_low", "cB_high", (0, 0.8), _each(p=(0.05, 0.95), cA=(0, 0.5))),
    ),
    "powell1996_statusquo": (
        _status_quo,
        _each(p=(0, 1), q=(0, 1), cost_S=(0, 0.5), dmax=(0.05, 0.8)),
    ),
    "powell2006_commitment": (
        _commitment,
        _with(
            _each(delta=(0.5, 0.98), cA=(0.1, 2), cB=(0.05, 1)),
            p_path=lambda rng: sorted(rng.uniform(0.05, 0.95, 4).round(3).tolist()),
        ),
    ),
    "rubinstein1982": (_rubinstein, _each(delta1=_CHANCE, delta2=_CHANCE)),
    "brw1986_breakdown": (
        _breakdown,
        _with(_each(b1=(0, 0.5), b2=(0, 0.5)), q=[0.0001, 0.2, 0.7, 0.999]),
    ),
    "poisson_clock_bargaining": (
        _poisson,
        _with(
            _each(r1=(0, 0.5), r2=(0.01, 0.5), b1=(0, 0.5), b2=(0, 0.5)),
            hazard=[0.0, 0.03, 1.7],
        ),
    ),
    "fearon1994_audience": (
        _audience,
        _each(v=(0.3, 3), a1=(0.1, 3), a2=(0.1, 3), W1=(0.1, 3), W2=(0.1, 3)),
    ),
    "abreu_gul2000": (
        _obstinate,
        _with(
            _each(
                alpha1=(0.55, 0.9),
                alpha2=(0.55, 0.9),
                z1=(0.001, 0.5),
                z2=(0.001, 0.5),
                r1=(0.05, 2),
                r2=(0.05, 2),
                w1=(-0.5, 0.1),
                w2=(-0.5, 0.1),
            ),
            eta=[0.0, 0.4],
        ),
    ),
    "nalebuff1986_brinkmanship": (_brinkmanship, _each(D=(0.1, 10))),
    "brinkmanship_mixed_complete_info": (
        _known_brinkmanship,
        _each(v1=(0.2, 5), D1=(0.2, 5), v2=(0.2, 5), D2=(0.2, 5), hazard=(0.01, 3)),
    ),
    "crisis_signalling": (
        _signal,
        _with(_each(**_RESOLVE), a=[0.0, 0.1, 0.5, 2.0], alpha=[0.0, 0.3, 1.5]),
    ),
    "powell_critical_risk": (
        _ladder,
        _each(vC=(0.2, 5), DC=(0.2, 5), vD=(0.2, 5), DD=(0.2, 5), f=(0.003, 0.3)),
    ),
    "screening_escalation_clock": (
        _screening,
        _with(
            _each(cbar=(0.1, 2)),
            rounds=[1, 2, 7, 60],
            hazard=[0.0, 0.05, 0.4, 1.0],
            cA=[0.0],
        ),
    ),
    "iida_ratification_rubinstein": (_veto, _each(delta=_CHANCE, r1=(0, 1))),
    "iida_ratification_uncertain": (
        _uncertain_vote,
        _ordered("rho0", "rho1", (0, 0.9), _each(dF=(0, 0.9))),
    ),
    "leventoglu_tarar_commitment": (
        _public_demand,
        _with(_each(wS=(0, 0.5), wD=(0, 0.49)), a=[0.0, 0.4, 3.0]),
    ),
    "war_random_walk": (
        _walk,
        _with(_each(), N=[2, 9, 30], k=[1], p=[0.5, 0.3, 0.72]),
    ),
    "feyramsay_peaceful_mechanism": (
        _peace,
        _with(
            _each(),
            w1=lambda rng: sorted(rng.uniform(0, 0.6, 3).tolist()),
            w2=lambda rng: sorted(rng.uniform(0, 0.6, 2).tolist()),
            q1=[[0.25, 0.25, 0.5]],
            q2=[[0.5, 0.5]],
        ),
    ),
}
