"""Synthetic dumps from pages of real ones: ordinary, trimmed, of one topic, blended to one event."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from dehusk.words import hash_words

WORD_RE = re.compile(r"[^\W\d_]{3,}")


class Chunk(NamedTuple):
    """One page as one flattening shows it: its lines that hold something with the blank ones before."""

    page: str
    flat: str
    lines: list[str]
    """Whole physical lines, blank ones too, without their ends."""
    labels: list[str]
    """k, d, n (husk that only its words tell), t or a for each line; "" for a blank one."""


class Dump(NamedTuple):
    text: str
    starts: list[int]
    """Offset of each page."""
    kept: list[tuple[int, int]]
    """[start, end) of each page's kept part, (-1, -1) where it has none."""
    kind: str
    lines: list[int]
    """Offset of each line, blank ones too."""
    marks: list[str]

    def mark_of(self, offset: int) -> str:
        return self.marks[bisect_right(self.lines, offset) - 1]


def cut_chunks(text: str, gold: dict) -> list[Chunk]:
    lines = text.split("\n")
    labels, number, at = [], 0, []
    for i, line in enumerate(lines):
        if line.strip():
            labels.append(gold["labels"][number])
            at.append(i)
            number += 1
        else:
            labels.append("")
    starts = [at[p["start"]] for p in gold["pages"]] + [len(lines)]
    chunks = []
    for page, a, b in zip(gold["pages"], starts[:-1], starts[1:]):
        while b > a and not lines[b - 1].strip():
            b -= 1
        chunks.append(Chunk(page["page"], page["flat"], lines[a:b], labels[a:b]))
    return chunks


def read_news(folder: Path) -> list[Chunk]:
    """The gold texts of the articles in a folder laid out as WCXB is, a paragraph a line, without any junk."""
    files = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    chunks = []
    for path in sorted((folder / "ground-truth").glob("*.json")):
        if files[path.stem]["page_type"] != "article":
            continue
        truth = json.loads(path.read_text(encoding="utf-8"))["ground_truth"]
        lines = [line.strip() for line in (truth["main_content"] or "").split("\n") if line.strip()]
        head = [str(truth[key]) for key in ("title", "author", "publish_date") if truth.get(key)]
        if sum(map(len, lines)) >= 600:
            labels = ["k" if truth.get("title") and i == 0 else "t" for i in range(len(head))]
            chunks.append(Chunk(path.stem, "news", head + lines, labels + ["k"] * len(lines)))
    return chunks


def space_out(chunk: Chunk) -> Chunk:
    """The page with a blank line between any two lines."""
    lines, labels = ([x for part in parts for x in (part, "")][:-1] for parts in (chunk.lines, chunk.labels))
    return chunk._replace(lines=lines, labels=labels)


def trim(chunk: Chunk, before: int, after: int) -> Chunk:
    """The page with at most so many junk lines left around its kept part."""
    kept = [i for i, label in enumerate(chunk.labels) if label == "k"]
    filled = [i for i, label in enumerate(chunk.labels) if label]
    first, last = filled.index(kept[0]), filled.index(kept[-1])
    a, b = filled[max(0, first - before)], filled[min(len(filled) - 1, last + after)] + 1
    return chunk._replace(lines=chunk.lines[a:b], labels=chunk.labels[a:b])


def dress(chunk: Chunk, other: Chunk) -> Chunk:
    """The page's kept part in the other's junk."""
    mine, theirs = ([i for i, label in enumerate(c.labels) if label == "k"] for c in (chunk, other))
    lines, labels = (
        b[: theirs[0]] + a[mine[0] : mine[-1] + 1] + b[theirs[-1] + 1 :]
        for a, b in ((chunk.lines, other.lines), (chunk.labels, other.labels))
    )
    return chunk._replace(lines=lines, labels=labels)


def shorten(chunk: Chunk, most: int) -> Chunk:
    """The page with at most so many of its kept lines."""
    kept = [i for i, label in enumerate(chunk.labels) if label == "k"]
    last, rest = kept[min(len(kept), most) - 1], kept[-1]
    lines, labels = (x[: last + 1] + x[rest + 1 :] for x in (chunk.lines, chunk.labels))
    return chunk._replace(lines=lines, labels=labels)


