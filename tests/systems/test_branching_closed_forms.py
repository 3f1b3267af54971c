"""Incidents that beget incidents: counts, sizes of clusters, and whether they end.

Heat in tokens is Markov as it stands. A cluster of a Hawkes process is not, but its
size is that of a queue served one by one for a fixed time (M/D/1): in each piece of one
hour the incident in hand begets others at the rate n, and at its end, a deadline, it is
done. So the sizes are questions to the engine too.
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from backchannel.escalation.forward import solve_forward
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.parse_model import parse_model
from backchannel.escalation.prism.parse_properties import parse_properties
from backchannel.escalation.prism.questions import answer
from backchannel.escalation.problem import Entries, MarkovProblem, Piece
from backchannel.escalation.unbounded import absorb
from tests.escalation.small_problems import no_numbers
from tests.systems.test_closed_forms import LISTED

HEAT = """ctmc
const int cap; const int first;
const double base; const double hotter; const double cooling;
module heat
  tokens : [0..cap] init first;
  [incident] tokens<cap -> base + hotter*tokens : (tokens'=tokens+1);
  [] tokens>0 -> cooling*tokens : (tokens'=tokens-1);
endmodule
rewards "incidents" [incident] true : 1; endrewards
"""
EXACT = 1e-10
FILES = ("closed_forms", "branching_closed_forms")


def incidents(question, **constants):
    """A mean number of incidents."""
    chain = explore(bind(parse_model(HEAT), constants))
    return answer(chain, parse_properties(question), "1").value


def one_by_one(n, n_pieces, most):
    """The incidents still in hand, one at the start; `most` of them is an end."""
    births = [(k, k + 1, n, ()) for k in range(1, most)]
    done = Entries.of([(k, k - 1, 1.0, ()) for k in range(1, most)])
    return MarkovProblem(
        n_states=most + 1,
        entries=Entries.of(births),
        start=Entries.of([(0, 1, 1.0, ())]),
        pieces=(*(Piece(1.0, 0, 0) for _ in range(n_pieces)), Piece(0.0, 0)),
        atoms=(done,),
        war=most,
        settled=0,
        group=np.arange(most + 1),
    )


def ended(n, n_pieces, most):
    """P(none in hand) and P(`most` once in hand), after each piece, (2, n_pieces)."""
    problem = one_by_one(n, n_pieces, most)
    hours = np.arange(1.0, n_pieces + 1)
    curves = solve_forward(problem, no_numbers(), hours)
    return curves.values[:, 1, 0], curves.values[:, 0, 0]


def test_all_that_one_token_sets_off():
    """1 / (1 - n), itself included, where it begets 0.045 an hour and cools at 0.125.

    From 60 tokens on none is added; that many are hot at once in fewer than 1e-26 of
    all cases, as the ratio of rates is 0.36.
    """
    later = incidents(
        'R{"incidents"}=? [ F tokens=0 ]',
        cap=60, first=1, base=0, hotter=0.045, cooling=0.125,
    )  # fmt: skip
    assert 1 + later == pytest.approx(1 / (1 - 0.36), rel=EXACT)
    listed = LISTED["token chain mean total progeny"]
    assert 1 + later == pytest.approx(listed, rel=EXACT)


def test_mean_number_of_incidents_of_a_hawkes_process():
    """Base 0.1 an hour, branching ratio 0.6, cooling 0.125: the mean by 96 h.

    Tokens and an exponential kernel have the same mean intensity. The law of the tokens
    is a negative binomial with ratio 0.6: beyond 120 lie fewer than 1e-26.
    """
    mu, n, beta, t = 0.1, 0.6, 0.125, 96.0
    found = incidents(
        'R{"incidents"}=? [ C<=96 ]',
        cap=120, first=0, base=mu, hotter=n * beta, cooling=beta,
    )  # fmt: skip
    early = mu * n * -math.expm1(-beta * (1 - n) * t) / (beta * (1 - n) ** 2)
    assert found == pytest.approx(mu * t / (1 - n) - early, rel=EXACT)
    assert found == pytest.approx(LISTED["Hawkes E[N(96)]"], rel=EXACT)


@pytest.mark.parametrize("size", [1, 3, 10])
def test_size_of_a_cluster(size):
    """Borel's law: e^(-kn) (kn)^(k-1) / k!, with n = 0.6.

    In ten hours 80 incidents are in hand with a chance below 1e-50.
    """
    none, _ = ended(0.6, size, 80)
    found = none[-1] - (none[-2] if size > 1 else 0.0)
    mean = size * 0.6
    formula = math.exp(-mean) * mean ** (size - 1) / math.factorial(size)
    assert found == pytest.approx(formula, rel=EXACT)
    listed = LISTED[f"Hawkes cluster size = {size} (Borel)"]
    assert found == pytest.approx(listed, rel=EXACT)


def test_a_cluster_that_may_never_end():
    """The least root of q = e^(n (q - 1)), n = 1.4, by pieces and by sparse LU.

    With 60 in hand a cluster ends with the chance q^60, below 1e-18. Undecided after
    600 pieces are fewer than 1e-11, the 1e-14 left out in each piece included.
    """
    n, most = 1.4, 60
    listed = LISTED["supercritical extinction n=1.4"]
    assert listed == pytest.approx(math.exp(n * (listed - 1)), rel=1e-14)
    none, many = ended(n, 600, most)
    undecided = 1 - none[-1] - many[-1]
    assert undecided < 1e-11
    assert none[-1] == pytest.approx(listed, rel=EXACT)
    # The same walk seen only where an incident is done: it begets j with Poisson's law.
    begets = [math.exp(-n) * n**j / math.factorial(j) for j in range(most)]
    q = np.zeros((most + 1, most + 1))
    for k in range(1, most):
        for j, chance in enumerate(begets):
            q[k, min(k - 1 + j, most)] += chance
        q[k, k] -= sum(begets)
    found = absorb(sparse.csr_array(q), np.array([0, most]))
    assert found.prob[1, 0] == pytest.approx(listed, rel=EXACT)


def test_another_branching_ratio_is_told_apart():
    """The comparisons must reject a ratio that is a millionth off."""
    none, _ = ended(0.6 * (1 + 1e-6), 1, 80)
    listed = LISTED["Hawkes cluster size = 1 (Borel)"]
    assert abs(none[0] / listed - 1) > 1e3 * EXACT


def test_every_listed_value_is_asked_for():
    """Nineteen values; each is compared in one of the two files."""
    folder = Path(__file__).parent
    texts = [(folder / f"test_{name}.py").read_text() for name in FILES]
    asked = re.findall(r'LISTED\[\s*f?"(.*?)"\s*\]', "".join(texts))
    wanted = [re.sub(r"\\{\w+\\}", r"\\d+", re.escape(name)) for name in asked]
    assert len(LISTED) == 19
    for name in LISTED:
        assert any(re.fullmatch(one, name) for one in wanted), name
