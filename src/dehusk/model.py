"""The values that pass from room to room: Page -> Document -> Labelled -> Article.

Values of which a page has hundreds are NamedTuples (0.5 microseconds to make, a frozen dataclass with
slots 1.7); values of which it has one are frozen dataclasses. All of them pickle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter, mul
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from dehusk.errors import BadOptions
from dehusk.language_tags import find_tag, tell_unknown

if TYPE_CHECKING:  # they load numpy, which `clean --help` must not wait for
    import numpy as np
    from numpy.typing import NDArray

    from dehusk.words import WordHashes

PageMark = Literal["header", "rule", "break", "feed", "wet", "menu"]
"""What stands above a page in a dump: lines that say what it is; a rule, or one that comes again between all pages; a
form feed; a WET header; the menu with which the dump begins."""
PageKind = Literal["html", "text"]
BlockKind = Literal["paragraph", "heading", "item", "row", "code", "caption"]
Label = Literal[
    "content",  # the only label that is kept
    "menu",  # navigation, breadcrumbs, tables of contents, language pickers
    "cookies",  # cookie and consent banners
    "newsletter",  # newsletter and subscription boxes, paywall pitches
    "related",  # related links, teasers, "most read" lists
    "share",  # share bars, follow-us, print and e-mail buttons
    "comments",  # comment forms and, where they are not the content, comments
    "footer",  # copyright, legal links, addresses
    "search",  # search forms and search listings
    "form",  # other forms, buttons and controls
    "byline",  # author, date and reading time lines that went into the metadata
    "caption",  # captions, credits and alternative texts of pictures
    "advert",  # advertisements and promotions
    "copy",  # a passage that stood earlier in the same source
    "template",  # what stands on many pages of its site
    "boilerplate",  # husk of no kind that has a name
]

Given = str | PurePath | date | None
"""What people have at hand for a text."""


@dataclass(frozen=True, slots=True)
class Page:
    """One thing to clean: a web page, or a text that may hold many articles.

    None becomes "", a path its name and a date its ISO 8601 form. Where only a `url` is given, it is the `source` too.

    Attributes:
        content: What was read: bytes, or text that is decoded already.
        source: The name by which records and messages call it.
        url: Its address. `url`, `title`, `author` and `date` are what the container knew (a WARC header, a row's
            columns) and win over what the page says.
        kind: "html" or "text", or "" to have it told from the content, as `read_pages` tells a file of the name that
            `source` ends in: without one, a text that holds some tags may pass for a piece of HTML.
        charset: What an HTTP header said.
        title: As `url`.
        author: As `url`.
        date: As `url`.
        is_single: Whether a text is one page and must not be cut into articles (a WET record).
        offset: How many code points of the source stand before `content`, where a text too large for one page comes as
            consecutive ones.
        crawled: When it was fetched, which is its date where nothing better is known.
        header_form: What the headers have that a dump's pages stand below, where its beginning showed it.

    Raises:
        BadOptions: a value is of another type, or the kind is none of these.

    >>> Page(b"<p>Hello</p>", url="https://example.org/a").source
    'https://example.org/a'
    """

    content: bytes | str
    source: str = ""
    url: str = ""
    kind: Literal["", "html", "text"] = ""
    charset: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    is_single: bool = False
    offset: int = 0
    crawled: str = ""
    header_form: str = ""

    if TYPE_CHECKING:  # what is given may be more than what is then held

        def __init__(
            self,
            content: bytes | bytearray | memoryview | str | None,
            source: Given = "",
            url: Given = "",
            kind: Literal["", "html", "text"] | None = "",
            charset: Given = "",
            title: Given = "",
            author: Given = "",
            date: Given = "",
            is_single: bool = False,
            offset: int = 0,
            crawled: Given = "",
            header_form: Given = "",
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in _PAGE_TEXTS:
            if type(value := getattr(self, name)) is not str:
                object.__setattr__(self, name, _as_text(name, value))
        if not isinstance(self.content, bytes | str | bytearray | memoryview):
            if self.content is not None:
                raise BadOptions(
                    f"content of a Page must be bytes or a text, not {type(self.content).__name__}"
                )
            object.__setattr__(self, "content", b"")
        if self.kind not in ("", "html", "text"):
            raise BadOptions(f'kind of a Page must be "html", "text" or "", not {self.kind!r}')
        if type(self.is_single) is not bool or type(self.offset) is not int:
            _check_numbers(self)
        if self.url and not self.source:
            object.__setattr__(self, "source", self.url)


_PAGE_TEXTS = ("source", "url", "kind", "charset", "title", "author", "date", "crawled", "header_form")


def _as_text(name: str, value: object) -> str:
    """Of what is `Given`."""
    if value is None:
        return ""
    if isinstance(value, str):  # of a kind of its own, as numpy's
        return str(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise BadOptions(f"{name} of a Page must be a text, not {value!r}")


class Element(NamedTuple):
    """An HTML element that has blocks below it."""

    tag: str
    parent: int
    """Index into `Document.elements`, always smaller than its own; -1 for the root."""
    marks: str
    """Class, id, role, itemprop, itemtype and aria-label, lower-cased, joined by spaces."""


class Block(NamedTuple):
    """A paragraph, heading, list item, table row, code passage or (logical) line.

    Attributes:
        text: White space folded (but for code), NFC, never empty; a row's cells are joined by " | ".
        kind: "paragraph", "heading", "item", "row", "code" or "caption".
        level: 1..6 for a heading, nesting depth from 1 for a list item, else 0.
        start: Where it stands in the decoded source, [start, end) in code points; for HTML that is the whole source.
        end: As `start`.
        element: Index into `Document.elements` of the innermost element that holds the block; -1 in a text.
        link_chars: How many characters of `text` are link text.
        links: How many links are in it.
        gap: Blank lines before it, in a text; -1 where a hard boundary (form feed, rule) stands before it.
    """

    text: str
    kind: BlockKind
    level: int
    start: int
    end: int
    element: int = -1
    link_chars: int = 0
    links: int = 0
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself, outside its text blocks: raw, as found, bounded in size."""

    title: str = ""
    language: str = ""
    canonical: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    """Lower-cased name, property or itemprop -> first content."""
    json_ld: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    """The datetime attributes (or texts) of <time> elements, in order."""
    bylines: tuple[str, ...] = ()
    """Short texts of elements marked as author or byline, in order."""


