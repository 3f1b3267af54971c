"""How likely a private term gets out before it is performed."""

from __future__ import annotations

from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import BoolArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.performance import LevelKey, awaited, finish_hours
from backchannel.settlement.worths import Part, Sums, sum_parts

Version = Literal["as_told", "as_was"]


def leak_rate(
    crisis: Crisis, issue: str, level: str, draws: Draws, version: Version
) -> FloatArray:
    """Rate per hour at which a private term gets out: knowers x hazard, (n_draws,)."""
    private = crisis.issues[issue].levels[level].private
    if private is None:
        return np.zeros(draws.n_draws)
    compartment = crisis.compartments[private.compartment]
    knowers = compartment.as_was
    if version == "as_told" and compartment.as_told is not None:
        knowers = compartment.as_told
    return draws[knowers] * draws[compartment.hazard_per_knower]


def hours_secret(
    crisis: Crisis, key: LevelKey, present: list[LevelKey], draws: Draws
) -> FloatArray:
    """How long a private term must hold: as declared, or until it is performed.

    `present` are the levels of the package; those it waits for lengthen the time.
    """
    private = crisis.issues[key[0]].levels[key[1]].private
    if private is not None and private.secret_for is not None:
        return draws[private.secret_for]
    return finish_hours(crisis, [key, *present], draws)[key]


def exposures(
    crisis: Crisis, packages: Packages, draws: Draws, version: Version = "as_was"
) -> Sums:
    """Expected number of leaks of each package: sum of rate x hours over private terms.

    leak(x) is 1 - exp(-exposure).
    """
    parts = []
    for j, choices in enumerate(packages.choices):
        held = {
            i: choice
            for i, choice in enumerate(choices)
            if choice.visibility == "private"
        }
        if held:
            parts.append(_part(crisis, packages, j, held, draws, version))
    return sum_parts(parts, len(packages), draws.n_draws)


def _part(
    crisis: Crisis,
    packages: Packages,
    j: int,
    held: dict[int, Choice],
    draws: Draws,
    version: Version,
) -> Part:
    """One issue: a class for each private level and set of levels it waits for."""
    issue = packages.issues[j]
    waits = {(issue, c.level): awaited(crisis, (issue, c.level)) for c in held.values()}
    keys = list(dict.fromkeys(key for found in waits.values() for key in found))
    is_in = [_has_level(packages, key) for key in keys]
    own = packages.rows[:, j].astype(np.int64)
    first, classes = distinct_rows(
        [own, *(mask.astype(np.int64) for mask in is_in)], len(own)
    )
    table = np.zeros((len(first), draws.n_draws))
    for i, row in enumerate(first):
        choice = held.get(int(own[row]))
        if choice is None:
            continue
        key = (issue, choice.level)
        around = [
            k
            for k, mask in zip(keys, is_in, strict=True)
            if mask[row] and k in waits[key]
        ]
        hours = hours_secret(crisis, key, around, draws)
        table[i] = leak_rate(crisis, issue, choice.level, draws, version) * hours
    return Part(issue, classes, table)


def _has_level(packages: Packages, key: LevelKey) -> BoolArray:
    j = packages.issues.index(key[0])
    has = np.array([c.level == key[1] for c in packages.choices[j]])
    return np.asarray(has[packages.rows[:, j]])