def join(chunks: list[Chunk], kind: str, rng: np.random.Generator, blanks: tuple[int, ...]) -> Dump:
    parts, starts, kept, at = [], [], [], 0
    offsets, marks = [], []
    for chunk in chunks:
        starts.append(at)
        first, last, here = -1, -1, at
        for line, label in zip(chunk.lines, chunk.labels):
            if label == "k":
                first, last = (here if first < 0 else first), here + len(line)
            offsets.append(here)
            marks.append(label)
            here += len(line) + 1
        kept.append((first, last))
        part = "\n".join(chunk.lines) + "\n" * (1 + int(rng.choice(blanks)))
        parts.append(part)
        at += len(part)
    return Dump("".join(parts), starts, kept, kind, offsets, marks)


SCRIPTS = ("cyrillic", "arabic", "han")
LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абцдефгхийклмнопщрстувшжыз"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنه"
FULL_WIDTH = str.maketrans(".,?!:;()", "。，？！：；（）")
_TABLES = {
    "cyrillic": str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper()),
    "arabic": str.maketrans(LATIN + LATIN.upper() + ",?;", ARABIC + ARABIC + "،؟؛"),
    "han": FULL_WIDTH,
}
_SPACED_RE = re.compile(r"(?<=[\u4e00-\u9fff。，？！：；（）]) (?=[\u4e00-\u9fff（])")


def transliterate(text: str, script: str) -> str:
    """English as its lines would look in another script: what a model needs to learn to do without case and spaces."""
    if script == "han":
        text = re.sub(r"[A-Za-z]+(?:['’][a-z]+)?", lambda m: _to_han(m[0].lower()), text)
        text = re.sub(r"[.,?!:;](?=\s|$)|[()]", lambda m: m[0].translate(_TABLES["han"]), text)
        return _SPACED_RE.sub("", text)
    return text.translate(_TABLES[script])


def _to_han(word: str) -> str:
    value = int(hash_words([word]).values[0]) if len(word) > 40 else crc32(word.encode())
    return "".join(
        chr(0x4E00 + (value >> 5 * i) % 3000)
        for i in range(1 if len(word) < 4 else 2 if len(word) < 9 else 3)
    )


def page_vectors(chunks: list[Chunk], bits: int = 14) -> np.ndarray:
    """Unit tf-idf vectors of the kept text."""
    rows = np.zeros((len(chunks), 1 << bits), np.float32)
    for row, chunk in zip(rows, chunks):
        words = hash_words([line for line, label in zip(chunk.lines, chunk.labels) if label == "k"]).values
        row += np.bincount((words & np.uint64((1 << bits) - 1)).astype(np.int64), minlength=1 << bits)
    idf = np.log(len(chunks) / (1 + (rows > 0).sum(0)))
    rows = np.log1p(rows) * np.maximum(idf, 0)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def count_pages(chunks: list[Chunk]) -> Counter:
    """In how many chunks each word occurs: the frequent ones are function words."""
    found: Counter = Counter()
    for chunk in chunks:
        found.update(
            {
                w.lower()
                for line, label in zip(chunk.lines, chunk.labels)
                if label == "k"
                for w in WORD_RE.findall(line)
            }
        )
    return found


TOPIC, EVENT = (40, 150), (100, 500)
"""How many names and how many content words of one page go into all of a dump."""


def topic_words(chunk: Chunk, common: set[str], most: tuple[int, int] = TOPIC) -> tuple[list[str], list[str]]:
    """Its most frequent names, so many, and its most frequent content words, most frequent first."""
    names, words = Counter(), Counter()
    for line, label in zip(chunk.lines, chunk.labels):
        if label == "k":
            for match in WORD_RE.finditer(line):
                word = match[0]
                if word.lower() in common:
                    continue
                before = line[: match.start()].rstrip()
                if word[0].isupper() and word[1:].islower() and before and before[-1] not in '.!?:"“':
                    names[word] += 1
                elif word.islower():
                    words[word] += 1
    return [w for w, _ in names.most_common(most[0])], [w for w, _ in words.most_common(most[1])]


