"""The base of every record in a crisis file, and the small types they share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from backchannel.base.located import place_of
from backchannel.base.uncertain import Certainty, NumberOf, PlacedError, Uncertain
from backchannel.base.units import (
    COST,
    COUNT,
    DEATHS,
    DURATION,
    FACTOR,
    PROBABILITY,
    RATE,
    WORTH,
)
from backchannel.crisis.field_docs import field_docs

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Duration = Annotated[Uncertain, NumberOf(DURATION)]
Rate = Annotated[Uncertain, NumberOf(RATE)]
Probability = Annotated[Uncertain, NumberOf(PROBABILITY)]
Worth = Annotated[Uncertain, NumberOf(WORTH)]
Cost = Annotated[Uncertain, NumberOf(COST)]
Factor = Annotated[Uncertain, NumberOf(FACTOR)]
Count = Annotated[Uncertain, NumberOf(COUNT)]
Deaths = Annotated[Uncertain, NumberOf(DEATHS)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class Frozen(BaseModel):
    """A record that is validated once and never changed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        defer_build=True,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add to the schema what each field means."""
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in field_docs(cls).items():
            field = cls.model_fields.get(name)
            if field is not None and (field.alias or name) in properties:
                properties[field.alias or name].setdefault("description", text)
        return schema


def _as_list(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


Sources = Annotated[
    tuple[Name | Text, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
]


class Sourced(Frozen):
    """A record that says where it comes from."""

    source: Sources = ()
    """Keys of `sources`; one name or a list."""
    certainty: Certainty | None = None
    """How sure: stated, observed, implied, disputed or assumed."""
    note: Text = ""
    """What a reader should know about this entry."""


class Fact(Sourced):
    """A piece of text that may be unknown, or a field that is present and empty."""

    text: Text = ""
    """What is known."""
    presence: Literal["known", "unknown", "empty"] = "known"
    """Whether it is known, known to be unknown, or present without a value."""

    def __str__(self) -> str:
        return self.text if self.presence == "known" else self.presence


def _read_fact(raw: Any) -> Any:
    if raw in ("unknown", "empty"):
        return {"presence": raw}
    if isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
        return {"text": str(raw)}
    return raw


Known = Annotated[
    Fact, BeforeValidator(_read_fact, json_schema_input_type=str | int | Fact)
]


class LevelRef(Frozen):
    """A level of an issue, written `issue.level`."""

    issue: Name
    level: Name

    def __str__(self) -> str:
        return f"{self.issue}.{self.level}"


def _read_level_ref(raw: Any) -> Any:
    if isinstance(raw, str):
        issue, dot, level = raw.partition(".")
        if not dot:
            raise PlacedError(
                f"'{raw}' names no level; write issue.level", place_of(raw)
            )
        return {"issue": issue, "level": level}
    return raw


LevelName = Annotated[
    LevelRef, BeforeValidator(_read_level_ref, json_schema_input_type=str)
]
Visibility = Literal["public", "private"]


class Choice(Frozen):
    """The level and visibility that a package gives to one issue."""

    level: Name
    """A level of the issue."""
    visibility: Visibility = "public"
    """Whether everybody sees it."""

    def __str__(self) -> str:
        return self.level if self.visibility == "public" else f"{self.level} (private)"


def _read_choice(raw: Any) -> Any:
    if isinstance(raw, str):
        level, _, rest = raw.partition("(")
        visibility = rest.rstrip(") ") if rest else "public"
        return {"level": level.strip(), "visibility": visibility}
    return raw


LevelChoice = Annotated[
    Choice, BeforeValidator(_read_choice, json_schema_input_type=str | Choice)
]


class WrittenPackage(Frozen):
    """A package as a file names it; issues not named stay at the status quo."""

    terms: dict[Name, LevelChoice]


def _read_package(raw: Any) -> Any:
    return {"terms": raw} if isinstance(raw, dict) and "terms" not in raw else raw


Package = Annotated[
    WrittenPackage,
    BeforeValidator(_read_package, json_schema_input_type=dict[Name, LevelChoice]),
]
