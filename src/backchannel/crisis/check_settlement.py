"""Cross-checks of actors, issues, values, ratification and compartments."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from backchannel.crisis.checker import Checker
from backchannel.crisis.issues import Level, Ratification, Requirement


def check_actors(checker: Checker) -> None:
    """Two parties at least; every constituency belongs to one."""
    crisis = checker.crisis
    if len(crisis.parties) < 2:
        n = len(crisis.parties)
        checker.report("actors", f"has {n} of kind party", "a crisis has two or more")
    for name, actor in crisis.actors.items():
        key = f"actors.{name}"
        if actor.kind == "constituency" and actor.of is None:
            checker.report(key, "is a constituency of nobody", "add `of:` and a party")
        if actor.kind == "party" and actor.of is not None:
            checker.report(f"{key}.of", "is given for a party", "leave it out")
        checker.party(f"{key}.of", actor.of)
        incidents = crisis.escalation.incidents if crisis.escalation else {}
        checker.names(f"{key}.acts_alone", actor.acts_alone, incidents, "incident")


def check_issues(checker: Checker) -> None:
    """Levels refer to actors, levels and compartments that exist."""
    crisis = checker.crisis
    if not crisis.issues:
        checker.report("issues", "is empty", "declare at least one matter to settle")
    for name, issue in crisis.issues.items():
        key = f"issues.{name}"
        checker.actor(f"{key}.opened_by", issue.opened_by)
        if len(issue.levels) < 2:
            n = len(issue.levels)
            wrong = f"has {n} level{'' if n == 1 else 's'}"
            checker.report(f"{key}.levels", wrong, "give the status quo and one more")
        for level_name, level in issue.levels.items():
            _check_level(checker, f"{key}.levels.{level_name}", name, level)
        if issue.levels and "private" in issue.levels[issue.status_quo].visibility:
            checker.report(
                f"{key}.levels.{issue.status_quo}",
                "is the status quo and may be private",
                "the status quo is what everybody sees",
            )
    _check_order(checker)


def _check_level(checker: Checker, key: str, issue: str, level: Level) -> None:
    crisis = checker.crisis
    for role in ("giver", "receiver", "promised_by"):
        checker.actor(f"{key}.{role}", getattr(level, role))
    for i, ref in enumerate(level.after):
        checker.level(f"{key}.after[{i}]", ref.issue, ref.level)
    checker.name(f"{key}.about", level.about, crisis.issues, "issue")
    for i, requirement in enumerate(level.requires):
        _check_requirement(checker, f"{key}.requires[{i}]", issue, requirement)
    for audience, reading in level.readings.items():
        checker.actor(f"{key}.readings.{audience}", audience)
        levels = crisis.issues[issue].levels
        place = f"{key}.readings.{audience}.as_level"
        checker.name(place, reading.as_level, levels, f"level of {issue}")
    for step, record in level.steps.items():
        place = f"{key}.steps.{step}.after"
        checker.names(place, record.after, level.steps, "step of this level")
    if level.verification:
        checker.actor(f"{key}.verification.hosted_by", level.verification.hosted_by)
    _check_visibility(checker, key, issue, level)


def _check_visibility(checker: Checker, key: str, issue: str, level: Level) -> None:
    crisis = checker.crisis
    if not level.visibility:
        checker.report(f"{key}.visibility", "is empty", "write [public], or more")
    if ("private" in level.visibility) != (level.private is not None):
        if level.private is None:
            wrong, right = (
                "may be private, but nobody is said to know it",
                "add private: {compartment: NAME}, a name from `compartments`",
            )
        else:
            wrong, right = (
                "says how it is private, but does not allow it",
                "add visibility: [public, private]",
            )
        checker.report(key, wrong, right)
    if level.private is None:
        return
    place = f"{key}.private"
    private = level.private
    checker.name(
        f"{place}.compartment", private.compartment, crisis.compartments, "compartment"
    )
    checker.keys(
        f"{place}.penalty_if_leaked", private.penalty_if_leaked, crisis.actors, "actor"
    )
    for i, requirement in enumerate(private.requires):
        _check_requirement(checker, f"{place}.requires[{i}]", issue, requirement)


def _check_requirement(
    checker: Checker, key: str, issue: str, requirement: Requirement
) -> None:
    given = [
        name
        for name in ("one_of", "consent", "ratified_by")
        if getattr(requirement, name)
    ]
    if len(given) != 1:
        wrong = f"gives {len(given)} requirements"
        checker.report(key, wrong, "give exactly one of one_of, consent, ratified_by")
    for i, ref in enumerate(requirement.one_of):
        place = f"{key}.one_of[{i}]"
        if checker.level(place, ref.issue, ref.level) and ref.issue == issue:
            checker.report(
                place,
                f"'{ref}' is of the same issue",
                "a package has one level of each",
            )
    for role in ("consent", "ratified_by"):
        actor = getattr(requirement, role)
        if actor and checker.actor(f"{key}.{role}", actor):
            _need_threshold(checker, f"{key}.{role}", actor)


def _need_threshold(checker: Checker, key: str, actor: str) -> None:
    if checker.crisis.actors[actor].threshold is None:
        checker.report(
            key,
            f"'{actor}' must assent but has no threshold",
            f"add actors.{actor}.threshold",
        )


def _check_order(checker: Checker) -> None:
    """Refuse terms or steps that wait for each other in a circle."""
    graph: dict[str, set[str]] = {}
    for name, issue in checker.crisis.issues.items():
        for level_name, level in issue.levels.items():
            here = f"issues.{name}.levels.{level_name}"
            after = {f"issues.{r.issue}.levels.{r.level}" for r in level.after}
            graph[here] = after
            for step, record in level.steps.items():
                graph[f"{here}.steps.{step}"] = {
                    f"{here}.steps.{other}" for other in record.after
                }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = [str(key) for key in error.args[1]]
        checker.report(
            circle[0], f"waits for itself by way of {circle[1]}", "break the circle"
        )


def check_values(checker: Checker) -> None:
    """Values name declared levels; the status quo is worth nothing by definition."""
    crisis = checker.crisis
    for actor, issues in crisis.values.items():
        checker.actor(f"values.{actor}", actor)
        for issue, levels in issues.items():
            key = f"values.{actor}.{issue}"
            if not checker.name(key, issue, crisis.issues, "issue"):
                continue
            for level in levels:
                place = f"{key}.{level}"
                if not checker.level(place, issue, level):
                    continue
                if level == crisis.issues[issue].status_quo:
                    checker.report(
                        place, "values the status quo", "it is worth 0 by definition"
                    )
    for name, interaction in crisis.interactions.items():
        key = f"interactions.{name}"
        checker.actor(f"{key}.actor", interaction.actor)
        for i, ref in enumerate(interaction.levels):
            checker.level(f"{key}.levels[{i}]", ref.issue, ref.level)


def check_ratification(checker: Checker) -> None:
    """Members exist, have thresholds, and the rule can pass."""
    crisis = checker.crisis
    for name, ratification in crisis.ratification.items():
        key = f"ratification.{name}"
        checker.party(f"{key}.party", ratification.party)
        checker.names(f"{key}.issues", ratification.issues, crisis.issues, "issue")
        for member in ratification.members:
            if checker.actor(f"{key}.members.{member}", member):
                _need_threshold(checker, f"{key}.members.{member}", member)
        _check_rule(checker, key, ratification)


def _check_rule(checker: Checker, key: str, ratification: Ratification) -> None:
    n = len(ratification.members)
    if n == 0:
        checker.report(f"{key}.members", "is empty", "name at least one constituency")
    if ratification.rule == "quota":
        if ratification.quota is None:
            checker.report(key, "has the rule quota but no quota", "add `quota:`")
        elif not 1 <= ratification.quota <= n:
            wrong = f"is {ratification.quota} of {n} members"
            checker.report(f"{key}.quota", wrong, f"must lie between 1 and {n}")
    elif ratification.quota is not None:
        checker.report(f"{key}.quota", "needs rule: quota", "leave it out")
    if (ratification.rule == "weighted") != (ratification.share is not None):
        checker.report(key, "share belongs to rule: weighted", "give both or neither")


def check_no_deal(checker: Checker) -> None:
    """Every party knows what it has when talks fail."""
    crisis = checker.crisis
    for party in crisis.parties:
        if party not in crisis.no_deal.fallback:
            checker.report(
                "no_deal.fallback",
                f"says nothing for '{party}'",
                "give its worth of the course without agreement (status quo = 0)",
            )
    for section in ("fallback", "failure_cost"):
        names = getattr(crisis.no_deal, section)
        checker.keys(f"no_deal.{section}", names, crisis.parties, "party")


def check_compartments(checker: Checker) -> None:
    """Holders are parties, members are actors."""
    for name, compartment in checker.crisis.compartments.items():
        key = f"compartments.{name}"
        checker.party(f"{key}.holder", compartment.holder)
        checker.names(
            f"{key}.members", compartment.members, checker.crisis.actors, "actor"
        )
