"""Five contacts with two records each: what differs is found, and only that."""

import pytest

from backchannel.crisis.compare import compare_records
from backchannel.crisis.load import load


@pytest.fixture(scope="module")
def cuba():
    return load("cuba-1962")


def test_23_october_the_declared_mandate_differs_from_the_true_one(cuba):
    """To the President: you suggested it. To Moscow: on his own initiative."""
    found = compare_records(cuba, "memo_24oct", "cable_24oct").row("mandate")
    assert found.kind == "differs"
    assert "President suggested" in found.a
    assert "own initiative" in found.b


def test_25_october_deletions_hide_the_agencies(cuba):
    """What one copy cuts, the other has; the lengths of all three cuts are shown."""
    result = compare_records(cuba, "cable_25oct_ministry", "cable_25oct_copy_12")
    for topic, agency in (("close_neighbours", "KGB"), ("distant_neighbours", "GRU")):
        found = result.row(topic)
        assert found.kind == "deleted in A"
        assert found.a == "[0.5 to 1 lines cut]"
        assert agency in found.b
    cuts = [row for row in result.rows if row.topic.startswith("redaction")]
    assert [row.kind for row in cuts] == ["only in A"] * 3
    assert result.row("rumour").kind == "same"
    assert result.row("copy_number").b == "12"


def test_26_october_each_side_names_the_other_as_proposer(cuba):
    """The terms agree; who proposed them does not."""
    result = compare_records(cuba, "scali_memo_26oct", "kgb_report_27oct")
    assert "Fomin proposes" in result.row("proposer").a
    assert "Scali proposes" in result.row("proposer").b
    assert result.row("proposer").kind == "differs"
    assert "highest authorities" in result.row("authority").b
    assert result.row("terms").kind == "same"


def test_27_october_a_deal_or_no_deal(cuba):
    """The cable has a deal, four to five months and a request; the book has none."""
    result = compare_records(cuba, "cable_27oct", "thirteen_days")
    assert "agreement on Turkey" in result.row("deal").a
    assert "No quid pro quo" in result.row("deal").b
    assert "4-5 months" in result.row("lead_time").a
    assert "short time" in result.row("lead_time").b
    assert "request" in result.row("deadline").a
    assert "statement of fact" in result.row("deadline").b
    assert result.row("place").kind == "only in B"
    assert "1.5 lines" in result.row("redaction 14").a


def test_30_october_the_memorandum_adds_the_months(cuba):
    """His own note of three days later has the months that the book leaves out."""
    result = compare_records(cuba, "memo_30oct", "thirteen_days")
    assert "4-5 months" in result.row("lead_time").a
    assert result.row("lead_time").kind == "differs"
    assert result.row("deadline").kind == "same"


def test_12_november_the_private_clause_is_on_one_side_only(cuba):
    """Only the Soviet version says that the date need not be public."""
    result = compare_records(cuba, "note_12nov_american", "report_12nov_soviet")
    assert result.row("private_clause").kind == "only in B"
    assert result.row("bombers").kind == "same"
