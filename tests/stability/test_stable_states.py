"""Which states hold: known conflicts, the definitions taken literally, properties."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.stability import (
    CONCEPTS,
    Conflict,
    EachOnce,
    LegalSequences,
    Option,
    find_stable_states,
    from_ranking,
)
from backchannel.stability._kernels import (
    moves,
    moves_reference,
    reachable,
    reachable_reference,
)
from backchannel.stability.cells import gather_cells
from backchannel.stability.concepts import IMPLIES
from backchannel.stability.explain import Reply, Step
from backchannel.stability.literal import LiteralConflict
from backchannel.stability.verify import replays
from tests.stability.conflicts import chicken, prisoners, random_moves, random_options

METHODS = (LegalSequences(), EachOnce())
# Seeds are fixed and all answers exact, so no test here can raise a false alarm.
SEEDS = range(120)


def drawn(seed: int) -> Conflict:
    """Every third conflict is a graph without structure."""
    return random_moves(seed) if seed % 3 == 2 else random_options(seed)


def test_prisoners_hold_each_other_by_foresight_alone() -> None:
    """Both armed is the one Nash state; to a longer view both unarmed holds too."""
    found = find_stable_states(prisoners())
    assert found.equilibria("nash").tolist() == [3]
    for concept in ("sseq", "seq", "smr", "gmr"):
        assert found.equilibria(concept).tolist() == [0, 3]
    why = found.explain(0, "a", "seq")
    assert why.replies == (Reply(1, (Step("b", 3),)),)


def test_chicken_needs_incredible_threats() -> None:
    """That both yield holds only by sanctions that cost whoever carries them out."""
    found = find_stable_states(chicken())
    assert found.equilibria("nash").tolist() == [1, 2]
    assert found.equilibria("seq").tolist() == [1, 2]
    assert found.equilibria("gmr").tolist() == [0, 1, 2]


@pytest.mark.parametrize("method", METHODS, ids=["legal", "once"])
def test_every_verdict_is_that_of_the_definitions(method: LegalSequences) -> None:
    """No verdict differs from sets of states written down from the definitions."""
    for seed in SEEDS:
        conflict = drawn(seed)
        found = find_stable_states(conflict, method=method)
        literal = LiteralConflict(conflict, method)
        for a in range(conflict.n_actors):
            for c, concept in enumerate(CONCEPTS):
                said = [
                    literal.is_stable(a, s, concept) for s in range(conflict.n_states)
                ]
                assert found.stable[a, c].tolist() == said, (seed, a, concept)


@pytest.mark.parametrize("method", METHODS, ids=["legal", "once"])
def test_every_explanation_can_be_played(method: LegalSequences) -> None:
    """Improvements, sanctions and escapes of each verdict stand up, move by move."""
    for seed in range(60):
        conflict = drawn(seed)
        assert find_stable_states(conflict, method=method).check(conflict).is_verified


def test_a_wrong_verdict_and_a_wrong_sanction_are_noticed() -> None:
    """The check fails on one verdict turned over, a step made up, a reply left out."""
    conflict = prisoners()
    found = find_stable_states(conflict)
    turned = found.stable.copy()
    turned[0, 2, 0] = False
    assert not replace(found, stable=turned).check(conflict).is_verified
    why = found.explain(0, "a", "seq")
    literal = LiteralConflict(conflict)
    assert replays(literal, why)
    made_up = Reply(1, (Step("b", 2),))
    assert not replays(literal, replace(why, replies=(made_up,)))
    assert not replays(literal, replace(why, replies=()))
    with pytest.raises(ModelError, match="another one"):
        found.check(chicken())


def test_kernels_do_as_their_references() -> None:
    """The compiled scan and search give what their plain forms give."""
    for seed in range(40):
        conflict = drawn(seed)
        rank, cells = conflict.preference, gather_cells(conflict)
        member = cells.members(rank)
        weight = np.random.default_rng(seed).integers(0, 9, conflict.n_states)
        weight = weight.astype(np.int32)
        for is_improving in (False, True):
            for j in range(conflict.n_actors):
                one = (
                    *(rank[j], weight, cells.start, member),
                    *(cells.above_start, cells.above),
                    *(int(cells.first[j]), int(cells.first[j + 1]), is_improving),
                )
                compiled = moves.least_after_move(*one)
                assert np.array_equal(compiled, moves_reference.least_after_move(*one))
            many = (
                *(rank, weight, np.argsort(weight, kind="stable"), cells.cell),
                *(cells.start, member, cells.below_start, cells.below),
                *(np.arange(conflict.n_actors), is_improving),
            )
            compiled = reachable.least_reachable(*many)
            assert np.array_equal(compiled, reachable_reference.least_reachable(*many))


def test_concepts_imply_each_other() -> None:
    """Nash gives sequential and symmetric stability, and these the general one."""
    places = {concept: c for c, concept in enumerate(CONCEPTS)}
    for seed in SEEDS:
        stable = find_stable_states(drawn(seed)).stable
        for strict, loose in IMPLIES:
            assert (stable[:, places[loose]] | ~stable[:, places[strict]]).all()


def test_only_the_order_of_preferences_counts() -> None:
    """Rescaling what the actors like, in order, changes no verdict."""
    for seed in SEEDS:
        conflict = drawn(seed)
        stretched = replace(conflict, preference=conflict.preference * 7 - 1000)
        found = find_stable_states(conflict).stable
        assert np.array_equal(found, find_stable_states(stretched).stable)


def test_names_do_not_count() -> None:
    """With actors and states in reverse order the same verdicts come out."""
    for seed in range(2, 120, 3):
        conflict = random_moves(seed)
        last = conflict.n_states - 1
        turned = Conflict.of_moves(
            conflict.labels[::-1],
            {
                actor: last - conflict.moves[j]
                for j, actor in reversed(list(enumerate(conflict.actors)))
            },
            {a: conflict.preference[j, ::-1] for j, a in enumerate(conflict.actors)},
        )
        found = find_stable_states(conflict).stable
        assert np.array_equal(found, find_stable_states(turned).stable[::-1, :, ::-1])


def test_of_two_actors_a_reply_is_one_move() -> None:
    """Alone, the other cannot move twice running: its replies are its moves."""
    n_seen = 0
    for seed in SEEDS:
        conflict = random_options(seed)
        if conflict.n_actors == 2:
            n_seen += 1
            literal = LiteralConflict(conflict)
            for s in range(conflict.n_states):
                replies = literal.replies([1], s, is_improving=False)
                assert replies == literal.moves(1, s)
    assert n_seen > 10


def test_coming_back_can_deter() -> None:
    """Some three-actor conflict holds only since an opponent may move again."""
    for seed in count():
        lots = np.random.default_rng(seed)
        options = [Option(name, name) for name in "abc"]
        conflict = Conflict.of_options(options, {n: lots.permutation(8) for n in "abc"})
        legal = find_stable_states(conflict)
        once = find_stable_states(conflict, method=EachOnce())
        more = legal.stable & ~once.stable
        assert not (once.stable & ~legal.stable).any()
        if more.any():
            break
    actor, concept, state = np.argwhere(more)[0]
    why = legal.explain(int(state), conflict.actors[actor], CONCEPTS[concept])
    movers = max((r.sanction for r in why.replies), key=len)
    assert len(movers) > len({step.actor for step in movers})


@pytest.mark.parametrize(
    ("options", "preference", "said"),
    [
        ([], {}, "there are 0"),
        ([Option("x", "a")], {}, "'a' can move but has no preference"),
        ([Option("x", "a")], {"a": [1]}, "must be 2 integers"),
        ([Option("x", "a")], {"a": [1.5, 2.0]}, "must be 2 integers"),
        ([Option("x", "a")], {"a": [1, 2**40]}, "only order counts"),
    ],
)
def test_what_is_no_conflict_is_refused(
    options: list[Option], preference: dict[str, list[int]], said: str
) -> None:
    """A clear error for each way in which a conflict can be incomplete."""
    with pytest.raises(ModelError, match=said):
        Conflict.of_options(options, preference)


def test_unknown_names_are_refused() -> None:
    """States, actors, concepts, rankings and moves that do not exist."""
    found = find_stable_states(prisoners())
    with pytest.raises(ModelError, match="numbered from 0"):
        found.explain(4, "a", "seq")
    with pytest.raises(ModelError, match="no actor 'c'"):
        found.explain(0, "c", "seq")
    with pytest.raises(ModelError, match="no concept 'sim'"):
        found.equilibria("sim")
    with pytest.raises(ModelError, match="leaves out state 1"):
        from_ranking([0], 2)
    with pytest.raises(ModelError, match="from a state to itself"):
        Conflict.of_moves(["s"], {"a": [(0, 0)]}, {"a": [1]})
    with pytest.raises(ModelError, match="no option 'y'"):
        Conflict.of_options([Option("x", "a")], {"a": [1, 2]}, infeasible=[{"y": True}])


def test_print_is_short() -> None:
    """A result prints in at most six lines and names an equilibrium."""
    text = str(find_stable_states(prisoners()))
    assert len(text.splitlines()) <= 6
    assert "nothing taken" in text
