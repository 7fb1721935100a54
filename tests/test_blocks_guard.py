"""The guard: what would take the parser more than linear time is refused, real markup is not."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dehusk.blocks import guard, read_blocks
from dehusk.blocks.guard import _compile_scanner, _has_short_tags, check_markup
from dehusk.errors import UnreadablePage
from dehusk.model import Limits, Page

REFUSED = {
    "nested div": ("<div>" * 100_000, "too-deep"),
    "end tags of another name": ("<div></span>" * 30_000, "too-deep"),
    "end tags out of scope": ("<table><tr><td></div>" * 30_000, "too-deep"),
    "self-closed outside svg": ("<path/>" * 30_000, "too-deep"),
    "svg that a div ended": ("<svg><div></div>" + "<path/>" * 30_000, "too-deep"),
    "quoted self-closing": ('<svg>' + '<g a="/>">' * 30_000, "too-deep"),
    "end tags in comments": ("<div><!--</div>-->" * 30_000, "too-deep"),
    "end tags in scripts": ("<div><script></div></script>" * 30_000, "too-deep"),
    "end tags in values": ('<div a="</div>">' * 30_000, "too-deep"),
    "attributes": ("<div " + " ".join(f"a{i}" for i in range(3000)) + ">", "too-many-attributes"),
    "attributes of an end tag": ("</div " + " ".join(f"a{i}" for i in range(3000)) + ">", "too-many-attributes"),
    "attributes without spaces": ("<p " + "".join(f'a{i}="x"' for i in range(3000)) + ">", "too-many-attributes"),
    "attributes that hold tags": (
        "<p " + " ".join(f'a{i}="><b></b>"' for i in range(3000)) + ">", "too-many-attributes"),
    "attributes behind a comment's quote": ('<!-- <a b="> -->' + f"<p {'x ' * 3000}>", "too-many-attributes"),
    "attributes behind a script's quote": ("<script>a<b='</script>" + f"<p {'x ' * 3000}>", "too-many-attributes"),
    "attributes behind a double script": (
        "<script><!--<script></script> --></script>" + f"<p {'x ' * 3000}>", "too-many-attributes"),
    "different attributes": (
        "".join(f"<p {' '.join(f'a{i}x{j}=b' for j in range(160))}>" for i in range(130)), "too-many-attributes"),
    "different attributes of scripts": (
        "".join(f"<script a{i}></script></p B{i}>" for i in range(10_100)), "too-many-attributes"),
    "open formatting tags": ("".join(f"<font size={i}>" for i in range(1900)), "too-many-open-tags"),
    "formatting tags times blocks": ("<i>" * 400 + "<p>" * 100_000, "too-many-open-tags"),
}  # fmt: skip
ACCEPTED = {
    "many self-closed paths": "<svg>" + "<path d='M0 0'/>" * 5000 + "</svg>",
    "many paragraphs without end tags": "<p>text" * 20_000,
    "many table cells without end tags": "<table>" + "<tr><td>1<td>2" * 10_000,
    "many list items": "<ul>" + "<li><a href=x>y</a>" * 5000,
    "comparisons in a script": "<script>" + "if(a<b&&c>d){x='</div>'}" * 9000 + "</script>",
    "different words in a script": (
        "<script>" + "".join(f"if(a<b{i}&& c{i}) d{i}()\n" for i in range(20_000)) + "</script>"),
    "different attributes in comments": "".join(f"<!--<a b{i} c{i}>-->" for i in range(20_000)),
    "the same attributes": "<p class=a id=b CLASS=c Id=d>" * 30_000,
    "different values": "".join(f"<p id=a{i}>" for i in range(30_000)),
    "angle brackets in text": "a < b > c " * 20_000,
    "unclosed quote": '<p title="never closed ' + "word " * 20_000,
    "tags in a comment": "<!-- " + "<div>" * 5000 + " -->",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    markup, reason = REFUSED[name]
    with pytest.raises(UnreadablePage) as caught:
        check_markup(markup.encode(), Limits(), source="x.html")
    assert caught.value.reason == reason


@pytest.mark.parametrize("depth", [2_100, 19_000])
def test_a_page_of_few_tags_is_held_to_the_depth_too(depth: int) -> None:
    with pytest.raises(UnreadablePage, match="too-deep"):
        read_blocks(Page("<div>" * depth + "text", kind="html"))


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepts(name: str) -> None:
    check_markup(ACCEPTED[name].encode(), Limits())


@pytest.mark.parametrize(
    "unit", ["<", "<a", "<!--", "&", '<a b="', "<a b='", "</", "<!", "<script", "<script><!--", "='"]
)
def test_time_is_linear(unit: str) -> None:
    start = time.process_time()
    with contextlib.suppress(UnreadablePage):
        check_markup(unit.encode() * (2_000_000 // len(unit)), Limits())
    assert time.process_time() - start < 10  # a quadratic scan of 2 MB takes hours


@given(st.text(alphabet="<>/ab =\"'!-scriptdv\n", max_size=300))
def test_short_markup_is_never_refused(markup: str) -> None:
    check_markup(markup.encode(), Limits())


PIECES = st.sampled_from(
    ["<p", "<b ", "</", ">", "/>", " ", "=", '"', "'", " a", " b=c", ' d="', '">', "'>", "<!--", "-->", "<script>",
     "</script>", "x" * 9, "a b c d"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40), st.integers(1, 4))
@example(["<p", "</", "=", " a"], 1)  # a slash ends a name, behind "<" too
def test_what_the_quick_look_clears_the_full_scan_clears(pieces: list[str], attributes: int) -> None:
    markup = "".join(pieces)
    match = _compile_scanner(attributes).match(markup)
    assert match is not None
    assert match.end() == len(markup) or not _has_short_tags(markup.encode(), attributes)


@given(st.lists(PIECES, max_size=40))
def test_different_attributes_are_counted_the_same_with_and_without_kernels(pieces: list[str]) -> None:
    markup = "".join(pieces).encode()

    def is_refused() -> bool:
        try:
            check_markup(markup, Limits())
        except UnreadablePage:
            return True
        return False

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(guard, "NAMES_MAX", 1)
        with_kernels = is_refused()
        patched.setattr(guard, "load_kernels", lambda: None)
        assert is_refused() == with_kernels
        patched.setattr(guard, "_has_few_names", lambda data: False)
        assert is_refused() == with_kernels or len(markup) <= 2


def test_the_quick_look_clears_long_scripts_and_values() -> None:
    script = "<script>" + 'for(i=0;i<b.length;i++){a[i]="<i a=b>"+f(i)}' * 3000 + "</script>"
    value = f'<p title="{"word > word " * 2000}" class=a>'
    assert _has_short_tags(f"<p>one</p>{script}<p>two</p>{value}<p>".encode(), 2000)
