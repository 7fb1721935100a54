"""Do short stories that follow each other with nothing between them come out one by one?

    python benchmarks/bench_short_stories.py GOLD [--json OUT]

GOLD is a folder laid out as WCXB is (train/README.md says how). The first paragraphs of its articles, 300 to 900 or 900
to 2,500 characters of each, are put below their titles with made-up bylines, days or datelines, one kind of head for a
dump of 2 to 10 stories, with blank lines everywhere, between stories, below heads, or nowhere. *as made* are dumps of
these alone; *worn* ones begin with lines of the site, have a line such as "Read more" behind stories, or standfirsts,
or lack a line of the head here and there. By kind of head: stories, records, stories that one record holds with word
F1 .8, that share their record with the one before, and of which the record has the title. No published tool cuts a
text, so that there is none beside it.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench_foreign_pages import put_out, read_folders

import dehusk

DUMPS, SIZES = 300, (2, 10)
LENGTHS = {"300 to 900": (300, 900), "900 to 2,500": (900, 2_500)}
HEADS = (
    "title", "title byline", "title day", "title byline day", "title name day", "title byline+day", "title name+day",
    "byline title", "day title", "title dateline", "title day dateline",
)  # fmt: skip
DAYS = (
    "%B %d, %Y",
    "%d %B %Y",
    "%Y-%m-%d",
    "%b %d, %Y",
    "%d/%m/%Y",
    "%B %d, %Y %H:%M",
    "Published: %d %B %Y",
)
BYLINES = ("By {}", "by {}", "Written by {}")
NAMES = "Ada Ben Carla Dmitri Elena Farid Grace Hassan Ines Jonas Kate Liam Maria Nadia Omar Petra Rosa Tara".split()
SURNAMES = "Brown Costa Dubois Garcia Hansen Ivanov Keller Lee Meyer Novak Okafor Ortiz Patel Rossi Singh Walsh".split()
CITIES = "BERLIN BOSTON CAIRO LIMA LONDON MADRID NAIROBI OSLO PARIS SYDNEY TOKYO TORONTO".split()
AGENCIES = ("", " (AP)", " (AFP)", " (Reuters)")
TOPS = (["The Daily Courier"], ["The Daily Courier", "Home", "News", "Sport", "Weather"], ["Latest news"])
TAILS = ("Read more", "Advertisement", "Share this story", "Continue reading", "Tags: news, world")
STANDFIRSTS = (
    "A closer look at what is planned",
    "Officials say more is to come",
    "What residents need to know",
)


class Story(NamedTuple):
    title: str
    head: list[str]
    body: list[str]


def read_articles(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The title of each article, and its paragraphs of some length that end with a sentence."""
    files = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    for path in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))["ground_truth"]
        title = truth["title"] or ""
        lines = [line.strip() for line in (truth["main_content"] or "").split("\n")]
        paragraphs = [line for line in lines if len(line) >= 80 and line[-1] in '.!?”"' and line != title]
        is_long = sum(map(len, paragraphs[:6])) >= 400
        if files[path.stem]["page_type"] == "article" and 15 <= len(title) <= 110 and is_long:
            yield title, paragraphs


def cut_body(paragraphs: Sequence[str], chars: int, most: int) -> list[str]:
    """So many characters of an article, about: its first paragraphs."""
    body = [paragraphs[0] if len(paragraphs[0]) <= most else paragraphs[0][:most].rsplit(". ", 1)[0] + "."]
    for paragraph in paragraphs[1:]:
        if sum(map(len, body)) >= chars or sum(map(len, body)) + len(paragraph) > 1.3 * chars:
            break
        body.append(paragraph)
    return body


