"""Cross-checks of the behaviour section: names in it are declared."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from backchannel.base.formula import Formula
from backchannel.crisis.behaviour import Behaviour, Rounds
from backchannel.crisis.checker import Checker
from backchannel.crisis.walk import walk

# What a formula of a game may ask for beside the parameters.
_FREE = {"share", "cost", "round", "t", "pressure", "type"}


def check_behaviour(checker: Checker) -> None:
    """The opening offer exists; a game names parties and parameters that exist."""
    behaviour = checker.crisis.behaviour
    if behaviour is None:
        return
    offers = checker.crisis.offers
    checker.name("behaviour.offer", behaviour.offer, offers, "offer")
    if behaviour.game is not None:
        _check_game(checker, behaviour, behaviour.game)
    elif behaviour.answers or behaviour.parameters:
        checker.report(
            "behaviour",
            "has parameters or answers but no game",
            "add `game:`, or leave them out",
        )


def _check_game(checker: Checker, behaviour: Behaviour, game: BaseModel) -> None:
    for i, condition in enumerate(behaviour.conditions):
        for name in sorted(condition.names):
            place = f"behaviour.conditions[{i}]"
            checker.name(place, name, behaviour.parameters, "parameter")
    known = {*behaviour.parameters, *_FREE}
    for key, value in walk(game, "behaviour.game"):
        if isinstance(value, Formula):
            for name in sorted(value.names):
                checker.name(key, name, known, "parameter")
    parties = checker.crisis.parties
    for name in type(game).model_fields:
        content: Any = getattr(game, name)
        key = f"behaviour.game.{name}"
        if isinstance(game, Rounds) and name == "packages":
            for package, worth in game.packages.items():
                checker.keys(f"{key}.{package}", worth, parties, "party")
        elif isinstance(game, Rounds) and name == "settled":
            checker.keys(key, content, game.packages, "package")
        elif isinstance(content, dict):
            checker.keys(key, content, parties, "party")
        elif name == "attackers":
            checker.names(key, content, parties, "party")
