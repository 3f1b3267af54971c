"""The command for deals alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backchannel.base.errors import MethodError
from backchannel.cli.app import app
from backchannel.cli.options import DrawsOption, JsonOption, SeedOption
from backchannel.cli.print_json import print_json

if TYPE_CHECKING:
    from backchannel.settlement.tables import Table

Answer = tuple[dict[str, Any], str, "Callable[[], Table]"]
"""An answer for JSON, for the terminal, and as a table when that is asked for."""
CRISIS_METHODS = ("exhaustive", "streamed", "nominal", "secret", "proof")
DOMAIN_METHODS = ("scan", "merge", "proof")
_MOST_LISTED = 1_000_000


@app.command()
def settle(
    target: Annotated[
        str,
        typer.Argument(
            metavar="CRISIS_OR_FOLDER",
            help="A crisis, or a folder with a domain of another tool.",
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            help="How to look; see the reference for what fits what.",
            show_default=False,
        ),
    ] = "",
    party: Annotated[
        list[str] | None,
        typer.Option(help="Of a crisis: whose side. Of a domain: only these."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the packages as a table, .csv or .parquet."),
    ] = None,
    max_points: Annotated[
        int | None,
        typer.Option(help="Of a proof: stop after so many points of the frontier."),
    ] = None,
    draws: DrawsOption = 2000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Find the packages nobody can improve upon, and the named solutions."""
    from backchannel.crisis.load import shipped_crises

    if out is not None:
        from backchannel.settlement.tables import prepare_path

        prepare_path(out)
    parties = tuple(party or ())
    _demand_proof(method, max_points)
    if Path(target).is_dir() and target not in shipped_crises():
        chosen = _chosen(method, DOMAIN_METHODS)
        answer = _of_domain(target, chosen, parties, max_points)
    else:
        chosen = _chosen(method, CRISIS_METHODS)
        answers: dict[str, Callable[..., Answer]] = {
            "streamed": _streamed,
            "nominal": _nominal,
            "secret": partial(_nominal, may_leak=True),
            "proof": _proven_deal,
        }
        answer = answers.get(chosen, _of_crisis)(target, parties, draws, seed)
    record, text, table = answer
    if as_json:
        print_json(record)
    else:
        typer.echo(text)
    if out is not None:
        _write(table(), out)


def _chosen(method: str, known: tuple[str, ...]) -> str:
    """The method by name; empty where none is given."""
    if method and method not in known:
        raise MethodError(
            f"--method: is '{method}'; here it is one of {', '.join(known)}"
        )
    return method


def _demand_proof(method: str, max_points: int | None) -> None:
    """A limit on points without a proof is a mistake."""
    if max_points is not None and method != "proof":
        raise MethodError(
            "--max-points: limits the frontier of --method proof; give both"
        )


def _of_domain(
    target: str, method: str, parties: tuple[str, ...], max_points: int | None
) -> Answer:
    from backchannel.crisis.domain_files import load_domain
    from backchannel.crisis.domain_rectangles import has_rectangles
    from backchannel.settlement.domain_solutions import settle_domain
    from backchannel.settlement.merge import MergeByIssue
    from backchannel.settlement.record import frontier_record, frontier_text
    from backchannel.settlement.scan import Scan
    from backchannel.settlement.tables import frontier_table

    if method == "proof" or has_rectangles(Path(target)):
        return _proven_frontier(target, method, parties, max_points)
    methods: dict[str, Scan | MergeByIssue | None] = {
        "scan": Scan(),
        "merge": MergeByIssue(),
        "": None,
    }
    domain = load_domain(target)
    if parties:
        domain = domain.between(parties)
    frontier = settle_domain(domain, method=methods[method])
    return (
        frontier_record(frontier, domain),
        frontier_text(frontier, domain),
        lambda: frontier_table(frontier, domain),
    )


