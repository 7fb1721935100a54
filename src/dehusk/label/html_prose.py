"""The whole sentences of a page that follow one another: what an article is, however many headlines stand around it.

News sites put a hundred titles of other stories around a short one, so that most of the page looks like a listing. A
listing's own sentences are one here, one there, each below a title of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import ENDS_SENTENCE, LINK_SHARE, LINKED_SHARE, Floats, PageRows

_LIKELY = 0.3
"""What has this chance to be content counts."""
_SENTENCE_WORDS, _PARAGRAPH_WORDS = 15, 40
"""So many words that end as a sentence does are one, and so many are some, whatever they end with."""
_TITLE_WORDS = 3
_LEAST_WORDS = 40
"""What has fewer is a caption, a notice or a summary."""
_PROSE_SHARE = 0.5
"""Of the sentences, at least, those that follow one another."""
_SURER = 0.3
"""In log odds: an article is surer content than what stands around it; a listing's entries are all alike."""


class Run(NamedTuple):
    """The longest run of sentences that no linked title parts."""

    blocks: NDArray[np.bool_]
    words: float
    share: float
    """Of the words of all sentences."""

    @property
    def first(self) -> int:
        return int(np.argmax(self.blocks))

    @property
    def end(self) -> int:
        return len(self.blocks) - int(np.argmax(self.blocks[::-1]))


def find_run(content: Floats, page: PageRows) -> Run | None:
    """By the blocks' chances to be content; None where no sentence is likely."""
    words, is_linked = page.words, find_linked(page)
    is_sentence = (page.features[ENDS_SENTENCE] > 0) & (words >= _SENTENCE_WORDS)
    is_prose = (
        (content >= _LIKELY) & ~is_linked & ~page.is_heading & (is_sentence | (words >= _PARAGRAPH_WORDS))
    )
    if not is_prose.any():
        return None
    runs = np.cumsum(is_linked)
    sizes = np.bincount(runs[is_prose], words[is_prose])
    longest = int(np.argmax(sizes))
    return Run(is_prose & (runs == longest), float(sizes[longest]), float(sizes[longest] / sizes.sum()))


def find_linked(page: PageRows) -> NDArray[np.bool_]:
    """The blocks that are titles of other pages, by their looks."""
    found: NDArray[np.bool_] = (page.features[LINK_SHARE] > LINKED_SHARE) & (page.words >= _TITLE_WORDS)
    return found


def is_long(run: Run) -> bool:
    """Whether it may be an article."""
    return run.words >= _LEAST_WORDS


def is_one_text(content: Floats, page: PageRows) -> bool:
    """Whether the content is a run of sentences rather than the entries around it: most sentences are in it, no more
    stands above it, and the model is surer of it."""
    run = find_run(content, page)
    if run is None or not is_long(run) or run.share < _PROSE_SHARE:
        return False
    is_other = content >= _LIKELY
    is_other[run.first : run.end] = False
    above = page.words[: run.first][is_other[: run.first]].sum()
    return bool(above <= run.words) and is_surer(run, is_other, content, words=page.words)


def is_surer(run: Run, others: NDArray[np.bool_], content: Floats, *, words: Floats) -> bool:
    """Whether a run is surer content than some other blocks; than none it is."""
    if not others.any():
        return True
    own, other = (
        float((content[blocks] * words[blocks]).sum() / (words[blocks].sum() + 1e-9))
        for blocks in (run.blocks, others)
    )
    return _log_odds(own) - _log_odds(other) >= _SURER


def _log_odds(chance: float) -> float:
    return float(np.log((chance + 1e-6) / (1 - chance + 1e-6)))
