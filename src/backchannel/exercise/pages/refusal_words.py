"""Why a move was refused, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from backchannel.exercise.pages.names import Names
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
    names = Names(crisis, _)
    named = {key: _named(key, value, values, names) for key, value in values.items()}
    if "wanted" in values:
        wanted = map(names.level_of, str(values["wanted"]).split(" or "))
        either = _("{one} or {other}")
        named["wanted"] = reduce(lambda a, b: either.format(one=a, other=b), wanted)
    said = _(REASONS[code]).format(**named)
    known = values.get("known")
    if known:
        said = _("{reason}; known here: {names}").format(
            reason=said, names=", ".join(_title(names, str(n)) for n in known)
        )
    elif known is not None:
        said = _("{reason}; there is none now").format(reason=said)
    field = field_words(_).get(place.rpartition(".")[2], "")
    if field:
        return _("{field}: {reason}.").format(field=field, reason=said)
    return _("{reason}.").format(reason=said[:1].upper() + said[1:])


def _named(key: str, value: Any, values: Mapping[str, Any], names: Names) -> str:
    """A value of a reason, by its title where the crisis has one."""
    if key == "level" and "issue" in values:
        return names.level_alone(str(values["issue"]), str(value))
    if key == "issue":
        return names.issue(str(value))
    return str(value)


def _title(names: Names, name: str) -> str:
    known = dict((*names.issues(), *names.roles()))
    return known.get(name, name)
