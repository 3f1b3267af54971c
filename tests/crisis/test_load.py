"""The reader reports every problem at once, each with file, line, key and remedy."""

import pytest

from backchannel.base.errors import CrisisFileError
from backchannel.crisis.load import build, load, load_mapping, shipped_crises
from backchannel.crisis.starter import starter_text
from backchannel.crisis.yaml_source import parse_yaml


def read(text):
    return build(parse_yaml(text, "x.yaml"), "x.yaml")


def problems_of(text):
    with pytest.raises(CrisisFileError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def edited(*changes):
    """The starter file with pieces of text replaced; each piece must occur."""
    text = starter_text("my-crisis")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_with(text, piece):
    return next(i for i, line in enumerate(text.splitlines(), 1) if piece in line)


@pytest.mark.parametrize("name", sorted(shipped_crises()))
def test_shipped_crises_load(name):
    assert load(name).name == name


def test_the_starter_file_is_a_valid_crisis():
    assert read(starter_text("my-crisis")).parties == ("north", "south")


def test_all_problems_come_at_once_with_line_and_key():
    text = edited(("kind: party, deliberation", "knd: party, deliberation"))
    text = text.replace("horizon: 4 d", "horizon: 4")
    found = problems_of(text)
    assert len(found) == 3
    north, horizon = line_with(text, "title: North, knd"), line_with(text, "horizon: 4")
    assert f"x.yaml:{horizon}: horizon: '4' has no unit" in found[0]
    assert f"x.yaml:{north}: actors.north.kind: is missing" in "\n".join(found)
    assert "Did you mean 'kind'?" in "\n".join(found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  north: {title", "  USA: {title", "Write usa"),
        ("compartment: envoys", "compartment: ward", "Add it under `compartments`"),
        ("now: 2030-01-31 18:00 UTC", "now: 2030-01-31 18:00 EDT", "several clocks"),
        ("now: 2030-01-31 18:00 UTC", "now: 2030-01-31 6:00 PM", "from 00 to 23"),
        ("now: 2030-01-31 18:00 UTC", "now: 31/01/2030 18:00Z", "YYYY-MM-DD"),
        ("withdraw: 8", "withdraw: {worth: 0,7}", "decimal comma"),
        ("title: Sanctions", "title: Sanctions: all", "in quotes"),
        ("  north: {title", "\tnorth: {title", "indent with spaces"),
        (
            (
                "private:\n          compartment: envoys\n"
                "          penalty_if_leaked: {north: 5}"
            ),
            "note: quiet",
            "add private: {compartment: NAME}",
        ),
        ("giver: south", "giver: sauth", "Did you mean 'south'?"),
        ("of: north", "of: parliament", "'parliament' is not a party"),
        ("compartment: envoys", "compartment: envoy", "Did you mean 'envoys'?"),
        ("harmed: north", "harmed: generals", "'generals' is not a party"),
        ("harmed: north", "harmed: south", "harms south, not north"),
        ("start: {rung: standoff}", "start: {rung: war}", "rung short of war"),
        ("now: on", "now: maybe", "'maybe' is not a setting"),
        ("leaves: heat", "leaves: heet", "Did you mean 'heat'?"),
        ("up: [0.05, 0.2], down: [0.1, 0.3]", "up: 0.8, down: 0.3", "add up to 1.1"),
        ("rule: veto", "rule: quota", "no quota"),
        ("withdraw: [15, 30]", "wihdraw: [15, 30]", "Did you mean 'withdraw'?"),
        ("withdraw: [15, 30]", "stay: 3", "worth 0 by definition"),
        ("withdraw: 8", "withdraw: unknown, leave: 2", "'leave' is not a level"),
        ("south: [-10, -3]", "sud: [-10, -3]", "says nothing for 'south'"),
        ("source: AUTHOR", "source: NOBODY", "'NOBODY' is not a source"),
        ("lead_time: [3 d, 7 d]", "lead_time: unknown", "answers rest on it"),
        ("lead_time: [3 d, 7 d]", "lead_time:", "has no value"),
        ("visibility: [public, private]", "visibility: [public]", "does not allow it"),
        ("status: in_force", "status: inforce", "Did you mean 'in_force'?"),
        ("backchannel: 1", "backchannel: 2", "is 2"),
        ("deliberation: [1 h, 4 h]}", "of: south}", "is given for a party"),
        ("kind: constituency, of: north,", "kind: constituency,", "of nobody"),
        ("horizon: 4 d", "horizon: 0 d", "above 0"),
        ("horizon: 4 d", "horizon: 4 d\nhorizon: 5 d", "given twice"),
        ("cap: 2", "cap: 0", "between 1 and 50"),
        ("cooling: 12 h", "cooling: 0 h", "above 0 throughout"),
        ("latency: [3 h, 9 h]", "latency: 0 h", "takes some time"),
        ("response: {climb: 1}", "response: {}", "gives 0 responses"),
        ("threshold: [-6, 0]", "position: firm", "has no threshold"),
        ("prob_fires: [0.2, 0.6]", "prob_fires: .nan", "finite"),
        ("{title: They stay}", "{title: They stay, after: [sanctions.lift]}", None),
    ],
)
def test_each_mistake_names_its_line_and_the_remedy(old, new, words):
    text = edited((old, new))
    if words is None:
        read(text)
        return
    found = problems_of(text)
    assert any(words in problem for problem in found), found
    assert all(problem.startswith("x.yaml:") for problem in found)


def test_terms_that_wait_for_each_other_are_refused():
    text = edited(
        ("giver: south\n", "giver: south\n        after: [sanctions.lift]\n"),
        ("giver: north\n", "giver: north\n        after: [troops.withdraw]\n"),
    )
    assert any("waits for itself" in problem for problem in problems_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "- a\n- b",
        "a: [1, 2",
        "a: &x [*x]",
        "a: &x 1\nb: &x 2",
        'a: "\\ud800"',
        '"\\ud800": 1',
        "a: !!python/object:os.system ls",
        "a:\n\tb: 1",
        "? [1, 2]\n: 3",
        "a: " + "[" * 500 + "]" * 500,
        "a: 1e999",
        "\x00",
        "a: " + "9" * 5000,
    ],
)
def test_what_is_no_crisis_gets_one_clear_error(text):
    found = problems_of(text)
    assert all(problem.startswith("x.yaml") for problem in found)


def test_an_alias_bomb_is_stopped():
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert "without end" in problems_of("\n".join(rows))[0]


def test_a_missing_file_lists_the_shipped_names():
    with pytest.raises(CrisisFileError, match=r"Did you mean 'strait'"):
        load("strate")


def test_python_values_load_like_a_file():
    with pytest.raises(CrisisFileError, match=r"crisis: actors: is missing"):
        load_mapping({"backchannel": 1})


def test_the_digest_follows_the_content_not_the_comments():
    text = starter_text("my-crisis")
    same = read(text + "\n# a remark\n")
    other = read(text.replace("cap: 2", "cap: 3"))
    assert read(text).digest == same.digest != other.digest


def test_numbers_inherit_the_nearest_source_and_certainty():
    text = edited(
        ("  AUTHOR: {", "  PAPER: {title: A paper}\n  AUTHOR: {"),
        ("harmed: north\n", "harmed: north\n      source: PAPER\n"),
        ("leaves: heat\n", "leaves: heat\n      certainty: observed\n"),
    )
    crisis = read(text)
    hazard = crisis.escalation.incidents["patrol_shot_at"].hazard
    assert (hazard.sources, hazard.certainty) == (("PAPER",), "observed")
    assert (crisis.horizon.sources, crisis.horizon.certainty) == (
        ("AUTHOR",),
        "assumed",
    )
