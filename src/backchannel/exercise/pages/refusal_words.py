"""Why a move was refused, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backchannel.exercise.pages.texts import Tongue
from backchannel.exercise.pages.words import field_words
from backchannel.exercise.refusals import REASONS


def refusal_words(
    code: str,
    place: str,
    values: Mapping[str, Any],
    crisis: Mapping[str, Any],
    _: Tongue,
) -> str:
    """Put a refusal into a sentence.

    Parameters
    ----------
    code, place, values : of the `MoveRefusedError`
    crisis : what everybody knows of it, for the titles of what is named; may be empty
    _ : translator of texts

    Returns
    -------
    str : the field as its form calls it, what is wrong, and what would be right

    >>> refusal_words("text_missing", "send.text", {}, {}, Tongue("en"))
    'Text: is missing; give a text.'
    """
    named = {key: _named(key, value, values, crisis) for key, value in values.items()}
    said = _(REASONS[code]).format(**named)
    known = values.get("known")
    if known:
        said = _("{reason}; known here: {names}").format(
            reason=said, names=", ".join(_title(crisis, str(n)) for n in known)
        )
    elif known is not None:
        said = _("{reason}; there is none now").format(reason=said)
    field = field_words(_).get(place.rpartition(".")[2], "")
    if field:
        return _("{field}: {reason}.").format(field=field, reason=said)
    return _("{reason}.").format(reason=said[:1].upper() + said[1:])


def _named(
    key: str, value: Any, values: Mapping[str, Any], crisis: Mapping[str, Any]
) -> str:
    """A value of a reason, by its title where the crisis has one."""
    issue = crisis.get("issues", {}).get(values.get("issue"), {})
    if key == "level" and issue:
        return str(issue["levels"].get(value, value))
    if key == "issue" and issue:
        return str(issue["title"])
    return str(value)


def _title(crisis: Mapping[str, Any], name: str) -> str:
    issue = crisis.get("issues", {}).get(name, {})
    return str(issue.get("title") or crisis.get("roles", {}).get(name, name))