def blend(
    chunk: Chunk,
    pool: tuple[list[str], list[str]],
    common: set[str],
    rng: np.random.Generator,
    *,
    with_title: bool = False,
    most: tuple[int, int] = TOPIC,
) -> Chunk:
    """The page's own frequent names and words replaced by the pool's, but in its junk and, if so asked, its title."""
    mine = topic_words(chunk, common, most)
    swap: dict[str, str] = {}
    for own, other in zip(mine, pool):
        order = np.argsort(np.arange(len(other)) + rng.normal(0, 3, len(other)))
        for word, i in zip(own, order.tolist()):
            swap[word] = other[i]
            swap[word.lower()] = other[i].lower() if word.islower() else other[i]
            swap[word.capitalize()] = other[i].capitalize()
            swap[word.upper()] = other[i].upper()
    first = chunk.labels.index("k") if "k" in chunk.labels else 0
    lines = [
        WORD_RE.sub(lambda m: swap.get(m[0], m[0]), line)
        if label == "k" and (with_title or i > first or len(line) > 150)
        else line
        for i, (line, label) in enumerate(zip(chunk.lines, chunk.labels))
    ]
    return chunk._replace(lines=lines)


def count_kept(chunk: Chunk) -> int:
    """Characters of its kept lines."""
    return sum(len(line) for line, label in zip(chunk.lines, chunk.labels) if label == "k")


BLANKS = ((0,), (1,), (0, 1, 2), (1, 1, 1, 2))
"""Blank lines between two pages of a dump: one of these, drawn for each dump."""


def make_dumps(
    chunks: list[Chunk],
    seed: int,
    counts: dict[str, int],
    *,
    blanks: tuple[tuple[int, ...], ...] = BLANKS,
    is_plain: bool = False,
    junk: int | None = None,
) -> list[Dump]:
    """Dumps of every kind from pages with kept text; `counts` says how many of each.

    Some have the junk of one site around every page, some shortened pages, but not if `is_plain`. Of what is trimmed
    `junk` lines stay on each side of an article, or all if there are fewer; if None, up to 8, drawn so that mostly
    few do.
    """
    rng = np.random.default_rng(seed)
    good = [chunk for chunk in chunks if count_kept(chunk) >= 150]
    by_page: dict[str, list[Chunk]] = {}
    for chunk in good:
        by_page.setdefault(chunk.page, []).append(chunk)
    pages = sorted(by_page)
    vectors = page_vectors([by_page[p][0] for p in pages])
    frequency = count_pages([by_page[p][0] for p in pages])
    common = {w for w, n in frequency.items() if n > 0.12 * len(pages)}
    dumps = []
    for kind, count in counts.items():
        for _ in range(count):
            size = round(float(np.exp(rng.uniform(np.log(2), np.log(30)))))
            if kind.startswith("single"):
                picks = [int(rng.integers(len(pages)))]
            elif kind in ("topic", "topic_trim", "blend", "event"):
                near = np.argsort(-(vectors @ vectors[rng.integers(len(pages))]))[: 2 * size + 10]
                picks = rng.choice(near, size, replace=False).tolist()
            else:
                picks = rng.choice(len(pages), size, replace=False).tolist()
            flat = str(rng.choice([c.flat for c in by_page[pages[picks[0]]]])) if rng.random() < 0.7 else ""
            chosen = []
            for pick in picks:
                options = by_page[pages[pick]]
                same = [c for c in options if c.flat == flat] or options
                chosen.append(same[int(rng.integers(len(same)))])
            if kind.endswith(("trim", "blend")):
                most = int(rng.choice([0, 2, 5, 8]))
                around = [rng.integers(most + 1, size=2).tolist() for _ in chosen]
                if junk is not None:  # drawn all the same, so that the dumps are of the same pages
                    around = [[junk, junk]] * len(chosen)
                chosen = [trim(c, before, after) for c, (before, after) in zip(chosen, around)]
            if kind in ("blend", "event") or (kind == "single_trim" and rng.random() < 0.4):
                with_title, most = False, TOPIC
                if kind == "event":
                    with_title, most = bool(rng.random() < 0.5), EVENT if rng.random() < 0.7 else TOPIC
                pool = topic_words(max(chosen, key=count_kept) if most == EVENT else chosen[0], common, most)
                chosen = [blend(c, pool, common, rng, with_title=with_title, most=most) for c in chosen]
            if not is_plain and rng.random() < 0.25:  # one site: the same junk around every page
                chosen = [dress(c, chosen[0]) for c in chosen]
            if not is_plain and rng.random() < 0.35:
                chosen = [shorten(c, int(rng.integers(3, 20))) for c in chosen]
            dumps.append(join(chosen, kind, rng, blanks[int(rng.integers(len(blanks)))]))
    return dumps
