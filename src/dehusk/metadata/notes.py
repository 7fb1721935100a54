"""Notes on the author below an article in plain text: "Ann Roe is a reporter in Chicago."

They are told by the author's name alone, so in every language that sets words apart, or by what somebody is who has not
been named; and by their place, since an article may speak of whoever wrote it, and two people who talk are named before
each answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dehusk.metadata.authors import list_people, read_described
from dehusk.model import Labelled
from dehusk.sentences import may_end_prose

_LAST_BLOCKS = 8
"""So near to an article's end a note stands, if no prose that does not name its author is behind it."""
_FEWEST_CHARS, _MOST_CHARS = 40, 1_200
_LONG_CHARS = 80
"""Of prose: what is shorter is a byline or a heading, which may have the name."""
_MOST_SHARE = 0.3
"""Of an article, at most: what is more of it is no note on it."""
_BEHIND_RE = re.compile(r"[\s,(،，、（]|['’]s\s")
"""What follows upon the name: a colon does where people talk."""
_ADDRESS_RE = re.compile(r"\S*@\w\S*|(?:https?:|www\.)\S+|\S+\.\w+/\S*")
_BESIDE_CHARS = 15
"""Beside an address of the author's, "Follow me on" at most: with more it is an address of something."""
_MARKS = "-–—*•·|()[]_ \t"


def find_notes(group: Sequence[Labelled], author: str) -> list[int]:
    """The numbers of an article's last blocks that say who its author is.

    >>> from dehusk.model import Block
    >>> prose = "The wind came at night and took all that lay on the shore, and nobody could say why it did."
    >>> texts = ["By Ann Roe", *5 * [prose]]
    >>> texts += ["Ann Roe lives in Chicago, and loves the sea as few do there."]
    >>> lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    >>> find_notes(lines, "Ann Roe"), find_notes(lines, "Bo Li")
    ([6], [])
    """
    described = (read_described(item.block.text.lstrip(_MARKS)) for item in group[-_LAST_BLOCKS:])
    people = [*list_people(author), *filter(None, described)]
    if not people:
        return []
    texts = [item.block.text for item in group]
    start = _find_foot(texts, people)
    notes: list[int] = []
    for at in range(start, len(texts)):
        if at not in notes and _may_be_note(group[at]) and (name := _find_subject(texts[at], people)):
            note = _find_whole(texts, people, name, at=at)
            if _is_apart(texts, name, note):
                notes += note
    return sorted({*notes})


def _find_foot(texts: Sequence[str], people: Sequence[str]) -> int:
    """Where the article's own prose is over; behind all blocks where none is near the end."""
    for at in range(len(texts) - 1, max(0, len(texts) - _LAST_BLOCKS) - 1, -1):
        if _is_prose(texts[at]) and not any(_names(texts[at], who) for who in people):
            return at + 1
    return len(texts)


def _is_prose(text: str) -> bool:
    return len(text) > _LONG_CHARS and may_end_prose(text[-1])


def _may_be_note(item: Labelled) -> bool:
    """Among others in a list nobody is the author."""
    return item.block.kind != "item" and _FEWEST_CHARS <= len(item.block.text) <= _MOST_CHARS


def _find_subject(text: str, people: Sequence[str]) -> str:
    """With whose full name a text begins, or ""."""
    return next((name for name in people if _begins(text, name)), "")


def _begins(text: str, name: str) -> bool:
    bare = text.lstrip(_MARKS)
    return bare.startswith(name) and _BEHIND_RE.match(bare, len(name)) is not None


def _find_whole(texts: Sequence[str], people: Sequence[str], name: str, *, at: int) -> list[int]:
    """A note with the name above it, and what names an author or an address below it; none where more than it is below
    besides: a list belongs to the text, or to what comes next."""
    below = range(at + 1, len(texts))
    own = [i for i in below if _is_address(texts[i]) or any(_names(texts[i], who) for who in people)]
    if sum(len(texts[i]) for i in below if i not in own) > len(texts[at]):
        return []
    first = at
    while first > 1 and texts[first - 1].strip(_MARKS) == name:
        first -= 1
    return [*range(first, at + 1), *own]


def _is_address(text: str) -> bool:
    rest = _ADDRESS_RE.sub("", text)
    return rest != text and sum(map(str.isalnum, rest)) <= _BESIDE_CHARS


def _names(text: str, name: str) -> bool:
    """Whether a text has the first or the last of the name's words."""
    words = name.split()
    return _has_word(text, words[0]) or _has_word(text, words[-1])


def _has_word(text: str, word: str) -> bool:
    r"""Whether a text has a word; not by \\b, as vowel signs of Hindi and others are no letters to it.

    >>> _has_word("Annual report", "Ann"), _has_word("Ann's report", "Ann"), _has_word("नेहा कमल", "नेहा")
    (False, True, True)
    """
    if word not in text:
        return False
    return not word.isascii() or re.search(rf"\b{re.escape(word)}\b", text) is not None


def _is_apart(texts: Sequence[str], name: str, note: Sequence[int]) -> bool:
    """Whether the article is not about whoever the note is about: no prose of it has the name or its first word, and
    nothing else begins with it. The last word alone may be another's name."""
    size = sum(len(texts[at]) for at in note)
    others = [text for at, text in enumerate(texts) if at not in note and len(text) > _FEWEST_CHARS]
    first = name.split()[0]
    return 0 < size <= _MOST_SHARE * sum(map(len, texts)) and not any(
        text.lstrip(_MARKS).startswith(name) or (len(text) > _LONG_CHARS and _has_word(text, first))
        for text in others
    )
