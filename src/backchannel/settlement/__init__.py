"""Which deals exist and can be carried home, over which channel, and by when."""

from backchannel.settlement.channels import ChannelPlan, plan_channels
from backchannel.settlement.cheapest import cheapest_changes
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.find import find_settlements
from backchannel.settlement.home_deals import HomeDeals, find_home_deals
from backchannel.settlement.merge import MergeByIssue
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.negotiators import (
    BOULWARE,
    CONCEDER,
    LINEAR,
    MiCRO,
    TimeDependent,
    TitForTat,
)
from backchannel.settlement.nominal import nominal_game
from backchannel.settlement.scan import Scan
from backchannel.settlement.sessions import AlternatingOffers, Sessions, run_sessions
from backchannel.settlement.settle_domain import settle_domain
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.timetable import Timetable, plan_timetable
from backchannel.settlement.two_level import TwoLevel, at_home
from backchannel.settlement.win_sets import ScanWinSets

__all__ = [
    "BOULWARE",
    "CONCEDER",
    "LINEAR",
    "AlternatingOffers",
    "ChannelPlan",
    "DomainFrontier",
    "Exhaustive",
    "HomeDeals",
    "MergeByIssue",
    "MiCRO",
    "Scan",
    "ScanWinSets",
    "Sessions",
    "Settlements",
    "TimeDependent",
    "Timetable",
    "TitForTat",
    "TwoLevel",
    "at_home",
    "cheapest_changes",
    "find_home_deals",
    "find_settlements",
    "nominal_game",
    "plan_channels",
    "plan_timetable",
    "run_sessions",
    "settle_domain",
]
