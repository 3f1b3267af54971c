"""The brief as one terminal page, to be read in a minute."""

from __future__ import annotations

import re
from io import StringIO

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from backchannel.report.records import Brief, Section, Table
from backchannel.report.wording import counted, span_of_time

_INDENT, _GAP = 2, 2
# Names give way to this many cells before numbers are broken; shorter than _READABLE
# they are broken into lines, not cut.
_LEAST, _READABLE, _NARROW = 12, 24, 6
_HEAD_LINES, _NAME_LINES = (2, 3, 4), 4
# A word with the blank after it; a number holds its unit, a hyphen lets go.
_WORD = re.compile(
    r"(?:[^\s-]|-(?!\w)| (?=%|h\b|min\b|days?\b|points?\b))+(?:-|\s*)|-\s*"
)


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
    for i, line in enumerate(_wrapped(text, console.width - _INDENT)):
        console.print(Text(f"{'• ' if i == 0 else '  '}{line}"))


def _print_section(console: Console, section: Section) -> None:
    title = Text(f"{section.number} {section.question}", style="bold")
    tables = [table for table in section.tables if table.where == "terminal"]
    if not tables and section.statements:
        title.append(f" {section.statements[0].text}", style="not bold")
    console.print(title)
    for table in tables:
        _print_table(console, table)


def table_text(table: Table, width: int) -> str:
    """A table as lines of so many cells, for a page of plain text."""
    held = StringIO()
    _print_table(Console(file=held, width=width), table)
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines())


def _print_table(console: Console, table: Table) -> None:
    width = console.width - _INDENT
    heads, rows, widths = lay_out(table, width)
    grid = Grid(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for head, fixed in zip(heads, widths, strict=True):
        grid.add_column(Text(head), width=fixed, vertical="top", no_wrap=True)
    details = table.details or ("",) * len(rows)
    for row, detail in zip(rows, details, strict=True):
        grid.add_row(*map(Text, row))
        if detail:
            # The rows so far, then a line across all columns, then on.
            console.print(_indented(grid))
            console.print(_indented(Text(f"  {_cut(detail, width - 2)}", style="dim")))
            grid = _headless(widths)
    if grid.row_count:
        console.print(_indented(grid))


def _indented(what: Grid | Text) -> Padding:
    return Padding(what, (0, 0, 0, _INDENT), expand=False)


def _headless(widths: list[int]) -> Grid:
    """The same columns without their heads."""
    grid = Grid(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, show_header=False)
    for fixed in widths:
        grid.add_column(width=fixed, vertical="top", no_wrap=True)
    return grid


def lay_out(table: Table, width: int) -> tuple[list[str], list[list[str]], list[int]]:
    """Break a table to a width: numbers stay whole, names are cut or broken.

    Parameters
    ----------
    table : its first `n_names` columns hold names
    width : cells, gaps between columns included

    Returns
    -------
    heads, rows and widths of the columns, lines separated by line feeds. No two names
    that differ look alike.
    """
    rows = [[cell.text for cell in row] for row in table.rows]
    widths = _widths(table, rows, width)
    heads = [
        "\n".join(_wrapped(head, w))
        for head, w in zip(table.columns, widths, strict=True)
    ]
    columns = []
    for i, fixed in enumerate(widths):
        texts = [row[i] for row in rows]
        if i < table.n_names:
            columns.append(_fit_names(texts, fixed))
        else:
            columns.append(["\n".join(_wrapped(text, fixed)) for text in texts])
    return heads, [list(row) for row in zip(*columns, strict=True)], widths


def _fit_names(texts: list[str], width: int) -> list[str]:
    """Cut names to one line, or break them where a cut would leave too little."""
    for n_lines in range(1 if width >= _READABLE else 2, _NAME_LINES + 1):
        fitted = [_broken(text, width, n_lines) for text in texts]
        if len(set(fitted)) == len(set(texts)):
            return fitted
    return ["\n".join(_wrapped(text, width)) for text in texts]


def _broken(text: str, width: int, n_lines: int) -> str:
    """A name in at most so many lines, with a mark where it goes on."""
    lines = _wrapped(text, width)
    if len(lines) > n_lines:
        rest = " ".join(lines[n_lines - 1 :])
        lines = [*lines[: n_lines - 1], _cut(rest, width)]
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of so many cells; a number keeps its unit."""
    lines, line = [], ""
    for word in _WORD.findall(text):
        if line and cell_len(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        pieces = chop_cells(word, width) if cell_len(word.rstrip()) > width else [word]
        lines += pieces[:-1]
        line += pieces[-1]
    return [*lines, line.rstrip()]


def _cut(text: str, width: int) -> str:
    """Cut a text to so many cells, at a word where possible, and show that."""
    if cell_len(text) <= width:
        return text
    head = chop_cells(text, width - 1)[0]
    at = head.rfind(" ")
    return (head[:at] if at > width // 2 else head).rstrip(" ,;:(") + "…"


def _widths(table: Table, rows: list[list[str]], width: int) -> list[int]:
    """Width of each column; heads are broken first, then names give way, then all."""
    widest = [
        max((cell_len(row[i]) for row in rows), default=0)
        for i in range(len(table.columns))
    ]
    room = width - _GAP * len(widest)
    wanted = list(widest)
    for n_lines in _HEAD_LINES:
        wanted = [
            max(cells, _head_width(head, n_lines))
            for cells, head in zip(widest, table.columns, strict=True)
        ]
        n_names = table.n_names
        if _READABLE * n_names + sum(wanted[n_names:]) <= room:
            break
    for least, n_giving in ((_LEAST, table.n_names), (_NARROW, len(wanted))):
        while sum(wanted) > room:
            giving = [i for i in range(n_giving) if wanted[i] > least]
            if not giving:
                break
            wanted[max(giving, key=lambda i: wanted[i])] -= 1
    return wanted


def _head_width(head: str, n_lines: int) -> int:
    """The least width at which a head takes no more than so many lines."""
    longest = max((cell_len(word.rstrip()) for word in _WORD.findall(head)), default=1)
    widths = range(longest, cell_len(head) + 1)
    fitting = (w for w in widths if len(_wrapped(head, w)) <= n_lines)
    return next(fitting, longest)


def _footer(brief: Brief) -> str:
    head = brief.heading
    notes = [
        f" {table.note}"
        for section in brief.sections
        for table in section.tables
        if table.where == "terminal" and table.note
    ]
    return (
        f"In brackets: 90 % band, {counted(head.n_draws, 'draw')}, seed {head.seed}. "
        f"Conditional on the file; no forecast.{''.join(notes)}"
    )
