"""Conflicts of the literature, against published tables or the definitions.

Of a case marked recalled in the table no publication was read; its answer is that of a
program written from the definitions alone.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from backchannel.stability import Conflict, Option, find_stable_states, from_ranking

CASES = Path(__file__).resolve().parents[3] / "shared/data/conflict/gmcr_cases.json"
pytestmark = pytest.mark.skipif(
    not CASES.is_file(), reason="the conflicts, ../shared/data/conflict, are absent"
)
NAMES = {"Nash": "nash", "GMR": "gmr", "SMR": "smr", "SEQ": "seq", "SSEQ": "sseq"}
IDS = (
    *("prisoners", "chicken", "syria_iraq_1975", "cuban_gmcrplus"),
    *("cuban_fraser_hipel", "nk2017_base", "nk2017_irreversible_invasion"),
    *("nk2017_deterrence", "nk2017_pacifist", "legal_sequence_discriminator"),
    *("elmira_9", "brams_cuba"),
)
FINAL = {"fwd": "taken", "back": "dropped"}


@cache
def cases() -> dict[str, dict[str, Any]]:
    """The table, by name of the case."""
    return {case["id"]: case for case in json.loads(CASES.read_text())["cases"]}


def built(case: dict[str, Any]) -> tuple[Conflict, list[int]]:
    """A case as a conflict, and the label that the table gives to each state."""
    if "moves" in case:
        return _from_moves(case)
    owner = {k: actor for actor, own in case["dms"].items() for k in own}
    final = {k: FINAL[way] for k, way in case["irreversible"]}
    options = [
        Option(name, owner[k], final.get(k, "no"))
        for k, name in enumerate(case["options"])
    ]
    codes = sorted(case["feasible_decimal"])
    is_ordered = case["state_labels"].startswith("ordered")
    labels = list(range(1, len(codes) + 1)) if is_ordered else codes
    return (
        Conflict.of_options(options, _preference(case, labels), codes=codes),
        labels,
    )


def _from_moves(case: dict[str, Any]) -> tuple[Conflict, list[int]]:
    labels = sorted(int(name) for name in case["states"])
    moves = {
        actor: [
            (labels.index(int(s)), labels.index(t))
            for s, to in table.items()
            for t in to
        ]
        for actor, table in zip(case["dms"], case["moves"], strict=True)
    }
    names = [str(label) for label in labels]
    return Conflict.of_moves(names, moves, _preference(case, labels)), labels


def _preference(case: dict[str, Any], labels: list[int]) -> dict[str, Any]:
    def number(entry: int | list[int]) -> int | list[int]:
        if isinstance(entry, list):
            return [labels.index(label) for label in entry]
        return labels.index(entry)

    return {
        actor: from_ranking([number(entry) for entry in ranking], len(labels))
        for actor, ranking in case["ranking_best_to_worst"].items()
    }


@pytest.mark.parametrize("name", IDS)
def test_equilibria_are_those_of_the_table(name: str) -> None:
    """All five concepts give the states that the definitions give."""
    case = cases()[name]
    conflict, labels = built(case)
    found = find_stable_states(conflict)
    for title, states in case["oracle_equilibria"].items():
        equilibria = [labels[s] for s in found.equilibria(NAMES[title])]
        assert equilibria == states, title
    assert found.check(conflict).is_verified


@pytest.mark.parametrize("name", ["prisoners", "syria_iraq_1975", "nk2017_deterrence"])
def test_equilibria_are_those_published(name: str) -> None:
    """Tables that were read in a publication and found complete come out."""
    case = cases()[name]
    conflict, labels = built(case)
    found = find_stable_states(conflict)
    seen = {key: case["published"][key] for key in NAMES if key in case["published"]}
    assert seen
    for title, states in seen.items():
        assert [labels[s] for s in found.equilibria(NAMES[title])] == states, title


def test_rankings_that_would_hold_are_counted() -> None:
    """Of 720 rankings of one side, 240 make the second state of a case a Nash state.

    Published for sequential stability is 420; the definitions give 384.
    """
    case = cases()["syria_iraq_1975"]
    conflict, _ = built(case)
    iraq = conflict.preference[conflict.actors.index("Iraq")]
    counted = dict.fromkeys(NAMES.values(), 0)
    for order in permutations(range(6)):
        own = {"Syria": from_ranking(order, 6), "Iraq": iraq}
        varied = Conflict.of_options(conflict.options, own, codes=conflict.codes)
        found = find_stable_states(varied)
        for concept in counted:
            counted[concept] += 1 in found.equilibria(concept)
    assert counted == {"nash": 240, "seq": 384, "gmr": 384, "smr": 300, "sseq": 300}
