"""A language model in a seat: a client process like any other, with nothing inside.

It sees the screen of its role and makes moves through the same interface as everybody.
Silence and refusals are moves too (`no_answer`), so that the record shows a turn that
brought nothing, and why.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from backchannel.base.errors import MoveRefusedError
from backchannel.exercise.players.model_endpoint import (
    ANSWER_SCHEMA,
    Endpoint,
    ModelAnswer,
    ask_model,
)
from backchannel.exercise.players.moves_told import MOVES_TOLD
from backchannel.exercise.screen import Screen, as_record

_RULES = """You play one role in an exercise about a crisis between states. You see only
what your role knows. Answer with one JSON object: {{"moves": [...]}}, at most eight
moves, an empty list to stay silent. The object may hold "thinking", which nobody reads
during the game. The moves are:
{moves}
JSON Schema of the answer: {schema}"""


class Seat(Protocol):
    """What a player needs of its seat; `SeatClient` has it."""

    role: str

    def screen(self) -> Screen:
        """Everything the role knows now."""

    def move(self, kind: str, **fields: Any) -> str:
        """Make a move, or raise MoveRefusedError."""


@dataclass(frozen=True)
class Turn:
    """One turn of a model: what it answered, which moves were made, which refused."""

    number: int
    hour: float
    outcome: str
    text: str
    made: tuple[str, ...]
    refused: tuple[str, ...]

    def to_json(self) -> str:
        """One line of a transcript."""
        return json.dumps(vars(self), ensure_ascii=False)


def messages_for(
    screen: Screen, last_refused: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """Write the conversation that asks for the next moves.

    Parameters
    ----------
    screen : what the role knows
    last_refused : reasons why moves of the last turn were refused

    Returns
    -------
    list : a system message with the rules, a user message with the screen
    """
    rules = _RULES.format(
        moves="\n".join(MOVES_TOLD.values()), schema=json.dumps(ANSWER_SCHEMA)
    )
    seen = json.dumps(as_record(screen), ensure_ascii=False)
    asked = f"What your role knows, as JSON:\n{seen}"
    if last_refused:
        asked += "\nRefused last time:\n" + "\n".join(last_refused)
    return [
        {"role": "system", "content": rules},
        {"role": "user", "content": asked},
    ]


Ask = Callable[[Endpoint, list[dict[str, str]]], ModelAnswer]


def take_turn(
    seat: Seat,
    endpoint: Endpoint,
    number: int,
    last_refused: tuple[str, ...] = (),
    *,
    ask: Ask = ask_model,
) -> Turn:
    """Let the model make its moves once, and write down what came of it.

    Parameters
    ----------
    seat : where it sits
    endpoint : where it is
    number : of the turn, from 1
    last_refused : why moves of the turn before were refused
    ask : how the model is asked

    Returns
    -------
    Turn : a move that the rules refuse is not tried again; the model is told why

    Raises
    ------
    LedgerError : the server is gone.
    """
    screen = seat.screen()
    answer = ask(endpoint, messages_for(screen, last_refused))
    made, refused = [], []
    for wanted in answer.moves:
        fields = {k: v for k, v in wanted.items() if k not in ("move", "id")}
        kind = str(wanted["move"])
        try:
            seat.move(kind, **fields)
        except (MoveRefusedError, TypeError) as error:
            refused.append(f"{kind}: {error}")
        else:
            made.append(kind)
    if answer.outcome != "moves":
        seat.move("no_answer", reason=answer.outcome)
    return Turn(
        number, screen.hour, answer.outcome, answer.text, tuple(made), tuple(refused)
    )


def play(
    seat: Seat,
    endpoint: Endpoint,
    *,
    wait_seconds: float = 10.0,
    n_turns: int | None = None,
    ask: Ask = ask_model,
) -> Iterator[Turn]:
    """Play until the game is over, one turn whenever something new has come.

    Parameters
    ----------
    seat : where the model sits
    endpoint : where it is
    wait_seconds : between looking whether there is anything new
    n_turns : most turns; without end where None
    ask : how the model is asked

    Yields
    ------
    Turn : each as it ends

    Raises
    ------
    MoveRefusedError : the seat was given to somebody else.
    LedgerError : the server is gone.
    """
    number, seen = 0, -1
    refused: tuple[str, ...] = ()
    while n_turns is None or number < n_turns:
        screen = seat.screen()
        if screen.phase in ("war", "debrief"):
            return
        if screen.phase in ("open", "settled") and screen.n_views != seen:
            number += 1
            turn = take_turn(seat, endpoint, number, refused, ask=ask)
            refused = turn.refused
            # Its own moves are nothing new to it.
            seen = seat.screen().n_views
            yield turn
        else:
            time.sleep(wait_seconds)
