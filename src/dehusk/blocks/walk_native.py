"""The walk by the kernel where there is one, through lexbor's own functions; by Python elsewhere.

The functions are those that lexbor exports for callers in other languages; they are found in the library that
selectolax ships. Where one is missing, or a probe comes out otherwise, Python walks.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, partial
from itertools import repeat
from typing import Any, NamedTuple, get_args, overload

import numpy as np
from numpy.typing import NDArray
from selectolax import lexbor
from selectolax.lexbor import LexborHTMLParser, LexborNode

from dehusk.blocks.bylines import find_bylines_here
from dehusk.blocks.head import BYLINE_ELEMENTS, MAX_BYLINE_CHARS, Noted
from dehusk.blocks.walk import ROLES, Walked, walk_here
from dehusk.errors import UnreadablePage
from dehusk.model import Block, BlockKind, Columns, Element
from dehusk.native import find_address, load_kernels
from dehusk.native.tables import char_bits, hash_table, lower_codes, norm_codes

_FUNCTIONS = (
    "lxb_dom_node_first_child_noi", "lxb_dom_node_next_noi", "lxb_dom_node_parent_noi", "lxb_dom_node_tag_id_noi",
    "lxb_dom_node_type_noi", "lxb_dom_element_qualified_name", "lxb_dom_element_first_attribute_noi",
    "lxb_dom_element_next_attribute_noi", "lxb_dom_attr_qualified_name", "lxb_dom_attr_value_noi",
)  # fmt: skip
_PROBE = "<p id=Probe>%s<b>é</b> of <i>a tree</i><pre>\tx</pre><title>T</title>" % ("text " * 777)
_TEXT_OFFSETS = range(64, 161, 8)  # bytes
_ROLE_SLOTS = 1 << 10
_COLUMNS = 8
_READ = [0, 1, 2, 4, 5]
"""Of these: what blocks are made of."""
_KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
_BYLINE_BYTES = 4 * 4 * (MAX_BYLINE_CHARS + 1)  # read_head looks at four times the characters it will keep
_DONE, _TOO_DEEP, _ASK_PYTHON, _NO_MEMORY = range(4)
_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Page(ctypes.Structure):
    """As in walk.c, field by field."""

    _fields_ = (
        *((name, _POINTER) for name in _FUNCTIONS), ("text_offset", _NUMBER), ("role_keys", _POINTER),
        ("roles", _POINTER), ("role_slots", _NUMBER), ("char_bits", _POINTER), ("lower", _POINTER), ("norms", _POINTER),
        ("pairs", _POINTER), ("pair_count", _NUMBER), ("body", _POINTER), ("head", _POINTER),
        ("max_depth", _NUMBER), ("blocks", _NUMBER), ("elements", _NUMBER), ("columns", _POINTER),
        ("parents", _POINTER), ("looks", _POINTER), ("texts", _POINTER), ("look_names", _POINTER), ("notes", _POINTER),
        ("text_size", _NUMBER), ("look_size", _NUMBER), ("note_size", _NUMBER),
    )  # fmt: skip


def walk_tree(tree: LexborHTMLParser, length: int, *, max_depth: int, source: str) -> Walked:
    """As `walk_here`."""
    walked = None
    if (setting := _set_up()) is not None:
        walked = _walk_compiled(tree, length, setting, max_depth=max_depth, source=source)
    return walked or walk_here(tree, length, max_depth=max_depth, source=source)


def find_bylines(tree: LexborHTMLParser) -> Iterable[str]:
    """As `find_bylines_here`; of long texts the beginning."""
    setting, body = _set_up(), tree.body
    return (
        find_bylines_here(tree) if setting is None or body is None else _find_bylines_compiled(body, setting)
    )


def _find_bylines_compiled(body: LexborNode, setting: _Setting) -> list[str]:
    page, kernels = _Page(*setting.fields, body.mem_id), load_kernels()
    try:
        if kernels.find_bylines(ctypes.byref(page), BYLINE_ELEMENTS, _BYLINE_BYTES) == _NO_MEMORY:
            raise MemoryError
        return _split(page.notes, page.note_size)
    finally:
        kernels.free_walk(ctypes.byref(page))


class _Setting(NamedTuple):
    """What is the same for all pages."""

    fields: tuple[int, ...]
    """The first ones of _Page."""
    held: tuple[NDArray[Any], ...]
    """The tables to which they point."""


@cache
def _set_up() -> _Setting | None:
    """None where the kernel is not there, or cannot read lexbor's trees."""
    if load_kernels() is None:
        return None
    try:
        library = ctypes.CDLL(lexbor.__file__)
        addresses = [ctypes.cast(getattr(library, name), _POINTER).value for name in _FUNCTIONS]
    except (OSError, AttributeError):
        return None
    tree = LexborHTMLParser(_PROBE)
    offset = _find_text_offset(tree)
    if not all(addresses) or offset is None:
        return None
    keys, roles = hash_table(ROLES, _ROLE_SLOTS)
    tables = (keys, roles, char_bits(), lower_codes(), *norm_codes())
    key_address, role_address, *others = map(find_address, tables)
    fields = (
        *filter(None, addresses),
        offset,
        key_address,
        role_address,
        _ROLE_SLOTS,
        *others,
        len(tables[-1]),
    )
    setting = _Setting(fields, tables)
    found = _walk_compiled(tree, 1, setting, max_depth=9, source="")
    wanted = walk_here(tree, 1, max_depth=9, source="")
    return setting if found is not None and found[:3] == wanted[:3] else None


