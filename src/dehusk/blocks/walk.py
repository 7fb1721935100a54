"""The walk over the tree that lexbor makes: its text nodes -> blocks, and the elements around them.

The law of this module: every text node of the body goes into exactly one block or is left out for a
reason that a person would give (a script, a control); inline tags neither split a word nor glue two.
The kernel in `native/walk.c` does the same, ten times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dehusk.blocks.element_marks import read_marks
from dehusk.blocks.head import NOTED_TAGS, Noted, note
from dehusk.blocks.unseen import (
    DIGITS,
    has_digit,
    is_left_out,
    is_line_number,
    is_listing,
    is_permalink,
    is_spoken,
    is_tooltip,
    read_formula,
)
from dehusk.errors import UnreadablePage
from dehusk.model import Block, BlockKind, Columns, Element
from dehusk.words import unify

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb ruby s samp small"
    " span strike strong sub sup time tt u var math semantics mrow mi mo mn mtext ms msup msub msubsup mfrac msqrt"
    " mroot mover munder munderover mstyle mpadded mphantom menclose mmultiscripts mprescripts none maction merror"
    " mtable mtr mlabeledtr mjx-container mjx-assistive-mml".split()
)
_SKIPPED = frozenset(
    "script style template svg iframe object embed canvas audio video map select datalist textarea head title link"
    " meta input noframes noembed rp rt rtc param source track progress meter annotation annotation-xml picture"
    " wbr area base basefont col colgroup frame frameset mjx-math".split()
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


# What the walk does at a tag; inline ones are the lowest numbers, those that make blocks the highest. Plain
# numbers: comparing members of an enumeration takes ten times as long.
_INLINE_ROLE, _RAISED_ROLE, _TIME_ROLE, _APART_ROLE, _JOINED_ROLE, _LINK_ROLE = 1, 2, 3, 4, 5, 6
_SKIPPED_ROLE, _NOTED_ROLE, _BREAK_ROLE, _NOSCRIPT_ROLE, _PICTURE_ROLE, _CUSTOM_ROLE = 7, 8, 9, 10, 11, 12
_BLOCK_ROLE, _CODE_ROLE, _ROW_ROLE = 13, 14, 15
_HEADING_ROLE, _ITEM_ROLE, _LIST_ROLE, _CAPTION_ROLE, _CELL_ROLE = 16, 17, 18, 19, 20  # these set the kind
ROLES = {
    **dict.fromkeys(_INLINE, _INLINE_ROLE),
    **dict.fromkeys(("sup", "sub"), _RAISED_ROLE),
    **dict.fromkeys(_SKIPPED, _SKIPPED_ROLE),
    **dict.fromkeys(NOTED_TAGS, _NOTED_ROLE),
    "time": _TIME_ROLE,
    "mtd": _APART_ROLE,
    **dict.fromkeys(_HEADINGS, _HEADING_ROLE),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _LIST_ROLE),
    **dict.fromkeys(("td", "th", "table", "dl"), _CELL_ROLE),
    **dict.fromkeys(("figcaption", "caption"), _CAPTION_ROLE),
    "a": _LINK_ROLE,
    "br": _BREAK_ROLE,
    "noscript": _NOSCRIPT_ROLE,
    "img": _PICTURE_ROLE,
    **dict.fromkeys(("pre", "listing", "xmp"), _CODE_ROLE),
    "tr": _ROW_ROLE,
    "li": _ITEM_ROLE,
}
"""Any other tag is a block's; one with "-" or ":" in its name, a script's or Word's, only where it stands by itself."""
_CUSTOM = frozenset("-:")
_CUSTOM_NODES = 50
_TEXT_TAG_ID = 2
_new = tuple.__new__  # half the price of calling a NamedTuple, of which a page has eight hundred
# Soft hyphen, zero-width space, word joiner, a formula's unseen times, byte order mark. The joiners U+200C and U+200D
# stay: Persian, the languages of India and emoji need them.
_INVISIBLE = "\u00ad\u200b\u2060\u2062\ufeff"
_APPLICATION = "\u2061"  # between a function's name and what it is of: "log n" is two words
_BULLETS = frozenset("•·‣▪▫◦●○■□◆◇▸►▶❖➢➤✓✔✅–—―-*→»›")
_CELL_MAX = 400  # characters; a longer cell is a column of a layout table, not a value
_NOSCRIPT_BODY_MAX = 600  # characters; with fewer outside it, <noscript> is read (Discourse forums)


