"""One draw of a Markov problem by reactions: who can change what, state by state.

A reaction is one cause with one effect. Two policies have the same reactions where the
same cause changes the same digits, whatever the size of their state spaces.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import ModelError
from backchannel.escalation._kernels.reaction_paths import (
    MOST_REACTIONS,
    reaction_paths,
)
from backchannel.escalation.compile import Compiled
from backchannel.escalation.jump_table import JumpTable, tabulate
from backchannel.escalation.problem import (
    FloatArray,
    IntArray,
    MarkovProblem,
    Theta,
)

# Reactions are read in whole vector registers.
_LANES = 8
_MOST_BYTES = 2**31


@dataclass(frozen=True)
class ReactionTable:
    """Rates and targets of every state, one column a reaction.

    `rate` is (n_regimes * n_states, n_columns), `target` (n_states, n_columns),
    `stream` (n_columns,) numbers the streams; columns beyond the reactions fill the
    last vector register and never fire.
    """

    rate: FloatArray
    target: NDArray[np.int32]
    stream: IntArray
    jumps: JumpTable

    def follow(self, seed: int, first_path: int, n_paths: int) -> FloatArray:
        """Hours of war of paths (n_paths,), infinite where it does not come."""
        hour = np.empty(n_paths)
        jumps = self.jumps.arrays
        key = np.uint64(seed)
        reaction_paths(
            self.rate, self.target, self.stream, jumps, key, first_path, hour
        )
        return hour


def reaction_names(compiled: Compiled) -> list[Hashable]:
    """Name the reaction of every entry: its cause, and which digits it changes by what.

    War and the settled rung drop all other digits, so what leads there is named by its
    cause and the end alone.
    """
    problem, entries = compiled.problem, compiled.problem.entries
    columns = compiled.columns()
    ends = (entries.dst == problem.war) * 1 + (entries.dst == problem.settled) * 2
    table = [entries.cause, ends]
    for column in columns.values():
        change = column[entries.dst] - column[entries.src]
        table.append(np.where(ends > 0, 0, change))
    rows, which = np.unique(np.stack(table, axis=1), axis=0, return_inverse=True)
    names: list[Hashable] = []
    for cause, end, *changes in rows.tolist():
        moved = tuple((n, c) for n, c in zip(columns, changes, strict=True) if c)
        names.append((compiled.causes[cause] if cause >= 0 else None, end, moved))
    return [names[i] for i in which.reshape(-1).tolist()]


def tabulate_reactions(
    problem: MarkovProblem,
    theta: Theta,
    names: Sequence[Hashable],
    streams: dict[Hashable, int],
    *,
    draw: int = 0,
) -> ReactionTable:
    """Lay out the reactions of one draw side by side.

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters
    names : of the reaction of each entry, (n_entries,)
    streams : number of the stream of each name; names that are new are added, so that
        tables that share this dict share their luck

    Returns
    -------
    ReactionTable : entries of one reaction that lead from one state to one state add up

    Raises
    ------
    ModelError : more than 256 reactions, two targets of one reaction in one state, or a
        table of more than 2 GiB.
    """
    entries = problem.entries
    for name in names:
        streams.setdefault(name, len(streams))
    number = np.array([streams[name] for name in names], dtype=np.int64)
    used, column = np.unique(number, return_inverse=True)
    width = -(-len(used) // _LANES) * _LANES
    n, n_regimes = problem.n_states, len(theta.clocks)
    size = 8 * n_regimes * n * width
    if width > MOST_REACTIONS or size > _MOST_BYTES:
        raise ModelError(
            f"escalation: {len(used)} reactions in {n} states are too many for common "
            f"reaction paths (at most {MOST_REACTIONS} and 2 GiB); "
            "take the exact difference"
        )
    target = np.zeros((n, width), dtype=np.int32)
    target[entries.src, column.reshape(-1)] = entries.dst
    if (target[entries.src, column.reshape(-1)] != entries.dst).any():
        raise ModelError("reactions: one leads from one state to two; name them apart")
    rate = np.zeros((n_regimes, n, width))
    for regime in range(n_regimes):
        values = entries.values(theta.regime(regime, draw))
        np.add.at(rate[regime], (entries.src, column.reshape(-1)), values)
    stream = np.concatenate([used, np.arange(width - len(used)) + MOST_REACTIONS**2])
    return ReactionTable(
        rate.reshape(-1, width),
        target,
        stream.astype(np.int64),
        tabulate(problem, theta, draw=draw),
    )
