"""Closed forms of the other models, and the edges of what every model allows.

As in `closed_forms`, nothing is shared with the core.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import stats
from scipy.special import expit, ndtr

from tests.games.closed_forms import _CHANCE, Draw, Inputs, _each, _ordered, _with


def _nash_product(p: float, cA: float, cB: float, rA: float, rB: float) -> Inputs:
    """Root of the first-order condition, by halving."""
    war_a, war_b = p - cA, 1 - p - cB
    low, high = max(war_a, 0.0) ** (1 / rA), 1 - max(war_b, 0.0) ** (1 / rB)
    for _ in range(200):
        x = (low + high) / 2
        rise = rA * x ** (rA - 1) * ((1 - x) ** rB - war_b)
        fall = rB * (1 - x) ** (rB - 1) * (x**rA - war_a)
        low, high = (x, high) if rise > fall else (low, x)
    return {"share_A": low}


def _burden(m: float, delta: float, c: float) -> Inputs:
    burden = m / (1 - delta)
    return {"war": burden > c, "burden_pv": burden, "m_crit": c * (1 - delta)}


def _power(
    sigma: float, n: float, pmax: float, RC: float | None, rho: float | None
) -> Inputs:
    most = pmax if RC is None or rho is None else min(pmax, RC / rho)
    power = most if sigma == 0 else min(max((1 - sigma * n) / (2 * sigma), 0), most)
    worth = (1 - sigma * power) * power - sigma * power * n
    return {"power": power, "risk": sigma * power, "payoff_C": worth}


def _win_set(m: float, q: float, f: float) -> Inputs:
    low, high = sorted((q, 2 * m - q))
    return {"win_lo": low, "win_hi": high, "outcome": min(max(f, low), high)}


def _quota(n: int, k: int, y: float) -> Inputs:
    return {"p_ratify": float(stats.binom.sf(k - 1, n, y))}


def _chance_threat(
    p_hard: float,
    comply_us: float,
    defy_us: float,
    war_us: float,
    comply_t: float,
    defy_t: float,
    war_t_soft: float,
) -> Inputs:
    least = (defy_t - comply_t) / (defy_t - war_t_soft)
    gain, loss = comply_us - defy_us, defy_us - war_us
    return {
        "q_min": least,
        "q_max": (1 - p_hard) * gain / (p_hard * loss),
        "p_hard_max": gain / (gain + least * loss),
    }


def _deterrence(
    pC: float, pD: float, cSQ: float, cDC: float, cDDp: float, cCD: float
) -> Inputs:
    """With the defender's payoffs of the file: 3, 1 and 0 for the soft one."""
    hard, soft = (cDC - cSQ) / (cDC - cDDp), (cDC - cSQ) / (cDC - cCD)
    give_in = 2 / 3
    if pD >= hard:
        return {"type": "certain_deterrence", "p_SQ": 1.0, "p_conflict": 0.0}
    if pD >= soft:
        return {"type": "separating", "p_defy": pC, "p_conflict": pC * pD}
    if pC >= give_in:
        return {"type": "attack", "p_defy": 1.0, "p_conflict": pC * pD}
    return {"type": "bluff", "p_defy": pC / give_in, "p_conflict": pC * soft}


def _excited(mu: float, alpha: float, beta: float, kappa: float, T: float) -> Inputs:
    """The transform in small midpoint steps, and the mean in closed form."""
    n = 40_000
    step, b, a = T / n, 0.0, 0.0

    def slope(b: float) -> float:
        return -beta * b + (1 - kappa) * math.exp(alpha * b) - 1

    for _ in range(n):
        middle = b + step / 2 * slope(b)
        a += step * beta * mu * middle
        b += step * slope(middle)
    gap = beta - alpha
    mean = mu * T + beta * mu * T**2 / 2
    if gap:
        level = beta * mu / gap
        mean = level * T + (mu - level) * -math.expm1(-gap * T) / gap
    return {
        "p_war_by_T": -math.expm1(a + b * mu),
        "mean_incidents": mean,
        "poisson_p_war": -math.expm1(-mu * kappa * T),
    }


def _strategic(
    u11: float,
    u13: float,
    u14: float,
    u23: float,
    u24: float,
    link: str,
    kind: str,
    sigma: float,
) -> Inputs:
    def chance(gain: float, variance: float) -> float:
        if link == "logit":
            return float(expit(gain / sigma))
        return float(ndtr(gain / (sigma * math.sqrt(variance))))

    fight = chance(u24 - u23, 2)
    spread = 2 if kind == "agent" else 1 + fight**2 + (1 - fight) ** 2
    act = chance((1 - fight) * u13 + fight * u14 - u11, spread)
    return {"p_sq": 1 - act, "p_cap": act * (1 - fight), "p_war": act * fight}


