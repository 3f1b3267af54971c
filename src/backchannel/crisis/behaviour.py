"""How the parties bargain: protocol, who proposes, what is private, what silence costs.

A file of a real crisis needs none of this: who proposes, over which channel and what
each package is worth follow from its offers, values and channels. A file of a model
writes the game down in `game`, as formulas over the named numbers in `parameters`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from backchannel.base.formula import Formula, read_formula
from backchannel.crisis.frozen import Duration, Frozen, Name, Sourced, Text

_SCALAR = {"type": ["number", "string", "boolean", "null"]}
FormulaText = Annotated[
    Formula,
    BeforeValidator(read_formula),
    WithJsonSchema({"x-takes": "formula, such as `1 - p`", **_SCALAR}),
]
ParameterName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)
]
Parameter = Annotated[
    bool | int | float | str | tuple[float, ...] | None,
    WithJsonSchema(
        {
            "x-takes": "number, text, true or false, null, or list of numbers",
            "anyOf": [_SCALAR, {"type": "array", "items": {"type": "number"}}],
        }
    ),
]
ByParty = dict[Name, FormulaText]


def _formula(raw: Any) -> Any:
    """Take this formula where a file says nothing."""
    return Field(default_factory=lambda: read_formula(raw))


class Range(Frozen):
    """A private number: only its owner knows the draw, all know the two ends."""

    low: FormulaText
    """Smallest value."""
    high: FormulaText
    """Largest value; every value between is equally likely."""


class Votes(Frozen):
    """A vote at home on what a party brings."""

    least: FormulaText = _formula(None)
    """Smallest share that passes, where everybody knows it."""
    between: Range | None = None
    """Ends of the least share, where it is uncertain: every value equally likely."""
    failure: FormulaText = _formula(0)
    """What the other side has when the vote fails."""


class Incidents(Frozen):
    """Incidents while the sides talk, each making the next one likelier."""

    base_rate: FormulaText
    """Incidents per unit of time, none having happened."""
    jump: FormulaText
    """What an incident adds to the rate."""
    cooling: FormulaText
    """Rate at which that fades."""
    ignition: FormulaText
    """Chance that an incident ends in war."""
    round_time: FormulaText = _formula(1)
    """Units of time from one offer to the next."""


class Offers(Frozen):
    """Offers of shares of one pie: alternating, or always by the same side."""

    protocol: Literal["offers"]
    proposer: Literal["alternating", "first", "second"] = "alternating"
    """Who makes the offers; `first` and `second` by the order of the parties."""
    rounds: FormulaText = _formula(None)
    """How many offers; without end where null."""
    utility: ByParty = {}
    """Worth of an own `share`, rising; the share itself where nothing is said."""
    war: ByParty = {}
    """Worth of war to each; 0 where nothing is said."""
    fallback: FormulaText = _formula(None)
    """Share that the responder keeps by refusing, instead of war, where it has one."""
    discount: ByParty = {}
    """Weight of the next round; 1 where nothing is said."""
    hazard: FormulaText = _formula(0)
    """Chance of war after each refusal; after the last round war is certain."""
    incidents: Incidents | None = None
    """Incidents that give the hazard of every round, in place of `hazard`."""
    discount_rate: ByParty = {}
    """Impatience per unit of time, where offers come ever faster."""
    hazard_rate: FormulaText = _formula(None)
    """Rate of war per unit of time; a number here means that offers come ever faster,
    and `hazard` and `discount` are not read."""
    private_cost: Range | None = None
    """Cost of war that only the responder knows; `cost` in its `war` stands for it."""
    ratification: dict[Name, Votes] = {}
    """Votes at home."""
    public_demand: FormulaText = _formula(None)
    """What the first party pays for each unit by which it settles below the demand that
    it chose to make in public."""


class Rounds(Frozen):
    """Rounds of offers over packages, both sides with a private type."""

    protocol: Literal["rounds"]
    packages: dict[Name, ByParty]
    """What can be offered: worth to each party, in which `type` stands for its own."""
    types: dict[Name, FormulaText] = {}
    """The numbers that only a party knows of itself, as a list; 0 where left out."""
    prob_type: dict[Name, FormulaText] = {}
    """Chance of each, a list; equal where nothing is said."""
    war: ByParty
    """Worth of war, in which `type` stands for the party's own."""
    no_deal: ByParty = {}
    """Worth of no deal after the last round; war where nothing is said."""
    settled: dict[Name, FormulaText] = {}
    """Chance that an accepted package is carried home; 1 where nothing is said."""
    rounds: FormulaText = _formula(2)
    """How many offers."""
    proposer: Literal["alternating", "first", "second"] = "alternating"
    """Who makes the offers; `alternating` begins with the first party."""
    hazard: FormulaText = _formula(0)
    """Chance of war when a round passes without a deal; `round` counts from 0."""
    incidents: Incidents | None = None
    """Incidents that give the hazard of every round, in place of `hazard`."""
    prob_war_at_end: FormulaText = _formula(1)
    """Chance of war without a deal after the last round."""


