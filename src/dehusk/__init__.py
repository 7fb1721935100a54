"""Turn scraped pages and text dumps into a clean corpus, and lose nothing silently.

    for article in dehusk.clean_pages(dehusk.read_pages(["pages/"], on_failure=print)): ...

The names are loaded when they are first used: `import dehusk` and `clean --help` stay quick.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it, without what typing takes to load: 10 ms
if TYPE_CHECKING:
    from dehusk.dedupe import drop_near_duplicates, sign
    from dehusk.errors import (
        BadOptions,
        DehuskError,
        MissingExtra,
        RecordWriteError,
        RunRefused,
        UnreadableIndex,
        UnreadablePage,
        UnreadableTemplates,
        WorkerLost,
    )
    from dehusk.model import Article, Block, Dropped, Labelled, Limits, Options, Page
    from dehusk.pages import decode_page, read_pages
    from dehusk.pipeline.library import (
        Templates,
        clean_page,
        clean_pages,
        explain_page,
        learn_templates,
        read_templates,
        write_templates,
    )
    from dehusk.records import read_records, write_records

    __version__: str

__all__ = [
    "Article",
    "BadOptions",
    "Block",
    "DehuskError",
    "Dropped",
    "Labelled",
    "Limits",
    "MissingExtra",
    "Options",
    "Page",
    "RecordWriteError",
    "RunRefused",
    "Templates",
    "UnreadableIndex",
    "UnreadablePage",
    "UnreadableTemplates",
    "WorkerLost",
    "clean_page",
    "clean_pages",
    "decode_page",
    "drop_near_duplicates",
    "explain_page",
    "learn_templates",
    "read_pages",
    "read_records",
    "read_templates",
    "sign",
    "write_records",
    "write_templates",
]

_NAMES = {
    "errors": "BadOptions DehuskError MissingExtra RecordWriteError RunRefused UnreadableIndex UnreadablePage"
    " UnreadableTemplates WorkerLost",
    "model": "Article Block Dropped Labelled Limits Options Page",
    "pages": "decode_page read_pages",
    "pipeline.library": "Templates clean_page clean_pages explain_page learn_templates read_templates write_templates",
    "dedupe": "drop_near_duplicates sign",
    "records": "read_records write_records",
}
_HOMES = {name: f"dehusk.{home}" for home, names in _NAMES.items() for name in names.split()}


if not TYPE_CHECKING:  # for a checker every name would be one of ours

    def __getattr__(name: str) -> object:
        if name == "__version__":
            return import_module("dehusk.version").read_version()
        if name not in _HOMES:
            raise AttributeError(f"module 'dehusk' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
