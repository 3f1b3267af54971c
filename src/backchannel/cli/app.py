"""The command line itself: every command hangs on `app`, and `main` runs it."""

from __future__ import annotations

import sys

import typer

from backchannel.base.errors import BackchannelError, CrisisFileError

app = typer.Typer(
    name="backchannel",
    help="What a crisis file says about time, deals, secrecy and channels.",
    epilog="Try: backchannel brief strait",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; errors are printed alone and exit with 2.

    `backchannel.__main__` calls it and sees to Ctrl-C.
    """
    try:
        app(standalone_mode=True)
    except BackchannelError as error:
        typer.echo(str(error), err=True)
        if isinstance(error, CrisisFileError) and len(error.problems) > 1:
            typer.echo(f"{len(error.problems)} problems", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
