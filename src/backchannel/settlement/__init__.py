"""Which deals exist and can be carried home, over which channel, and by when."""

from backchannel.base.exports import exports

_HOMES = {
    "AlternatingOffers": "sessions",
    "BOULWARE": "negotiators",
    "CONCEDER": "negotiators",
    "ChannelPlan": "channels",
    "DomainFrontier": "domain_frontier",
    "Exhaustive": "method",
    "HomeDeals": "home_deals",
    "LINEAR": "negotiators",
    "MergeByIssue": "merge",
    "MiCRO": "negotiators",
    "Scan": "scan",
    "ScanWinSets": "win_sets",
    "Sessions": "sessions",
    "Settlements": "settlements",
    "TimeDependent": "negotiators",
    "Timetable": "timetable",
    "TitForTat": "negotiators",
    "TwoLevel": "two_level",
    "at_home": "two_level",
    "cheapest_changes": "cheapest",
    "find_home_deals": "home_deals",
    "find_settlements": "find",
    "nominal_game": "nominal",
    "plan_channels": "channels",
    "plan_timetable": "timetable",
    "run_sessions": "sessions",
    "settle_domain": "domain_solutions",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)
