"""A language model behind an OpenAI-compatible endpoint, asked for moves.

What comes back is one of four things, and each is kept apart: moves, deliberate
silence, a refusal by the model, or something that is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

Outcome = Literal["moves", "silent", "refused", "unreadable", "late"]
MAX_MOVES = 8
"""Moves taken from one answer; a longer list is cut."""

ANSWER_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "thinking": {"type": "string"},
        "moves": {
            "type": "array",
            "maxItems": MAX_MOVES,
            "items": {
                "type": "object",
                "properties": {"move": {"type": "string"}},
                "required": ["move"],
                "additionalProperties": True,
            },
        },
    },
    "required": ["moves"],
    "additionalProperties": True,
}
"""JSON Schema of what the model is asked to write."""


@dataclass(frozen=True)
class Endpoint:
    """Where the model is.

    `url` ends before `/chat/completions`; `key` is sent as a bearer token where it is
    not empty and appears in no text that this package writes.
    """

    url: str
    model: str
    key: str = ""
    timeout_seconds: float = 60.0
    temperature: float | None = None

    def __repr__(self) -> str:
        """Everything but the key."""
        return f"Endpoint(url={self.url!r}, model={self.model!r})"


@dataclass(frozen=True)
class ModelAnswer:
    """What a model said: `moves` as plain JSON, and how it is to be taken."""

    outcome: Outcome
    moves: tuple[Mapping[str, Any], ...] = ()
    text: str = ""


def ask_model(
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, str]],
    *,
    transport: httpx.BaseTransport | None = None,
) -> ModelAnswer:
    """Ask a model once.

    Parameters
    ----------
    endpoint : where it is
    messages : the conversation, as `{"role": ..., "content": ...}`
    transport : how to reach it; the network where None

    Returns
    -------
    ModelAnswer : never raises for what the model or the network does; a caller that
        counts on an answer looks at `outcome`

    Notes: one request, no retry. The caller's next turn asks again with what is new.
    """
    wanted: dict[str, Any] = {
        "model": endpoint.model,
        "messages": list(messages),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "moves", "schema": ANSWER_SCHEMA},
        },
    }
    if endpoint.temperature is not None:
        wanted["temperature"] = endpoint.temperature
    headers = {"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    try:
        with httpx.Client(
            timeout=endpoint.timeout_seconds, trust_env=False, transport=transport
        ) as http:
            reply = http.post(
                f"{endpoint.url.rstrip('/')}/chat/completions",
                json=wanted,
                headers=headers,
            )
    except httpx.TimeoutException:
        return ModelAnswer("late", text="no answer in time")
    except httpx.HTTPError as error:
        return ModelAnswer("unreadable", text=type(error).__name__)
    if reply.status_code != 200:
        return ModelAnswer("unreadable", text=f"status {reply.status_code}")
    return read_answer(reply.text)


def read_answer(body: str) -> ModelAnswer:
    """Read the body of a chat completion.

    Parameters
    ----------
    body : as the endpoint sent it

    Returns
    -------
    ModelAnswer : with the model's own words as `text`

    >>> said = {"message": {"content": '{"moves": []}'}}
    >>> read_answer(json.dumps({"choices": [said]})).outcome
    'silent'
    """
    try:
        choice = json.loads(body)["choices"][0]
        message = choice["message"]
        refusal, text = message.get("refusal"), message.get("content") or ""
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return ModelAnswer("unreadable", text=body[:500])
    if refusal or choice.get("finish_reason") == "content_filter":
        return ModelAnswer("refused", text=str(refusal or text))
    if not isinstance(text, str):
        return ModelAnswer("unreadable", text=str(text)[:500])
    moves = _moves_in(text)
    if moves is None:
        return ModelAnswer("unreadable", text=text)
    return ModelAnswer("moves" if moves else "silent", tuple(moves), text)


def _moves_in(text: str) -> list[Mapping[str, Any]] | None:
    """Find the list of moves; models like to wrap their JSON in a fence."""
    start, end = text.find("{"), text.rfind("}")
    try:
        moves = json.loads(text[start : end + 1])["moves"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(moves, list):
        return None
    if not all(isinstance(m, dict) and isinstance(m.get("move"), str) for m in moves):
        return None
    return moves[:MAX_MOVES]