class Columns(NamedTuple):
    """The blocks and elements of a web page once more, for the kernels."""

    blocks: NDArray[np.int64]
    """8 by blocks: the number of the kind (BlockKind's order), level, element, characters of the text, link_chars,
    links, whether the text was said before, bytes of the text in UTF-8."""
    texts: bytes
    """UTF-8, a NUL after each."""
    parents: NDArray[np.int64]
    """One an element, and at the end -1 for no element."""
    looks: NDArray[np.int64]
    """Numbers from 0 that elements of one tag with the same marks share; at the end that of no element, the highest."""
    look_names: bytes
    """The tag and the marks of each look, but that of no element: UTF-8, a NUL after each."""


class BlockTable(NamedTuple):
    """The blocks of a text once more, a column each (`block_table.tabulate`)."""

    sizes: NDArray[np.int64]
    """Characters of the text."""
    kinds: NDArray[np.int64]
    """The number of the kind, in BlockKind's order."""
    levels: NDArray[np.int64]
    lengths: NDArray[np.int64]
    """Code points of the source that the block stands for, a line break being one however it is written."""
    gaps: NDArray[np.int64]

    def cut(self, first: int, end: int) -> BlockTable:
        """The table of the blocks [first, end) alone."""
        return BlockTable(*(column[first:end] for column in self))

    def choose(self, chosen: NDArray[np.bool_]) -> BlockTable:
        """The table of the chosen blocks alone."""
        return BlockTable(*(column[chosen] for column in self))


