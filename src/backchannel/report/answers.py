"""How each answer was made: method, status, seed, checks, and the lines it rests on."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from backchannel.base.result import Certificate, Status
from backchannel.crisis.sensitivity import Sensitivity
from backchannel.escalation.methods import Sampled
from backchannel.escalation.result import EscalationResult
from backchannel.games.bargaining.package_offers import OfferBehaviour
from backchannel.report.records import Answer, Input
from backchannel.settlement.channels import ChannelPlan
from backchannel.settlement.offer_plan import OfferPlan
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.timetable import Timetable
from backchannel.stability.holding import CrisisStability

# Which numbers of the file an answer reads, by their keys.
_READS = {
    "escalation": r"escalation\.|horizon|deadlines\..*if_passed|actors\..*deliberation",
    "settlement": (
        r"values\.|interactions\.|ratification\.|no_deal\.|horizon|compartments\.|"
        r"actors\..*(threshold|pressure)|issues\..*(lead_time|slippage|steps|private)"
    ),
    "secrecy": r"compartments\.|issues\..*(lead_time|slippage|steps|private)",
    "channel": r"channels\.|deadlines\.|actors\..*(deliberation|refuses_ultimatum)",
    "offers": (
        r"values\.|interactions\.|ratification\.|no_deal\.|horizon|compartments\.|"
        r"escalation\.|channels\.|issues\.|"
        r"actors\..*(threshold|pressure|deliberation)"
    ),
    "timetable": r"issues\..*(lead_time|slippage|steps)",
    "behaviour": (
        r"values\.|interactions\.|ratification\.|no_deal\.|horizon|compartments\.|"
        r"escalation\.|channels\.|behaviour\.|actors\."
    ),
    "stability": r"values\.|interactions\.|no_deal\.fallback|horizon|escalation\.",
    "sensitivity": r"",
    "draws": r"",
}


def reads(key: str, path: str) -> bool:
    """Whether an answer reads a number of the file."""
    return re.match(_READS[key], path) is not None


def _reads(key: str, inputs: tuple[Input, ...]) -> tuple[str, ...]:
    return tuple(
        row.path for row in inputs if row.is_computed_with and reads(key, row.path)
    )


def _checked(certificate: Certificate) -> tuple[str, ...]:
    return (str(certificate),) if math.isfinite(certificate.value) else ()


_Result = (
    EscalationResult
    | Settlements
    | ChannelPlan
    | OfferPlan
    | Timetable
    | OfferBehaviour
    | CrisisStability
)


def _answer(
    key: str, title: str, method: str, found: _Result, inputs: tuple[Input, ...]
) -> Answer:
    """What every result says of itself."""
    return Answer(
        key=key,
        title=title,
        method=method,
        status=found.status,
        advice=found.status.advice,
        seed=found.seed,
        n_draws=found.n_draws,
        checks=_checked(found.certificate),
        inputs=_reads(key, inputs),
    )


def answer_draws(inputs: tuple[Input, ...], n_draws: int, seed: int) -> Answer:
    """The joint samples on which all else rests."""
    return Answer(
        key="draws",
        title="The draws",
        method="every uncertain number drawn independently from its law, each from a "
        "random stream of its own",
        status=Status.SAMPLED,
        advice=Status.SAMPLED.advice,
        seed=seed,
        n_draws=n_draws,
        checks=(),
        inputs=_reads("draws", inputs),
    )


def answer_escalation(found: EscalationResult, inputs: tuple[Input, ...]) -> Answer:
    """The risk over time."""
    how = _sampled if isinstance(found.method, Sampled) else _exact
    return _answer(
        "escalation", "Risk over time, levers, ways to war", how(found), found, inputs
    )


def _exact(found: EscalationResult) -> str:
    work, tolerance = found.work, getattr(found.method, "tolerance", 0.0)
    return (
        "exact solution of the Markov jump process in every draw by "
        f"uniformisation (Jensen 1953; Grassmann 1977), {work.n_states:,} states, "
        f"{work.n_runs} runs, error of each probability at most "
        f"{tolerance:.0e}; ways to war by exact solution on an enlarged "
        "state space, numbers at their medians"
    )


def _sampled(found: EscalationResult) -> str:
    n_paths = 0 if found.sampling is None else found.sampling.n_paths
    return (
        f"{n_paths:,} independent paths (Anderson 2007; Dassios and Zhao 2013) in "
        f"{found.work.n_runs} runs that share their random numbers; ways to war "
        "counted with the numbers at their medians"
    )


def answer_settlement(found: Settlements, inputs: tuple[Input, ...]) -> Answer:
    """The packages."""
    error = 100 * 0.5 / math.sqrt(found.n_draws)
    return Answer(
        key="settlement",
        title="Packages: acceptance, ratification, frontier, solutions",
        method=f"all {found.n_packages:,} feasible packages looked at in every draw, "
        "thresholds of those who must assent integrated, not drawn; solutions over the "
        "mean gains",
        status=found.status,
        advice=found.status.advice,
        seed=found.seed,
        n_draws=found.n_draws,
        checks=(
            *_checked(found.certificate),
            f"standard error of a share over the draws: at most {error:.1f} points",
        ),
        inputs=_reads("settlement", inputs),
    )


def answer_secrecy(found: Settlements, inputs: tuple[Input, ...]) -> Answer:
    """What secrecy buys."""
    return _answer(
        "secrecy",
        "Private, public, leaked",
        "the same package with the term private and public, and given a leak; "
        "leak = 1 − exp(−knowers × rate per knower × time to keep it)",
        found,
        inputs,
    )


def answer_channel(found: ChannelPlan, inputs: tuple[Input, ...]) -> Answer:
    """Round trips and deadlines."""
    return _answer(
        "channel",
        "Channels and deadlines",
        found.method,
        found,
        inputs,
    )


def answer_offers(found: OfferPlan, inputs: tuple[Input, ...]) -> Answer:
    """The plan of offers."""
    plan = found.method
    return _answer(
        "offers",
        "What to offer now, and what after a refusal",
        f"backward induction (Bellman 1957) over up to {plan.n_offers} offers in turn "
        f"of the {plan.n_candidates} packages settled most often, over every channel "
        "that exists, the risk until each answer charged in every draw",
        found,
        inputs,
    )


def answer_behaviour(found: OfferBehaviour, inputs: tuple[Input, ...]) -> Answer:
    """The offer, its answer, and the mediator's bound."""
    made = _answer(
        "behaviour",
        "Offer, answer, and what a mediator could save",
        f"level {found.level}: {found.method} (Fearon 1995); {found.selection}; least "
        "war over all procedures by linear programme (Fey and Ramsay 2011) at "
        f"{found.mediated.n_types} draws",
        found,
        inputs,
    )
    gap = f"gap of the linear programme to its dual value: {found.mediated.gap:.0e}"
    return replace(made, checks=(*made.checks, gap))


