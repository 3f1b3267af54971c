"""Rate of an incident in every state: the factors that the file declares."""

from __future__ import annotations

from functools import partial

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.escalation.problem import IntArray
from backchannel.escalation.state_space import Columns
from backchannel.escalation.timeline import Regime
from backchannel.escalation.workshop import Workshop


def rate_rows(
    shop: Workshop, incident: str, kind: str | None, here: Columns
) -> IntArray:
    """Rows with a rate of an incident times the factors of each state.

    Parameters
    ----------
    shop : world and digits
    incident : its name
    kind : of the hot tokens whose added rate is meant; None for the hazard itself
    here : columns (n,) of the states

    Returns
    -------
    (n,) rows of theta: rate x by_rung x by_posture x uncertain deadlines passed. A
    factor of 0 makes the incident impossible, however hot the crisis is.
    """
    record = shop.escalation.incidents[incident]
    number = record.hazard if kind is None else record.excited_by[kind]
    names = ["rung", *(n for n in here if n.startswith(("posture ", "deadline ")))]
    table = np.stack([here[name] for name in names], axis=1)
    contexts, which = np.unique(table, axis=0, return_inverse=True)
    rows = []
    for context in contexts.tolist():
        digits = dict(zip(names, context, strict=True))
        rung = shop.rungs[digits["rung"]]
        factors = (rung if rung in record.by_rung else "", *context[1:])
        value = partial(_value, shop, incident, number, digits)
        rows.append(shop.rows.number(("incident", incident, kind, *factors), value))
    return np.array(rows, dtype=np.int64)[which.reshape(-1)]


def _value(
    shop: Workshop, incident: str, number: Uncertain, digits: dict[str, int]
) -> FloatArray:
    by_rung = shop.escalation.incidents[incident].by_rung
    factor = shop.draw(by_rung.get(shop.rungs[digits["rung"]]), 1.0)
    return shop.draw(number) * factor * _context(shop, incident, digits)


def _context(shop: Workshop, incident: str, digits: dict[str, int]) -> FloatArray:
    """Product of the factors of postures and random deadlines."""
    record = shop.escalation.incidents[incident]
    factor = np.ones(shop.world.draws.n_draws)
    for posture, by_setting in record.by_posture.items():
        settings = list(shop.escalation.postures[posture].settings)
        index = digits.get(f"posture {posture}")
        setting = shop.world.setting(posture) if index is None else settings[index]
        factor = factor * shop.draw(by_setting.get(setting), 1.0)
    for due in shop.random_deadlines:
        if digits[f"deadline {due.name}"]:
            factor = factor * due.then.multiply.get(incident, 1.0)
    return factor


def clock_row(shop: Workshop, incident: str) -> int:
    """Row with the factors of the hour: light or dark, deadlines surely passed."""
    return shop.rows.clock(
        ("clock", incident),
        lambda: [_of_hour(shop, incident, r) for r in shop.timeline.regimes],
    )


def _of_hour(shop: Workshop, incident: str, regime: Regime) -> FloatArray:
    record = shop.escalation.incidents[incident]
    factor = shop.draw(record.daylight if regime.is_light else record.night, 1.0)
    for due in shop.timeline.deadlines:
        if due.name in regime.passed and shop.is_sure(due):
            factor = factor * due.then.multiply.get(incident, 1.0)
    return factor
