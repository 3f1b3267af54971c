"""Solve a game: convert, check, choose the method, run, audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.result import Status
from backchannel.games.all_equilibria import enumerate_equilibria
from backchannel.games.answer import (
    Equilibrium,
    GameAnswer,
    asked_precision,
    digest_of,
    gap_certificate,
    quantal_certificate,
)
from backchannel.games.backward_induction import induct_backward
from backchannel.games.beliefs import belief_intervals
from backchannel.games.certificate import audit, log_beliefs
from backchannel.games.efg import read_efg
from backchannel.games.exact_finish import finish_exactly, keep_unreached
from backchannel.games.exact_proof import prove_exactly
from backchannel.games.lemke import pivot_sequence_form
from backchannel.games.logit_trace import LogitState, trace_logit
from backchannel.games.methods import (
    METHODS,
    AllEquilibria,
    BackwardInduction,
    CorrelatedEquilibrium,
    LemkeSequenceForm,
    LogitTrace,
    Method,
    RegretMinimisation,
)
from backchannel.games.nfg import read_game_kind, read_nfg
from backchannel.games.reduced import n_strategies
from backchannel.games.regret_minimisation import LearningState, minimise_regret
from backchannel.games.sequence_form import probabilities_of, sequence_form
from backchannel.games.strategic import StrategicForm, tree_of
from backchannel.games.tree import FloatArray, GameTree, require_perfect_recall
from backchannel.games.watch import Watch

_ROUNDING = 1e-9  # of the payoffs' range: a gain that counts as none
_QUANTAL = 1e-8  # distance of a probability from the reply that the logit rule gives
_FEW_STRATEGIES = 24
_MANY_ACTIONS = 2500
T = TypeVar("T")


def read_game(path: Path | str) -> GameTree:
    """Read a game file of either kind.

    Parameters
    ----------
    path : of an .efg or .nfg file

    Returns
    -------
    GameTree : a table becomes a tree in which nobody sees anything

    Raises
    ------
    GameFileError : the file cannot be read.
    """
    if read_game_kind(path) == "EFG":
        return read_efg(path)
    return tree_of(read_nfg(path))


def method_named(name: str) -> Method:
    """Find a method by the name that the command line uses.

    Parameters
    ----------
    name : such as "logit-trace"

    Returns
    -------
    Method : with its default settings

    Raises
    ------
    MethodError : there is none of this name.
    """
    if name not in METHODS:
        raise MethodError(f"--method: is '{name}'; it is one of {', '.join(METHODS)}")
    return METHODS[name]()


def choose_method(tree: GameTree) -> Method:
    """Choose the method that says most about a game of this kind and size.

    Parameters
    ----------
    tree : any game

    Returns
    -------
    Method : backward induction where everybody sees everything, all equilibria where
        there are few strategies, the logit trace up to some thousand actions, regret
        minimisation beyond
    """
    if tree.is_perfect_information:
        return BackwardInduction(all_ties=tree.n_nodes <= 10_000)
    require_perfect_recall(tree, "every method for games with hidden moves")
    counts = [n_strategies(sets) for sets in sequence_form(tree).sets]
    limit = _FEW_STRATEGIES if tree.n_players == 2 else 9
    if sum(counts) <= limit:
        return AllEquilibria()
    if tree.n_actions <= _MANY_ACTIONS:
        return LogitTrace(is_finished_exactly=True)
    return RegretMinimisation()


def solve_game(
    game: GameTree | StrategicForm,
    *,
    method: Method | None = None,
    watch: Watch | None = None,
    resume: object = None,
) -> GameAnswer:
    """Find what purposeful players do, with the proof.

    Parameters
    ----------
    game : a tree, or a table
    method : how; None chooses by kind and size
    watch : how long it may take, and whom to tell
    resume : the `state` of an earlier answer of the same method and game

    Returns
    -------
    GameAnswer : profiles, audit, certificate; `status` says how far to trust them

    Raises
    ------
    ModelError : the game does not fit the method; the message names one that does.
    MethodError : `resume` is of another method.

    >>> from backchannel.games import parse_nfg, solve_game
    >>> text = 'NFG 1 R "pennies" { "a" "b" } { 2 2 } 1 -1 -1 1 -1 1 1 -1'
    >>> solve_game(parse_nfg(text)).probabilities.tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    tree = tree_of(game) if isinstance(game, StrategicForm) else game
    chosen = method or choose_method(tree)
    machine = _MACHINES[type(chosen)]
    return machine(tree, chosen, watch or Watch(), resume)


def _spread(tree: GameTree) -> float:
    return float(np.ptp(tree.payoffs)) if tree.payoffs.size else 0.0


