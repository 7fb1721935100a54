"""Nothing that came from a page or a file name may command a terminal or turn a line around."""

from __future__ import annotations

import re

_UNSAFE_RE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls, escape sequences among them
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, bidirectional
    "\ud800-\udfff\U000e0000-\U000e007f]"  # not text at all; tags that hide text
)


def escape_controls(text: str, *, keep: str = "") -> str:
    r"""`text` with everything that a terminal obeys or that cannot be seen written as an escape, but what is in `keep`.

    >>> print(escape_controls("a\x1b[2Jb\u202ec"))
    a\x1b[2Jb\u202ec
    """
    return _UNSAFE_RE.sub(lambda match: match[0] if match[0] in keep else _as_escape(match[0]), text)


def _as_escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
