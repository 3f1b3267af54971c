"""Crisis files with something broken in them, made from the shipped ones.

A mutant is a text: one to three changes, or eight of numbers only, spliced into a
file that loads. Which ones follows from the mutant's number alone, so any of them can
be made again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from backchannel.crisis.load import gallery_files, shipped_crises

# Values that a hand or a program may write where something else belongs.
NUMBERS = (
    "-1 0 -0.0 1 2 3.7 1e-320 1e9 -1e9 1e308 -1e308 1e400 .nan .inf -.inf nan NaN inf "
    "0x10 0o7 1_000 1.5.2 999999999999999999999 ٣ １２ ½ ² -0 +5 1e 100000 0.5"
).split()
QUANTITIES = (
    "6 parsecs|6h|6  h|6 /h|-3 d|0 h|0 /h|1e300 d|1e-300 /h|inf h|nan /h|6 h h|h|6 mo|"
    "1000000 y|50 %|150 %|-5 %|1e6 /h|1 /s|3 min|0.5 /min|6 H|6 hours|1,5 h|٣ h"
).split("|")
RANGES = (
    "[5, 1]|[1]|[1, 2, 3]|[]|[.nan, .nan]|[0, 0]|[-1e9, 1e9]|[1 h, 2 /h]|[a, b]|[0, 1]|"
    "[0 h, 1000 h]|[1e-9 /h, 1e3 /h]|[[1, 2], 3]|[{}, {}]|[unknown, 1]|[0, 1e308]"
).split("|")
LAWS = (
    "{lognormal: {median: 0, p90: 0}}|{lognormal: {median: 1 h, p90: 1e200 h}}|"
    "{lognormal: {median: 4 h, log_sd: 900}}|{normal: {mean: 1, sd: 0}}|"
    "{normal: {mean: 1e9, sd: 1e-9}}|{normal: {mean: 5 h, sd: 100 h}}|"
    "{beta: {a: 0, b: 0}}|{beta: {a: 1e-9, b: 1e-9}}|{beta: {a: 1e5, b: 1e-5}}|"
    "{triangular: [0, 0, 0]}|{triangular: [0, 1, 1]}|{pert: [0, 1, 2]}|{pert: 3}|"
    "{discrete: {0: 0.5, 1: 0.5}}|{discrete: {}}|{discrete: {1 h: 0.2, 2 h: 0.8}}|"
    "{discrete: [0, 1]}|{loguniform: [0, 1]}|{loguniform: [1e-300, 1e300]}|"
    "{loguniform: [1e-9 /h, 1 /h]}|{value: 1, interval: [0, 1]}|{value: {}}|"
    "{value: unknown, source: NOBODY}|{gamma: 1}|{interval: [0, 1], private: perhaps}|"
    "{value: 1, certainty: sure}|{value: 1, source: [[]]}|{value: 1, source: 7}"
).split("|")
WORDS = (
    "unknown|empty|null|~|true|false|yes|''|{}|[]|[[]]|public|private|war|UNKNOWN|"
    "'a\tb'|'\\0'|\"\\0\"|\"\\ud800\"|../../etc/passwd|'*'|'.'|'a.b'|'a b'|'{{ 7*7 }}'|"
    "'<script>alert(1)</script>'|'[red]bold[/red]'|'$x^2$'|'%s %d'|😀|é|'\u202eabc'|"
    "'zero\u200bwidth'|'\u2028'|1962-10-27|12:30|!!int x|!!python/object:os.system x|"
    "!!binary aGk=|!!set {a, b}|!!float 'x'|&here there|*nowhere|? x"
).split("|")
MOMENTS = (
    "2031-13-45 25:61 UTC|2031-05-04 18:00|1962-10-28 01:30 America/New_York|"
    "9999-12-31 23:59 UTC|0001-01-01 00:00 UTC|2031-05-04 18:00 Mars/Phobos|"
    "2031-05-04 18:00 UTC+99|2031-05-04|now|yesterday|2031-02-29 00:00 UTC|"
    "2031-05-04 24:00 UTC|2031-05-04T18:00:00Z|1962-10-27 18:00/20:00 UTC"
).split("|")
CHARACTERS = "\t\r\n\0\x07\x85 :#-?,[]{}&*!|>'\"%@`\ufeff\u2028\ufffe😀é0"


@dataclass(frozen=True)
class Site:
    """A stretch of the text that is one scalar, one collection or one entry."""

    start: int
    end: int
    is_flow: bool


@dataclass(frozen=True)
class Outline:
    """Where the parts of a file stand."""

    text: str
    keys: tuple[Site, ...]
    scalars: tuple[Site, ...]
    collections: tuple[Site, ...]
    entries: tuple[Site, ...]


@cache
def outline(text: str) -> Outline:
    """Find the parts of a file that loads."""
    keys: list[Site] = []
    scalars: list[Site] = []
    collections: list[Site] = []
    entries: list[Site] = []

    def site(first: Node, last: Node, is_flow: bool) -> Site:
        start, end = first.start_mark.index, last.end_mark.index
        # A block ends where the next token begins; the space between is not its own.
        return Site(start, start + len(text[start:end].rstrip()), is_flow)

    def visit(node: Node, is_flow: bool) -> None:
        if isinstance(node, ScalarNode):
            scalars.append(site(node, node, is_flow))
            return
        inner = is_flow or bool(node.flow_style)
        collections.append(site(node, node, inner))
        if isinstance(node, MappingNode):
            for key, value in node.value:
                keys.append(site(key, key, inner))
                entries.append(site(key, value, inner))
                visit(value, inner)
        elif isinstance(node, SequenceNode):
            for value in node.value:
                visit(value, inner)

    visit(YAML(typ="safe", pure=True).compose(text), is_flow=False)
    return Outline(
        text, tuple(keys), tuple(scalars), tuple(collections), tuple(entries)
    )


Splice = tuple[int, int, str]
Change = Callable[[random.Random, Outline], Splice]


def _odd_value(rng: random.Random) -> str:
    kinds: Sequence[Sequence[str]] = (NUMBERS, QUANTITIES, RANGES, LAWS, WORDS, MOMENTS)
    return rng.choice(rng.choice(kinds))


def odd_scalar(rng: random.Random, parts: Outline) -> Splice:
    """Write an odd value in place of a scalar."""
    at = rng.choice(parts.scalars)
    return at.start, at.end, _odd_value(rng)


def odd_number(rng: random.Random, parts: Outline) -> Splice:
    """Write an odd number or quantity where a number stands."""
    numeric = [s for s in parts.scalars if parts.text[s.start : s.end][:1].isdigit()]
    at = rng.choice(numeric or parts.scalars)
    return at.start, at.end, rng.choice(rng.choice((NUMBERS, QUANTITIES, LAWS)))


def moderate_number(rng: random.Random, parts: Outline) -> Splice:
    """Move a number a little, so that the file often still makes sense."""
    numeric = [s for s in parts.scalars if parts.text[s.start : s.end][:1].isdigit()]
    at = rng.choice(numeric or parts.scalars)
    number, _, unit = parts.text[at.start : at.end].partition(" ")
    try:
        moved = float(number) * rng.choice((0.0, 0.5, 0.9, 1.1, 2.0))
    except ValueError:
        return odd_scalar(rng, parts)
    return at.start, at.end, f"{moved:.6g} {unit}".strip()


def extreme_number(rng: random.Random, parts: Outline) -> Splice:
    """Write the least, the largest or the vaguest that a number's unit allows."""
    numeric = [s for s in parts.scalars if parts.text[s.start : s.end][:1].isdigit()]
    at = rng.choice(numeric or parts.scalars)
    number, _, unit = parts.text[at.start : at.end].partition(" ")
    sizes = ("0", "1e-12", "1e-3", "0.5", "1", "2", "7", "100", "1e4", number)
    low, middle, high = sorted(rng.choices(sizes, k=3), key=_size)
    one, two, three = (f"{size} {unit}".strip() for size in (low, middle, high))
    return (
        at.start,
        at.end,
        rng.choice(
            (
                one,
                two,
                three,
                "unknown",
                f"[{one}, {three}]",
                f"{{loguniform: [{one}, {three}]}}",
                f"{{triangular: [{one}, {two}, {three}]}}",
                f"{{lognormal: {{median: {one}, p90: {three}}}}}",
                f"{{normal: {{mean: {two}, sd: {three}}}}}",
                f"{{discrete: {{{one}: 0.5, {three}: 0.5}}}}",
            )
        ),
    )


