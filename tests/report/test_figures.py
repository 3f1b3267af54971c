import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import pytest

from backchannel.report.draw import draw, standalone
from backchannel.report.figure_records import (
    Band,
    Bar,
    ChannelFigure,
    ChannelPoint,
    FigureHead,
    FrontierFigure,
    FrontierPoint,
    HoursLeftFigure,
    HoursLeftRow,
    KnowersFigure,
    LeakCurve,
    Line,
    NamedPoint,
    PathChain,
    PathsFigure,
    PathStep,
    RiskFigure,
    SecrecyFigure,
    SecrecyRow,
    SensitivityFigure,
    Swing,
    SwingPanel,
    TimetableFigure,
)
from backchannel.report.figures import spread, themed

HOSTILE = "a <script>alert(1)</script> $\\frac & 漢字"


def figures(title: str) -> dict[str, object]:
    def head(key: str) -> FigureHead:
        return FigureHead(key, title, title, "draws")

    hours, days = (0.0, 12.0, 24.0), (0.0, 60.0, 120.0)
    rising, low, high = (0.0, 0.1, 0.2), (0.0, 0.05, 0.1), (0.0, 0.2, 0.4)
    row = Swing(title, 0.1, 0.4, 0.7)
    return {
        "hours_left": HoursLeftFigure(
            head("hours_left"),
            24.0,
            (
                HoursLeftRow(0.05, 1.0, 2.0, 3.0, 9.0, 20.0, title),
                HoursLeftRow(0.25, 4.0, 9.0, 15.0, None, None, title),
                HoursLeftRow(0.5, None, None, None, None, None, title),
            ),
        ),
        "risk": RiskFigure(
            head("risk"),
            hours,
            Line(title, rising),
            low,
            high,
            (Line(title, low),),
            ((12.0, title),),
        ),
        "paths": PathsFigure(
            head("paths"), (PathChain(0.4, (PathStep(title, "War"),)),)
        ),
        "frontier": FrontierFigure(
            head("frontier"),
            title,
            title,
            (FrontierPoint(1, 2, 0.5, True), FrontierPoint(-1, 0, 0.1, False)),
            (NamedPoint(title, 1, 2), NamedPoint("other", 1, 2)),
        ),
        "secrecy": SecrecyFigure(
            head("secrecy"),
            (SecrecyRow(title, 0.6, 0.1, None),),
            (LeakCurve(title, days, None, rising, low, high, Band(90, 60, 110)),),
        ),
        "knowers": KnowersFigure(
            head("knowers"), (title,), (title,), (("in the secret",),)
        ),
        "channel": ChannelFigure(
            head("channel"),
            (ChannelPoint(title, Band(8, 4, 16), Band(0.1, 0.0, 0.2), True),),
            ((24.0, title),),
        ),
        "timetable": TimetableFigure(
            head("timetable"),
            (
                Bar(title, title, 0, Band(90, 60, 120), True, True),
                Bar(title, "", 90, Band(90, 90, 90), False, False),
            ),
        ),
        "sensitivity": SensitivityFigure(
            head("sensitivity"), (SwingPanel(title, (row, replace(row, high=0.1))),)
        ),
    }


@pytest.mark.parametrize("key", figures(""))
def test_a_figure_is_sound_xml_and_escapes_the_text_of_the_file(key):
    svg = draw(figures(HOSTILE)[key])
    ElementTree.fromstring(standalone(svg).encode())
    assert "<script" not in svg
    assert "nan" not in svg.lower()


@pytest.mark.parametrize("key", figures(""))
def test_the_same_figure_gives_the_same_bytes(key):
    assert draw(figures("same")[key]) == draw(figures("same")[key])


def test_the_page_chooses_every_colour():
    svg = themed("".join(draw(figure) for figure in figures("plain").values()))
    for place in ("fill: #", "stroke: #", 'fill="#', 'stroke="#'):
        assert place not in svg


def test_no_two_figures_share_an_id():
    pictures = [draw(figure) for figure in figures("plain").values()]
    ids = [part.split('"')[0] for svg in pictures for part in svg.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_labels_are_spread_to_the_least_gap_and_stay_inside():
    placed = spread([0.5, 0.51, 0.52, 0.99], 0.1, 0.0, 1.0)
    ordered = sorted(placed)
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(ordered))
    assert max(placed) <= 1.0


def test_figure_records_are_plain_values():
    """What a figure shows can be written as JSON."""
    from dataclasses import asdict

    for figure in figures("plain").values():
        json.dumps(asdict(figure), allow_nan=False)
