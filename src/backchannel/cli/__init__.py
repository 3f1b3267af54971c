"""Arguments in, exit code out; no analysis happens here.

One file a group of commands. Engines are imported inside the commands: `--help` must
not wait for a compiler. The order of the imports is the order of the help page.
"""

from backchannel.cli import (  # noqa: F401
    behave,
    brief,
    calibrate,
    escalation,
    files,
    hold,
    play,
    replay,
    serve,
    settle,
    solve,
    texts,
)
from backchannel.cli.app import app, main

__all__ = ["app", "main"]
