"""Forms for deals: offers and answers, mandates, assent at home, going back on it."""

from __future__ import annotations

from typing import Any

from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.names import Names
from backchannel.exercise.pages.words import Say, handling_words, reading_words
from backchannel.exercise.screen import Screen

N_CONDITIONS = 2
_BOUND = (
    "settlement_ratified",
    "settlement_held",
    "ratification_asked",
    "assent_given",
)
_OVER = ("ratification_failed", "settlement_collapsed", "agreement_denounced")


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
    forms = tuple(reading_words(_).items())
    hours = Field(
        "deadline_hours",
        _("Hours within which an answer is wanted"),
        "number",
        low=0.1,
        high=1e4,
        is_needed=False,
    )
    return (
        *package_fields(screen, _),
        hours,
        Field("form", _("Put as"), "choice", forms),
        Field(
            "answer_form",
            _("Answer wanted as"),
            hint=_("such as: clear, in principle, not wordy"),
            is_needed=False,
        ),
        handling_field(_),
        *_condition_fields(screen, _),
        Field(
            "knowers",
            _("Who knows of what is private, as you tell it"),
            hint=_("such as: the President and three more; true or not"),
            is_needed=False,
        ),
        Field("text", _("Text"), "text", is_needed=False),
    )


def _condition_fields(screen: Screen, _: Say) -> tuple[Field, ...]:
    """Two conditions to fill in; more can be put by a program."""
    names = Names(screen.crisis, _)
    titles = names.issues()
    none = ("", _("no condition"))
    kinds = (
        ("performed", _("it is performed")),
        ("secret", _("it stays secret")),
    )
    others = (
        ("term", _("the term that depends is void")),
        ("all", _("nothing of the offer holds")),
    )
    finders = (("", _("nobody")), *names.actors())
    fields = []
    for i in range(N_CONDITIONS):
        group = _("Condition {number}").format(number=i + 1)
        asked: tuple[tuple[str, str, Any, Options], ...] = (
            ("then", _("Term that depends on another"), "choice", (none, *titles)),
            ("needs", _("It depends on"), "choice", titles),
            ("kind", _("The condition is met when"), "choice", kinds),
            (
                "within_hours",
                _("Hours from ratification; empty for whenever"),
                "number",
                (),
            ),
            ("verified_by", _("Who is to find that it is so"), "choice", finders),
            ("otherwise", _("If it fails"), "choice", others),
        )
        fields += [
            Field(
                f"conditions.{i}.{name}",
                label,
                kind,
                options,
                is_needed=False,
                low=0.1 if kind == "number" else None,
                high=1e5 if kind == "number" else None,
                group=group,
            )
            for name, label, kind, options in asked
        ]
    return tuple(fields)


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
    came = "has_come" in entry and "answered" not in entry
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


def handling_field(_: Say) -> Field:
    """Captions of a message that have a rule."""
    options = tuple(handling_words(_).items())
    return Field("handling", _("Handling"), "list", options, is_needed=False)


def reading_forms(name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    """How one takes a deadline, whatever it was called."""
    if entry.get("deadline") is None or "has_come" not in entry:
        return []
    this = Field("offer", "", "hidden", value=name)
    readings = tuple(reading_words(_).items())
    taken = Field("as", _("I take its deadline for"), "choice", readings)
    note = _("Seen by nobody before the debrief.")
    button = _("Note it")
    title = _("How do you take it?")
    return [Form("take_as", title, button, (this, taken), note, key=name)]


def leak_form(what: tuple[Field, ...], key: str, _: Say) -> Form:
    """Let something out without one's name, now or later."""
    hours = Field(
        "after_hours",
        _("In how many hours; empty for now"),
        "number",
        is_needed=False,
        low=0.0,
        high=1e5,
    )
    note = _("Everybody reads it at once. Your name is sealed until the debrief.")
    fields = (*what, hours)
    return Form("leak", _("Let it out"), _("Leak it"), fields, note, key=key)


def agreement_forms(
    screen: Screen, name: str, entry: dict[str, Any], _: Say
) -> list[Form]:
    """Assent to an agreement, break one's own promise, let it out, or denounce it."""
    this = Field("agreement", "", "hidden", value=name)
    standing = entry.get("standing", entry["status"])
    if standing == "ratification_asked" and "asks" in entry:
        assent = [_assent_form(name, this, verdict, _) for verdict in ("yes", "no")]
    else:
        assent = []
    is_over = standing in _OVER
    return [*assent, *([] if is_over else _after_signature(screen, name, entry, _))]


def _assent_form(name: str, this: Field, verdict: str, _: Say) -> Form:
    label = _("Assent") if verdict == "yes" else _("Refuse")
    field = Field("assent", "", "hidden", value=verdict)
    key = f"{verdict}-{name}"
    return Form("ratify", "", label, (this, field), is_small=True, key=key)


def _after_signature(
    screen: Screen, name: str, entry: dict[str, Any], _: Say
) -> list[Form]:
    issues = screen.crisis.get("issues", {})
    package: dict[str, str] = entry.get("package", {})
    this = Field("agreement", "", "hidden", value=name)
    done = entry.get("terms", {})
    forms = []
    private = tuple(
        (i, issues[i]["title"])
        for i, text in package.items()
        if text.endswith("(private)") and i not in entry.get("out", ())
    )
    if private:
        term = Field("issue", _("Term"), "choice", private)
        forms.append(leak_form((this, term), name, _))
    if screen.sheet.get("kind") != "leader" or entry.get("standing") not in _BOUND:
        return forms
    gives = screen.sheet.get("gives", ())
    owed = tuple(
        (i, issues[i]["title"])
        for i, text in package.items()
        if f"{i}.{text.partition(' (')[0]}" in gives and i not in done
    )
    if owed:
        issue = Field("issue", _("Term"), "choice", owed)
        button = _("Do not perform it, in secret")
        title = _("Go back on a term")
        forms.append(Form("renege", title, button, (this, issue), key=name))
    is_hurt = "failed" in entry.get("judged", {}).values()
    if is_hurt or any(kind != "term_performed" for kind in done.values()):
        text = Field("text", _("Text"), "text", is_needed=False)
        note = _("Everybody hears it. Nothing of it binds any more.")
        title, button = _("Denounce it"), _("Denounce it in public")
        forms.append(Form("denounce", title, button, (this, text), note, key=name))
    return forms
