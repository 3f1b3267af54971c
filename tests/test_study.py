"""A study: every engine asked once, the same seed giving the same answers."""

from __future__ import annotations

from backchannel.crisis.load import find_file, load, load_mapping
from backchannel.crisis.yaml_source import read_yaml
from backchannel.study import run_study


def without(section: str):
    tree = dict(read_yaml(find_file("strait")))
    del tree[section]
    return load_mapping(tree)


def test_every_engine_answers_from_the_same_draws() -> None:
    study = run_study(load("strait"), n_draws=60, seed=3)
    digests = {
        study.escalation.crisis_digest,
        study.settlements.crisis_digest,
        study.channels.crisis_digest,
        study.sensitivity.crisis_digest,
    }
    assert digests == {study.crisis.digest}
    assert (study.n_draws, study.seed) == (60, 3)
    assert set(study.timetables) == {"best"}


def test_the_same_seed_gives_the_same_answers() -> None:
    first, again, other = (
        run_study(load("strait"), n_draws=40, seed=seed) for seed in (3, 3, 4)
    )
    war = first.escalation.prob_war
    assert war.tobytes() == again.escalation.prob_war.tobytes()
    assert war.tobytes() != other.escalation.prob_war.tobytes()
    settled = first.settlements.prob_settled
    assert settled.tobytes() == again.settlements.prob_settled.tobytes()


def test_stages_are_reported_as_they_begin() -> None:
    stages: list[str] = []
    run_study(load("strait"), n_draws=20, progress=stages.append)
    assert stages[0] == "drawing the uncertain numbers"
    assert any(stage.startswith("switched 1 of ") for stage in stages)
    assert stages[-1] == "ranking the uncertain numbers"


def test_without_an_escalation_section_there_is_no_risk() -> None:
    study = run_study(without("escalation"), n_draws=30)
    assert study.escalation is None
    assert "prob_war" not in study.sensitivity.rows


def test_a_handful_of_draws_is_answered_without_a_ranking() -> None:
    assert run_study(load("strait"), n_draws=3).sensitivity is None
