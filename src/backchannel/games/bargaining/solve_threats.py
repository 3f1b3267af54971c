"""L3, QRE and LP: threats, deterrence, disturbed moves, and mediation."""

from __future__ import annotations

from typing import Any

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray, Uniform
from backchannel.base.result import Certificate, Status
from backchannel.crisis.behaviour import (
    ChanceThreat,
    Deterrence,
    Mediation,
    NoisyChoices,
    NoisyThreat,
    Threat,
)
from backchannel.games.bargaining import chance_threat, deterrence, noisy, threat
from backchannel.games.bargaining.mediation import TypeTable, mediate
from backchannel.games.bargaining.scope import Scope
from backchannel.games.bargaining.solution import Solution

_GRID_OF_TYPES = "2,001 types of each side tried"


def solve_threat(game: Threat, scope: Scope) -> Solution:
    """Find every equilibrium of a threat, in public, in private and confirmed."""
    a = _cost("backing_down", game, scope)
    alpha = _cost("yielding", game, scope)
    leak = scope.chance("leak", game.leak)
    is_confirmed = bool(scope.value("is_confirmed", game.is_confirmed))
    laws = [_law(game, party, scope) for party in scope.parties[:2]]
    public = threat.ThreatGame(leak * a, leak * alpha, laws[0], laws[1])
    private = threat.ThreatGame(0.0, 0.0, laws[0], laws[1])
    plays = threat.every_threat_play(public)
    quiet = threat.every_threat_play(private)[0]
    confirmed = threat.confirmed_threat_play(public)
    chosen = confirmed if is_confirmed else plays[0]
    gap = threat.threat_regret(public, chosen, is_confirmed=is_confirmed)
    genuine = private.prob_fights()
    return Solution(
        level="L3",
        protocol=game.protocol,
        values={
            **_play(chosen),
            "public": _play(plays[0]),
            "private": _play(quiet),
            # A public threat persuades most if it is thought genuine for certain.
            "is_private_stable": quiet.yield_cut >= public.yield_cut(1.0) - 1e-12,
            "least_yielding_cost": 1.0 / genuine - 1.0 if genuine else None,
        },
        status=Status.EXACT,
        method="every equilibrium, by the branches of the threatener's best reply",
        certificate=Certificate(
            "largest gain of any type from another move", gap, 1e-12, _GRID_OF_TYPES
        ),
        n_equilibria=1 if is_confirmed else len(plays),
        selection="the one with the fewest bluffs"
        if len(plays) > 1
        else "the only one",
        prob_war_range=_spread([play.prob_war for play in plays], chosen.prob_war),
    )


def _spread(found: list[float], chosen: float) -> tuple[float, float]:
    return min(*found, chosen), max(*found, chosen)


def _cost(name: str, game: Threat, scope: Scope) -> float:
    found = scope.number(name, getattr(game, name))
    if found < 0.0:
        raise ModelError(
            f"behaviour.game.{name}: is {found:g}; an audience cost is at least 0"
        )
    return found


def _law(game: Threat, party: str, scope: Scope) -> Uniform:
    if party not in game.war:
        raise ModelError(f"behaviour.game.war: says nothing for '{party}'; add a range")
    low = scope.number(f"war.{party}.low", game.war[party].low)
    high = scope.number(f"war.{party}.high", game.war[party].high)
    if not low < high:
        raise ModelError(
            f"behaviour.game.war.{party}: [{low:g}, {high:g}] is empty; low must be "
            "below high"
        )
    return Uniform(low, high)


def _play(play: threat.ThreatPlay) -> dict[str, Any]:
    war = play.prob_war
    return {
        "case": play.case,
        "prob_threat": play.prob_threat,
        "prob_yields": play.prob_yields,
        "prob_genuine": play.prob_genuine,
        "yield_cut": play.yield_cut,
        "threat_cut": play.threat_cut,
        "prob_war": war,
        "prob_war_if_threat": war / play.prob_threat
        if play.prob_threat
        else 1.0 - play.prob_yields,
    }


