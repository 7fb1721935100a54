"""What a kernel gives is what the numpy code beside its caller gives, bit for bit; products of matrices nearly so."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier
from time import sleep
from types import SimpleNamespace
from typing import Generic, TypeVar

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from dehusk import native, nets, words
from dehusk import trees as boosted
from dehusk.blocks import guard, lines, read_blocks, walk, walk_native, wrapping
from dehusk.blocks.bylines import find_bylines_here
from dehusk.errors import UnreadablePage
from dehusk.label import (
    forest,
    html_context,
    html_features,
    html_model,
    html_rows,
    text_features,
    text_hints,
    text_model,
    text_rules,
)
from dehusk.metadata import text_titles
from dehusk.model import Document, Limits, Page
from dehusk.native import load_kernels, make_once
from dehusk.native.tables import NORMS
from dehusk.pages import decode_page
from dehusk.segment import text_features as text_borders
from dehusk.segment import text_links, text_ratios, text_style, text_usage
from dehusk.segment.text_model import load_weights
from dehusk.templates import count_prints, judge, look, prints

T = TypeVar("T")
PAGES = sorted((Path(__file__).parent.parent / "examples" / "pages").rglob("*.html"))
TEXT = st.text(st.characters()) | st.text("aé 東ก\u0301ß12.,\n\u200b\ud800")
TAG_SOUP = st.text("<>/=\"' ab!-").map(str.encode)

pytestmark = pytest.mark.skipif(load_kernels() is None, reason="no kernels: no C compiler at the install")


def read_documents() -> list[Document]:
    pages = [decode_page(Page(path.read_bytes(), source=path.name)) for path in PAGES]
    return [read_blocks(page, Limits()) for page in pages]


@given(st.lists(TEXT))
def test_words_are_hashed_alike(texts: list[str]) -> None:
    codes, ends = words._join_pieces(texts), np.cumsum(words.measure_texts(texts) + 1)
    for is_eased in (False, True):
        compiled, here = (
            hashed(codes, ends, is_eased=is_eased)
            for hashed in (words._hash_codes_compiled, words._hash_codes)
        )
        for ours, theirs in zip(compiled, here, strict=True):
            assert ours.tolist() == theirs.tolist()


@given(st.lists(st.lists(st.sampled_from(["May", "12", "Monday", "x", "2024", "東"])).map(" ".join)))
def test_numbers_are_masked_alike(texts: list[str]) -> None:
    hashes = words.hash_words(texts)
    assert prints.hash_masked(hashes).tolist() == prints._hash_masked_here(hashes).tolist()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p", "li", "pre"]),
            st.lists(st.sampled_from(["May", "12", "Monday", "x.", "½", "2024?", "東", "🙂", "é"])).map(
                " ".join
            )
            | TEXT,
        ),
        max_size=9,
    )
)
def test_prints_of_columns_are_those_of_texts(blocks: list[tuple[str, str]]) -> None:
    markup = "".join(f"<{tag}>{text}</{tag}>" for tag, text in blocks)
    compare_prints(read_blocks(Page(markup, kind="html"), Limits()))


def test_prints_of_columns_of_example_pages_are_those_of_texts() -> None:
    assert sum(map(compare_prints, read_documents())) > 3


def compare_prints(document: Document) -> bool:
    """Whether there was something to compare."""
    if not document.columns or not document.blocks:
        return False
    texts = [block.text for block in document.blocks]
    for ours, law in zip(
        prints._print_columns(document.columns, document.blocks),
        prints._print_texts(texts, None),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, law)
    return True


BLOCK = st.tuples(
    st.integers(0, 12),  # which text it is
    st.integers(0, 90),
    st.sampled_from([-20.0, -0.5, 0.1, 7.0]),
    st.sampled_from([0, 0, 1, 1, 2, 5]),
    st.integers(0, len(prints.KINDS) - 1),
    st.integers(0, 3),
)
SITE_PAGES = st.lists(
    st.tuples(st.lists(BLOCK, min_size=1, max_size=30), st.integers(0, 2)), min_size=1, max_size=12
)
TEXT_HASHES = words.mix(np.arange(13, dtype=np.uint64))  # the first is 0: a text without words


def make_page(blocks: list[tuple[int, int, float, int, int, int]], site: int) -> prints.Prints:
    rows = np.zeros(len(blocks), prints.ROW)
    which, *columns = zip(*blocks, strict=True)
    rows["hash"] = TEXT_HASHES[list(which)]
    for name, column in zip(("chars", "odds", "part", "kind", "signs"), columns, strict=True):
        rows[name] = column
    return prints.Prints(site, rows.tobytes())


@given(SITE_PAGES, st.integers(1, 9), st.integers(1, 2))
def test_any_site_shows_the_same_of_its_pages(
    pages: list[tuple[list[tuple[int, int, float, int, int, int]], int]], copies: int, tables: int
) -> None:
    printed = [make_page(blocks, site) for blocks, site in pages]
    held = [count_prints(printed * copies)] * tables
    for page in printed:
        ours = look.look_up(held, page)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(look, "load_kernels", lambda: None)
            law = look.look_up(held, page)
        for mine, its in zip(ours, law, strict=True):
            np.testing.assert_array_equal(mine, its)
        for mine, its in zip(
            judge._describe_compiled(page.rows, law), judge._describe_here(page.rows, law), strict=True
        ):
            np.testing.assert_array_equal(mine, its)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=300), st.integers(1, 2**32 - 1))
def test_any_hash_is_found_where_it_stands(keys: list[int], site: int) -> None:
    rows = np.zeros(len(keys) + 3, prints.ROW)
    rows["hash"] = [*keys, 0, 1, 2**63]
    held = np.unique(look.make_keys(site, rows["hash"][:-2]))
    counts = np.arange(1, len(held) + 1, dtype=np.uint32)
    table = count_prints([])._replace(keys=held, counts=counts, marks=counts * np.uint32(7))
    found = []
    for kernels in (load_kernels, lambda: None):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(look, "load_kernels", kernels)
            sums = look._Sums(np.zeros(len(rows), np.int64), np.zeros(len(rows), np.uint32))
            look._add_found(prints.Prints(site, rows.tobytes()), table, sums)
            found.append(sums)
    for mine, its in zip(*found, strict=True):
        np.testing.assert_array_equal(mine, its)


UNSPACED = st.lists(
    st.sampled_from(["相关新闻", "相关", "的", "鐘", "ページ", "は", "。", "2024", " ", "icp", "関連記事"])
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "h1", "h2", "li", "pre", "td", "nav"]), TEXT | UNSPACED.map("".join)),
        max_size=30,
    )
)
def test_any_page_has_the_same_features(blocks: list[tuple[str, str]]) -> None:
    markup = "".join(
        f"<div class='{tag} share'><{tag}>{text}<a href=x>{text}</a></{tag}>" for tag, text in blocks
    )
    compare_features(read_blocks(Page(f"<title>Home 12 the, of</title>{markup}", kind="html"), Limits()))


def test_example_pages_have_the_same_features_and_log_odds() -> None:
    weights = html_model.load_weights()
    for document in read_documents():
        compare_features(document)
        page = html_rows.read_page(document)
        odds = compare_forests(weights.first, page.features)
        compare_context(page, odds)
        compare_forests(weights.second, html_model.extend_features(page, odds))


def compare_context(page: html_features.PageRows, log_odds: html_features.Floats) -> None:
    opinion = html_context._weigh(page, log_odds)
    compiled = html_context._gather_compiled(page, opinion, load_kernels())
    np.testing.assert_array_equal(compiled, html_context._gather(page, opinion))


@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "h2", "li"]), st.floats(-9, 9, width=32)), min_size=1, max_size=40
    )
)
def test_any_log_odds_give_the_same_context(blocks: list[tuple[str, float]]) -> None:
    markup = "".join(f"<{tag}>Text of block {i}</{tag}>" for i, (tag, _) in enumerate(blocks))
    page = html_rows.read_page(read_blocks(Page(markup, kind="html"), Limits()))
    compare_context(page, np.array([odds for _, odds in blocks], np.float32))


WALKED_TAGS = (
    "a b sup time br pre div p ul ol li h1 h3 table tr td th dl figcaption svg script noscript style template title"
    " meta link my-tag o:p math mtd mjx-container span a form button article textarea option section img xmp"
).split()
WALKED_ATTRIBUTES = (
    "class=navItem", "class='a  Post' id=X", "hidden", "aria-hidden=true", "style='Display : none'", "style='é'",
    "style='font-family:微软雅黑;display:none'",
    "style='diſplay:none'", "style='display\u00a0:none'",
    "class=É", "class='Ⱥ İ'", "aria-label='\U0001f4f8 Fotoś'", "role=Main itemprop=b",
    "rel=canonical href=/x", "rel='a Author'", "rel=àauthor", "rel='x\u00a0author'", "itemprop=Author",
    "class=by-author", "type='application/LD+json'", "name=Date content=' 2024 '", "datetime=2024-01-02 pubdate", "",
    "class=SR-only", "class='x-visually-hidden not-sr-only'", "class=mw-EditSection", "class=katex-html",
    "class='a Linenos'", "class=ln", "class='ln É'", "href='x#y'",
    "class='a Latex' alt=x^2", "class='tex É' alt=y", "src=/latex.php alt=' \\frac12 '", "class=tex alt=' '",
    "class=texas alt=z",
)  # fmt: skip
WALKED = st.one_of(
    st.tuples(st.sampled_from(WALKED_TAGS), st.sampled_from(WALKED_ATTRIBUTES)).map(
        lambda tag: f"<{tag[0]} {tag[1]}>"
    ),
    st.sampled_from(WALKED_TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from(["#", " ¶ ", "\u21a9\ufe0e", "12", "1\n2\n", "Note:", "(a)", "Is it so. Yes.", "Why?"]),
    st.sampled_from(["\u2022", " \u2013 ", "\u2713", "f\u2061x", "\u20612\u2062x", "\u2063"]),
    st.text("aZé1 \n\t,\u00a0\u200b\u3000東Ω\U0001f600"),
    st.text("a\u0301ß\ud800\x00\x1c&<"),
    # Marks that join a letter, or not, in and out of order; of Thai, Hindi, Bengali, Tamil, Arabic, Hebrew, Hangul.
    st.text(
        "aeâ \u0301\u0323\u0302\u1ea1\u0e01\u0e38\u0e49\u0928\u093c\u0947\u094d\u09c7\u09be\u0bc6\u0bbe\u0628"
        "\u064e\u0651\u05b8\u05bc\u1100\u1161\u11a8"
    ),
)


@given(st.lists(WALKED, max_size=40).map("".join))
def test_any_tree_is_walked_alike(markup: str) -> None:
    compare_walks(markup)


@pytest.mark.parametrize(
    "text",
    [
        "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอน",
        "हिन्दी संवैधानिक रूप से भारत की राजभाषा है",
        "বাংলা ভাষা একটি ইন্দো-আর্য ভাষা",
        "தமிழ் மொழி தமிழர்களின் தாய்மொழியாகும்",
        "قُلْ هُوَ اللَّهُ أَحَدٌ",
        "Tiếng Việt là ngôn ngữ của người Việt",
        "मराठी \U0001f1ee\U0001f1f3 ﬁne ①",
    ],
)
def test_texts_that_are_composed_are_walked_by_the_kernel(text: str) -> None:
    markup = f"<p style='font-family:微软雅黑'>{text}<pre>{text}</pre><b>Été</b><i>{text}</i>"
    assert read_blocks(Page(markup, kind="html"), Limits()).columns is not None
    compare_walks(markup)


def test_example_pages_are_walked_alike() -> None:
    for path in PAGES:
        compare_walks(str(decode_page(Page(path.read_bytes(), source=path.name)).content))


def compare_walks(markup: str) -> None:
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    setting = walk_native._set_up()
    assert setting is not None
    if tree.body is None:
        return
    compiled = walk_native._walk_compiled(tree, len(markup), setting, max_depth=99, source="")
    here = walk.walk_here(tree, len(markup), max_depth=99, source="")
    if compiled is not None:  # else the kernel leaves the page to Python
        assert compiled.blocks == here.blocks
        assert list(compiled.elements) == here.elements
        assert compiled.noted == here.noted
        compare_columns(compiled, here)
    bylines = walk_native._find_bylines_compiled(tree.body, setting)
    for ours, theirs in zip(bylines, find_bylines_here(tree), strict=True):
        assert theirs.startswith(ours)
        assert ours == theirs or len(ours) > 800


def compare_columns(compiled: walk.Walked, here: walk.Walked) -> None:
    assert compiled.columns is not None
    if here.blocks:
        gathered = html_rows._gather_columns(Document("html", here.blocks, 0, elements=here.elements))
        for ours, theirs in zip(compiled.columns, gathered, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_kernel_walks_most_pages() -> None:
    documents = read_documents()
    assert sum(document.columns is not None for document in documents) > 0.8 * len(documents)


def test_elements_are_a_sequence() -> None:
    document = read_blocks(Page("<body><main id=m><p class=P>One<p>Two", kind="html"), Limits())
    elements = list(document.elements)
    assert [tag for tag, _, _ in elements] == ["body", "main", "p", "p"]
    assert document.elements[-1] == elements[-1]
    assert document.elements[1:3] == elements[1:3]
    assert document.elements == elements
    with pytest.raises(IndexError):
        document.elements[4]


def test_a_tree_too_deep_is_refused_alike() -> None:
    markup = "<div>" * 50 + "text"
    tree, setting = LexborHTMLParser(markup), walk_native._set_up()
    assert setting is not None
    with pytest.raises(UnreadablePage, match="deeper than 40"):
        walk_native._walk_compiled(tree, 9, setting, max_depth=40, source="")
    with pytest.raises(UnreadablePage, match="deeper than 40"):
        walk.walk_here(tree, 9, max_depth=40, source="")


def test_without_one_of_lexbors_functions_python_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_native, "_FUNCTIONS", (*walk_native._FUNCTIONS[:-1], "lxb_no_such_function"))
    assert walk_native._set_up.__wrapped__() is None


def test_what_is_called_composed_is_left_alone_by_nfc() -> None:
    is_composed = load_kernels().is_composed
    seconds = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # of Hangul, composed by rule
    for char in map(chr, range(0x30000)):
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and parts[0][0] != "<":
            seconds.add(int(parts[1], 16))
    for code in range(NORMS, 0x30000):
        if is_composed(code):
            assert not unicodedata.combining(chr(code)), hex(code)
            assert unicodedata.is_normalized("NFC", chr(code)), hex(code)
            assert code not in seconds, hex(code)


def compare_forests(trees: forest.Forest, rows: html_features.Floats) -> html_features.Floats:
    compiled, here = forest._run_batch_compiled(trees, rows), forest._run_batch(trees, rows)
    assert compiled.tolist() == here.tolist()
    return compiled


def compare_features(document: Document) -> None:
    if document.blocks:
        compiled, here = html_rows._describe_page(document), html_features.measure_page(document)
        for ours, theirs in zip(compiled, here, strict=True):
            np.testing.assert_array_equal(ours, theirs)


LINES = st.lists(
    TEXT.filter(bool)
    | st.sampled_from(["The 2024 Oaks of Oak, and oaks.", "x://y [1] a@b ...  …", 300 * "oak "])
)


@given(LINES.filter(bool), st.integers(1, 40))
def test_any_text_has_the_same_counts(texts: list[str], times: int) -> None:
    texts = texts * times
    sizes, hashes = words.measure_texts(texts), words.hash_words(texts)
    counters = text_features._count_chars_compiled, text_features._count_chars
    for ours, theirs in zip(*(count(texts, sizes) for count in counters), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(
        text_features._count_words_compiled(hashes), text_features._count_words(hashes)
    )


TRIGGERS = st.sampled_from(
    ["share", "cookie", "by", "12", "3", "comments", "東", "read more", "__", "-", "["]
)


@given(st.lists(st.lists(TRIGGERS | TEXT, max_size=5).map(" ".join)))
def test_any_text_wakes_the_same_rules(texts: list[str]) -> None:
    hashes = words.hash_words(texts)
    np.testing.assert_array_equal(
        text_rules._find_triggers_compiled(hashes), text_rules._find_triggers(hashes)
    )


HINTS = st.sampled_from(
    ["Read more", "read", "Alle Rechte", "vorbehalten", "関連記事", "関連", "ความคิดเห็น", "댓글 남기기", "-"]
)


@given(st.lists(st.lists(HINTS | TEXT, max_size=5).map(" ".join)))
def test_any_text_has_the_same_hints_and_words_of_tables(texts: list[str]) -> None:
    hashes = words.hash_words(texts)
    np.testing.assert_array_equal(
        text_hints._describe_hints_compiled(hashes), text_hints._describe_hints(hashes)
    )
    has, weights = np.flatnonzero(np.diff(hashes.bounds)), text_model.load_weights()
    asked = hashes, has[::2].copy(), (weights.words, weights.pairs)
    if len(asked[1]):
        np.testing.assert_array_equal(text_model._ask_tables_compiled(*asked), text_model._ask_tables(*asked))


LINE_TEXT = st.text(
    "• - a 東|\t\n \r\f\u2028\xa0é;(:W_=\ufeff\x1f○#o.\U00020000\u200f\u202b\u00ad\u200b\u0301\u1161\u212b"
)


@given(TEXT | LINE_TEXT | st.lists(LINE_TEXT | st.just("\nWARC/")).map("".join))
def test_lines_are_read_alike(text: str) -> None:
    for room in (0, 1):
        compiled = lines._scan_lines_compiled(words.read_codes(text), room)
        for ours, theirs in zip(compiled, lines._scan_lines(text), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@given(st.lists(TEXT | st.sampled_from(['“It’s – a ... - "U.S." 5 percent', "Mr.  Mr Smith — the US "])))
def test_any_texts_have_the_same_style(texts: list[str]) -> None:
    joined = words.join_texts(texts)
    counted = (text_style._count_marks_compiled(joined), text_style._count_marks(joined))
    np.testing.assert_array_equal(*counted)


SAID = TEXT | st.sampled_from(
    ["the old storm", "The_old STORM, İzmir", "ΟΔΟΣ ΟΔΌς storm", "old storm " * 300]
)


@given(st.lists(SAID, min_size=1), st.lists(SAID, min_size=1), st.randoms())
@example(["the old storm"], [*["old storm " * 300] * 2, "the"], Random(1))
@example(["the old storm"], [*["x " * 4000, "old storm"] * 2], Random(1))
def test_any_article_says_the_same_words(texts: list[str], body: list[str], random: Random) -> None:
    counted = [random.random() < 0.5 for _ in texts]
    here = text_titles._find_said_here(texts, body, counted)
    assert text_titles.find_said(texts, body, counted) == here
    compiled = text_titles._find_said_compiled(texts, body, counted, is_whole=True)
    is_known = all(0 < ord(char) < 1 << 16 for text in (*texts, *body) for char in text)
    assert compiled == (here if is_known else None)


@given(st.lists(TEXT | st.text("a ,;(!?:-\"'“”‘’«»「」0123456789é東\n")), st.randoms())
def test_any_texts_use_the_same_words_and_signs(texts: list[str], random: Random) -> None:
    hashes, joined = words.hash_words(texts * 9), words.join_texts(texts)
    kept = np.array(sorted(random.sample(range(9 * len(texts)), 5 * len(texts))), np.int64)
    compiled, here = (np.zeros((len(kept), 65), np.int32) for _ in range(2))
    text_usage._count_words_compiled(hashes, kept, compiled)
    text_usage._count_words(hashes, kept, here)
    np.testing.assert_array_equal(compiled, here)
    compiled, here = (np.zeros((len(texts), 65), np.int32) for _ in range(2))
    text_usage._count_signs_compiled(joined, compiled)
    text_usage._count_signs(joined, here)
    np.testing.assert_array_equal(compiled, here)


@given(st.integers(0, 2**32), st.integers(2, 70))
def test_any_rows_go_down_the_same_branches(seed: int, count: int) -> None:
    for trees in (load_weights().trees, load_weights().rivals, load_weights().heads):
        rng = np.random.default_rng(seed)
        rows = rng.choice(
            np.append(trees.borders.ravel(), np.float32(np.nan)), (trees.features.max() + 1, count)
        )
        compiled, here = boosted._run_trees_compiled(trees, rows), boosted._run_trees(trees, rows)
        assert compiled.tolist() == here.tolist()
    sums = text_borders._cumulate_compiled(rows), text_borders._cumulate_here(rows)
    np.testing.assert_array_equal(*sums)


@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from([1, 2, 8, 64]))
def test_any_layer_adds_the_same(seed: int, count: int, dilation: int) -> None:
    rng = np.random.default_rng(seed)
    state, said, bias = (rng.normal(size=size).astype(np.float32) for size in ((count, 40), (count, 120), 40))
    compiled, here = state.copy(), state.copy()
    text_model._add_layer_compiled(compiled, said, bias, dilation=dilation)
    text_model._add_layer(here, said, bias, dilation=dilation)
    np.testing.assert_array_equal(compiled, here)


@pytest.mark.skipif(
    not (load_kernels() and load_kernels().has_wide()), reason="no registers of 64 bytes: BLAS does it all"
)
@given(st.integers(0, 2**32), st.integers(0, 90), st.sampled_from([1, 16, 40, 41, 80, 100]))
def test_any_layers_in_wide_registers_make_what_blas_does_but_for_rounding(
    seed: int, count: int, channels: int
) -> None:
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> nets.Rows:
        return np.asarray(rng.normal(size=shape), np.float32)

    layers = tuple((draw(channels, 3 * channels) / 9, draw(channels)) for _ in text_model.DILATIONS)
    net = text_model.Convolutions(
        draw(9), draw(9), (draw(9, channels), draw(channels)), layers, (draw(), draw())
    )
    parts = draw(count, 4), draw(count, 5)
    wide, here = text_model._run_layers_wide(net, parts), text_model._run_layers(net, parts)
    np.testing.assert_allclose(wide, here, rtol=1e-3, atol=1e-4 * float(np.abs(here).max(initial=1)))


@given(st.integers(0, 2**32), st.integers(0, 90), st.integers(1, 9))
def test_rows_are_scaled_alike(seed: int, count: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    part, around = (rng.normal(size=(count, size)).astype(np.float32) for size in (columns, columns + 3))
    part[rng.random(part.shape) < 0.1] *= np.float32(np.nan)
    mean, scale = rng.normal(size=(2, columns)).astype(np.float32) * 9
    compiled, here = around.copy(), around.copy()
    nets._scale_part_compiled(part, compiled[:, 1:-2], mean=mean, scale=scale)
    nets._scale_part(part, here[:, 1:-2], mean=mean, scale=scale)
    np.testing.assert_array_equal(compiled, here)


@example(3679, 2)
@given(st.integers(0, 2**32), st.integers(2, 90))
def test_any_counts_compare_alike(seed: int, count: int) -> None:
    groups, terms = [2, 3, 16], text_ratios._list_terms(13)
    counts = np.random.default_rng(seed).integers(0, 4, (count, sum(groups)), np.int32)
    sums = text_ratios._sum_counts(counts, groups, most=2)
    np.testing.assert_array_equal(text_ratios._sum_counts_compiled(counts, groups, most=2), sums)
    np.testing.assert_array_equal(
        text_ratios._compare_compiled(sums, groups, terms), text_ratios._compare(sums, groups, terms)
    )


@given(st.integers(0, 2**32), st.integers(2, 90), st.integers(0, 60))
def test_any_chains_cross_alike(seed: int, count: int, pairs: int) -> None:
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, count, (2, pairs)), axis=0)
    mass = text_links.cumulate(rng.integers(0, 5, count))
    crossing = text_links.Crossing(ends[0].copy(), ends[1].copy(), rng.random(pairs), mass)
    np.testing.assert_array_equal(
        text_links._measure_crossing_compiled(crossing, [3, 8, 25]),
        text_links._measure_crossing(crossing, [3, 8, 25]),
    )


@given(st.integers(0, 2**32), st.integers(1, 300), st.booleans())
def test_any_lines_vote_for_the_same_width(seed: int, count: int, is_wrapped: bool) -> None:
    rng = np.random.default_rng(seed)
    low, high = (60, 79) if is_wrapped else (1, 130)
    columns = rng.integers(low, high, count).astype(np.int16)
    needs = np.where(rng.random(count) < 0.3, 0, rng.integers(1, 20, count)).astype(np.int16)
    room = wrapping._Room(
        columns, np.where(needs > 0, columns + needs, 0).astype(np.int16), wrapping.GAINS[needs]
    )
    compiled, here = wrapping._count_votes_compiled(room), wrapping._count_votes(room)
    assert [values.tolist() for values in compiled] == [values.tolist() for values in here]


@given(LINES, st.integers(1, 40), st.integers(0, 2**40))
def test_any_text_has_the_same_links(texts: list[str], times: int, kept: int) -> None:
    hashes = words.hash_words(texts * times)
    at = np.array([i for i in range(len(texts) * times) if kept >> i % 41 & 1], np.int64)
    compiled, here = text_links._count_links_compiled(hashes, at), text_links._count_links(hashes, at)
    compiled, here = ((*counted[:4], *counted.pairs, *counted.names) for counted in (compiled, here))
    for ours, theirs in zip(compiled, here, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    tables = load_weights().tables
    np.testing.assert_array_equal(
        text_borders._sum_tables_compiled(hashes, tables), text_borders._sum_tables(hashes, tables)
    )


@given(TAG_SOUP)
def test_tags_are_counted_alike(markup: bytes) -> None:
    assert guard._count_tags(markup) == guard._count_tags_here(markup)


@given(
    st.lists(
        st.sampled_from(
            [b"<a b c", b"<a ", b"x=1 ", b"y='>' ", b'z=">', b">", b'"', b"text ", b"</", b"<!--"]
        )
    )
)
def test_a_tag_that_is_too_long_is_never_called_short(parts: list[bytes]) -> None:
    markup = b"".join(parts)
    for attributes in (1, 2, 5):
        scanner = guard._compile_scanner(attributes)
        match = scanner.match(markup.decode())
        is_too_long = match is not None and match.end() < len(markup)
        assert not (is_too_long and guard._has_short_tags(markup, attributes))


def test_a_library_of_another_version_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    header = Path(native.__file__).with_name("kernels.h").read_text(encoding="utf-8")
    assert f"KERNELS_VERSION = {native._VERSION} " in header
    monkeypatch.setattr(native, "_VERSION", native._VERSION + 1)
    assert native.load_kernels.__wrapped__() is None


@pytest.mark.parametrize("compiler", ["false", "no-such-compiler"])
def test_a_build_that_fails_leaves_no_older_library(
    compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hook(Generic[T]):
        root, target_name, app = str(tmp_path), "wheel", SimpleNamespace(display_warning=str)

    module = SimpleNamespace(BuildHookInterface=Hook)
    monkeypatch.setitem(sys.modules, "hatchling.builders.hooks.plugin.interface", module)
    monkeypatch.setenv("CC", compiler)
    hook = runpy.run_path(str(Path(__file__).parents[1] / "hatch_build.py"))["KernelHook"]
    library = tmp_path / "src" / "dehusk" / "native" / "kernels.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"old")
    hook().initialize("editable", {})
    assert not library.exists()


def test_switched_off_the_same_comes_out() -> None:
    code = "import dehusk, sys; print(list(dehusk.clean_pages(dehusk.read_pages(sys.argv[1:]))))"
    run = [sys.executable, "-c", code, *map(str, PAGES)]
    switched_off = os.environ | {"DEHUSK_KERNELS": "off"}
    assert subprocess.check_output(run) == subprocess.check_output(run, env=switched_off)


def test_what_kernels_read_is_made_once_for_all_threads() -> None:
    """Of two that were made at once one would be gone, and its address with it."""
    begin = Barrier(4)

    @make_once
    def make_table() -> list[int]:
        sleep(0.01)
        return []

    def ask(_: int) -> list[int]:
        begin.wait()
        return make_table()

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(ask, range(4))
    assert all(other is first for other in others)
