"""The risk, the levers and the ways to war, in numbers and words."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.escalation.paths import PathToWar
from backchannel.escalation.result import EscalationResult, LeverEffect
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Number
from backchannel.report.wording import clean, inner, number, quoted

ANSWER = "escalation"


def prob_war(found: EscalationResult) -> Number:
    """Chance of war by the horizon."""
    return number("prob_war.horizon", "chance", found.prob_war[:, -1], ANSWER)


def horizon_of(found: EscalationResult) -> float:
    """Last hour that was computed."""
    return float(found.hours[-1])


def hours_left(found: EscalationResult, level: float) -> Number:
    """Hours until the risk passes a level; beyond the horizon nothing is known."""
    left = found.hours_left(level)
    hours = np.where(left.is_censored, np.inf, left.hours)
    end = float(found.risk.hours[-1])
    name = f"hours_left.{100 * level:g}_percent"
    return number(name, "hours", hours, ANSWER, censored_at=end)


def strongest_levers(found: EscalationResult) -> list[LeverEffect]:
    """Levers by their effect on the risk, the one that lowers it most first."""
    return sorted(found.levers, key=lambda e: float(np.median(e.difference)))


def lever_change(effect: LeverEffect) -> Number:
    """By how much a lever changes the chance of war by the horizon."""
    return number(f"lever.{effect.name}", "change", effect.difference, ANSWER)


def lever_phrase(crisis: Crisis, effect: LeverEffect) -> str:
    """A lever in a sentence: `“Fire back” called off (Alpha)`."""
    what, _, value = effect.name.partition("=")
    section = crisis.escalation
    holder = holder_of(crisis, effect)
    if section is not None:
        posture, order = section.postures.get(what), section.standing_orders.get(what)
        if posture is not None and value in posture.settings:
            title, words = clean(posture.title), clean(posture.settings[value])
            return f"{quoted(title)} set to {quoted(words)} ({holder})"
        if order is not None and value in ("overridden", "in_force"):
            done = "called off" if value == "overridden" else "given"
            return f"{quoted(clean(order.title))} {done} ({holder})"
    return f"{quoted(clean(effect.description))} ({holder})"


def holder_of(crisis: Crisis, effect: LeverEffect) -> str:
    """Title of whoever can pull a lever."""
    return title_of_actor(crisis, effect.controlled_by)


def title_of_path(crisis: Crisis, path: PathToWar) -> str:
    """A way to war in words; what comes twice in a row is named once."""
    if not path.causes:
        return clean(path.text)
    said, before = [], ""
    for cause, rung in steps_of(crisis, path):
        words = "again" if cause == before else inner(cause) if before else cause
        said.append(f"{words} ({rung})")
        before = cause
    return ", then ".join(said)


def steps_of(crisis: Crisis, path: PathToWar) -> list[tuple[str, str]]:
    """What raised the crisis, and to which rung, step by step.

    What leads to one given rung, several rungs up, happens once: only where it leads
    is told.
    """
    rungs = crisis.escalation.rungs if crisis.escalation is not None else {}
    steps = []
    for i, (cause, rung) in enumerate(zip(path.causes, path.rungs, strict=True)):
        if path.causes[i + 1 : i + 2] == (cause,) and cause.leaps(crisis):
            continue
        title = clean(rungs[rung].title) if rung in rungs else clean(rung)
        steps.append((clean(cause.describe(crisis)), title))
    return steps
