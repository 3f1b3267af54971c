"""The settlement engine and the literal evaluator give the same cells."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.settlement import find_settlements
from backchannel.settlement.cells import all_draws
from backchannel.settlement.choices import choices_of
from backchannel.settlement.literal import evaluate_literally
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.packages import enumerate_packages
from backchannel.settlement.valuation import compile_valuation
from tests.settlement.random_crises import has_packages, random_crisis, random_risk
from tests.settlement.toys import actors, toy, veto

N_DRAWS = 3


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_every_cell_agrees(first: int) -> None:
    """300 random crises: every package, draw and figure agrees to 1e-12."""
    n_cells, n_leaking, n_settled = 0, 0, 0
    for seed in range(first, first + 50):
        crisis = random_crisis(seed)
        draws = draw_numbers(crisis, N_DRAWS, seed)
        rng = np.random.default_rng(seed)
        prob_war = rng.uniform(0, 0.5, N_DRAWS)
        if not has_packages(crisis):
            continue
        packages = enumerate_packages(crisis, Exhaustive())
        cells = all_draws(compile_valuation(crisis, packages, draws, prob_war)).cells()
        for row, d in itertools.product(range(len(packages)), range(N_DRAWS)):
            literal = evaluate_literally(
                crisis,
                packages.choices_in(row),
                lambda n, draws=draws, d=d: float(draws[n][d]),
                float(prob_war[d]),
            )
            found = (
                cells.ratified[row, d],
                cells.stands[row, d],
                cells.leak[row, d],
                cells.settled[row, d],
                *cells.gains[:, row, d] / 100,
            )
            expected = (
                literal.ratified,
                literal.stands,
                literal.leak,
                literal.settled,
                *(g / 100 for g in literal.gains.values()),
            )
            assert literal.is_feasible
            assert found == pytest.approx(expected, abs=1e-12), (seed, row, d)
            n_cells += 1
            n_leaking += literal.leak > 0
            n_settled += 0 < literal.settled < 1
    # The crises are of use only if much happens in them.
    assert n_cells > 1000
    assert n_leaking > 200
    assert n_settled > 50


def test_the_same_packages_are_feasible() -> None:
    """What the engine leaves out, the literal evaluator finds infeasible too."""
    for seed in range(60):
        crisis = random_crisis(seed)
        choices = [choices_of(issue) for issue in crisis.issues.values()]
        literal = {
            tuple(map(str, picked))
            for picked in itertools.product(*choices)
            if evaluate_literally(
                crisis,
                dict(zip(crisis.issues, picked, strict=True)),
                lambda n: n.median(),
                0.1,
            ).is_feasible
        }
        if not has_packages(crisis):
            assert not literal
            continue
        packages = enumerate_packages(crisis, Exhaustive())
        found = {
            tuple(map(str, packages.choices_in(row).values()))
            for row in range(len(packages))
        }
        assert found == literal


def test_many_members_agree() -> None:
    """Fourteen members in a quota and a weighted rule that share six of them."""
    homes = [f"home_{i}" for i in range(14)]
    seats = {
        name: {
            "title": name,
            "kind": "constituency",
            "of": "alpha",
            "threshold": [-6 - i / 3, 2],
        }
        for i, name in enumerate(homes)
    }
    quota = veto(*homes[:10]) | {"rule": "quota", "quota": 6}
    weighted = veto() | {"rule": "weighted", "share": 0.5}
    weighted["members"] = {h: {"weight": 1 + i % 3} for i, h in enumerate(homes[4:])}
    crisis = toy(
        actors=actors(**seats),
        values={h: {"gate": {"open": -1 - i / 9}} for i, h in enumerate(homes)},
        ratification={"quota": quota, "weighted": weighted},
    )
    draws = draw_numbers(crisis, 1, 1)
    packages = enumerate_packages(crisis, Exhaustive())
    valuation = compile_valuation(crisis, packages, draws, np.zeros(1))
    literal = evaluate_literally(
        crisis, packages.choices_in(0), lambda n: n.median(), 0.0
    )
    ratified = all_draws(valuation).cells().ratified[0, 0]
    assert 0.2 < ratified < 0.95
    assert ratified == pytest.approx(literal.ratified, abs=1e-12)


def test_checks_verify_on_random_crises() -> None:
    """Whole answers pass their own check, whether single draws are kept or not."""
    for seed in range(12):
        crisis = random_crisis(seed)
        draws = draw_numbers(crisis, 20, seed)
        risk = random_risk(crisis, 20, seed)
        if not has_packages(crisis):
            continue
        for method in (Exhaustive(), Exhaustive(max_kept_bytes=0, block_cells=50)):
            found = find_settlements(crisis, draws=draws, risk=risk, method=method)
            assert found.certificate.is_verified
            assert found.check(crisis).is_verified
