"""A chance of war too rare to wait for: for the terminal, and as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis
from backchannel.escalation.rare import RareEstimate, RareRisk
from backchannel.escalation.rare_draws import MeanRareRisk, RareMean
from backchannel.report.escalation_page import certificate_record
from backchannel.report.wording import clean

FORMAT = 1
"""Version of the JSON; it rises when a name goes or changes its meaning."""
_WIDTH = 42


def rare_text(
    crisis: Crisis,
    found: RareRisk,
    mean: MeanRareRisk,
    referees: tuple[Certificate, Certificate] | None = None,
) -> str:
    """Lay out the estimates as aligned lines.

    Parameters
    ----------
    crisis, found, mean : the crisis, what was estimated of it with every number at its
        median, and over the draws of all numbers
    referees : what `check` said of both, if it was asked

    Returns
    -------
    str : both chances of war by hour, and how they were made
    """
    of_found, of_mean = (
        ([f"referee         {one}"] for one in referees) if referees else ([], [])
    )
    over = f"over {mean.n_draws:,} draws"
    rows = [
        f"  {one.hour:g} h".ljust(12) + str(many).ljust(_WIDTH) + str(one)
        for one, many in zip(found.by_hour, mean.by_hour, strict=True)
    ]
    return "\n".join(
        [
            clean(crisis.title),
            "",
            "  chance of war",
            "  within    " + over.ljust(_WIDTH) + "every number at its median",
            *rows,
            "",
            f"{over[0].upper()}{over[1:]}:",
            str(mean),
            *of_mean,
            "",
            "Every number at its median:",
            str(found),
            *of_found,
            "",
        ]
    )


def rare_json(
    crisis: Crisis,
    found: RareRisk,
    mean: MeanRareRisk,
    referees: tuple[Certificate, Certificate] | None = None,
) -> str:
    """Write the estimates as one JSON object.

    Parameters
    ----------
    crisis, found, mean, referees : as for `rare_text`

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
        "referee": certificate_record(referees[0]) if referees else None,
        "over_draws": {
            "status": str(mean.status),
            "n_draws": mean.n_draws,
            "n_effective": mean.n_effective,
            "n_paths": mean.n_paths,
            "by_hour": [_mean(one) for one in mean.by_hour],
            "runs": list(mean.runs),
            "refusal": mean.refusal,
            "caution": mean.caution,
            "referee": certificate_record(referees[1]) if referees else None,
        },
    }
    text = json.dumps(page, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def _mean(one: RareMean) -> dict[str, Any]:
    return {
        "hour": one.hour,
        "prob": one.prob,
        "path_error": _finite(one.path_error),
        "draw_error": _finite(one.draw_error),
        "of_draws": None if one.of_draws is None else list(one.of_draws),
        "of_file": None if one.of_file is None else list(one.of_file),
    }


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
