"""What each field of a record means: the text that stands below it in the source.

Read when somebody asks, for the schema and for an error; reading all of them when the
records are defined takes as long as everything else about their definition.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def field_docs(record: type) -> dict[str, str]:
    """Collect the texts below the fields of a class and of those it is made from.

    Parameters
    ----------
    record : a class with its source at hand

    Returns
    -------
    dict : name of a field to its text; a field without one is left out

    >>> from backchannel.crisis.behaviour import Range
    >>> field_docs(Range)["low"]
    'Smallest value.'
    """
    found: dict[str, str] = {}
    for base in reversed(record.__mro__):
        if base.__module__.startswith("backchannel."):
            found |= _own_docs(base)
    return found


def _own_docs(record: type) -> dict[str, str]:
    parsed = ast.parse(textwrap.dedent(inspect.getsource(record))).body[0]
    docs = {}
    for field, text in pairwise(
        parsed.body if isinstance(parsed, ast.ClassDef) else []
    ):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            docs[field.target.id] = inspect.cleandoc(text.value.value)
    return docs
