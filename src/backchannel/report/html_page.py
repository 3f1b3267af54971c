"""The brief as one HTML page that needs nothing beside it."""

from __future__ import annotations

from importlib import resources

from jinja2 import DictLoader, Environment, StrictUndefined

from backchannel.report.draw import draw
from backchannel.report.figures import themed
from backchannel.report.records import Brief
from backchannel.report.wording import counted, span_of_time


def _template(name: str) -> str:
    folder = resources.files("backchannel") / "report" / "templates"
    return (folder / name).read_text(encoding="utf-8")


def render_html(brief: Brief, pictures: dict[str, str] | None = None) -> str:
    """Write the whole brief as one page: style and figures inside, no scripts.

    Parameters
    ----------
    brief : what to write
    pictures : SVG elements by key of the figure, where they are drawn already

    Returns
    -------
    str : HTML; every text of the file is escaped, every number links to how it was made
    """
    if pictures is None:
        pictures = {figure.head.key: draw(figure) for figure in brief.figures}
    environment = Environment(
        loader=DictLoader({"brief.html": _template("brief.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("brief.html").render(
        brief=brief,
        ahead=span_of_time(brief.heading.horizon_hours),
        css=_template("brief.css"),
        counted=counted,
        pictures={key: themed(svg) for key, svg in pictures.items()},
        source_ids={s.key: f"source-{i}" for i, s in enumerate(brief.sources)},
    )
