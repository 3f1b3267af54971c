"""What the cross-checks share: they report, none raises, so all problems come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from backchannel.base.errors import Problem, did_you_mean
from backchannel.base.located import LocatedDict
from backchannel.crisis.frozen import WrittenPackage
from backchannel.crisis.model import Crisis
from backchannel.crisis.place import line_of_key

_SECTIONS = {
    "actor": "actors",
    "issue": "issues",
    "compartment": "compartments",
    "channel": "channels",
    "deadline": "deadlines",
    "record": "records",
    "contact": "contacts",
    "norm": "norms",
    "source": "sources",
    "incident": "escalation.incidents",
    "posture": "escalation.postures",
    "token kind": "escalation.tokens",
}


@dataclass
class Checker:
    """Collects the problems of one file."""

    crisis: Crisis
    tree: LocatedDict
    shown: str
    problems: list[Problem] = field(default_factory=list)

    def report(self, key: str, wrong: str, right: str) -> None:
        """Note a problem at a dotted key."""
        line = line_of_key(self.tree, key)
        self.problems.append(Problem(self.shown, line, key, wrong, right))

    def name(self, key: str, name: str | None, known: Iterable[str], noun: str) -> bool:
        """Check that a name is declared; report and return False if it is not."""
        known = list(known)
        if name is None or name in known:
            return True
        article = "an" if noun[0] in "aeiou" else "a"
        right = did_you_mean(name, known, noun)
        if noun in _SECTIONS and "Did you mean" not in right:
            right += f". Add it under `{_SECTIONS[noun]}`"
        self.report(key, f"'{name}' is not {article} {noun}", right)
        return False

    def names(
        self, key: str, names: Iterable[str], known: Iterable[str], noun: str
    ) -> None:
        """Check several names, reporting each at its own place."""
        known = list(known)
        for i, name in enumerate(names):
            self.name(f"{key}[{i}]", name, known, noun)

    def keys(
        self, key: str, names: Iterable[str], known: Iterable[str], noun: str
    ) -> None:
        """Check that the keys of a mapping are declared names."""
        known = list(known)
        for name in names:
            self.name(f"{key}.{name}", name, known, noun)

    def actor(self, key: str, name: str | None) -> bool:
        """Check the name of an actor."""
        return self.name(key, name, self.crisis.actors, "actor")

    def party(self, key: str, name: str | None) -> bool:
        """Check the name of a party."""
        return self.name(key, name, self.crisis.parties, "party")

    def level(self, key: str, issue: str, level: str) -> bool:
        """Check a reference to a level of an issue."""
        if not self.name(key, issue, self.crisis.issues, "issue"):
            return False
        levels = self.crisis.issues[issue].levels
        return self.name(key, level, levels, f"level of {issue}")

    def package(self, key: str, package: WrittenPackage) -> None:
        """Check that a written package uses declared levels, visible as allowed."""
        for issue, choice in package.terms.items():
            here = f"{key}.{issue}"
            if not self.level(here, issue, choice.level):
                continue
            allowed = self.crisis.issues[issue].levels[choice.level].visibility
            if choice.visibility not in allowed:
                self.report(
                    here,
                    f"'{choice.level}' cannot be {choice.visibility}",
                    f"add {choice.visibility} to issues.{issue}.levels."
                    f"{choice.level}.visibility, which is [{', '.join(allowed)}]",
                )