def _find_text_offset(tree: LexborHTMLParser) -> int | None:
    """Where in a text node the address and the number of its bytes stand."""
    node = tree.css_first("p")
    text = node.first_child if node is not None else None
    if text is None:
        return None
    wanted = (text.text_content or "").encode()
    for offset in _TEXT_OFFSETS:
        address, size = (ctypes.c_uint64.from_address(text.mem_id + at).value for at in (offset, offset + 8))
        if size == len(wanted) and address and ctypes.string_at(address, size) == wanted:
            return offset
    return None


def _walk_compiled(
    tree: LexborHTMLParser, length: int, setting: _Setting, *, max_depth: int, source: str
) -> Walked | None:
    """None where the page holds something that only Python knows how to treat (a letter to be composed, say)."""
    body, head, kernels = tree.body, tree.head, load_kernels()
    assert body is not None
    page = _Page(*setting.fields, body.mem_id, head.mem_id if head is not None else None, max_depth)
    try:
        status = kernels.walk_page(ctypes.byref(page))
        if status == _TOO_DEEP:
            raise UnreadablePage(source, "too-deep", f"elements nest deeper than {max_depth}")
        if status == _NO_MEMORY:
            raise MemoryError
        return _take_out(page, length) if status == _DONE else None
    finally:
        kernels.free_walk(ctypes.byref(page))


def _take_out(page: Any, length: int) -> Walked:
    """What the kernel found, as Python's values."""
    texts = _copy_bytes(page.texts, page.text_size)
    columns = np.ascontiguousarray(
        _copy_numbers(page.columns, _COLUMNS * page.blocks).reshape(-1, _COLUMNS).T
    )
    parents, looks = (_copy_numbers(address, page.elements + 1) for address in (page.parents, page.looks))
    look_names = _copy_bytes(page.look_names, page.look_size)
    kinds, levels, owners, link_chars, links = columns[_READ].tolist()
    rows = zip(
        texts.decode().split("\0"), map(_KINDS.__getitem__, kinds), levels, repeat(0), repeat(length), owners,
        link_chars, links, repeat(0),
    )  # fmt: skip
    blocks = list(map(partial(tuple.__new__, Block), rows))  # a third of the time of Block()
    elements = _Elements(parents, looks, look_names)
    noted = list(_read_notes(_split(page.notes, page.note_size)))
    return Walked(blocks, elements, noted, Columns(columns, texts, parents, looks, look_names))


class _Elements(Sequence[Element]):
    """A page's elements, each made when it is asked for: few are."""

    def __init__(self, parents: NDArray[np.int64], looks: NDArray[np.int64], look_names: bytes) -> None:
        """Of the numbers the last ones are for no element; of a look are the names of its tag and its marks."""
        self._parents, self._looks, self._look_names = parents, looks, look_names

    @cached_property
    def _names(self) -> list[str]:
        """A tag and marks for each look."""
        return self._look_names.decode().split("\0")

    def __len__(self) -> int:
        return len(self._looks) - 1

    def __iter__(self) -> Iterator[Element]:
        parents, looks = self._parents.tolist(), self._looks[:-1].tolist()
        tags, marks = (map(names.__getitem__, looks) for names in (self._names[::2], self._names[1::2]))
        return map(partial(tuple.__new__, Element), zip(tags, parents, marks, strict=False))

    @overload
    def __getitem__(self, at: int) -> Element: ...
    @overload
    def __getitem__(self, at: slice) -> list[Element]: ...
    def __getitem__(self, at: int | slice) -> Element | list[Element]:
        numbers = range(len(self))[at]
        return self._make(numbers) if isinstance(numbers, int) else list(map(self._make, numbers))

    def _make(self, number: int) -> Element:
        look = 2 * int(self._looks[number])
        return Element(self._names[look], int(self._parents[number]), self._names[look + 1])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list


def _copy_bytes(address: int | None, size: int) -> bytes:
    return ctypes.string_at(address, size) if size and address else b""


def _copy_numbers(address: int | None, count: int) -> NDArray[np.int64]:
    return np.frombuffer(_copy_bytes(address, 8 * count), np.int64)


def _split(address: int | None, size: int) -> list[str]:
    """Texts with a NUL after each."""
    return _copy_bytes(address, size).decode().split("\0")[:-1]


def _read_notes(fields: list[str]) -> Iterator[Noted]:
    """A tag, a text, the number of attributes, and each one's name and value; and so on."""
    at = 0
    while at < len(fields):
        end = at + 3 + 2 * (ord(fields[at + 2]) - ord("0"))
        attributes = zip(fields[at + 3 : end : 2], fields[at + 4 : end : 2], strict=True)
        yield Noted(fields[at], fields[at + 1], dict(attributes))
        at = end
