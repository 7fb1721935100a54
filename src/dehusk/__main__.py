"""`python -m dehusk` and the command `clean`: Ctrl-C gives one line, from the first moment on."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130
"""As cli.status has it, whose import may be what was interrupted."""


def main() -> int:
    """Run the command; returns its exit status.

    An interrupt ends in a line too where it hits an import, which may make another error of it.
    """
    heard: list[int] = []

    def interrupt(number: int, frame: object) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    try:
        import signal

        if (
            signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):  # else it is ignored, in the background
            signal.signal(signal.SIGINT, interrupt)
        from dehusk.cli import main as run

        status = run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all that is left is to end
    except BaseException as error:
        if not heard and not isinstance(error, KeyboardInterrupt):
            raise
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
        status = INTERRUPTED
    if heard:
        _end_at_once(status)
    return status


def _end_at_once(status: int) -> None:
    """Without what Python does at its end: of an interrupt in code that was compiled just then it dies once more."""
    from contextlib import suppress  # what is loaded above, Ctrl-C meets without us

    with suppress(AttributeError, OSError, ValueError):  # it is closed
        sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
