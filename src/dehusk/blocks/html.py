"""HTML -> blocks: one walk over the tree that lexbor makes.

The law of this module: every text node of the body goes into exactly one block or is left out for a
reason that a person would give (a script, a control); inline tags neither split a word nor glue two.
"""

from __future__ import annotations

import re
import unicodedata

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from dehusk.blocks.guard import check_markup
from dehusk.blocks.head import read_head
from dehusk.errors import UnreadablePage
from dehusk.model import Block, BlockKind, Document, Element, Limits, Page

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb ruby s samp small"
    " span strike strong sub sup time tt u var math semantics mrow mi mo mn mtext ms msup msub msubsup mfrac msqrt"
    " mroot mover munder munderover mstyle mpadded mphantom menclose mmultiscripts".split()
)
_SKIPPED = frozenset(
    "script style template svg iframe object embed canvas audio video map select datalist textarea head title link"
    " meta input noframes noembed rp rt rtc param source track progress meter annotation annotation-xml img picture"
    " wbr area base basefont col colgroup frame frameset".split()
)
_BREAKS = {"br": "break", "noscript": "noscript"}
_ROLES = dict.fromkeys(_INLINE, "inline") | dict.fromkeys(_SKIPPED, "skipped") | _BREAKS
"""What the walk does at a tag; any other tag is a block's."""
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_TEXT_TAG_ID = 2
_HIDDEN_STYLE_RE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Soft hyphen, zero-width space, word joiner, byte order mark. The joiners U+200C and U+200D stay: Persian,
# the languages of India and emoji need them.
_INVISIBLE_RE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MARK_ATTRIBUTES = ("class", "id", "role", "itemprop", "itemtype", "aria-label", "data-testid")
_MARKS_MAX = 400  # characters of class, id ... that are looked at: utility classes go on for thousands
_CELL_MAX = 400  # characters; a longer cell is a column of a layout table, not a value
_NOSCRIPT_BODY_MAX = 600  # characters; with fewer outside it, <noscript> is read (Discourse forums)


def read_html(page: Page, limits: Limits) -> Document:
    """The blocks of an HTML page in document order; the text of `<noscript>` too when there is little else.

    Raises:
        UnreadablePage: nesting, attributes or open formatting tags are over a limit.
    """
    content = page.content if isinstance(page.content, str) else page.content.decode("utf-8", "replace")
    content = _replace_surrogates(content)
    check_markup(content, limits, source=page.source)
    tree = LexborHTMLParser(content, options=LexborDocumentOptions.WO_EVENTS)
    walk = _Walk(len(content), max_depth=limits.depth, source=page.source)
    if tree.body is not None:
        walk.run(tree.body)
        if sum(len(block.text) for block in walk.blocks) < _NOSCRIPT_BODY_MAX:
            walk.run_noscripts()
    return Document(
        kind="html",
        blocks=walk.blocks,
        length=len(content),
        elements=walk.elements,
        head=read_head(tree),
        source=page.source,
    )


