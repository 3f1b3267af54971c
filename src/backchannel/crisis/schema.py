"""The JSON Schema of crisis files, so that editors complete and check them."""

from __future__ import annotations

from typing import Any

from backchannel.crisis.model import Crisis


def json_schema() -> dict[str, Any]:
    """Describe the crisis file format.

    Returns
    -------
    dict : a JSON Schema (2020-12); names that refer to other places of the file are
        checked by `load` only
    """
    schema = Crisis.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:backchannel:crisis:1",
        **schema,
        "title": "Backchannel crisis file, format 1",
    }
