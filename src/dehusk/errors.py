"""What can go wrong, by who can mend it.

DehuskError
├── UnreadablePage (ValueError)     one input cannot be read or is over a limit; the rest go on
├── BadOptions (ValueError)         the call or the command line is wrong
├── MissingExtra (ImportError)      an optional package is needed; the message names the install command
├── UnreadableIndex (ValueError)    the index of near-duplicates is damaged, or of another version
├── UnreadableTemplates (ValueError)  the file of site templates is damaged, or of another version
├── RunRefused (OSError)            the output folder belongs to another run, or to one still at work
├── RecordWriteError (OSError)      the output cannot be written
└── WorkerLost (RuntimeError)       worker processes die before they begin to work
"""

from __future__ import annotations


class DehuskError(Exception):
    """Every error that dehusk raises by itself."""


class UnreadablePage(DehuskError, ValueError):
    """One input that cannot be read or is over a limit.

    `source` says which, `reason` is a short stable name fit for counting ("truncated", "too-deep"),
    `detail` a sentence for a person.

    >>> print(UnreadablePage("a.html.gz", "truncated", "the gzip stream ends early"))
    a.html.gz: truncated: the gzip stream ends early
    """

    def __init__(self, source: str, reason: str, detail: str = "") -> None:
        super().__init__(source, reason, detail)  # all of args, so that it pickles between workers
        self.source, self.reason, self.detail = source, reason, detail

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.reason, self.detail) if part)


class BadOptions(DehuskError, ValueError):
    """Options that contradict each other or lie outside their range."""


class MissingExtra(DehuskError, ImportError):
    """A package of an extra is not installed; the message names the command that installs it."""


class UnreadableIndex(DehuskError, ValueError):
    """The index of near-duplicates is none, is damaged, or was made with other signatures."""


class UnreadableTemplates(DehuskError, ValueError):
    """The file of site templates is none, is damaged, or was made with other word hashes."""


class RunRefused(DehuskError, OSError):
    """The output folder holds another run's work, or a run that is still going on."""


class RecordWriteError(DehuskError, OSError):
    """The output cannot be written; the message says where and why."""


class WorkerLost(DehuskError, RuntimeError):
    """Worker processes die before they begin to work: no page is to blame, and no other try will help."""
