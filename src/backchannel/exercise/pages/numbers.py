"""Numbers as a language writes them."""

from __future__ import annotations

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
    text = f"{value:{'+' if has_sign else ''}.{digits}f}"
    whole, mark, part = text.partition(".")
    return _("{whole}.{part}").format(whole=whole, part=part) if mark else text


def percent(prob: float, _: Say) -> str:
    """Write a probability in whole percent.

    >>> percent(0.084, str)
    '8 %'
    """
    return _("{number} %").format(number=f"{100 * prob:.0f}")
