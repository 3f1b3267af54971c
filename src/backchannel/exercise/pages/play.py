"""From a screen to HTML: whole pages, and the parts that change while one looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from backchannel.exercise.pages import words
from backchannel.exercise.pages.calendar import (
    Calendar,
    date_pattern,
    months,
    span,
)
from backchannel.exercise.pages.names import Names, as_words
from backchannel.exercise.pages.numbers import count, number, percent
from backchannel.exercise.pages.player_forms import (
    entry_forms,
    has_left,
    player_forms,
)
from backchannel.exercise.pages.texts import Tongue, tongue
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen


def join_page(key: str, *, language: str = "en") -> str:
    """Make the page behind a join link: one button, so that looking costs nothing."""
    return render_plain("join.html", language, key=key)


def role_page(role: str, screen: Screen, guard: str, *, language: str = "en") -> str:
    """Make the page of a role.

    Parameters
    ----------
    role : whose page it is
    screen : what the role knows, from `screen_of`
    guard : word that every form sends back, to show that this page posted it
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page; nothing on it that the screen does not hold
    """
    return render_screen("room.html", role, screen, guard, language)


def role_parts(role: str, screen: Screen, guard: str, *, language: str = "en") -> str:
    """Make the parts of a role's page that change, each to take its old place.

    Parameters and errors are those of `role_page`.
    """
    return render_screen("room_parts.html", role, screen, guard, language)


def wrong_page(why: str, back: str, *, language: str = "en") -> str:
    """Make the page for a request that cannot be met: why, and a way back."""
    return render_plain("wrong.html", language, why=why, back=back)


def refusal_fragment(why: str, *, language: str = "en") -> str:
    """Make what a script puts into the line for refusals."""
    return render_plain("refusal_line.html", language, message=why)


def refusal(why: str, *, language: str = "en") -> str:
    """Make the line that tells why a move was refused; empty, it clears the line."""
    template = _environment(language).get_template("refusal.html")
    return template.render(message=why, is_swapped=True)


def render_plain(name: str, language: str, **shown: Any) -> str:
    """Fill a template that shows no screen; every text is escaped."""
    return _environment(language).get_template(name).render(**shown)


def render_screen(
    name: str,
    role: str,
    screen: Screen,
    guard: str,
    language: str,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """Fill a template with a screen.

    Parameters
    ----------
    name : of the template; one that ends in `_parts.html` is swapped into a page
    role, screen, guard, language : as for `role_page`
    extra : what else the template shows, by name

    Returns
    -------
    str : HTML; every text is escaped
    """
    _ = tongue(language)
    names = Names(screen.crisis, _)
    calendar = Calendar.of(screen.crisis.get("crisis_now", "unknown"))
    return (
        _environment(language)
        .get_template(name)
        .render(
            role=role,
            screen=screen,
            guard=guard,
            forms=player_forms(screen, _),
            forms_of=lambda shelf, name: entry_forms(screen, shelf, name, _),
            say=partial(calendar.say, _=_),
            names=names,
            title_of=names.role,
            level_title=names.level,
            package_title=names.term,
            phases=words.phase_words(_),
            happened=(
                words.watched_words(_) if role == FACILITATOR else words.event_words(_)
            ),
            statuses=words.order_words(_),
            question_said=partial(words.question_said, role=names.role, _=_),
            players_of=words.player_words(_),
            answers=words.answer_words(_),
            outcomes=words.outcome_words(_),
            readings=words.reading_words(_),
            handlings=words.handling_words(_),
            looks=words.look_words(_),
            has_left=lambda entry: has_left(screen, entry),
            signal_words=partial(words.signal_words, role=names.role, _=_),
            precedences=words.precedence_words(_),
            caveats_of=partial(words.caveat_list, _=_),
            condition_words=lambda condition: words.condition_words(
                condition,
                names.issue,
                names.role,
                _,
            ),
            is_swapped=name.endswith("_parts.html"),
            **(extra or {}),
        )
    )


def _environment(language: str) -> Environment:
    return _environment_in(tongue(language))


@cache
def _environment_in(_: Tongue) -> Environment:
    environment = Environment(
        loader=PackageLoader("backchannel.exercise.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": _spoken(_),
        "plural": _.plural,
        "number": partial(number, _=_),
        "row": partial(words.row, _=_),
        "as_words": as_words,
        "count_of": partial(count, _=_),
        "percent": partial(percent, _=_),
        "span": partial(span, _=_),
        "language": _.language,
        "direction": _.direction,
        "months": months(_),
        "date_pattern": date_pattern(_),
    }
    environment.filters |= {
        "strong": Markup("<b>{}</b>").format,
        "code": Markup("<code>{}</code>").format,
        "time": Markup("<time>{}</time>").format,
    }
    return environment


def _spoken(_: Tongue) -> Callable[..., str]:
    """Translate a text for a template; its values are escaped, as all else there."""

    def spoken(text: str, **values: Any) -> str:
        said = _(text)
        return escape(said).format(**values) if values else said

    return spoken
