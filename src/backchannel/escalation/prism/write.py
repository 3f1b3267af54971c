"""Write the escalation of a crisis as a model in the PRISM language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backchannel.base.errors import ModelError
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.prism.commands import Commands
from backchannel.escalation.prism.pieces import WrittenPiece, written_pieces
from backchannel.escalation.rows import Rows
from backchannel.escalation.timeline import draw_timeline
from backchannel.escalation.workshop import Workshop
from backchannel.escalation.world import AS_WRITTEN, Variation, World


@dataclass(frozen=True, repr=False)
class WrittenModel:
    """A model as text, and the pieces of time that its constant `piece` stands for."""

    text: str
    pieces: tuple[WrittenPiece, ...]

    def __str__(self) -> str:
        return self.text

    def save(self, path: Path | str) -> Path:
        """Write the text to a file; raises ModelError where that is not possible."""
        path = Path(path)
        try:
            path.write_text(self.text, encoding="utf-8")
        except OSError as error:
            raise ModelError(f"{path}: cannot be written: {error.strerror}") from None
        return path


def write_prism(crisis: Crisis, *, variation: Variation = AS_WRITTEN) -> WrittenModel:
    """Write the escalation of a crisis in the PRISM language.

    Parameters
    ----------
    crisis : with an escalation section
    variation : orders, postures and channels that differ from the file

    Returns
    -------
    WrittenModel : every number at its median, in hours; the constant `piece` says which
        stretch of time holds, and the text lists them

    Raises
    ------
    ModelError : no escalation section, horizon 0, or `now` is not known.

    >>> from backchannel.crisis.load import load
    >>> write_prism(load("strait")).text.splitlines()[-1]
    'label "war" = rung=3;'
    """
    world = World(crisis, draw_numbers(crisis, 1, 0).at_medians(), variation)
    timeline = draw_timeline(world)
    shop = Workshop(world, timeline, Rows(1, len(timeline.regimes)))
    pieces = written_pieces(shop)
    commands = Commands(shop, pieces)
    formulas, body = list(commands.formulas()), list(commands.all())
    constants = [f"const double {n} = {v!r};" for n, v in commands.constants.items()]
    lines = [
        *_head(crisis, pieces),
        "ctmc",
        "",
        f"const int piece; // 1 to {len(pieces)}, as above",
        *constants,
        "",
        *formulas,
        "",
        "module crisis",
        *(f"  {line}" for line in _variables(shop)),
        *(f"  {line}" for line in body),
        "endmodule",
        "",
        *_labels(shop),
    ]
    return WrittenModel("\n".join(lines) + "\n", pieces)


def _head(crisis: Crisis, pieces: tuple[WrittenPiece, ...]) -> Iterator[str]:
    # A title may hold line breaks; a comment may not.
    title = " ".join(crisis.title.split())
    yield f"// {title}: escalation, every number at its median."
    yield f"// Crisis {crisis.name}, digest {crisis.digest}. Unit of time: one hour."
    yield "// Rates are constant while a piece lasts: begin each piece with the"
    yield "// probabilities at the end of the one before. In a jump rates are chances:"
    yield "// probabilities p become p (I + Q), once."
    for piece in pieces:
        yield f"// {piece}"


def _variables(shop: Workshop) -> Iterator[str]:
    section, world = shop.escalation, shop.world
    start = section.start
    yield f"rung : [0..{shop.war}] init {shop.rungs.index(start.rung)};"
    for posture in world.movable_postures:
        settings = list(section.postures[posture].settings)
        now = settings.index(world.setting(posture))
        yield f"posture_{posture} : [0..{len(settings) - 1}] init {now};"
    for due in shop.random_deadlines:
        yield f"passed_{due.name} : [0..1] init 0;"
    for party, decision in section.decisions.items():
        pending = start.pending.get(party, 0)
        yield f"pending_{party} : [0..{decision.cap}] init {pending};"
    for kind, token in section.tokens.items():
        yield f"tokens_{kind} : [0..{token.cap}] init {start.tokens.get(kind, 0)};"
    for name, order in world.orders.items():
        if order.delay is not None:
            yield f"under_way_{name} : [0..1] init 0;"


def _labels(shop: Workshop) -> Iterator[str]:
    if shop.settled == 0:
        yield 'label "settled" = rung=0;'
    yield f'label "war" = rung={shop.war};'
