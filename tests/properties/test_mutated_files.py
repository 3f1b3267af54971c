"""A broken file gives a clear error or a sound brief: no traceback and no NaN.

The numbers of the mutants are their seeds, so nothing here is left to chance. The
long search, `make fuzz`, takes the mutants that come after these.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from backchannel.base.errors import CrisisFileError, Problem
from tests.properties.mutations import mutant, original
from tests.properties.verdicts import (
    BadOutcomeError,
    check_answer,
    check_complaint,
    check_words,
    verdict_on,
)

N_DRAWS = 4
N_BATCHES = 10
N_PER_BATCH = {
    "strait": 30,
    "cuba-1962": 3,
    "behaviour": 10,
    "fearon1995_ultimatum": 8,
    "schultz1998_confirmatory": 4,
}


@pytest.mark.parametrize("batch", range(N_BATCHES))
@pytest.mark.parametrize("name", N_PER_BATCH)
def test_a_mutant_is_refused_or_answered(name: str, batch: int, tmp_path: Path) -> None:
    """Each mutant ends in one of the three outcomes that a user may meet."""
    text = original(name)
    path = tmp_path / f"{name}.yaml"
    for number in range(batch * N_PER_BATCH[name], (batch + 1) * N_PER_BATCH[name]):
        changes, changed = mutant(text, number)
        path.write_text(changed, "utf-8", errors="surrogatepass")
        try:
            verdict_on(path, N_DRAWS, is_drawn=number % 10 == 0)
        except Exception as error:
            error.add_note(f"mutant {number} of {name}: {changes}")
            raise


def test_mutants_are_broken_in_many_ways(tmp_path: Path) -> None:
    """Some mutants are refused and some still load: both roads are travelled."""
    text = original("strait")
    path = tmp_path / "strait.yaml"
    seen: Counter[str] = Counter()
    for number in range(60):
        changes, changed = mutant(text, number)
        assert mutant(text, number) == (changes, changed)
        path.write_text(changed, "utf-8", errors="surrogatepass")
        seen[verdict_on(path, N_DRAWS)] += 1
    assert seen["refused"] >= 10
    assert seen["brief"] >= 5


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}',
        '{"a": [1, Infinity]}',
        '{"prob_war": {"median": 1}, "prob_b": 1.1}',
    ],
)
def test_a_number_that_is_none_is_found(text: str) -> None:
    """NaN, infinity and a probability above one are not let through."""
    with pytest.raises(BadOutcomeError):
        check_answer(text)


def test_a_word_that_is_no_number_is_found() -> None:
    """A page that shows nan is not let through, unless the file itself says nan."""
    with pytest.raises(BadOutcomeError):
        check_words("risk: nan to 5 %", "a file")
    check_words("risk: 5 %, banana, info", "a file")
    check_words("The nan crisis", "title: The nan crisis")


def test_an_unclear_complaint_is_found(tmp_path: Path) -> None:
    """An error without line or without remedy is not let through."""
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    for problem in (
        Problem(str(path), 0, "a", "is 1", "write 2"),
        Problem(str(path), 1, "a", "is 1", ""),
        Problem("other.yaml", 1, "a", "is 1", "write 2"),
        Problem(str(path), 99, "a", "is 1", "write 2"),
    ):
        with pytest.raises(BadOutcomeError):
            check_complaint(CrisisFileError([problem]), path)
