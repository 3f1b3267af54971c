"""From a game in a file to its solution: the level follows from the file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.formula import Formula
from backchannel.base.result import Certificate
from backchannel.crisis.behaviour import Behaviour
from backchannel.crisis.model import Crisis
from backchannel.games.bargaining import solve_small, solve_threats
from backchannel.games.bargaining.scope import Scope
from backchannel.games.bargaining.solution import Solution
from backchannel.games.bargaining.solve_offers import solve_offers
from backchannel.games.bargaining.solve_rounds import solve_rounds
from backchannel.games.bargaining.solve_waiting import solve_concession
from backchannel.games.watch import Watch

SOLVERS: dict[str, Callable[..., Solution]] = {
    "offers": solve_offers,
    "rounds": solve_rounds,
    "proposal": solve_small.solve_proposal,
    "shifting_power": solve_small.solve_shifting_power,
    "ladder": solve_small.solve_ladder,
    "pressure": solve_small.solve_pressure,
    "concession": solve_concession,
    "threat": solve_threats.solve_threat,
    "deterrence": solve_threats.solve_deterrence,
    "chance_threat": solve_threats.solve_chance_threat,
    "noisy_choices": solve_threats.solve_noisy_choices,
    "noisy_threat": solve_threats.solve_noisy_threat,
    "mediation": solve_threats.solve_mediation,
    "war_stage": solve_small.solve_war_stage,
    "excited_hazard": solve_small.solve_excited_hazard,
    "quota": solve_small.solve_quota,
}


def solve_setting(
    crisis: Crisis,
    changes: Mapping[str, Any] | None = None,
    *,
    watch: Watch | None = None,
    resume: object = None,
) -> Solution:
    """Solve the game that a crisis file writes down.

    Parameters
    ----------
    crisis : a loaded crisis whose `behaviour` has a `game`
    changes : other values for some of its parameters
    watch : how long a long method may take, and whom to tell
    resume : `state` of an earlier answer, to go on from there (level L4)

    Returns
    -------
    Solution : with the file's own `answers` worked out

    Raises
    ------
    ModelError : the file has no game, a parameter does not exist, or a number is out
        of its range.

    >>> from backchannel.crisis.load import load
    >>> solution = solve_setting(load("gallery/rubinstein1982"), {"delta1": 0.5})
    >>> solution.level, round(solution.answers["share1_when_1_proposes"], 4)
    ('L0', 0.1818)
    """
    behaviour = crisis.behaviour
    if behaviour is None or behaviour.game is None:
        raise ModelError(
            f"{crisis.name}: its file has no behaviour.game; the files under gallery/ "
            "have one"
        )
    parameters = changed(behaviour, changes or {})
    check_conditions(behaviour, parameters)
    scope = Scope(parameters, crisis.parties, watch or Watch(), resume)
    solution = _machine(behaviour)(behaviour.game, scope)
    return replace(
        solution,
        answers=_answers(behaviour, {**parameters, **solution.values}),
        parameters=parameters,
        crisis_digest=crisis.digest,
    )


def check_setting(crisis: Crisis, solution: Solution) -> Certificate:
    """Hold an answer against its file: the audit again, and the numbers again.

    Parameters
    ----------
    crisis : the crisis that was solved
    solution : what `solve_setting` gave for it

    Returns
    -------
    Certificate : the largest of the audit's value and the change in any number, in
        units of the audit's bound; infinite where the file is another one
    """
    again = solve_setting(crisis, solution.parameters)
    bound = max(again.certificate.bound, 1e-9)
    moved = _largest_change(again.answers, solution.answers)
    if crisis.digest != solution.crisis_digest:
        moved = float("inf")
    value = max(again.certificate.value, moved)
    return replace(again.certificate, value=value, bound=bound)


def _largest_change(one: Any, other: Any) -> float:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if set(one) != set(other):
            return float("inf")
        return max((_largest_change(one[k], other[k]) for k in one), default=0.0)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return max(map(_largest_change, one, other), default=0.0)
    if isinstance(one, float) and isinstance(other, (int, float)):
        return 0.0 if one == other else abs(one - other)
    return 0.0 if one == other else float("inf")


def solve_game(
    behaviour: Behaviour, parameters: Mapping[str, Any], parties: tuple[str, ...]
) -> Solution:
    """Solve a written game for given parameters; raises as `solve_setting`."""
    return _machine(behaviour)(behaviour.game, Scope(parameters, parties))


def _machine(behaviour: Behaviour) -> Callable[..., Solution]:
    if behaviour.game is None:
        raise ModelError("behaviour.game: is missing")
    return SOLVERS[behaviour.game.protocol]


def changed(behaviour: Behaviour, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with some of them changed; raises ModelError for a strange one."""
    for name in changes:
        if name not in behaviour.parameters:
            hint = did_you_mean(name, behaviour.parameters, "parameter")
            raise ModelError(f"behaviour.parameters: no parameter '{name}'; {hint}")
    return {**behaviour.parameters, **changes}


def check_conditions(behaviour: Behaviour, parameters: Mapping[str, Any]) -> None:
    """Hold the parameters to the conditions of the file.

    Raises
    ------
    ModelError : a condition does not hold; the message gives the numbers in it.
    """
    for name, value in parameters.items():
        for number in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(number, float) and not math.isfinite(number):
                raise ModelError(
                    f"behaviour.parameters.{name}: is {number}; must be finite"
                )
    for condition in behaviour.conditions:
        try:
            does_hold = condition.evaluate(parameters)
        except ValueError as error:
            raise ModelError(f"behaviour.conditions: {error}") from None
        if not does_hold:
            given = ", ".join(
                f"{name} = {parameters[name]}" for name in sorted(condition.names)
            )
            raise ModelError(
                f"behaviour.parameters: {given}; must be such that {condition}"
            )


def _answers(behaviour: Behaviour, scope: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _answer(name, wanted, scope) for name, wanted in behaviour.answers.items()
    }


def _answer(
    name: str, wanted: Formula | Mapping[str, Formula], scope: Mapping[str, Any]
) -> Any:
    try:
        if isinstance(wanted, Formula):
            return wanted.evaluate(scope)
        if "each" not in wanted:
            return {key: formula.evaluate(scope) for key, formula in wanted.items()}
        rows = wanted["each"].evaluate(scope)
        return [
            {
                key: formula.evaluate({**scope, **row})
                for key, formula in wanted.items()
                if key != "each"
            }
            for row in rows
        ]
    except ValueError as error:
        raise ModelError(f"behaviour.answers.{name}: {error}") from None