class Proposal(Frozen):
    """One proposal on a line, to a ratifier who compares it with the status quo."""

    protocol: Literal["proposal"]
    ideal: ByParty
    """The point that each likes best: first the proposer, then the ratifier."""
    status_quo: FormulaText
    """What stays when the ratifier refuses."""


class ShiftingPower(Frozen):
    """A pie in every period, while the chance of winning a war changes."""

    protocol: Literal["shifting_power"]
    power: FormulaText
    """Chance that the first party wins, by period; the last one stands for ever."""
    discount: FormulaText
    """Weight of the next period."""
    war_cost: ByParty
    """Cost of a war, once."""
    upkeep: FormulaText = _formula(0)
    """Part of each period's pie that keeping the peace uses up."""
    attackers: tuple[Name, ...] = ()
    """Who can start a war; only the responder, by refusing, where nothing is said."""


class Ladder(Frozen):
    """Steps of rising risk, taken in turn until one side gives way."""

    protocol: Literal["ladder"]
    prize: ByParty
    """Worth of prevailing; giving way is worth 0."""
    disaster: ByParty
    """Loss in a disaster."""
    step_risk: FormulaText
    """Step k brings disaster with a chance of k times this."""


class Pressure(Frozen):
    """One side chooses how hard to press; pressing harder wins more and risks more."""

    protocol: Literal["pressure"]
    gain: FormulaText
    """Chance of prevailing at `pressure`."""
    risk: FormulaText
    """Chance of disaster at `pressure`."""
    loss: FormulaText
    """Loss in a disaster."""
    most: FormulaText
    """Largest pressure that can be chosen."""


class Concession(Frozen):
    """A war of nerves: each side waits for the other to concede."""

    protocol: Literal["concession"]
    prize: ByParty
    """Worth of the other's concession, at time `t`."""
    concede: ByParty
    """Worth of conceding at time `t`, audience cost included."""
    war: ByParty = {}
    """Worth of war when the hazard strikes."""
    discount_rate: ByParty = {}
    """Impatience per unit of time."""
    hazard_rate: FormulaText = _formula(0)
    """Rate of war while both wait, at time `t`."""
    never_concedes: ByParty = {}
    """Share of each side that will not concede at time `t`, come what may."""
    private_prize: Range | None = None
    """Prize of each side where only it knows the draw; symmetric, in place of prize."""
    asked: tuple[FormulaText, ...] = ()
    """Prizes for which the risk that is run is to be told."""


class Threat(Frozen):
    """A threat, an answer, and the decision to fight or to back down."""

    protocol: Literal["threat"]
    backing_down: FormulaText
    """What the threatener pays at home for backing down from a public threat."""
    yielding: FormulaText
    """What the target pays at home for yielding to a public threat."""
    war: dict[Name, Range]
    """Worth of war, private to each; what is at stake is worth 1."""
    leak: FormulaText = _formula(1)
    """Share of those costs that is paid: 1 in public, 0 in private."""
    is_confirmed: FormulaText = _formula(False)
    """Whether a second voice at home confirms a threat that will be carried out."""


class Deterrence(Frozen):
    """Defy or not, yield or resist, fight or retreat; each side is hard or soft."""

    protocol: Literal["deterrence"]
    prob_hard: ByParty
    """Chance that a side is hard: first the challenger, then the defender."""
    status_quo: ByParty
    """Worth where nobody defies."""
    defender_yields: ByParty
    """Worth where the defender yields."""
    challenger_retreats: ByParty
    """Worth where the defender resists and the challenger retreats."""
    conflict: ByParty
    """Worth of conflict, to the hard challenger and to the soft defender."""
    conflict_hard: FormulaText
    """Worth of conflict to the hard defender."""