def solve_deterrence(game: Deterrence, scope: Scope) -> Solution:
    """Find every equilibrium of the deterrence game with hard and soft sides."""
    terms = deterrence.DeterrenceGame(
        prob_hard=_chances(game, scope),
        status_quo=scope.pair("status_quo", game.status_quo, 0.0),
        defender_yields=scope.pair("defender_yields", game.defender_yields, 0.0),
        challenger_retreats=scope.pair(
            "challenger_retreats", game.challenger_retreats, 0.0
        ),
        conflict=scope.pair("conflict", game.conflict, 0.0),
        conflict_hard=scope.number("conflict_hard", game.conflict_hard),
    )
    plays = deterrence.every_deterrence_play(terms)
    play = plays[0]
    hard, soft, give_in = terms.limits()
    prob_c, prob_d = terms.prob_hard
    resists = prob_d + (1.0 - prob_d) * play.soft_resists
    defies = prob_c * play.hard_defies + (1.0 - prob_c) * play.soft_defies
    war = prob_c * play.hard_defies * resists
    wars = [
        prob_c * p.hard_defies * (prob_d + (1 - prob_d) * p.soft_resists) for p in plays
    ]
    return Solution(
        level="L3",
        protocol=game.protocol,
        values={
            "kind": play.kind,
            "hard_defies": play.hard_defies,
            "soft_defies": play.soft_defies,
            "soft_resists": play.soft_resists,
            "hard_limit": hard,
            "soft_limit": soft,
            "give_in": give_in,
            "prob_defies": defies,
            "prob_war": war,
            "prob_status_quo": 1.0 - defies,
            "n_nash": deterrence.count_extreme_equilibria(
                *deterrence.normal_form(terms)
            ),
        },
        status=Status.EXACT,
        method="perfect Bayesian equilibria by cases; Nash equilibria by vertices",
        certificate=Certificate(
            "largest gain of any type from another move",
            max(deterrence.play_regret(terms, p) for p in plays),
            1e-9,
            "each type's expected payoffs, beliefs by Bayes",
        ),
        n_equilibria=len(plays),
        selection="an unexpected defier is thought hard (criterion D1)",
        prob_war_range=_spread(wars, war),
    )


def _chances(game: Deterrence, scope: Scope) -> tuple[float, float]:
    first, second = scope.pair("prob_hard", game.prob_hard, 0.0)
    for chance in (first, second):
        if not 0.0 <= chance <= 1.0:
            raise ModelError(
                f"behaviour.game.prob_hard: is {chance:g}; must lie in [0, 1]"
            )
    return first, second


def solve_chance_threat(game: ChanceThreat, scope: Scope) -> Solution:
    """Find the chances of execution at which a threat works and is worth making.

    Raises
    ------
    ModelError : war is worth the same to the target as defying.
    """
    terms = chance_threat.ChanceThreatGame(
        scope.chance("prob_hard", game.prob_hard),
        scope.pair("comply", game.comply, 0.0),
        scope.pair("defy", game.defy, 0.0),
        scope.pair("war", game.war, 0.0),
    )
    least, most = terms.least_chance(), terms.largest_chance()
    if least is None:
        raise ModelError(
            "behaviour.game.war: is worth the same to the target as defying, so no "
            "threat moves it"
        )
    serves = least <= min(1.0 if most is None else most, 1.0)
    war = terms.prob_hard * max(least, 0.0) if serves else 0.0
    return Solution(
        level="L3",
        protocol=game.protocol,
        values={
            "least_chance": least,
            "largest_chance": most,
            "is_feasible": serves,
            "largest_prob_hard": terms.largest_prob_hard(),
            "prob_war": war,
        },
        status=Status.EXACT,
        method="expected payoffs, which are straight lines in the chance",
        certificate=Certificate(
            "what a soft target gains at the least chance",
            abs(terms.target_gain(least)),
            1e-9,
            "expected payoffs at that chance",
        ),
        prob_war_range=(war, war),
    )


