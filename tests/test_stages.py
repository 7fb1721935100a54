"""Stages: what became of inputs, and books that balance."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.dedupe import CopiedArticle, sign_texts, strip_copies
from dehusk.errors import UnreadablePage
from dehusk.model import Article, Document, Dropped, Labelled, Limits, Options, Page, PageLabels
from dehusk.pages import Input
from dehusk.records import read_json, to_json
from dehusk.segment import split_articles, split_html, split_text
from dehusk.stages import Books, Outcome, PageOutcome, PartCounter, clean_found, list_articles, settle
from dehusk.stages.cleaning import _Sample
from dehusk.stages.explain import explain_whole
from dehusk.stages.page import _part_copies, clean_page, explain_page, work_page
from dehusk.stages.shards import outcome_from_dict, outcome_to_dict
from dehusk.stages.signs import SignWriter, decide, read_signs
from dehusk.stages.windows import work_windows

PARAGRAPH = "The mill by the river has ground the grain of the whole valley for three hundred years. "
PAGE = f"<title>Mill</title><nav><a href=/>Home</a></nav><p>{PARAGRAPH * 3}</p><p>{PARAGRAPH[:60]}</p>"


def article(number: int, **values: Any) -> Article:
    fields: dict[str, Any] = dict.fromkeys(("title", "author", "date", "url", "site"), "")
    fields |= {"id": f"a{number}", "text": "t", "language": "en", "language_score": 1.0, "source": "s"}
    fields |= {"part": 1, "kind": "html", "page_type": "article", "words": 5, "spans": (), "confidence": 1.0}
    return Article(**fields | values)


def never() -> tuple[bool, str]:
    return False, ""


def test_explaining_is_the_middle_of_cleaning() -> None:
    kept = [item.block.text for item in explain_page(Page(PAGE)) if item.is_kept]
    assert clean_page(Page(PAGE))[0].text.split("\n") == kept
    assert any(not item.is_kept for item in explain_page(Page(PAGE)))


@pytest.mark.parametrize(("content", "kind"), [("Plain text of the mill. " * 30, "text"), (PAGE, "html")])
def test_an_explained_page_is_of_the_kind_of_its_articles(content: str, kind: str) -> None:
    explained = explain_whole(Page(content), Options())
    assert [explained.kind, *(article.kind for article in explained.articles)] == [kind, kind]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("<p>", Options(), "no-article"),
        (PAGE, Options(min_words=1000), "too-short"),
        ("<p>\x01</p>", Options(min_words=0, mode="recall"), "too-short"),
        (PAGE, Options(languages=frozenset({"de"})), "language"),
    ],
)
def test_a_page_that_is_not_kept_says_why(content: str, options: Options, reason: str) -> None:
    dropped: list[Dropped] = []
    assert clean_page(Page(content, source="p"), options, on_drop=dropped.append) == []
    assert [(one.source, one.stage, one.reason) for one in dropped] == [("p", "dropped", reason)]


def test_a_language_is_kept_by_its_primary_tag() -> None:
    assert len(clean_page(Page(PAGE), Options(languages=frozenset({"en", "de"})))) == 1


@pytest.mark.parametrize(
    ("limits", "reason"), [({"bytes": 99}, "too-large"), ({"attributes": 3}, "too-many-attributes")]
)
def test_limits_hold_for_the_other_extractor_too(limits: dict[str, int], reason: str) -> None:
    pytest.importorskip("trafilatura")
    page = Page(PAGE + "<p a b c d>", kind="html")
    with pytest.raises(UnreadablePage, match=reason):
        clean_page(page, Options(extractor="trafilatura", limits=Limits(**limits)))


def test_the_other_extractor_gives_the_same_record() -> None:
    ours, theirs = (clean_page(Page(PAGE), Options(extractor=name)) for name in ("dehusk", "trafilatura"))
    assert (theirs[0].title, theirs[0].language, theirs[0].kind) == ("Mill", "en", "html")
    assert PARAGRAPH.strip() in theirs[0].text
    assert ours[0].source == theirs[0].source


def test_what_is_no_page_raises() -> None:
    with pytest.raises(UnreadablePage, match="image"):
        clean_page(Page(b"\x89PNG\r\n\x1a\n" + bytes(50)))


def prose(seed: int) -> str:
    """25 paragraphs that no other seed has."""
    random = Random(seed)

    def sentence(year: int) -> str:
        miller, river, stone = random.sample(["miller", "river", "stone", "wheel", "farmer", "sack"], 3)
        saw, sold = random.sample(["saw", "moved", "kept", "sold", "left", "turned"], 2)
        number = random.randint(1, 9999)
        return f"The {miller} {saw} {river} number {number} and {sold} it by {stone} until {year}."

    return "\n\n".join(sentence(1500 + seed + n) for n in range(25))


def test_a_copy_inside_a_source_is_dropped_and_names_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_three(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
        third = len(labelled) // 3
        return [labelled[n * third : (n + 1) * third] for n in range(3)]

    monkeypatch.setattr("dehusk.stages.windows.split_articles", in_three)
    monkeypatch.setattr("dehusk.stages.windows.label_blocks", keep_all)
    page = Page("\n\n".join((prose(1), prose(2), prose(1))), source="dump", kind="text")
    cleaned = work_page(page, Options())
    (first, _), (copy,) = cleaned.articles, cleaned.dropped
    assert copy.article is not None
    assert (copy.reason, copy.duplicate_of, copy.similarity) == ("contained", first.id, 1.0)
    assert (copy.article.part, copy.article.text) == (3, first.text)
    labels = [item.label for item in explain_page(page)]
    assert labels == ["content"] * 50 + ["copy"] * 25
    assert len(clean_page(page, Options(dedup=False))) == 3


def test_what_is_left_around_a_copy_joins_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    def label(document: Document, options: Options) -> PageLabels:
        return PageLabels(
            [
                Labelled(block, "content", "kept", 0.9 if len(block.text) > 40 else 0.5)
                for block in document.blocks
            ],
            "article",
            1.0,
        )

    def in_two(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
        return [labelled[:25], labelled[25:]]

    monkeypatch.setattr("dehusk.stages.windows.label_blocks", label)
    monkeypatch.setattr("dehusk.stages.windows.split_articles", in_two)
    around = "Stories from all around the web", "by Jill Sandford of the valley"
    page = Page("\n\n".join((prose(1), *around, prose(1), prose(2))), source="dump", kind="text")
    cleaned = work_page(page, Options())
    assert [article.text.count("\n") for article in cleaned.articles] == [24, 24]
    assert [(drop.reason, drop.duplicate_of) for drop in cleaned.dropped] == [
        ("contained", cleaned.articles[0].id)
    ]
    reasons = [(item.label, item.reason) for item in explain_page(page)]
    assert reasons[25:27] == [("boilerplate", "left around a copy")] * 2


def test_an_article_is_no_copy_of_what_is_not_kept() -> None:
    """Two that are too short, and one that holds what both say."""
    texts = prose(1).split("\n\n")
    pages = ["\n\n".join(texts[first:last]) for first, last in ((0, 8), (8, 16), (0, 16))]
    page = Page("\n=====\n\n".join(pages), source="dump", kind="text")
    words = [article.words for article in clean_page(page, Options(dedup=False))]
    cleaned = work_page(page, Options(min_words=max(words[:2]) + 1))
    assert [article.words for article in cleaned.articles] == words[2:]
    assert [drop.reason for drop in cleaned.dropped] == ["too-short", "too-short"]
    assert not any(item.label == "copy" for item in cleaned.labelled)
    assert [drop.reason for drop in work_page(page, Options()).dropped] == ["contained"]


def test_what_is_put_back_may_make_an_article_unwanted_in_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is English but for a copy of the first; the third repeats its English, which comes back, too."""
    german = "\n\n".join(
        f"Der Müller mit der Nummer {n * n} hat das Korn am Fluss gesehen und im Herbst {1500 + n} verkauft."
        for n in range(25)
    )
    english = prose(1).split("\n\n")[:8]
    parts = (german, "\n\n".join([*english, german]), "\n\n".join([prose(2), *english]))

    def in_three(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
        return [labelled[:25], labelled[25:58], labelled[58:]]

    monkeypatch.setattr("dehusk.stages.windows.split_articles", in_three)
    monkeypatch.setattr("dehusk.stages.windows.label_blocks", keep_all)
    options = Options(languages=frozenset({"en"}), split=False)
    cleaned = work_page(Page("\n\n".join(parts), source="dump", kind="text"), options)
    assert [article.text for article in cleaned.articles] == [parts[2].replace("\n\n", "\n")]
    assert [drop.reason for drop in cleaned.dropped] == ["language", "language"]


def test_why_a_copy_was_dropped_is_said_by_how_much_of_it_is_one() -> None:
    articles = [article(number) for number in range(3)]
    copies = [CopiedArticle(1, 0, 0.8, 0.9), CopiedArticle(2, 0, 0.4, 0.89)]
    kept, dropped = _part_copies(articles, copies)
    assert kept == articles[:1]
    assert [(drop.reason, drop.containment) for drop in dropped] == [("contained", 0.9), ("near", 0.89)]


def report(town: str, seed: int) -> str:
    """A page of a template: of 160 words all but the name and eight numbers are the same."""
    rng = Random(seed)
    number = [str(rng.randrange(100, 100_000)) for _ in range(8)]
    return f"""Annual report for the harbour of {town}

In the year {number[0]} the harbour of {town} received {number[1]} ships with a total of {number[2]} tonnes of cargo \
on board, which the harbour master called a fair result for a place of its size on this coast.

The harbour dues that were paid by the masters of these ships came to {number[3]} pounds, out of which {number[4]} \
pounds were spent on the repair of the quays and the lamps along the breakwater, as the council had asked for.

The deepest ship that came in had to wait for the tide outside the bar for {number[5]} hours before the pilot could \
bring her alongside the long quay.

In the winter the harbour was closed because of storms on {number[6]} days, and the lifeboat of {town} brought home \
{number[7]} people, all of whom were taken care of by the families of the fishermen.
"""


def test_pages_of_one_template_in_a_dump_give_what_they_give_as_files() -> None:
    pages = [
        report(town, seed) for seed, town in enumerate(("Arlen", "Bostow", "Carrick", "Dunmore", "Elston"))
    ]
    dump = Page("\n=====\n\n".join(pages), source="dump", kind="text")
    files = [clean_page(Page(page, source=f"{i}", kind="text")) for i, page in enumerate(pages)]
    single = [article.text for articles in files for article in articles]
    assert [article.text for article in clean_page(dump)] == single
    assert len(single) == len(pages)


@pytest.mark.parametrize("options", [Options(), Options(split=False)])
@pytest.mark.parametrize("around", [[], [prose(1), prose(2)]])
def test_a_block_that_says_all_of_it_twice_stays(
    options: Options, around: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dehusk.stages.windows.label_blocks", keep_all)
    passage = " ".join(prose(seed).replace("\n\n", " ") for seed in (3, 4, 5))
    page = Page("\n\n".join((*around[:1], f"{passage} {passage}", *around[1:])), kind="text")
    held = "\n".join(article.text for article in clean_page(page, options))
    assert held.count(passage) == 2
    assert [item.block.text for item in explain_page(page, options) if item.is_kept] == held.split("\n")


@pytest.mark.parametrize(
    "text", ["Tiny", "Home", "# A heading", "- An item", "<!-- x", PARAGRAPH, PARAGRAPH * 5]
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_lone_block_is_what_the_models_of_borders_make_of_it(
    text: str, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def label(document: Document, options: Options) -> PageLabels:
        kept = keep_all(document, options)
        return kept if is_kept else kept._replace(blocks=[one._replace(label="menu") for one in kept.blocks])

    monkeypatch.setattr("dehusk.stages.windows.label_blocks", label)
    for kind in ("text", "html"):
        page = Page(text, kind=kind)
        document, labels, groups = work_windows(page, Options())
        assert len(document.blocks) <= 1
        split = {"text": split_text, "html": split_html}[document.kind]
        assert groups == split_articles(labels.blocks, document, Options())
        assert groups == split(labels.blocks, document, Options())
    for name in ("split_text", "split_html"):
        monkeypatch.setattr(f"dehusk.segment.{name}", None)  # it is not asked
    work_windows(page, Options())


def test_copies_are_looked_for_only_where_there_is_room_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.stages.windows.label_blocks", keep_all)
    short = "\n\n".join([PARAGRAPH[:70]] * 4)
    cleaned = work_page(Page(short, kind="text"), Options())
    left = strip_copies(cleaned.groups)
    assert (left.groups, left.stripped, left.dropped) == (cleaned.groups, [], [])
    monkeypatch.setattr("dehusk.stages.page.strip_copies", None)
    assert work_page(Page(short, kind="text"), Options()) == cleaned
    with pytest.raises(TypeError):
        work_page(Page(short + "\n\n" + PARAGRAPH, kind="text"), Options())


def keep_all(document: Document, options: Options) -> PageLabels:
    return PageLabels([Labelled(block, "content", "kept", 1.0) for block in document.blocks], "article", 1.0)


def test_inputs_and_what_is_none_come_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "b.html").write_bytes(b"")
    found = [Input(str(tmp_path / name), name) for name in ("a.html", "b.html", "c.html")]
    outcomes = list(clean_found(found, Options(), begin=never))
    assert [one.source for one in outcomes] == ["a.html", "b.html", "c.html"]
    assert [one.reason for one in outcomes if isinstance(one, Dropped)] == ["empty", "not-found"]


def test_a_page_that_breaks_the_code_is_a_failure_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    (tmp_path / "a.html").write_text(PAGE)
    monkeypatch.setattr("dehusk.stages.windows.read_blocks", broken)
    (outcome,) = clean_found([Input(str(tmp_path / "a.html"), "a")], Options(), begin=never)
    assert isinstance(outcome, PageOutcome)
    assert (outcome.dropped[0].reason, outcome.dropped[0].detail) == ("error", "RuntimeError: a bug")


@pytest.mark.parametrize(("given_up_at", "expected"), [(1, Dropped), (2, PageOutcome)])
def test_what_the_engine_gave_up_is_not_tried(tmp_path: Path, given_up_at: int, expected: type) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    items = iter([(False, "timeout" if n == given_up_at else "") for n in range(1, 9)])
    found = [Input(str(tmp_path / "a.html"), "a")]
    (outcome,) = clean_found(found, Options(), begin=lambda: next(items))
    assert isinstance(outcome, expected)
    dropped = outcome.dropped[0] if isinstance(outcome, PageOutcome) else outcome
    assert (dropped.stage, dropped.reason) == ("failed", "timeout")
    assert "30 seconds" in dropped.detail


def test_what_was_delivered_is_not_given_again(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"html": "<p>One"}\n{"no": 1}\n{"html": "<p>Two"}\n')
    listed = [
        Dropped("z", "failed", "gone"),
        Input(str(tmp_path / "a.jsonl"), "a"),
        Dropped("y", "skipped", "x"),
    ]
    whole = [one.source for one in clean_found(listed, Options(), begin=never)]
    assert whole == ["z", "a#1", "a#2", "a#3", "y"]
    ends: list[int] = []
    count = 0

    def begin_after(delivered: int) -> tuple[bool, str]:
        nonlocal count
        count += 1
        return count <= delivered, ""

    for _ in clean_found(listed, Options(), begin=lambda: begin_after(0)):
        ends.append(count)
    for number, end in enumerate(ends, 1):
        count = 0
        rest = clean_found(listed, Options(), begin=lambda end=end: begin_after(end))  # type: ignore[misc]
        assert [one.source for one in rest] == whole[number:]


def test_a_source_in_several_pages_is_numbered_through() -> None:
    def page(source: str, *parts: int, is_more: bool = False) -> PageOutcome:
        return PageOutcome(source, [article(n, source=source, part=n) for n in parts], [], is_more=is_more)

    copy = Dropped("a", "dropped", "contained", article=article(2, part=2), duplicate_of="a1")
    pieces = [
        page("a", 1, 2),
        PageOutcome("a", [article(1)], [copy], is_more=True),
        page("b", 1),
        page("b", 1),
        page("b", 1, is_more=True),
        page("a", 1, is_more=True),
    ]
    counter = PartCounter()
    numbered = [counter.number(piece) for piece in pieces]
    assert [[one.part for one in list_articles([piece])] for piece in numbered] == [
        [1, 2],
        [3],
        [1],
        [1],
        [2],
        [1],
    ]
    second = numbered[1]
    assert isinstance(second, PageOutcome)
    assert second.dropped[0].article is not None
    assert second.dropped[0].article.part == 4
    assert second.dropped[0].duplicate_of == second.articles[0].id != "a1"


pages = st.builds(
    PageOutcome,
    st.just("s"),
    st.lists(st.integers(0, 99).map(article), max_size=3),
    st.lists(
        st.builds(Dropped, st.just("s"), st.just("dropped"), st.sampled_from(["near", "too-short"]),
                  article=st.just(article(0))), max_size=2)
    | st.just([Dropped("s", "failed", "timeout")]),
).filter(lambda page: page.articles or page.dropped)  # fmt: skip
others = st.sampled_from(
    [Dropped("s", "skipped", "image"), Dropped("s", "failed", "gone"), Dropped("s", "dropped", "empty")]
)
outcomes = st.lists(pages | others, max_size=8)


@given(outcomes, outcomes)
def test_books_balance_and_add_up(some: list[Outcome], more: list[Outcome]) -> None:
    books, other = Books(), Books()
    for outcome in some:
        books.count(outcome)
    for outcome in more:
        other.count(outcome)
    books.add(other)
    summary = books.summary()
    assert summary["files"]["all"] == len(some) + len(more)
    for name in ("files", "pages", "articles"):
        ledger = summary[name]
        assert ledger["all"] == sum(count for fate, count in ledger.items() if fate != "all")
        for fate, reasons in summary["reasons"][name].items():
            assert sum(reasons.values()) == ledger[fate]


KEPT = PageOutcome("s", [article(0)], [])
NOTHING = PageOutcome("s", [], [Dropped("s", "dropped", "no-article")])
SLOW = PageOutcome("s", [], [Dropped("s", "failed", "timeout")])


@pytest.mark.parametrize(
    ("pieces", "fate"),
    [
        ([NOTHING, NOTHING], "dropped/no-article"),
        ([NOTHING, KEPT, NOTHING], "kept/"),
        ([KEPT, SLOW, KEPT], "failed/timeout"),
    ],
)
def test_the_pieces_of_a_text_are_one_page(pieces: list[PageOutcome], fate: str) -> None:
    books = Books()
    for outcome in [NOTHING, pieces[0], *(replace(piece, is_more=True) for piece in pieces[1:]), KEPT]:
        books.count(outcome_from_dict(json.loads(to_json(outcome_to_dict(outcome)))))
    alone = Books()
    for outcome in (NOTHING, KEPT):
        alone.count(outcome)
    assert books.counts["files"] == books.counts["pages"] == 3
    assert books.total("pages") == 3
    assert books.counts[f"pages/{fate}"] == alone.counts[f"pages/{fate}"] + 1
    assert books.total("articles/kept") == sum(len(piece.articles) for piece in pieces) + 1


def test_a_large_text_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.pages.reading.TEXT_PIECE_BYTES", 4_000)
    (tmp_path / "dump.txt").write_text(
        "\n\n".join(f"The mill {n} stands by the river. " * 5 for n in range(60))
    )
    pieces = list(clean_found([Input(str(tmp_path / "dump.txt"), "dump.txt")], Options(), begin=never))
    books = Books()
    for piece in pieces:
        books.count(piece)
    assert len(pieces) > 2
    assert (books.counts["files"], books.counts["pages"], books.total("pages/kept")) == (1, 1, 1)


@pytest.mark.parametrize("pages", [3, 50])
def test_the_sample_hangs_on_the_seed_alone(pages: int) -> None:
    assert choose(1, pages) == choose(1, pages)
    assert len(choose(1, pages)) == min(10, pages)
    assert (choose(1, pages) == choose(2, pages)) is (pages < 10)


def choose(seed: int, pages: int) -> list[str]:
    sample = _Sample(10, seed)
    sources = [source for source in (f"{number}.html" for number in range(pages)) if sample.accepts(source)]
    return sorted(source for source in sources if sample.rank(source) in sample.lowest())


@given(st.lists(st.sets(st.integers(0, 99)), max_size=5), st.data())
def test_the_sample_of_many_shards_is_that_of_one(shards: list[set[int]], data: st.DataObject) -> None:
    """However much a shard knows of others when it begins, and of how many at once."""
    lowest: list[list[int]] = []
    offered: set[int] = set()
    for pages in shards:
        known = data.draw(st.lists(st.sampled_from(lowest))) if lowest else []
        sample = _Sample(10, 1, (rank for ranks in known for rank in ranks))
        offered |= {sample.rank(str(page)) for page in pages if sample.accepts(str(page))}
        lowest.append(sample.lowest())
    rank = _Sample(10, 1).rank
    assert sorted(offered)[:10] == sorted({rank(str(page)) for pages in shards for page in pages})[:10]


@given(outcomes, st.data())
def test_settling_loses_no_article(some: list[Outcome], data: st.DataObject) -> None:
    articles = list_articles(some)
    copy = Dropped("s", "dropped", "same", article=article(0))
    verdict = st.sampled_from([None, copy])
    judged = data.draw(st.lists(verdict, min_size=len(articles), max_size=len(articles)))
    settled = list(settle(some, judged))
    assert len(list_articles(settled)) == judged.count(None)
    assert count_dropped(settled) - count_dropped(some) == judged.count(copy)


def count_dropped(some: list[Outcome]) -> int:
    return sum(len(one.dropped) for one in some if isinstance(one, PageOutcome))


def words_from(start: int, count: int) -> str:
    return " ".join(f"w{number}" for number in range(start, start + count))


@pytest.mark.parametrize("spilled", [1 << 24, 500])
@pytest.mark.parametrize("texts", [[], ["", "Short."], [words_from(7 * i, 5 + i) for i in range(200)]])
def test_what_is_signed_is_saved_and_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str], spilled: int
) -> None:
    monkeypatch.setattr("dehusk.dedupe.columns._SPILLED", spilled)
    writer, path = SignWriter(), tmp_path / "signs.npy"
    writer.add((article(number, text=text) for number, text in enumerate(texts)), {"a1": 3, "b": 1})
    writer.save(path)
    read, signed = read_signs(path), sign_texts(texts)
    assert read.ids.tolist() == [f"a{number}" for number in range(len(texts))]
    assert read.chars.tolist() == [len(text) for text in texts]
    assert read.copies.tolist() == [3 * (number == 1) for number in range(len(texts))]
    assert np.array_equal(read.signed.rows, signed.rows)
    assert np.array_equal(read.signed.keys, signed.keys)
    for sets, expected in ((read.signed.shingles, signed.shingles), (read.signed.words, signed.words)):
        assert np.array_equal(sets.values, expected.values)
        assert np.array_equal(sets.bounds, expected.bounds)


@pytest.mark.parametrize(("keep", "kept"), [("first", "a0"), ("longest", "a2")])
def test_all_shards_are_judged_in_one_order(tmp_path: Path, keep: Any, kept: str) -> None:
    texts = [words_from(0, 60), words_from(500, 40), words_from(0, 62), words_from(0, 61)]
    signs, verdicts = ([tmp_path / f"{name}{shard}" for shard in range(2)] for name in ("signs", "verdicts"))
    for shard, path in enumerate(signs):
        writer = SignWriter()
        articles = [article(number, text=texts[number]) for number in (2 * shard, 2 * shard + 1)]
        writer.add(articles, {"a3": 4})
        writer.save(path)
    decide(signs, verdicts, Options(keep=keep))
    held = [read_json(path) for path in verdicts]
    assert {copy[1] for one in held for copy in one["copies"].values()} == {kept}
    assert [count for one in held for count in one["counts"].items()] == [(kept, 2 + 4)]
