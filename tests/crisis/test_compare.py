"""Two records side by side: the same, different, on one side only, cut out."""

import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.compare import compare_records
from backchannel.crisis.load import load, load_mapping
from backchannel.crisis.starter import starter_text
from backchannel.crisis.yaml_source import parse_yaml


@pytest.fixture(scope="module")
def cuba():
    return load("cuba-1962")


def two_records(a, b):
    """The starter crisis with two records of one contact."""
    tree = parse_yaml(starter_text("my-crisis"), "x.yaml")
    tree["contacts"] = {"talk": {"title": "A talk"}}
    records = {"first": a, "second": b}
    tree["records"] = {
        name: {"title": name, "contact": "talk", **record}
        for name, record in records.items()
    }
    return load_mapping(tree)


def kinds(a, b):
    """Kind of every row, by topic."""
    result = compare_records(two_records(a, b), "first", "second")
    return {row.topic: row.kind for row in result.rows}


def test_statements_are_compared_by_topic():
    """The same words, other words, a topic on one side, a topic left open."""
    a = {"said": {"says": "yes"}, "when": {"says": "soon"}, "who": {"says": "unknown"}}
    b = {"said": {"says": "yes"}, "when": {"says": "late"}, "who": {"says": "an envoy"}}
    found = kinds({"statements": a}, {"statements": b | {"where": {"says": "here"}}})
    assert found == {
        "said": "same",
        "when": "differs",
        "who": "only in B",
        "where": "only in B",
        "kind": "same",
    }


def test_a_cut_passage_counts_as_deleted():
    """Only a redaction of the passage that the other record names hides a topic."""
    cut = {"spans": [{"kind": "redaction", "paragraph": "2", "length": 3}]}
    told = {"statements": {"name": {"says": "a name", "paragraph": "2"}}}
    elsewhere = {"statements": {"name": {"says": "a name", "paragraph": "3"}}}
    note = {"spans": [{"kind": "editorial", "paragraph": "2"}]}
    assert kinds(cut, told)["name"] == "deleted in A"
    assert kinds(told, cut)["name"] == "deleted in B"
    assert kinds(cut, elsewhere)["name"] == "only in B"
    assert kinds(note, told)["name"] == "only in B"


def test_times_and_handling_are_compared():
    """An unknown copy number is no copy number; one instant in two zones is one."""
    a = {"times": {"sent_at": "1962-10-28T14:04Z"}, "copy_number": "unknown"}
    b = {"times": {"sent_at": "1962-10-28 09:04 America/New_York"}, "copy_number": "2"}
    found = kinds(a, b)
    assert found["sent_at"] == "same"
    assert found["copy_number"] == "only in B"
    later = {"times": {"sent_at": "1962-10-28 09:05 America/New_York"}}
    assert kinds(a, later)["sent_at"] == "differs"


def test_a_record_is_the_same_as_itself(cuba):
    """Nothing differs, whatever its zones, cuts and unknown labels."""
    for name in ("cable_27oct", "cable_25oct_copy_12"):
        assert compare_records(cuba, name, name).differences == ()


def test_sides_can_be_changed(cuba):
    """A and B change places and nothing else."""
    one = compare_records(cuba, "cable_25oct_ministry", "cable_25oct_copy_12")
    other = compare_records(cuba, "cable_25oct_copy_12", "cable_25oct_ministry")
    turned = {"A": "B", "B": "A"}
    kinds = {row.topic: row.kind for row in other.rows}
    for row in one.rows:
        head, letter = row.kind[:-1], row.kind[-1]
        assert kinds[row.topic] == head + turned.get(letter, letter)


def test_it_prints_both_sides(cuba):
    """The text names both records, every difference, and what agrees."""
    text = str(compare_records(cuba, "cable_27oct", "thirteen_days"))
    assert "A  Cable of Ambassador Dobrynin" in text
    assert "deal: differs" in text
    assert max(len(line) for line in text.splitlines()) <= 88


def test_records_of_two_contacts_are_refused(cuba):
    """Only records of one contact can be laid side by side."""
    with pytest.raises(ModelError, match="two records of one contact"):
        compare_records(cuba, "cable_27oct", "memo_24oct")
    with pytest.raises(ModelError, match="cable_27oct"):
        compare_records(cuba, "cable_27okt", "memo_24oct")
