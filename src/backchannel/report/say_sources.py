"""Section 8, where it comes from: every number with source, certainty and line."""

from __future__ import annotations

from collections import Counter

from backchannel.base.uncertain import CERTAINTIES
from backchannel.crisis.model import Crisis
from backchannel.crisis.walk import engine_numbers_of, numbers_of
from backchannel.report.naming import number_title
from backchannel.report.records import Input, Origin, Section, Table, row_of, say
from backchannel.report.values import value_text
from backchannel.report.wording import clean, counted, listed, quoted, shorten

UNSAID = "not said"
_MAX_NAMED = 8


def list_inputs(crisis: Crisis) -> tuple[Input, ...]:
    """Every number of the file, in order of its lines."""
    computed = {number.path for number in engine_numbers_of(crisis)}
    rows = [
        Input(
            path=n.path,
            title=number_title(crisis, n.path),
            value=value_text(n),
            unit=n.unit,
            sources=tuple(clean(name) for name in n.sources),
            certainty=n.certainty or UNSAID,
            line=n.line,
            presence=n.presence,
            is_private=n.is_private,
            is_computed_with=n.path in computed,
            note=clean(n.note),
        )
        for n in numbers_of(crisis)
    ]
    return tuple(sorted(rows, key=lambda row: row.line))


def list_origins(crisis: Crisis) -> tuple[Origin, ...]:
    """Every source that the file names."""
    return tuple(
        Origin(clean(key), clean(s.title), clean(s.where), clean(s.how_seen))
        for key, s in crisis.sources.items()
    )


def count_certainties(inputs: tuple[Input, ...]) -> dict[str, int]:
    """How many numbers there are of each certainty, surest first; then the unknown."""
    known = Counter(row.certainty for row in inputs if row.presence == "known")
    counts = {word: known[word] for word in (*CERTAINTIES, UNSAID) if known[word]}
    missing = Counter(row.presence for row in inputs if row.presence != "known")
    return {**counts, **{word: missing[word] for word in sorted(missing, reverse=True)}}


def say_sources(inputs: tuple[Input, ...], counts: dict[str, int]) -> Section:
    """Say how sure the numbers are and which ones nobody knows."""
    parts = listed([_count_words(word, count) for word, count in counts.items()])
    said = [f"{counted(len(inputs), 'number')}: {parts}."]
    assumed = counts.get("assumed", 0)
    if assumed * 2 > len(inputs):
        said.append(
            "More than half of them are assumed: the answers say what would follow, "
            "not what is known."
        )
    said.append(_say_unknown(inputs))
    private = [row for row in inputs if row.is_private]
    if private:
        named = listed([quoted(row.title) for row in private[:_MAX_NAMED]])
        said.append(f"Known only to the actor concerned: {named}.")
    table = Table(
        key="certainty",
        caption="Numbers by certainty",
        columns=("certainty", "numbers", "meaning"),
        rows=tuple(
            row_of(word, str(count), _MEANING[word]) for word, count in counts.items()
        ),
        answer="draws",
        where="page",
    )
    statements = tuple(say(text) for text in said)
    question = "Where does it come from?"
    return Section("sources", 8, question, statements, tables=(table,))


def _count_words(word: str, count: int) -> str:
    return (
        f"{count} of which it does not say how sure it is"
        if word == UNSAID
        else (f"{count} {word}")
    )


def _say_unknown(inputs: tuple[Input, ...]) -> str:
    unknown = list(
        {row.title: row for row in inputs if row.presence == "unknown"}.values()
    )
    if not unknown:
        return "No number is marked unknown."
    named = [quoted(shorten(row.title, 70)) for row in unknown[:_MAX_NAMED]]
    more = len(unknown) - len(named)
    rest = [f"{more} more"] if more > 0 else []
    return (
        f"Nobody knows {listed([*named, *rest])}. An unknown chance or worth is drawn "
        "over all that is possible, never taken as zero."
    )


_MEANING = {
    "stated": "a participant or a document says so",
    "observed": "somebody saw it happen",
    "implied": "it follows from what was said or seen",
    "disputed": "sources disagree",
    "assumed": "chosen by the writer of the file",
    UNSAID: "the file does not say how sure it is",
    "unknown": "the file says that nobody knows",
    "empty": "the field is there and has no value",
}
