"""Labels for the blocks of a web page, by named rules.

Three kinds of evidence, each with its reason: what the elements around a block call themselves, what a short
text says, and how much running text stands near.
"""

from __future__ import annotations

from typing import NamedTuple

from dehusk.label.phrases import CONTENT_MARKS_RE, MARK_RULES, PHRASE_RULES, ROLE_RULES, TAG_RULES
from dehusk.model import Block, Document, Element, Label, Labelled, Options

_GOOD_CHARS = 80  # a block of running text: this long, and hardly linked
_PROSE_CHARS = 200
_ZONE_SHARE_MAX = 0.2  # a zone that holds more of the page's running text is not husk, whatever its name


class Zone(NamedTuple):
    """What the elements around a block say it is: "" when they say nothing."""

    label: Label | None
    reason: str
    is_content: bool


_OPEN_ZONE = Zone(None, "", False)


def label_html(document: Document, options: Options) -> list[Labelled]:
    """One Labelled a block: husk by its zone, its phrase or its links, or else content by the text around it."""
    blocks, elements = document.blocks, document.elements
    good = [_good_chars(block) for block in blocks]
    zones = find_zones(elements, _sum_up(blocks, elements, good))
    near = _support(blocks, elements, good)
    return [_label_block(block, zones[block.element], near[i]) for i, block in enumerate(blocks)]


def link_share(block: Block) -> float:
    return block.link_chars / len(block.text)


def _good_chars(block: Block) -> int:
    """The characters of running text."""
    text = block.text
    is_good = len(text) >= _GOOD_CHARS and block.link_chars < 0.33 * len(text)
    return len(text) if is_good or block.kind == "code" else 0


def _sum_up(blocks: list[Block], elements: list[Element], values: list[int]) -> list[int]:
    """For each element the sum over all blocks inside it; the last entry is the page's."""
    sums = [0] * (len(elements) + 1)
    for block, value in zip(blocks, values, strict=True):
        sums[block.element] += value
    for i in range(len(elements) - 1, -1, -1):
        if elements[i].parent >= 0:
            sums[elements[i].parent] += sums[i]
        else:
            sums[-1] += sums[i]
    return sums


def find_zones(elements: list[Element], good: list[int]) -> list[Zone]:
    """The zone of each element (the last entry stands for no element): its own, or else its parent's."""
    zones = [_OPEN_ZONE] * (len(elements) + 1)
    most = _ZONE_SHARE_MAX * max(1, good[-1])
    for i, element in enumerate(elements):
        around = zones[element.parent] if element.parent >= 0 else _OPEN_ZONE
        zones[i] = around
        if around.label is None and good[i] <= most and element.tag != "body":
            zones[i] = _own_zone(element, around)
    return zones


def _own_zone(element: Element, around: Zone) -> Zone:
    marks = element.marks
    if marks:
        for label, marks_re in MARK_RULES:
            if match := marks_re.search(marks):
                return Zone(label, f"inside {element.tag} marked {match.group().strip()!r}", False)
        for word in marks.split():
            if word in ROLE_RULES:
                return Zone(ROLE_RULES[word], f"inside {element.tag} with role {word}", False)
        if "-hidden" in marks:
            return Zone("boilerplate", "hidden", False)
    if element.tag in TAG_RULES:
        return Zone(TAG_RULES[element.tag], f"inside <{element.tag}>", False)
    if element.tag == "header" and not around.is_content:
        return Zone("menu", "inside the page's <header>", False)
    if element.tag in ("article", "main") or CONTENT_MARKS_RE.search(marks):
        return Zone(None, "", True)
    return around


def _support(blocks: list[Block], elements: list[Element], good: list[int]) -> list[float]:
    """For each block the share, 0..1, of running text among all characters of what is near in the tree."""
    total = _sum_up(blocks, elements, [len(block.text) for block in blocks])
    running = _sum_up(blocks, elements, good)
    return [_best_share(block.element, elements, running, total) for block in blocks]


def _best_share(element: int, elements: list[Element], running: list[int], total: list[int]) -> float:
    """The best share of any of the three nearest elements that hold enough running text to tell."""
    best = 0.0
    for _ in range(4):
        if element < 0:
            break
        if running[element] >= _PROSE_CHARS:
            best = max(best, running[element] / total[element])
        element = elements[element].parent
    return best


def _label_block(block: Block, zone: Zone, near: float) -> Labelled:
    if zone.label is not None:
        return Labelled(block, zone.label, zone.reason, 0.1)
    linked = link_share(block)
    length = len(block.text)
    for label, phrase_re, longest in PHRASE_RULES:
        if length <= longest and (match := phrase_re.search(block.text)):
            return Labelled(block, label, f"says {match.group()!r}", 0.15)
    if linked > 0.5 and length < _PROSE_CHARS and block.kind != "heading":
        return Labelled(block, "menu", f"{linked:.0%} of it is links", 0.2)
    if length >= _GOOD_CHARS and linked < 0.5:
        return Labelled(block, "content", "running text", 0.8)
    if near >= 0.4 or zone.is_content:
        return Labelled(block, "content", "among running text", 0.7)
    return Labelled(block, "boilerplate", "short, with little running text near", 0.3)
