"""Templates: what is one text, on how many pages it stands, and which of it goes."""

from __future__ import annotations

import pickle
import resource
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.errors import UnreadableTemplates
from dehusk.model import Block, BlockKind, Labelled, Page
from dehusk.templates import (
    Found,
    Learner,
    Prints,
    Templates,
    count_parts,
    count_prints,
    find_repeats,
    find_site,
    look_up,
    make_prints,
    merge_files,
    open_templates,
    save_templates,
)
from dehusk.templates import files as templates_files
from dehusk.templates.prints import hash_masked
from dehusk.templates.table import sum_templates
from dehusk.words import hash_words

TEXTS = [f"line {name} of a site" for name in "abcdefghij"]


def prints_of(
    texts: list[str],
    *,
    site: int = 7,
    parts: list[int] | None = None,
    score: float = 0.6,
    kinds: Sequence[BlockKind] | None = None,
) -> Prints:
    labelled = [
        Labelled(Block(text, kind, 0, 0, len(text)), "content", "", score)
        for text, kind in zip(texts, kinds or ["paragraph"] * len(texts), strict=True)
    ]
    return make_prints(
        labelled, parts or [1] * len(texts), list(map(len, texts)), site=site, words=None, columns=None
    )


@pytest.mark.parametrize(
    ("url", "source", "site"),
    [
        ("https://www.example.co.uk/a/b", "x.html", "example.co.uk"),
        ("http://shop.example.com:8080/", "", "example.com"),
        ("https://ann.github.io/x", "", "ann.github.io"),
        ("https://EXAMPLE.org./", "", "example.org"),
        ("http://localhost/x", "", "localhost"),
        ("http://[2001:db8::1]/x", "", "2001:db8::1"),
        ("http://[2001:db8::1/x", "a/b.html", "a/"),
        ("javascript:alert(1)", "a/b.html", "a/"),
        ("", "pages/blog/a.html", "pages/blog/"),
        ("", "a.html", "/"),
        ("", "crawl.zip!blog/a.html", "crawl.zip!blog/"),
        ("", "crawl.zip!a.html", "crawl.zip!"),
        ("", "rows.jsonl#12", "rows.jsonl"),
        ("", "a/page#two.html", "a/"),
        ("", "", ""),
    ],
)
def test_whose_page_it_is(url: str, source: str, site: str) -> None:
    assert find_site(Page("", url=url, source=source)) == site


def test_a_canonical_link_is_no_evidence() -> None:
    page = Page('<link rel=canonical href="https://victim.example/">', url="https://other.example/")
    assert find_site(page) == "other.example"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("12 comments", "1,340 comments", True),
        ("Posted on 3 May 2024 by Ann", "posted on 12 June 2023 by ANN", True),
        ("Monday, March 4", "Tuesday, April 15", True),
        ("Опубликовано 3 мая 2024", "Опубликовано 14 июня 2023", True),
        ("© 2023 The Mill", "The Mill", False),
        ("He may come", "He june come", False),
        ("May 3 visitors", "May visitors", False),
        ("one two", "two one", False),
        ("Weight 3 kg", "Weight 3 g", False),
    ],
)
def test_what_is_one_line(one: str, other: str, is_same: bool) -> None:
    first, second = hash_masked(hash_words([one, other])).tolist()
    assert (first == second) is is_same


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_a_hash_depends_on_its_text_alone(texts: list[str]) -> None:
    together = hash_masked(hash_words(texts)).tolist()
    assert together == [hash_masked(hash_words([text])).tolist()[0] for text in texts]


def test_numbers_alone_are_no_text() -> None:
    assert hash_masked(hash_words(["12", "3 | 4.5 | 6", "", "--"])).tolist() == [0, 0, 0, 0]


pages = st.lists(
    st.tuples(st.integers(1, 3), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6)),
    min_size=1,
    max_size=12,
)


def brute_force(some: list[tuple[int, list[str]]]) -> dict[tuple[int, str], tuple[int, int]]:
    """(site, text) -> pages it stands on, pages of the site."""
    on = Counter((site, text) for site, texts in some for text in set(texts))
    of = Counter(site for site, _ in some)
    return {(site, text): (on[site, text], of[site]) for site in (1, 2, 3) for text in TEXTS}


def read_counts(table: Any) -> dict[tuple[int, str], tuple[int, int]]:
    tables = [table] if isinstance(table, Templates) else table
    found = {}
    for site in (1, 2, 3):
        shown = look_up(tables, prints_of(TEXTS, site=site))
        found |= {
            (site, text): (count, shown.pages)
            for text, count in zip(TEXTS, shown.counts.tolist(), strict=True)
        }
    return found