class Walked(NamedTuple):
    """What a walk found."""

    blocks: list[Block]
    elements: Sequence[Element]
    noted: list[Noted]
    """Of the head, then of the body, in document order."""
    columns: Columns | None = None
    """The same blocks and elements, where the kernel made them."""


def walk_here(tree: LexborHTMLParser, length: int, *, max_depth: int, source: str) -> Walked:
    """The blocks of a tree that has a body, of a page of `length` code points.

    Raises:
        UnreadablePage: block-level elements nest deeper than `max_depth`.
    """
    walk = _Walk(length, max_depth=max_depth, source=source)
    assert tree.body is not None
    walk.run(tree.body)
    if sum(len(block.text) for block in walk.blocks) < _NOSCRIPT_BODY_MAX:
        walk.run_noscripts()
    nodes = [*(tree.head.traverse() if tree.head is not None else ()), *walk.noted]
    return Walked(walk.blocks, walk.elements, [noted for node in nodes if (noted := note(node)) is not None])


def fold_whitespace(text: str) -> str:
    """One space for each run of white space, nothing invisible, NFC.

    >>> fold_whitespace(" a\\u00a0b\\n  zero\\u200bwidth ")
    'a b zerowidth'
    """
    text = text.strip()
    if text.isprintable() and "  " not in text:  # then single spaces are its only white space: twice as fast
        return text if text.isascii() else unify(text)
    if not text.isascii():
        text = unify(_drop_invisible(text.replace(_APPLICATION, " ")))
    return " ".join(text.split())


def _drop_invisible(text: str) -> str:
    for char in _INVISIBLE:
        text = text.replace(char, "")
    return text


_Frame = tuple[LexborNode, int, BlockKind, int, int]
"""An open element and its role; the kind and level to put back when it closes; the first block inside it."""


