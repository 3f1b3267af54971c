"""Which states would hold: moves, improvements and what would deter them."""

from backchannel.base.exports import exports

_HOMES = {
    "CONCEPTS": "concepts",
    "CrisisStability": "holding",
    "Concept": "concepts",
    "Conflict": "graph_model",
    "EachOnce": "methods",
    "Explanation": "explain",
    "Holding": "holding",
    "LegalSequences": "methods",
    "Option": "graph_model",
    "Stability": "result",
    "analyse_stability": "analyse",
    "find_stable_states": "find",
    "from_ranking": "graph_model",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
