"""Write a brief into a folder, each file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from backchannel.base.errors import MethodError
from backchannel.report.draw import standalone
from backchannel.report.draw_apart import DrawAll, draw_all
from backchannel.report.html_page import render_html
from backchannel.report.json_page import render_json
from backchannel.report.markdown import render_markdown
from backchannel.report.records import Brief


def write_brief(
    brief: Brief, directory: str | Path, *, draw_figures: DrawAll = draw_all
) -> list[Path]:
    """Write brief.html, brief.md, brief.json and figures/*.svg.

    Parameters
    ----------
    brief : what to write
    directory : made where it does not exist; files of an earlier brief are replaced
    draw_figures : what draws; `drawing_apart` gives one that uses other processes

    Returns
    -------
    list of the paths written, the page first

    Raises
    ------
    MethodError : the folder cannot be written. An interrupted run leaves every file
        either as it was or complete.
    """
    folder = Path(directory)
    pictures = draw_figures(brief.figures)
    files = {
        "brief.html": render_html(brief, pictures),
        "brief.md": render_markdown(brief),
        "brief.json": render_json(brief),
        **{f"figures/{key}.svg": standalone(svg) for key, svg in pictures.items()},
    }
    written = []
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        except OSError as error:
            raise MethodError(
                f"{path}: cannot be written ({error.strerror}); choose another folder"
            ) from None
        written.append(path)
    return written


def write_whole(path: Path, text: str) -> None:
    """Write beside the target and rename: on one file system a rename is one step.

    Parameters
    ----------
    path, text : where, and what
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # mkstemp makes files that only the owner can read.
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