class _Walk:
    """The state of one walk: the open block's text, the elements around it, what was made so far."""

    __slots__ = (
        "blocks", "elements", "kind", "length", "level", "lines", "link_chars", "link_depth", "links", "list_depth",
        "made", "max_depth", "noscripts", "noted", "open", "parts", "roles", "source",
    )  # fmt: skip

    def __init__(self, length: int, *, max_depth: int = 2000, source: str = "") -> None:
        self.length, self.max_depth, self.source = length, max_depth, source
        self.blocks: list[Block] = []
        self.elements: list[Element] = []
        self.noscripts: list[LexborNode] = []
        self.noted: list[LexborNode] = []  # what `read_head` may want
        self.roles: dict[int, int] = {}  # by the parser's number for a tag, of those met so far
        self.open: list[LexborNode] = []  # block-level elements around the place of the walk, outermost first
        self.made: list[int] = []  # the numbers in `elements` of those of them that have one by now
        self.kind: BlockKind = "paragraph"
        self.level = 0
        self.list_depth = 0
        self.link_depth = 0
        self.lines: list[str] = []
        self.parts: list[str] = []
        self.link_chars = 0
        self.links = 0

    def run(self, root: LexborNode) -> None:
        """Walk a subtree, without recursion: real pages nest deeper than the interpreter's stack.

        One long loop: it runs for every node of every page, and calls in it took a quarter of its time.
        """
        stack: list[_Frame] = []
        parts, lines, get_role = self.parts, self.lines, self.roles.get
        blocks, open_, made = self.blocks, self.open, self.made
        breaks = 0  # <br> since the last text
        is_beside = False  # whether the node before is text
        closed = 0  # the role of the inline element that closed, with no text since
        seam = 0  # ... and then of the one that opened right after it
        node: LexborNode = root
        while True:
            child = None
            was_beside, is_beside = is_beside, False
            tag_id = node.tag_id
            if tag_id == _TEXT_TAG_ID:
                text = node.text_content
                if not text or text.isspace():
                    if parts:
                        parts.append(" ")
                        closed = seam = 0
                else:
                    is_beside = True
                    if breaks:
                        self._break_line(breaks)
                        breaks = 0
                    if seam and parts and _are_glued(parts[-1], text, closed=closed, opened=seam):
                        parts.append(" ")
                    closed = seam = 0
                    parts.append(text)
                    if self.link_depth:
                        self.link_chars += len(text.strip())
            else:
                role = get_role(tag_id) or self._learn_role(node)
                if role == _CUSTOM_ROLE:
                    is_inner = bool(stack) and stack[-1][1] == _JOINED_ROLE
                    role = self._place_custom(node, is_in_line=was_beside or is_inner)
                if role >= _BLOCK_ROLE:
                    if parts or lines:
                        self._flush()
                    if role == _CODE_ROLE or (role == _BLOCK_ROLE and is_listing(node)):
                        self._add_code(node)
                    elif role == _CELL_ROLE and is_line_number(node):
                        pass
                    elif (child := node.first_child) is not None:
                        open_.append(node)
                        stack.append((node, role, self.kind, self.level, len(blocks)))
                        if role > _BLOCK_ROLE:
                            self._set_kind(node, role)
                        if len(open_) > self.max_depth:
                            raise UnreadablePage(
                                self.source, "too-deep", f"elements nest deeper than {self.max_depth}"
                            )
                elif role <= _LINK_ROLE:
                    if role == _TIME_ROLE:
                        self.noted.append(node)
                    child = node.first_child
                    if child is not None and role in (_INLINE_ROLE, _LINK_ROLE):
                        role = self._look_at(node, role)
                        child = child if role else None
                    if child is not None:
                        if role == _APART_ROLE and parts:
                            parts.append(" ")
                        stack.append((node, role, "paragraph", 0, 0))
                        seam = closed and role
                        if role == _LINK_ROLE:
                            self.link_depth += 1
                            self.links += 1
                elif role == _NOTED_ROLE:
                    self.noted.append(node)
                elif role == _BREAK_ROLE:
                    breaks += 1
                elif role == _NOSCRIPT_ROLE:
                    self._flush()
                    self.noscripts.append(node)
                elif role == _PICTURE_ROLE and (formula := read_formula(node)):
                    if breaks:
                        self._break_line(breaks)
                        breaks = 0
                    closed = seam = 0
                    parts.append(formula)
            if child is not None:
                node = child
                continue
            following = node.next if stack else None
            while following is None and stack:
                frame = stack.pop()
                if (role := frame[1]) <= _LINK_ROLE:
                    closed, seam = role, 0
                    if role == _LINK_ROLE:
                        self.link_depth -= 1
                    elif role == _APART_ROLE and parts:
                        parts.append(" ")
                else:
                    is_beside = False
                    if parts or lines:
                        self._flush()
                    if role == _ROW_ROLE:
                        self._join_row(frame[4])
                    elif role == _LIST_ROLE:
                        self.list_depth -= 1
                    open_.pop()
                    if len(made) > len(open_):
                        made.pop()
                    self.kind, self.level = frame[2], frame[3]
                    if frame[2] == "item" and len(blocks) > frame[4]:
                        self.kind, self.level = "paragraph", 0  # an item's second paragraph has no marker
                if stack:  # what follows the root is not ours
                    following = frame[0].next
            if following is None:
                self._flush()
                return
            node = following

    def run_noscripts(self) -> None:
        """Walk what is inside the `<noscript>` elements met so far."""
        for noscript in self.noscripts:
            child = noscript.first_child
            while child is not None:
                self.run(child)
                child = child.next

    def _learn_role(self, node: LexborNode) -> int:
        """The parser numbers the tags that it does not know anew on every page."""
        role = self.roles[node.tag_id] = find_tag_role(node)
        return role

    def _look_at(self, node: LexborNode, role: int) -> int:
        """The role of an inline element by what a reader sees of it; 0 for nothing.

        What is said to screen readers at the beginning of a block may be all of it, and tells what it is.
        """
        if role == _LINK_ROLE:
            return 0 if is_permalink(node) or is_left_out(node) else role
        if is_left_out(node) or is_line_number(node):
            return 0
        if not is_spoken(node):
            return role
        return _APART_ROLE if has_digit(node) or not (self.parts or self.lines) else 0

    def _place_custom(self, node: LexborNode, *, is_in_line: bool) -> int:
        """The role of an element that HTML does not know: inline where shown, beside text, and with no block in it."""
        following = node.next
        if not is_in_line and following is not None and following.tag_id == _TEXT_TAG_ID:
            is_in_line = bool((following.text_content or "").strip())
        is_inline = is_in_line and "hidden" not in node.attributes and self._has_no_block(node)
        return _JOINED_ROLE if is_inline else _BLOCK_ROLE

    def _has_no_block(self, root: LexborNode) -> bool:
        """Of the few elements that an inline one holds: where there are more it is taken for none."""
        waiting, seen = [root.first_child], 0
        while waiting:
            node = waiting.pop()
            while node is not None:
                seen += 1
                role = _INLINE_ROLE
                if node.tag_id != _TEXT_TAG_ID:
                    role = self.roles.get(node.tag_id) or self._learn_role(node)
                if role >= _BLOCK_ROLE or role == _NOSCRIPT_ROLE or seen > _CUSTOM_NODES:
                    return False
                if role <= _LINK_ROLE or role == _CUSTOM_ROLE:
                    waiting.append(node.first_child)
                node = node.next
        return True

    def _set_kind(self, node: LexborNode, role: int) -> None:
        """What a block that begins in this element is; `<div>` and its like keep what is around them."""
        if role == _ITEM_ROLE:
            self.kind, self.level = "item", max(1, self.list_depth)
        elif role == _LIST_ROLE:
            self.list_depth += 1
        elif role == _HEADING_ROLE:
            self.kind, self.level = "heading", _HEADINGS[node.tag or ""]
        elif role > _LIST_ROLE:
            self.kind, self.level = "caption" if role == _CAPTION_ROLE else "paragraph", 0

    def _element(self) -> int:
        """The number of the innermost element, after making those around it that have no number yet."""
        made, elements = self.made, self.elements
        parent = made[-1] if made else -1
        for node in self.open[len(made) :]:
            elements.append(_new(Element, (node.tag or "", parent, read_marks(node.attributes))))
            parent = len(elements) - 1
            made.append(parent)
        return parent

    def _break_line(self, breaks: int) -> None:
        """One <br> ends a line of the block, two end the block."""
        if breaks > 1:
            self._flush()
        elif self.parts:
            self.lines.append(fold_whitespace("".join(self.parts)))
            self.parts.clear()

    def _flush(self) -> None:
        """Make a block of the text gathered so far, if there is any."""
        text = fold_whitespace("".join(self.parts))
        if self.lines:
            text = "\n".join(filter(None, [*self.lines, text]))
            self.lines.clear()
        if text and not (self.kind == "item" and text in _BULLETS):  # an item's own marker says nothing of it
            link_chars = min(self.link_chars, len(text))
            links = self.links if link_chars else 0
            place = (0, self.length, self._element())
            self.blocks.append(_new(Block, (text, self.kind, self.level, *place, link_chars, links, 0)))
            if self.kind == "item":
                self.kind, self.level = "paragraph", 0
        self.parts.clear()
        self.link_chars, self.links = 0, int(self.link_depth > 0)

    def _add_code(self, node: LexborNode) -> None:
        """A `<pre>` as one block: its lines and indentation stay, blank lines at its ends go.

        Where spaces must not break they hold a place, as all spaces of code do.
        """
        if is_line_number(node):
            return
        text = _drop_invisible(_preformatted_text(node)).replace("\u00a0", " ").expandtabs(4)
        lines = [line.rstrip() for line in text.split("\n")]
        text = unify("\n".join(lines)).strip("\n")
        if text.strip():
            self.open.append(node)
            self.blocks.append(Block(text, "code", 0, 0, self.length, self._element()))
            self.made.pop()
            self.open.pop()

    def _join_row(self, first: int) -> None:
        """Cells of one short block each become one row; anything else is a layout table and stays as it is."""
        cells = self.blocks[first:]
        if len(cells) < 2 or any(
            b.kind not in ("paragraph", "row") or len(b.text) > _CELL_MAX for b in cells
        ):
            return
        row = self._element()
        columns = [self._child_of(row, block.element) for block in cells]
        if len(set(columns)) < len(columns):
            return
        text = " | ".join(block.text.replace("\n", " ") for block in cells)
        link_chars, links = sum(b.link_chars for b in cells), sum(b.links for b in cells)
        self.blocks[first:] = [Block(text, "row", 0, 0, self.length, row, link_chars, links)]

    def _child_of(self, ancestor: int, element: int) -> int:
        """The element's own ancestor (or itself) that is a child of the given one."""
        while element > ancestor and self.elements[element].parent != ancestor:
            element = self.elements[element].parent
        return element


