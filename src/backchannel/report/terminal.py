"""The brief as one terminal page, to be read in a minute."""

from __future__ import annotations

from textwrap import wrap

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from backchannel.report.records import Brief, Section, Table
from backchannel.report.wording import shorten, span_of_time

_INDENT, _GAP = 2, 2
# Words are cut no shorter than this many cells.
_LEAST = 10
_HEAD_LINES = 2


def render_terminal(brief: Brief, console: Console) -> None:
    """Print the main page; nothing in it depends on colour.

    Parameters
    ----------
    brief : what to print
    console : where; the page fits 80 columns and is made for 100
    """
    head = brief.heading
    console.print(Text(head.title, style="bold"))
    ahead = span_of_time(head.horizon_hours)
    console.print(
        Text(f"as of {head.now}, looking {ahead} ahead · {head.file}", style="dim")
    )
    for statement in brief.bottom_line:
        _print_bullet(console, statement.text)
    for section in brief.sections:
        _print_section(console, section)
    console.print(Text(_footer(brief), style="dim"))


def _print_bullet(console: Console, text: str) -> None:
    lines = Text(text).wrap(console, console.width - _INDENT)
    for i, line in enumerate(lines):
        line.rstrip()
        console.print(Text("• " if i == 0 else "  ").append_text(line))


def _print_section(console: Console, section: Section) -> None:
    title = Text(f"{section.number} {section.question}", style="bold")
    tables = [table for table in section.tables if table.where == "terminal"]
    if not tables and section.statements:
        title.append(f" {section.statements[0].text}", style="not bold")
    console.print(title)
    for table in tables:
        grid = _grid(table, console.width - _INDENT)
        console.print(Padding(grid, (0, 0, 0, _INDENT), expand=False))


def _grid(table: Table, width: int) -> Grid:
    """Lay a table out in a width: numbers stay whole, words are cut to one line."""
    rows = [[cell.text for cell in row] for row in table.rows]
    is_words = [
        not any(row[i].numbers for row in table.rows) for i in range(len(table.columns))
    ]
    widths = _widths(table.columns, rows, is_words, width)
    grid = Grid(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for column, fixed in zip(table.columns, widths, strict=True):
        grid.add_column(Text(column), width=fixed, overflow="fold")
    for row in rows:
        cut = [
            shorten(text, w) if words else text
            for text, w, words in zip(row, widths, is_words, strict=True)
        ]
        grid.add_row(*map(Text, cut))
    return grid


def _widths(
    columns: tuple[str, ...], rows: list[list[str]], is_words: list[bool], width: int
) -> list[int]:
    """Width of each column; where they do not fit, those with words give way."""
    wanted = []
    for i, column in enumerate(columns):
        widest = max((cell_len(row[i]) for row in rows), default=0)
        # A long heading over short cells breaks once rather than push them apart.
        longest_word = max(map(len, column.split()))
        broken = next(
            w
            for w in range(longest_word, len(column) + 1)
            if len(wrap(column, w)) <= _HEAD_LINES
        )
        wanted.append(max(widest, broken))
    while sum(wanted) + _GAP * len(wanted) > width:
        giving = [i for i, w in enumerate(wanted) if w > _LEAST and is_words[i]]
        giving = giving or [i for i, w in enumerate(wanted) if w > _LEAST]
        if not giving:
            break
        wanted[max(giving, key=lambda i: wanted[i])] -= 1
    return wanted


def _footer(brief: Brief) -> str:
    head = brief.heading
    notes = [
        f" {table.note}"
        for section in brief.sections
        for table in section.tables
        if table.where == "terminal" and table.note
    ]
    return (
        f"In brackets: 90 % band, {head.n_draws:,} draws, seed {head.seed}. "
        f"Conditional on the file; no forecast.{''.join(notes)}"
    )
