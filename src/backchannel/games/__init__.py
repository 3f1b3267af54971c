"""What purposeful actors would do: game trees, equilibria and their certificates."""

from backchannel.games.build import End, Move, build_tree
from backchannel.games.certificate import Audit, audit
from backchannel.games.efg import parse_efg, read_efg, write_efg
from backchannel.games.nfg import parse_nfg, read_nfg, write_nfg
from backchannel.games.rules import AbstractRules, unfold
from backchannel.games.sequence_form import SequenceForm, sequence_form
from backchannel.games.strategic import StrategicForm, tree_of
from backchannel.games.tree import CHANCE, GameTree

__all__ = [
    "CHANCE",
    "AbstractRules",
    "Audit",
    "End",
    "GameTree",
    "Move",
    "SequenceForm",
    "StrategicForm",
    "audit",
    "build_tree",
    "parse_efg",
    "parse_nfg",
    "read_efg",
    "read_nfg",
    "sequence_form",
    "tree_of",
    "unfold",
    "write_efg",
    "write_nfg",
]