def answer_stability(found: CrisisStability, inputs: tuple[Input, ...]) -> Answer:
    """What would hold."""
    error = 100 * 0.5 / math.sqrt(found.n_draws)
    made = _answer(
        "stability",
        "Which outcomes would hold",
        "graph model for conflict resolution (Fang, Hipel and Kilgour 1993), "
        "sequential stability by search over all states around each outcome in the "
        f"first {found.n_draws:,} draws",
        found,
        inputs,
    )
    share = f"standard error of a share over the draws: at most {error:.1f} points"
    return replace(made, checks=(*made.checks, share))


def answer_timetable(found: Timetable, inputs: tuple[Input, ...]) -> Answer:
    """Dates of performance."""
    return _answer(
        "timetable",
        "Timetable",
        found.method,
        found,
        inputs,
    )


def answer_sensitivity(found: Sensitivity, inputs: tuple[Input, ...]) -> Answer:
    """What matters most."""
    return Answer(
        key="sensitivity",
        title="Sensitivity",
        method=f"{found.method} (Spearman 1904); means of the answer over the draws in "
        "which a number is in its lowest and in its highest fifth",
        status=found.status,
        advice=found.status.advice,
        seed=found.seed,
        n_draws=found.n_draws,
        checks=(f"unrelated numbers all stay within ±{found.noise:.2f} (95 %)",),
        inputs=_reads("sensitivity", inputs),
    )
