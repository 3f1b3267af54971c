"""The brief as Markdown, with its figures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backchannel.report.records import Answer, Brief, Input, Number, Section, Statement
from backchannel.report.records import Table as BriefTable
from backchannel.report.wording import counted, span_of_time

_SPECIAL = re.compile(r"([\\`*_{}\[\]|~$#])")
_TAG = re.compile(r"<(?!\d)")
_LEADING = re.compile(r"^([-+=]|\d+[.)])(?=\s)")


def escaped(text: str) -> str:
    """Write a text of the file so that Markdown shows it as it stands."""
    text = text.replace("&", "&amp;").replace(">", "&gt;")
    # A sign before a figure opens no tag, and reads better as it is.
    text = _TAG.sub("&lt;", text)
    return _LEADING.sub(r"&#8203;\1", _SPECIAL.sub(r"\\\1", text))


def render_markdown(brief: Brief) -> str:
    """Write the whole brief as Markdown.

    Returns
    -------
    str : with figures linked as `figures/KEY.svg`, and every number linked to the row
        that says how it was made
    """
    lines = [
        *_opening(brief),
        *(line for section in brief.sections for line in _section(section)),
        *_made(brief),
        *_inputs(brief),
        *[f"[{a.key}]: #made-{a.key}" for a in brief.answers],
    ]
    return "\n".join(lines) + "\n"


def _opening(brief: Brief) -> Iterator[str]:
    head = brief.heading
    yield f"# {escaped(head.title)}"
    yield ""
    yield (
        f"As of {escaped(head.now)}, looking {span_of_time(head.horizon_hours)} ahead. "
        f"File `{head.file}`, {counted(head.n_draws, 'draw')}, seed {head.seed}."
    )
    if head.about:
        yield from ("", escaped(head.about))
    yield from ("", "## The bottom line", "")
    yield from (f"- {_linked(s)}" for s in brief.bottom_line)
    yield from ("", "**What this rests on**", "")
    yield from (f"- {escaped(text)}" for text in brief.conditions)
    yield from ("", "**What this brief does not answer**", "")
    yield from (f"- {escaped(text)}" for text in brief.not_answered)
    yield ""


def _linked(statement: Statement) -> str:
    return "".join(
        f"[{escaped(p.text)}][{p.answer}]" if isinstance(p, Number) else escaped(p)
        for p in statement.parts
    )


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {section.number}. {section.question}", "")
    for statement in section.statements:
        yield from (_linked(statement), "")
    for table in section.tables:
        if table.where == "page":
            yield from _table(table)
    for figure in section.figures:
        head = figure.head
        yield f"![{escaped(head.alt)}](figures/{head.key}.svg)"
        yield ""
        yield f"*{escaped(head.title)}.* How made: [{head.answer}][{head.answer}]."
        yield ""


def _table(table: BriefTable) -> Iterator[str]:
    yield (f"**{escaped(table.caption)}** (how made: [{table.answer}][{table.answer}])")
    yield ""
    yield _row([escaped(column) for column in table.columns])
    yield _row(["---"] * len(table.columns))
    for row in table.rows:
        yield _row([escaped(cell.text) for cell in row])
    yield ""
    if table.note:
        yield from (escaped(table.note), "")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _made(brief: Brief) -> Iterator[str]:
    yield from ("## How each answer was made", "")
    for answer in brief.answers:
        yield from _answer(answer)


def _answer(answer: Answer) -> Iterator[str]:
    yield f'<a id="made-{answer.key}"></a>**{escaped(answer.title)}** (`{answer.key}`)'
    yield ""
    yield f"- Method: {escaped(answer.method)}"
    yield f"- Status: {answer.status}: {escaped(answer.advice)}"
    seed = "none, no chance is involved" if answer.seed is None else str(answer.seed)
    yield f"- Seed: {seed}; draws: {answer.n_draws:,}"
    for check in answer.checks:
        yield f"- Check: {escaped(check)}"
    if answer.inputs:
        keys = ", ".join(f"`{path}`" for path in answer.inputs)
        yield f"- Rests on: {keys}"
    yield ""


def _inputs(brief: Brief) -> Iterator[str]:
    yield from ("## Every number of the file", "")
    yield _row(["what", "value", "certainty", "source", "line"])
    yield _row(["---"] * 5)
    for row in brief.inputs:
        yield _row(_input(row))
    yield ""
    if brief.sources:
        yield from ("## Sources", "")
        for source in brief.sources:
            where = f", {escaped(source.where)}" if source.where else ""
            seen = f" ({escaped(source.how_seen)})" if source.how_seen else ""
            yield f"- `{source.key}` {escaped(source.title)}{where}{seen}"
        yield ""


def _input(row: Input) -> list[str]:
    value = f"{row.value} (private)" if row.is_private else row.value
    return [
        f"{escaped(row.title)} `{row.path}`",
        escaped(value),
        row.certainty,
        escaped(", ".join(row.sources)),
        str(row.line) if row.line else "",
    ]
