"""Columns in, columns out: what `map(batched=True)`, `map_batches` and `mapInPandas` call."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from dehusk.errors import BadOptions, UnreadablePage
from dehusk.model import Article, Options, Page
from dehusk.pipeline.library import clean_page
from dehusk.records import KEYS, article_to_dict

_LOG = logging.getLogger("dehusk")

SPARK_SCHEMA = ", ".join(
    f"{key} {kind}"
    for key, kind in {
        **dict.fromkeys(KEYS, "string"),
        **dict.fromkeys(("part", "words", "duplicates"), "long"),
        **dict.fromkeys(("language_score", "confidence"), "double"),
        "spans": "array<array<long>>",
    }.items()
)
"""The columns of a record, for Spark's `mapInPandas`."""


@dataclass(frozen=True, slots=True)
class CleanBatch:
    """A function of a batch of pages, held as columns, that gives their articles as columns.

    `html` names the column with the pages (bytes or text; texts without markup will do, too), `url` and
    `source` those with their addresses and names, which may be missing; values of the columns in `carry` go
    along with every article of their row. A row gives as many rows as it has articles: none, one or several.
    What is neither text nor bytes (None, NaN) is an empty page. One that cannot be read gives none, and a warning of
    the logger "dehusk". Near-duplicates are not looked for: no batch sees the others.

    Raises:
        BadOptions: a column in `carry` is called as one of the record's.

    It pickles, and each process loads the models once, when its first page comes.

    >>> page = "<p>" + "Grain is kept, and the husk is gone with the wind. " * 3
    >>> batch = CleanBatch(carry=("shelf",))({"html": [page, "<p>"], "shelf": [7, 8]})
    >>> batch["words"], batch["shelf"]
    ([33], [7])
    """

    html: str = "html"
    url: str = "url"
    source: str = "source"
    carry: Sequence[str] = ()
    options: Options = Options()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        names = (
            [self.carry] if isinstance(self.carry, str) else self.carry
        )  # its letters would be columns, too
        object.__setattr__(self, "carry", tuple(dict.fromkeys(names)))
        if taken := [name for name in self.carry if name in KEYS]:
            raise BadOptions(
                f"carry: {', '.join(taken)} of the batch would take the place of the record's own: give it another name"
            )

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The articles of a batch, in order; every column is there even if there is no article."""
        columns: dict[str, list[Any]] = {name: [] for name in (*KEYS, *self.carry)}
        for row, page in enumerate(self._read(batch)):
            for article in self._clean(page):
                for key, value in article_to_dict(article).items():
                    columns[key].append(_plain(value))
                for name in self.carry:
                    columns[name].append(batch[name][row])
        return columns

    def in_pandas(self, frames: Iterable[Any]) -> Iterator[Any]:
        """The same for Spark: `frame.mapInPandas(CleanBatch().in_pandas, SPARK_SCHEMA)`."""
        import pandas

        for frame in frames:
            yield pandas.DataFrame(self(frame.to_dict("list")))

    def _read(self, batch: Mapping[str, Any]) -> Iterator[Page]:
        contents = batch[self.html]
        urls = batch.get(self.url, [""] * len(contents))
        sources = batch.get(self.source, [""] * len(contents))
        for content, url, source in zip(contents, urls, sources, strict=True):
            name = str(source) if isinstance(source, Integral) else _as_name(source)
            yield Page(_as_content(content), url=_as_name(url), source=name or _as_name(url))

    def _clean(self, page: Page) -> list[Article]:
        try:
            return clean_page(page, self.options)
        except UnreadablePage as error:
            _LOG.warning("%s", error)
            return []


def _as_content(value: Any) -> bytes | str:
    """Arrays of numpy and Arrow hold their own kinds of both; a number, as NaN for what is missing, is no page."""
    if isinstance(value, str):
        return str(value)
    try:
        view = memoryview(value)
    except TypeError:
        return ""
    return view.tobytes() if view.ndim == 1 and view.itemsize == 1 else ""


def _as_name(value: Any) -> str:
    return str(value) if isinstance(value, str) else ""


def _plain(value: Any) -> Any:
    """Spans as lists: Arrow takes a tuple of two numbers for a struct."""
    return [list(span) for span in value] if isinstance(value, tuple) else value
