"""Notes on the author of an article in plain text: "Ann Roe is a reporter in Chicago."

They are told by the name alone, so in every language that sets words apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dehusk.metadata.authors import list_people
from dehusk.model import Labelled
from dehusk.sentences import SENTENCE_ENDS

_FIRST_BLOCKS, _LAST_BLOCKS = 8, 8
"""Notes stand below the title, or below the text with little behind them."""
_FEWEST_CHARS, _MOST_CHARS = 40, 1_200
_LONG_CHARS = 80
"""Of prose: what is shorter is a byline or a heading, which may have the name."""
_MOST_SHARE = 0.3
"""Of an article, at most: what is more of it is no note on it."""
_BEHIND_RE = re.compile(r"[\s,(]|['’]s\s")
"""What follows upon the name: a colon does where people talk."""
_MARKS = "-–—*•·|()[]_ \t"


def find_notes(group: Sequence[Labelled], author: str) -> list[int]:
    """The numbers of an article's blocks that say who its author is, and of what stands below them.

    >>> from dehusk.model import Block
    >>> texts = ["By Ann Roe", *10 * ["The wind came."], "The wind came at night and took all, and nobody knew why."]
    >>> texts += ["Ann Roe is a reporter in Chicago, and writes of the sea."]
    >>> lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    >>> find_notes(lines, "Ann Roe"), find_notes(lines, "Bo Li")
    ([12], [])
    """
    people = list_people(author)
    if not people:
        return []
    texts = [item.block.text for item in group]
    first = max(_FIRST_BLOCKS, len(texts) - _LAST_BLOCKS)
    notes: list[int] = []
    for at in (*range(min(_FIRST_BLOCKS, len(texts))), *range(first, len(texts))):
        name = _find_subject(group[at], people) if at not in notes else ""
        if not name:
            continue
        note = _find_whole(texts, name, at=at) if at >= first else range(at, at + 1)
        if _is_apart(texts, name, note):
            notes += note
    return notes


def _find_subject(item: Labelled, people: Sequence[str]) -> str:
    """Of whom a block seems to say who they are, or ""; among others in a list nobody is the author."""
    text = item.block.text
    if item.block.kind == "item" or not _FEWEST_CHARS <= len(text) <= _MOST_CHARS:
        return ""
    return next((name for name in people if _begins(text, name)), "")


def _begins(text: str, name: str) -> bool:
    bare = text.lstrip(_MARKS)
    return bare.startswith(name) and _BEHIND_RE.match(bare, len(name)) is not None


def _find_whole(texts: Sequence[str], name: str, *, at: int) -> range:
    """The note below a text, from the name above it to the article's end; none where other prose is below."""
    if any(_is_prose(text) and not _names(text, name) for text in texts[at + 1 :]):
        return range(0)
    while at > 1 and texts[at - 1].strip(_MARKS) == name:
        at -= 1
    return range(at, len(texts))


def _is_prose(text: str) -> bool:
    return len(text) > _LONG_CHARS and text[-1] in SENTENCE_ENDS


def _names(text: str, name: str) -> bool:
    """Whether a text has the first or the last of the name's words."""
    words = name.split()
    return words[0] in text or words[-1] in text


def _is_apart(texts: Sequence[str], name: str, note: range) -> bool:
    """Whether the article is not about whoever the note is about: its prose does not name them."""
    surname = name.split()[-1]
    others = (text for at, text in enumerate(texts) if at not in note and len(text) > _LONG_CHARS)
    size = sum(len(texts[at]) for at in note)
    return 0 < size <= _MOST_SHARE * sum(map(len, texts)) and not any(
        surname in text and not _begins(text, name) for text in others
    )