class PageStart(NamedTuple):
    """Where a dump says that a page begins: offsets as those of blocks."""

    page: int
    """With what it begins: a heading may stand above its header."""
    start: int
    end: int
    """The lines of its header, [start, end)."""
    mark: PageMark = "header"
    url: str = ""
    title: str = ""
    author: str = ""
    date: str = ""

    @property
    def has_lines(self) -> bool:
        """Whether it says by lines of its own that the page begins."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Document:
    """A page as blocks in reading order."""

    kind: PageKind
    blocks: list[Block]
    length: int
    """Code points of the decoded source."""
    elements: Sequence[Element] = ()
    head: Head = field(default_factory=Head)
    source: str = ""
    is_single: bool = False
    is_part: bool = False
    """Whether it is a part of a text, but not the first one, and may begin anywhere."""
    words: WordHashes | None = None
    """The words of a text's blocks, hashed once for all rooms."""
    columns: Columns | None = None
    """Of a web page, where the kernel that walked its tree made them; of a page cut by hand, None."""
    table: BlockTable | None = None
    """Of a text that was read; of one made by hand, None."""
    starts: tuple[PageStart, ...] = ()
    """Of a text that says where its pages begin, in order: all by headers, or by other marks."""
    header_form: str = ""
    """What the headers have in common."""
    are_pieces: bool = False
    """Whether the blocks are pieces of lines that are whole pages."""


class Labelled(NamedTuple):
    """A block, what it is, and why."""

    block: Block
    label: Label
    reason: str
    """For a person: the rule's name, or what the model went by."""
    score: float
    """The labeller's estimate, in 0..1, that the block is content."""
    begins: float = 0.0
    """In a text: the labeller's log odds that an article begins with the block."""
    tops: float = 0.0
    """In a text: the log odds that a page, its menus and all, begins with the block."""

    @property
    def is_kept(self) -> bool:
        return self.label == "content"


def mean_score(labelled: Sequence[Labelled]) -> float:
    """The blocks' scores, weighted by characters; 0 for no blocks."""
    sizes = [len(item.block.text) for item in labelled]
    chars = sum(sizes)
    return sum(map(mul, [item.score for item in labelled], sizes)) / chars if chars else 0.0


class PageLabels(NamedTuple):
    """What the labeller says of a page."""

    blocks: list[Labelled]
    """Every block of the document, in order."""
    page_type: str
    confidence: float
    """The labeller's estimate, in 0..1, of how clean and complete the kept blocks are together."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty strings where not known; `date` is ISO-8601."""

    title: str = ""
    author: str = ""
    date: str = ""
    site: str = ""
    url: str = ""


