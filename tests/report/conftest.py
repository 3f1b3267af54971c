import pytest

from backchannel.report import Brief
from backchannel.report.html_page import render_html
from tests.report.crises import brief_of, strait_tree


@pytest.fixture(scope="package")
def strait() -> Brief:
    """The brief of strait from few draws."""
    return brief_of(strait_tree())


@pytest.fixture(scope="package")
def strait_page(strait: Brief) -> str:
    """Its HTML page."""
    return render_html(strait)