def find_tag_role(node: LexborNode) -> int:
    """What the walk does at an element, by its tag alone."""
    tag = node.tag or "-"
    unknown = _BLOCK_ROLE if _CUSTOM.isdisjoint(tag) else _CUSTOM_ROLE
    return _SKIPPED_ROLE if tag[0] == "-" else ROLES.get(tag, unknown)


def is_block_role(role: int) -> bool:
    """Whether a line begins and ends with the element."""
    return role >= _BLOCK_ROLE


def is_break_role(role: int) -> bool:
    """Whether it is a <br>."""
    return role == _BREAK_ROLE


def is_silent_role(role: int) -> bool:
    """Whether what is in the element is no text of the page: a script, a control."""
    return role in (_SKIPPED_ROLE, _NOTED_ROLE, _PICTURE_ROLE)


def _are_glued(before: str, after: str, *, closed: int, opened: int) -> bool:
    """Whether two inline elements without a space between hold two words rather than two pieces of one.

    Two links are two words. Elsewhere pages cut words for their looks (a drop capital, letters that move), so
    one letter, or small letters on both sides, stay together.
    """
    if not (before[-1:].isalnum() and after[:1].isalnum()):
        return after[:1].isalnum() and _RAISED_ROLE not in (closed, opened) and _ends_apart(before, after)
    if closed == opened == _LINK_ROLE:
        return True
    if _RAISED_ROLE in (closed, opened):
        return False
    return len(before) > 1 and len(after) > 1 and not (before[-1].islower() and after[0].islower())


