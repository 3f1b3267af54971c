"""The answer of the escalation room alone: for the terminal, and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis
from backchannel.escalation.result import EscalationResult, LeverEffect
from backchannel.report.records import Number
from backchannel.report.risk_words import (
    ANSWER,
    holder_of,
    hours_left,
    lever_change,
    strongest_levers,
    title_of_path,
)
from backchannel.report.show_risk import hours_to_tell
from backchannel.report.wording import clean, counted, number, percent, span_of_time

if TYPE_CHECKING:
    from backchannel.escalation.global_sensitivity import GlobalSensitivity
    from backchannel.escalation.policies import PolicyDifference

FORMAT = 1
"""Version of the JSON; it rises when a name goes or changes its meaning."""
_LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50)
_RATES_TOLD = 8
_NUMBERS_TOLD = 8
_BAND = (0.05, 0.5, 0.95)


def escalation_text(
    crisis: Crisis,
    found: EscalationResult,
    pulled: LeverEffect | None = None,
    ranking: GlobalSensitivity | None = None,
    pairs: PolicyDifference | None = None,
) -> str:
    """Lay out the result as aligned lines.

    Parameters
    ----------
    crisis, found : the crisis and what was computed of it
    pulled : a run with levers that the reader named
    ranking : of the uncertain numbers, if it was asked for
    pairs : what these levers change, by pairs of paths, if it was asked for

    Returns
    -------
    str : risk by hour, hours left, levers, paths, how it was made
    """
    lines = [clean(crisis.title), "", *_risk_lines(found, pulled), ""]
    rows = [
        (f"risk passes {100 * p:g} %", _told(hours_left(found, p))) for p in _LEVELS
    ]
    lines += [*_aligned(rows), ""]
    if found.levers:
        end = span_of_time(found.risk.horizon)
        lines.append(f"Levers, by what they change in the chance of war within {end}:")
        lines += [*_aligned(_lever_rows(crisis, found, pulled)), ""]
    if pairs is not None:
        lines.append("The levers named, by pairs of paths with common luck and every")
        lines.append("number at its median:")
        lines += [*(f"  {line}" for line in str(pairs).splitlines()), ""]
    if found.rates:
        lines.append(
            "Rates, by what a tenth more of each adds to that chance, to first"
        )
        lines.append("order, with every number at its median:")
        lines += [*_aligned(_rate_rows(found)), ""]
    told = [path for path in found.paths if path.causes]
    if told:
        lines.append("Ways to war, with every number at its median:")
        paths = [(percent(p.share), title_of_path(crisis, p)) for p in told]
        lines += [*_aligned(paths), ""]
    if ranking is not None:
        lines += [*_ranking_lines(ranking), ""]
    lines += [_made(found), str(found.certificate)]
    return "\n".join(lines) + "\n"


def _points(change: float) -> str:
    return f"{100.0 * change:.2g} points"


_RANKED_BY: dict[str, tuple[str, Callable[[float], str]]] = {
    "Sobol": ("their total share of the variance of that chance", percent),
    "Morris": ("the mean size of their effect on that chance, end to end", _points),
}


def _ranking_lines(ranking: GlobalSensitivity) -> list[str]:
    name = type(ranking.method).__name__
    what, told = _RANKED_BY[name]
    rows = [
        (told(index.total), f"± {told(index.factor_noise)}", index.number.path)
        for index in ranking.strongest(_NUMBERS_TOLD)
    ]
    head = (
        f"Uncertain numbers, by {what}",
        f"({name}, {ranking.n_runs:,} exact runs, the noise is that of the factors):",
    )
    return [*head, *(_aligned(rows) if rows else ["  none stands out of the noise"])]


def _risk_lines(found: EscalationResult, pulled: LeverEffect | None) -> list[str]:
    rows: list[tuple[str, ...]] = [("within", "chance of war")]
    if pulled is not None:
        rows = [("within", "chance of war", f"with {pulled.name}")]
    for i in hours_to_tell(found):
        hour = float(found.hours[i])
        row = [span_of_time(hour), _told(_chance(found.prob_war[:, i]))]
        if pulled is not None:
            row.append(_told(_chance(pulled.prob_war[:, i])))
        rows.append(tuple(row))
    return _aligned(rows)


def _chance(values: FloatArray) -> Number:
    return number("prob_war", "chance", values, ANSWER)


def _told(made: Number) -> str:
    return f"{made.middle} ({made.band})" if made.band else made.middle


def _lever_rows(
    crisis: Crisis, found: EscalationResult, pulled: LeverEffect | None
) -> list[tuple[str, ...]]:
    known = {effect.name for effect in found.levers}
    extra = [pulled] if pulled is not None and pulled.name not in known else []
    return [
        (
            effect.name,
            _told(lever_change(effect)),
            f"{clean(effect.description)} ({_holders(crisis, effect)})",
        )
        for effect in [*extra, *strongest_levers(found)]
    ]


def _rate_rows(found: EscalationResult) -> list[tuple[str, ...]]:
    return [
        (f"{effect.kind} {effect.name}", f"{10.0 * effect.war:+.2g} points")
        for effect in found.rates[:_RATES_TOLD]
        if effect.war != 0.0
    ]


def _holders(crisis: Crisis, effect: LeverEffect) -> str:
    if "," in effect.controlled_by:
        return effect.controlled_by
    return holder_of(crisis, effect)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns of equal width, the last one free."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return [
        "  "
        + "  ".join(
            [cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)]
        ).rstrip()
        for row in rows
    ]


def _made(found: EscalationResult) -> str:
    work = found.work
    size = f"{work.n_states:,} states"
    if found.sampling is not None:
        size = (
            f"{found.sampling.n_replications:,} paths in each draw (standard error of "
            f"one draw up to {100 * found.sampling.standard_error.max():.2g} points)"
        )
    draws = f"{found.n_draws:,} draw{'' if found.n_draws == 1 else 's'}"
    return (
        f"Medians and 90 % bands of {draws}, seed {found.seed}; "
        f"{type(found.method).__name__}, {found.status}, {size}, "
        f"{counted(work.n_runs, 'run')}"
    )


def escalation_json(
    crisis: Crisis,
    found: EscalationResult,
    pulled: LeverEffect | None = None,
    ranking: GlobalSensitivity | None = None,
    pairs: PolicyDifference | None = None,
) -> str:
    """Write the result as one JSON object; docs/escalation-command.md tells its names.

    Parameters
    ----------
    crisis, found, pulled, ranking, pairs : as for `escalation_text`

    Returns
    -------
    str : indented, without NaN; a number beyond what was computed is null
    """
    page: dict[str, Any] = {
        "backchannel_escalation": FORMAT,
        "crisis": {"name": crisis.name, "digest": crisis.digest},
        "run": {
            "n_draws": found.n_draws,
            "seed": found.seed,
            "method": type(found.method).__name__,
            "status": str(found.status),
        },
        "hours": found.hours.tolist(),
        "prob_war": _by_hour(found.prob_war),
        "prob_settled": _by_hour(found.prob_settled),
        "hours_left": [_left(found, level) for level in _LEVELS],
        "levers": [_lever(effect) for effect in found.levers],
        "pulled": None if pulled is None else _pulled(pulled),
        "pairs": None if pairs is None else _pairs(pairs),
        "rates": [
            {
                "kind": effect.kind,
                "name": effect.name,
                "war": effect.war,
                "settled": effect.settled,
            }
            for effect in found.rates
        ],
        "paths": [
            {
                "rungs": list(path.rungs),
                "text": title_of_path(crisis, path),
                "prob": path.prob,
                "share": path.share,
            }
            for path in found.paths
        ],
        "ranking": None if ranking is None else _ranking(ranking),
        "size": {
            "n_states": found.work.n_states,
            "n_nonzero": found.work.n_nonzero,
            "n_runs": found.work.n_runs,
        },
        "sampling": _sampling(found),
        "certificate": certificate_record(found.certificate),
    }
    text = json.dumps(page, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def certificate_record(certificate: Certificate) -> dict[str, Any]:
    """Write a certificate as plain values.

    Parameters
    ----------
    certificate : of a result, or of its check

    Returns
    -------
    `claim`, `value` (null where it is beyond all bounds), `bound`, `is_verified`
    """
    value = certificate.value
    return {
        "claim": certificate.claim,
        "value": value if math.isfinite(value) else None,
        "bound": certificate.bound,
        "is_verified": certificate.is_verified,
    }


def _pairs(pairs: PolicyDifference) -> dict[str, Any]:
    """What the levers change by pairs, without and with them."""
    low, high = pairs.interval
    worth = pairs.variance_factor
    return {
        "levers": list(pairs.levers),
        "n_pairs": pairs.method.n_pairs,
        "prob_war": list(pairs.prob_war),
        "difference": pairs.difference,
        "standard_error": pairs.standard_error,
        "low": low,
        "high": high,
        "variance_factor": worth if math.isfinite(worth) else None,
        "certificate": certificate_record(pairs.certificate),
    }


def _ranking(ranking: GlobalSensitivity) -> dict[str, Any]:
    """Every number with its indices and their noise, strongest first."""
    return {
        "method": type(ranking.method).__name__,
        "n_runs": ranking.n_runs,
        "numbers": [
            {
                "path": index.number.path,
                "total": index.total,
                "first": index.first,
                "factor_noise": index.factor_noise,
                "sampling_noise": index.sampling_noise,
            }
            for index in ranking.indices
        ],
    }


def _sampling(found: EscalationResult) -> dict[str, Any] | None:
    """Noise of sampled paths; None where the answer is exact."""
    if found.sampling is None:
        return None
    return {
        **asdict(found.method),
        "n_paths": found.sampling.n_paths,
        "standard_error": found.sampling.standard_error.mean(axis=0).tolist(),
    }


def _by_hour(values: FloatArray) -> dict[str, list[float]]:
    """Mean, median and ends of the 90 % band at each hour, (n_hours,) each."""
    low, mid, high = np.quantile(values, _BAND, axis=0)
    return {
        "mean": values.mean(axis=0).tolist(),
        "median": mid.tolist(),
        "low": low.tolist(),
        "high": high.tolist(),
    }


def _left(found: EscalationResult, level: float) -> dict[str, Any]:
    left = found.hours_left(level)
    low, mid, high = (left.quantile(p) for p in _BAND)
    return {
        "level": level,
        "median": mid,
        "low": low,
        "high": high,
        "share_beyond_horizon": float(left.is_censored.mean()),
    }


def _lever(effect: LeverEffect) -> dict[str, Any]:
    low, mid, high = np.quantile(effect.difference, _BAND).tolist()
    return {
        "name": effect.name,
        "description": clean(effect.description),
        "controlled_by": effect.controlled_by,
        "mean": float(effect.difference.mean()),
        "median": mid,
        "low": low,
        "high": high,
    }


def _pulled(effect: LeverEffect) -> dict[str, Any]:
    return {**_lever(effect), "prob_war": _by_hour(effect.prob_war)}
