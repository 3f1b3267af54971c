"""Invisible marks: every reader's copy is a little different, so a leak names its copy.

A mark is 32 bits written in characters that take no width, once after every twelfth
word, so that a passage of some length carries it whole.
"""

from __future__ import annotations

import hashlib
import re

ZERO, ONE = "\u200b", "\u200c"
N_BITS = 32
WORDS_BETWEEN = 12
BLACK = "█"


def mark_for(secret: str, paper: str, copy_number: int) -> int:
    """The mark of one copy, which tells nothing to who lacks the secret of the game."""
    whole = f"{secret}:mark:{paper}:{copy_number}".encode()
    return int.from_bytes(hashlib.sha256(whole).digest()[: N_BITS // 8], "big")


def marked(text: str, mark: int) -> str:
    """Write a mark into a text.

    Parameters
    ----------
    text : what everybody reads alike
    mark : whole number below 2^32

    Returns
    -------
    str : looks the same; `marks_in` finds the number again

    >>> marks_in(marked("Nine know of it.", 77))
    {77}
    >>> unmarked(marked("Nine know of it.", 77))
    'Nine know of it.'
    """
    bits = "".join(ONE if mark >> i & 1 else ZERO for i in range(N_BITS))
    pieces = re.split(r"(\s+)", unmarked(text))
    # Words and the space between them take turns; the first word always has a mark.
    step = 2 * WORDS_BETWEEN
    return "".join(p + bits if i % step == 0 else p for i, p in enumerate(pieces))


def marks_in(text: str) -> set[int]:
    """Every whole mark that a text, or a passage of it, carries."""
    runs = re.findall(f"[{ZERO}{ONE}]{{{N_BITS}}}", text)
    return {sum((c == ONE) << i for i, c in enumerate(run)) for run in runs}


def unmarked(text: str) -> str:
    """The text without marks."""
    return text.replace(ZERO, "").replace(ONE, "")


def blackened(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Black out stretches of a text, letter by letter, leaving its spaces.

    Parameters
    ----------
    text : what is written
    spans : (first, behind the last) characters of each stretch

    Returns
    -------
    str : of the same length

    >>> blackened("close neighbours know", ((6, 16),))
    'close ██████████ know'
    """
    letters = list(unmarked(text))
    for first, end in spans:
        for i in range(max(first, 0), min(end, len(letters))):
            letters[i] = letters[i] if letters[i].isspace() else BLACK
    return "".join(letters)
