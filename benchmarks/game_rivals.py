"""One question to another game solver, in an environment of its own.

    python game_rivals.py quantecon N SEED | lcp SIZE | logit SIZE | qre FILE PRECISION
        | liteefg NAME STEPS | openspiel NAME STEPS

Prints JSON: CPU seconds of the solve alone, the answer, the version. Nothing of
backchannel is imported here, and backchannel never imports these packages.
"""

from __future__ import annotations

import json
import sys
import time
from fractions import Fraction
from importlib.metadata import version


def quantecon(n: str, seed: str) -> dict:
    """All equilibria of a random bimatrix game."""
    import numpy as np
    from quantecon.game_theory import NormalFormGame, Player, vertex_enumeration

    def game(size: int, rng: np.random.Generator) -> NormalFormGame:
        first, second = rng.random((2, size, size))
        return NormalFormGame((Player(first), Player(np.ascontiguousarray(second.T))))

    vertex_enumeration(game(4, np.random.default_rng(0)))  # compiles
    asked = game(int(n), np.random.default_rng(int(seed)))
    begin = time.process_time()
    found = vertex_enumeration(asked)
    return {"answer": len(found), "seconds": time.process_time() - begin}


def crisis(size: int):
    """The crisis signalling game of backchannel, by its rules."""
    import pygambit as gambit

    game = gambit.Game.new_tree(players=["C", "D"], title=f"crisis {size}")
    pairs = [(t, k) for t in range(size) for k in range(size)]
    game.append_move(game.root, game.players.chance, [f"t{t}k{k}" for t, k in pairs])
    share = gambit.Rational(1, size * size)
    game.set_chance_probs(game.root.infoset, [share] * len(pairs))
    nodes = {(t, k): game.root.children[f"t{t}k{k}"] for t, k in pairs}
    acts = ["sq", *(f"d{m}" for m in range(size))]
    for t in range(size):
        game.append_move([nodes[t, k] for k in range(size)], "C", acts)
    for k in range(size):
        for m in range(size):
            asked = [nodes[t, k].children[f"d{m}"] for t in range(size)]
            game.append_move(asked, "D", ["concede", "resist"])
    for t in range(size):
        for m in range(size):
            children = [nodes[t, k].children[f"d{m}"] for k in range(size)]
            resisted = [child.children["resist"] for child in children]
            game.append_move(resisted, "C", ["back", "fight"])
    n_outcomes = 0

    def end(node, *values: Fraction) -> None:
        nonlocal n_outcomes
        n_outcomes += 1
        exact = [gambit.Rational(v.numerator, v.denominator) for v in values]
        game.set_outcome(node, game.add_outcome(f"o{n_outcomes}", exact))

    start, victory = Fraction(3, 10), Fraction(55, 100)
    for (t, k), node in nodes.items():
        own = Fraction(1 + 3 * t, 3 * size + 1) * Fraction(6, 10)
        other = Fraction(2 + 3 * k, 3 * size + 2) * Fraction(6, 10)
        end(node.children["sq"], start, 1 - start)
        for m in range(size):
            x = start + Fraction(m + 1, size) / 2 + Fraction(m * m, 97 * size * size)
            asked = node.children[f"d{m}"]
            end(asked.children["concede"], x, 1 - x)
            resisted = asked.children["resist"]
            backed = start - Fraction(7, 100) * (m + 1)
            end(resisted.children["back"], backed, 1 - start + Fraction(1, 50))
            end(resisted.children["fight"], victory - own, 1 - victory - other)
    return game


def gambit_solve(kind: str, size: str) -> dict:
    """One equilibrium by complementary pivoting, or by the logit path."""
    import pygambit as gambit

    game = crisis(int(size))
    begin = time.process_time()
    if kind == "lcp":
        found = gambit.nash.lcp_solve(game, rational=False).equilibria[0]
    else:
        found = gambit.nash.logit_solve(game).equilibria[0]
    seconds = time.process_time() - begin
    return {
        "answer": [float(found.payoff(p)) for p in game.players],
        "regret": float(found.agent_max_regret()),
        "seconds": seconds,
    }


def liteefg(name: str, steps: str) -> dict:
    """CFR+ on a game of OpenSpiel, for so many iterations."""
    import LiteEFG
    import LiteEFG.baselines.CFRplus
    import pyspiel

    game = LiteEFG.OpenSpielEnv(pyspiel.load_game(name), traverse_type="Enumerate")
    graph = LiteEFG.baselines.CFRplus.graph()
    game.set_graph(graph)
    begin = time.process_time()
    for _ in range(int(steps)):
        graph.update_graph(game)
        game.update_strategy(graph.current_strategy())
    seconds = time.process_time() - begin
    gap = game.exploitability(graph.current_strategy(), "linear-avg-iterate")
    return {"answer": float(sum(gap)) / 2, "seconds": seconds}


def openspiel(name: str, steps: str) -> dict:
    """CFR+ of the compiled library, for so many iterations."""
    import pyspiel

    game = pyspiel.load_game(name)
    solver = pyspiel.CFRPlusSolver(game)
    begin = time.process_time()
    for _ in range(int(steps)):
        solver.evaluate_and_update_policy()
    seconds = time.process_time() - begin
    gap = pyspiel.exploitability(game, solver.average_policy())
    return {"answer": float(gap), "seconds": seconds}


def qre(path: str, precision: str) -> dict:
    """The quantal response at one precision, by pygambit 17."""
    import pygambit as gambit

    game = gambit.read_efg(path)
    begin = time.process_time()
    (found,) = gambit.qre.logit_solve_lambda(game, lam=[float(precision)])
    seconds = time.process_time() - begin
    paid = found.profile.payoffs
    return {"answer": [float(paid[p]) for p in game.players], "seconds": seconds}


def main() -> None:
    """Ask, print."""
    kind, *rest = sys.argv[1:]
    if kind == "quantecon":
        found, package = quantecon(*rest), "quantecon"
    elif kind == "liteefg":
        found, package = liteefg(*rest), "LiteEFG"
    elif kind == "openspiel":
        found, package = openspiel(*rest), "open_spiel"
    elif kind == "qre":
        found, package = qre(*rest), "pygambit"
    else:
        found, package = gambit_solve(kind, *rest), "pygambit"
    print(json.dumps({**found, "version": f"{package} {version(package)}"}))


if __name__ == "__main__":
    main()
