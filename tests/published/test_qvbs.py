"""Published answers of the Quantitative Verification Benchmark Set, the fast ones.

The models lie outside this repository; without them these tests are skipped. All
values, with times: benchmarks/engine/published_ctmc.py.

Source: Hartmanns, Klauck, Parker, Quatmann and Ruijters (2019), TACAS, LNCS 11427,
344-350; github.com/ahartmanns/qcomp at c7324a31, CC-BY 4.0.
"""

import pytest

from benchmarks.engine.published_ctmc import FOLDER, ask, check, published

MOST_STATES = 10_000
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the models, ../shared/data/clock, are not here"
)
CASES = list(published()) if FOLDER.is_dir() else []
FAST = [case for case in CASES if case.text and case.n_states <= MOST_STATES]


@pytest.mark.parametrize("case", FAST, ids=lambda case: case.name)
def test_a_published_value_is_met(case):
    """To a relative error of 1e-10, with the published number of states."""
    found, times, _ = ask(case)
    assert check(case, found) < 1e-10
    assert times["n_states"] == case.n_states


def test_a_wrong_value_is_refused():
    """The check sees a value that is off by 1e-9."""
    found, _, _ = ask(FAST[0])
    wrong = type(FAST[0])(**{**vars(FAST[0]), "value": FAST[0].value * (1 + 1e-9)})
    with pytest.raises(RuntimeError):
        check(wrong, found)


def test_the_reference_workload_in_the_language():
    """REF-8 with constant hazards, from its own text: the exact P(war) by 96 h."""
    from backchannel.escalation.prism.bind import bind
    from backchannel.escalation.prism.explore import explore
    from backchannel.escalation.prism.parse_model import read_model
    from backchannel.escalation.prism.parse_properties import parse_properties
    from backchannel.escalation.prism.questions import answer

    chain = explore(bind(read_model(FOLDER / "ref8c.prism")))
    found = answer(chain, parse_properties("P=? [ F<=96 L=7 ]"), "1")
    assert found.value == pytest.approx(0.131935978966151, abs=1e-14)
