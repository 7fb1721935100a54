"""Pages with gold main content as the old web would show them, many in a script of which no word is known.

WCXB has hardly any page of either kind. Models without these take most of an old page for content, and the page for a
listing: nothing there is a list, a heading or a section by its tag, and few class names mean anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from make_text_dumps import SCRIPTS, transliterate
from samples import Sample, make_up

from dehusk.model import Block, Document

AGED_SHARE = 0.5
BROKEN_SHARE = 0.5
UNTOLD_SHARE, TABLE_SHARE = 0.75, 0.5
FOREIGN_SHARE = 0.6
SECTION_TAGS = tuple("nav header footer aside article main section form figure details dialog".split())
LEAF_TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li")
LIST_TAGS = ("ul", "ol")
LINE_CHARS, RUN_CHARS = 60, 400


def age_samples(samples: Sequence[Sample]) -> list[Sample]:
    """Half of the pages once more, as old ones."""
    rng = np.random.default_rng(9)
    return [age_sample(sample, rng) for sample in samples if sample.truth.any() and rng.random() < AGED_SHARE]


def age_sample(sample: Sample, rng: np.random.Generator) -> Sample:
    """The page without marks. Of most of them no tag tells a section, of many the layout is a table, paragraphs and
    lists are broken by line ends alone, or the script is a strange one."""
    document, truth, sizes = sample.document, sample.truth, sample.sizes
    if rng.random() < BROKEN_SHARE:
        document, runs = break_lines(document, truth, rng)
        truth, sizes = np.array([truth[run[0]] for run in runs]), np.array([sizes[run].sum() for run in runs])
    swaps: dict[str, str] = {}
    if rng.random() < UNTOLD_SHARE:
        swaps = dict.fromkeys(SECTION_TAGS, "div")
        if rng.random() < TABLE_SHARE:
            swaps = dict.fromkeys((*SECTION_TAGS, "div"), "td")
    elements = [e._replace(tag=swaps.get(e.tag, e.tag), marks="") for e in document.elements]
    document = replace(document, elements=elements)
    if rng.random() < FOREIGN_SHARE:
        document = transcribe(document, str(rng.choice(SCRIPTS)))
    return make_up(sample, document, "aged", truth=truth, sizes=sizes)


def break_lines(
    document: Document, truth: np.ndarray, rng: np.random.Generator
) -> tuple[Document, list[list[int]]]:
    """No paragraph, heading or item has an element of its own, and runs of short husk are one paragraph of lines.

    With the document, the numbers of the blocks that each of its blocks was made of.
    """
    blocks: list[Block] = []
    runs: list[list[int]] = []
    for number, block in enumerate(document.blocks):
        block = unwrap(document, block)
        if blocks and not truth[number] and not truth[runs[-1][0]] and are_lines(blocks[-1], block):
            last, mark = blocks[-1], "\n" if rng.random() < 0.5 else " | "
            blocks[-1] = last._replace(
                text=last.text + mark + block.text,
                link_chars=last.link_chars + block.link_chars,
                links=last.links + block.links,
            )
            runs[-1].append(number)
        else:
            blocks.append(block)
            runs.append([number])
    return replace(document, blocks=blocks), runs


def unwrap(document: Document, block: Block) -> Block:
    """The block as text that stands in what is around its element."""
    elements, owner = document.elements, block.element
    if owner > 0 and elements[owner].tag in LEAF_TAGS:
        owner = elements[owner].parent
    if owner > 0 and block.kind == "item" and elements[owner].tag in LIST_TAGS:
        owner = elements[owner].parent
    if block.kind in ("heading", "item"):
        block = block._replace(kind="paragraph", level=0)
    return block._replace(element=max(owner, 0))


def are_lines(last: Block, block: Block) -> bool:
    """Whether both may be lines of one paragraph."""
    return (
        last.element == block.element
        and last.kind == block.kind == "paragraph"
        and len(last.text) < RUN_CHARS
        and max(map(len, [block.text, *last.text.split("\n")])) < LINE_CHARS
    )


def transcribe(document: Document, script: str) -> Document:
    """The page as it would look in another script."""
    blocks = []
    for block in document.blocks:
        text = transliterate(block.text, script) or block.text
        link_chars = min(len(text), round(block.link_chars * len(text) / len(block.text)))
        blocks.append(block._replace(text=text, link_chars=link_chars))
    title = transliterate(document.head.title, script)
    return replace(document, blocks=blocks, head=replace(document.head, title=title))
