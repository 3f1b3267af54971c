"""What each figure shows, as pure values; `draw` turns them into pictures."""

from __future__ import annotations

from dataclasses import dataclass

Floats = tuple[float, ...]


@dataclass(frozen=True)
class Band:
    """A middle value with its 90 % band."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class FigureHead:
    """What every figure carries.

    `alt` replaces it for a reader who cannot see it; `answer` is what it was made from.
    """

    key: str
    title: str
    alt: str
    answer: str


@dataclass(frozen=True)
class Line:
    """One named line over the hours of a figure."""

    title: str
    values: Floats


@dataclass(frozen=True)
class RiskFigure:
    """Chance of war by each hour, with band, under the strongest levers, and marks."""

    head: FigureHead
    hours: Floats
    war: Line
    low: Floats
    high: Floats
    levers: tuple[Line, ...]
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class HoursLeftRow:
    """When the risk passes one level: quantiles of the draws, None beyond the horizon.

    `text` tells the same in words.
    """

    level: float
    low: float | None
    lower: float | None
    median: float | None
    upper: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class HoursLeftFigure:
    """Hours until the risk of war passes each level, up to the horizon."""

    head: FigureHead
    horizon: float
    rows: tuple[HoursLeftRow, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """One package: gain to two parties over no deal, and how likely it settles.

    `is_in_win_set` where it is passed at home at least as likely as not.
    """

    x: float
    y: float
    prob_settled: float
    is_on_frontier: bool
    is_in_win_set: bool = False


@dataclass(frozen=True)
class NamedPoint:
    """A package that has a name: a solution, an offer, the historical one."""

    title: str
    x: float
    y: float


@dataclass(frozen=True)
class FrontierFigure:
    """Every package in the plane of two parties' expected gains.

    `n_parties` counts those that are not drawn too.
    """

    head: FigureHead
    x_title: str
    y_title: str
    points: tuple[FrontierPoint, ...]
    named: tuple[NamedPoint, ...]
    n_parties: int = 2


@dataclass(frozen=True)
class OfferPoint:
    """One offer: chance of acceptance, gain if accepted, mean gain, what it is called.

    `title` is empty for one without a name in the picture.
    """

    title: str
    prob_accepted: float
    own_gain: float
    mean_gain: float
    prob_war: float


@dataclass(frozen=True)
class OfferFigure:
    """What a side could offer: its gain if accepted against the chance of that."""

    head: FigureHead
    proposer: str
    points: tuple[OfferPoint, ...]


@dataclass(frozen=True)
class SecrecyRow:
    """One private term: chance of a settlement by how the term is seen.

    A value is None where that case does not arise.
    """

    title: str
    private: float | None
    public: float | None
    leaked: float | None


@dataclass(frozen=True)
class LeakCurve:
    """Chance that a term has leaked, by days kept, as told and as it was."""

    title: str
    days: Floats
    told: Floats | None
    was: Floats
    was_low: Floats
    was_high: Floats
    must_hold_days: Band


@dataclass(frozen=True)
class SecrecyFigure:
    """What secrecy buys, and how long it can be expected to last."""

    head: FigureHead
    rows: tuple[SecrecyRow, ...]
    curves: tuple[LeakCurve, ...]


@dataclass(frozen=True)
class ChannelPoint:
    """One way to send and answer: round trip, and the risk that runs meanwhile."""

    title: str
    hours: Band
    risk: Band
    is_available: bool


@dataclass(frozen=True)
class ChannelFigure:
    """Round trip against risk by channel, and the hours to each deadline."""

    head: FigureHead
    points: tuple[ChannelPoint, ...]
    deadlines: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Bar:
    """One piece of work: when it starts and ends, in days from agreement."""

    title: str
    by: str
    start: float
    end: Band
    is_critical: bool
    is_private: bool


@dataclass(frozen=True)
class TimetableFigure:
    """When each promise is performed, with bands and the chain that decides the end."""

    head: FigureHead
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Swing:
    """One number: the answer where it is in its lowest and in its highest fifth."""

    title: str
    low: float
    high: float
    rank_correlation: float


@dataclass(frozen=True)
class SwingPanel:
    """The strongest numbers for one answer."""

    title: str
    rows: tuple[Swing, ...]


@dataclass(frozen=True)
class SensitivityFigure:
    """What moves the answers most."""

    head: FigureHead
    panels: tuple[SwingPanel, ...]


@dataclass(frozen=True)
class KnowersFigure:
    """Who knows which term: `cells[i][j]` for actor i and term j."""

    head: FigureHead
    actors: tuple[str, ...]
    terms: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PathStep:
    """One step on the way to war: what raised the crisis, and to which rung."""

    cause: str
    rung: str


@dataclass(frozen=True)
class PathChain:
    """One way to war and the share of all wars that come by it."""

    share: float
    steps: tuple[PathStep, ...]


@dataclass(frozen=True)
class PathsFigure:
    """The likeliest ways to war, as causal chains."""

    head: FigureHead
    chains: tuple[PathChain, ...]


@dataclass(frozen=True)
class TreeNode:
    """One node of a game tree: where it stands, who moves, how likely it is reached.

    `player` is -1 for chance and -2 for an end; `text` is what stands beside it.
    """

    x: float
    y: float
    player: int
    text: str
    reach: float


@dataclass(frozen=True)
class TreeEdge:
    """One action: from node to node, its name and its probability."""

    start: int
    end: int
    title: str
    probability: float


@dataclass(frozen=True)
class TreeFigure:
    """A small game as a tree, with how it is played.

    `sets` lists the nodes of every information set that holds more than one.
    """

    head: FigureHead
    players: tuple[str, ...]
    nodes: tuple[TreeNode, ...]
    edges: tuple[TreeEdge, ...]
    sets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PrecisionFigure:
    """How noisy play becomes precise: probabilities of actions along the path."""

    head: FigureHead
    precision: Floats
    actions: tuple[Line, ...]


AnyFigure = (
    RiskFigure
    | HoursLeftFigure
    | FrontierFigure
    | OfferFigure
    | SecrecyFigure
    | ChannelFigure
    | TimetableFigure
    | SensitivityFigure
    | KnowersFigure
    | PathsFigure
    | TreeFigure
    | PrecisionFigure
)
