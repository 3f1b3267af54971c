"""Every source of chance has a stream of its own, and its law."""

import numpy as np
import pytest
from scipy import special

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation import Sampled, simulate_escalation
from backchannel.escalation._kernels.general_paths import follow_history
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.path_tables import path_tables
from backchannel.escalation.sampling.sources import stream_of
from backchannel.escalation.world import World
from tests.escalation.sampled_crises import exciting_content

KEY = key_of(5, "streams")


def _tables(content, is_kernel):
    crisis = load_mapping(content)
    return path_tables(World(crisis, draw_numbers(crisis, 1, 1)), is_kernel=is_kernel)


def _times(tables, path, name):
    """Hours of one incident type on a path."""
    log, (what, where) = np.empty(2_000), np.empty((2, 2_000), np.int64)
    asked = np.uint64(path), KEY, tables.of_draw(0), tables.scratch()
    _, _, n = follow_history(*asked, log, what, where)
    assert n < 2_000
    first, streams = tables.sources.first, tables.sources.stream
    mine = {stream_of("incident", name, kind) for kind in ("", "heat")}
    source = np.searchsorted(first, what[:n], side="right") - 1
    return log[:n][[j >= 0 and int(streams[j]) in mine for j in source]]


def _with_another(content):
    """The same crisis with one more incident type, declared first."""
    other = {"title": "Other", "harmed": "bravo", "hazard": "0.4 /h"}
    incidents = {"other": other, **content["escalation"]["incidents"]}
    content["escalation"]["incidents"] = incidents
    return content


@pytest.mark.parametrize("is_kernel", [False, True])
def test_another_source_leaves_the_streams_of_all_others_as_they_are(is_kernel):
    """Incidents happen at the same hours whatever else happens between them."""
    alone = _tables(exciting_content(0.1, 0.075, 8.0), is_kernel)
    beside = _tables(_with_another(exciting_content(0.1, 0.075, 8.0)), is_kernel)
    n_other = 0
    for path in range(50):
        hours = _times(alone, path, "clash")
        assert _times(beside, path, "clash") == pytest.approx(hours, rel=1e-9)
        n_other += len(_times(beside, path, "other"))
    assert n_other > 1_000


def test_the_order_of_declaration_changes_nothing():
    """The same bytes with incidents declared backwards."""
    content = _with_another(exciting_content(0.1, 0.075, 8.0))
    forward = _tables(content, is_kernel=True)
    incidents = content["escalation"]["incidents"]
    content["escalation"]["incidents"] = dict(reversed(incidents.items()))
    backward = _tables(content, is_kernel=True)
    for path in range(20):
        there = _times(backward, path, "clash")
        assert _times(forward, path, "clash").tobytes() == there.tobytes()


def test_streams_are_independent_of_each_other():
    """Correlation of two types of incident over 4,000 windows; four errors (6e-5)."""
    content = _with_another(exciting_content(0.1, 0.0, 8.0))
    tables, n = _tables(content, is_kernel=True), 4_000
    counts = [
        [len(_times(tables, path, name)) for name in ("clash", "other")]
        for path in range(n)
    ]
    assert abs(np.corrcoef(np.array(counts).T)[0, 1]) < 4 / np.sqrt(n)


def test_what_occurs_at_a_constant_rate_is_poisson():
    """Number of incidents in 96 h at 0.4 /h, 2,000 windows, chi-square at 1e-4."""
    tables = _tables(_with_another(exciting_content(0.1, 0.0, 8.0)), is_kernel=False)
    counts = np.array([len(_times(tables, path, "other")) for path in range(2_000)])
    mean, edges = 0.4 * 96, np.array([30, 34, 37, 40, 43, 47])
    upto = np.concatenate([[0.0], special.pdtr(edges - 1, mean), [1.0]])
    expected = np.diff(upto) * len(counts)
    found = np.bincount(np.searchsorted(edges, counts, side="right"), minlength=7)
    statistic = ((found - expected) ** 2 / expected).sum()
    assert special.chdtrc(6, statistic) > 1e-4
    assert special.chdtrc(6, ((found[::-1] - expected) ** 2 / expected).sum()) < 1e-4


def test_a_lever_meets_the_luck_of_the_crisis_as_written():
    """A small change varies a fifth as much as on paths of its own, in eight runs.

    Under independent luck the ratio of the variances, of 28 degrees of freedom, falls
    below 0.2 less than once in 10^6.
    """
    method, crisis = Sampled(n_replications=500), load("cuba-1962")
    draws = draw_numbers(crisis, 4, 1)
    runs = [
        simulate_escalation(crisis, draws=draws, method=method, hours=(72,), seed=seed)
        for seed in range(1, 9)
    ]
    names = [effect.lever.name for effect in runs[0].levers]
    for name in ("sac_alert=defcon_3", "usa=voice_from_cuba"):
        k = names.index(name)
        changes = np.array([run.levers[k].difference for run in runs])
        apart = np.array([run.sampling.lever_standard_error[k] ** 2 for run in runs])
        assert 0 < changes.var(axis=0, ddof=1).mean() < 0.2 * apart.mean()
