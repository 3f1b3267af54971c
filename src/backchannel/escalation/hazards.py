"""Rate of an incident in every state: the factors that the file declares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.escalation.problem import IntArray
from backchannel.escalation.state_space import Columns
from backchannel.escalation.timeline import Regime
from backchannel.escalation.workshop import Workshop


def hazard_rows(shop: Workshop, incident: str, here: Columns) -> IntArray:
    """Rows with hazard x rung x postures x deadlines passed, (n,), one per state."""
    record = shop.escalation.incidents[incident]

    def at(rung: str) -> FloatArray:
        return shop.draw(record.hazard) * shop.draw(record.by_rung.get(rung), 1.0)

    return _rows(shop, incident, "hazard", at, here)


def excited_rows(shop: Workshop, incident: str, kind: str, here: Columns) -> IntArray:
    """Rows with the rate that one hot token adds, under the same postures, (n,)."""
    added = shop.escalation.incidents[incident].excited_by[kind]
    return _rows(shop, incident, f"excited by {kind}", lambda _: shop.draw(added), here)


def _rows(
    shop: Workshop,
    incident: str,
    part: str,
    at: Callable[[str], FloatArray],
    here: Columns,
) -> IntArray:
    """One row for each combination of rung, postures and deadlines that occurs."""
    special = shop.escalation.incidents[incident].by_rung
    names = ["rung", *(n for n in here if n.startswith(("posture ", "deadline ")))]
    table = np.stack([here[name] for name in names], axis=1)
    contexts, which = np.unique(table, axis=0, return_inverse=True)
    rows = []
    for context in contexts.tolist():
        digits = dict(zip(names, context, strict=True))
        rung = shop.rungs[digits["rung"]]

        def value(rung: str = rung, digits: dict[str, int] = digits) -> FloatArray:
            return at(rung) * _context(shop, incident, digits)

        label = rung if rung in special else ""
        rows.append(shop.rows.number((part, incident, label, *context[1:]), value))
    return np.array(rows, dtype=np.int64)[which.reshape(-1)]


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