def _ends_apart(before: str, after: str) -> bool:
    """Whether a text ends in a mark that has white space behind it: a label's colon, a bracket, a sentence's end."""
    if len(before) < 2:
        return False
    if before[-1] == ":":
        return before[-2] != ":" and not (before[-2] in DIGITS and after[0] in DIGITS)
    return before[-1] in "!?)]" or (before[-1] == "." and " " in before)


def _is_beside_code(node: LexborNode) -> bool:
    return is_line_number(node) or is_left_out(node) or is_tooltip(node)


def _preformatted_text(node: LexborNode) -> str:
    """The text of a `<pre>`; a <br> or an element that is a line of its own begins a new line."""
    parts: list[str] = []
    hidden: set[int] = set()  # what is inside a script or a control
    for child in node.traverse(include_text=True):
        if hidden and child.mem_id in hidden:
            continue
        if child.tag_id == _TEXT_TAG_ID:
            parts.append(child.text_content or "")
        elif (tag := child.tag) in _SKIPPED or tag == "button" or _is_beside_code(child):
            hidden.update(inner.mem_id for inner in child.traverse(include_text=True))
        elif tag == "br" or (tag in ("div", "p", "li", "tr") and parts and parts[-1][-1:] != "\n"):
            parts.append("\n")
    return "".join(parts)
