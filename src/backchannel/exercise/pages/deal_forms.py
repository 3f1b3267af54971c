"""Forms for deals: offers and answers, mandates, assent at home, going back on it."""

from __future__ import annotations

from typing import Any

from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.words import Say
from backchannel.exercise.screen import Screen


def levels_of(screen: Screen) -> Options:
    """Every level of every issue, as `issue.level`, with its title."""
    issues: dict[str, Any] = screen.crisis.get("issues", {})
    return tuple(
        (f"{name}.{level}", f"{issue['title']}: {title}")
        for name, issue in issues.items()
        for level, title in issue["levels"].items()
    )


def package_fields(screen: Screen, _: Say) -> tuple[Field, ...]:
    """One choice for each issue: as it is, or a level, in public or in private."""
    issues: dict[str, Any] = screen.crisis.get("issues", {})
    return tuple(
        Field(
            f"package.{name}",
            issue["title"],
            "choice",
            (("", _("as it is")), *_choices(issue["levels"], _)),
            is_needed=False,
        )
        for name, issue in issues.items()
    )


def _choices(levels: dict[str, str], _: Say) -> Options:
    private = _("in private")
    offered = list(levels.items())[1:]  # the first is the status quo
    return tuple(
        choice
        for level, title in offered
        for choice in ((level, title), (f"{level} (private)", f"{title}, {private}"))
    )


def _terms_of_offer(screen: Screen, _: Say) -> tuple[Field, ...]:
    forms = (("request", _("a request")), ("ultimatum", _("an ultimatum")))
    hours = Field(
        "deadline_hours",
        _("Answer wanted within, hours"),
        "number",
        low=0.1,
        high=1e4,
        is_needed=False,
    )
    return (
        *package_fields(screen, _),
        hours,
        Field("form", _("Put as"), "choice", forms),
        Field("conditions", _("Conditions"), is_needed=False),
        Field(
            "knowers",
            _("Who knows of what is private, as you tell it"),
            hint=_("such as: the President and three more; true or not"),
            is_needed=False,
        ),
        Field("text", _("Text"), "text", is_needed=False),
    )


def offer_form(screen: Screen, channels: Options, _: Say) -> Form | None:
    """The form of an offer; None where no channel is open."""
    if not channels:
        return None
    return Form(
        "offer",
        _("Offer a package"),
        _("Send the offer"),
        (
            Field("channel", _("Channel"), "choice", channels),
            *_terms_of_offer(screen, _),
        ),
        note=_("What is in private is told only to those who may know."),
    )


def mandate_form(screen: Screen, envoys: Options, _: Say) -> Form | None:
    """The form by which a leader tells an envoy what he may offer."""
    if not envoys or screen.sheet.get("kind") != "leader":
        return None
    fields = (
        Field("envoy", _("Envoy"), "choice", envoys),
        Field("levels", _("May offer"), "list", levels_of(screen)),
    )
    return Form("give_mandate", _("Give a mandate"), _("Give it"), fields)


def answer_forms(
    screen: Screen, name: str, entry: dict[str, Any], channels: Options, _: Say
) -> list[Form]:
    """What can be answered to an offer that came to one's side."""
    came = entry["status"] == "message_received" and "answered" not in entry
    if not came or not channels or entry.get("by") == screen.sheet.get("actor"):
        return []
    answers = (
        ("accept", _("accept")),
        ("refuse", _("refuse")),
        ("refuse_paper", _("hand the paper back")),
    )
    this = Field("offer", "", "hidden", value=name)
    way = Field("channel", _("Channel"), "choice", channels)
    text = Field("text", _("Text"), "text", is_needed=False)
    choice = Field("answer", _("Answer"), "choice", answers)
    counter = Field("answer", "", "hidden", value="counter")
    return [
        Form(
            "answer",
            _("Answer"),
            _("Send the answer"),
            (this, way, choice, text),
            key=name,
        ),
        Form(
            "answer",
            _("Answer with an offer of your own"),
            _("Send the counter-offer"),
            (this, counter, way, *_terms_of_offer(screen, _)),
            key=f"counter-{name}",
        ),
    ]


def agreement_forms(
    screen: Screen, name: str, entry: dict[str, Any], _: Say
) -> list[Form]:
    """Assent to an agreement that one was asked about; break one's own promise."""
    this = Field("agreement", "", "hidden", value=name)
    if entry["status"] == "ratification_asked":
        return [
            Form(
                "ratify",
                "",
                label,
                (this, Field("assent", "", "hidden", value=verdict)),
                is_small=True,
                key=f"{verdict}-{name}",
            )
            for verdict, label in (("yes", _("Assent")), ("no", _("Refuse")))
        ]
    if (
        entry["status"] == "settlement_ratified"
        and screen.sheet.get("kind") == "leader"
    ):
        issues = screen.crisis.get("issues", {})
        owed = tuple((i, issues[i]["title"]) for i in entry.get("package", {}))
        issue = Field("issue", _("Term"), "choice", owed)
        button = _("Do not perform it, in secret")
        return [Form("renege", _("Go back on a term"), button, (this, issue), key=name)]
    return []
