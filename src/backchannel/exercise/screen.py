"""What stands on a role's screen: a fold of what the role has seen, and no more.

A page, a script or the sheet of a new player is made from a `Screen`. Since it is built
from views alone, it cannot show what `project` did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backchannel.exercise.projection import View


@dataclass
class Screen:
    """Everything that a role knows, arranged for reading; all values are plain JSON.

    `messages`, `papers`, `offers` and `agreements` are by name, each with the fields of
    all views about it, later ones over earlier, and `status` and `hour` of the last.
    `seats` tells who plays: one's own seat, and the facilitator all of them.
    `circles` are the compartments that the role has heard of: who knows, as it was told
    and, within, as it is. `talk` and `news` are lists in order: what was said to the
    role, and what is public.
    """

    n_views: int = 0
    hour: float = 0.0
    crisis: dict[str, Any] = field(default_factory=dict)
    sheet: dict[str, Any] = field(default_factory=dict)
    phase: str = "unopened"
    clock: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    agreements: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    matters: dict[str, dict[str, Any]] = field(default_factory=dict)
    postures: dict[str, str] = field(default_factory=dict)
    rung: str = ""
    risk: dict[str, Any] = field(default_factory=dict)
    seats: dict[str, dict[str, Any]] = field(default_factory=dict)
    circles: dict[str, dict[str, Any]] = field(default_factory=dict)
    talk: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)


_KEPT_BY_NAME = {
    "message": "messages",
    "paper": "papers",
    "offer": "offers",
    "agreement": "agreements",
    "order": "orders",
    "matter": "matters",
}
# Fields that are put in their place whatever kind of event brings them.
_ARRANGED = frozenset(("phase", "answers", "told_knowers", *_KEPT_BY_NAME))
_NEWS = frozenset(
    (
        *("declared", "leaked", "incident", "rung_changed", "posture_set"),
        *("paper_released", "terms_leaked"),
        *("settlement_collapsed", "agreement_denounced"),
    )
)
_TALK = frozenset(("spoken", "injected", "estimated", "leak_planned", "signal_noted"))
_STANDINGS = (
    *("agreement_reached", "ratification_asked", "assent_given"),
    *("ratification_failed", "settlement_ratified", "settlement_held"),
    *("settlement_collapsed", "agreement_denounced"),
)


def show(screen: Screen, view: View) -> None:
    """Put one more view on a screen."""
    kind, hour, fields = view
    screen.n_views += 1
    if hour > screen.hour:
        screen.hour = hour
    # NOTE: most of a long game is talk, which has none of these names: 1.6x.
    if not _ARRANGED.isdisjoint(fields):
        _arrange_fields(screen, view)
    if kind in _TALK:
        screen.talk.append({"kind": kind, "hour": hour, **fields})
    if kind in _NEWS:
        screen.news.append({"kind": kind, "hour": hour, **fields})
    arrange = _ARRANGE.get(kind)
    if arrange is not None:
        arrange(screen, view)


def _arrange_fields(screen: Screen, view: View) -> None:
    fields = view.fields
    screen.phase = fields.get("phase", screen.phase)
    for key, place in _KEPT_BY_NAME.items():
        if key in fields:
            _keep(getattr(screen, place), fields[key], view)
    if "answers" in fields and fields["answers"] in screen.offers:
        answered = screen.offers[fields["answers"]]
        answered["answered"] = fields.get("answer", "counter")
    for name, told in fields.get("told_knowers", {}).items():
        circle = screen.circles.setdefault(name, {})
        circle |= {**told, "told_at": view.hour, "told_by": fields.get("by", "")}


def screen_of(views: Iterable[View]) -> Screen:
    """Build the screen that shows these views.

    Parameters
    ----------
    views : what a role has seen, in order, as `views_of` gives it

    Returns
    -------
    Screen : the same for the same views
    """
    screen = Screen()
    for view in views:
        show(screen, view)
    return screen


def _keep(shelf: dict[str, dict[str, Any]], name: str, view: View) -> None:
    entry = shelf.setdefault(name, {})
    entry.setdefault("history", []).append([view.kind, view.hour])
    package = entry.get("package")
    entry.update({k: v for k, v in view.fields.items() if k != "audience_costs"})
    for actor, cost in view.fields.get("audience_costs", {}).items():
        paid = entry.setdefault("audience_costs", {})
        paid[actor] = paid.get(actor, 0.0) + cost
    if package and "package" in view.fields:
        # What one is told of a package comes in pieces.
        entry["package"] = {**package, **view.fields["package"]}
    more = _MORE.get(view.kind)
    if more is not None:
        more(entry, view)
    entry["status"], entry["hour"] = view.kind, view.hour


def _copied(entry: dict[str, Any], view: View) -> None:
    copies = view.fields.get("copies")
    if copies:
        entry["all_copies"] = [*entry.get("all_copies", ()), *copies]


def _read(entry: dict[str, Any], view: View) -> None:
    entry.setdefault("readers", {})[view.fields["reader"]] = view.hour


def _ended(entry: dict[str, Any], view: View) -> None:
    issue = view.fields.get("voided") or view.fields["issue"]
    entry.setdefault("terms", {})[issue] = view.fields.get("why", view.kind)


def _came_out(entry: dict[str, Any], view: View) -> None:
    entry.setdefault("out", []).extend(view.fields["package"])


def _judged(entry: dict[str, Any], view: View) -> None:
    judged = entry.setdefault("judged", {})
    judged[str(view.fields["condition"])] = view.fields["outcome"]


def _arrived(entry: dict[str, Any], _view: View) -> None:
    entry["has_come"] = True


def _stands(entry: dict[str, Any], view: View) -> None:
    entry["standing"] = view.kind


def _opened(screen: Screen, view: View) -> None:
    screen.crisis = dict(view.fields)
    screen.rung = view.fields.get("rung", "")


def _briefed(screen: Screen, view: View) -> None:
    sheet = view.fields["sheet"]
    screen.sheet = sheet
    screen.circles = {name: dict(c) for name, c in sheet["compartments"].items()}
    screen.channels = {
        name: {"is_open": channel["is_available"], **channel}
        for name, channel in sheet["channels"].items()
    }
    for name, order in sheet["orders"].items():
        screen.orders[name] = {"status_set": order["status"], **order}


def _clock(screen: Screen, view: View) -> None:
    names = ("is_running", "speed", "skips_to")
    screen.clock |= {k: view.fields[k] for k in names if k in view.fields}
    screen.clock.pop("away_seconds", None)
    screen.clock["hour"] = view.fields.get("skips_to", view.hour)


def _outage(screen: Screen, view: View) -> None:
    _clock(screen, view)
    screen.clock["away_seconds"] = view.fields["away_seconds"]


def _channel(screen: Screen, view: View) -> None:
    name = view.fields["channel"]
    screen.channels[name] = {
        **screen.channels.get(name, {}),
        **view.fields,
        "is_open": True,
    }


def _posture(screen: Screen, view: View) -> None:
    screen.postures[view.fields["posture"]] = view.fields["setting"]


def _rung(screen: Screen, view: View) -> None:
    screen.rung = view.fields["rung"]


def _seat(screen: Screen, view: View) -> None:
    screen.seats[view.fields["seat"]] = dict(view.fields)


def _risk(screen: Screen, view: View) -> None:
    screen.risk = {"hour": view.hour, **view.fields}


def as_record(screen: Screen) -> dict[str, Any]:
    """The screen as plain JSON values, for pages, programs and comparison."""
    return dict(vars(screen))


_ARRANGE = {
    "game_opened": _opened,
    "role_briefed": _briefed,
    "clock_set": _clock,
    "clock_stepped": _clock,
    "outage_ended": _outage,
    "channel_opened": _channel,
    "posture_set": _posture,
    "rung_changed": _rung,
    "risk_told": _risk,
    "seat_given": _seat,
    "seat_taken": _seat,
}
_MORE = {
    "message_received": _arrived,
    "paper_written": _copied,
    "paper_handed_on": _copied,
    "paper_read": _read,
    "term_performed": _ended,
    "breach_seen": _ended,
    "term_void": _ended,
    "terms_leaked": _came_out,
    "condition_judged": _judged,
    **dict.fromkeys(_STANDINGS, _stands),
}
