"""Section 2, what both sides can sign: packages, solutions, hurdles, repairs."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.named_packages import GLOSS, NamedPackage
from backchannel.report.naming import term_title, title_of_actor
from backchannel.report.records import (
    Part,
    Section,
    Statement,
    say,
)
from backchannel.report.show_deal import (
    ANSWER,
    frontier_figures,
    hurdle_table,
    package_table,
    short_package_table,
)
from backchannel.report.wording import listed, number, percent, worth
from backchannel.settlement import Settlements
from backchannel.settlement.change import Change

_PASSES = 0.5


def say_deal(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> Section:
    """Say what can be signed, what is best by which rule, what stands in the way."""
    statements = [_say_how_many(found), _say_best(crisis, found, named[0])]
    statements += _say_historical(crisis, found, named)
    statements.append(_say_gains(crisis))
    statements += _say_repair(crisis, found, named)
    return Section(
        key="deal",
        number=2,
        question="What can both sides sign?",
        statements=tuple(statements),
        tables=(
            short_package_table(crisis, named),
            package_table(crisis, named),
            hurdle_table(crisis, found, named),
        ),
        figures=frontier_figures(crisis, found, named),
    )


def _say_how_many(found: Settlements) -> Statement:
    n_pass = len(found.passing)
    passing = number("n_packages.passing", "count", float(n_pass), ANSWER)
    feasible = number("n_packages.feasible", "count", float(found.n_packages), ANSWER)
    return say(
        "Of ",
        feasible,
        " packages that can be put together, ",
        passing,
        " would be settled at least as likely as not: every party accepts, those who "
        "must assent at home do, and no leak brings it down.",
    )


def _say_best(crisis: Crisis, found: Settlements, best: NamedPackage) -> Statement:
    if not found.is_settleable:
        return say(
            "No package is settled at least as likely as not, so there is no deal that "
            f"can be counted on. Nearest to one: {best.title}. It is settled with a "
            "chance of ",
            best.settled,
            "; expected gain over no deal: ",
            *_gains(crisis, best),
            ".",
        )
    is_nash = any(found.best in s.packages for s in found.solutions[:1])
    tied = found.solutions[0].n_tied if is_nash else 1
    others = f" ({tied - 1} more are equally good)" if tied > 1 else ""
    rule = f"The package with the {GLOSS['nash']} (Nash solution){others}"
    if not is_nash:
        rule = "The best package of those that pass: nobody expects to lose by it"
    return say(
        f"{rule}: {best.title}. It is settled with a chance of ",
        best.settled,
        ", and in ",
        best.share_best,
        " of the draws no accepted package has a larger product of gains; expected "
        "gain over no deal: ",
        *_gains(crisis, best),
        ".",
    )


def _gains(crisis: Crisis, package: NamedPackage) -> list[Part]:
    parts: list[Part] = []
    for i, (party, gain) in enumerate(zip(crisis.parties, package.gains, strict=True)):
        parts += [f"{', ' if i else ''}{title_of_actor(crisis, party)} ", gain]
    return parts


def _say_historical(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    nobody = number("share_without_deal", "share", found.share_without_deal, ANSWER)
    none: list[Part] = [" In ", nobody, " of the draws no package is accepted by all."]
    historical = next((p for p in named if p.row == found.historical), None)
    if historical is None:
        said = ""
        if crisis.outcome is not None and crisis.outcome.package is not None:
            said = (
                f"The package of history cannot be compared: {found.historical_note}."
            )
        return [say(said, *none)] if said else [say("In ", *none[1:])]
    if historical.row == named[0].row:
        opening = "That is also the package that history chose"
    else:
        opening = f"What history chose: {historical.title}"
    return [
        say(
            f"{opening}. It is the best of all accepted packages in ",
            historical.share_best,
            " of the draws, and is settled with a chance of ",
            historical.settled,
            ".",
            *none,
        )
    ]


def _say_gains(crisis: Crisis) -> Statement:
    names = listed([title_of_actor(crisis, p) for p in crisis.parties])
    return say(
        f"Gains of {names} are each on a scale of their own, on which general war is "
        "100 below the status quo; they are averages over the draws."
    )


def _say_repair(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    """Say what the cheapest single change is for named packages that would fail."""
    said = []
    failing = [p for p in named if found.prob_settled[p.row] < _PASSES]
    for package in failing[:2]:
        changes = found.change(package.row)
        opening = f"“{package.name}” fails more often than not. "
        if not changes:
            said.append(say(f"{opening}No single change would mend it."))
            continue
        change = changes[0]
        after = number(
            f"prob_settled.{package.key}.mended", "share", change.prob_settled, ANSWER
        )
        words = change_title(crisis, change)
        said.append(
            say(
                f"{opening}The cheapest single change that mends it: {words}; then ",
                after,
                ".",
            )
        )
    return said


def change_title(crisis: Crisis, change: Change) -> str:
    """A change of a package in the words of the file."""
    points = worth(change.amount).removeprefix("+")
    if change.choice is not None:
        mark = change.choice.visibility if change.kind == "visibility" else ""
        return (
            f"“{term_title(crisis, change.issue, change.choice.level, mark)}” instead"
        )
    if change.kind == "side_payment":
        payer, actor = (title_of_actor(crisis, a) for a in (change.payer, change.actor))
        return f"{payer} gives {actor} something worth {points} points to each"
    if change.kind == "reassurance":
        who = title_of_actor(crisis, change.actor)
        return f"{who} is reassured until it accepts {points} points less"
    issue = crisis.issues[change.issue].title
    return f"“{issue}” is performed in {percent(change.amount)} of the time"