def _equilibrium(
    tree: GameTree,
    probabilities: FloatArray,
    *,
    is_exact: bool = False,
    beliefs: FloatArray | None = None,
    tolerance: float = _ROUNDING,
) -> Equilibrium:
    found = audit(tree, probabilities, beliefs)
    limit = tolerance * (_spread(tree) or 1.0)
    is_credible = found.regret <= limit
    if not is_credible and found.nash_gap <= limit and tree.n_nodes <= 2000:
        on_path = _regret_on_path(tree, found.set_regret, found.reach)
        intervals = belief_intervals(tree, probabilities, tolerance=tolerance)
        is_credible = on_path <= limit and all(i.is_credible for i in intervals)
        if is_credible:
            for interval in intervals:
                found.beliefs[interval.nodes] = interval.belief
            found = audit(tree, probabilities, found.beliefs)
    return Equilibrium(probabilities, found, is_credible, is_exact)


def _regret_on_path(
    tree: GameTree, set_regret: FloatArray, chance_of: FloatArray
) -> float:
    inner = tree.node_set >= 0
    total = np.bincount(tree.node_set[inner], chance_of[inner], tree.n_sets)
    return float(set_regret[total > 1e-12].max(initial=0.0))


def _answer(
    tree: GameTree,
    method: Method,
    equilibria: tuple[Equilibrium, ...],
    status: Status,
    bound: float,
    **rest: object,
) -> GameAnswer:
    best = equilibria[0]
    precision = asked_precision(method)
    if precision:
        certificate = quantal_certificate(
            tree, best.probabilities, best.audit.beliefs, precision, _QUANTAL
        )
    else:
        least = _ROUNDING * (_spread(tree) or 1.0)
        certificate = gap_certificate(best.audit.nash_gap, max(bound, least))
    if not certificate.is_verified:
        status = Status.FAILED if status is Status.EXACT else Status.TRUNCATED
    fields: dict[str, object] = {"is_complete": False, "n_steps": 0, **rest}
    return GameAnswer(
        tree=tree,
        equilibria=equilibria,
        status=status,
        method=method,
        certificate=certificate,
        digest=digest_of(tree),
        **fields,  # type: ignore[arg-type]
    )


def _run_backward(
    tree: GameTree, method: BackwardInduction, watch: Watch, resume: object
) -> GameAnswer:
    _require_no_resume(method, resume)
    watch.tell("last moves first")
    found = induct_backward(tree, method)
    equilibria = tuple(_equilibrium(tree, p, is_exact=True) for p in found.profiles)
    return _answer(
        tree,
        method,
        equilibria,
        Status.EXACT,
        0.0,
        is_complete=bool(method.all_ties and np.isfinite(found.n_equilibria)),
        n_steps=tree.n_nodes,
        note="subgame perfect, in pure strategies",
    )


def _run_all(
    tree: GameTree, method: AllEquilibria, watch: Watch, resume: object
) -> GameAnswer:
    _require_no_resume(method, resume)
    found = enumerate_equilibria(tree, method, watch=watch)
    listed = [
        _equilibrium(tree, p, is_exact=exact)
        for p, exact in zip(found.profiles, found.is_exact, strict=True)
    ]
    if not listed:
        raise MethodError(
            f"{tree.title or 'game'}: AllEquilibria found none in the time it had; "
            "LogitTrace() finds one"
        )
    # Credible ones first; a plain list would put an empty threat at the top.
    listed.sort(key=lambda e: not e.is_credible)
    is_exact = all(e.is_exact for e in listed) and found.is_complete
    note = "extreme equilibria" if tree.n_players == 2 else "isolated equilibria"
    if found.n_in_table > len(listed):
        note += f" ({found.n_in_table} as mixed strategies of the table)"
    return _answer(
        tree,
        method,
        tuple(listed),
        Status.EXACT if is_exact else Status.CONVERGED,
        0.0,
        is_complete=found.is_complete,
        n_steps=found.n_steps,
        note=note,
    )


def _run_logit(
    tree: GameTree, method: LogitTrace, watch: Watch, resume: object
) -> GameAnswer:
    start = _resumed(method, resume, LogitState)
    traced = trace_logit(tree, method, watch=watch, start=start)
    noisy = np.exp(traced.log_probabilities)
    beliefs = log_beliefs(tree, traced.log_probabilities)
    first = _equilibrium(tree, noisy, beliefs=beliefs, tolerance=method.regret)
    equilibria: tuple[Equilibrium, ...] = (first,)
    status = Status.CONVERGED
    note = f"precision {traced.precision:.4g}"
    if not traced.is_converged:
        status = Status.TRUNCATED
        note += (
            _why_short(watch, is_stopped=traced.is_stopped) or "; the path ends here"
        )
    is_finished = method.is_finished_exactly and not method.precision
    if is_finished and not traced.is_stopped:
        finished = finish_exactly(tree, noisy)
        if finished is not None:
            sharp, told = _sharpened(tree, finished, tolerance=method.regret)
            # Beliefs of equal mistakes may condemn what the path's own beliefs support.
            if sharp.audit.nash_gap < first.audit.nash_gap and sharp.is_credible:
                equilibria, note = (sharp, first), note + told
                status = Status.EXACT if sharp.is_exact else status
    bound = method.regret * _spread(tree)
    return _answer(
        tree,
        method,
        equilibria,
        status,
        bound,
        n_steps=traced.n_solved,
        note=note,
        path_precision=traced.path_precision,
        path=traced.path,
        state=traced.state,
        is_stopped=traced.is_stopped,
    )


