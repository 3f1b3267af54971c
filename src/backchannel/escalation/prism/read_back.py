"""Solve a written model piece by piece, to compare it with the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation._kernels.reference import spread
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.graph import exit_rates
from backchannel.escalation.prism.parse_model import parse_model
from backchannel.escalation.prism.write import WrittenModel, write_prism
from backchannel.escalation.problem import IntArray
from backchannel.escalation.world import AS_WRITTEN, Variation, World

_TAIL = 1e-14
BOUND = 1e-10


def prob_war_of(written: WrittenModel) -> float:
    """P(war by the horizon) from the text of a model alone.

    Parameters
    ----------
    written : text and pieces

    Returns
    -------
    probability, each piece read, explored and carried through in turn

    Raises
    ------
    PrismFileError : the text was changed and cannot be read any more.
    """
    model = parse_model(written.text)
    columns: dict[str, IntArray] | None = None
    prob: FloatArray = np.ones(1)
    war = 0.0
    for piece in written.pieces:
        chain = explore(bind(model, {"piece": piece.number}), start=columns)
        now = np.zeros(chain.n_states)
        now[: len(prob)] = prob
        exits = sparse.diags_array(exit_rates(chain.rates))
        q = sparse.csr_array(chain.rates - exits).T.tocsr()
        if piece.is_jump:
            now = now + q @ now
        else:
            now, _ = spread(q, now, piece.hours, _TAIL)
        war = float(now[chain.where(chain.model.labels["war"])].sum())
        kept = np.flatnonzero(now > 0)
        columns = {
            name: np.asarray(column)[kept].astype(np.int64)
            for name, column in chain.columns.items()
        }
        prob = now[kept]
    return war


def save_checked(
    crisis: Crisis, path: Path, *, variation: Variation = AS_WRITTEN
) -> Certificate:
    """Write a crisis to a file in the PRISM language, and check what was written.

    Parameters
    ----------
    crisis, variation : as for `write_prism`
    path : of the file

    Returns
    -------
    Certificate : as of `compare_with_engine`

    Raises
    ------
    ModelError : no escalation section, or the file cannot be written.
    """
    written = write_prism(crisis, variation=variation)
    written.save(path)
    return compare_with_engine(crisis, written, variation=variation)


def compare_with_engine(
    crisis: Crisis, written: WrittenModel, *, variation: Variation = AS_WRITTEN
) -> Certificate:
    """Compare P(war) of a written model, read back, with the engine's.

    Parameters
    ----------
    crisis, variation : as for `write_prism`
    written : what it returned

    Returns
    -------
    Certificate : the difference at the horizon, every number at its median

    Raises
    ------
    ModelError : no escalation section, horizon 0, or too many states.
    PrismFileError : the text was changed and cannot be read any more.
    """
    world = World(crisis, draw_numbers(crisis, 1, 0).at_medians(), variation)
    compiled = compile_escalation(world)
    hours = np.array([compiled.problem.hours])
    engine = float(
        solve_forward(compiled.problem, compiled.theta, hours, tail=_TAIL).values[
            0, 0, 0
        ]
    )
    text = prob_war_of(written)
    claim = "P(war) of the PRISM model = the engine's"
    return Certificate(claim, abs(text - engine), BOUND, "read back from its text")
