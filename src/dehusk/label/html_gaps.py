"""What the choice of blocks tears: what it left out of the middle of a text, or right before or behind it, comes back.

The choice knows blocks one by one, and is cautious. Between what is kept, what is doubtful is of the text more often
than not: code, a table's other rows, what is quoted, a paragraph that says little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS
from dehusk.label.html_features import ENDS_SENTENCE, LINK_SHARE, LINKED_SHARE, Floats, PageRows
from dehusk.label.marks import HUSK_KINDS, TEXT_KINDS, find_bits

_LIKELY = 0.5
_RUN_ON = 0.4
_LEAD = 0.35
_LEAD_WORDS, _LEAD_BLOCKS = 12, 5
"""A paragraph with so many words may be a text's first, so many blocks above what is kept of it: names, days and
buttons stand between."""
_CODE = 0.15
"""What has this chance between kept blocks stays, if it is code: 24 of 26 such blocks of WCXB, by opinions of
cross-validation, are in the gold texts."""
_ROWS, _ITEMS = 0.4, 0.6
"""A table or a list of which a part is kept stays whole if the mean chance of its words is this."""
SHORT_WORDS = 25
"""So many have short texts, in which a telling word says what they are."""
_HUSK_ROWS = [TEXT_KINDS.index(kind) for kind in HUSK_KINDS]
_HUSK_MARKS = "form newsletter cookie advert share comment button modal search".split()
_HUSK_BITS = find_bits(_HUSK_MARKS, ("button",))
"""Of the elements nearest to a block: where these are marked content is rare."""
_SITE_MARKS = "nav foot form search share cookie newsletter comment related modal".split()
_SITE_BITS = find_bits(_SITE_MARKS, ("nav", "footer", "form", "button"))
_APART_BITS = find_bits([*_HUSK_MARKS, "related", "foot"], ("nav", "footer", "form", "button"))
"""Of the elements around a block, the page's own aside: themes of manuals have navigation around the text."""
_QUOTE_BITS, _CELL_BITS, _CAPTION_BITS = (
    find_bits([], ("blockquote",)), find_bits([], ("td", "table")), find_bits(["caption", "byline"], ()),
)  # fmt: skip
_BARE_SHARE = 0.75
"""So much of the words. Of such pages of the benchmarks nearly all that the model drops is text, too."""
_LONG_WORDS = 5_000
_LONG_SHARE = 0.25
"""Of a page that keeps so many words, and such a share, the model, which learnt from few so long, doubts all the more
the further it comes."""
_DOUBTED = 0.1
"""What has this chance on a long page is text: .97 and more of it in manuals, half in long articles, whose other half
are comments."""


def fill_gaps(
    keep: NDArray[np.bool_], content: Floats, page: PageRows, *, runs_on: bool
) -> NDArray[np.bool_]:
    """The kept blocks and those that come back, by their probability to be content.

    Between the first and last kept block that is what is likelier content than not, code sooner, and tables whole,
    unless words, links or marks tell of husk; where a text `runs_on`, what is quoted, too, its first paragraph above
    what is kept, and what follows the last kept block in its own element. All of a page comes back that is nothing but
    a text, and nearly all of a long one.
    """
    if not keep.any():
        return keep
    keep = keep.copy()
    is_fit, is_between = ~_tells_husk(page), find_between(keep)
    is_code = page.features[KIND_NUMBERS["code"]] > 0
    keep |= (content >= np.where(is_code, _CODE, _LIKELY)) & is_between & is_fit
    _mend_tables(keep, content, page)
    if runs_on:
        keep |= (content >= _RUN_ON) & is_between & ((page.near & _QUOTE_BITS) > 0)
        _lead_in(keep, content, is_fit, page=page)
        _run_on(keep, (content >= _RUN_ON) & is_fit, page)
    if _is_bare(keep, page):
        keep |= is_fit | page.is_heading
    if page.words[keep].sum() >= max(_LONG_WORDS, _LONG_SHARE * page.words.sum()):
        is_apart = (page.inner & _APART_BITS) > 0
        keep |= (is_fit | page.is_heading) & (content >= _DOUBTED) & ~is_apart
    return keep


