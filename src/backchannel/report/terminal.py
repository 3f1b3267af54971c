"""The brief as one terminal page, to be read in a minute."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from backchannel.report.records import Brief, Section, Table
from backchannel.report.wording import span_of_time

_INDENT = 2


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
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row("•", Text(text))
    console.print(grid)


def _print_section(console: Console, section: Section) -> None:
    console.print(Text(f"{section.number} {section.question}", style="bold"))
    tables = [table for table in section.tables if table.where != "page"]
    if not tables:
        for statement in section.statements[:1]:
            console.print(Padding(Text(statement.text), (0, 0, 0, _INDENT)))
    for table in tables:
        console.print(Padding(_grid(table), (0, 0, 0, _INDENT)))


def _grid(table: Table) -> Grid:
    grid = Grid(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    for i, column in enumerate(table.columns):
        grid.add_column(
            Text(column), overflow="fold", ratio=None, min_width=6 if i else 12
        )
    for row in table.rows:
        grid.add_row(*(Text(cell.text) for cell in row))
    return grid


def _footer(brief: Brief) -> str:
    head = brief.heading
    return (
        f"In brackets: 90 % band over {head.n_draws:,} draws, seed {head.seed}. "
        "Conditional on the file; not a forecast."
    )
