"""Request against ultimatum: how each way of putting a deadline would be taken."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.records import Number, Part, Statement, Table, row_of, say
from backchannel.report.trips import TAKEN_TO_ACCEPT, if_others, runs_a_risk
from backchannel.report.wording import banded, clean, number, quoted, span_of_time
from backchannel.settlement.deadline_forms import FormReading

ANSWER = "channel"


def _form_number(form: FormReading, what: str, value: float) -> Number:
    return number(f"form.{form.deadline}.{form.form}.{what}", "share", value, ANSWER)


def say_forms(
    crisis: Crisis, forms: tuple[FormReading, ...], which: str
) -> list[Statement]:
    """Say for each deadline what follows from putting it one way or the other.

    Parameters
    ----------
    which : what the package offered is called
    """
    said = []
    for deadline in dict.fromkeys(form.deadline for form in forms):
        own = [form for form in forms if form.deadline == deadline]
        title = quoted(clean(crisis.deadlines[deadline].title))
        parts: list[Part] = []
        for form in own:
            mark = " (as it was put)" if form.is_declared else ""
            opening = "; put as" if parts else f"If {title} is put as"
            what, chance, ahead = "it", "", ""
            if not parts:
                what, chance = which, "a chance of "
                ahead = f" within {span_of_time(crisis.horizon.median())}"
            opening += f" {_article(form.form)}{mark}, {what}"
            parts += [
                f"{opening} is settled in time with {chance}",
                _form_number(form, "prob_settled", form.prob_settled),
            ]
            if runs_a_risk(crisis):
                war = _form_number(form, "prob_war", form.prob_war)
                parts += [f", and war comes{ahead} with ", war]
        given = if_others(crisis, own[0].others)
        parts.append(f". This holds {given}." if given else ".")
        said.append(say(*parts))
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
        war = _form_number(form, "prob_war", form.prob_war)
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
                *([war] if runs_a_risk(crisis) else []),
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
            *(["war by the end"] if runs_a_risk(crisis) else []),
        ),
        rows=tuple(rows),
        answer=ANSWER,
        note=TAKEN_TO_ACCEPT if any(form.others for form in forms) else "",
        where="page",
    )
