"""`python -m dehusk`: what the command `clean` does."""

from __future__ import annotations

import sys

from dehusk.cli import main

if __name__ == "__main__":
    sys.exit(main())
