"""The frame of every page that people open: no network, no script, one style whose hash the policy names."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path

from dehusk.report.escape import escape_controls
from dehusk.report.style import STYLE

_MARKUP_RE = re.compile("[&<>\"']")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEAD = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{_HASH}'; \
base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>{STYLE}</style></head><body>
"""


_START = HEAD.partition(_HASH)[0].encode()


def is_page(path: Path) -> bool:
    """Whether it is a file that begins as ours do, of whatever version."""
    try:
        with path.open("rb") as file:
            return file.read(len(_START)) == _START
    except OSError:
        return False


def make_page(title: str, body: str) -> bytes:
    """A whole page; `body` is markup, in which all that came from elsewhere went through `safe`."""
    html = HEAD.replace("%s", safe(title), 1) + body + "\n</body></html>\n"
    return html.encode("utf-8", "backslashreplace")


def safe(text: str) -> str:
    r"""`text` for a page: no markup, and what cannot be seen, or turns a line around, as an escape.

    >>> safe("<b>\u202e")
    '&lt;b&gt;\\u202e'
    """
    return text if _MARKUP_RE.search(text) is None and text.isprintable() else escape(escape_controls(text))


def safe_lines(text: str) -> str:
    """The same, but line ends and tabs stay: for elements that show white space as it is."""
    return escape(escape_controls(text, keep="\n\t"))


def link_source(url: str, text: str) -> str:
    """A link, if the address is one of the web; else the text alone."""
    if not url.lower().startswith(("https://", "http://")):
        return safe(text)
    return f'<a href="{safe(url)}" rel="noopener noreferrer nofollow">{safe(text)}</a>'
