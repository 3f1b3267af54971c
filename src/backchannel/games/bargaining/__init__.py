"""Ratified bargaining under a hazard of war: one code path for each level.

L0  everybody knows everything                     backward induction
L1  one side's cost is private, the other offers   skimming, endogenous grid
L2  both wait for the other to concede             one concession equation
L3  threats and signals                            every equilibrium
QRE moves with disturbances                        every fixed point
LP  any procedure at all                           linear programme
"""

from backchannel.base.exports import exports

_HOMES = {
    "Solution": "solution",
    "check_setting": "solve",
    "solve_game": "solve",
    "solve_setting": "solve",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
