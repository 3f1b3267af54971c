"""Answers to requests that cannot be met: a page for people, a line for programs.

Each answer has a status, a code for good and a text; none says anything of a game.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)

from backchannel.base.errors import MoveRefusedError
from backchannel.exercise.pages.play import refusal_fragment, wrong_page
from backchannel.exercise.pages.refusal_words import refusal_words
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.refusals import to_translate
from backchannel.exercise.server.access import COOKIE, bearer_of, language_of
from backchannel.exercise.server.guard import HEADERS

_ = to_translate
WRONG: Mapping[str, tuple[int, str]] = {
    "unreadable": (400, _("This cannot be read; write {wanted}.")),
    "no_seat": (401, _("You have no seat here; use your join link.")),
    "facilitator_only": (403, _("This is for the facilitator alone.")),
    "link_void": (403, _("This link opens no seat; ask for a new one.")),
    "not_from_link": (403, _("This did not come from a join link; open yours.")),
    "not_own_page": (403, _("This did not come from your own page; reload it.")),
    "not_found": (404, _("There is nothing here; look at the address again.")),
    "no_such_seat": (404, _("There is no such seat; choose one of those listed.")),
    "not_allowed": (405, _("This cannot be asked for in this way; go back.")),
    "debrief_shut": (409, _("The debrief is not open yet; the facilitator opens it.")),
    "no_branch": (409, _("No game can begin there; choose an earlier hour.")),
    "refused": (409, ""),
    "too_long": (413, _("This is too long; send less at once.")),
    "unknown_host": (421, _("This server does not go by that name; use its link.")),
    "too_many": (429, _("That was too much at once; wait a second.")),
    "too_many_links": (429, _("Too many links opened no seat; wait a minute.")),
    "broken": (500, _("The server has failed at this; go back and try again.")),
    "not_stored": (503, _("It could not be stored; send it again.")),
}
"""Every wrong answer by its code: status, and text in English."""
_OF_STATUS = {404: "not_found", 405: "not_allowed"}
_NO_WAY_BACK = frozenset(("no_seat", "link_void", "unknown_host", "too_many_links"))


def wrong(request: Request, code: str, **values: str) -> Response:
    """Answer that a request cannot be met.

    Parameters
    ----------
    request : a browser's gets a page in its language, the script of a page the line to
        show there, a program a line of text, or JSON where it asks for that
    code : one of `WRONG`
    values : what the text says

    Returns
    -------
    Response : the same whatever has happened in a game
    """
    status, text = WRONG[code]
    language = language_of(request) if is_browser(request) else "en"
    said = tongue(language)(text)
    return _answer(request, status, code, said.format(**values), language)


def refused_move(request: Request, error: MoveRefusedError) -> Response:
    """Answer that a move is refused; parameters and form as for `wrong`."""
    if not is_browser(request):
        return _answer(request, 409, "refused", str(error), "en")
    language = language_of(request)
    why = refusal_words(error.code, error.place, error.values, {}, tongue(language))
    return _answer(request, 409, "refused", why, language)


def is_browser(request: Request) -> bool:
    """Whether a person reads the answer; a program has a key or asks the API."""
    is_program = bool(bearer_of(request)) or request.url.path.startswith("/api/")
    accepted = request.headers.get("accept", "")
    return not is_program and (
        "text/html" in accepted or "hx-request" in request.headers
    )


def _answer(
    request: Request, status: int, code: str, text: str, language: str
) -> Response:
    if is_browser(request):
        if "hx-request" in request.headers:
            return HTMLResponse(refusal_fragment(text, language=language), status)
        has_seat = COOKIE in request.cookies and code not in _NO_WAY_BACK
        page = wrong_page(text, "/play" if has_seat else "/", language=language)
        return HTMLResponse(page, status)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"wrong": code, "why": text}, status)
    return PlainTextResponse(f"{text}\n", status)


def on_http_error(request: Request, error: Exception) -> Response:
    """Answer for a route that there is not, or not by this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = wrong(request, _OF_STATUS.get(status, "broken"))
    response.status_code = status
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def on_failure(request: Request, _error: Exception) -> Response:
    """Answer for a mistake of the server; what it was stands in its log alone."""
    response = wrong(request, "broken")
    # It is made outside the guard, which else puts these on.
    response.headers.update(HEADERS)
    return response
