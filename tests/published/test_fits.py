"""Fits of strategic models to published tables of cases, against published maxima."""

from __future__ import annotations

import csv
import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backchannel.games.bargaining.noisy import NoisyThreatGame, noisy_threat_near
from backchannel.games.bargaining.strategic_fit import (
    Cases,
    Disturbance,
    fit_choices,
    log_likelihood,
)

MODELS = Path(__file__).resolve().parents[3] / "shared/data/models"
pytestmark = pytest.mark.skipif(
    not MODELS.is_dir(), reason="the tables of cases, ../shared/data/models, are absent"
)
Row = dict[str, str]


def rows_of(name: str, needed: tuple[str, ...]) -> list[Row]:
    """Rows without gaps in the columns needed."""
    path = MODELS / name
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    rows = list(csv.DictReader(text.decode("utf-8").splitlines()))
    return [row for row in rows if all(row[key] not in ("", "NA") for key in needed)]


def columns(rows: list[Row], names: tuple[str, ...]) -> np.ndarray:
    """Numbers, `1` for a constant and `a=b` for a mark that a is b."""

    def number(row: Row, name: str) -> float:
        key, is_mark, wanted = name.partition("=")
        if is_mark:
            return float(row[key] == wanted)
        return 1.0 if name == "1" else float(row[name])

    return np.array([[number(row, name) for name in names] for row in rows])


def reference(name: str) -> dict[str, Any]:
    """A published fit."""
    fits = json.loads((MODELS / "games_reference.json").read_text("utf-8"))["fits"]
    found: dict[str, Any] = fits[name]
    return found


def wars_of_the_century() -> Cases:
    """Disputes of 1816 to 1899: no escalation, capitulation, war."""
    needed = ("esc", "war", "s_wt_re1", "revis1", "regime1", "balanc", "regime2")
    rows = rows_of("games_war1800.csv", needed)
    outcome = [int(row["esc"]) * (1 + int(row["war"])) for row in rows]
    return Cases(
        np.array(outcome),
        columns(rows, ("1", "s_wt_re1", "revis1")),
        np.zeros((len(rows), 0)),
        columns(rows, ("1", "regime1=dem", "regime1=mixed")),
        columns(rows, ("1", "balanc", "regime2=dem", "regime2=mixed")),
    )


def attacks_on_currencies() -> Cases:
    """Leblang (2003): no attack, devaluation, defence."""
    first = (
        "capcont",
        "lreserves",
        "overval",
        "creditgrow",
        "USinterest",
        "service",
        "contagion",
        "prioratt",
    )
    second = (
        "1",
        "unifgov",
        "lexports",
        "preelec",
        "postelec",
        "rightgov",
        "realinterest",
        "capcont",
        "lreserves",
    )
    rows = rows_of("games_leblang2003.csv.gz", ("outcome", *first, *second[1:]))
    kinds = {"no attack": 0, "devaluation": 1, "defense": 2}
    return Cases(
        np.array([kinds[row["outcome"]] for row in rows]),
        columns(rows, first),
        np.ones((len(rows), 1)),
        np.ones((len(rows), 1)),
        columns(rows, second),
    )


WARS = [
    ("war1800_egame12_probit_agent", Disturbance()),
    ("war1800_egame12_probit_private", Disturbance(disturbed="private")),
    # The package divides by sqrt(2) under the logistic law too.
    ("war1800_egame12_logit_agent", Disturbance("logit", scale=math.sqrt(2))),
]


@pytest.mark.parametrize(("name", "law"), WARS)
def test_disputes_of_a_century_are_fitted(name: str, law: Disturbance) -> None:
    """Maximum to 1e-5, weights to 2e-3, standard errors to 1 %."""
    cases, wanted = wars_of_the_century(), reference(name)
    at_published = log_likelihood(cases, np.array(wanted["r_coef"]), law)
    assert at_published == pytest.approx(wanted["r_loglik"], abs=1e-6)
    fit = fit_choices(cases, law, n_starts=2)
    assert fit.status == "converged"
    assert fit.log_likelihood == pytest.approx(wanted["r_loglik"], abs=1e-5)
    assert fit.weights == pytest.approx(wanted["r_coef"], abs=2e-3)
    assert fit.standard_errors == pytest.approx(wanted["r_se"], rel=0.01)
    assert fit.n_agree == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [("leblang_leb1_private", "private"), ("leblang_leb1_agent", "agent")],
)
def test_attacks_on_currencies_have_the_published_likelihood(
    name: str, kind: Any
) -> None:
    """Table 1 of the article: at its weights the logarithm is -482.0155."""
    cases, wanted = attacks_on_currencies(), reference(name)
    found = log_likelihood(
        cases, np.array(wanted["r_coef"]), Disturbance("probit", kind)
    )
    assert len(cases.outcome) == 7240
    assert found == pytest.approx(wanted["r_loglik"], abs=1e-6)


def test_attacks_on_currencies_are_fitted() -> None:
    """19 weights; Table 1 to 2e-3."""
    cases, wanted = attacks_on_currencies(), reference("leblang_leb1_private")
    fit = fit_choices(cases, Disturbance(disturbed="private"), n_starts=1)
    assert fit.log_likelihood == pytest.approx(-482.0155, abs=1e-3)
    assert fit.weights == pytest.approx(wanted["published"]["coef"], abs=2e-3)


def test_sanctions_have_the_published_likelihood_at_their_equilibria() -> None:
    """418 pairs of states: -3932.4474, each at its equilibrium near the published."""
    wanted = reference("sanctions_npl")
    weight = dict(zip(wanted["names"], wanted["r_coef"], strict=True))
    total = 0.0
    for row in rows_of("sigInt_sanctionsData.csv", ("sq",)):
        worth = {
            name: sum(
                value * _regressor(row, key.split(":", 1)[1])
                for key, value in weight.items()
                if key.startswith(f"{name}:")
            )
            for name in ("SA", "VA", "CB", "barWA", "barWB", "bara")
        }
        game = NoisyThreatGame(
            worth["SA"],
            (worth["VA"], worth["CB"]),
            (worth["barWA"], worth["barWB"]),
            (worth["bara"], 0.0),
        )
        play = noisy_threat_near(game, float(row["PRnpl"]))
        for key, chance in (
            ("sq", play.prob_status_quo),
            ("cd", play.prob_concession),
            ("sf", play.prob_war),
            ("bd", play.prob_backing_down),
        ):
            total += float(row[key]) * math.log(chance)
    assert total == pytest.approx(wanted["r_loglik"], abs=1e-2)


def _regressor(row: Row, name: str) -> float:
    if name == "(Intercept)":
        return 1.0
    if name.startswith("sqrt("):
        return math.sqrt(float(row[name[5:-1]]))
    return float(row[name])
