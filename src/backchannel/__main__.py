"""Where the command line begins, and where Ctrl-C ends it, whatever runs by then.

The first thing done is to provide for Ctrl-C: on a busy machine the imports take
seconds, and an interrupt during them must end as quietly as one during a run.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

INTERRUPTED = 130  # what a shell expects after Ctrl-C
STOPPED = "stopped; no file was left half written"


def main() -> None:
    """Run the command line; exit 130 after Ctrl-C, with one line and no traceback."""
    sys.unraisablehook = _leave_or_tell
    try:
        from backchannel.cli import main as run

        run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as leaving:
        if leaving.code != INTERRUPTED:
            raise
        code = INTERRUPTED
    else:
        return
    # Whoever presses twice must not be shown where the first one was being handled.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(STOPPED, file=sys.stderr)
    sys.exit(code)


def _leave_or_tell(told: Any) -> None:
    """Leave where Ctrl-C fell into code that cannot pass an exception on.

    Python then only prints the traceback and goes on: in callbacks of an import or of
    the compiler, in destructors, and while threads are joined at the end.
    """
    if issubclass(told.exc_type, KeyboardInterrupt):
        os.write(2, f"{STOPPED}\n".encode())
        os._exit(INTERRUPTED)
    sys.__unraisablehook__(told)


if __name__ == "__main__":
    main()
