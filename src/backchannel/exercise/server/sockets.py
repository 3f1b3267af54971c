"""The websocket: a role's stream out, its moves in, each acknowledged by its id."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.server.access import seat_of_socket
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Seat

CLOSE_NO_SEAT, CLOSE_TOO_FAST, CLOSE_UNREADABLE = 4403, 4429, 4400
LINES_AT_ONCE = 64


async def stream(socket: WebSocket) -> None:
    """Serve one connection: `/api/stream?after=N` resumes behind the N-th view."""
    hall: Hall = socket.app.state.hall
    found = seat_of_socket(hall, socket)
    after = socket.query_params.get("after", "0")
    if found is None or not after.isdigit():
        await socket.close(CLOSE_NO_SEAT)
        return
    await socket.accept()
    sending = asyncio.create_task(_send_views(hall, socket, found, int(after)))
    taking = asyncio.create_task(_take_moves(hall, socket, found))
    _, running = await asyncio.wait(
        (sending, taking), return_when=asyncio.FIRST_COMPLETED
    )
    for task in running:
        task.cancel()
    for task in (sending, taking):
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, OSError):
            await task


async def _send_views(hall: Hall, socket: WebSocket, seat: Seat, after: int) -> None:
    """Send what the role has seen behind `after`, then whatever is new.

    The stream itself is the queue: a reader that does not read costs nothing.
    """
    views = hall.games[seat.game].streams[seat.role]
    follower = views.follow()
    try:
        while True:
            follower.clear()
            if not is_still_seated(hall, seat):
                await socket.close(CLOSE_NO_SEAT)
                return
            while after < len(views.lines):
                lines = views.lines[after : after + LINES_AT_ONCE]
                await socket.send_text("\n".join(lines))
                after += len(lines)
            await follower.wait()
    finally:
        views.leave(follower)


async def _take_moves(hall: Hall, socket: WebSocket, seat: Seat) -> None:
    waiting: set[asyncio.Task[None]] = set()
    try:
        while True:
            text = await socket.receive_text()
            if not is_still_seated(hall, seat):
                await socket.close(CLOSE_NO_SEAT)
                return
            if not hall.may_move(seat):
                await socket.close(CLOSE_TOO_FAST)
                return
            move = read_move(text)
            if move is None:
                await socket.close(CLOSE_UNREADABLE)
                return
            # The next one need not wait for the commit of this one.
            task = asyncio.create_task(_answer(hall, socket, seat, move))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
    finally:
        for task in waiting:
            task.cancel()


async def _answer(hall: Hall, socket: WebSocket, seat: Seat, move: Move) -> None:
    answer = await take_move(hall, seat, move)
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        await socket.send_text(json.dumps(answer, ensure_ascii=False))


def is_still_seated(hall: Hall, seat: Seat) -> bool:
    """Whether the seat has not changed hands since its key was given."""
    state = hall.games[seat.game].book.state
    return state.serials.get(seat.role, 0) == seat.serial


def read_move(text: str | bytes) -> Move | None:
    """Read `{"move": kind, "id": own name for it, ...fields}`; None if it is none."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    kind, client_id = fields.pop("move", None), fields.pop("id", None)
    if not isinstance(kind, str) or not isinstance(client_id, str):
        return None
    return Move(kind, client_id, fields)


async def take_move(hall: Hall, seat: Seat, move: Move) -> dict[str, Any]:
    """Make a move and say what came of it: acknowledged, refused, or to be repeated."""
    try:
        await hall.games[seat.game].move(seat.role, move)
    except MoveRefusedError as error:
        return {
            "refused": move.client_id,
            "why": error.rule,
            "code": error.code,
            "place": error.place,
            "values": error.values,
        }
    except LedgerError:
        # The reason is for the operator's log, not for a player.
        return {"again": move.client_id, "why": "it could not be stored; send it again"}
    return {"acknowledged": move.client_id}