class ChanceThreat(Frozen):
    """A threat that is carried out only with some chance."""

    protocol: Literal["chance_threat"]
    prob_hard: FormulaText
    """Chance that the target never complies."""
    comply: ByParty
    """Worth where the target complies: first the threatener, then the target."""
    defy: ByParty
    """Worth where it defies and the threat is not carried out."""
    war: ByParty
    """Worth where it defies and the threat is carried out."""


class NoisyChoices(Frozen):
    """Two moves with disturbances that nobody but the mover, or nobody, foresees."""

    protocol: Literal["noisy_choices"]
    status_quo: FormulaText
    """Worth of not moving, to the first party."""
    give_in: ByParty
    """Worth where the second party gives in."""
    war: ByParty
    """Worth where it fights."""
    law: FormulaText = _formula("'probit'")
    """probit or logit."""
    disturbed: FormulaText = _formula("'agent'")
    """agent: each choice; private: each worth."""
    scale: FormulaText = _formula(1)
    """Size of a disturbance."""


class NoisyThreat(Frozen):
    """A threat game in which the worths of war and of backing down are disturbed."""

    protocol: Literal["noisy_threat"]
    status_quo: FormulaText
    """Worth of no challenge, to the first party."""
    concession: ByParty
    """Worth where the challenge is not resisted."""
    war: ByParty
    """Worth of a fight."""
    backing_down: ByParty
    """Worth where the challenger backs down."""


class Mediation(Frozen):
    """The least war that any procedure allows, given what each side alone knows."""

    protocol: Literal["mediation"]
    war: dict[Name, FormulaText]
    """Worth of war by type, a list for each party."""
    prob_type: dict[Name, FormulaText]
    """Chance of each type, a list for each party."""


class WarStage(Frozen):
    """A war as battles over forts: a random walk until one side has all."""

    protocol: Literal["war_stage"]
    forts: FormulaText
    """How many there are."""
    held: FormulaText
    """Forts that the first party holds."""
    prob_battle: FormulaText
    """Chance that it wins a battle."""


class ExcitedHazard(Frozen):
    """Incidents that make the next one likelier; each may ignite a war."""

    protocol: Literal["excited_hazard"]
    base_rate: FormulaText
    """Incidents per unit of time, none having happened."""
    jump: FormulaText
    """What an incident adds to the rate."""
    cooling: FormulaText
    """Rate at which that fades."""
    ignition: FormulaText
    """Chance that an incident ends in war."""
    until: FormulaText
    """Time up to which to count."""


class Quota(Frozen):
    """A vote of many members, each with a threshold of its own."""

    protocol: Literal["quota"]
    members: FormulaText
    """How many vote."""
    needed: FormulaText
    """How many must assent."""
    prob_assent: FormulaText
    """Chance that one member assents."""


Game = Annotated[
    Offers
    | Rounds
    | Proposal
    | ShiftingPower
    | Ladder
    | Pressure
    | Concession
    | Threat
    | Deterrence
    | ChanceThreat
    | NoisyChoices
    | NoisyThreat
    | Mediation
    | WarStage
    | ExcitedHazard
    | Quota,
    Field(discriminator="protocol"),
]


class PublishedModel(Frozen):
    """The published model that a file writes down."""

    citation: Text
    """Where it was published."""
    closed_form: Text
    """Its solution in words or formulas, for a reader to compare with."""
    status: Literal["textbook", "reduced form"]
    """reduced form: in the spirit of the paper, which has more in it."""


Answers = dict[ParameterName, "FormulaText | dict[ParameterName, FormulaText]"]


class Behaviour(Sourced):
    """How the parties bargain, where the file says more than its other sections."""

    offer: Name | None = None
    """The offer that opens the bargaining: who proposes, to whom, over which channel;
    the one nearest to `now` where nothing is said."""
    round_time: Duration | None = None
    """From an offer to its answer; the round trip of its channel where nothing is
    said."""
    model: PublishedModel | None = None
    """The published model that the file writes down, if any."""
    parameters: dict[ParameterName, Parameter] = {}
    """Numbers of a model; `--set NAME=VALUE` changes one for a run."""
    conditions: tuple[FormulaText, ...] = ()
    """What must hold of the parameters, each a formula that is true or false."""
    game: Game | None = None
    """The game of a model, in formulas over its parameters."""
    answers: Answers = {}
    """What to report of a model, in formulas over its parameters and its solution."""
