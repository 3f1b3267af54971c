"""What a package may give to an issue, and what each such choice needs."""

from __future__ import annotations

from backchannel.crisis.frozen import Choice
from backchannel.crisis.issues import Issue, Requirement
from backchannel.crisis.model import Crisis


def choices_of(issue: Issue) -> tuple[Choice, ...]:
    """What a package may give to one issue: the status quo first, then by declaration.

    A parked issue has its status quo only.
    """
    found = [Choice(level=issue.status_quo)]
    for name, level in issue.levels.items():
        if name == issue.status_quo or issue.status == "parked":
            continue
        # A visibility written twice is still one choice.
        seen = dict.fromkeys(level.visibility)
        found += [Choice(level=name, visibility=visibility) for visibility in seen]
    return tuple(found)


def requirements_of(crisis: Crisis, issue: str, choice: Choice) -> list[Requirement]:
    """What a term needs: its level's requirements, and those of keeping it private."""
    level = crisis.issues[issue].levels[choice.level]
    if choice.level == crisis.issues[issue].status_quo:
        return []
    needs = list(level.requires)
    if choice.visibility == "private" and level.private is not None:
        needs += level.private.requires
    return needs
