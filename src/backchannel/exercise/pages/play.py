"""From a screen to HTML: whole pages, and the parts that change while one looks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from backchannel.exercise.pages import words
from backchannel.exercise.pages.calendar import Calendar, span
from backchannel.exercise.pages.player_forms import entry_forms, player_forms
from backchannel.exercise.pages.texts import texts
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
    _ = texts(language).gettext
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
            say=calendar.say,
            span=span,
            title_of=lambda role: _title(screen.crisis, role),
            level_title=lambda issue, level: _level_title(screen.crisis, issue, level),
            package_title=lambda issue, text: _package_title(
                screen.crisis, issue, text, _
            ),
            phases=words.phase_words(_),
            happened=words.event_words(_),
            statuses=words.order_words(_),
            questions=words.question_words(_),
            players_of=words.player_words(_),
            answers=words.answer_words(_),
            outcomes=words.outcome_words(_),
            readings=words.reading_words(_),
            handlings=words.handling_words(_),
            condition_words=lambda condition: words.condition_words(
                condition,
                lambda issue: _issue_title(screen.crisis, issue),
                lambda role: _title(screen.crisis, role),
                _,
            ),
            is_swapped=name.endswith("_parts.html"),
            **(extra or {}),
        )
    )


def _title(crisis: Mapping[str, Any], role: str) -> str:
    return str(crisis.get("roles", {}).get(role, role))


def _package_title(
    crisis: Mapping[str, Any], issue: str, text: str, _: words.Say
) -> str:
    level, private, _rest = text.partition(" (private)")
    title = _level_title(crisis, issue, level)
    return f"{title} ({_('in private')})" if private else title


def _issue_title(crisis: Mapping[str, Any], issue: str) -> str:
    return str(crisis.get("issues", {}).get(issue, {}).get("title", issue))


def _level_title(crisis: Mapping[str, Any], issue: str, level: str) -> str:
    known = crisis.get("issues", {}).get(issue)
    if known is None:
        return f"{issue}: {level}"
    return f"{known['title']}: {known['levels'].get(level, level)}"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("backchannel.exercise.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = texts(language)
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        catalogue, newstyle=True
    )
    environment.globals["language"] = language
    return environment
