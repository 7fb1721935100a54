"""A text without the numbers that lynx writes before its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dehusk.link_numbers import LINK_NUMBER_RE
from dehusk.model import Labelled
from dehusk.stages.windows import Worked
from dehusk.words import replace_texts


def drop_link_numbers(worked: Worked) -> Worked:
    """The same blocks, without their numbers."""
    document, labels, groups = worked
    texts = {
        i: text
        for i, item in enumerate(labels.blocks)
        if "[" in (own := item.block.text) and (text := LINK_NUMBER_RE.sub("", own)) not in ("", own)
    }
    items = list(labels.blocks)
    for i, text in texts.items():
        items[i] = items[i]._replace(block=items[i].block._replace(text=text))
    without = {id(labels.blocks[i].block): items[i].block for i in texts}

    def drop(items: Sequence[Labelled]) -> list[Labelled]:
        return [
            item._replace(block=without[id(item.block)]) if id(item.block) in without else item
            for item in items
        ]

    words = document.words and replace_texts(document.words, list(texts), list(texts.values()))
    document = replace(document, blocks=[item.block for item in items], words=words, table=None)
    return Worked(document, labels._replace(blocks=items), list(map(drop, groups)))
