"""A study becomes a brief: terminal page, Markdown, one HTML page, JSON."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Resolved on first use: matplotlib takes half a second to load, and neither the
# terminal page nor the JSON needs it.
_HOMES = {
    "Brief": "records",
    "brief": "assemble",
    "make_brief": "assemble",
    "render_html": "html_page",
    "render_json": "json_page",
    "render_markdown": "markdown",
    "render_terminal": "terminal",
    "write_brief": "write",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'backchannel.report' has no attribute '{name}'")
    return getattr(import_module(f"backchannel.report.{_HOMES[name]}"), name)
