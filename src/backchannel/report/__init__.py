"""A study becomes a brief: terminal page, Markdown, one HTML page, JSON."""

from backchannel.base.exports import exports

# matplotlib takes half a second to load, and neither the terminal page nor the JSON
# needs it.
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
__getattr__ = exports(__name__, _HOMES)