def fold_whitespace(text: str) -> str:
    """One space for each run of white space, nothing invisible, NFC.

    >>> fold_whitespace(" a\\u00a0b\\n  zero\\u200bwidth ")
    'a b zerowidth'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE_RE.sub("", text))
    return " ".join(text.split())


def _replace_surrogates(content: str) -> str:
    """The parser takes UTF-8, which has no lone surrogates."""
    try:
        content.isascii() or content.encode()
    except UnicodeEncodeError:
        return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return content


_Frame = tuple[LexborNode, str, BlockKind, int, int]
"""An open element and its tag; the kind and level to put back when it closes; the first block inside it."""


class _Walk:
    """The state of one walk: the open block's text, the elements around it, what was made so far."""

    def __init__(self, length: int, *, max_depth: int = 2000, source: str = "") -> None:
        self.length, self.max_depth, self.source = length, max_depth, source
        self.blocks: list[Block] = []
        self.elements: list[Element] = []
        self.noscripts: list[LexborNode] = []
        self.open: list[LexborNode] = []  # block-level elements around the place of the walk, outermost first
        self.made: list[int] = []  # the numbers in `elements` of those of them that have one by now
        self.kind: BlockKind = "paragraph"
        self.level = 0
        self.list_depth = 0
        self.link_depth = 0
        self.lines: list[str] = []
        self.parts: list[str] = []
        self.breaks = 0  # <br> since the last text
        self.link_chars = 0
        self.links = 0
        self.closed = ""  # the inline tag that closed, with no text since
        self.seam = ""  # ... and then the one that opened right after it

    def run(self, root: LexborNode) -> None:
        """Walk a subtree, without recursion: real pages nest deeper than the interpreter's stack."""
        stack: list[_Frame] = []
        node: LexborNode = root
        while True:
            if node.tag_id == _TEXT_TAG_ID:
                self._add_text(node.text_content or "")
            elif (child := self._open(node, stack)) is not None:
                node = child
                continue
            while stack and (following := node.next) is None:
                frame = stack.pop()
                self._close(frame)
                node = frame[0]
                if not stack:  # the root: what follows it is not ours
                    following = None
            if not stack or following is None:
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

    def _open(self, node: LexborNode, stack: list[_Frame]) -> LexborNode | None:
        """Begin a node; its first child, with a frame pushed, or None where there is nothing inside."""
        tag = node.tag or "-"
        role = _ROLES.get(tag)
        if role == "inline":
            if (child := node.first_child) is not None:
                stack.append((node, tag, "paragraph", 0, 0))
                self.seam = self.closed and tag
                if tag == "a":
                    self.link_depth += 1
                    self.links += 1
            return child
        if role is None and tag[0] != "-":
            return self._open_block(node, tag, stack)
        if role == "break":
            self.breaks += 1
        elif role == "noscript":
            self._flush()
            self.noscripts.append(node)
        return None

    def _open_block(self, node: LexborNode, tag: str, stack: list[_Frame]) -> LexborNode | None:
        if self.parts or self.lines:
            self._flush()
        child = node.first_child
        if child is None:
            return None
        self.open.append(node)
        if tag == "pre":
            self._add_code(node)
            self.open.pop()
            del self.made[len(self.open) :]
            return None
        if len(stack) > self.max_depth:
            raise UnreadablePage(self.source, "too-deep", f"elements nest deeper than {self.max_depth}")
        stack.append((node, tag, self.kind, self.level, len(self.blocks)))
        self._set_kind(tag)
        return child

    def _element(self) -> int:
        """The number of the innermost element, after making those around it that have no number yet."""
        made = self.made
        if len(made) == len(self.open):
            return made[-1] if made else -1
        for node in self.open[len(made) :]:
            self.elements.append(Element(node.tag or "", made[-1] if made else -1, _read_marks(node)))
            made.append(len(self.elements) - 1)
        return made[-1] if made else -1

    def _set_kind(self, tag: str) -> None:
        """What a block that begins in this element is; `<div>` and its like keep what is around them."""
        if tag in _HEADINGS:
            self.kind, self.level = "heading", _HEADINGS[tag]
        elif tag == "li":
            self.kind, self.level = "item", max(1, self.list_depth)
        elif tag in _LISTS:
            self.list_depth += 1
        elif tag in ("figcaption", "caption"):
            self.kind, self.level = "caption", 0
        elif tag in ("td", "th", "table", "dl"):
            self.kind, self.level = "paragraph", 0

    def _close(self, frame: _Frame) -> None:
        _, tag, kind, level, first_block = frame
        if tag in _INLINE:
            self.closed, self.seam = tag, ""
            if tag == "a":
                self.link_depth -= 1
            return
        if self.parts or self.lines:
            self._flush()
        if tag in _LISTS:
            self.list_depth -= 1
        elif tag == "tr":
            self._join_row(first_block)
        self.open.pop()
        del self.made[len(self.open) :]
        self.kind, self.level = kind, level
        if kind == "item" and len(self.blocks) > first_block:
            self.kind, self.level = "paragraph", 0  # an item's second paragraph has no marker

    def _add_text(self, text: str) -> None:
        if not text or text.isspace():
            if self.parts:
                self.parts.append(" ")
                self.closed = self.seam = ""
            return
        if self.breaks:
            self._break_line()
        if self.seam and self.parts and _are_glued(self.parts[-1], text, self.closed, self.seam):
            self.parts.append(" ")
        self.closed = self.seam = ""
        self.parts.append(text)
        if self.link_depth:
            self.link_chars += len(text.strip())

    def _break_line(self) -> None:
        """One <br> ends a line of the block, two end the block."""
        if self.breaks > 1:
            self._flush()
        elif self.parts:
            self.lines.append(fold_whitespace("".join(self.parts)))
            self.parts = []
        self.breaks = 0

    def _flush(self) -> None:
        """Make a block of the text gathered so far, if there is any."""
        text = fold_whitespace("".join(self.parts))
        if self.lines:
            text = "\n".join(filter(None, [*self.lines, text]))
            self.lines = []
        if text:
            self._add_block(text)
        self.parts = []
        self.link_chars, self.links = 0, int(self.link_depth > 0)

    def _add_block(self, text: str) -> None:
        link_chars = min(self.link_chars, len(text))
        links = self.links if link_chars else 0
        self.blocks.append(
            Block(text, self.kind, self.level, 0, self.length, self._element(), link_chars, links)
        )
        if self.kind == "item":
            self.kind, self.level = "paragraph", 0

    def _add_code(self, node: LexborNode) -> None:
        """A `<pre>` as one block: its lines and indentation stay, blank lines at its ends go."""
        text = _INVISIBLE_RE.sub("", _preformatted_text(node)).expandtabs(4)
        lines = [line.rstrip() for line in text.split("\n")]
        text = unicodedata.normalize("NFC", "\n".join(lines)).strip("\n")
        if text.strip():
            self.blocks.append(Block(text, "code", 0, 0, self.length, self._element()))

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


