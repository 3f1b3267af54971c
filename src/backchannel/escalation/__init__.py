"""What may happen while nobody agrees: exact solution, levers, paths to war."""

from backchannel.base.exports import exports

_HOMES = {
    "ChainReach": "reach",
    "Clock": "clock",
    "CommonReactionPaths": "policies",
    "CrossEntropy": "cross_entropy",
    "EscalationResult": "result",
    "HoursLeft": "result",
    "Lever": "levers",
    "LeverEffect": "result",
    "MarkovSample": "sampling.markov_sample",
    "MeanRareRisk": "rare_draws",
    "Nominal": "result",
    "PathToWar": "paths",
    "PolicyDifference": "policies",
    "RareEstimate": "rare",
    "RareMean": "rare_draws",
    "RareRisk": "rare",
    "RateEffect": "derivatives",
    "Sampled": "methods",
    "Sampling": "result",
    "Splitting": "splitting",
    "Uniformisation": "methods",
    "Variation": "world",
    "Work": "result",
    "chain_reach": "reach",
    "compare_policies": "policies",
    "estimate_mean_rare_risk": "rare_draws",
    "estimate_rare_risk": "rare",
    "levers_of": "levers",
    "sample_markov": "sampling.markov_sample",
    "simulate_escalation": "simulate",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
