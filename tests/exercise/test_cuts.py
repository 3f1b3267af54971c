"""A network that fails, a server that is asked to stop, and one behind TLS."""

from __future__ import annotations

import secrets
import shutil
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from backchannel.crisis.event_record import verify_chain
from backchannel.exercise.client import SeatClient
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.server.opening import GAME
from backchannel.exercise.state import Settings
from tests.exercise.cuts import Wire, wire
from tests.exercise.hosts import Host, host, program_key, serve
from tests.exercise.test_faults import texts_of

PLAIN = Settings(talk="all", has_hazard=False)


def talk_through(here: Host, cable: Wire, cut: float, is_held: bool) -> list[str]:
    """Alpha talks to the navy through a wire that fails; what was said and heard."""
    keys = {role: here.key(role) for role in ("alpha", "navy")}
    said: list[str] = []
    heard: list[str] = []
    stop = threading.Event()

    def talk() -> None:
        with SeatClient(cable.url, keys["alpha"], patience_seconds=90) as seat:
            while not stop.is_set():
                said.append(secrets.token_hex(8))
                seat.move("speak", to=["navy"], text=said[-1])
                time.sleep(0.05)

    def listen() -> None:
        with SeatClient(cable.url, keys["navy"]) as seat:
            spoken = (view for view in seat.follow() if view.kind == "spoken")
            heard.extend(view.fields["text"] for view in spoken)

    threading.Thread(target=listen, daemon=True).start()
    with ThreadPoolExecutor(1) as pool:
        talking = pool.submit(talk)
        time.sleep(0.5)
        (cable.hold if is_held else cable.cut)()
        time.sleep(cut)
        n_before = len(heard)
        cable.mend()
        time.sleep(1.0)
        stop.set()
        talking.result(timeout=60)
    until = time.monotonic() + 20
    while time.monotonic() < until and len(heard) < len(said):
        time.sleep(0.05)
    assert 0 < n_before < len(said)
    assert heard == said
    return said


@pytest.mark.parametrize(("cut", "is_held"), [(30.0, True), (3.0, False)])
def test_a_cut_network_loses_nothing(tmp_path: Path, cut: float, is_held: bool) -> None:
    """30 s in which nothing arrives, or 3 s without a connection: all is heard once."""
    with host(tmp_path, settings=PLAIN) as here, wire(here.url) as cable:
        said = talk_through(here, cable, cut, is_held)
        stored = texts_of(here.hall.games["one"].events)
        assert stored == dict.fromkeys(said, 1)


def test_asked_to_stop_it_stores_what_it_has_taken(tmp_path: Path) -> None:
    """SIGTERM while somebody talks: it ends by itself, nothing acknowledged is lost.

    The client goes on by itself when the server is back.
    """
    process = serve(tmp_path, "strait", "--talk", "all", "--no-hazard")
    key = program_key(process.url, process.keys, "alpha")
    said: list[str] = []
    stop = threading.Event()

    def talk() -> None:
        with SeatClient(process.url, key, patience_seconds=60) as seat:
            while not stop.is_set():
                text = secrets.token_hex(8)
                seat.move("speak", to=["navy"], text=text)
                said.append(text)

    with ThreadPoolExecutor(1) as pool:
        talking = pool.submit(talk)
        time.sleep(0.7)
        began = time.monotonic()
        process.stop()
        assert time.monotonic() - began < 10.0
        n_before = len(said)
        process.restart()
        time.sleep(0.7)
        stop.set()
        talking.result(timeout=60)
    process.kill()
    ledger = Ledger.in_file(tmp_path / "game.db")
    events = list(ledger.read(GAME))
    ledger.close()
    assert 0 < n_before < len(said)
    assert verify_chain(events) == len(events)
    assert texts_of(events) == dict.fromkeys(said, 1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine's own, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed; on Debian: apt install openssl")
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
    words += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    words += ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(words, check=True, capture_output=True)
    return files


def test_over_tls_people_and_programs_play(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """The links are https, the cookie is for it alone, and a program trusts this one.

    Who does not know the certificate is not served, nor who speaks in the clear.
    """
    files = ("--certificate", str(certificate[0]), "--private-key", str(certificate[1]))
    process = serve(tmp_path, "strait", "--no-hazard", "--talk", "all", *files)
    trusted = ssl.create_default_context(cafile=certificate[0])
    try:
        with httpx.Client(
            base_url=process.url, verify=trusted, trust_env=False
        ) as browser:
            join = {"key": process.keys["alpha"]}
            answer = browser.post("/join", data=join, headers={"origin": process.url})
            assert answer.status_code == 303
            assert "secure" in answer.headers["set-cookie"].lower()
            assert "Alpha</h1>" in browser.get("/play").text
        key = program_key(process.url, process.keys, "bravo")
        with SeatClient(process.url, key, certificate=certificate[0]) as seat:
            seat.move("speak", to=["alpha"], text="over TLS")
            kinds = [v.kind for _, v in zip(range(2), seat.follow(), strict=False)]
            assert kinds == ["game_opened", "role_briefed"]
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            SeatClient(process.url, key)
        with pytest.raises(httpx.TransportError):
            httpx.get(process.url.replace("https", "http"), trust_env=False)
    finally:
        process.kill()