def _status(found: Equilibrium, *, is_reached: bool) -> Status:
    if not is_reached:
        return Status.TRUNCATED
    return Status.EXACT if found.is_exact else Status.CONVERGED


def _sharpened(
    tree: GameTree, finished: FloatArray, *, tolerance: float = _ROUNDING
) -> tuple[Equilibrium, str]:
    """A profile finished on its support, in fractions where these can be found."""
    told = "; finished on its support"
    exact = prove_exactly(tree, finished)
    if exact is None:
        return _equilibrium(tree, finished, tolerance=tolerance), told
    form = sequence_form(tree)
    plans = tuple(np.array(plan, dtype=np.float64) for plan in exact)
    joined = probabilities_of(tree, form, plans)
    sharp = keep_unreached(tree, form, plans, joined, finished)
    found = _equilibrium(tree, sharp, is_exact=True, tolerance=tolerance)
    return found, told + ", proved in fractions"


def _why_short(watch: Watch, *, is_stopped: bool) -> str:
    """Why a run ended before its goal, where that was not its own doing."""
    if is_stopped:
        return "; stopped by hand"
    return "; time is up" if watch.is_over else ""


def _run_regret(
    tree: GameTree, method: RegretMinimisation, watch: Watch, resume: object
) -> GameAnswer:
    start = _resumed(method, resume, LearningState)
    form = sequence_form(tree, method="RegretMinimisation")
    learned = minimise_regret(form, method, watch=watch, start=start)
    average = probabilities_of(tree, form, learned.plans)
    first = _equilibrium(tree, average)
    equilibria: tuple[Equilibrium, ...] = (first,)
    note = f"best average at iteration {learned.step}"
    if method.is_finished_exactly and not learned.is_stopped:
        now = probabilities_of(tree, form, learned.state.plans)
        finished = finish_exactly(tree, average, now=now)
        if finished is not None:
            sharp, told = _sharpened(tree, finished)
            if sharp.audit.nash_gap < first.audit.nash_gap:
                equilibria, note = (sharp, first), note + told
    gains = equilibria[0].audit.gains
    least = gains.mean() if method.is_mean_gap else gains.max()
    reached = bool(least <= method.gap)
    if not reached:
        note += f"; the gap of {method.gap:.1e} was not reached"
        note += _why_short(watch, is_stopped=learned.is_stopped)
    return _answer(
        tree,
        method,
        equilibria,
        _status(equilibria[0], is_reached=reached),
        method.gap * (tree.n_players if method.is_mean_gap else 1),
        n_steps=learned.state.step,
        note=note,
        state=learned.state,
        is_stopped=learned.is_stopped,
    )


def _run_lemke(
    tree: GameTree, method: LemkeSequenceForm, watch: Watch, resume: object
) -> GameAnswer:
    _require_no_resume(method, resume)
    found = pivot_sequence_form(tree, method, watch=watch)
    first = _equilibrium(tree, found.probabilities)
    return _answer(
        tree,
        method,
        (first,),
        Status.CONVERGED if found.is_converged else Status.TRUNCATED,
        _ROUNDING * (_spread(tree) or 1.0),
        n_steps=found.n_pivots,
    )


def _run_correlated(
    tree: GameTree, method: CorrelatedEquilibrium, watch: Watch, resume: object
) -> GameAnswer:
    del tree, watch, resume
    raise MethodError(
        f"{type(method).__name__}: gives advice to correlate, not a profile; call "
        "correlate(tree)"
    )


def _require_no_resume(method: Method, resume: object) -> None:
    if resume is not None:
        raise MethodError(
            f"resume: {type(method).__name__} starts afresh each time; leave it out"
        )


def _resumed(method: Method, resume: object, kind: type[T]) -> T | None:
    if resume is None or isinstance(resume, kind):
        return resume
    raise MethodError(
        f"resume: is a {type(resume).__name__}; {type(method).__name__} goes on from "
        f"the state of an answer of its own, a {kind.__name__}"
    )


_MACHINES: dict[type, Callable[[GameTree, Any, Watch, object], GameAnswer]] = {
    BackwardInduction: _run_backward,
    AllEquilibria: _run_all,
    LogitTrace: _run_logit,
    RegretMinimisation: _run_regret,
    LemkeSequenceForm: _run_lemke,
    CorrelatedEquilibrium: _run_correlated,
}
