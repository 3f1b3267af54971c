"""What purposeful actors would do: game trees, equilibria and their certificates."""

from backchannel.base.exports import exports

_HOMES = {
    "AbstractRules": "rules",
    "AllEquilibria": "methods",
    "Audit": "certificate",
    "BackwardInduction": "methods",
    "CHANCE": "tree",
    "CorrelatedEquilibrium": "methods",
    "End": "build",
    "Equilibrium": "answer",
    "GameAnswer": "answer",
    "GameTree": "tree",
    "LemkeSequenceForm": "methods",
    "LogitTrace": "methods",
    "Move": "build",
    "RegretMinimisation": "methods",
    "SequenceForm": "sequence_form",
    "StrategicForm": "strategic",
    "Watch": "watch",
    "audit": "certificate",
    "build_tree": "build",
    "choose_method": "solve",
    "parse_efg": "efg",
    "parse_nfg": "nfg",
    "read_efg": "efg",
    "read_game": "solve",
    "read_nfg": "nfg",
    "solve_game": "solve",
    "tree_of": "strategic",
    "unfold": "rules",
    "write_efg": "efg",
    "write_nfg": "nfg",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
