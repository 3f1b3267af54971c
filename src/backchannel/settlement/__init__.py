"""Which deals exist and can be carried home, over which channel, and by when."""

from backchannel.settlement.channels import ChannelPlan, plan_channels
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.find import find_settlements
from backchannel.settlement.merge import MergeByIssue
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.scan import Scan
from backchannel.settlement.settle_domain import settle_domain
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.timetable import Timetable, plan_timetable

__all__ = [
    "ChannelPlan",
    "DomainFrontier",
    "Exhaustive",
    "MergeByIssue",
    "Scan",
    "Settlements",
    "Timetable",
    "find_settlements",
    "plan_channels",
    "plan_timetable",
    "settle_domain",
]
