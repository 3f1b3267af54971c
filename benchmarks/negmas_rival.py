"""NegMAS on the same additive domain: its sessions and its MOBANOS sampler.

Run in an environment of its own that has negmas; reads one JSON question on standard
input, writes one JSON answer on standard output. CPU seconds of the work alone.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

import negmas
import negmas.sao as sao
from negmas import LinearAdditiveUtilityFunction, SAOMechanism, make_issue, make_os
from negmas.preferences.pareto_sampler import MOBANOSParetoSampler

NEGOTIATORS = {
    "boulware": sao.BoulwareTBNegotiator,
    "linear": sao.LinearTBNegotiator,
    "conceder": sao.ConcederTBNegotiator,
    "micro": sao.MiCRONegotiator,
}


def utilities(tables: list[Any]) -> tuple[Any, list[Any]]:
    """Outcome space and one function for each party; tables[issue][party][level]."""
    space = make_os(
        [make_issue(len(table[0]), name=f"i{k}") for k, table in enumerate(tables)]
    )
    functions = [
        LinearAdditiveUtilityFunction(
            values=[dict(enumerate(table[p])) for table in tables],
            weights=[1.0] * len(tables),
            outcome_space=space,
            reserved_value=sum(min(table[p]) for table in tables),
        )
        for p in range(len(tables[0]))
    ]
    return space, functions


def sessions(question: dict[str, Any]) -> dict[str, Any]:
    """Play each line-up again and again, a new mechanism every time."""
    space, functions = utilities(question["tables"])
    answers = []
    for line_up in question["line_ups"]:
        n, begin = 0, time.process_time()
        while n == 0 or time.process_time() - begin < question["seconds"]:
            session = SAOMechanism(outcome_space=space, n_steps=question["n_rounds"])
            for name, function in zip(line_up, functions, strict=True):
                session.add(NEGOTIATORS[name](), ufun=function)
            state = session.run()
            n += 1
        per = (time.process_time() - begin) / n
        agreed = None if state.agreement is None else list(state.agreement)
        answers.append({"agreed": agreed, "cpu_s": per})
    return {"answers": answers}


def mobanos(question: dict[str, Any]) -> dict[str, Any]:
    """The frontier of two parties."""
    _, functions = utilities(question["tables"])
    begin = time.process_time()
    sampler = MOBANOSParetoSampler()
    sampler.init(*functions)
    outcomes = sampler.pareto_outcomes()
    seconds = time.process_time() - begin
    points = [[float(f(o)) for f in functions] for o in outcomes]
    return {"cpu_s": seconds, "points": points}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    asked = json.load(sys.stdin)
    work = {"sessions": sessions, "mobanos": mobanos}[asked["work"]]
    print(json.dumps({"version": negmas.__version__, **work(asked)}))