def make_id(source: str, part: int, text: str) -> str:
    """An article's id: 16 hexadecimal digits, the same on every machine."""
    key = f"{source}\0{part}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """One record of the corpus: what a JSON line holds, under the same names; nothing is ever None.

    `dataclasses.asdict(article)` is the same as a dict.

    Attributes:
        id: A hash of source, part and text: stable across runs and machines.
        text: The article; one paragraph, heading, list item, table row or code line a line.
        title: "" where not known, as the next ones.
        author: Who wrote it; several with commas between them.
        date: When it was published, ISO 8601.
        language: Tag of BCP 47: "en", "zh".
        language_score: 0..1, how sure that is.
        url: Where it is from.
        site: The name of the site.
        source: What the input is called: a path, `archive.zip!member`, `rows.jsonl#3`.
        part: 1 for the source's first article, 2 for its second.
        kind: "html" or "text".
        page_type: article, forum, product, collection, listing, documentation, service or other; of plain text article.
        words: Runs of letters or digits; every Han, Kana, Thai, Lao or Khmer character counts one.
        spans: (start, end) in code points of the decoded source, where the text is from; for HTML the whole of it.
        confidence: 0..1, the labeller's own estimate that the text is clean and complete.
        duplicates: How many records were dropped for this one; 0 in a stream.
    """

    id: str
    text: str
    title: str
    author: str
    date: str
    language: str
    language_score: float
    url: str
    site: str
    source: str
    part: int
    kind: PageKind
    page_type: str
    words: int
    spans: tuple[tuple[int, int], ...]
    confidence: float
    duplicates: int = 0

    def __reduce__(self) -> tuple[type[Article], tuple[object, ...]]:
        """Records travel by the hundred thousand: a third of the time of what dataclasses do."""
        return Article, _read_fields(self)


_read_fields = attrgetter(*Article.__slots__)


DropStage = Literal["skipped", "dropped", "failed"]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that is not in the output, and why.

    `stage` is "skipped" (not a page: an image, a stylesheet), "dropped" (a page or article that was
    judged) or "failed" (an input that could not be read). `article` is the whole record where there was
    one; `duplicate_of` is then the id of the kept one for the reasons "same", "near" and "contained". An article that
    stood earlier in its source names the record for which that earlier one is dropped, where it is; `similarity` and
    `containment` are to the earlier one.
    """

    source: str
    stage: DropStage
    reason: str
    detail: str = ""
    article: Article | None = None
    duplicate_of: str = ""
    similarity: float = 0.0
    containment: float = 0.0


@dataclass(frozen=True, slots=True)
class Explained:
    """A page as a person wants to see it: every block, and the articles that they went into.

    Articles are numbered from 1, as their `part` is; those that were not kept are among them.
    """

    source: str
    kind: PageKind
    blocks: list[Labelled]
    """In reading order."""
    parts: list[int]
    """For each block the article in whose text it is, or was before it was dropped; 0 for none."""
    articles: list[Article]
    dropped: dict[int, Dropped]
    """Article -> why it was not kept; 0 -> why there is none."""
    origins: dict[int, int]
    """Index of a block that is a copy -> the article in which it stood before."""


