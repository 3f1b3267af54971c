"""Backchannel: what a crisis file says about time, deals, secrecy and channels.

>>> import backchannel
>>> crisis = backchannel.load("strait")
>>> crisis.parties
('alpha', 'bravo')
"""

from __future__ import annotations

from backchannel.base.exports import exports

__version__ = "0.1.0"

# Resolved on first use: the command line must start in well under a second, and an
# engine that is not asked for need not be imported.
_HOMES = {
    "BackchannelError": "base.errors",
    "Certificate": "base.result",
    "Crisis": "crisis.model",
    "CrisisFileError": "base.errors",
    "Draws": "crisis.draws",
    "MethodError": "base.errors",
    "ModelError": "base.errors",
    "NoAgreementError": "base.errors",
    "Status": "base.result",
    "Study": "study",
    "brief": "report",
    "compare_records": "crisis.compare",
    "draw_numbers": "crisis.draws",
    "find_settlements": "settlement",
    "load": "crisis.load",
    "load_domain": "crisis.domain_files",
    "load_mapping": "crisis.load",
    "plan_channels": "settlement",
    "plan_timetable": "settlement",
    "rank_numbers": "crisis.sensitivity",
    "run_sessions": "settlement",
    "run_study": "study",
    "settle_domain": "settlement",
    "shipped_crises": "crisis.load",
    "simulate_escalation": "escalation",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, resolved lazily
__getattr__ = exports(__name__, _HOMES)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
