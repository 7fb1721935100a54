"""A text without the numbers that lynx writes before its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dehusk.link_numbers import LINK_NUMBER_RE
from dehusk.model import Labelled
from dehusk.stages.windows import Worked


def drop_link_numbers(worked: Worked) -> Worked:
    """The same blocks, without their numbers."""
    without = {
        id(item.block): item.block._replace(text=text)
        for item in worked.labels.blocks
        if "[" in item.block.text and (text := LINK_NUMBER_RE.sub("", item.block.text))
    }

    def drop(items: Sequence[Labelled]) -> list[Labelled]:
        return [
            item._replace(block=without[id(item.block)]) if id(item.block) in without else item
            for item in items
        ]

    blocks = drop(worked.labels.blocks)
    document = replace(worked.document, blocks=[item.block for item in blocks], words=None, table=None)
    return Worked(document, worked.labels._replace(blocks=blocks), list(map(drop, worked.groups)))
