"""A chance of war too rare to wait for: for the terminal, and as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from backchannel.crisis.model import Crisis
from backchannel.escalation.rare import RareEstimate, RareRisk
from backchannel.report.wording import clean

FORMAT = 1
"""Version of the JSON; it rises when a name goes or changes its meaning."""


def rare_text(crisis: Crisis, found: RareRisk) -> str:
    """Lay out the estimate as aligned lines.

    Parameters
    ----------
    crisis, found : the crisis and what was estimated of it

    Returns
    -------
    str : chance of war by hour with every number at its median, and how it was made
    """
    rows = [f"  {one.hour:g} h".ljust(12) + str(one) for one in found.by_hour]
    lines = [clean(crisis.title), "", "  within    chance of war", *rows, ""]
    return "\n".join([*lines, str(found), ""])


def rare_json(crisis: Crisis, found: RareRisk) -> str:
    """Write the estimate as one JSON object.

    Parameters
    ----------
    crisis, found : as for `rare_text`

    Returns
    -------
    str : indented; an interval that cannot be vouched for is null, the hour of a run
        is the last of those asked for
    """
    page: dict[str, Any] = {
        "backchannel_rare_escalation": FORMAT,
        "crisis": {"name": crisis.name, "digest": crisis.digest},
        "run": {
            "seed": found.seed,
            "method": type(found.method).__name__,
            "status": str(found.status),
            "n_paths": found.n_paths,
        },
        "by_hour": [_estimate(one) for one in found.by_hour],
        "runs": [_estimate(one) for one in found.runs],
        "refusal": found.refusal,
    }
    text = json.dumps(page, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def _estimate(one: RareEstimate) -> dict[str, float | None]:
    return {
        "hour": one.hour,
        "prob": one.prob,
        "standard_error": _finite(one.standard_error),
        "low": _finite(one.low),
        "high": _finite(one.high),
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
