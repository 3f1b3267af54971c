"""Conditions in an offer: if one term is performed or stays secret, another is owed.

A condition is a plain record of JSON values, so that it can stand in an event: `then`
names the issue whose term depends, `needs` the issue it depends on, `kind` whether that
has to be `performed` or kept `secret`, `within_hours` by when from ratification (None:
whenever), `verified_by` the actor whose finding counts (empty: nobody's), and
`otherwise` what a failure voids: the `term` alone, or `all`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backchannel.exercise.moves.asked import Move
from backchannel.exercise.refusals import refused
from backchannel.exercise.state import GameState
from backchannel.exercise.world import terms_of

KINDS = ("performed", "secret")
OTHERWISE = ("term", "all")
MOST_CONDITIONS = 8
Condition = dict[str, Any]


def read_conditions(
    state: GameState, role: str, move: Move, package: Mapping[str, str]
) -> list[Condition]:
    """Read the conditions of an offer and hold them against its package.

    Parameters
    ----------
    state : the game
    role : who offers
    move : with `conditions`, a list of records; a form gives them by number
    package : what is offered

    Returns
    -------
    list : each with every field; records without `then` are left out

    Raises
    ------
    MoveRefusedError : a name that is no term of the package, a term that hangs on
        itself, or a field that cannot be read.
    """
    asked = move.fields.get("conditions") or []
    if isinstance(asked, Mapping):
        asked = [asked[key] for key in sorted(asked)]
    is_right = isinstance(asked, (list, tuple)) and all(
        isinstance(one, Mapping) for one in asked
    )
    if not is_right or len(asked) > MOST_CONDITIONS:
        place = f"{move.kind}.conditions"
        raise refused(role, "conditions_bad", place, most=MOST_CONDITIONS)
    found = [_read(state, role, one, package) for one in asked if one.get("then")]
    _refuse_rings(role, found)
    return found


def _read(
    state: GameState, role: str, raw: Mapping[str, Any], package: Mapping[str, str]
) -> Condition:
    terms = terms_of(state.crisis, dict(package))
    move = Move("conditions", "", raw)
    then = move.name_in(role, "then", terms, "no_term")
    kind = (
        move.name_in(role, "kind", KINDS, "no_choice") if "kind" in raw else "performed"
    )
    needs = move.name_in(role, "needs", terms, "no_term")
    if kind == "secret" and terms[needs].visibility != "private":
        raise refused(role, "public_here", "conditions.needs", issue=needs)
    by = str(raw.get("verified_by") or "")
    if by:
        move.name_in(role, "verified_by", state.crisis.actors, "no_actor")
    other = "term"
    if raw.get("otherwise"):
        other = move.name_in(role, "otherwise", OTHERWISE, "no_choice")
    return {
        "then": then,
        "needs": needs,
        "kind": kind,
        "within_hours": move.number(role, "within_hours", 0.1, 1e5, None),
        "verified_by": by,
        "otherwise": other,
    }


def _refuse_rings(role: str, conditions: list[Condition]) -> None:
    """A term that waits for itself, by way of others or at once, would never come."""
    waits = {(c["then"], c["needs"]) for c in conditions if c["kind"] == "performed"}
    for _ in conditions:
        waits |= {(a, d) for a, b in waits for c, d in waits if b == c}
    rings = sorted(a for a, b in waits if a == b)
    if rings:
        raise refused(role, "waits_for_itself", "conditions", issue=rings[0])