def _confirmed(
    a: float, w1_low: float, w1_high: float, w2_low: float, w2_high: float
) -> Inputs:
    yields = float(stats.uniform(w2_low, w2_high - w2_low).cdf(0))
    cut = -a if yields == 1 else max(-a, -yields / (1 - yields))
    threat = float(stats.uniform(w1_low, w1_high - w1_low).sf(cut))
    return {
        "p_threat": threat,
        "p_concede_if_supported": yields,
        "p_war": threat * (1 - yields),
    }


def _secrecy(
    a: float,
    alpha: float,
    w1_low: float,
    w1_high: float,
    w2_low: float,
    w2_high: float,
) -> Inputs:
    assert a >= 0
    assert w2_low < w2_high
    genuine = float(stats.uniform(w1_low, w1_high - w1_low).sf(0))
    least = 1 / genuine - 1
    return {
        "private_pooling_is_PBE_for_all_beliefs": alpha >= least,
        "alpha_threshold": least,
    }


def _disturbed(
    SA: float, VA: float, CB: float, WA: float, WB: float, a: float, VB: float
) -> Inputs:
    """With the target sure to resist (CB far below): one equilibrium, by quadrature."""
    assert CB <= -30
    assert VA > SA
    worth = np.linspace(SA - WA, 9, 200_001)
    density = np.exp(-(worth**2) / 2) / math.sqrt(2 * math.pi)
    fights = density * ndtr(WA + worth - a)
    both = float(np.trapezoid(fights, worth))
    acts = 1 - float(ndtr(SA - WA) * ndtr(SA - a))
    assert WB + VB < 30
    row = {"p_challenge": acts, "p_resist": 1.0, "p_standfirm": both / acts}
    row |= {"SQ": 1 - acts, "CD": 0.0, "SF": both, "BD": acts - both}
    return {"equilibria": [row]}


_COSTS = {"cA": (0.02, 0.2), "cB": (0.02, 0.2)}
_SPANS = _ordered("w2_low", "w2_high", (-2, 0.9), _each(a=(0, 1.5)))
REST: dict[str, tuple[Callable[..., Inputs], Draw]] = {
    "brw1986_nbs_risk_averse": (
        _nash_product,
        _each(p=(0.25, 0.75), rA=(0.3, 1), rB=(0.3, 1), **_COSTS),
    ),
    "armed_peace_reduced": (_burden, _each(m=(0, 0.5), delta=(0, 0.99), c=(0, 3))),
    "powell2015_power_risk_reduced": (
        _power,
        _with(
            _each(sigma=(0.05, 1), n=(0, 3), pmax=(0, 1), rho=(0.1, 2)),
            RC=lambda rng: float(rng.uniform(0, 1)),
        ),
    ),
    "putnam_winset": (_win_set, _each(m=(0, 1), q=(0, 1), f=(-0.5, 1.5))),
    "quota_ratification": (
        _quota,
        _with(_each(y=(0, 1)), n=[9, 100, 435], k=[1, 5, 9]),
    ),
    "schelling_probabilistic_threat": (
        _chance_threat,
        _each(
            p_hard=_CHANCE,
            comply_us=(0, 3),
            defy_us=(-5, -1),
            war_us=(-20, -6),
            comply_t=(-4, 0),
            defy_t=(1, 3),
            war_t_soft=(-20, -5),
        ),
    ),
    "zagare_kilgour_udg": (
        _deterrence,
        _with(_each(pC=_CHANCE, pD=_CHANCE, cSQ=(2.5, 4)), cDC=[5], cDDp=[2], cCD=[1]),
    ),
    "hawkes_escalation_clock": (
        _excited,
        _each(mu=(0, 1), alpha=(0, 1.2), beta=(0.5, 2), kappa=(0, 1), T=(0, 8)),
    ),
    "signorino_egame12": (
        _strategic,
        _with(
            _each(u11=(-2, 2), u13=(-2, 2), u14=(-2, 2), u23=(-2, 2), u24=(-2, 2)),
            link=["probit", "logit"],
            kind=["agent", "private"],
            sigma=[0.2, 1.0, 5.0],
        ),
    ),
    "schultz1998_confirmatory": (
        _confirmed,
        _ordered("w1_low", "w1_high", (-2, 0.9), _SPANS),
    ),
    "kurizaki2007_secrecy": (
        _secrecy,
        _with(
            _each(w1_low=(-2, -0.1), w1_high=(0.1, 1), a=(0, 1), alpha=(0, 3)),
            w2_low=[-3.0],
            w2_high=[0.5],
        ),
    ),
    "lewis_schultz2003": (
        _disturbed,
        _with(
            _each(SA=(-1, 0.9), WA=(-2, 1), WB=(-2, 1), a=(-2, 0.5), VB=(0, 1)),
            VA=[1.0],
            CB=[-60.0],
        ),
    ),
}

