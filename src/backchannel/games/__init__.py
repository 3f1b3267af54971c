"""What purposeful actors would do: game trees, equilibria and their certificates."""

from backchannel.games.answer import Equilibrium, GameAnswer
from backchannel.games.build import End, Move, build_tree
from backchannel.games.certificate import Audit, audit
from backchannel.games.efg import parse_efg, read_efg, write_efg
from backchannel.games.methods import (
    AllEquilibria,
    BackwardInduction,
    CorrelatedEquilibrium,
    LemkeSequenceForm,
    LogitTrace,
    RegretMinimisation,
)
from backchannel.games.nfg import parse_nfg, read_nfg, write_nfg
from backchannel.games.rules import AbstractRules, unfold
from backchannel.games.sequence_form import SequenceForm, sequence_form
from backchannel.games.solve import choose_method, read_game, solve_game
from backchannel.games.strategic import StrategicForm, tree_of
from backchannel.games.tree import CHANCE, GameTree
from backchannel.games.watch import Watch

__all__ = [
    "CHANCE",
    "AbstractRules",
    "AllEquilibria",
    "Audit",
    "BackwardInduction",
    "CorrelatedEquilibrium",
    "End",
    "Equilibrium",
    "GameAnswer",
    "GameTree",
    "LemkeSequenceForm",
    "LogitTrace",
    "Move",
    "RegretMinimisation",
    "SequenceForm",
    "StrategicForm",
    "Watch",
    "audit",
    "build_tree",
    "choose_method",
    "parse_efg",
    "parse_nfg",
    "read_efg",
    "read_game",
    "read_nfg",
    "sequence_form",
    "solve_game",
    "tree_of",
    "unfold",
    "write_efg",
    "write_nfg",
]
