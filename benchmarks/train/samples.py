"""Pages with gold main content as a model learns from them: whole, cropped of their husk, and with another page's
teasers behind their content. `aged_samples.py` has a fourth kind.

All but the first are made up, and weigh less than a page. On pages with little around the text, as other makers' often
are, models without the crops lose it; those without the teasers keep what stands behind an article because it is
content on a page of its own.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from align import cover_blocks

from dehusk.blocks import read_blocks
from dehusk.label.html_features import PageRows
from dehusk.label.html_rows import read_page
from dehusk.label.page_type import type_features
from dehusk.model import Block, Document, Page
from dehusk.pages import decode_page

FOLDS = 5
WORTHS = {"whole": 1.0, "cropped": 0.3, "grafted": 0.3, "aged": 0.12}
TEASER_TYPES = ("listing", "collection")
TEXT_TYPES = ("article", "documentation", "service")
WORD_RE = re.compile(r"\w+")


class Sample(NamedTuple):
    key: str
    fold: int
    document: Document
    page: PageRows
    truth: np.ndarray
    sizes: np.ndarray
    """What each block counts within its page: long ones more."""
    page_type: str
    type_row: np.ndarray
    gold: str
    form: str = "whole"
    """One of WORTHS."""

    @property
    def is_whole(self) -> bool:
        return self.form == "whole"

    @property
    def weight(self) -> np.ndarray:
        """Every page weighs the same, but for what its form is worth."""
        return 1000 * WORTHS[self.form] * self.sizes / self.sizes.sum()


def read_samples(folder: Path) -> list[Sample]:
    """One sample a page that has blocks, in order of its key."""
    known = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    samples = []
    for path in sorted((folder / "html").glob("*")):
        key = path.name.split(".")[0]
        gold = json.loads((folder / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        document = read_blocks(decode_page(Page(content, kind="html")))
        if document.blocks:
            text = gold["ground_truth"]["main_content"] or ""
            samples.append(make_sample(key, document, text, known=known[key]))
    return samples


def make_sample(key: str, document: Document, gold: str, *, known: dict[str, str]) -> Sample:
    """A block is content when the gold has half of it."""
    texts = [block.text for block in document.blocks]
    truth = np.array(cover_blocks(texts, gold)) >= 0.5
    sizes = (np.array([len(WORD_RE.findall(text)) for text in texts], np.float64) + 1) ** 0.7
    page = read_page(document)
    page_type = known["page_type"].replace("category", "collection")
    fold = zlib.crc32(known["domain"].encode()) % FOLDS
    return Sample(key, fold, document, page, truth, sizes, page_type, type_features(document, page), gold)


def crop_samples(samples: Sequence[Sample]) -> list[Sample]:
    """Each page once more with most of its husk gone, some of them with only the beginning of their text."""
    rng = np.random.default_rng(5)
    return [crop_sample(sample, rng) for sample in samples if sample.truth.sum() > 1]


def crop_sample(sample: Sample, rng: np.random.Generator) -> Sample:
    """At most eleven blocks before the first and after the last of the content, and a share of those between."""
    content = np.flatnonzero(sample.truth)
    first, end, count = content[0], content[-1] + 1, len(sample.truth)
    keep = sample.truth.copy()
    keep[max(0, first - int(rng.integers(12))) : first] = True
    keep[end : min(count, end + int(rng.integers(12)))] = True
    keep[first:end] |= rng.random(end - first) < rng.random()
    if rng.random() < 0.5 and len(content) > 6:
        keep[content[int(rng.integers(3, len(content)))] :] = False
    kept = np.flatnonzero(keep)
    document = replace(sample.document, blocks=[sample.document.blocks[i] for i in kept])
    return make_up(sample, document, "cropped", truth=sample.truth[kept], sizes=sample.sizes[kept])


def graft_samples(samples: Sequence[Sample]) -> list[Sample]:
    """Each page of text once more with a stretch of another page of its fold behind it: half of them teasers that are
    content where they stand alone, half of them what follows a page's content."""
    rng = np.random.default_rng(7)
    others: defaultdict[tuple[int, bool], list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.truth.sum() > 1 and sample.page_type in TEXT_TYPES + TEASER_TYPES:
            others[sample.fold, sample.page_type in TEASER_TYPES].append(sample)
    grafted = []
    for sample in samples:
        pool = others[sample.fold, bool(rng.random() < 0.5)]
        if pool and sample.truth.sum() > 3 and sample.page_type in TEXT_TYPES:
            other = pool[int(rng.integers(len(pool)))]
            behind = choose_graft(other, rng)
            if len(behind) and other is not sample:
                grafted.append(graft_sample(sample, other, behind, rng=rng))
    return grafted


def choose_graft(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    """The numbers of its blocks that go behind another page's content."""
    content = np.flatnonzero(sample.truth)
    if sample.page_type not in TEASER_TYPES:
        return np.arange(content[-1] + 1, len(sample.truth))
    first = int(rng.integers(max(1, len(content) - 5)))
    return content[first : first + int(rng.integers(5, 60))]


def graft_sample(sample: Sample, other: Sample, behind: np.ndarray, *, rng: np.random.Generator) -> Sample:
    """The content with at most eleven blocks before it and five after, then the other page's, which is husk here."""
    content = np.flatnonzero(sample.truth)
    first = max(0, content[0] - int(rng.integers(12)))
    own = np.arange(first, min(len(sample.truth), content[-1] + 1 + int(rng.integers(6))))
    shift = len(sample.document.elements)
    elements = [*sample.document.elements]
    elements += [e._replace(parent=move_element(e.parent, shift)) for e in other.document.elements]
    blocks = [sample.document.blocks[i] for i in own]
    blocks += [move_block(other.document.blocks[i], shift) for i in behind]
    truth = np.concatenate([sample.truth[own], np.zeros(len(behind), np.bool_)])
    sizes = np.concatenate([sample.sizes[own], other.sizes[behind]])
    document = replace(sample.document, blocks=blocks, elements=elements)
    return make_up(sample, document, "grafted", truth=truth, sizes=sizes)


def move_element(number: int, shift: int) -> int:
    """The first element of a page is its body, and one page has one."""
    return number + shift if number > 0 else 0


def move_block(block: Block, shift: int) -> Block:
    return block._replace(element=move_element(block.element, shift))


def make_up(sample: Sample, document: Document, form: str, *, truth: np.ndarray, sizes: np.ndarray) -> Sample:
    document = drop_empty_elements(document)
    page = read_page(document)
    row = type_features(document, page)
    return sample._replace(document=document, page=page, truth=truth, sizes=sizes, type_row=row, form=form)


def drop_empty_elements(document: Document) -> Document:
    """Elements without a block would tell how large the page was."""
    elements, needed = document.elements, set()
    for block in document.blocks:
        number = block.element
        while number >= 0 and number not in needed:
            needed.add(number)
            number = elements[number].parent
    numbers = {old: new for new, old in enumerate(sorted(needed))}
    numbers[-1] = -1
    return replace(
        document,
        columns=None,  # the walk's, of the page as it was
        elements=[elements[old]._replace(parent=numbers[elements[old].parent]) for old in sorted(needed)],
        blocks=[block._replace(element=numbers[block.element]) for block in document.blocks],
    )
