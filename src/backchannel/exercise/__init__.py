"""The live exercise: people, scripts and models play the roles of a crisis file.

One ledger of events, one fold that makes the state of them, one projection that says
what a role sees. `server` puts the three on the wire and knows no rule of the game.
"""

from backchannel.base.exports import exports

_HOMES = {"clock_of": "risk_table"}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
