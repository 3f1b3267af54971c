"""The canonical models, each a small crisis file under `crises/gallery`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backchannel.crisis.load import gallery_files, load
from backchannel.games.bargaining.solve import solve_setting


def gallery() -> dict[str, Path]:
    """List the models of the gallery.

    Returns
    -------
    dict : identifier to crisis file, in alphabetical order
    """
    return gallery_files()


def solve_model(name: str, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Solve one canonical model for given numbers.

    Parameters
    ----------
    name : identifier of a gallery file, such as `fearon1995_ultimatum`
    inputs : values of its parameters; those of the file where None or left out

    Returns
    -------
    dict : the model's answers by name

    Raises
    ------
    CrisisFileError : no such model.
    ModelError : a parameter does not exist or is out of its range.

    >>> solve_model("fearon1995_ultimatum", {"cB_high": 0.6})["p_war"]
    0.4166666666666667
    """
    return dict(solve_setting(load(f"gallery/{name}"), inputs).answers)
