"""The README and the pages of docs/, cut into the pieces that can be run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```\s*$", flags=re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block; `expected` is the `text` block that follows it, if any."""

    language: str
    text: str
    line: int
    expected: str | None = None


@dataclass(frozen=True)
class Command:
    """One `$ ...` line of a console block and the output shown below it."""

    words: str
    expected: str
    line: int


def pages() -> list[Path]:
    """The README and every page below docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    end = 0
    for match in FENCE.finditer(page):
        language, text = match.groups()
        follows = found and not page[end : match.start()].strip()
        if language == "text" and follows and found[-1].language == "python":
            last = found.pop()
            found.append(Block(last.language, last.text, last.line, text))
        else:
            line = page[: match.start()].count("\n") + 2
            found.append(Block(language, text, line))
        end = match.end()
    return found


def commands_of(block: Block) -> list[Command]:
    r"""The commands of a console block; a line that ends in `\` goes on below."""
    found: list[Command] = []
    for offset, line in enumerate(block.text.splitlines()):
        if line.startswith("$ "):
            found.append(Command(line[2:], "", block.line + offset))
        elif found:
            last = found.pop()
            if last.words.endswith("\\") and not last.expected:
                words = last.words[:-1] + line.strip()
                found.append(Command(words, "", last.line))
            else:
                found.append(Command(last.words, f"{last.expected}{line}\n", last.line))
    return found
