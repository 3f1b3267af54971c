"""Forms for documents: write one, hand copies on, sign the register."""

from __future__ import annotations

from typing import Any

from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.words import Say, caveat_words
from backchannel.exercise.screen import Screen


def write_form(screen: Screen, people: Options, _: Say) -> Form:
    """Make the form for a new document.

    Parameters
    ----------
    screen : what the role knows; a report can be on any message that it has had
    people : whom it can hand copies, with their titles
    _ : translator of texts

    Returns
    -------
    Form : for the move `write_paper`
    """
    came = [
        (name, entry["text"][:40] or _("a message without words"))
        for name, entry in screen.messages.items()
        if "text" in entry
    ]
    fields = (
        Field("title", _("Title")),
        Field("text", _("Text"), "text"),
        Field("to", _("Copies for"), "list", people, is_needed=False),
        Field(
            "caveats",
            _("Caveat"),
            "list",
            tuple(caveat_words(_).items()),
            is_needed=False,
        ),
        Field(
            "about",
            _("Reports on"),
            "choice",
            (("", _("no message")), *came),
            is_needed=False,
        ),
    )
    note = _("Every copy is numbered, and a leaked one can be told from the others.")
    return Form("write_paper", _("Write a document"), _("File it"), fields, note)


def paper_forms(
    people: Options, name: str, entry: dict[str, Any], _: Say
) -> list[Form]:
    """Make what can be done with a document that one holds.

    Parameters
    ----------
    people : whom one can hand copies
    name, entry : the document as it stands on the screen
    _ : translator of texts

    Returns
    -------
    list : sign the register, and hand it on where it does not say `no_copies`
    """
    this = Field("paper", "", "hidden", value=name)
    forms = [
        Form("read_paper", "", _("I have read it"), (this,), is_small=True, key=name)
    ]
    is_own = entry.get("copy_number") == 1
    if people and (is_own or "no_copies" not in entry.get("caveats", ())):
        to = Field("to", _("Copies for"), "list", people)
        forms.append(
            Form("hand_on", _("Pass copies on"), _("Hand it on"), (this, to), key=name)
        )
    return forms
