"""Which site a page belongs to: told by whoever fetched it, never by the page itself."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from dehusk.model import Page, PageKind

_ROW_RE = re.compile(r"#\d+$")


def find_site(page: Page) -> str:
    """The registrable domain of the page's url; without one its folder, or the file of which it is a row.

    Where a provider gives each customer a name (github.io), each is a site. A page with neither url nor source
    has no site: "". The page's own word (a canonical link) does not count: it could speak for another's site.

    >>> find_site(Page("", url="https://news.bbc.co.uk/a")), find_site(Page("", url="http://10.0.0.1:80/"))
    ('bbc.co.uk', '10.0.0.1')
    >>> find_site(Page("", source="crawl/a.html")), find_site(Page("", source="rows.jsonl#7"))
    ('crawl/', 'rows.jsonl')
    """
    host = _read_host(page.url)
    if host:
        return _find_domain(host) or host
    if _ROW_RE.search(page.source):
        return _ROW_RE.sub("", page.source)
    end = max(page.source.rfind("/"), page.source.rfind("!")) + 1
    return page.source[:end] or ("/" if page.source else "")


def _read_host(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https") else ""
    except ValueError:  # a bracket that is no IPv6 address
        return ""


def _find_domain(host: str) -> str | None:
    from tld import get_fld  # 0.15 s, and only for pages that have a url; its list comes with the package

    domain: str | None = get_fld(f"http://{host}/", fail_silently=True, search_private=True)
    return domain


def hash_site(site: str, kind: PageKind) -> int:
    """64 bits; 0 for no site. Web pages and texts of one site are counted apart: their blocks differ.

    >>> hash_site("", "html"), hash_site("a.org", "html") == hash_site("a.org", "text")
    (0, False)
    """
    if not site:
        return 0
    key = f"{kind}\0{site}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little") or 1
