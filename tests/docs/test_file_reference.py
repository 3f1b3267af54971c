"""The page of keys is written from the records, and says what a reader needs."""

from __future__ import annotations

import importlib.util

from tests.docs.pages import ROOT

SCRIPT = ROOT / "docs" / "write_file_reference.py"


def test_the_page_is_current() -> None:
    """Run `python docs/write_file_reference.py` when this fails."""
    spec = importlib.util.spec_from_file_location("write_file_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.PAGE.read_text("utf-8") == writer.page()
    assert "| **`horizon`** | duration, such as `6 h` |" in writer.page()
    assert "|  |\n" not in writer.page()
