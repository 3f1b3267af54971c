"""A language model in a seat: moves, silence, refusals and nonsense, each on record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from backchannel.exercise.client import SeatClient
from backchannel.exercise.pages.player_forms import MOVES_SHOWN
from backchannel.exercise.players.language_model import (
    messages_for,
    play,
    take_turn,
)
from backchannel.exercise.players.model_endpoint import (
    MAX_MOVES,
    Endpoint,
    ModelAnswer,
    ask_model,
    read_answer,
)
from backchannel.exercise.players.moves_told import MOVES_TOLD
from backchannel.exercise.projection import views_of
from backchannel.exercise.screen import screen_of
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin
from tests.exercise.hosts import host

ENDPOINT = Endpoint("http://model.test/v1", "stub", key="secret-key")


def completion(content: object, **message: object) -> str:
    """The body of a chat completion with this content."""
    said = {"role": "assistant", "content": content, **message}
    return json.dumps({"choices": [{"message": said, "finish_reason": "stop"}]})


def stub(*bodies: str | int | Exception) -> tuple[httpx.MockTransport, list[Any]]:
    """An endpoint that gives these answers in turn, and what it was asked."""
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        body = bodies[min(len(asked), len(bodies)) - 1]
        if isinstance(body, Exception):
            raise body
        if isinstance(body, int):
            return httpx.Response(body, text="no")
        return httpx.Response(200, text=body)

    return httpx.MockTransport(answer), asked


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (completion('{"moves": [{"move": "speak"}]}'), "moves"),
        (completion('```json\n{"moves": []}\n```'), "silent"),
        (completion("I would rather talk about the weather."), "unreadable"),
        (completion('{"moves": [7]}'), "unreadable"),
        (completion('{"moves": "none"}'), "unreadable"),
        (completion(None, refusal="I cannot take part in this."), "refused"),
        (completion(None), "unreadable"),
        (completion(["parts"]), "unreadable"),
        ("{}", "unreadable"),
        ("not JSON", "unreadable"),
        ("[" * 2000, "unreadable"),
    ],
)
def test_every_answer_is_one_of_four_things(body: str, outcome: str) -> None:
    """No answer of a model raises; each is told apart."""
    assert read_answer(body).outcome == outcome


def test_a_long_list_of_moves_is_cut() -> None:
    """Nobody gets a hundred moves out of one turn."""
    moves = [{"move": "speak"}] * 100
    assert len(read_answer(completion(json.dumps({"moves": moves}))).moves) == MAX_MOVES


def test_the_endpoint_is_asked_as_others_are() -> None:
    """The request is a chat completion with a schema; the key is in its header only."""
    transport, asked = stub(completion('{"moves": []}'))
    assert ask_model(ENDPOINT, [], transport=transport).outcome == "silent"
    (request,) = asked
    assert str(request.url) == "http://model.test/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer secret-key"
    wanted = json.loads(request.content)
    assert wanted["response_format"]["type"] == "json_schema"
    assert "secret-key" not in request.content.decode() + repr(ENDPOINT)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (500, "unreadable"),
        (httpx.ReadTimeout("slow"), "late"),
        (httpx.ConnectError("nobody"), "unreadable"),
    ],
)
def test_a_failing_endpoint_costs_a_turn(body: int | Exception, outcome: str) -> None:
    """The network's failures are outcomes, not errors."""
    assert ask_model(ENDPOINT, [], transport=stub(body)[0]).outcome == outcome


def test_the_model_is_told_what_its_role_knows_and_no_more() -> None:
    """Words between two others are not in the question."""
    book, events = begin("strait")
    events += act(book, "alpha", "speak", 10.0, to=["cedar"], text="canary-words")
    told = messages_for(screen_of(views_of(events, "bravo")), ("send: no",))
    assert "canary-words" not in json.dumps(told)
    assert "send: no" in told[1]["content"]
    told = messages_for(screen_of(views_of(events, "cedar")))
    assert "canary-words" in told[1]["content"]


def test_it_is_told_of_every_move_that_a_page_offers() -> None:
    """A model in a seat can do what a person in it can, and nothing else."""
    assert set(MOVES_TOLD) == set(MOVES_SHOWN)


def test_a_model_strikes_a_deal_by_the_rules_it_is_told() -> None:
    """An offer with a condition, its acceptance and the assent at home, as written."""
    book, events = begin("strait", Settings(seed=4, has_hazard=False))
    deal = {"tanker": "released", "passage": "escorted", "radar": "leaves (private)"}
    rules = [{"then": "radar", "needs": "passage", "kind": "performed"}]
    offer = {"channel": "envoys", "package": deal, "form": "request"}
    events += act(book, "alpha", "offer", 1.0, conditions=rules, **offer)
    for role in ("assembly", "cedar"):
        events += act(book, role, "take_seat", 1.0, by="program")
    events += book.catch_up(3000.0)
    (name,) = screen_of(views_of(events, "bravo")).offers
    answer = {"channel": "radio", "offer": name, "answer": "accept", "text": "Yes."}
    events += act(book, "bravo", "answer", 3000.0, **answer)
    events += book.catch_up(4000.0)
    (agreement,) = screen_of(views_of(events, "cedar")).agreements
    for role in ("assembly", "cedar"):
        events += act(book, role, "ratify", 4000.0, agreement=agreement, assent=True)
    assert book.state.phase == "settled"


def test_a_model_plays_over_the_wire(tmp_path: Path) -> None:
    """Two turns: one good and one refused move, then a refusal to play, on record."""
    good = {"move": "declare", "text": "We shall not be the first."}
    bad = {"move": "send", "channel": "no_such_channel", "text": "x"}
    answers = iter(
        (
            ModelAnswer("moves", (good, bad)),
            ModelAnswer("refused", text="I cannot take part."),
        )
    )
    asked: list[list[dict[str, str]]] = []

    def ask(_endpoint: Endpoint, messages: list[dict[str, str]]) -> ModelAnswer:
        asked.append(messages)
        return next(answers)

    with host(tmp_path) as here, SeatClient(here.url, here.key("alpha")) as client:
        first = take_turn(client, ENDPOINT, 1, ask=ask)
        assert first.made == ("declare",)
        assert "no_such_channel" in first.refused[0]
        (second,) = play(client, ENDPOINT, n_turns=1, ask=ask)
        assert (second.outcome, second.made) == ("refused", ())
        kinds = [view.kind for view in client.views()]
        assert kinds[-1] == "no_answer"
        assert json.loads(first.to_json())["outcome"] == "moves"
    assert len(asked) == 2


def test_a_model_stops_when_the_game_is_over(tmp_path: Path) -> None:
    """After the debrief is opened it is asked nothing."""
    with host(tmp_path) as here, SeatClient(here.url, here.key("alpha")) as client:
        assert here.move("facilitator", "open_debrief").status_code == 200
        assert list(play(client, ENDPOINT)) == []