@settings(deadline=None)
@given(pages, st.randoms())
def test_pages_are_counted_whatever_the_order(some: list[tuple[int, list[str]]], random: Any) -> None:
    made = [prints_of(texts, site=site) for site, texts in some]
    assert read_counts(count_prints(made)) == brute_force(some)
    cut = random.randrange(len(made) + 1)
    parts = [count_prints(made[:cut]), count_prints(made[cut:])]
    random.shuffle(parts)
    assert all(map(np.array_equal, sum_templates(parts), count_prints(made)))


@settings(deadline=None)
@given(pages, st.integers(1, 4))
def test_a_learner_sees_full_batches(some: list[tuple[int, list[str]]], batch: int) -> None:
    learner = Learner(batch_pages=batch)
    for number, (site, texts) in enumerate(some):
        seen = brute_force(some[: number // batch * batch])
        shown = learner.look_up(prints_of(TEXTS, site=site))
        assert shown.counts.tolist() == [seen[site, text][0] for text in TEXTS]
        learner.add(prints_of(texts, site=site))
    assert read_counts(learner.count()) == brute_force(some)


def test_memory_is_bounded_and_counts_are_never_too_high() -> None:
    random, learner = Random(1), Learner(batch_pages=10, most_entries=400)
    common = [f"common {word}" for word in ("menu", "footer", "notice")]
    for _ in range(300):
        learner.add(prints_of([*common, *("".join(random.choices("abcdefgh", k=9)) for _ in range(10))]))
        assert learner.entries <= 400
    table = learner.finish()
    assert table.pages.tolist() == [300]
    assert sorted(table.counts.tolist())[-3:] == [300, 300, 300]


@settings(deadline=None)
@given(pages)
def test_files_add_up_to_what_was_counted(some: list[tuple[int, list[str]]]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates_files, "PART_ENTRIES", 5)
        paths = []
        for number, (site, texts) in enumerate(some):
            paths.append(Path(folder, f"{number}"))
            with paths[-1].open("wb") as file:
                save_templates(count_prints([prints_of(texts, site=site)]), file)
        merged = read_counts(merge_files(paths))
    for key, (count, of) in brute_force(some).items():
        assert merged[key] == (count if count >= 3 else 0, of)


@pytest.fixture
def few_open_files() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 10, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_files_are_opened_one_at_a_time(tmp_path: Path, few_open_files: None) -> None:
    """As many as a run has shards."""
    paths = [tmp_path / f"{number}" for number in range(40)]
    for path in paths:
        with path.open("wb") as file:
            save_templates(count_prints([prints_of(TEXTS, site=1)]), file)
    merged = read_counts(merge_files(paths))
    assert {merged[1, text] for text in TEXTS} == {(40, 40)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "site.templates"
    with path.open("wb") as file:
        save_templates(count_prints([prints_of(TEXTS), prints_of(TEXTS[:4])]), file)
    return path


HEAD = struct.Struct("<24sQQQ")


def damage(data: bytes, **changes: int) -> bytes:
    names = ("tokeniser", "sites", "keys")
    magic, *values = HEAD.unpack(data[: HEAD.size])
    return (
        HEAD.pack(magic, *(changes.get(name, value) for name, value in zip(names, values, strict=True)))
        + data[HEAD.size :]
    )


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("empty", lambda data: b""),
        ("a head cut short", lambda data: data[:20]),
        ("cut short", lambda data: data[:-1]),
        ("too long", lambda data: data + b"\0"),
        ("another thing", lambda data: pickle.dumps({"sites": [1]})),
        ("a pickle behind the magic", lambda data: data[:17] + pickle.dumps([1]) * 9),
        ("more keys than there are", lambda data: damage(data, keys=2**60)),
        ("sizes that overflow", lambda data: damage(data, sites=2**64 - 1, keys=2**64 - 1)),
        ("sizes that add up to the same", lambda data: damage(data, sites=11, keys=4)),
        ("another version", lambda data: damage(data, tokeniser=99)),
        ("keys out of order", lambda data: data[:56] + data[56:136][::-1] + data[136:]),
        ("an owner that is none", lambda data: data[:-44] + b"\xff" * 4 + data[-40:]),
        ("counts above the pages", lambda data: data[:-120] + b"\xff" * 40 + data[-80:]),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(saved: Path, name: str, spoil: Any) -> None:
    saved.write_bytes(spoil(saved.read_bytes()))
    with pytest.raises(UnreadableTemplates, match=r"site\.templates"):
        open_templates(saved)


def test_no_file_has_a_nul_in_its_name() -> None:
    with pytest.raises(UnreadableTemplates, match="null byte"):
        open_templates(Path("a\0b"))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_are_too_wild(data: bytes) -> None:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile() as file:
        file.write(b"dehusk templates\n" + data)
        file.flush()
        with pytest.raises(UnreadableTemplates):
            open_templates(Path(file.name))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTemplates, match="no-such"):
        open_templates(tmp_path / "no-such")


def test_what_was_saved_is_what_is_read(saved: Path) -> None:
    assert read_counts(open_templates(saved)) == read_counts(
        count_prints([prints_of(TEXTS), prints_of(TEXTS[:4])])
    )
    with pytest.raises(ValueError, match="read-only"):
        open_templates(saved).counts[0] = 9


def test_the_articles_of_a_dump_are_its_pages() -> None:
    texts = ["menu x", "one", "refrain", "refrain", "menu x", "two", "menu x", "three"]
    found = count_parts(prints_of(texts, parts=[0, 1, 1, 1, 0, 2, 0, 3]))
    assert found.pages == 3
    # The last menu stands behind the second article: what precedes an article is the page before's.
    assert found.counts.tolist() == [2, 1, 1, 1, 2, 1, 2, 1]


STORY = "This is sentence {} of a story that nobody else tells."
FRAME = ["Home", "We use cookies"]
SLOGANS = ["We tell the valley what it needs to know.", "Our reporters live where you live."]


def name(number: int) -> str:
    """A word for a number: numbers themselves are masked."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")


def make_page(number: int, *, menu: str, below: list[str], lines: int = 12) -> Prints:
    """A menu and what all pages have were dropped; a story of its own, and what stands below it, are kept."""
    husk = [*FRAME, *(f"{menu} {name(i)} of the menu" for i in range(lines))]
    story = [STORY.format(f"{name(number)} {name(i)}") for i in range(12)]
    return prints_of([*husk, *story, *below], parts=[0] * len(husk) + [1] * (12 + len(below)))


def look(pages: list[Prints], at: int) -> Found:
    return look_up([count_prints(pages)], pages[at])


def is_cut(pages: list[Prints], at: int) -> bool:
    """Whether the last two texts of a page go."""
    repeats = find_repeats(pages[at], look(pages, at))
    return repeats is not None and bool(repeats.gone[-2:].all())


@pytest.mark.parametrize(
    ("label", "menus", "lines", "has_slogans", "gone"),
    [
        ("on all pages of its template", "ABCD" * 10, 12, "A", True),
        ("on the site's one template", "A" * 40, 12, "A", True),
        ("on all pages of a site with several", "ABCD" * 10, 12, "ABCD", True),
        ("too little husk to tell a template by", "ABCD" * 10, 1, "A", False),
    ],
)
def test_a_site_may_have_several_templates(
    label: str, menus: str, lines: int, has_slogans: str, gone: bool
) -> None:
    pages = [
        make_page(i, menu=menu, below=SLOGANS if menu in has_slogans else [], lines=lines)
        for i, menu in enumerate(menus)
    ]
    assert is_cut(pages, 0) is gone


def test_as_many_pages_are_no_evidence_if_they_are_others() -> None:
    """A law on ten pages of all four templates, of which each has ten."""
    pages = [make_page(i, menu="ABCD"[i % 4], below=SLOGANS if i < 10 else []) for i in range(40)]
    found = look(pages, 0)
    assert found.counts[2] == found.counts[-1] == 10
    assert (found.kin[2], found.kin[-1]) == (12, 0)
    assert not is_cut(pages, 0)


def test_a_law_on_more_pages_than_the_template_is_measured_by_all() -> None:
    pages = [make_page(i, menu="ABCD"[i % 4], below=SLOGANS if i < 16 else []) for i in range(40)]
    found = look(pages, 0)
    assert (found.made[2], found.made[-1], found.pages) == (10, 40, 40)
    assert not is_cut(pages, 0)


@settings(deadline=None)
@given(pages, st.randoms())
def test_kin_stand_on_just_the_same_pages(some: list[tuple[int, list[str]]], random: Any) -> None:
    """However the pages were counted; pages of the same texts are one page; not where none is to be judged."""
    some = [(1, [*texts, "husk", f"own {name(i)}"]) for i, (_, texts) in enumerate(some)]
    made = [prints_of(texts, site=1) for _, texts in some]
    cut = random.randrange(len(made) + 1)
    tables = [count_prints(made[:cut]), count_prints(made[cut:])]
    seen = prints_of(["husk", *TEXTS], site=1, parts=[0, *[1] * len(TEXTS)])
    on = {text: {i for i, (_, texts) in enumerate(some) if text in texts} for text in ["husk", *TEXTS]}
    has_husk = len(on["husk"]) >= 3 and any(len(on[text]) >= 3 for text in TEXTS)
    wanted = [int(has_husk and on[text] == on["husk"]) for text in ["husk", *TEXTS]]
    assert look_up(tables, seen).kin.tolist() == wanted


def make_dump(menus: str, slogans: list[list[str]], *, lines: int = 12) -> Prints:
    """A text of many pages: each has a menu before its story."""
    texts: list[str] = []
    parts: list[int] = []
    for i, (menu, below) in enumerate(zip(menus, slogans, strict=True)):
        husk = [*FRAME, *(f"{menu} {name(k)} of the menu" for k in range(lines))]
        story = [STORY.format(f"{name(i)} {name(k)}") for k in range(6)]
        texts += [*husk, *story, *below]
        parts += [0] * len(husk) + [i + 1] * (6 + len(below))
    return prints_of(texts, parts=parts)


def count_gone(prints: Prints) -> int:
    repeats = find_repeats(prints, count_parts(prints))
    return int(repeats.gone.sum()) if repeats else 0


MENUS = "ABACABCCBAABCBACABCACBBAC"


@pytest.mark.parametrize(
    ("label", "slogans", "gone"),
    [
        ("its template's", [SLOGANS if menu == "A" else [] for menu in MENUS], 18),
        ("all templates'", [SLOGANS] * len(MENUS), 50),
        ("as many, of any template", [SLOGANS if i < 9 else [] for i in range(len(MENUS))], 0),
        ("none", [[]] * len(MENUS), 0),
    ],
)
def test_a_text_may_hold_pages_of_several_templates(label: str, slogans: list[list[str]], gone: int) -> None:
    assert MENUS.count("A") == 9
    assert count_gone(make_dump(MENUS, slogans)) == gone


@pytest.mark.parametrize(("count", "gone"), [(12, True), (4, False)])
def test_in_a_text_of_many_pages_most_must_have_it(count: int, gone: bool) -> None:
    slogans = [SLOGANS if i < count else [] for i in range(12)]
    assert (count_gone(make_dump("A" * 12, slogans)) > 0) is gone


def test_the_pages_of_one_thread_are_no_template() -> None:
    """Of a text of forty articles five have the same husk around them: their opening post stays."""
    menus = "".join("T" if i % 8 == 0 else "A" for i in range(40))
    assert count_gone(make_dump(menus, [SLOGANS if menu == "T" else [] for menu in menus])) == 0


def test_an_article_that_would_be_too_short_is_left_alone() -> None:
    pages = []
    for i in range(20):
        husk = [f"menu {name(k)} of the site" for k in range(12)]
        own = 5 * STORY.format(name(i)) if i else 2 * STORY.format(name(i))
        pages.append(prints_of([*husk, own, *SLOGANS], parts=[0] * 12 + [1] * 3))
    assert not is_cut(pages, 0)
    assert is_cut(pages, 1)


@pytest.mark.parametrize(("sentences", "gone"), [(6, False), (30, True)])
def test_the_contents_of_a_book_beside_a_page_that_says_enough_go(sentences: int, gone: bool) -> None:
    pages = []
    contents = [f"Chapter {name(k)}, of what is said in it about the mill and the river" for k in range(400)]
    for i in range(20):
        husk = [f"menu {name(k)} of the site" for k in range(12)]
        own = " ".join(STORY.format(f"{name(i)} {name(k)}") for k in range(sentences))
        pages.append(prints_of([*husk, own, *contents], parts=[0] * 12 + [1] * 401))
    assert is_cut(pages, 1) is gone


def test_a_row_beside_rows_of_its_page_is_a_fact() -> None:
    """Equal rows stand in the middle of one table of facts, and of no other on the site."""
    facts = ["Colour | red", "Made by | the mill", "Sold in | sacks"]
    pages = []
    for i in range(20):
        husk = [*FRAME, *(f"menu {name(k)} of the site" for k in range(12))]
        own = [f"{word} | {name(i)} {word}" for word in ("Ground", "Weighed", "Carried", "Stored")]
        table = [own[0], facts[0], own[1], facts[1], own[2], facts[2], own[3]]
        texts = [*husk, STORY.format(name(i)), *table]
        kinds: list[BlockKind] = ["paragraph"] * (len(husk) + 1) + ["row"] * len(table)
        pages.append(prints_of(texts, parts=[0] * len(husk) + [1] * (1 + len(table)), kinds=kinds))
    assert all(find_repeats(page, look_up([count_prints(pages)], page)) is None for page in pages)