def _proven_frontier(
    target: str, method: str, parties: tuple[str, ...], max_points: int | None
) -> Answer:
    """A domain that is too large to enumerate, or not a sum, so proven."""
    from backchannel.crisis.clauses import as_clauses
    from backchannel.crisis.domain_files import load_domain
    from backchannel.crisis.domain_rectangles import has_rectangles, load_rectangles
    from backchannel.report.progress import stages
    from backchannel.settlement.proven_frontier import (
        EpsilonConstraint,
        prove_frontier,
    )
    from backchannel.settlement.proven_record import proven_record, proven_text
    from backchannel.settlement.tables import proven_table

    if not has_rectangles(Path(target)):
        domain = load_domain(target)
        clauses = as_clauses(domain.between(parties) if parties else domain)
    elif method in ("", "proof") and not parties:
        clauses = load_rectangles(target)
    else:
        raise MethodError(
            f"{target}: holds hyper-rectangles, for which there is --method proof and "
            "no choice of parties; leave --method and --party out"
        )
    with stages() as progress:
        progress("proving the frontier")
        limit = None if max_points is None else EpsilonConstraint(max_points=max_points)
        frontier = prove_frontier(clauses, method=limit)
    record = proven_record(frontier, clauses)
    return record, proven_text(frontier, clauses), lambda: proven_table(record)


def _of_crisis(target: str, parties: tuple[str, ...], draws: int, seed: int) -> Answer:
    from backchannel.crisis.load import load
    from backchannel.settlement.plan_record import (
        offers_text,
        openings_record,
        plan_record,
    )
    from backchannel.settlement.record import (
        party_record,
        party_text,
        settlements_record,
    )
    from backchannel.settlement.tables import settlements_table
    from backchannel.study import settle_sides

    found, plans = settle_sides(load(target), parties=parties, n_draws=draws, seed=seed)
    openings = found.openings()
    record = settlements_record(found)
    record["openings"] = openings_record(openings, found.packages)
    record["offers"] = [plan_record(p, found.packages) for p in plans.values()]
    if parties:
        record["sides"] = [party_record(found, party) for party in parties]
    text = [str(found), *(party_text(found, party) for party in parties)]
    text += offers_text(plans, openings)
    return record, "\n\n".join(text), lambda: settlements_table(found)


def _streamed(target: str, parties: tuple[str, ...], draws: int, seed: int) -> Answer:
    from backchannel.crisis.load import load
    from backchannel.report.progress import stages
    from backchannel.settlement.record import party_record, party_text, streamed_record
    from backchannel.settlement.tables import settlements_table
    from backchannel.study import stream_crisis

    with stages() as progress:
        found = stream_crisis(load(target), n_draws=draws, seed=seed, progress=progress)
    record = streamed_record(found)
    if parties:
        record["sides"] = [party_record(found.kept, party) for party in parties]
    text = [str(found), *(party_text(found.kept, party) for party in parties)]
    return record, "\n\n".join(text), lambda: settlements_table(found.kept)


def _nominal(
    target: str,
    parties: tuple[str, ...],
    draws: int,
    seed: int,
    *,
    may_leak: bool = False,
) -> Answer:
    from backchannel.crisis.load import load
    from backchannel.settlement.cheapest import cheapest_changes
    from backchannel.settlement.home_deals import find_home_deals
    from backchannel.settlement.openings import find_openings
    from backchannel.settlement.record import home_record, home_text
    from backchannel.settlement.tables import home_table
    from backchannel.study import settle_nominally

    if parties:
        raise MethodError(
            "--party: is not taken with --method nominal or secret; leave one of them "
            "out"
        )
    game = settle_nominally(load(target), n_draws=draws, seed=seed, may_leak=may_leak)
    deals = find_home_deals(game)
    openings = find_openings(game) if not deals.n_passing else ()
    is_small = game.domain.n_packages <= _MOST_LISTED
    return (
        home_record(deals, game, openings),
        home_text(deals, game, openings),
        lambda: home_table(deals, game, cheapest_changes(game) if is_small else None),
    )


def _proven_deal(
    target: str, parties: tuple[str, ...], draws: int, seed: int
) -> Answer:
    from backchannel.crisis.load import load
    from backchannel.settlement.proven_deal import prove_deal
    from backchannel.settlement.record import deal_record
    from backchannel.study import settle_nominally

    if parties:
        raise MethodError(
            "--party: is not taken with --method proof; leave one of them out"
        )
    deal = prove_deal(settle_nominally(load(target), n_draws=draws, seed=seed))
    record = deal_record(deal)
    return record, str(deal), lambda: {k: [str(v)] for k, v in record.items()}


def _write(table: Table, out: Path) -> None:
    """Write beside the place and move there, so that no half file is left."""
    from backchannel.settlement.tables import prepare_path, write_csv

    draft = prepare_path(out)
    try:
        if out.suffix == ".csv":
            write_csv(table, draft)
        else:
            from backchannel.settlement.parquet import write_parquet

            write_parquet(table, draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    typer.echo(f"wrote {out}", err=True)
