"""The night of 27 October, computed once for all tests, and changed copies of it."""

from functools import cache
from types import SimpleNamespace

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import build, find_file, load
from backchannel.crisis.yaml_source import read_yaml
from backchannel.escalation import simulate_escalation
from backchannel.settlement import find_settlements, plan_channels, plan_timetable

N_DRAWS = 300
SEED = 1962
QUIET = {"jupiters": "withdrawn (private)", "secrecy": "kept (private)"}


def solve(crisis, draws=None, risk=None):
    """Everything the tests ask about, in the same draws."""
    draws = draws or draw_numbers(crisis, N_DRAWS, SEED)
    escalation = simulate_escalation(crisis, draws=draws) if risk is None else None
    risk = risk or escalation.risk
    settlements = find_settlements(crisis, draws=draws, risk=risk)
    return SimpleNamespace(
        crisis=crisis,
        draws=draws,
        escalation=escalation,
        risk=risk,
        settlements=settlements,
    )


@cache
def night():
    """The file as written."""
    return solve(load("cuba-1962"))


@cache
def channels():
    """Every exchange of the package that was agreed."""
    known = night()
    return plan_channels(
        known.crisis,
        draws=known.draws,
        risk=known.risk,
        settlements=known.settlements,
        package=known.crisis.outcome.package,
    )


@cache
def timetable():
    """When the package that was agreed would be performed."""
    known = night()
    return plan_timetable(known.crisis, known.crisis.outcome.package, draws=known.draws)


def varied(*changes):
    """A copy of the file with values replaced: (dotted key, new value) pairs."""
    tree = read_yaml(find_file("cuba-1962"))
    for key, value in changes:
        *path, last = key.split(".")
        here = tree
        for name in path:
            here = here[name]
        assert last in here, key
        here[last] = value
    return build(tree, "cuba-1962.yaml")


def terms(**changes):
    """The package that was agreed, with some issues changed."""
    agreed = night().crisis.outcome.package.terms
    return {issue: str(choice) for issue, choice in agreed.items()} | changes
