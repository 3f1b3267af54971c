"""The page at the front door: the seats of a demo, or where to find one's own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from backchannel.exercise.pages.play import render_plain
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.pages.words import player_words
from backchannel.exercise.roles import PUBLIC, Role


def lobby_page(
    title: str,
    roles: Mapping[str, Role],
    seats: Mapping[str, str],
    own: str,
    *,
    language: str = "en",
) -> str:
    """Make the front page.

    Parameters
    ----------
    title : of the crisis; empty where seats are given by links alone
    roles : every seat
    seats : who plays each: person, program or nobody
    own : role that this browser plays; empty for none
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page; it holds nothing of the game but its cast
    """
    played = [role for role in roles.values() if role.name != PUBLIC]
    played.sort(key=lambda role: list(roles).index(role.party or role.name))
    words = player_words(tongue(language))
    sides = [
        (roles[party].title if party in roles else "", list(members))
        for party, members in groupby(played, key=lambda role: role.party)
    ]
    return render_plain(
        "lobby.html",
        language,
        title=title,
        sides=sides,
        seats=seats,
        own=own,
        players=words | {"program": words["script"]},
    )
