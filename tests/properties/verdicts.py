"""What may happen when somebody asks for the brief of a broken file."""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Literal, NoReturn

from rich.console import Console

from backchannel.base.errors import BackchannelError, CrisisFileError
from backchannel.cli.print_json import finite
from backchannel.crisis.load import load
from backchannel.games.bargaining.solve import solve_setting
from backchannel.report import (
    make_brief,
    render_json,
    render_markdown,
    render_terminal,
    write_brief,
)
from backchannel.study import run_study

# A probability that is a sum of many may pass 1 by this much.
ROUNDING = 1e-9
Verdict = Literal["refused", "no answer", "brief"]


class BadOutcomeError(AssertionError):
    """Something happened that a user must never see."""


def verdict_on(path: Path, n_draws: int, *, is_drawn: bool = False) -> Verdict:
    """Ask for the brief of one file.

    Parameters
    ----------
    path : the file
    n_draws : joint samples, few
    is_drawn : whether to draw the figures too, which takes several times as long

    Returns
    -------
    Verdict : `refused` with file, line and reason; `no answer`, where the file stands
        but an engine says why it cannot be answered; or a `brief` of finite numbers

    Raises
    ------
    BadOutcomeError : an error without its place or reason, or a number that is none.
    Exception : whatever else the package let through.
    """
    with warnings.catch_warnings():
        # Dividing by nought warns first and shows up as a NaN much later.
        warnings.simplefilter("error")
        try:
            crisis = load(path)
        except CrisisFileError as error:
            check_complaint(error, path)
            return "refused"
        if crisis.behaviour is not None and crisis.behaviour.game is not None:
            try:
                check_answer(json.dumps(finite(solve_setting(crisis).to_mapping())))
            except BackchannelError as error:
                check_reason(error)
        try:
            study = run_study(crisis, n_draws=n_draws, seed=1)
        except BackchannelError as error:
            check_reason(error)
            return "no answer"
        brief = make_brief(study)
        check_answer(render_json(brief))
        render_terminal(brief, Console(file=StringIO(), width=88))
        check_words(render_markdown(brief), path.read_text("utf-8"))
        if is_drawn:
            write_brief(brief, path.parent / "brief")
        return "brief"


def check_reason(error: BackchannelError) -> None:
    """Raise unless an engine that has no answer says why."""
    if not str(error).strip():
        raise BadOutcomeError(f"{type(error).__name__} says nothing") from None


def check_complaint(error: CrisisFileError, path: Path) -> None:
    """Raise unless each problem has its place in the file and says what is wrong."""
    n_lines = path.read_bytes().count(b"\n") + 1
    for problem in error.problems:
        is_placed = problem.path == str(path) and 1 <= problem.line <= n_lines + 1
        if not is_placed or not problem.wrong.strip() or not problem.right.strip():
            raise BadOutcomeError(f"not a clear error: {problem}")


def check_answer(text: str) -> None:
    """Raise unless a brief is strict JSON with finite numbers and likely chances."""
    answer = json.loads(text, parse_constant=_refuse)
    for key, number in _numbers_in("", answer):
        if not math.isfinite(number):
            raise BadOutcomeError(f"{key} is {number}")
        if (
            key.rsplit(".", 1)[-1].startswith("prob_")
            and not -1e-9 <= number <= 1 + 1e-9
        ):
            raise BadOutcomeError(f"{key} is {number}, no probability")


def check_words(page: str, file_text: str) -> None:
    """Raise if a page shows what is no number and is not a word of the file."""
    for word in re.findall(r"\b(?:nan|inf|None)\b", page):
        if word not in file_text:
            raise BadOutcomeError(f"the page shows {word}")


def _refuse(constant: str) -> NoReturn:
    raise BadOutcomeError(f"the brief holds {constant}")


def _numbers_in(key: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _numbers_in(f"{key}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers_in(key, inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, value