_NUMBERS: dict[str, tuple[tuple[type, ...], str]] = {
    "bool": ((bool,), "True or False"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
}
"""Annotation of a field -> what it may hold, and how a person calls that."""


def _check_numbers(options: Limits | Options | Page) -> None:
    """Raise BadOptions for another type than the field's: else the error would come late, and be no DehuskError."""
    for one in fields(options):
        if str(one.type) not in _NUMBERS:
            continue
        kinds, name = _NUMBERS[str(one.type)]
        value: Any = getattr(options, one.name)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise BadOptions(f"{one.name} must be {name}, not {value!r}")


HIGHEST_LIMIT = 10**15
"""More than any page has, and few enough for the kernels, which count with 64 bits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost; what is over a limit fails by name instead of stopping the run.

    Attributes:
        bytes: Of one page, decompressed. Plain text never fails by it: it comes in pieces of so much, or of 6 MB if
            less.
        ratio: Decompressed bytes to compressed ones.
        unpacked: Decompressed bytes of one input, all layers of archives and compression together.
        depth: Nesting of elements: the parser is quadratic in it.
        tags: Of one page, ends of elements among them: as many blocks are some 10 seconds and 1.5 GB.
        attributes: Of one tag: the parser is quadratic in it too.
        formatting: Formatting tags (b, i, font ...) open at one time: the parser makes them anew in every block.
        seconds: For one page or window; held by the command's worker processes, not by calls of the library.

    Raises:
        BadOptions: a limit is not above 0, is above 10**15, or not of its type.
    """

    bytes: int = 64_000_000
    ratio: float = 1000.0
    unpacked: int = 1_000_000_000_000
    depth: int = 2_000
    tags: int = 200_000
    attributes: int = 2_000
    formatting: int = 500
    seconds: float = 30.0

    def __post_init__(self) -> None:
        _check_numbers(self)
        for name in self.__slots__:
            value = getattr(self, name)
            if not value > 0:
                raise BadOptions(f"the limit of {name} must be above 0, not {value}")
            if value > HIGHEST_LIMIT:
                raise BadOptions(f"the limit of {name} must be at most {HIGHEST_LIMIT:,}, not {value}")


Mode = Literal["balanced", "precision", "recall"]
Keep = Literal["first", "longest"]
Extractor = Literal["dehusk", "trafilatura"]
_CHOICES = {"mode": get_args(Mode), "keep": get_args(Keep), "extractor": get_args(Extractor)}


@dataclass(frozen=True, slots=True)
class Options:
    """How to clean. Built once, at the door; every function below it takes it as it is.

    Attributes:
        mode: "balanced", "precision" (rather lose text than keep husk) or "recall" (the reverse).
        min_words: Of an article; shorter ones are dropped as "too-short".
        split: Whether a page or text may hold several articles.
        dedup: Whether near-duplicates are dropped, and copies inside a source cut out.
        threshold: Jaccard similarity, in (0, 1], from which two articles are near-duplicates.
        keep: Which of near-duplicates stays, "first" or "longest"; the latter is for folder runs, which see all of
            them before they decide, and `clean_pages` refuses it.
        languages: Tags of the languages to keep ("en", "zh"), or a single one; all when empty. Other codes of ISO 639
            ("eng", "ger") become the tags that records have.
        extractor: "dehusk", or "trafilatura" for HTML, to compare.
        templates: Whether what repeats across a site goes.
        seed: Of the sample of pages that a folder run shows.
        window: Code points of text that are worked at a time.
        limits: What one page may cost.

    Raises:
        BadOptions: a value lies outside its range, or is not of its type.

    >>> Options(min_words=-1)
    Traceback (most recent call last):
    ...
    dehusk.errors.BadOptions: min_words must be 0 or more, not -1
    """

    mode: Mode = "balanced"
    min_words: int = 10
    split: bool = True
    dedup: bool = True
    threshold: float = 0.8
    keep: Keep = "first"
    languages: Collection[str] = frozenset()
    extractor: Extractor = "dehusk"
    templates: bool = True
    seed: int = 1
    window: int = 4_000_000
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        _check_numbers(self)
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise BadOptions(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)!r}")
        object.__setattr__(self, "languages", _read_languages(self.languages))
        if not isinstance(self.limits, Limits):
            raise BadOptions(f"limits must be Limits, not {self.limits!r}")
        if self.min_words < 0:
            raise BadOptions(f"min_words must be 0 or more, not {self.min_words}")
        check_threshold(self.threshold)
        if self.window < 10_000:
            raise BadOptions(f"window must be 10000 characters or more, not {self.window}")


def check_articles(articles: object) -> Iterator[Article]:
    """The articles one by one, or BadOptions where a caller without types has given something else."""
    if isinstance(articles, Article) or not isinstance(articles, Iterable):
        raise BadOptions(f"articles must come as a list or a generator, not as {type(articles).__name__}")
    for article in articles:
        if not isinstance(article, Article):
            raise BadOptions(f"an article must be a dehusk.Article, not {type(article).__name__}")
        yield article


def check_threshold(threshold: float) -> None:
    """Raise BadOptions for what is no similarity at which records can be near-duplicates, NaN among it."""
    if not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        raise BadOptions(f"threshold must lie in (0, 1], not {threshold!r}")


def _read_languages(given: object) -> frozenset[str]:
    """The tags that records have. A str is one tag: its letters are tags, too."""
    tags = [given] if isinstance(given, str) else given
    if not isinstance(tags, Collection) or not all(isinstance(tag, str) for tag in tags):
        raise BadOptions(f"languages must be tags like 'en' and 'zh', not {given!r}")
    if unknown := sorted(tag for tag in tags if not find_tag(tag)):
        raise BadOptions(f"languages must be those of records: {tell_unknown(unknown[0])}")
    return frozenset(map(find_tag, tags))
