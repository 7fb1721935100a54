"""What holds for all tests."""

import signal

from hypothesis import settings

# A busy machine is no failure, and a change is judged by the same examples wherever it is tested.
settings.register_profile("patient", deadline=None, derandomize=True)
settings.register_profile(
    "search", deadline=None, max_examples=1_000
)  # new ones: --hypothesis-profile=search
settings.load_profile("patient")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # in a shell's background; runs under test must hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)