def solve_noisy_choices(game: NoisyChoices, scope: Scope) -> Solution:
    """Chances of the three ends under disturbances.

    Raises
    ------
    ModelError : the law or the kind of disturbance is unknown.
    """
    link = str(scope.value("law", game.law))
    kind = str(scope.value("disturbed", game.disturbed))
    if link not in ("probit", "logit") or kind not in ("agent", "private"):
        raise ModelError(
            f"behaviour.game: law '{link}', disturbed '{kind}'; law is probit or "
            "logit, disturbed is agent or private"
        )
    give = scope.pair("give_in", game.give_in, 0.0)
    war = scope.pair("war", game.war, 0.0)
    scale = scope.positive("scale", game.scale)
    terms = noisy.NoisyChoiceGame(
        scope.number("status_quo", game.status_quo),
        give,
        war,
        "logit" if link == "logit" else "probit",
        "private" if kind == "private" else "agent",
        scale,
    )
    play = noisy.choose_noisily(terms)
    total = play.prob_status_quo + play.prob_give_in + play.prob_war
    return Solution(
        level="QRE",
        protocol=game.protocol,
        values={
            "prob_status_quo": play.prob_status_quo,
            "prob_give_in": play.prob_give_in,
            "prob_war": play.prob_war,
        },
        status=Status.EXACT,
        method=f"{link} chances by backward induction",
        certificate=Certificate(
            "how far the chances are from adding up to 1",
            abs(total - 1.0),
            1e-12,
            "their sum",
        ),
        prob_war_range=(play.prob_war, play.prob_war),
    )


def solve_noisy_threat(game: NoisyThreat, scope: Scope) -> Solution:
    """Every equilibrium of the disturbed threat game; all are reported."""
    terms = noisy.NoisyThreatGame(
        scope.number("status_quo", game.status_quo),
        scope.pair("concession", game.concession, 0.0),
        scope.pair("war", game.war, 0.0),
        scope.pair("backing_down", game.backing_down, 0.0),
    )
    plays = noisy.every_noisy_threat(terms)
    wars = [play.prob_war for play in plays]
    return Solution(
        level="QRE",
        protocol=game.protocol,
        values={
            "equilibria": [
                {
                    "prob_challenge": play.prob_challenge,
                    "prob_resist": play.prob_resist,
                    "prob_fight": play.prob_fight,
                    "prob_status_quo": play.prob_status_quo,
                    "prob_concession": play.prob_concession,
                    "prob_war": play.prob_war,
                    "prob_backing_down": play.prob_backing_down,
                }
                for play in plays
            ],
            "prob_war": wars[0],
        },
        status=Status.CONVERGED,
        method="every root of the best reply on a scan of 6,001 chances",
        certificate=Certificate(
            "chances against disturbances played out, in standard errors",
            max(noisy.noisy_threat_gap(terms, play) for play in plays),
            5.0,
            "400,000 draws for each equilibrium",
        ),
        n_equilibria=len(plays),
        selection="all are given; the first has the least resistance",
        prob_war_range=(min(wars), max(wars)),
    )


def solve_mediation(game: Mediation, scope: Scope) -> Solution:
    """The least war over every procedure, by linear programme."""
    table = TypeTable(
        _columns("war", game.war, scope), _columns("prob_type", game.prob_type, scope)
    )
    best = mediate(table)
    return Solution(
        level="LP",
        protocol=game.protocol,
        values={
            "prob_war": best.prob_war,
            "slack": best.slack,
            "is_peace_possible": best.slack >= -1e-12,
            "war_by_types": best.war_by_types.tolist(),
            "share_by_types": best.share_by_types.tolist(),
        },
        status=Status.EXACT,
        method="linear programme over mechanisms (HiGHS)",
        certificate=Certificate(
            "gap to the dual value, and gain of any type from lying or a veto",
            max(best.gap, best.breach),
            1e-8,
            "dual solution and direct expectations",
        ),
        selection="the value is unique, the procedure need not be",
        prob_war_range=(best.prob_war, best.prob_war),
    )


def _columns(
    place: str, formulas: dict[str, Any], scope: Scope
) -> tuple[FloatArray, FloatArray]:
    first, second = (
        scope.column(f"{place}.{party}", formulas[party]) for party in scope.parties[:2]
    )
    return first, second
