"""A datatrove extractor: in the place of `Trafilatura()` in a pipeline, between reader and filters.

    from dehusk.integrations.datatrove import Dehusk
    pipeline = [WarcReader("crawl/"), Dehusk(), JsonlWriter("out/")]

`Dehusk(options=None, timeout=30)` replaces a document's HTML by the text of its articles, a blank line between
two. A page without an article gives an empty text, which datatrove counts as dropped; one that cannot be
read raises, which it counts as an error. `timeout` is in seconds and for one document.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from dehusk.errors import MissingExtra
from dehusk.model import Options, Page
from dehusk.pipeline.library import clean_page


def __getattr__(name: str) -> Any:
    if name == "Dehusk":
        return make_extractor()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def make_extractor() -> type[Any]:
    """The class `Dehusk`, made when it is first asked for: its base class is datatrove's.

    Raises:
        MissingExtra: datatrove is not installed.
    """
    try:
        from datatrove.pipeline.extractors.base import BaseExtractor
    except ImportError:
        raise MissingExtra("this needs a package: pip install datatrove") from None

    class Dehusk(BaseExtractor):  # type: ignore[misc]
        name = "Dehusk"

        def __init__(self, options: Options | None = None, timeout: float = 30) -> None:
            super().__init__(timeout)
            self.options = options or Options()

        def extract(self, text: str) -> str:
            return extract_text(text, self.options)

    Dehusk.__qualname__ = "Dehusk"  # so that it pickles by name
    return Dehusk


def extract_text(html: str, options: Options) -> str:
    """The text of the articles on a page, a blank line between two.

    Raises:
        UnreadablePage: it is neither HTML nor text, or over a limit.

    >>> extract_text("<p>" + "Grain is kept, and the husk is gone. " * 4, Options())[:13]
    'Grain is kept'
    """
    if not html:  # datatrove calls each new process so before its clock runs: load the models
        clean_page(Page("<p>" + "The mill has ground the grain of the whole valley for years. " * 5))
        return ""
    return "\n\n".join(article.text for article in clean_page(Page(html), options))
