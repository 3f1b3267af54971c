"""An answer as plain values, for JSON, and as a page of text."""

from __future__ import annotations

from typing import Any

import numpy as np

from backchannel.games.answer import Equilibrium, GameAnswer, method_name, passed
from backchannel.games.beliefs import belief_intervals
from backchannel.games.near_optimal import near_optimal_interval
from backchannel.games.tree import CHANCE, GameTree

_MOST_SETS = 40
_NEVER = 5e-4
_MOST_NODES = 20_000
_SLACKS = (1e-6, 1e-3)


def answer_record(answer: GameAnswer, event: str = "") -> dict[str, Any]:
    """Turn an answer into a record that JSON can hold.

    Parameters
    ----------
    answer : of a solver
    event : name of an action whose chance is wanted; empty for none

    Returns
    -------
    dict : values, status, method with its settings, certificate, every equilibrium
    """
    tree = answer.tree
    method = answer.method
    record: dict[str, Any] = {
        "game": {
            "title": tree.title,
            "players": list(tree.players),
            "n_nodes": tree.n_nodes,
            "n_information_sets": int((tree.set_player != CHANCE).sum()),
            "digest": answer.digest,
        },
        "status": str(answer.status),
        "advice": answer.status.advice,
        "method": {"name": method_name(method), **vars(method)},
        "seed": answer.seed,
        "n_steps": answer.n_steps,
        "note": answer.note,
        "certificate": {
            "claim": answer.certificate.claim,
            "value": answer.certificate.value,
            "bound": answer.certificate.bound,
            "route": answer.certificate.route,
            "is_verified": answer.certificate.is_verified,
        },
        "n_equilibria": len(answer.equilibria),
        "is_complete": answer.is_complete,
        "equilibria": [_equilibrium_record(tree, e) for e in answer.equilibria],
    }
    if event:
        low, high = answer.chance_of(event)
        record["chance_of"] = {
            "action": event,
            "low": low,
            "high": high,
            "near_optimal": [
                {"slack": slack, "low": a, "high": b}
                for slack, a, b in near_optimal_chances(answer, event)
            ],
        }
    return record


def near_optimal_chances(
    answer: GameAnswer, event: str
) -> list[tuple[float, float, float]]:
    """Bound the chance of an action over plans that cost almost nothing, twice.

    Parameters
    ----------
    answer : of a solver
    event : name of an action

    Returns
    -------
    list of (slack in units of payoffs, lowest, highest), for a millionth and for a
    thousandth of the payoffs' range; empty for games beyond 20,000 nodes
    """
    tree = answer.tree
    if tree.n_nodes > _MOST_NODES:
        return []
    spread = float(np.ptp(tree.payoffs)) or 1.0
    ends = passed(tree, event)
    return [
        (slack, *near_optimal_interval(tree, answer.probabilities, ends, slack=slack))
        for slack in (share * spread for share in _SLACKS)
    ]


def _equilibrium_record(tree: GameTree, found: Equilibrium) -> dict[str, Any]:
    return {
        "payoffs": found.audit.payoffs.tolist(),
        "nash_gap": found.audit.nash_gap,
        "regret": found.audit.regret,
        "is_credible": found.is_credible,
        "is_exact": found.is_exact,
        "play": [
            {
                "player": tree.players[tree.set_player[s]],
                "information_set": tree.set_names[s],
                "probabilities": {
                    f"{name}": float(value)
                    for name, value in zip(
                        tree.action_names[tree.actions(s)],
                        found.probabilities[tree.actions(s)],
                        strict=True,
                    )
                },
                "beliefs": found.audit.beliefs[tree.node_set == s].tolist(),
                "reached": float(found.audit.reach[tree.node_set == s].sum()),
                "regret": float(found.audit.set_regret[s]),
            }
            for s in np.flatnonzero(tree.set_player != CHANCE).tolist()
        ],
    }


def answer_text(answer: GameAnswer, event: str = "") -> str:
    """Write an answer as a page of text.

    Parameters
    ----------
    answer : of a solver
    event : name of an action whose chance is wanted; empty for none

    Returns
    -------
    str : the summary, what everybody does, what they believe off the path, other
        equilibria by their payoffs
    """
    tree = answer.tree
    parts = [str(answer), "", *_play(tree, answer.best)]
    if tree.n_nodes <= 500 and answer.best.audit.nash_gap < 1e-6:
        parts += _off_path(tree, answer.best)
    if len(answer.equilibria) > 1:
        parts += ["", "others", *_others(answer)]
    if event:
        low, high = answer.chance_of(event)
        span = f"{low:.6g}" if high - low < 1e-9 else f"{low:.6g} to {high:.6g}"
        parts += ["", f"chance that '{event}' is chosen, in all found: {span}"]
        parts += [
            f"  where one player gives up at most {slack:.2g}: {a:.4g} to {b:.4g}"
            for slack, a, b in near_optimal_chances(answer, event)
        ]
    return "\n".join(parts) + "\n"


def _play(tree: GameTree, found: Equilibrium) -> list[str]:
    inner = tree.node_set >= 0
    total = np.bincount(tree.node_set[inner], found.audit.reach[inner], tree.n_sets)
    sets = np.flatnonzero(tree.set_player != CHANCE)
    # Where play comes most often first: a long list is cut at what hardly matters.
    shown = sets if len(sets) <= _MOST_SETS else _most_reached(sets, total)
    rows = ["play"]
    for s in shown.tolist():
        actions = tree.actions(s)
        taken = [
            f"{name} {value:.4g}"
            for name, value in zip(
                tree.action_names[actions], found.probabilities[actions], strict=True
            )
            if value >= _NEVER
        ]
        off = "" if total[s] > 1e-9 else "  (never reached)"
        player = tree.players[tree.set_player[s]]
        rows.append(f"  {player}, {tree.set_names[s]}: {', '.join(taken)}{off}")
    if len(shown) < len(sets):
        rows.append(f"  and {len(sets) - len(shown)} more, which --json lists")
    return rows


def _most_reached(sets: Any, total: Any) -> Any:
    order = np.argsort(-total[sets], kind="stable")[:_MOST_SETS]
    return np.sort(sets[order])


def _off_path(tree: GameTree, found: Equilibrium) -> list[str]:
    rows = []
    for interval in belief_intervals(tree, found.probabilities):
        if len(interval.nodes) == 1:
            continue
        name = tree.set_names[interval.information_set]
        player = tree.players[tree.set_player[interval.information_set]]
        if not interval.is_credible:
            rows.append(f"  {player}, {name}: no belief makes this choice best")
            continue
        spans = ", ".join(
            f"{a:.3g} to {b:.3g}"
            for a, b in zip(interval.low, interval.high, strict=True)
        )
        rows.append(f"  {player}, {name}: {spans}")
    return ["", "beliefs that support it off the path, by node", *rows] if rows else []


def _others(answer: GameAnswer) -> list[str]:
    rows = []
    for found in answer.equilibria[1 : 1 + _MOST_SETS]:
        pays = ", ".join(f"{value:.6g}" for value in found.audit.payoffs)
        credible = "credible" if found.is_credible else "rests on an empty threat"
        rows.append(f"  payoffs {pays}; {credible}")
    hidden = len(answer.equilibria) - 1 - len(rows)
    if hidden > 0:
        rows.append(f"  and {hidden} more, which --json lists")
    return rows
