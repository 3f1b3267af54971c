"""What may happen while nobody agrees: exact solution, levers, paths to war."""

from backchannel.escalation.clock import Clock
from backchannel.escalation.compare_policies import (
    CommonReactionPaths,
    PolicyDifference,
    compare_policies,
)
from backchannel.escalation.cross_entropy import CrossEntropy
from backchannel.escalation.derivatives import RateEffect
from backchannel.escalation.levers import Lever, levers_of
from backchannel.escalation.methods import Sampled, Uniformisation
from backchannel.escalation.paths import PathToWar
from backchannel.escalation.rare import RareEstimate, RareRisk, estimate_rare_risk
from backchannel.escalation.reach import ChainReach, chain_reach
from backchannel.escalation.result import (
    EscalationResult,
    HoursLeft,
    LeverEffect,
    Nominal,
    Sampling,
    Work,
)
from backchannel.escalation.simulate import simulate_escalation
from backchannel.escalation.splitting import Splitting
from backchannel.escalation.world import Variation

__all__ = [
    "ChainReach",
    "Clock",
    "CommonReactionPaths",
    "CrossEntropy",
    "EscalationResult",
    "HoursLeft",
    "Lever",
    "LeverEffect",
    "Nominal",
    "PathToWar",
    "PolicyDifference",
    "RareEstimate",
    "RareRisk",
    "RateEffect",
    "Sampled",
    "Sampling",
    "Splitting",
    "Uniformisation",
    "Variation",
    "Work",
    "chain_reach",
    "compare_policies",
    "estimate_rare_risk",
    "levers_of",
    "simulate_escalation",
]
