"""Numbers as a language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable

Say = Callable[[str], str]


def number(value: float, digits: int, _: Say, *, has_sign: bool = False) -> str:
    """Write a number with the decimal mark of a language.

    Parameters
    ----------
    value : any finite number
    digits : behind the mark
    _ : translator of texts
    has_sign : write the sign also of what is positive

    Returns
    -------
    str : such as `12.5`

    >>> number(12.5, 1, lambda text: text.replace("}.{", "},{"), has_sign=True)
    '+12,5'
    """
    text = f"{round(value, digits) + 0.0:.{digits}f}"
    text = f"+{text}" if has_sign and round(value, digits) > 0 else text
    whole, mark, part = text.partition(".")
    return _("{whole}.{part}").format(whole=whole, part=part) if mark else text


def percent(prob: float, _: Say) -> str:
    """Write a probability in whole percent.

    >>> percent(0.084, str)
    '8 %'
    """
    return _("{number} %").format(number=f"{100 * prob:.0f}")


def count(text: str, _: Say) -> str:
    """Write a count of the file as a language does; other words stay as they are.

    Parameters
    ----------
    text : a number, or a range of the file, `4 to 5`
    _ : translator of texts

    Returns
    -------
    str : such as `4 to 5`

    >>> count("4 to 5", lambda text: text.replace(" to ", " bis "))
    '4 bis 5'
    """
    ends = re.fullmatch(r"([\d.]+) to ([\d.]+)", text)
    return _("{low} to {high}").format(low=ends[1], high=ends[2]) if ends else text
