"""The answer of every game solver: a profile, what it is worth, and the proof."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from backchannel.base.result import Certificate, Status
from backchannel.games.certificate import Audit, audit, quantal_gap
from backchannel.games.methods import LogitTrace, Method
from backchannel.games.sequence_form import reach
from backchannel.games.tree import CHANCE, BoolArray, FloatArray, GameTree


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """One profile and its audit.

    `is_credible` says whether nobody would regret a choice off the path either, at some
    belief; `is_exact` whether fractions prove it.
    """

    probabilities: FloatArray
    audit: Audit
    is_credible: bool
    is_exact: bool = False


@dataclass(frozen=True, eq=False)
class GameAnswer:
    """What the players do, how sure that is, and how else they might play.

    Parameters
    ----------
    equilibria : every profile found, the answer first
    is_complete : whether those are all there are (of their kind)
    status : how far the answer can be trusted
    method : with all its settings
    n_steps : iterations, pivots or systems solved
    certificate : the largest gain by another plan, and by another choice
    digest : of the game's arrays, so that an answer can be matched with its game
    note : what else a reader should know
    seed : None, as no method of this room draws lots
    path_precision, path : of a quantal response path, (n,) and (n, n_actions)
    state : hand it to `solve_game` as `resume` to go on from there
    is_stopped : by hand, before the end
    """

    tree: GameTree = field(repr=False)
    equilibria: tuple[Equilibrium, ...]
    is_complete: bool
    status: Status
    method: Method
    n_steps: int
    certificate: Certificate
    digest: str
    note: str = ""
    seed: int | None = None
    path_precision: FloatArray | None = field(default=None, repr=False)
    path: FloatArray | None = field(default=None, repr=False)
    state: object = field(default=None, repr=False)
    is_stopped: bool = False

    @property
    def best(self) -> Equilibrium:
        """The profile that the answer stands for."""
        return self.equilibria[0]

    @property
    def probabilities(self) -> FloatArray:
        """(n_actions,), of every action at its information set."""
        return self.best.probabilities

    @property
    def payoffs(self) -> FloatArray:
        """(n_players,), what everybody gets on average."""
        return self.best.audit.payoffs

    @property
    def nash_gap(self) -> float:
        """The largest gain of one player who changes its whole plan."""
        return self.best.audit.nash_gap

    @property
    def regret(self) -> float:
        """The largest gain of one choice at one set, off the path too."""
        return self.best.audit.regret

    def check(self, tree: GameTree) -> Certificate:
        """Audit the profile again, node by node, from the game alone.

        Parameters
        ----------
        tree : the game that was solved

        Returns
        -------
        Certificate : not verified where the game is another one, or somebody gains
        """
        if digest_of(tree) != self.digest:
            return Certificate(
                "the answer is of this game", np.inf, 0.0, "digest of the arrays"
            )
        beliefs, bound = self.best.audit.beliefs, self.certificate.bound
        precision = asked_precision(self.method)
        if precision:
            return quantal_certificate(
                tree, self.probabilities, beliefs, precision, bound
            )
        found = audit(tree, self.probabilities, beliefs)
        return gap_certificate(found.nash_gap, bound)

    def chance_of(self, name: str) -> tuple[float, float]:
        """Bounds over all profiles found of the chance that an action is taken.

        Parameters
        ----------
        name : of an action, wherever it occurs

        Returns
        -------
        lowest and highest probability that play passes an action of that name
        """
        chances = [passing(self.tree, e.probabilities, name) for e in self.equilibria]
        return min(chances), max(chances)

    def __str__(self) -> str:
        tree = self.tree
        pays = ", ".join(
            f"{name} {value:.6g}"
            for name, value in zip(tree.players, self.payoffs, strict=True)
        )
        rows = [
            ("game", f"{tree.title or 'untitled'}, {tree.n_nodes} nodes"),
            ("payoffs", pays),
            ("equilibria", self._count()),
            ("regret", f"{self.regret:.1e} for one choice, off the path too"),
            ("status", f"{self.status}, {method_name(self.method)}, {self._work()}"),
            ("certificate", str(self.certificate)),
        ]
        return "\n".join(f"{name:<12}{text}" for name, text in rows)

    def _count(self) -> str:
        n = len(self.equilibria)
        known = f"{n} found, " + ("all there are" if self.is_complete else "maybe more")
        credible = sum(e.is_credible for e in self.equilibria)
        return f"{known}; {credible} credible off the path; the first is shown"

    def _work(self) -> str:
        return f"{self.n_steps} step{'' if self.n_steps == 1 else 's'}" + (
            f"; {self.note}" if self.note else ""
        )


def gap_certificate(nash_gap: float, bound: float) -> Certificate:
    """Certify that nobody gains by another plan.

    Parameters
    ----------
    nash_gap : largest gain found, in units of payoffs
    bound : what was promised
    """
    return Certificate(
        "gain by another plan", nash_gap, bound, "best responses node by node"
    )


def asked_precision(method: Method) -> float:
    """Precision at which noisy play was asked for; 0 where best play was.

    Parameters
    ----------
    method : of any kind
    """
    return method.precision if isinstance(method, LogitTrace) else 0.0


def quantal_certificate(
    tree: GameTree,
    probabilities: FloatArray,
    beliefs: FloatArray,
    precision: float,
    bound: float,
) -> Certificate:
    """Certify that play is a quantal response to itself.

    Parameters
    ----------
    tree, probabilities, beliefs : a game, a profile and what is believed
    precision : per unit of payoffs
    bound : what was promised
    """
    gap = quantal_gap(tree, probabilities, beliefs, precision)
    return Certificate(
        "distance from a quantal response", gap, bound, "worths node by node"
    )


def method_name(method: Method) -> str:
    """The class of a method, as references name it."""
    return type(method).__name__


def digest_of(tree: GameTree) -> str:
    """Sixteen hexadecimal digits that change with the game.

    Parameters
    ----------
    tree : any game

    Returns
    -------
    str : of its arrays; names do not count
    """
    digest = hashlib.sha256()
    for array in (
        tree.set_player,
        tree.first_action,
        tree.chance,
        tree.node_set,
        tree.payoffs,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def passing(tree: GameTree, probabilities: FloatArray, name: str) -> float:
    """Chance that play passes an action of a name.

    Parameters
    ----------
    tree, probabilities : a game and a profile
    name : of an action, wherever it occurs

    Returns
    -------
    float : probability
    """
    played = np.where(tree.player_of_action == CHANCE, tree.chance, probabilities)
    return float(reach(tree, played)[tree.leaves][passed(tree, name)].sum())


def passed(tree: GameTree, name: str) -> BoolArray:
    """Say which ends play comes to only by an action of a name.

    Parameters
    ----------
    tree : any game
    name : of an action, wherever it occurs

    Returns
    -------
    (n_leaves,) : in the order of the tree's leaves
    """
    named = np.array([given == name for given in tree.action_names], dtype=bool)
    found = np.zeros(tree.n_nodes, dtype=bool)
    into, parent = tree.action_in, tree.parent
    for here in tree.levels[1:]:
        found[here] = found[parent[here]] | named[into[here]]
    return found[tree.leaves]
