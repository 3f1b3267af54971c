"""Ratified bargaining under a hazard of war: one code path for each level.

L0  everybody knows everything                     backward induction
L1  one side's cost is private, the other offers   skimming, endogenous grid
L2  both wait for the other to concede             one concession equation
L3  threats and signals                            every equilibrium
QRE moves with disturbances                        every fixed point
LP  any procedure at all                           linear programme
"""

from backchannel.games.bargaining.solution import Solution
from backchannel.games.bargaining.solve import check_setting, solve_game, solve_setting

__all__ = ["Solution", "check_setting", "solve_game", "solve_setting"]
