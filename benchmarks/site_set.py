"""Sites made of real pages: the chrome of one page around the main content of others.

Everything is drawn from a seeded generator; the pages are those of a folder laid out as WCXB is. What is planted
besides, and must stay, are refrains, laws, quotations, headings, tables and forum posts that repeat.
"""

from __future__ import annotations

import copy
import gzip
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from lxml import etree
from lxml import html as lxml_html

sys.path.insert(0, str(Path(__file__).parent / "train"))
from align import cover_blocks, read_words

BLOCK_TAGS = frozenset(
    "address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup html li main menu nav ol option p pre section select"
    " summary table tbody td tfoot th thead tr ul".split()
)
SKIPPED = ("script", "style", "template", "noscript", "svg", "iframe")
LEAST_COVERED = 0.9  # of a gold text that must be found on its page
LEAST_WORDS = 60
CHROME_WORDS = 40
PART_SHARE = 0.3  # of a chrome's words, what may be missing on some pages


@dataclass(frozen=True)
class Gold:
    key: str
    domain: str
    html: bytes
    text: str
    page_type: str


@dataclass
class Content:
    """The main content of a page, as children to be put into another's chrome."""

    key: str
    title: str
    nodes: list
    text: str
    planted: list[str] = field(default_factory=list)
    """What was planted into it and must stay."""


@dataclass(frozen=True)
class SitePage:
    html: str
    text: str
    """Gold."""
    planted: tuple[str, ...] = ()


