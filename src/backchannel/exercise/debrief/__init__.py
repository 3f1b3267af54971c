"""After the game: what happened, what it was worth, and what was missed."""

from backchannel.base.exports import exports

_HOMES = {"make_debrief": "whole"}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
