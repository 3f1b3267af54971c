"""Incident logs: what is read, and every bad row named with its line."""

import numpy as np
import pytest

from backchannel.base.errors import CrisisFileError
from backchannel.escalation.incident_log import read_incident_log

HEAD = "crisis,start,end,window,time,incident\n"
FIRST = "one,2029-03-01 00:00Z,2029-03-02 00:00Z,,2029-03-01 06:00Z,clash\n"


def read(tmp_path, text, **options):
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return read_incident_log(path, **options)


def problems(tmp_path, text, **options):
    with pytest.raises(CrisisFileError) as caught:
        read(tmp_path, text, **options)
    return [str(p).split("log.csv:", 1)[-1] for p in caught.value.problems]


def test_times_count_from_the_start_of_each_window(tmp_path):
    """Zones are minded, rows may come in any order, a window may be a length."""
    log = read(
        tmp_path,
        HEAD + FIRST
        + "one,,,,2029-03-01 03:00 +02:00,raid\n"
        + "two,2029-05-01 12:00Z,,36 h,,\n",
    )  # fmt: skip
    one, two = log.crises
    assert log.incidents == ("clash", "raid")
    np.testing.assert_allclose(one.times, [1.0, 6.0])
    assert one.kinds.tolist() == [1, 0]
    assert (one.hours, two.hours) == (24.0, 36.0)
    assert len(two.times) == 0
    assert log.counts.tolist() == [1, 1]


def test_semicolons_separate_as_well(tmp_path):
    """As a spreadsheet writes them where the comma is the decimal mark."""
    with_commas = read(tmp_path, HEAD + FIRST)
    log = read(tmp_path, (HEAD + FIRST).replace(",", ";"))
    assert log.incidents == with_commas.incidents
    np.testing.assert_array_equal(log.crises[0].times, with_commas.crises[0].times)
    (said,) = problems(tmp_path, (HEAD + FIRST).replace(",", ";") + "a;b;c;d;e;f;g\n")
    assert said.startswith("3: has 7 cells")


def test_all_bad_rows_are_named_at_once(tmp_path):
    found = problems(
        tmp_path,
        HEAD + FIRST
        + "one,,,,2029-03-01 07:00,clash\n"
        + "one,,,,2029-03-04 07:00Z,clash\n"
        + ",,,,2029-03-01 07:00Z,clash\n"
        + "one,2029-03-01 01:00Z,,,2029-03-01 07:00Z,clash\n"
        + "one,,,,,clash\n"
        + "two,2029-03-01 00:00Z,,10 parsecs,2029-03-01 07:00Z,clash\n"
        + "three,2029-03-02 00:00Z,2029-03-01 00:00Z,,,\n"
        + "one,,,,2029-03-01 07:00Z,clsh\n"
        + "a,b,c,d,e,f,g\n",
        known={"clash": 1},
    )  # fmt: skip
    said = "\n".join(found)
    for line, words in (
        (3, "time: '2029-03-01 07:00' has no zone"),
        (4, "time: clash lies outside the window of one"),
        (5, "crisis: is empty"),
        (6, "start: of one differs from an earlier row"),
        (7, "time: is empty"),
        (8, "end: of two stands in none of its rows"),
        (8, "window: '10 parsecs' has the unit 'parsecs'"),
        (9, "end: of three is not after its start"),
        (10, "incident: no 'clsh'; declared: clash. Did you mean 'clash'?"),
        (11, "has 7 cells"),
    ):
        assert any(p.startswith(f"{line}:") and words in p for p in found), said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "crisis: column is missing"),
        ("crisis,start,time,incident\n", "end: or window is missing"),
        ("crisis,start,end,time,incident,ranks\n", "ranks: is no column"),
        (HEAD, "has no rows"),
        (HEAD + "one,2029-03-01,2029-03-02 00:00Z,,,\n", "start: "),
        (HEAD + "one,2029-03-01 Europe/Oslo,2029-03-03 00:00Z,,,\n", "one instant"),
        (HEAD + "one,,,5 h,,\n", "window: has no start"),
    ],
)
def test_a_log_that_cannot_be_read(tmp_path, text, words):
    assert any(words in p for p in problems(tmp_path, text))


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(CrisisFileError, match="cannot be read"):
        read_incident_log(tmp_path)
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00crisis")
    with pytest.raises(CrisisFileError, match="not text in UTF-8"):
        read_incident_log(tmp_path / "x.csv")


def test_a_column_of_rungs_is_refused_with_the_reason(tmp_path):
    head = HEAD.replace("incident", "incident,rung")
    (said,) = problems(tmp_path, head + FIRST)
    assert "rung: cannot be used: how long each rung lasted" in said
    assert "leave the column out" in said
