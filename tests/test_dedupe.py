from __future__ import annotations

import contextlib
import io
import math
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dehusk.dedupe import Deduplicator, batch, columns, drop_near_duplicates, judge, sign, sign_texts, store
from dehusk.dedupe.bands import COLUMNS
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.rule import Compared, compare
from dehusk.dedupe.signatures import sign_rows
from dehusk.dedupe.table import WIDTH, BandTable
from dehusk.errors import BadOptions, UnreadableIndex
from dehusk.model import Article, Dropped
from dehusk.words import normalise

VOCABULARY = [f"w{i}" for i in range(3000)]


def make_text(seed: int, words: int = 200) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(VOCABULARY) for _ in range(words))


def make_article(identifier: str, text: str) -> Article:
    return Article(
        identifier, text, "", "", "", "en", 1.0, "", "", f"{identifier}.html", 1, "html", "article",
        len(text.split()), ((0, len(text)),), 1.0,
    )  # fmt: skip


def make_articles(texts: list[str]) -> list[Article]:
    return [make_article(str(i), text) for i, text in enumerate(texts)]


def run(texts: list[str]) -> tuple[list[str], list[Dropped]]:
    dropped: list[Dropped] = []
    kept = list(drop_near_duplicates(make_articles(texts), on_drop=dropped.append))
    return [article.id for article in kept], dropped


LONG = make_text(0)
FACTS = "the mill of Ann Smith, Joe Jones and Bob Brown in Rome has 3 wheels of 1890"
FACTUAL = f"{FACTS} and {LONG}"
EDITED = " ".join("v" + word if i % 25 == 24 else word for i, word in enumerate(FACTUAL.split()))
NAMES = " ".join(f"and Name{word.upper()}" for word in LONG.split())
HAN = "".join(chr(0x4E00 + number * 7919 % 3000) for number in range(200))
NUMBERED = "".join(f"{HAN[i : i + 16]}{100 + i}" for i in range(0, 192, 16))
HALF = " ".join(LONG.split()[:100])
SHORT = " ".join(LONG.split()[:45])

TEXTS = st.lists(
    st.sampled_from(
        [
            "",
            " ",
            "…",
            "!",
            "one",
            "One.",
            HALF,
            LONG,
            LONG.upper(),
            FACTUAL,
            EDITED,
            HAN,
            HAN[:150],
            "x " * 300,
            "x " * 200,
        ]
    )
    | st.integers(0, 5).map(make_text)
    | st.integers(1, 199).map(lambda n: " ".join(LONG.split()[n:] + make_text(7, n).split()))
    | st.text(max_size=5),
    max_size=30,
)


@pytest.mark.parametrize(
    ("label", "first", "second", "reason"),
    [
        ("identical", LONG, LONG, "same"),
        ("case, space and punctuation", LONG, "• " + LONG.upper().replace(" ", ",\n"), "same"),
        ("cut to three quarters", LONG, " ".join(LONG.split()[:150]), "contained"),
        ("every 25th word edited", FACTUAL, EDITED, "near"),
        ("every 25th word edited, and no facts to go by", LONG, EDITED.partition("and w")[2], ""),
        ("half of it another, and no facts to go by", HALF + make_text(1, 60), HALF + make_text(2, 60), ""),
        ("half of it another in a script without capitals", HAN[:80] + HAN[80:130], HAN[:80] + HAN[130:180], ""),
        ("other words in a script without capitals", NUMBERED, f"一丁七万丈{NUMBERED[5:]}", "contained"),
        ("and another number: they may be names", NUMBERED, f"一丁七万丈{NUMBERED[5:].replace('180', '99')}", ""),
        ("a longer text that contains it", HALF, LONG, ""),
        ("nothing in common", LONG, make_text(1), ""),
        ("other numbers and names", "the flat of Smith in Rome has 3 rooms and costs 900 " + HALF,
         "the flat of Jones in Oslo has 5 rooms and costs 700 " + HALF, ""),
        ("other facts above a long passage full of names", f"The prize of 900 goes to Ann Smith in Rome.\n{NAMES}",
         f"The prize of 700 goes to Joe Jones in Oslo.\n{NAMES}", ""),
        ("one date changed", f"Seen on 3 May.\n{NAMES}", f"Seen on 4 May.\n{NAMES}", "contained"),
        ("longer by a quarter, and no fact is new", FACTUAL, f"{FACTUAL} {make_text(1, 60)}", ""),
        ("as long, and no fact is new", FACTUAL, f"{FACTUAL.rsplit(maxsplit=50)[0]} {make_text(1, 60)}", "near"),
        ("longer by a twentieth, and facts are new", FACTUAL.rsplit(maxsplit=50)[0] + f" {make_text(1, 40)}",
         f"{FACTUAL.rsplit(maxsplit=20)[0]} was sold in 1950 by Eve Green, Max White, Tim Black and Guy Brook", ""),
        ("a third of it another, with the same facts", f"{FACTS} and {HALF} {make_text(3, 60)}",
         f"{FACTS} and {HALF} {make_text(4, 60)}", ""),
        ("shorter by a quarter, and worded differently", FACTUAL, EDITED.rsplit(maxsplit=55)[0], ""),
        ("a few lines of one template", f"{FACTS} and {SHORT} {make_text(3, 15)}",
         f"{FACTS} and {SHORT} {make_text(4, 15)}", ""),
        ("as many lines again, and they tell", f"{FACTS} and {SHORT} {make_text(5, 60)} {make_text(3, 15)}",
         f"{FACTS} and {SHORT} {make_text(5, 60)} {make_text(4, 15)}", "near"),
        ("two empty ones", "", "", "same"),
        ("empty and something", "", "word", ""),
        ("symbols", "★", "☂", ""),
        ("short and equal", "Not found.", "not found", "same"),
        ("short and different", "Not found.", "Not here.", ""),
    ],
)  # fmt: skip
def test_pairs_are_judged(label: str, first: str, second: str, reason: str) -> None:
    kept, dropped = run([first, second])
    assert [d.reason for d in dropped] == [reason] * bool(reason)
    assert kept == ["0"] if reason else ["0", "1"]
    assert all(d.duplicate_of == "0" and d.article and d.article.id == "1" for d in dropped)