def read_gold(folder: Path) -> list[Gold]:
    files = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    found = []
    for key in sorted(files):
        truth = json.loads((folder / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
        text = (truth.get("ground_truth") or {}).get("main_content") or ""
        html = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
        known = files[key]
        found.append(Gold(key, known.get("domain", key), html, text, known.get("page_type", "article")))
    return found


def parse(html: bytes):
    tree = lxml_html.document_fromstring(
        html.decode("utf-8", "replace").encode(), parser=lxml_html.HTMLParser(encoding="utf-8")
    )
    etree.strip_elements(tree, *SKIPPED, etree.Comment, with_tail=False)
    return tree


def list_blocks(tree) -> list[tuple[object, str]]:
    """Each element that holds text of its own, inline elements counted to it, and that text; in reading order."""
    texts: dict[object, list[str]] = {}

    def add(element, text: str | None) -> None:
        while element is not None and element.tag not in BLOCK_TAGS:
            element = element.getparent()
        if element is not None and text and text.strip():
            texts.setdefault(element, []).append(text)

    body = tree.find("body")
    for event, element in etree.iterwalk(tree if body is None else body, events=("start", "end")):
        if event == "start":
            add(element, element.text)
        elif element is not body:
            add(element.getparent(), element.tail)
    return [(element, "".join(parts)) for element, parts in texts.items()]


@dataclass(frozen=True)
class Parted:
    """A page's tree, the element around its main content, and the elements that hold text in it and besides it."""

    tree: object
    around: object
    inside: list
    outside: list


def split_page(gold: Gold) -> Parted | None:
    """None where the gold text is short, or not found on the page."""
    if len(read_words(gold.text)) < LEAST_WORDS:
        return None
    try:
        tree = parse(gold.html)
    except (etree.LxmlError, ValueError):
        return None
    blocks = list_blocks(tree)
    shares = cover_blocks([text for _, text in blocks], gold.text)
    inside = [element for (element, _), share in zip(blocks, shares) if share >= 0.5]
    words = sum(len(read_words(text)) for (_, text), share in zip(blocks, shares) if share >= 0.5)
    if not inside or words < LEAST_COVERED * len(read_words(gold.text)):
        return None
    around = inside[0]
    for element in inside[1:]:
        around = _common(around, element)
    if around in inside:
        around = around.getparent()
    outside = [element for element, _ in blocks if element not in set(inside)]
    return Parted(tree, around, inside, outside) if around is not None else None


def _common(a, b):
    above = {a, *a.iterancestors()}
    return b if b in above else next(element for element in b.iterancestors() if element in above)


def take_content(gold: Gold) -> Content | None:
    """The gold blocks of a page in their own markup, without what stands between them."""
    page = split_page(gold)
    if page is None:
        return None
    title = (page.tree.findtext(".//title") or "").strip()
    for element in page.outside:
        _remove_text(element, set(page.outside))
    nodes = [node for node in page.around if "".join(node.itertext()).strip()]
    return Content(gold.key, title, nodes, gold.text) if nodes else None


def _remove_text(element, removed: set) -> None:
    """Take an element out of its page, or its own text where others stand below it."""
    kept = [
        one
        for one in element.iterdescendants()
        if one.tag in BLOCK_TAGS and one not in removed and "".join(one.itertext()).strip()
    ]
    if not kept and element.getparent() is not None and element.tag != "body":
        element.drop_tree()
        return
    element.text = None
    for child in list(element):
        child.tail = None
        if child.tag not in BLOCK_TAGS and not any(one in kept for one in child.iterdescendants()):
            element.remove(child)


@dataclass(frozen=True)
class Chrome:
    """A page without its main content: where that stood, other contents are put."""

    key: str
    tree: object
    path: str
    at: int

    def fill(self, content: Content, *, without: Sequence[str] = (), below: Sequence[object] = ()) -> str:
        """The page of a content; `without` are paths of chrome that is not on it, `below` what follows the content."""
        tree = copy.deepcopy(self.tree)
        slot = tree.getroottree().xpath(self.path)[0]
        absent = [tree.getroottree().xpath(path)[0] for path in without]
        for offset, node in enumerate([*content.nodes, *below]):
            slot.insert(self.at + offset, copy.deepcopy(node))
        for element in absent:
            element.drop_tree()
        title = tree.find(".//title")
        if title is not None:
            title.text = content.title
        return lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")

    def pick_parts(self, rng: Random, most: int) -> list:
        """Up to `most` parts of the chrome, none in another."""
        slot = self.tree.getroottree().xpath(self.path)[0]
        held = {slot, *slot.iterancestors()}
        whole = len(read_words(" ".join(text for _, text in list_blocks(self.tree))))
        parts = [
            one
            for one in self.tree.iter(*BLOCK_TAGS)
            if one not in held and 5 <= len(read_words("".join(one.itertext()))) <= PART_SHARE * whole
        ]
        chosen: list = []
        for one in rng.sample(parts, len(parts)):
            if len(chosen) < most and not set(chosen) & {*one.iterancestors(), *one.iterdescendants()}:
                chosen.append(one)
        return chosen


def take_chrome(gold: Gold) -> Chrome | None:
    page = split_page(gold)
    if page is None:
        return None
    around, inside = page.around, page.inside
    first = inside[0]
    while first.getparent() is not around:
        first = first.getparent()
    at = around.index(first)
    mark = etree.Element("div")
    around.insert(at, mark)
    for element in inside:
        _remove_text(element, set(inside))
    if len(read_words(" ".join(text for _, text in list_blocks(page.tree)))) < CHROME_WORDS:
        return None
    at = around.index(mark)
    around.remove(mark)
    return Chrome(gold.key, page.tree, around.getroottree().getpath(around), at)


class Supply:
    """Chromes and contents of some gold pages, each content of another domain than its neighbours' where it can be."""

    def __init__(self, golds: Sequence[Gold]) -> None:
        self.contents = [content for gold in golds if (content := take_content(gold))]
        self.chromes = [chrome for gold in golds if (chrome := take_chrome(gold))]

    def make_site(
        self,
        rng: Random,
        pages: int,
        *,
        templates: int = 1,
        plant: Plant | None = None,
        ragged: bool = False,
        shared: bool = False,
    ) -> list[SitePage]:
        """`pages` contents in the chrome of one page, or dealt out to several chromes.

        Of a ragged site's chrome some parts stand on some pages only. A shared part of another page's chrome follows
        the content whatever the template.
        """
        chromes = rng.sample(self.chromes, templates)
        keys = {chrome.key for chrome in chromes}
        contents = rng.sample([one for one in self.contents if one.key not in keys], pages)
        contents = [replace(one, nodes=copy.deepcopy(one.nodes), planted=[]) for one in contents]
        if plant:
            plant(contents, rng, self)
        below = copy.deepcopy(rng.choice(self.chromes).pick_parts(rng, 1)) if shared else []
        for one in below:
            one.tail = None
        parts = [_pick_shares(chrome, rng) if ragged else {} for chrome in chromes]
        pages_made = []
        for i, one in enumerate(contents):
            absent = [path for path, share in parts[i % templates].items() if rng.random() > share]
            html = chromes[i % templates].fill(one, without=absent, below=below)
            pages_made.append(SitePage(html, one.text, tuple(one.planted)))
        return pages_made


def _pick_shares(chrome: Chrome, rng: Random) -> dict[str, float]:
    """Paths of up to three parts of a chrome, and the share of pages that have each."""
    root = chrome.tree.getroottree()
    return {root.getpath(one): rng.uniform(0.3, 0.95) for one in chrome.pick_parts(rng, 3)}


Plant = Callable[[list[Content], Random, Supply], None]


def _paragraphs(supply: Supply, rng: Random, *, least: int, most: int, count: int) -> list[str]:
    """Consecutive paragraphs of one content."""
    while True:
        nodes = rng.choice(supply.contents).nodes
        texts = [" ".join("".join(p.itertext()).split()) for node in nodes for p in node.iter("p")]
        good = [
            i
            for i in range(len(texts) - count + 1)
            if all(least <= len(t) <= most for t in texts[i : i + count])
        ]
        if good:
            at = rng.choice(good)
            return texts[at : at + count]


def _insert(content: Content, made: Sequence[object], rng: Random, *, at_top: bool = False) -> None:
    """Put elements between two paragraphs, and their text into the gold."""
    places = [
        p
        for node in content.nodes
        for p in node.iter("p")
        if p.getparent() is not None and len("".join(p.itertext())) > 60
    ]
    lines = [line for one in made for line in (one.iter("tr") if one.tag == "table" else [one])]
    texts = [" ".join(" ".join(line.itertext()).split()) for line in lines]
    content.text = "\n".join([*texts, content.text] if at_top else [content.text, *texts])
    content.planted += texts
    if at_top or len(places) < 2:
        content.nodes[:0] = made
        return
    after = rng.choice(places[:-1])
    for one in reversed(made):
        after.addnext(one)


def _element(tag: str, text: str):
    element = etree.Element(tag)
    element.text = text
    return element


def plant_law(contents: list[Content], rng: Random, supply: Supply) -> None:
    """One to three paragraphs that a fifth to three fifths of the pages cite in full."""
    for _ in range(2):
        law = _paragraphs(supply, rng, least=120, most=900, count=rng.randint(1, 3))
        for content in rng.sample(contents, max(3, int(len(contents) * rng.uniform(0.2, 0.6)))):
            _insert(content, [_element("p", text) for text in law], rng)


def plant_quotation(contents: list[Content], rng: Random, supply: Supply) -> None:
    for _ in range(3):
        (text,) = _paragraphs(supply, rng, least=50, most=300, count=1)
        for content in rng.sample(contents, max(3, int(len(contents) * rng.uniform(0.1, 0.4)))):
            _insert(content, [_element("blockquote", text)], rng)


def plant_refrain(contents: list[Content], rng: Random, supply: Supply) -> None:
    """A song's refrain, several times a page, on a page or on a third of them."""
    for few in (True, False):
        (text,) = _paragraphs(supply, rng, least=30, most=200, count=1)
        for content in rng.sample(contents, 1 if few else max(1, len(contents) // 3)):
            for _ in range(rng.randint(3, 6)):
                _insert(content, [_element("p", text)], rng)


def plant_headings(contents: list[Content], rng: Random, supply: Supply) -> None:
    """The same headings on most pages: Ingredients, Method ..."""
    names = [
        " ".join("".join(h.itertext()).split())
        for one in supply.contents
        for node in one.nodes
        for h in node.iter("h2", "h3")
    ]
    names = [name for name in names if 3 < len(name) < 60]
    for name in rng.sample(names, 3):
        for content in rng.sample(contents, max(3, int(len(contents) * rng.uniform(0.4, 1.0)))):
            _insert(content, [_element("h2", name)], rng)


def plant_tables(contents: list[Content], rng: Random, supply: Supply) -> None:
    """A table of facts on most pages: some rows are equal, some differ in numbers, some in words."""
    words = [
        word
        for word in read_words(" ".join(one.text for one in rng.sample(supply.contents, 5)))
        if word.isalpha() and len(word) > 3
    ]
    names = rng.sample(sorted(set(words)), 8)
    fixed = {name: rng.choice(words) for name in names}
    for content in rng.sample(contents, max(3, int(len(contents) * rng.uniform(0.5, 1.0)))):
        table = etree.Element("table")
        for i, name in enumerate(names):
            value = (fixed[name], f"{rng.randint(1, 900)} {fixed[name]}", " ".join(rng.sample(words, 3)))[
                i % 3
            ]
            row = etree.SubElement(table, "tr")
            row.extend([_element("th", name.capitalize()), _element("td", value)])
        _insert(content, [table], rng)


def plant_posts(contents: list[Content], rng: Random, supply: Supply) -> None:
    """A thread's opening post on top of its further pages, and posts that answers quote in full."""
    opening = _paragraphs(supply, rng, least=60, most=700, count=rng.randint(2, 4))
    for content in rng.sample(contents, max(3, int(len(contents) * rng.uniform(0.2, 0.5)))):
        _insert(content, [_element("p", text) for text in opening], rng, at_top=True)
    for _ in range(3):
        (text,) = _paragraphs(supply, rng, least=60, most=500, count=1)
        for content in rng.sample(contents, min(len(contents), rng.randint(3, 5))):
            _insert(content, [_element("blockquote", text)], rng)


PLANTS: dict[str, Plant] = {
    "laws": plant_law,
    "quotations": plant_quotation,
    "refrains": plant_refrain,
    "headings": plant_headings,
    "tables": plant_tables,
    "posts": plant_posts,
}


def flatten(html: str) -> str:
    """The page as plain text, chrome and all."""
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=False, alt_texts=False))


def split_domains(golds: Sequence[Gold], folds: int, seed: int) -> Iterator[list[Gold]]:
    """The pages in parts, all pages of a domain in one."""
    domains = sorted({gold.domain for gold in golds})
    Random(seed).shuffle(domains)
    fold = {domain: i % folds for i, domain in enumerate(domains)}
    for i in range(folds):
        yield [gold for gold in golds if fold[gold.domain] == i]