def draw_stories(
    articles: Sequence[tuple[str, list[str]]], kind: str, lengths: tuple[int, int], draw: random.Random
) -> list[Story]:
    """The stories of one dump, with heads of one kind."""
    day_format, byline, agency = draw.choice(DAYS), draw.choice(BYLINES), draw.choice(AGENCIES)
    dash, stories = draw.choice((" - ", " — ")), []
    for title, paragraphs in draw.sample(articles, draw.randint(*SIZES)):
        name = f"{draw.choice(NAMES)} {draw.choice(SURNAMES)}"
        day = (date(2020, 1, 1) + timedelta(draw.randrange(2_000))).strftime(day_format)
        body = cut_body(paragraphs, draw.randint(*lengths), 2 * lengths[1])
        lines = {
            "title": title, "byline": byline.format(name), "day": day, "name": name,
            "byline+day": f"{byline.format(name)}, {day}", "name+day": f"{name} | {day}",
        }  # fmt: skip
        if kind.endswith("dateline"):
            body[0] = draw.choice(CITIES) + agency + dash + body[0]
        stories.append(Story(title, [lines[part] for part in kind.split() if part in lines], body))
    return stories


def wear(stories: Sequence[Story], draw: random.Random) -> list[Story]:
    """The same with what a real dump has here and there."""
    way, tail = draw.choice(("top", "tail", "standfirst", "missing")), draw.choice(TAILS)
    worn = []
    for number, (title, head, body) in enumerate(stories):
        head, body = list(head), list(body)
        if way == "top" and number == 0:
            head = [*draw.choice(TOPS), *head]
        elif way == "tail":
            body.append(tail)
        elif way == "standfirst" and draw.random() < 0.25:
            head.append(draw.choice(STANDFIRSTS))
        elif way == "missing" and number and draw.random() < 0.2:
            head = head[:-1] if head[-1] != title else head[1:] or head
        worn.append(Story(title, head, body))
    return worn


def write(stories: Sequence[Story], draw: random.Random) -> str:
    blanks = draw.choice(("none", "all", "between", "below heads"))
    line_end = "\n\n" if blanks == "all" else "\n"
    parts = [
        line_end.join(head) + line_end + ("\n" if blanks == "below heads" else "") + line_end.join(body)
        for _, head, body in stories
    ]
    return (line_end if blanks in ("none", "all") else "\n\n").join(parts) + "\n"


def count_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def measure(text: str, stories: Sequence[Story]) -> Counter[str]:
    records = list(dehusk.clean_page(dehusk.Page(text, kind="text"), dehusk.Options(dedup=False)))
    found = [count_words(record.text) for record in records]
    counts = Counter(stories=len(stories), records=len(records), borders=len(stories) - 1)
    last = None
    for story in stories:
        words = count_words("\n".join(story.body))
        shared = [(words & own).total() for own in found]
        scores = [2 * both / (words.total() + own.total()) for both, own in zip(shared, found, strict=True)]
        counts["found"] += max(scores, default=0) >= 0.8
        best = max(range(len(found)), key=shared.__getitem__, default=None)
        here = best if best is not None and 2 * shared[best] >= words.total() else None
        counts["merged"] += here is not None and here == last
        counts["titled"] += any(record.title == story.title for record in records)
        last = here
    return counts


def summarise(counts: Counter[str]) -> dict[str, float]:
    stories = counts["stories"]
    return {
        "stories": stories,
        "records": counts["records"],
        "found": round(counts["found"] / stories, 3),
        "merged": round(counts["merged"] / counts["borders"], 3),
        "titled": round(counts["titled"] / stories, 3),
    }


def main() -> None:
    args = read_folders(__doc__, "gold")
    articles = list(read_articles(args.gold))
    found = {}
    for length, lengths in LENGTHS.items():
        for state in ("as made", "worn"):
            by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in HEADS}
            for seed in range(DUMPS):
                draw = random.Random(seed)
                kind = HEADS[seed % len(HEADS)]
                stories = draw_stories(articles, kind, lengths, draw)
                text = write(wear(stories, draw) if state == "worn" else stories, draw)
                by_kind[kind] += measure(text, stories)
            kinds = {kind: summarise(counts) for kind, counts in by_kind.items()}
            with_press = sum((counts for kind, counts in by_kind.items() if kind != "title"), Counter())
            found[f"{length}, {state}"] = {**kinds, "all but titles alone": summarise(with_press)}
    put_out((), {"articles": len(articles), "dumps": DUMPS, "sets": found}, args.json)


if __name__ == "__main__":
    main()
