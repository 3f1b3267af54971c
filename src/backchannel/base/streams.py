"""Random streams: one per source of chance, so that adding one leaves the others."""

from __future__ import annotations

import hashlib

import numpy as np

from backchannel.base.errors import MethodError


def stream(seed: int, name: str) -> np.random.Generator:
    """Open the stream of one named source of chance.

    Parameters
    ----------
    seed : non-negative whole number, the only source of randomness
    name : which chance this is, e.g. the dotted key of a number in the file

    Returns
    -------
    numpy Generator on the counter-based Philox4x64-10, keyed by SHA-256 of both

    Raises
    ------
    MethodError : the seed is negative.

    Source: Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3.

    >>> stream(7, "a").random() == stream(7, "a").random()
    True
    >>> stream(7, "a").random() == stream(7, "b").random()
    False
    """
    if seed < 0:
        raise MethodError(f"seed: is {seed}; must be 0 or larger")
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))
