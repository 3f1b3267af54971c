"""The server lets each seat do its own, and tells nobody else anything."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.routing import Mount, Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from backchannel.base.errors import MoveRefusedError
from backchannel.exercise.client import SeatClient
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.server.app import all_routes
from backchannel.exercise.server.guard import MAX_BODY_BYTES
from tests.exercise.hosts import Host, host

CANARY = "the-radar-leaves-quietly"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One server for the whole file; each test makes its own keys."""
    with host(tmp_path_factory.mktemp("server")) as opened:
        yield opened


@contextmanager
def join(here: Host, role: str) -> Iterator[httpx.Client]:
    """A browser that has taken a seat."""
    with httpx.Client(base_url=here.url, trust_env=False) as browser:
        key = here.key(role, "join")
        assert browser.get(f"/join/{key}").status_code == 200
        answer = browser.post("/join", data={"key": key}, headers={"origin": here.url})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/play"
        yield browser


def exhaust(socket: ClientConnection, first: str = "") -> None:
    """Say something, where there is something, and read until the other hangs up."""
    if first:
        socket.send(first)
    while True:
        socket.recv(timeout=10)


# Route -> what nobody, a player and the facilitator get for it.
CENSUS = {
    ("GET", "/"): (200, 303, 303),
    ("POST", "/lobby"): (403, 403, 403),
    ("GET", "/health"): (200, 200, 200),
    ("GET", "/join/{key}"): (200, 200, 200),
    ("POST", "/join"): (403, 403, 403),
    ("GET", "/play"): (401, 200, 303),
    ("GET", "/play/parts"): (401, 200, 200),
    ("POST", "/play/move"): (401, 409, 409),
    ("GET", "/debrief"): (401, 409, 409),
    ("GET", "/debrief/research"): (401, 409, 409),
    ("POST", "/debrief/replay"): (401, 403, 409),
    ("GET", "/console"): (401, 403, 200),
    ("GET", "/console/parts"): (401, 403, 200),
    ("GET", "/console/orders"): (401, 403, 200),
    ("POST", "/console/trace"): (401, 403, 200),
    ("GET", "/console/sheets"): (401, 403, 200),
    ("POST", "/console/seat"): (401, 403, 409),
    ("GET", "/api/me"): (401, 200, 200),
    ("GET", "/api/clock"): (401, 200, 200),
    ("GET", "/api/views"): (401, 200, 200),
    ("GET", "/api/screen"): (401, 200, 200),
    ("POST", "/api/moves"): (401, 400, 400),
    ("GET", "/api/export"): (401, 200, 200),
    ("POST", "/api/keys"): (401, 403, 400),
}


def test_every_route_is_in_the_census() -> None:
    """A new route without a row here fails, so that somebody thinks who may use it."""
    found = set()
    for route in all_routes():
        if isinstance(route, Route):
            methods = (route.methods or set()) - {"HEAD"}
            found |= {(method, route.path) for method in methods}
        elif isinstance(route, WebSocketRoute):
            assert route.path == "/api/stream"
        else:
            assert isinstance(route, Mount)
            assert route.path == "/static"
    assert found == set(CENSUS)


@pytest.mark.parametrize(("method", "path"), CENSUS)
def test_a_route_answers_whom_it_may(here: Host, method: str, path: str) -> None:
    """Nobody, a key for another purpose, a player and the facilitator."""
    wanted = CENSUS[method, path]
    address = path.replace("{key}", "no-such-key")
    join_key = {"authorization": f"Bearer {here.key('alpha', 'join')}"}
    who = [{}, here.headers("alpha"), here.headers(FACILITATOR)]
    got = [here.client.request(method, address, headers=h).status_code for h in who]
    assert tuple(got) == wanted
    wrong = here.client.request(method, address, headers=join_key).status_code
    assert wrong == wanted[0]


def test_a_link_becomes_a_cookie_and_a_page(here: Host) -> None:
    """After joining no secret is in a URL, and the page is the role's own."""
    with join(here, "alpha") as browser:
        (cookie,) = browser.cookies.jar
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "strict"
        page = browser.get("/play")
        assert "Alpha</h1>" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "date" not in page.headers


def test_another_site_cannot_act_for_a_player(here: Host) -> None:
    """A session alone moves nothing: origin and guard word have to be right."""
    with join(here, "alpha") as browser:
        guard = browser.get("/api/me").json()["guard"]
        wanted = {"move": "estimate", "id": "cross-site", "question": "war", "prob": 1}
        own = {"origin": here.url, "x-guard": guard}
        for headers in (
            {},
            {"origin": here.url},
            {"x-guard": guard},
            {"origin": "https://evil.example", "x-guard": guard},
            {"origin": here.url, "x-guard": guard[::-1]},
        ):
            answer = browser.post("/api/moves", json=wanted, headers=headers)
            assert answer.status_code == 403
        assert browser.post("/api/moves", json=wanted, headers=own).status_code == 200


def test_a_socket_of_another_site_is_refused(here: Host) -> None:
    """A browser opens the stream only from a page of this host."""
    with join(here, "alpha") as browser:
        cookie = "; ".join(f"{c.name}={c.value}" for c in browser.cookies.jar)
        for origin in ({}, {"origin": "https://evil.example"}):
            with pytest.raises(InvalidStatus, match="403"):
                here.socket({"cookie": cookie, **origin})
        with here.socket({"cookie": cookie, "origin": here.url}) as socket:
            assert json.loads(str(socket.recv()).split("\n")[0])["n"] == 1


