"""The record between the study and the pages."""

import pytest

from backchannel.crisis.load import load
from backchannel.escalation import Uniformisation
from backchannel.report import Brief, make_brief
from backchannel.study import run_study
from tests.report.crises import brief_of, strait_tree


def test_the_questions_come_in_order_and_none_is_faked(strait: Brief) -> None:
    """All eight have a section, and what is left open is said."""
    assert [s.number for s in strait.sections] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(section.is_answered for section in strait.sections)
    assert "Counter-offers" in strait.not_answered[0]


def test_the_brief_says_what_would_hold(strait: Brief) -> None:
    """Shares in order of what the concepts ask for, and an answer to each breach."""
    numbers = strait.numbers()
    deal = [numbers[f"holds.nash{rest}"].mean for rest in (".nash", "", ".gmr")]
    assert None not in deal
    assert deal == sorted(deal)
    said = [s.text for s in strait.section("stability").statements]
    assert said[0].startswith("Once agreed, the best package holds in ")
    assert any("is deterred by the answer: " in text for text in said)


def test_where_nobody_can_move_no_stability_is_made_up() -> None:
    """Without values there is nothing to gain, and the brief says so."""
    tree = strait_tree()
    for issue in tree["issues"].values():
        for level in issue["levels"].values():
            level.pop("giver", None)
    brief = brief_of(tree)
    assert not brief.section("stability").is_answered
    assert any(
        text.startswith("What would hold: nobody") for text in brief.not_answered
    )


def test_the_opening_is_short_and_conditional(strait: Brief) -> None:
    """Four to six sentences, the first on condition of the file."""
    assert 4 <= len(strait.bottom_line) <= 6
    assert strait.bottom_line[0].text.startswith("If the numbers of the file hold")


def test_every_number_and_figure_leads_to_an_answer(strait: Brief) -> None:
    """Each names an answer that has a method, a status and numbers of the file."""
    answers = {answer.key: answer for answer in strait.answers}
    paths = {row.path for row in strait.inputs}
    used = {number.answer for number in strait.numbers().values()}
    used |= {figure.head.answer for figure in strait.figures}
    used |= {t.answer for section in strait.sections for t in section.tables}
    assert used <= set(answers)
    for answer in answers.values():
        assert answer.method
        assert answer.advice
        assert answer.inputs
        assert set(answer.inputs) <= paths


def test_a_name_stands_for_one_number(strait: Brief) -> None:
    """Wherever a name comes up again, it has the same value and band."""
    seen: dict[str, tuple[object, ...]] = {}
    for number in strait._all_numbers():
        values = (number.median, number.low, number.high, number.kind)
        assert seen.setdefault(number.name, values) == values


def test_numbers_are_those_of_the_study() -> None:
    """The headline numbers are quantiles and means of what the engines return."""
    crisis = load("strait")
    study = run_study(crisis, n_draws=80, seed=3)
    numbers = make_brief(study).numbers()
    assert study.escalation is not None
    war = sorted(study.escalation.prob_war[:, -1])
    median = numbers["prob_war.horizon"].median
    assert median is not None
    assert war[39] <= median <= war[40]
    best = study.settlements.best
    settled = numbers["prob_settled.nash"].mean
    assert settled is not None
    assert abs(settled - study.settlements.prob_settled[best]) < 1e-12


def test_the_file_is_named_without_its_folder() -> None:
    """The same file gives the same bytes wherever it lies."""
    made = make_brief(run_study(load("strait"), n_draws=30, seed=1))
    assert made.heading.file == "strait.yaml"
    line = next(r for r in made.inputs if r.path == "horizon").line
    assert line > 0


def test_history_is_compared_where_the_file_has_one() -> None:
    """The share of draws in which the historical package is best is printed."""
    tree = strait_tree()
    package = {"tanker": "released", "passage": "open", "radar": "leaves (private)"}
    tree["outcome"] = {"title": "As it ended", "settled": True, "package": package}
    made = brief_of(tree)
    assert "share_best.historical" in made.numbers()
    assert any("what history chose" in s.text for s in made.bottom_line)
    assert any(f.head.key == "timetable_historical" for f in made.figures)


def test_a_brief_prints_its_bottom_line(strait: Brief) -> None:
    """`print` and a notebook show the opening."""
    assert str(strait).splitlines()[0] == "The closed strait"
    assert len(str(strait).splitlines()) == 1 + len(strait.bottom_line)
    assert strait._repr_html_().count("<li>") == len(strait.bottom_line)


def test_a_model_too_large_to_solve_gives_a_brief_from_sampled_paths(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All questions are answered, and the answer says how it was made."""
    limited = Uniformisation(max_states=20)
    monkeypatch.setattr(
        "backchannel.escalation.simulate.Uniformisation", lambda: limited
    )
    brief = make_brief(run_study(load("strait"), n_draws=20))
    answer = next(a for a in brief.answers if a.key == "escalation")
    assert "independent paths" in answer.method
    assert answer.status == "sampled"
    assert [s.number for s in brief.sections] == [1, 2, 3, 4, 5, 6, 7, 8]
    keys = {figure.head.key for figure in brief.figures}
    assert {"risk", "hours_left", "paths"} <= keys
