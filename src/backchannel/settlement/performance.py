"""How long a term takes from agreement to performance."""

from __future__ import annotations

from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.issues import Level
from backchannel.crisis.model import Crisis

LevelKey = tuple[str, str]
"""Issue and level."""


def step_order(place: str, level: Level) -> list[str]:
    """The steps of one level, each after those it waits for.

    Raises
    ------
    ModelError : steps wait for each other in a circle.
    """
    graph = {name: set(step.after) for name, step in level.steps.items()}
    return _in_order(graph, place)


def _in_order(graph: dict[str, set[str]], place: str) -> list[str]:
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(str(name) for name in error.args[1])
        raise ModelError(
            f"{place}: waits for itself, {circle}; break the circle"
        ) from None


def slippage_of(level: Level, draws: Draws) -> FloatArray:
    """Factor by which this work overruns, (n_draws,); 1 where nothing is said."""
    return np.ones(draws.n_draws) if level.slippage is None else draws[level.slippage]


def own_hours(place: str, level: Level, draws: Draws) -> FloatArray:
    """Steps, then the lead time, all times the slippage, (n_draws,)."""
    ends: dict[str, FloatArray] = {}
    latest = np.zeros(draws.n_draws)
    for name in step_order(place, level):
        step = level.steps[name]
        start = np.zeros(draws.n_draws)
        for before in step.after:
            start = np.maximum(start, ends[before])
        ends[name] = start + draws[step.duration]
        latest = np.maximum(latest, ends[name])
    lead = 0.0 if level.lead_time is None else draws[level.lead_time]
    return np.asarray((latest + lead) * slippage_of(level, draws))


def awaited(crisis: Crisis, key: LevelKey) -> list[LevelKey]:
    """Every level that may have to be performed before this one, however indirectly."""
    found: dict[LevelKey, None] = {}
    todo = [key]
    while todo:
        issue, name = todo.pop()
        for ref in crisis.issues[issue].levels[name].after:
            if (ref.issue, ref.level) not in found:
                found[ref.issue, ref.level] = None
                todo.append((ref.issue, ref.level))
    return list(found)


def performance_order(crisis: Crisis, present: Collection[LevelKey]) -> list[LevelKey]:
    """The levels of a package, each after those it waits for.

    Raises
    ------
    ModelError : levels wait for each other in a circle.
    """
    graph: dict[str, set[str]] = {}
    keys = {f"issues.{i}.levels.{name}": (i, name) for i, name in present}
    for place, (issue, name) in keys.items():
        refs = crisis.issues[issue].levels[name].after
        waits = {f"issues.{r.issue}.levels.{r.level}" for r in refs}
        graph[place] = {w for w in waits if w in keys}
    first = next(iter(keys), "issues")
    return [keys[place] for place in _in_order(graph, first)]


def finish_hours(
    crisis: Crisis, present: Collection[LevelKey], draws: Draws
) -> dict[LevelKey, FloatArray]:
    """Hours from agreement to performance of each level in a package, (n_draws,).

    Raises
    ------
    ModelError : steps or levels wait for each other in a circle.
    """
    finish: dict[LevelKey, FloatArray] = {}
    for issue, name in performance_order(crisis, present):
        level = crisis.issues[issue].levels[name]
        start = np.zeros(draws.n_draws)
        for ref in level.after:
            if (ref.issue, ref.level) in finish:
                start = np.maximum(start, finish[ref.issue, ref.level])
        place = f"issues.{issue}.levels.{name}"
        finish[issue, name] = start + own_hours(place, level, draws)
    return finish