def _size(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def scaled_number(rng: random.Random, parts: Outline) -> Splice:
    """Make a number larger, smaller or negative and keep its unit."""
    numeric = [s for s in parts.scalars if parts.text[s.start : s.end][:1].isdigit()]
    at = rng.choice(numeric or parts.scalars)
    sign = rng.choice(("-", "", "", "", ""))
    digits = rng.choice(("", "0", "00", "000000", "e3", "e-3", "e-9"))
    old = parts.text[at.start : at.end]
    number, _, unit = old.partition(" ")
    return at.start, at.end, f"{sign}{number}{digits} {unit}".strip()


def odd_collection(rng: random.Random, parts: Outline) -> Splice:
    """Write an odd value in place of a mapping or a list."""
    at = rng.choice(parts.collections[1:])
    return at.start, at.end, _odd_value(rng)


def other_name(rng: random.Random, parts: Outline) -> Splice:
    """Write the name of something else in place of a scalar."""
    at, name = rng.choice(parts.scalars), rng.choice(parts.keys)
    return at.start, at.end, parts.text[name.start : name.end]


def misspelt(rng: random.Random, parts: Outline) -> Splice:
    """Change one letter of a key or of a value."""
    at = rng.choice(rng.choice((parts.keys, parts.scalars)))
    old = parts.text[at.start : at.end]
    i = rng.randrange(max(len(old), 1))
    letter = rng.choice(("", "x", "_", old[i : i + 1] * 2, old[i : i + 1].upper()))
    return at.start, at.end, old[:i] + letter + old[i + 1 :]


def renamed_key(rng: random.Random, parts: Outline) -> Splice:
    """Give an entry the name of another, an odd one or none."""
    at, name = rng.choice(parts.keys), rng.choice(parts.keys)
    other = parts.text[name.start : name.end]
    odd = ("", "7", "true", "null", "[a]", "{a: b}", "<<", "😀", "a.b", "'a b'", "__x")
    return at.start, at.end, rng.choice((other, other, rng.choice(odd)))


def deleted_entry(rng: random.Random, parts: Outline) -> Splice:
    """Take an entry out."""
    at = rng.choice(parts.entries)
    end = at.end
    if at.is_flow and parts.text[end : end + 1] == ",":
        end += 1
    return at.start, end, ""


def deleted_section(rng: random.Random, parts: Outline) -> Splice:
    """Take a whole section out, or one thing in it."""
    column = rng.choice((0, 2))
    starts = {0, *(i + 1 for i, c in enumerate(parts.text) if c == "\n")}
    sections = [s for s in parts.entries if s.start - column in starts]
    at = rng.choice(sections)
    return at.start, at.end, ""


def repeated_entry(rng: random.Random, parts: Outline) -> Splice:
    """Write an entry twice."""
    at = rng.choice(parts.entries)
    old = parts.text[at.start : at.end]
    line = parts.text.rfind("\n", 0, at.start) + 1
    between = ", " if at.is_flow else "\n" + " " * (at.start - line)
    return at.start, at.end, old + between + old


def moved_part(rng: random.Random, parts: Outline) -> Splice:
    """Write one part of the file where another belongs."""
    pool = (parts.scalars, parts.collections[1:], parts.entries)
    at, other = rng.choice(rng.choice(pool)), rng.choice(rng.choice(pool))
    return at.start, at.end, parts.text[other.start : other.end]


def cut_text(rng: random.Random, parts: Outline) -> Splice:
    """Lose the end of the file, or a stretch of it."""
    start = rng.randrange(len(parts.text))
    length = rng.choice((1, 5, 50, 500, len(parts.text)))
    return start, min(start + length, len(parts.text)), ""


def odd_character(rng: random.Random, parts: Outline) -> Splice:
    """Put a character where it may mean something to YAML."""
    start = rng.randrange(len(parts.text))
    return start, start + rng.randrange(2), rng.choice(CHARACTERS)


def changed_line(rng: random.Random, parts: Outline) -> Splice:
    """Repeat, indent or unindent a line, or indent it by a tab."""
    start = parts.text.rfind("\n", 0, rng.randrange(len(parts.text))) + 1
    end = parts.text.find("\n", start) + 1 or len(parts.text)
    line = parts.text[start:end]
    changed = (
        line * 2,
        "  " + line,
        line.lstrip(" "),
        "\t" + line,
        " " + line,
        "---\n",
    )
    return start, end, rng.choice(changed)


def nested_deep(rng: random.Random, parts: Outline) -> Splice:
    """Nest a value deeper than any reader expects."""
    at = rng.choice(parts.scalars)
    depth = rng.choice((3, 70, 700))
    opening, closing = rng.choice((("[", "]"), ("{a: ", "}")))
    old = parts.text[at.start : at.end]
    return at.start, at.end, opening * depth + old + closing * depth


def repeated_by_alias(rng: random.Random, parts: Outline) -> Splice:
    """Use an anchor: for another value, for itself, as a merge or to swell the file."""
    first, second = sorted(rng.sample(parts.scalars, 2), key=lambda s: s.start)
    old = parts.text[first.start : first.end]
    between = parts.text[first.end : second.start]
    swelling = "[&a [x, x, x, x, x, x, x, x, x], &b [*a, *a, *a, *a, *a, *a, *a, *a], "
    swelling += "&c [*b, *b, *b, *b, *b, *b, *b], [*c, *c, *c, *c, *c, *c, *c, *c]]"
    return rng.choice(
        (
            (first.start, second.end, f"&n {old}{between}*n"),
            (first.start, first.end, "&n [*n]"),
            (first.start, first.end, "{<<: {a: 1}, b: 2}"),
            (first.start, first.end, swelling),
        )
    )


CHANGES: tuple[Change, ...] = (
    odd_scalar,
    *(odd_number,) * 2,
    *(moderate_number,) * 4,
    *(extreme_number,) * 6,
    *(scaled_number,) * 3,
    odd_collection,
    other_name,
    misspelt,
    renamed_key,
    *(deleted_entry,) * 2,
    deleted_section,
    repeated_entry,
    moved_part,
    cut_text,
    odd_character,
    changed_line,
    nested_deep,
    repeated_by_alias,
)


# Written at the end of strait, which leaves these to their defaults.
BEHAVIOUR = """
behaviour:
  offer: tonight
  round_time: [6 h, 12 h]
"""


@cache
def original(name: str) -> str:
    """Text of a shipped crisis, of a model, or, as `behaviour`, of strait with that."""
    if name == "behaviour":
        text = original("strait")
        return text if "\nbehaviour:" in text else text + BEHAVIOUR
    return {**shipped_crises(), **gallery_files()}[name].read_text("utf-8")


def mutant(text: str, number: int) -> tuple[str, str]:
    """Make one mutant of a file.

    Parameters
    ----------
    text : a file that loads
    number : which mutant; the same number always gives the same one

    Returns
    -------
    tuple : names of the changes, and the text of the mutant
    """
    rng = random.Random(number)
    parts = outline(text)
    n_changes = rng.choice((1, 1, 1, 2, 3, 8))
    # Eight arbitrary changes would hardly ever load; eight odd numbers may.
    pool = CHANGES if n_changes < 8 else (moderate_number, extreme_number)
    chosen = [rng.choice(pool) for _ in range(n_changes)]
    splices = [change(rng, parts) for change in chosen]
    # From the end to the front, so that earlier places stay where they are; of two
    # that overlap the later one in the file is kept.
    changed, limit = text, len(text) + 1
    for start, end, new in sorted(splices, reverse=True):
        if end <= limit:
            changed = changed[:start] + new + changed[end:]
            limit = start
    return "+".join(change.__name__ for change in chosen), changed
