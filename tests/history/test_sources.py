"""Every number of a shipped file says where it comes from and how sure it is."""

from collections import Counter

import pytest

from backchannel.crisis.frozen import Sourced
from backchannel.crisis.load import load, shipped_crises
from backchannel.crisis.walk import numbers_of, walk

SHIPPED = sorted(shipped_crises())


@pytest.fixture(scope="module", params=SHIPPED)
def crisis(request):
    return load(request.param)


def test_every_number_has_source_and_certainty(crisis):
    """Its own, or those of the record around it."""
    bare = [n.path for n in numbers_of(crisis) if not (n.sources and n.certainty)]
    assert bare == []


def test_every_source_named_is_declared_and_used(crisis):
    """No reference leads nowhere, no entry stands there for show."""
    named = {name for n in numbers_of(crisis) for name in n.sources}
    for _, record in walk(crisis):
        if isinstance(record, Sourced):
            named |= set(record.source)
    assert named == set(crisis.sources)
    assert all(source.title for source in crisis.sources.values())


def test_every_number_has_a_path_of_its_own():
    """Two numbers at one place would share their luck."""
    for name in SHIPPED:
        paths = Counter(n.path for n in numbers_of(load(name)))
        assert [path for path, count in paths.items() if count > 1] == []


def notes_above(crisis):
    """Key of every record that carries a note."""
    return {k for k, r in walk(crisis) if isinstance(r, Sourced) and r.note and k}


def is_explained(number, noted):
    """Whether the number or the record that holds it has a note."""
    holder = number.path.rpartition(".")[0]
    return bool(number.note) or holder in noted or holder.rpartition(".")[0] in noted


def test_an_assumed_range_says_why():
    """What history does not give is a range with a reason, and never a point."""
    cuba = load("cuba-1962")
    noted = notes_above(cuba)
    assumed = [n for n in numbers_of(cuba) if n.certainty == "assumed"]
    assert len(assumed) > 100
    assert [n.path for n in assumed if not is_explained(n, noted)] == []


def test_an_assumed_point_is_a_definition():
    """Exact assumed numbers are what cannot happen, the horizon, and arithmetic."""
    cuba = load("cuba-1962")
    points = [n for n in numbers_of(cuba) if n.certainty == "assumed" and n.is_exact]
    chosen = [n.path for n in points if n.median() != 0]
    assert all(p == "horizon" or p.endswith(".daylight") for p in chosen)


def test_judgement_is_never_called_stated():
    """A range set by the authors is assumed, whatever else it leans on."""
    cuba = load("cuba-1962")
    judged = [n for n in numbers_of(cuba) if "JUDGEMENT" in n.sources]
    assert {n.certainty for n in judged} == {"assumed"}
