"""The whole model block by block gives what it gives at once."""

from __future__ import annotations

import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.draws import draw_numbers
from backchannel.settlement import find_settlements
from backchannel.settlement.stream import Streamed, stream_settlements
from tests.settlement.random_crises import has_packages, random_crisis, random_risk


def test_blocks_give_what_everything_at_once_gives() -> None:
    """40 random crises in blocks of up to 6: counts, frontier, solutions, best."""
    n_compared, n_fewer, n_settleable = 0, 0, 0
    for seed in range(40):
        crisis = random_crisis(seed)
        if not has_packages(crisis):
            continue
        draws = draw_numbers(crisis, 15, seed)
        risk = random_risk(crisis, 15, seed)
        whole = find_settlements(crisis, draws=draws, risk=risk)
        method = Streamed(block_packages=6)
        found = stream_settlements(crisis, draws=draws, risk=risk, method=method)
        kept = found.kept
        assert found.n_feasible == whole.n_packages
        assert found.n_passing == len(whole.passing)
        assert found.n_ratified == len(whole.win_set)
        assert found.n_in_zopa == len(whole.zopa)
        ours = {kept.packages.label(int(row)) for row in kept.frontier}
        theirs = {whole.packages.label(int(row)) for row in whole.frontier}
        assert ours == theirs, seed
        for one, other in zip(kept.solutions, whole.solutions, strict=True):
            assert one.value == pytest.approx(other.value, abs=1e-9)
            names = {kept.packages.label(row) for row in one.packages}
            assert names == {whole.packages.label(row) for row in other.packages}
        if whole.is_settleable:
            n_settleable += 1
            label = whole.packages.label(whole.best)
            assert kept.packages.label(kept.best) == label
        assert kept.check(crisis).is_verified
        n_compared += 1
        n_fewer += kept.n_packages < whole.n_packages
    assert n_compared > 30
    assert n_settleable > 10


def test_progress_and_limits_are_told() -> None:
    """Every block is reported; too many packages are refused with a way out."""
    crisis = random_crisis(1)
    draws = draw_numbers(crisis, 5, 1)
    risk = random_risk(crisis, 5, 1)
    seen: list[str] = []
    stream_settlements(
        crisis,
        draws=draws,
        risk=risk,
        method=Streamed(block_packages=3),
        progress=seen.append,
    )
    assert len(seen) > 1
    assert seen[-1].split()[1] == seen[-1].split()[3]
    few = Streamed(max_packages=1)
    with pytest.raises(ModelError, match="take fewer draws, park an issue"):
        stream_settlements(crisis, draws=draws, risk=risk, method=few)
    with pytest.raises(MethodError, match="block_packages: is 0"):
        Streamed(block_packages=0)
