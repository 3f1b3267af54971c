"""What the things of a crisis are called on a page, by the titles of its file.

Titles stay in the language of the file. The one fallback, for a name that has none
(a ledger written before it had), is the name itself, as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backchannel.exercise.pages.numbers import Say
from backchannel.exercise.roles import FACILITATOR, PUBLIC

Titled = tuple[tuple[str, str], ...]


def as_words(name: str) -> str:
    """A name of the file as words, where nothing better is known.

    >>> as_words("u2_shot_down")
    'u2 shot down'
    """
    return name.replace("_", " ")


@dataclass(frozen=True)
class Names:
    """Titles of what is named; `crisis` is what everybody was told at the opening."""

    crisis: Mapping[str, Any]
    _: Say

    def role(self, name: str) -> str:
        """A seat: the person or body that it is; also those that are in no file."""
        if name == FACILITATOR:
            return self._("Facilitator")
        if name == PUBLIC:
            return self._("Everybody")
        return str(self.crisis.get("roles", {}).get(name) or as_words(name))

    def titles(self, names: Iterable[str]) -> list[str]:
        """Some seats, in the order given."""
        return [self.role(name) for name in names]

    def roles(self, *but: str) -> Titled:
        """Every seat that somebody may play, with its title, but for those named."""
        names = self.crisis.get("roles", {})
        return tuple((n, self.role(n)) for n in names if n not in (PUBLIC, *but))

    def actors(self) -> Titled:
        """Seats that are actors of the file, who alone can find that a term is kept."""
        actors = self.crisis.get("actors", self.crisis.get("roles", {}))
        return tuple((n, title) for n, title in self.roles() if n in actors)

    def issue(self, name: str) -> str:
        """An issue."""
        issue = self.crisis.get("issues", {}).get(name, {})
        return str(issue.get("title") or as_words(name))

    def issues(self) -> Titled:
        """Every issue with its title."""
        return tuple((n, self.issue(n)) for n in self.crisis.get("issues", {}))

    def level(self, issue: str, level: str) -> str:
        """A level with its issue, as `The radar: It is shipped home`."""
        title = self.level_alone(issue, level)
        said = self._("{issue}: {level}")
        return said.format(issue=self.issue(issue), level=title)

    def level_alone(self, issue: str, level: str) -> str:
        """A level without its issue."""
        levels = self.crisis.get("issues", {}).get(issue, {}).get("levels", {})
        return str(levels.get(level) or as_words(level))

    def level_of(self, name: str) -> str:
        """A level that is written `issue.level`."""
        issue, _, level = name.partition(".")
        return self.level(issue, level)

    def levels_of(self, names: Iterable[str]) -> list[str]:
        """Some levels that are written so."""
        return [self.level_of(name) for name in names]

    def term(self, issue: str, text: str) -> str:
        """A term of a package, `level` or `level (private)`."""
        level, private, _rest = text.partition(" (private)")
        title = self.level(issue, level)
        said = self._("{term} (in private)")
        return said.format(term=title) if private else title

    def rung(self, name: str) -> str:
        """A rung of the ladder."""
        return str(self.crisis.get("rungs", {}).get(name) or as_words(name))
