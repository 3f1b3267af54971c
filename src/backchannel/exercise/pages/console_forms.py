"""Forms of the console: every move that is the facilitator's, and who plays a seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backchannel.exercise.pages.deal_forms import leak_form
from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.names import Names
from backchannel.exercise.pages.words import Say
from backchannel.exercise.roles import PUBLIC, Role
from backchannel.exercise.screen import Screen

CONSOLE_MOVES = (
    *("set_clock", "step_clock", "inject", "open_channel", "reseed", "open_debrief"),
    *("leak_message", "leak_paper", "redact", "leak"),
)
"""Moves that the console offers; seats are given by `hand_over`, which makes a link."""
_EVERYONE = "*"
_SPEEDS = ("1", "10", "30", "60", "120", "360", "720")


def console_forms(
    screen: Screen, roles: Sequence[Role], channels: Mapping[str, str], _: Say
) -> Mapping[str, list[Form]]:
    """List what the facilitator can do, by the part of the page where it stands.

    Parameters
    ----------
    screen : what the facilitator sees
    roles : every seat
    channels : those that are not open, with their titles
    _ : translator of texts

    Returns
    -------
    dict : `clock` and `table` -> forms
    """
    if screen.phase == "debrief":
        return {"clock": [], "table": []}
    is_running = bool(screen.clock.get("is_running"))
    run = _pause(_) if is_running else _run(_)
    table = [_inject(roles, _), _channel(channels, _), _reseed(_), _end(_)]
    return {
        "clock": [run, _skip(_), _speed(screen, _), _step(_)],
        "table": [form for form in table if form is not None],
    }


def _run(_: Say) -> Form:
    on = Field("is_running", "", "hidden_on")
    return Form("set_clock", "", _("Run"), (on,), is_small=True, key="run")


def _pause(_: Say) -> Form:
    off = Field("is_running", "", "hidden_off")
    return Form("set_clock", "", _("Pause"), (off,), is_small=True, key="pause")


def _skip(_: Say) -> Form:
    """To the next thing that happens by itself: months of waiting in a few clicks."""
    field = Field("to_next", "", "hidden_on")
    label = _("To the next event")
    return Form("step_clock", "", label, (field,), is_small=True, key="next")


def _speed(screen: Screen, _: Say) -> Form:
    now = f"{screen.clock.get('speed', 60.0):g}"
    choices = _SPEEDS if now in _SPEEDS else (now, *_SPEEDS)
    speed = Field(
        "speed",
        _("Hours of the crisis in an hour"),
        "choice_number",
        tuple((speed, speed) for speed in choices),
        value=now,
    )
    return Form("set_clock", "", _("Set speed"), (speed,), key="speed")


def _step(_: Say) -> Form:
    hours = Field(
        "hours", _("Hours to let pass at once"), "number", value="1", low=0.0, high=1e4
    )
    return Form("step_clock", "", _("Step"), (hours,))


def _inject(roles: Sequence[Role], _: Say) -> Form:
    everyone: Options = (
        (_EVERYONE, _("everybody")),
        *((role.name, role.title) for role in roles if role.name != PUBLIC),
    )
    return Form(
        "inject",
        _("Tell some roles something"),
        _("Tell"),
        (Field("to", _("To"), "list", everyone), Field("text", _("Text"), "text")),
    )


def _channel(channels: Mapping[str, str], _: Say) -> Form | None:
    if not channels:
        return None
    field = Field("channel", _("Channel"), "choice", tuple(channels.items()))
    return Form(
        "open_channel",
        _("Open a channel"),
        _("Open it"),
        (field,),
        note=_("Also one that did not exist at the time, to see what it would change."),
    )


def _reseed(_: Say) -> Form:
    seed = Field("seed", _("Seed"), "number", value="2", low=0.0, high=2.0**53)
    return Form(
        "reseed",
        _("Draw new luck"),
        _("Draw"),
        (seed,),
        note=_("For what is still to come; hidden numbers of the world stay."),
    )


def _end(_: Say) -> Form:
    return Form(
        "open_debrief",
        _("End the game"),
        _("Open everything to everybody"),
        note=_("This cannot be taken back: every role then sees every event."),
    )


def seat_form(role: Role, _: Say) -> Form:
    """Who plays a seat from now on; a link or key given before is void."""
    players: Options = (
        ("person", _("a person")),
        ("script", _("a script")),
        ("program", _("a program")),
        ("nobody", _("nobody: the rules of the file")),
    )
    n_players = 1 if role.kind == "observer" else len(players)
    return Form(
        "hand_over",
        "",
        _("Hand over"),
        (
            Field("role", "", "hidden", value=role.name),
            Field("by", _("Who plays it"), "choice", players[:n_players]),
        ),
        key=role.name,
    )


def leak_message_form(message: str, _: Say) -> Form:
    """Let a message out."""
    this = Field("message", "", "hidden", value=message)
    return Form("leak_message", "", _("Leak it"), (this,), is_small=True, key=message)


def paper_forms(screen: Screen, name: str, _: Say) -> list[Form]:
    """Let one reader's copy of a document out; release it with words blacked out.

    Parameters
    ----------
    screen : what the facilitator sees
    name : of the document
    _ : translator of texts

    Returns
    -------
    list : both forms
    """
    names = Names(screen.crisis, _)
    readers = tuple(
        (reader, f"{number}: {names.role(reader)}")
        for number, reader, *_giver in screen.papers[name].get("all_copies", ())
    )
    this = Field("paper", "", "hidden", value=name)
    whose = Field("reader", _("Copy of"), "choice", readers)
    black = Field(
        "passages",
        _("Words to black out, one passage a line"),
        "text",
        is_needed=False,
    )
    release = Form(
        "redact", _("Release it"), _("Publish"), (this, black), key=f"redact-{name}"
    )
    if screen.phase == "debrief":
        return [release]
    leak = Form("leak_paper", _("Leak a copy"), _("Leak it"), (this, whose), key=name)
    return [leak, release]


def term_forms(screen: Screen, name: str, _: Say) -> list[Form]:
    """Plan that a private term of an agreement comes out.

    Parameters
    ----------
    screen : what the facilitator sees
    name : of the agreement
    _ : translator of texts

    Returns
    -------
    list : one form, none where nothing is private
    """
    entry, names = screen.agreements[name], Names(screen.crisis, _)
    private = tuple(
        (issue, names.issue(issue))
        for issue, text in entry.get("package", {}).items()
        if text.endswith("(private)") and issue not in entry.get("out", ())
    )
    if not private or screen.phase == "debrief":
        return []
    this = Field("agreement", "", "hidden", value=name)
    term = Field("issue", _("Term"), "choice", private)
    return [leak_form((this, term), name, _)]
