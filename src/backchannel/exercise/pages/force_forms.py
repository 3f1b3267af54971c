"""Forms for forces: postures, standing orders, rulings, and steps up the ladder."""

from __future__ import annotations

from typing import Any

from backchannel.exercise.pages.fields import Field, Form
from backchannel.exercise.pages.words import Say
from backchannel.exercise.screen import Screen


def posture_forms(screen: Screen, _: Say) -> list[Form]:
    """One form for each posture that the role controls."""
    postures: dict[str, Any] = screen.sheet.get("postures", {})
    return [
        Form(
            "set_posture",
            posture["title"],
            _("Set it"),
            (
                Field("posture", "", "hidden", value=name),
                Field(
                    "setting",
                    _("Setting"),
                    "choice",
                    tuple(posture["settings"].items()),
                    value=screen.postures.get(name, ""),
                ),
            ),
            key=name,
        )
        for name, posture in postures.items()
    ]


def order_forms(name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    """Put an order in force, override it, or call it off while it is under way."""
    this = Field("order", "", "hidden", value=name)
    if entry["status"] == "order_under_way":
        return [
            Form("countermand", "", _("Call it off"), (this,), is_small=True, key=name)
        ]
    standing = entry.get("status_set", entry["status"])
    wanted, label = (
        ("overridden", _("Override it"))
        if standing in ("in_force", "breached")
        else ("in_force", _("Put it in force"))
    )
    status = Field("status", "", "hidden", value=wanted)
    return [Form("set_order", "", label, (this, status), is_small=True, key=name)]


def matter_forms(name: str, entry: dict[str, Any], _: Say) -> list[Form]:
    """Rule on a matter that no order answered."""
    if entry["status"] != "matter_opened":
        return []
    rulings = (
        ("hold", _("Hold")),
        ("down", _("Step down")),
        ("up", _("Answer in kind")),
    )
    this = Field("matter", "", "hidden", value=name)
    return [
        Form(
            "rule",
            "",
            label,
            (this, Field("ruling", "", "hidden", value=ruling)),
            is_small=True,
            key=f"{ruling}-{name.replace(' ', '-')}",
        )
        for ruling, label in rulings
    ]


def step_forms(screen: Screen, _: Say) -> list[Form]:
    """Deliberate steps that the role's sheet foresees from the rung of now."""
    steps: dict[str, Any] = screen.sheet.get("steps", {})
    return [
        Form(
            "escalate",
            step["title"],
            _("Take this step"),
            (Field("step", "", "hidden", value=name),),
            note=_("It raises the crisis a rung, at once and in sight of all."),
            key=name,
        )
        for name, step in steps.items()
        if step["from_rung"] == screen.rung
    ]
