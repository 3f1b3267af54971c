"""Section 2, what both sides can sign: packages, solutions, hurdles, repairs."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.named_packages import GLOSS, NamedPackage
from backchannel.report.naming import package_title, term_title, title_of_actor
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
from backchannel.report.wording import (
    clean,
    counted,
    inner,
    listed,
    number,
    percent,
    quoted,
    worth,
)
from backchannel.settlement.change import Change
from backchannel.settlement.method import TOLERANCE
from backchannel.settlement.procedure import ProcedureChange
from backchannel.settlement.settlements import Settlements

_PASSES = 0.5


def say_deal(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> Section:
    """Say what can be signed, what is best by which rule, what stands in the way."""
    statements = [_say_how_many(found), _say_best(crisis, found, named[0])]
    statements += _say_historical(crisis, found, named)
    statements.append(_say_gains(crisis))
    statements.append(_say_regret(crisis, found, named[0]))
    statements += say_repair(crisis, found, named)
    statements += say_openings(crisis, found)
    return Section(
        key="deal",
        number=2,
        question=f"What can {all_sides(crisis)} sign?",
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
        f" package{'' if found.n_packages == 1 else 's'} that can be put together, ",
        passing,
        " would be accepted and ratified at least as likely as not: every party "
        "accepts, those who must assent at home do, and no leak brings it down.",
    )


def _say_best(crisis: Crisis, found: Settlements, best: NamedPackage) -> Statement:
    if not found.is_settleable:
        return say(
            f"{no_deal(crisis, found)}. So there is no deal that can be counted on. "
            f"Nearest to one: {best.title}. It would be accepted and ratified with a "
            "chance of ",
            best.settled,
            f"; {gain_over(crisis)}: ",
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
        f"{rule}: {best.title}. It would be accepted and ratified with a chance of ",
        best.settled,
        ", and in ",
        best.share_best,
        " of the draws no accepted package has a larger product of gains; "
        f"{gain_over(crisis)}: ",
        *_gains(crisis, best),
        ".",
    )


def all_sides(crisis: Crisis) -> str:
    """The parties together."""
    return "both sides" if len(crisis.parties) == 2 else "all sides"


def no_deal(crisis: Crisis, found: Settlements) -> str:
    """Say that nothing passes, and whether anything would please all."""
    said = "No package would be accepted and ratified at least as likely as not"
    if not (found.gains > TOLERANCE).all(axis=1).any():
        said += f", and none gives {all_sides(crisis)} more than no deal"
    return said


def gain_over(crisis: Crisis) -> str:
    """What a gain is measured from."""
    risk = "" if crisis.escalation is None else ", which includes the risk of war"
    return f"expected gain over no deal{risk}"


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
            " of the draws, and would be accepted and ratified with a chance of ",
            historical.settled,
            ".",
            *none,
        )
    ]


def _say_gains(crisis: Crisis) -> Statement:
    names = listed([inner(title_of_actor(crisis, p)) for p in crisis.parties])
    said = (
        f"The gains of {names} are each on a scale of their own, on which general war "
        "is 100 below the status quo; they are averages over the draws, with failure "
        "at home and leaks in them."
    )
    if crisis.escalation is not None:
        said += (
            " Without a package the risk of war runs on, with one it is taken to be "
            "over: much of a gain can be war avoided."
        )
    return say(said)


def _say_regret(crisis: Crisis, found: Settlements, best: NamedPackage) -> Statement:
    """The most that each party could come to regret, over the draws."""
    parts: list[Part] = []
    for p, party in enumerate(crisis.parties):
        name = f"max_regret.{best.key}.{party}"
        most = number(name, "worth", float(found.max_regret[best.row, p]), ANSWER)
        parts += [f"{', ' if p else ''}{title_of_actor(crisis, party)} ", most]
    least = found.least_regretted
    told = "It is the package by which the largest such regret is least."
    if least != best.row:
        title = package_title(crisis, found.packages.terms(least))
        told = f"The largest such regret is least by another package: {title}."
    return say(
        "Regret, once it is known which draw holds: the most by which another package "
        f"that all accept there would have brought more than {quoted(best.name)}: ",
        *parts,
        f". {told}",
    )


def say_openings(crisis: Crisis, found: Settlements) -> list[Statement]:
    """Say which smallest changes of procedure would open a zone of agreement."""
    if found.is_settleable:
        return []
    openings = found.openings()
    if not openings:
        return [
            say(
                "No single change of procedure opens a zone of agreement: neither one "
                "rule lowered, nor one assent given up, nor one actor reassured."
            )
        ]
    rules = [o for o in openings if o.kind != "reassure"][:1]
    eased = [o for o in openings if o.kind == "reassure"][:1]
    said = []
    for opening, place in zip([*rules, *eased], ("first", "second"), strict=False):
        chance = number(
            f"opening.{place}.prob_settled", "share", opening.prob_settled, ANSWER
        )
        package = package_title(crisis, found.packages.terms(opening.package))
        words = opening_title(crisis, opening)
        said.append(
            say(
                "The smallest change of procedure that opens a zone of agreement"
                f"{'' if opening in rules else ', leaving the rules as they are'}: "
                f"{words}. Then this is accepted and ratified with a chance of ",
                chance,
                f": {package}.",
            )
        )
    return said


def opening_title(crisis: Crisis, opening: ProcedureChange) -> str:
    """A change of procedure in the words of the file."""
    who = quoted(title_of_actor(crisis, opening.actor)) if opening.actor else ""
    rule = ""
    if opening.rule:
        rule = quoted(clean(crisis.ratification[opening.rule].title) or opening.rule)
    match opening.kind:
        case "lower" if opening.share:
            return f"{rule} passes with {percent(opening.share)} of the weight"
        case "lower":
            return f"{rule} passes with {counted(opening.needed, 'assent')}"
        case "excuse":
            return f"the assent of {who} is not asked{f' by {rule}' if rule else ''}"
        case "reassure":
            points = worth(opening.points).removeprefix("+")
            return f"{who} is reassured until it accepts {points} points less"


def say_repair(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    """Say what the cheapest single change is for named packages that would fail."""
    said = []
    failing = [p for p in named if found.prob_settled[p.row] < _PASSES]
    for package in failing[:2]:
        changes = found.change(package.row)
        opening = f"{quoted(package.name)} fails more often than not. "
        done = "mends it"
        if package.row == found.best:
            opening, done = "", "makes a deal of the nearest package"
        if not changes:
            said.append(say(f"{opening}No single change {done}."))
            continue
        change = changes[0]
        after = number(
            f"prob_settled.{package.key}.mended", "share", change.prob_settled, ANSWER
        )
        words = change_title(crisis, change)
        said.append(
            say(
                f"{opening}The cheapest single change that {done}: {words}. It would "
                "then be accepted and ratified with a chance of ",
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
        title = term_title(crisis, change.issue, change.choice.level, mark)
        return f"{quoted(title)} instead"
    if change.kind == "side_payment":
        payer, actor = (title_of_actor(crisis, a) for a in (change.payer, change.actor))
        return f"{payer} gives {actor} something worth {points} points to each"
    if change.kind == "reassurance":
        who = title_of_actor(crisis, change.actor)
        return f"{who} is reassured until it accepts {points} points less"
    issue = quoted(clean(crisis.issues[change.issue].title))
    return f"{issue} is performed in {percent(change.amount)} of the time"