_SIGNAL = {"alpha": 0.2, "w1_low": -1, "w1_high": 0.5, "w2_low": -1, "w2_high": 0.5}
EDGES: list[tuple[str, Inputs]] = [
    ("rubinstein1982", {"delta1": 1.0, "delta2": 0.5}),
    ("rubinstein1982", {"delta1": 0.0, "delta2": 0.0}),
    ("rubinstein1982", {"delta1": 0.999999, "delta2": 0.999999}),
    ("brw1986_breakdown", {"q": 1.0, "b1": 0.2, "b2": 0.3}),
    ("brw1986_breakdown", {"q": 1e-6, "b1": 0.5, "b2": 0.5}),
    ("poisson_clock_bargaining", {"r1": 5, "r2": 0, "hazard": 1e-6, "b1": 0, "b2": 0}),
    ("fearon1995_ultimatum", {"p": 1.0, "cA": 0.1, "cB_low": 0.0, "cB_high": 0.4}),
    ("fearon1995_ultimatum", {"p": 0.0, "cA": 0.0, "cB_low": 0.0, "cB_high": 3.0}),
    ("fearon1995_ultimatum", {"p": 0.5, "cA": 2.0, "cB_low": 0.1, "cB_high": 0.4}),
    ("powell1996_statusquo", {"p": 0.0, "q": 0.3, "cost_S": 0.0, "dmax": 0.5}),
    ("powell1996_statusquo", {"p": 0.4, "q": 0.4, "cost_S": 0.1, "dmax": 1.5}),
    ("powell2006_commitment", {"p_path": [0.3], "delta": 0.0, "cA": 1, "cB": 1}),
    ("powell2006_commitment", {"p_path": [0, 1], "delta": 0.99, "cA": 1, "cB": 1}),
    ("fearon1994_audience", {"v": 10, "a1": 0.01, "a2": 10, "W1": 5, "W2": 0.1}),
    (
        "abreu_gul2000",
        {"alpha1": 0.999, "alpha2": 0.999, "z1": 1e-6, "z2": 0.05}
        | {"r1": 5, "r2": 1, "eta": 0.5, "w1": -1, "w2": 0},
    ),
    ("nalebuff1986_brinkmanship", {"D": 0.05}),
    ("nalebuff1986_brinkmanship", {"D": 1000}),
    (
        "brinkmanship_mixed_complete_info",
        {"v1": 0.01, "D1": 100, "v2": 1, "D2": 0.1, "hazard": 50},
    ),
    ("powell_critical_risk", {"vC": 1, "DC": 4, "vD": 1, "DD": 4, "f": 0.001}),
    ("powell_critical_risk", {"vC": 1, "DC": 1, "vD": 1, "DD": 1, "f": 1}),
    ("crisis_signalling", {"a": 0.0} | _SIGNAL),
    ("crisis_signalling", {"a": 100.0} | _SIGNAL),
    ("crisis_signalling", {"a": 0.3} | _SIGNAL | {"alpha": 5, "w1_high": -0.5}),
    ("screening_escalation_clock", {"rounds": 100, "hazard": 1, "cA": 0, "cbar": 7}),
    ("screening_escalation_clock", {"rounds": 9, "hazard": 0, "cA": 0, "cbar": 0.01}),
    ("iida_ratification_rubinstein", {"delta": 0.999999, "r1": 0.5}),
    ("iida_ratification_rubinstein", {"delta": 0.0, "r1": 1}),
    ("iida_ratification_uncertain", {"dF": 1, "rho0": 0, "rho1": 1}),
    ("leventoglu_tarar_commitment", {"a": 100, "wS": 0, "wD": 0}),
    ("war_random_walk", {"N": 1, "k": 0, "p": 0.5}),
    ("feyramsay_peaceful_mechanism", {"w1": [1], "w2": [0], "q1": [1], "q2": [1]}),
    ("armed_peace_reduced", {"m": 0, "delta": 0, "c": 0}),
    (
        "powell2015_power_risk_reduced",
        {"sigma": 1.0, "n": 20, "pmax": 1, "RC": None, "rho": None},
    ),
    ("putnam_winset", {"m": 0.4, "q": 0.4, "f": 0.9}),
    ("quota_ratification", {"n": 1, "k": 1, "y": 0.0}),
    ("quota_ratification", {"n": 1000, "k": 218, "y": 1.0}),
    ("hawkes_escalation_clock", {"mu": 1, "alpha": 1, "beta": 1, "kappa": 0, "T": 5}),
    ("hawkes_escalation_clock", {"mu": 0, "alpha": 1, "beta": 1, "kappa": 1, "T": 5}),
]
for _hard, _firm in ((0, 0.2), (1, 0.2), (0.3, 0), (0.3, 1), (2 / 3, 0.2), (0.3, 0.5)):
    EDGES.append(
        (
            "zagare_kilgour_udg",
            {"pC": _hard, "pD": _firm, "cSQ": 3, "cDC": 5, "cDDp": 2, "cCD": 1},
        )
    )
