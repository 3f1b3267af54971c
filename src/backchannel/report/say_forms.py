"""Request against ultimatum: how each way of putting a deadline would be taken."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.records import Number, Part, Statement, Table, row_of, say
from backchannel.report.wording import banded, clean, number
from backchannel.settlement.deadline_forms import FormReading

ANSWER = "channel"


def _form_number(form: FormReading, what: str, value: float) -> Number:
    return number(f"form.{form.deadline}.{form.form}.{what}", "share", value, ANSWER)


def say_forms(crisis: Crisis, forms: tuple[FormReading, ...]) -> list[Statement]:
    """Say for each deadline what follows from putting it one way or the other."""
    said = []
    for deadline in dict.fromkeys(form.deadline for form in forms):
        own = [form for form in forms if form.deadline == deadline]
        title = clean(crisis.deadlines[deadline].title)
        parts: list[Part] = [f"“{title}”"]
        for i, form in enumerate(own):
            mark = " (as it was put)" if form.is_declared else ""
            opening = f"{';' if i else ''} put as {_article(form.form)}{mark}"
            parts += [
                f"{opening} it is settled in time with ",
                _form_number(form, "prob_settled", form.prob_settled),
            ]
            if form.prob_war > 0:
                war = _form_number(form, "prob_war", form.prob_war)
                parts += [" and ends in war with ", war]
        said.append(say(*parts, "."))
    return said


def _article(form: str) -> str:
    return f"an {form}" if form[0] in "aeiou" else f"a {form}"


def form_table(crisis: Crisis, forms: tuple[FormReading, ...]) -> Table:
    """Every deadline in every form: how it is read, and what follows."""
    rows = []
    for form in forms:
        seen, refused = form.prob_perceived, form.prob_refused
        name = f"form.{form.deadline}.{form.form}"
        mark = " (as it was put)" if form.is_declared else ""
        rows.append(
            row_of(
                f"{clean(crisis.deadlines[form.deadline].title)}: {form.form}{mark}",
                banded(
                    f"{name}.perceived",
                    "chance",
                    (seen.median, seen.low, seen.high),
                    ANSWER,
                ),
                banded(
                    f"{name}.refused",
                    "chance",
                    (refused.median, refused.low, refused.high),
                    ANSWER,
                ),
                _form_number(form, "prob_in_time", form.prob_in_time),
                _form_number(form, "prob_settled", form.prob_settled),
                _form_number(form, "prob_war", form.prob_war),
            )
        )
    return Table(
        key="forms",
        caption="Request or ultimatum",
        columns=(
            "deadline, put as",
            "read as an ultimatum",
            "refused for it",
            "answer in time",
            "settled in time",
            "war by the end",
        ),
        rows=tuple(rows),
        answer=ANSWER,
        where="page",
    )