def test_likeness_is_reported() -> None:
    _, [dropped] = run([LONG, " ".join(LONG.split()[:150])])
    assert dropped.similarity == pytest.approx(146 / 196, abs=1e-4)
    assert dropped.containment == 1
    assert (dropped.stage, dropped.source) == ("dropped", "1.html")


def test_a_chain_of_edits_is_cut_where_the_kept_one_is_no_longer_alike() -> None:
    texts = [" ".join(make_text(0, 400).split()[i * 60 : i * 60 + 200]) for i in range(4)]
    kept, dropped = run(texts)
    assert {d.duplicate_of for d in dropped} <= set(kept)


def test_counts_and_supersets() -> None:
    judge = Deduplicator()
    judged = judge.judge(make_articles([HALF, HALF, LONG, LONG]))
    assert [bool(d) for d in judged] == [False, True, False, True]
    assert judge.counts == {"0": 1, "2": 1}
    assert judge.supersets == {"2": "0"}


def test_a_text_that_holds_a_part_of_a_kept_one_is_no_superset() -> None:
    judge = Deduplicator()
    texts = [LONG, f"{' '.join(LONG.split()[:150])} {make_text(1, 60)}"]
    assert compare(*map(make_compared, texts), threshold=0.8).containment > 0.7
    assert judge.judge(make_articles(texts)) == [None, None]
    assert judge.supersets == {}


def test_what_is_repeated_wins_over_what_is_only_more_alike() -> None:
    """Of one template with other facts is more of the new text than of its edited copy."""
    others = f"the inn of Eve Green, Max White and Tim Black in Oslo has 5 rooms of 1950 and {LONG}"
    copy = " ".join("v" + word if i % 40 == 39 else word for i, word in enumerate(FACTUAL.split()))
    kept, [dropped] = run([others, copy, FACTUAL])
    assert kept == ["0", "1"]
    assert dropped.duplicate_of == "1"
    by_template = compare(make_compared(FACTUAL), make_compared(others), threshold=0.8)
    assert by_template.containment > dropped.containment


def test_what_cannot_be_half_contained_is_not_verified() -> None:
    candidates = SimpleNamespace(
        count_own=lambda i: 100,
        count_shingles=lambda numbers: np.full(len(numbers), 100),
        estimate=lambda i, numbers: np.array([0.1, 0.3, 0.9]),
    )
    choose = Deduplicator()._choose
    assert choose(np.array([7, 8, 9]), 0, batch=candidates) == [9, 8]


def make_compared(text: str) -> Compared:
    signed = sign_texts([text])
    return Compared(int(signed.keys[0]), signed.shingles.at(0), signed.words.at(0))


