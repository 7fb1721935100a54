"""What the command returns, and what its help says of that."""

from __future__ import annotations

GOOD, SOME_FAILED, USAGE = 0, 1, 2
INTERRUPTED, CLOSED_PIPE, TERMINATED = 130, 141, 143

STATUS = """\
exit status: 0 all good or done before, 1 some inputs failed, 2 usage or I/O error, 130 interrupted,
  141 closed pipe, 143 terminated
"""
