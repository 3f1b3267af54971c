"""The page of names knows every number that a brief can have."""

import re
from pathlib import Path

from backchannel.crisis.load import load
from backchannel.report import make_brief
from backchannel.study import run_study

PAGE = (Path(__file__).parents[2] / "docs" / "reference-brief.md").read_text("utf-8")


def name_patterns() -> list[re.Pattern[str]]:
    """The names of the table as patterns; capitals stand for names of the file."""
    table = PAGE.split("## Names of numbers")[1].split("## Python")[0]
    found = []
    for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE):
        stem = ""
        for name in re.findall(r"`([^`]*)`", row):
            whole = stem + name if name.startswith(".") else name
            stem = whole.rpartition(".")[0]
            found.append(re.compile(_pattern(whole)))
    return found


def _pattern(name: str) -> str:
    name = re.sub(r"[A-Z]+", r"[\\w-]+", re.escape(name))
    name = re.sub(r"\b(24h)\b", r"[\\d.e+]+h", name)
    name = re.sub(r"\\\.1\\\.", r"\\.\\d+\\.", name)
    name = name.replace("5_percent", r"[\d.]+_percent").replace("request", r"\w+")
    return name.replace(r"best\.", r"\w+\.").replace(
        r"sensitivity\.prob_war", r"sensitivity\.\w+"
    )


def test_every_number_of_a_brief_is_in_the_reference() -> None:
    """No brief of a shipped crisis has a number whose name is not explained."""
    patterns = name_patterns()
    assert len(patterns) > 30
    for name in ("strait", "cuba-1962"):
        numbers = make_brief(run_study(load(name), n_draws=25, seed=1)).numbers()
        unknown = [n for n in numbers if not any(p.fullmatch(n) for p in patterns)]
        assert unknown == []


def test_a_name_that_is_not_explained_is_found() -> None:
    """The patterns do not let everything through."""
    assert not any(p.fullmatch("prob_peace.horizon") for p in name_patterns())