def test_a_form_without_scripts_moves(here: Host) -> None:
    """The plain form of the page sends a message and comes back to the page."""
    with join(here, "alpha") as browser:
        guard = browser.get("/api/me").json()["guard"]
        form = {"guard": guard, "move": "send", "channel": "envoys", "text": "By form"}
        answer = browser.post("/play/move", data=form, headers={"origin": here.url})
        assert answer.status_code == 303
        assert "By form" in browser.get("/play").text


def test_what_is_sent_twice_is_made_once(here: Host) -> None:
    """The same id is acknowledged again and seen once, by both ways in."""
    headers = here.headers("alpha")
    act = secrets.token_hex(8)
    move = {"move": "speak", "id": act, "to": ["cedar"], "text": f"once {act}"}
    answers = [here.client.post("/api/moves", json=move, headers=headers) for _ in "12"]
    assert [a.json() for a in answers] == 2 * [{"acknowledged": act}]
    with here.socket(headers, after=10**6) as socket:
        socket.send(json.dumps(move))
        assert json.loads(socket.recv()) == {"acknowledged": act}
    seen = here.client.get("/api/views", headers=here.headers("cedar")).text
    assert seen.count(f"once {act}") == 1


def test_a_secret_reaches_its_two_ends_only(here: Host) -> None:
    """A word said between two is in no byte that leaves for anybody else."""
    here.move("alpha", "speak", to=["cedar"], text=CANARY)
    paths = ("/play", "/api/me", "/api/views", "/api/screen", "/api/export")
    holders = set()
    for role in ("alpha", "bravo", "assembly", "cedar", "navy", "public"):
        headers = here.headers(role)
        for path in paths:
            if CANARY in here.client.get(path, headers=headers).text:
                holders.add(role)
        with here.socket(headers) as socket:
            if CANARY in str(socket.recv()):
                holders.add(role)
    assert holders == {"alpha", "cedar"}


def test_a_seat_changes_hands(here: Host) -> None:
    """Old keys, sessions and open streams end with it; the new key has the history."""
    old = here.headers("navy")
    facilitator = here.headers(FACILITATOR)
    with join(here, "navy") as browser, here.socket(old) as socket:
        asked = {"role": "navy", "by": "program"}
        answer = here.client.post("/api/keys", json=asked, headers=facilitator)
        key = answer.json()["key"]
        assert browser.get("/play").status_code == 401
        assert here.client.get("/api/me", headers=old).status_code == 401
        with pytest.raises(ConnectionClosed, match="4403"):
            exhaust(socket)
    with SeatClient(here.url, key) as seat:
        assert seat.role == "navy"
        assert seat.screen().sheet["role"] == "navy"
        assert len(seat.move("estimate", question="war", prob=0.25)) == 16
        with pytest.raises(MoveRefusedError, match=r"a number from 0 to 1"):
            seat.move("estimate", question="war", prob=2)
        kinds = [view.kind for _, view in zip(range(2), seat.follow(), strict=False)]
        assert kinds == ["game_opened", "role_briefed"]


def test_a_stream_resumes_where_it_was_cut(here: Host) -> None:
    """After N views the next one is N + 1, whatever happened in between."""
    headers = here.headers("bravo")
    with here.socket(headers) as socket:
        first = [json.loads(line) for line in str(socket.recv()).split("\n")]
    assert [view["n"] for view in first] == list(range(1, len(first) + 1))
    here.move("bravo", "estimate", question="war", prob=0.5)
    with here.socket(headers, after=len(first)) as socket:
        assert json.loads(str(socket.recv()).split("\n")[0])["n"] == len(first) + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"move": 3, "id": "12345678"}',
        '{"move": "speak"}',
        "[" * 50_000,
        "\ud83d".encode("utf-8", "surrogatepass"),
    ],
)
def test_what_is_no_move_is_refused(here: Host, text: str | bytes) -> None:
    """Broken bodies get a plain 400, and the server goes on."""
    body = text if isinstance(text, bytes) else text.encode()
    answer = here.client.post("/api/moves", content=body, headers=here.headers("alpha"))
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_what_is_too_long_is_refused(here: Host) -> None:
    """10 MB are refused before they are read, over HTTP and over the websocket."""
    headers = here.headers("alpha")
    long = b"x" * 10_000_000
    assert (
        here.client.post("/api/moves", content=long, headers=headers).status_code == 413
    )

    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 65_536 for _ in range(3 * MAX_BODY_BYTES // 65_536))

    unannounced = here.client.post("/api/moves", content=pieces(), headers=headers)
    assert unannounced.status_code == 413
    with here.socket(headers) as socket, pytest.raises(ConnectionClosed):
        exhaust(socket, first="x" * 10_000_000)
    assert here.client.get("/health").status_code == 200


def test_an_unknown_host_is_refused(here: Host) -> None:
    """A name that somebody pointed at this machine opens nothing."""
    answer = here.client.get("/health", headers={"host": "evil.example"})
    assert answer.status_code == 421


def test_guessing_keys_is_slowed_down(here: Host) -> None:
    """After some keys that open nothing, an address has to wait."""
    headers = {"origin": here.url}
    codes = [
        here.client.post("/join", data={"key": f"guess-{i}"}, headers=headers)
        for i in range(40)
    ]
    assert codes[0].status_code == 403
    assert codes[-1].status_code == 429


def test_a_flood_of_moves_is_cut_off(here: Host) -> None:
    """One seat cannot take the server for itself, and the others do not notice."""
    headers = here.headers("assembly")
    move = {"move": "no such move", "id": "12345678"}
    codes = {
        here.client.post("/api/moves", json=move, headers=headers).status_code
        for _ in range(150)
    }
    assert codes == {409, 429}
    answer = here.move("alpha", "estimate", question="war", prob=0.5)
    assert answer.status_code == 200