def _read_marks(node: LexborNode) -> str:
    """Class, id, role and their like, lower-cased; "hidden" where the page hides the element."""
    attributes = node.attributes
    if not attributes:
        return ""
    get = attributes.get
    marks = " ".join([value for name in _MARK_ATTRIBUTES if (value := get(name))])[:_MARKS_MAX].lower()
    is_hidden = "hidden" in attributes or get("aria-hidden") == "true"
    if is_hidden or ((style := get("style")) and _HIDDEN_STYLE_RE.search(style)):
        return f"{marks} -hidden".lstrip()
    return marks


def _are_glued(before: str, after: str, closed: str, opened: str) -> bool:
    """Whether two inline elements without a space between hold two words rather than two pieces of one.

    Two links are two words. Elsewhere pages cut words for their looks (a drop capital, letters that move), so
    one letter, or small letters on both sides, stay together.
    """
    if not (before[-1:].isalnum() and after[:1].isalnum()):
        return False
    if closed == opened == "a":
        return True
    if "sup" in (closed, opened) or "sub" in (closed, opened):
        return False
    return len(before) > 1 and len(after) > 1 and not (before[-1].islower() and after[0].islower())


def _preformatted_text(node: LexborNode) -> str:
    """The text of a `<pre>`; a <br> or an element that is a line of its own begins a new line."""
    parts: list[str] = []
    for child in node.traverse(include_text=True):
        if child.tag_id == _TEXT_TAG_ID:
            parts.append(child.text_content or "")
        elif (tag := child.tag) == "br" or (
            tag in ("div", "p", "li", "tr") and parts and parts[-1][-1:] != "\n"
        ):
            parts.append("\n")
    return "".join(parts)
