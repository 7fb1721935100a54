"""Pages written up as newspapers write theirs: bylines, datelines, captions, lists of other stories, notes on authors.

WCXB has hardly any news, while the dumps that people have are full of it. What an article is stays as it was; around
and in it goes, at random, what stands on pages of news. Names, places, papers and phrases are drawn from lists, so that
no page is made like any real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from make_text_dumps import Chunk

PHRASES: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("news_phrases.json").read_text(encoding="utf-8")
)
_PROSE_CHARS = 50
_PLACE_RE = re.compile(r"\{(\w+)\}")
_END_RE = re.compile(r"[.!?…][\"”’')]*$")


class Desk:
    """Who writes one page, where and for whom; all that it says is drawn from `rng`."""

    def __init__(self, rng: np.random.Generator, titles: list[str], topic: str):
        self.rng, self.titles = rng, titles
        self.topic, self.city, self.agency = topic, self.draw("cities"), self.draw("agencies")
        self.paper = self.name_paper()
        self.year, self.month = 2000 + int(rng.integers(26)), self.draw("months")
        self.day = 1 + int(rng.integers(28))
        self.authors = [self.name() for _ in range(1 + int(rng.random() < 0.3))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, choices: list[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def draw(self, kind: str) -> str:
        return self.pick(PHRASES[kind])

    def name(self) -> str:
        middle = f" {chr(65 + int(self.rng.integers(26)))}." if self.chance(0.15) else ""
        return f"{self.draw('given')}{middle} {self.draw('family')}"

    def name_paper(self) -> str:
        return f"{'The ' if self.chance(0.5) else ''}{self.draw('cities')} {self.draw('papers')}"

    def fill(self, phrase: str) -> str:
        return _PLACE_RE.sub(lambda match: self._find(match[1]), phrase)

    def _find(self, key: str) -> str:
        ways: dict[str, Callable[[], str]] = {
            "paper": lambda: self.paper, "agency": lambda: self.agency, "year": lambda: str(self.year),
            "beat": lambda: self.draw("beats"), "city": lambda: self.draw("cities"), "topic": lambda: self.topic,
            "other": lambda: self.pick(self.titles),
        }  # fmt: skip
        return ways[key]()

    def date(self) -> str:
        m, d, y = self.month, self.day, self.year
        number = PHRASES["months"].index(m) + 1
        hour, minute = 1 + int(self.rng.integers(12)), int(self.rng.integers(60))
        zone = self.pick(["ET", "EDT", "GMT", "CET", "PST", "IST"])
        clock = f"{hour}:{minute:02} {self.pick(['AM', 'PM', 'a.m.', 'p.m.'])}"
        return self.pick([
            f"{m} {d}, {y}", f"{m[:3]}. {d}, {y}", f"{d} {m} {y}", f"{d} {m[:3]} {y}", f"{y}-{number:02}-{d:02}",
            f"{y}-{number:02}-{d:02} {hour + 9}:{minute:02}:{int(self.rng.integers(60)):02}", f"Published {m} {d}, {y}",
            f"Updated {m} {d}, {y} {clock} {zone}", f"Updated on: {m} {d}, {y} / {clock} {zone} / {self.agency}",
            f"{m} {d}, {y} at {clock} {zone}", f"First published on {d} {m} {y}", f"{number}/{d}/{y}",
            f"Last modified on {m[:3]} {d}, {y} {hour + 9}:{minute:02} {zone}",
        ])  # fmt: skip

    def byline(self) -> list[str]:
        names = " and ".join(self.authors)
        first = self.pick([
            f"By {names}", f"By {names}", f"By {names}, {self.agency}", f"by {names}", names, names.upper(),
            f"Written by {names}", f"{names}, {self.draw('roles')}", f"{names} | {self.paper}",
            f"By {names} {self.draw('roles')}",
            f"Author: {names}", f"Analysis by {names}", f"Source: {self.agency}", self.agency,
        ])  # fmt: skip
        lines = [first] if self.chance(0.75) else []
        if self.chance(0.15):
            place = self.pick([
                f"Reporting from {self.city}", f"in {self.city}", f"Editor: {self.draw('given').lower()}",
                f"{self.draw('roles').capitalize()}", f"{self.draw('beats').capitalize()} | {self.city}",
            ])  # fmt: skip
            lines.append(place)
        if self.chance(0.6):
            lines.append(self.date())
        if self.chance(0.1):
            lines.append(f"{1 + int(self.rng.integers(12))} min read")
        if self.chance(0.15):
            self.rng.shuffle(lines)
        return lines

    def dateline(self) -> str:
        city, month = self.city, self.month
        up, day = city.upper(), self.day
        return self.pick([
            f"{up} — ", f"{up} -- ", f"{up} ({self.agency}) — ", f"{up} ({self.agency}) - ", f"{up}: ", f"{city} — ",
            f"{up}, {month} {day} ({self.agency}) -- ", f"{up}, {month[:3]} {day} ({self.agency}) - ",
            f"({self.agency}) - ",
            f"({self.agency}) ", f"{up}, {month[:3]}. {day} -- ", f"{city}, {month} {day} — ", f"{up} | ",
        ])  # fmt: skip

    def caption(self, sentences: list[str]) -> list[str]:
        if self.chance(0.3):
            word = self.topic.title().replace(" ", "")
            bare = self.pick([
                f"{word} {int(self.rng.integers(1e6, 2e9))}", f"IMG_{int(self.rng.integers(1e4))}", "photo",
                f"{self.topic} photo", self.pick(self.titles), "magazine cover image", "image", self.topic,
            ])  # fmt: skip
            return [bare]
        text = self.pick(sentences)[:160] if sentences and self.chance(0.7) else self.pick(self.titles)
        credit = self.pick([
            f" ({self.agency}/{self.name()})", f" [Photo/{self.agency}]", f" (Photo by {self.name()}/{self.agency})",
            f" {self.name()}/{self.agency}", f" Photo: {self.name()}", f" ({self.agency} Photo/{self.name()})",
            f" {self.agency} via Getty Images", " File photo", f" (Credit: {self.agency})", "", "",
            f" REUTERS/{self.name()}",
        ])  # fmt: skip
        return [text + credit]

    def ending(self) -> list[str]:
        first, lines = self.authors[0], []
        last, she = first.split()[-1], self.pick(["She", "He"])
        paper, role, beat = self.paper, self.draw("roles"), self.draw("beats")
        bios = [
            f"{first} is a {role} covering {beat} for {paper}.",
            f"{first} is a {role} at {paper}. {she} is based in {self.city}.",
            f"{first} covers {beat} and {self.draw('beats')} for {paper}. {she} has been a journalist for more than "
            f"{5 + int(self.rng.integers(20))} years. More about {first}",
            f"{first} is {paper}'s {role} in {self.city}, writing about {beat}. {she} previously worked at "
            f"{self.name_paper()}.",
            f"{first} leads a team of reporters covering {beat} in {self.city}. "
            f"{she} joined {paper} in {self.year - 7}.",
            f"Follow {first} on Twitter @{last.lower()}{int(self.rng.integers(99))}.",
            f"{first} is a {role} who writes about {beat}. Twitter: @{first.split()[0]}{last}",
            f"Contact {first} at {last.lower()}@{self.city.lower().replace(' ', '')}{paper.split()[-1].lower()}.com.",
        ]  # fmt: skip
        credits = [
            f"{self.name()} contributed reporting.", f"{self.name()} contributed to this report.",
            f"{self.name()} contributed research.", f"{self.name()} in {self.city} contributed to this story.",
            f"Reporting by {self.name()} and {self.name()} in {self.city}; Editing by {self.name()}",
            f"Reporting by {self.name()}; Writing by {self.name()}; Editing by {self.name()} and {self.name()}",
            f"({self.agency})", f"— {self.agency}", f"Additional reporting by {self.name()}.",
            f"With files from {self.agency}",
            f"This story was first published on {self.month} {self.day}, {self.year}.", f"Source: {self.agency}",
            "- 30 -",
        ]  # fmt: skip
        if self.chance(0.4):
            lines.append(self.pick(credits))
        if self.chance(0.45):
            lines += [self.pick(bios) for _ in range(1 + int(self.chance(0.3)))]
        if self.chance(0.1):
            lines.append(self.name())
        return lines

    def stories(self) -> list[str]:
        """A list of other stories under its heading."""
        mark = self.pick(["", "", "- ", "* ", "• ", "# "])
        lines = [self.fill(self.draw("lists"))] if self.chance(0.85) else []
        for number in range(2 + int(self.rng.integers(6))):
            lead = f"{number + 1} " if mark == "# " else mark
            lines.append(lead + self.pick(self.titles) + (f" by {self.name()}" if self.chance(0.1) else ""))
        return [line.upper() if self.chance(0.3) else line for line in lines[:1]] + lines[1:]

    def some(self, phrases: list[str], most: int) -> list[str]:
        return [self.fill(self.pick(phrases)) for _ in range(int(self.rng.integers(most + 1)))]


def is_story(chunk: Chunk) -> bool:
    """Whether the page is an article with a title, in some paragraphs."""
    kept = [line for line, label in zip(chunk.lines, chunk.labels) if label == "k"]
    return (
        len(kept) >= 5 and 12 <= len(kept[0].strip()) <= 150 and sum(len(line) >= 120 for line in kept) >= 4
    )


def find_title(chunk: Chunk) -> str:
    return next((line.strip() for line, label in zip(chunk.lines, chunk.labels) if label == "k"), "")


def write_up(chunk: Chunk, titles: list[str], rng: np.random.Generator) -> Chunk:
    """The page as news; `titles` are those of other stories.

    What is added is no part of the article: its label is d, or n where only its words tell, since it is written as
    prose is.
    """
    kept = [i for i, label in enumerate(chunk.labels) if label == "k"]
    title = chunk.lines[kept[0]].strip()
    words = re.findall(r"[^\W\d_]{3,}", title) or ["news"]
    at = int(rng.integers(max(1, len(words) - 2)))
    desk = Desk(rng, titles, " ".join(words[at : at + 3]).lower())
    is_spaced = sum(not label for label in chunk.labels) > 0.3 * len(chunk.labels)
    lines: list[str] = []
    labels: list[str] = []

    def put(line: str, label: str) -> None:
        if is_spaced and label and lines and lines[-1]:
            lines.append("")
            labels.append("")
        lines.append(line)
        labels.append(label)

    def add(some: list[str]) -> None:
        for line in some:
            put(line, "n" if len(line) >= _PROSE_CHARS and _END_RE.search(line) else "d")

    paragraphs = [i for i in kept[1:] if len(chunk.lines[i]) >= 120]
    sentences = [chunk.lines[i].strip().split(". ")[0] for i in paragraphs]
    is_marked = desk.chance(0.12)  # at every picture the same words stand
    has_lists, has_captions = desk.chance(0.35), desk.chance(0.5)
    for i, (line, label) in enumerate(zip(chunk.lines, chunk.labels)):
        if i == kept[0]:
            if desk.chance(0.2):
                add(desk.some(PHRASES["asides"], 3) + desk.some(PHRASES["pitches"], 2))
            if desk.chance(0.15):
                add(desk.caption(sentences))
        if i in paragraphs and label == "k":
            if i == paragraphs[0] and desk.chance(0.55):
                line = desk.dateline() + line.lstrip()
            if i == paragraphs[0] and desk.chance(0.06):
                line = re.sub(r"^(\w)(\w)", r"\1 \2", line)
            if i != paragraphs[0]:
                if has_captions and desk.chance(0.12):
                    add([desk.topic] if is_marked else desk.caption(sentences))
                if has_lists and desk.chance(0.08):
                    add(desk.stories())
                if desk.chance(0.05):
                    add(desk.some(PHRASES["asides"] if desk.chance(0.6) else PHRASES["pitches"], 2))
        if label or (lines and lines[-1]):
            put(line, label)
        if i == kept[0]:
            add(desk.byline())
            if desk.chance(0.3):
                add(desk.caption(sentences))
            if desk.chance(0.15):
                add(desk.some(PHRASES["asides"], 2))
        if i == kept[-1]:
            add(desk.ending())
            if desk.chance(0.35):
                add(desk.some(PHRASES["pitches"], 3))
            if desk.chance(0.4):
                add(desk.stories())
            if desk.chance(0.4):
                add(desk.some(PHRASES["footers"], 3))
    made = chunk._replace(lines=lines, labels=labels)
    return merge_links(made) if desk.chance(0.2) else made


def merge_links(chunk: Chunk) -> Chunk:
    """Short lines in a row that are no content run together to one, as some scrapers write lists of links."""
    lines: list[str] = []
    labels: list[str] = []
    run: list[str] = []

    def flush() -> None:
        if len(run) > 1:
            joined = ", ".join(part.strip().rstrip(".").lower() for part in run)
            lines.append(joined[:1].upper() + joined[1:] + ".")
            labels.append("d")
        elif run:
            lines.append(run[0])
            labels.append("d")
        run.clear()

    for line, label in zip(chunk.lines, chunk.labels):
        is_link = label == "d" and 3 < len(line.strip()) < 90 and not _END_RE.search(line.strip())
        if is_link and line.strip()[:1].isalnum() and len(run) < 12:
            run.append(line)
        elif label or not run:
            flush()
            lines.append(line)
            labels.append(label)
    flush()
    return chunk._replace(lines=lines, labels=labels)