def _tells_husk(page: PageRows) -> NDArray[np.bool_]:
    """Whether a block is husk by its own words and links, or by the elements nearest to it."""
    is_telling = page.said[_HUSK_ROWS].any(axis=0) & (page.words <= SHORT_WORDS)
    found: NDArray[np.bool_] = (
        is_telling | (page.features[LINK_SHARE] > LINKED_SHARE) | ((page.near & _HUSK_BITS) > 0)
    )
    return found


def _mend_tables(keep: NDArray[np.bool_], content: Floats, page: PageRows) -> None:
    """Keep all of the tables and lists between kept blocks of which a part is kept."""
    first_kept, last_kept = np.flatnonzero(keep)[[0, -1]].tolist()
    for kind, bits, least in (("row", _CELL_BITS, _ROWS), ("item", 0, _ITEMS)):
        is_part = page.features[KIND_NUMBERS[kind]] > 0
        if not (keep & is_part).any():
            continue
        is_inside = is_part | ((page.near & bits) > 0)  # what spans a table's row is no row itself
        for start, stop in _find_torn(is_inside, keep):
            parts = start + np.flatnonzero(is_part[start:stop])
            if len(parts) > 1 and first_kept <= parts[0] and parts[-1] <= last_kept and keep[parts].any():
                whole = slice(int(parts[0]), int(parts[-1]) + 1)
                words = page.words[whole]
                keep[whole] |= bool((content[whole] * words).sum() >= least * words.sum())


def _find_torn(is_inside: NDArray[np.bool_], keep: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and end of each run of blocks of which some are kept and some are not."""
    starts, stops = np.flatnonzero(np.diff(is_inside, prepend=False, append=False)).reshape(-1, 2).T
    kept = np.cumsum(keep, dtype=np.int64)
    counts = kept[stops - 1] - kept[starts] + keep[starts]
    torn = (counts > 0) & (counts < stops - starts)
    return list(zip(starts[torn].tolist(), stops[torn].tolist(), strict=True))


def _lead_in(keep: NDArray[np.bool_], content: Floats, is_fit: NDArray[np.bool_], *, page: PageRows) -> None:
    """Keep the text's first paragraph, which stands next to bylines and pictures: right above the first kept block in
    the innermost element that holds more, or a little further up if it is likelier content than not."""
    first = int(np.flatnonzero(keep)[0])
    if not first:
        return
    is_prose = (page.features[[KIND_NUMBERS["paragraph"], ENDS_SENTENCE]] > 0).all(axis=0) & is_fit
    is_prose &= (page.words >= _LEAD_WORDS) & ((page.near & _CAPTION_BITS) == 0)
    above = slice(max(0, first - _LEAD_BLOCKS), first)
    keep[above] |= is_prose[above] & (content[above] >= _LIKELY)
    start, _ = _find_element(page, first)
    keep[first - 1] |= bool(start < first and is_prose[first - 1] and content[first - 1] >= _LEAD)


def _run_on(keep: NDArray[np.bool_], is_fit: NDArray[np.bool_], page: PageRows) -> None:
    """Keep what is fit right below the last kept block, as far as the innermost element reaches that holds more."""
    last = int(np.flatnonzero(keep)[-1])
    _, stop = _find_element(page, last)
    below = is_fit[last + 1 : stop]
    keep[last + 1 : last + 1 + (len(below) if below.all() else int(np.argmin(below)))] = True


def _find_element(page: PageRows, block: int) -> tuple[int, int]:
    """The first block and the end of the innermost element around a block that holds more."""
    firsts, stops = page.ranges[:, :, block]
    level = int(np.argmax(stops - firsts > 1))
    return int(firsts[level]), int(stops[level])


def _is_bare(keep: NDArray[np.bool_], page: PageRows) -> bool:
    """Whether nothing of a page is named as a part of a site or mostly links, and most of it is kept: a chapter of an
    electronic book, whose headings may lead to the contents."""
    if (page.inner & _SITE_BITS).any():
        return False
    is_linked = (page.features[LINK_SHARE] > LINKED_SHARE) & ~page.is_heading
    return not is_linked.any() and page.words[keep].sum() >= _BARE_SHARE * page.words.sum()


def find_between(keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All from the first kept block to the last.

    >>> find_between(np.array([False, True, False, True, False])).astype(int).tolist()
    [0, 1, 1, 1, 0]
    """
    found: NDArray[np.bool_] = np.logical_or.accumulate(keep) & np.logical_or.accumulate(keep[::-1])[::-1]
    return found