def test_texts_with_one_key_are_compared_nevertheless() -> None:
    """A key is a hash: two texts may have the same."""
    first, second = (make_compared(text)._replace(key=1) for text in (LONG, make_text(1)))
    assert compare(first, first, threshold=0.8).reason == "same"
    assert compare(first, second, threshold=0.8).reason == ""


def test_a_record_of_the_index_is_no_duplicate_of_itself(tmp_path: Path) -> None:
    before = Deduplicator()
    assert before.judge([make_article("a", LONG)]) == [None]
    judge = Deduplicator.from_index(save(before, tmp_path / "index"))
    itself, again, other = judge.judge(
        [make_article("a", LONG), make_article("a", LONG), make_article("b", LONG)]
    )
    assert itself is None
    assert again and again.reason == "same"
    assert other and other.duplicate_of == "a"


def test_an_id_that_occurs_twice_hides_no_copy() -> None:
    first, second = Deduplicator().judge([make_article("a", LONG), make_article("a", LONG)])
    assert first is None
    assert second and second.reason == "same"


@settings(deadline=None)
@given(TEXTS)
def test_dropping_is_idempotent_and_leaves_no_exact_copy(texts: list[str]) -> None:
    kept, _ = run(texts)
    left = [texts[int(i)] for i in kept]
    assert len(run(left)[0]) == len(left)
    forms = [normalise(text) or " ".join(text.split()) for text in left]
    assert len(set(forms)) == len(forms)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 40))
def test_batches_make_no_difference(texts: list[str], size: int) -> None:
    articles = make_articles(texts)
    whole, parts = Deduplicator(), Deduplicator()
    expected = whole.judge(articles)
    judged = [d for i in range(0, len(articles), size) for d in parts.judge(articles[i : i + size])]
    assert judged == expected
    assert parts.counts == whole.counts


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_later_records_change_nothing_for_earlier_ones(texts: list[str], more: list[str]) -> None:
    kept, _ = run(texts)
    assert run(texts + more)[0][: len(kept)] == kept


@settings(deadline=None)
@given(TEXTS)
def test_only_the_order_decides_who_stays(texts: list[str]) -> None:
    kept, dropped = run(texts)
    names = {article.id for article in make_articles(texts)}
    assert set(kept) | {d.article.id for d in dropped if d.article} == names
    assert all(int(d.duplicate_of) < int(d.article.id) for d in dropped if d.article)


def test_it_is_lazy() -> None:
    def articles():
        yield from make_articles([make_text(i, 20) for i in range(300)])
        raise AssertionError("read to the end")

    stream = drop_near_duplicates(articles())
    assert next(stream).id == "0"


