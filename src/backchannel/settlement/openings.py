"""The smallest changes of procedure that open a zone of agreement where none is.

Where no package passes, one vote fewer, one member excused or one constituency
reassured may be enough; each is found by judging all packages again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.settlement.additive import unpack
from backchannel.settlement.method import IntArray
from backchannel.settlement.two_level import HomeRule, TwoLevel
from backchannel.settlement.win_sets import Judged, ScanWinSets, scan_home

OpeningKind = Literal["lower", "excuse", "reassure"]
_LISTS_ALL = ScanWinSets(max_listed=50_000_000, counts_blocked=False)


@dataclass(frozen=True, eq=False)
class Opening:
    """One change after which some package passes.

    `lower`: the `rule` asks for `needed` instead, `share` of its weight less. `excuse`:
    the `rule` no longer asks `actor`, who has that share of its weight. `reassure`:
    the threshold of `actor` falls by `points`. `game` is the game afterwards and
    `n_passing` how many of its packages pass.
    """

    kind: OpeningKind
    n_passing: int
    game: TwoLevel
    rule: str = ""
    actor: str = ""
    needed: int = 0
    share: float = 0.0
    points: float = 0.0

    def __str__(self) -> str:
        match self.kind:
            case "lower":
                what = f"{self.rule}: {self.needed} is enough"
            case "excuse":
                what = f"{self.rule}: without {self.actor}"
            case "reassure":
                what = f"reassure {self.actor} by {self.points:.4g} points"
        return f"{what}; then {self.n_passing:,} packages pass"


def find_openings(
    game: TwoLevel, *, method: ScanWinSets = _LISTS_ALL
) -> tuple[Opening, ...]:
    """Find the smallest single changes of procedure that open a zone of agreement.

    Parameters
    ----------
    game : a domain, its leaders and the rules at home
    method : bounds on each scan

    Returns
    -------
    by kind, the smallest of each for whom it concerns: rules lowered and members
    excused by the share of weight given up, then constituencies reassured by points;
    empty where some package passes already, or where no single change is enough

    Raises
    ------
    MethodError : more packages than the method takes.

    Notes: exact. A lower requirement never fails what passed, so the largest that is
    enough is found by halving.
    """
    if _judge(game, method) is not None:
        return ()
    procedure: list[Opening] = []
    for place, rule in enumerate(game.rules):
        if _is_secret(game, rule):
            continue
        procedure += _lowered(game, place, rule, method)
        procedure += _excused(game, place, rule, method)
    procedure.sort(key=lambda opening: opening.share)
    return (*procedure, *sorted(_reassured(game, method), key=lambda o: o.points))


def _judge(game: TwoLevel, method: ScanWinSets) -> Judged | None:
    """What passes; None where nothing does."""
    try:
        judged = scan_home(game, method)
    except ModelError:
        # Somebody without whom nothing passes refuses everything.
        return None
    return judged if judged.n_passing else None


def _is_secret(game: TwoLevel, rule: HomeRule) -> bool:
    """Whether a rule stands for what may leak, which no procedure changes."""
    return game.secret is not None and rule.members == (game.secret.actor,)


def _with_rule(game: TwoLevel, place: int, rule: HomeRule) -> TwoLevel:
    rules = list(game.rules)
    rules[place] = rule
    return replace(game, rules=tuple(rules))


def _lowered(
    game: TwoLevel, place: int, rule: HomeRule, method: ScanWinSets
) -> list[Opening]:
    """The rule with the largest requirement that is enough."""

    def lowered(needed: int) -> TwoLevel:
        return _with_rule(game, place, replace(rule, needed=needed))

    enough, refused = 0, rule.needed
    if rule.needed <= 0 or _judge(lowered(0), method) is None:
        return []
    while refused - enough > 1:
        middle = (enough + refused) // 2
        if _judge(lowered(middle), method) is None:
            refused = middle
        else:
            enough = middle
    found = _judge(lowered(enough), method)
    return [
        Opening(
            "lower",
            0 if found is None else found.n_passing,
            lowered(enough),
            rule=rule.name,
            needed=enough,
            share=(rule.needed - enough) / sum(rule.weights),
        )
    ]


def _excused(
    game: TwoLevel, place: int, rule: HomeRule, method: ScanWinSets
) -> list[Opening]:
    """The rule with one member taken as assenting to everything."""
    found = []
    for seat, (member, weight) in enumerate(
        zip(rule.members, rule.weights, strict=True)
    ):
        if len(rule.members) == 1:
            rules = tuple(r for r in game.rules if r is not rule)
            after = replace(game, rules=rules)
        else:
            left = replace(
                rule,
                members=rule.members[:seat] + rule.members[seat + 1 :],
                weights=rule.weights[:seat] + rule.weights[seat + 1 :],
                needed=max(rule.needed - weight, 0),
            )
            after = _with_rule(game, place, left)
        judged = _judge(after, method)
        if judged is not None:
            share = weight / max(sum(rule.weights), 1)
            found.append(
                Opening(
                    "excuse",
                    judged.n_passing,
                    after,
                    rule=rule.name,
                    actor=member,
                    share=share,
                )
            )
    return found


def _reassured(game: TwoLevel, method: ScanWinSets) -> list[Opening]:
    """The game with one constituency's threshold as high as is still enough."""
    found = []
    home = dict.fromkeys(
        name
        for rule in game.rules
        if not _is_secret(game, rule)
        for name in rule.members
    )
    for actor in home:
        k = game.actors.index(actor)
        free = game.thresholds.copy()
        free[k] = -np.inf
        judged = _judge(game.with_thresholds(free), method)
        if judged is None or judged.numbers is None:
            continue
        most = _most_of(game, judged.numbers, k)
        free[k] = most
        after = game.with_thresholds(free)
        passing = _judge(after, method)
        found.append(
            Opening(
                "reassure",
                0 if passing is None else passing.n_passing,
                after,
                actor=actor,
                points=float(game.thresholds[k] - most),
            )
        )
    return found


def _most_of(game: TwoLevel, numbers: IntArray, k: int) -> float:
    """The most that one actor gets from some packages."""
    packages = unpack(numbers, game.domain.n_levels)
    total = np.zeros(len(packages))
    for i, table in enumerate(game.domain.utilities):
        total += table[k, packages[:, i]]
    return float(total.max())
