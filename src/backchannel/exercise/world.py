"""How the world of one game is: every uncertain number, drawn once by its seed."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import sees
from backchannel.exercise.state import GameState

_DRAWN: dict[tuple[str, int], Draws] = {}


def value_in(state: GameState, number: Uncertain | None, default: float = 0.0) -> float:
    """The value of a number in this game.

    Parameters
    ----------
    state : the game, for its crisis and its seed
    number : a number of the file, or None where the file is silent
    default : what holds then, and where the number is unknown without a range

    Returns
    -------
    float : in the number's own unit, the same throughout the game
    """
    return drawn_value(state.crisis, state.settings.seed, number, default)


def drawn_value(
    crisis: Crisis, seed: int, number: Uncertain | None, default: float = 0.0
) -> float:
    """The value of a number in the world that a seed draws; see `value_in`."""
    if number is None or not number.is_usable:
        return default
    if number.is_exact:
        return number.median()
    key = (crisis.digest, seed)
    if key not in _DRAWN:
        _DRAWN[key] = draw_numbers(crisis, 1, seed)
    draws = _DRAWN[key]
    return float(draws[number][0]) if number.path in draws.values else number.median()


@lru_cache(maxsize=4096)
def read_choice(text: str) -> Choice:
    """Read `level` or `level (private)`."""
    level, _, rest = text.partition("(")
    is_private = rest.rstrip(") ").strip() == "private"
    return Choice(level=level.strip(), visibility="private" if is_private else "public")


def worth_seen(
    state: GameState, actor: str, package: dict[str, str], out: Collection[str] = ()
) -> float:
    """Worth to an actor of the part of a package that it sees, status quo 0.

    Parameters
    ----------
    state : the game
    actor : who judges
    package : level, and `(private)` where it is, by issue
    out : issues whose private terms have become public

    Returns
    -------
    float : worth less audience cost, on the actor's own scale
    """
    crisis, total = state.crisis, 0.0
    for issue, text in package.items():
        choice = read_choice(text)
        if not sees(crisis, actor, issue, choice, is_leaked=issue in out):
            continue
        reading = crisis.issues[issue].levels[choice.level].readings.get(actor)
        name = reading.as_level if reading and reading.as_level else choice.level
        value = crisis.values.get(actor, {}).get(issue, {}).get(name)
        if value is None:
            continue
        total += value_in(state, value.worth)
        if choice.visibility == "public" or issue in out:
            total -= value_in(state, value.audience_cost)
    return total


def terms_of(crisis: Crisis, package: dict[str, str]) -> dict[str, Choice]:
    """The terms of a package: what differs from the status quo."""
    choices = {issue: read_choice(text) for issue, text in package.items()}
    return {
        issue: choice
        for issue, choice in choices.items()
        if choice.level != crisis.issues[issue].status_quo
    }