@pytest.mark.parametrize(
    ("text_of", "is_kept"),
    [
        (lambda i: "", False),
        (lambda i: "word", False),
        (lambda i: f"w{i}", True),
        (lambda i: "the same line again\n" * 50, False),
        (
            lambda i: f"{HALF} number {i} of Company{i} in Town{i * 7} by Ann{i} and Bob{i} on {i + 9} May",
            True,
        ),
        (lambda i: f"{HALF} {make_text(i, 60)}", True),
    ],
    ids=["empty", "one word", "another word each", "equal lines", "one template", "one bucket"],
)
def test_degenerate_input_takes_linear_time_and_drops_no_other(
    text_of: Callable[[int], str], is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted: what is looked at for one article does not grow with those before it."""
    work: Counter[str] = Counter()
    count_in(monkeypatch, judge, "compare", lambda *_: work.update(compared=1))
    count_in(monkeypatch, batch, "estimate", lambda _, others: work.update(estimated=len(others)))
    kept = list(drop_near_duplicates(make_article(str(i), text_of(i)) for i in range(600)))
    assert len(kept) == (600 if is_kept else 1)
    assert work["compared"] <= 600 * judge._VERIFIED
    assert work["estimated"] <= 600 * COLUMNS * batch.BUCKET_CAP


def count_in(patch: pytest.MonkeyPatch, module: ModuleType, name: str, count: Callable[..., object]) -> None:
    function = getattr(module, name)

    def counted(*args: Any, **named: Any) -> Any:
        count(*args)
        return function(*args, **named)

    patch.setattr(module, name, counted)


def test_full_buckets_are_counted() -> None:
    """Sixteen of a band are found; of the next ones it is counted that they are not."""
    deduplicator = Deduplicator()
    texts = [f"{HALF} {make_text(i, 60)}" for i in range(40)]
    assert deduplicator.judge(make_articles(texts[:16])) == [None] * 16
    assert deduplicator.full_buckets == 0
    deduplicator.judge(make_articles(texts)[16:])
    assert deduplicator.full_buckets > 0
    counts: Counter[str] = Counter()
    deduplicator.report(counts)
    assert counts["near_duplicates/full_buckets"] == deduplicator.full_buckets


def test_supersets_are_reported_and_kept() -> None:
    heard: list[tuple[str, str]] = []
    articles = make_articles([HALF, LONG])
    kept = drop_near_duplicates(articles, on_superset=lambda article, of: heard.append((article.id, of)))
    assert list(kept) == articles
    assert heard == [("1", "0")]


def test_another_text_of_an_id_in_the_index_is_no_duplicate_of_it(tmp_path: Path) -> None:
    before = Deduplicator()
    before.judge([make_article("url", FACTUAL), make_article("other", make_text(5))])
    after = Deduplicator.from_index(save(before, tmp_path / "index"))
    assert after.judge([make_article("url", EDITED)]) == [None]
    again = after.judge(
        [make_article("url", EDITED), make_article("new", FACTUAL), make_article("x", make_text(5))]
    )
    assert [d and (d.reason, d.duplicate_of) for d in again] == [
        ("same", "url"),
        ("same", "url"),
        ("same", "other"),
    ]


def test_a_long_text_is_signed_like_its_shingles_in_one_go() -> None:
    from datasketch import MinHash

    text = make_text(3, 35_000)
    shingles = sign_texts([text]).shingles.at(0)
    expected = MinHash(128, seed=1, scheme="affine32", hashfunc=int)
    expected.update_batch(shingles.tolist())
    assert np.array_equal(sign_rows([text])[0], expected.hashvalues)


def test_signatures_are_those_of_datasketch() -> None:
    from datasketch import MinHash, MinHashLSH

    texts = [make_text(i, 30 + i) for i in range(40)] + [LONG, HALF, " ".join(LONG.split()[20:]), "short"]
    signed = sign_texts(texts)
    own, theirs = (MinHashLSH(params=(32, 4), num_perm=128) for _ in range(2))
    for i, ours in enumerate(sign(texts)):
        shingles = signed.shingles.at(i)
        expected = MinHash(128, seed=1, scheme="affine32", hashfunc=int)
        expected.update_batch(shingles.tolist())
        assert np.array_equal(ours.hashvalues, expected.hashvalues)
        assert ours.jaccard(expected) == 1
        own.insert(i, ours)
        theirs.insert(i, expected)
    for ours in sign(texts):
        assert sorted(own.query(ours)) == sorted(theirs.query(ours))
    assert {40, 41, 42} <= set(own.query(sign([LONG])[0]))


def test_import_is_light() -> None:
    code = "import sys, dehusk.dedupe; print(sorted({'scipy', 'datasketch'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def save(judge: Deduplicator, path: Path) -> Path:
    with path.with_suffix(".new").open("wb") as file:  # the old one may be mapped
        judge.write_index(file)
    return path.with_suffix(".new").replace(path)


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS)
def test_an_index_on_disk_goes_on_where_it_was(first: list[str], then: list[str]) -> None:
    articles = make_articles(first + then)
    with tempfile.TemporaryDirectory() as folder:
        judge = Deduplicator()
        judge.judge(articles[: len(first)])
        opened = Deduplicator.from_index(save(judge, Path(folder) / "index"))
        assert opened.judge(articles[len(first) :]) == judge.judge(articles[len(first) :])
        again = Deduplicator.from_index(save(opened, Path(folder) / "index"))
        kept = [article for article, dropped in zip(articles, Deduplicator().judge(articles), strict=True)
                if dropped is None]  # fmt: skip
        assert again.judge(kept) == [None] * len(kept)


def test_an_index_that_was_spilled_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for limit in (1 << 24, 100):
        monkeypatch.setattr(columns, "_SPILLED", limit)
        judge, file = Deduplicator(), io.BytesIO()
        judge.judge(make_articles([make_text(i, 50) for i in range(40)]))
        judge.write_index(file)
        written.append(file.getvalue())
    assert written[0] == written[1]


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    judge = Deduplicator()
    judge.judge(make_articles([LONG, "short"]))
    whole = save(judge, tmp_path / "index").read_bytes()
    content_bytes = len(whole.rstrip(b"\0"))
    rng = random.Random(1)
    for case in range(200):
        damaged = bytearray(whole)
        damaged[rng.randrange(content_bytes)] ^= 1 << rng.randrange(8)
        (tmp_path / "index").write_bytes(damaged if case % 2 else whole[: rng.randrange(len(whole))])
        with contextlib.suppress(UnreadableIndex):  # a bit between two arrays means nothing
            Deduplicator.from_index(tmp_path / "index").judge([make_article("x", HALF)])
            padding = [i for i, (a, b) in enumerate(zip(damaged, whole, strict=True)) if a != b]
            assert case % 2 and whole[padding[0]] == 0


def make_slots(rows: int, entry: int = 0) -> NDArray[np.uint32]:
    slots = np.zeros((rows, WIDTH), np.uint32)
    slots.reshape(-1)[:1] = entry
    return slots


@pytest.mark.parametrize(
    ("label", "homes", "slots", "ends"),
    [
        ("fewer homes than none", -7, make_slots(0), []),
        ("no homes, so that it never grows", 0, make_slots(8), []),
        ("a last row that is full", 1, make_slots(9, 1 << 24)[::-1], [9]),
        ("a record that there is not", 1, make_slots(9, 1 << 24 | 1), [9]),
        ("a tag of no column", 1, make_slots(9, 255 << 24), [9]),
        ("records that end before they begin", 1, make_slots(9), [2**63 - 1, -(2**63), -1, 9]),
    ],
)
def test_an_index_made_to_lead_astray_is_refused(
    tmp_path: Path, label: str, homes: int, slots: NDArray[np.uint32], ends: list[int]
) -> None:
    """Its checksums are right."""
    kept = Kept(
        keys=columns.Column(np.uint64, base=np.zeros(len(ends), np.uint64)),
        bands=columns.Column(np.uint32, base=np.zeros((len(ends), 32), np.uint32), width=32),
        ends=columns.Column(np.int64, base=np.array(ends, np.int64)),
        counts=columns.Column(np.uint32, base=np.zeros((len(ends), 2), np.uint32), width=2),
        spill=columns.Spill(np.zeros(9 if ends else 0, np.uint32)),
    )
    with (tmp_path / "index").open("wb") as file:
        store.write_index(file, kept, BandTable(kept.hashes_of, slots=slots, homes=homes))
    with pytest.raises(UnreadableIndex, match=r"lead astray|do not fit"):
        Deduplicator.from_index(tmp_path / "index")


@pytest.mark.parametrize("identifier", [b"\x80ab\xff", b"\xc3\x28\xff\0", b"abcd"])
def test_an_id_that_is_none_is_refused_when_its_record_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, identifier: bytes
) -> None:
    """Not before: to read all ids of a large index takes long."""
    monkeypatch.setattr("dehusk.dedupe.kept._pack", lambda _: np.frombuffer(identifier, np.uint32))
    before = Deduplicator()
    before.judge([make_article("a", LONG)])
    judge = Deduplicator.from_index(save(before, tmp_path / "index"))
    assert judge.judge([make_article("b", make_text(99))]) == [None]
    with pytest.raises(UnreadableIndex, match=r"index: it is damaged: the id of record 0: .*delete it"):
        judge.judge([make_article("c", LONG)])


def test_an_index_whose_records_have_no_words_is_read(tmp_path: Path) -> None:
    before = Deduplicator()
    signed = sign_texts([LONG])
    before.judge([make_article("a", LONG)], signed._replace(words=sign_texts([""]).words))
    judge = Deduplicator.from_index(save(before, tmp_path / "index"))
    [dropped] = judge.judge([make_article("b", LONG.rpartition(" ")[0])])
    assert dropped
    assert dropped.duplicate_of == "a"


@pytest.mark.parametrize(
    "content", [b"", b"dehusk", b"dehusk index\n", b"{}" * 500, store.MAGIC + b"\xff" * 99]
)
def test_what_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "index").write_bytes(content)
    with pytest.raises(UnreadableIndex, match="delete it to make a new index"):
        Deduplicator.from_index(tmp_path / "index")


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"shingle_words": 4}, {"tokeniser": 0}, {"scheme": "affine64"}]
)
def test_an_index_of_other_signatures_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store, "MADE_WITH", store.MADE_WITH | change)
        path = save(Deduplicator(), tmp_path / "index")
    with pytest.raises(UnreadableIndex, match="this version uses"):
        Deduplicator.from_index(path)


@pytest.mark.parametrize("threshold", [math.nan, 80, -1, 0, 1.01])
def test_a_threshold_that_is_no_similarity_is_refused(threshold: float) -> None:
    with pytest.raises(BadOptions, match=r"threshold must lie in \(0, 1\]"):
        drop_near_duplicates([], threshold=threshold)
