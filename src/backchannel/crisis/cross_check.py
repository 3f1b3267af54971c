"""Checks that need two places of a file at once: names resolve, chances fit."""

from __future__ import annotations

from backchannel.base.errors import Problem
from backchannel.base.located import LocatedDict
from backchannel.crisis.check_behaviour import check_behaviour
from backchannel.crisis.check_documents import (
    check_channels,
    check_deadlines,
    check_documents,
    check_numbers,
    check_offers,
    check_sources,
)
from backchannel.crisis.check_escalation import check_chains, check_escalation
from backchannel.crisis.check_settlement import (
    check_actors,
    check_compartments,
    check_issues,
    check_no_deal,
    check_ratification,
    check_values,
)
from backchannel.crisis.checker import Checker
from backchannel.crisis.model import Crisis

CHECKS = (
    check_actors,
    check_issues,
    check_values,
    check_ratification,
    check_no_deal,
    check_compartments,
    check_channels,
    check_deadlines,
    check_escalation,
    check_chains,
    check_offers,
    check_behaviour,
    check_documents,
    check_sources,
    check_numbers,
)


def cross_check(crisis: Crisis, tree: LocatedDict, shown: str) -> list[Problem]:
    """Run every check on a validated crisis.

    Returns
    -------
    list of problems, empty when the crisis can be used
    """
    checker = Checker(crisis, tree, shown)
    for check in CHECKS:
        check(checker)
    return checker.problems
