"""The test set of bench_dedupe.py: copies of many kinds, and pages of one template with other facts.

Made anew from a folder of gold texts at every run, with a fixed seed; nothing of it is stored.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FEWEST_WORDS = 150
FILLINGS = 84
TEMPLATES = Path(__file__).parent / "dedupe_templates.txt"
HELD_OUT = Path(__file__).parent / "dedupe_templates_held_out.txt"


class Text(NamedTuple):
    name: str
    text: str


class Pair(NamedTuple):
    kind: str
    original: Text
    copy: Text


def read_texts(gold: Path) -> list[str]:
    """The gold main texts of a folder of wcxb records that have 150 words or more, in order."""
    found = []
    for file in sorted(gold.glob("*.json")):
        text = json.loads(file.read_text(encoding="utf-8"))["ground_truth"]["main_content"]
        if len(text.split()) >= FEWEST_WORDS:
            found.append(text)
    return found


def make_pairs(texts: list[str], *, seed: int) -> list[Pair]:
    """An original and its copy from every text, the kinds in turn; a sixth of the texts are filling."""
    rng = random.Random(seed)
    texts = list(texts)
    rng.shuffle(texts)
    filling, texts = texts[: len(texts) // 6], texts[len(texts) // 6 :]
    husk = [line for text in filling[:40] for line in text.splitlines() if 5 <= len(line.split()) <= 40]
    pairs = []
    for i, text in enumerate(texts):
        kind = list(KINDS)[i % len(KINDS)]
        copy = KINDS[kind](text, Sources(rng, husk, filling[40 + i % (len(filling) - 40)]))
        pairs.append(Pair(kind, Text(f"{i:05}a", text), Text(f"{i:05}b", copy)))
    return pairs


class Sources(NamedTuple):
    """What a copy is made with."""

    rng: random.Random
    husk: list[str]
    other: str


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def respace(text: str, _: Sources) -> str:
    return "\r\n\r\n".join(line.replace(" ", "\u00a0 ") for line in lines_of(text))


def requote(text: str, _: Sources) -> str:
    text = re.sub(r'"([^"\n]*)"', r"“\1”", text).replace("'", "’").replace(" - ", " – ")
    return text.replace("...", "…")


def flatten(text: str, _: Sources) -> str:
    return " ".join(re.sub(r"^\s*[-*•]\s*", "", line) for line in lines_of(text))


def itemise(text: str, _: Sources) -> str:
    return "\n".join("• " + sentence for sentence in re.split(r"(?<=[.!?])\s+", flatten(text, _)))


def add_paragraph(text: str, sources: Sources) -> str:
    lines = lines_of(text)
    lines.insert(sources.rng.randrange(len(lines) + 1), take_words(sources.other, len(text.split()) // 12))
    return "\n".join(lines)


def leave_paragraph(text: str, sources: Sources) -> str:
    lines = lines_of(text)
    fitting = [i for i, line in enumerate(lines) if len(line) < len(text) / 8]
    if fitting:
        del lines[max(sources.rng.sample(fitting, min(3, len(fitting))), key=lambda i: len(lines[i]))]
    return "\n".join(lines)


def glue(share: float) -> Callable[[str, Sources], str]:
    def glue_husk(text: str, sources: Sources) -> str:
        wanted = int(len(text.split()) * share)
        husk: list[str] = []
        while sum(len(line.split()) for line in husk) < wanted:
            husk.append(sources.rng.choice(sources.husk))
        return "\n".join([*husk[: len(husk) // 2], text, *husk[len(husk) // 2 :]])

    return glue_husk


def cut(share: float) -> Callable[[str, Sources], str]:
    def cut_end(text: str, _: Sources) -> str:
        return text[: int(len(text) * share)]

    return cut_end


def embed(text: str, sources: Sources) -> str:
    """Inside a page twice as long."""
    words = text.split()
    other = take_words(sources.other, len(words)).split()
    half = len(other) // 2
    return " ".join(other[:half]) + "\n" + text + "\n" + " ".join(other[half:])


def edit(share: float) -> Callable[[str, Sources], str]:
    def edit_words(text: str, sources: Sources) -> str:
        others = sources.other.split()
        parts = re.split(r"(\s+)", text)
        for i in range(0, len(parts), 2):
            if parts[i] and sources.rng.random() < share:
                parts[i] = sources.rng.choice(others)
        return "".join(parts)

    return edit_words


def take_words(text: str, count: int) -> str:
    words = text.split()
    return " ".join((words * (count // len(words) + 1))[:count])


KINDS: dict[str, Callable[[str, Sources], str]] = {
    "identical": lambda text, _: text,
    "re-spaced": respace,
    "re-quoted": requote,
    "flattened": flatten,
    "bullets": itemise,
    "a paragraph more": add_paragraph,
    "a paragraph less": leave_paragraph,
    "10 % husk": glue(0.1),
    "30 % husk": glue(0.3),
    "3/4 of it": cut(0.75),
    "1/2 of it": cut(0.5),
    "embedded": embed,
    "5 % edited": edit(0.05),
    "10 % edited": edit(0.1),
}

NAMES = "Anna Boris Clara David Edith Farid Grace Hugo Irene Jonas Karim Lena Marco Nadia Oscar Paula Quentin Rosa Stefan Tara".split()  # noqa: E501
SURNAMES = "Abbott Becker Castro Dunn Eriksen Fischer Gallo Hughes Ivanov Jansen Keller Lopez Moreau Novak Olsen Petrov Quinn Rossi Schmidt Tanaka".split()  # noqa: E501
PLACES = "Ashford Bergen Cremona Dover Erfurt Falun Granada Halle Imola Jena Kassel Leeds Modena Namur Oxford Parma Ripon Siena Tours Verona".split()  # noqa: E501
FIRMS = "Altona Brightline Cobalt Dynamo Evergreen Fairway Goldfinch Horizon Ironwood Juniper Kestrel Lumen Meridian Northgate Orchard Pinnacle".split()  # noqa: E501
WORDS = "garden harbour river mountain forest castle bridge market orange chocolate pottery chess railway steam carpet window".split()  # noqa: E501
MONTHS = "January February March April May June July August September October November December".split()


def read_templates(path: Path) -> dict[str, str]:
    parts = re.split(r"^\[(\w+)\]\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def make_negatives(path: Path, texts: list[str], *, seed: int) -> dict[str, list[Text]]:
    """Fillings of every template of a file.

    A third of them stands alone; a third has the same passage of the template's length below it, and a
    third one of twice its length: what a site says on all its pages.
    """
    rng = random.Random(seed)
    makers: dict[str, Callable[[], str]] = {
        "name": lambda: f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}",
        "place": lambda: rng.choice(PLACES),
        "firm": lambda: rng.choice(FIRMS),
        "n": lambda: str(rng.randint(2, 99)),
        "big": lambda: str(rng.randint(100, 9999)),
        "date": lambda: f"{rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(2015, 2026)}",
        "word": lambda: rng.choice(WORDS),
    }
    negatives: dict[str, list[Text]] = {}
    for name, template in read_templates(path).items():
        tail = rng.choice(texts)
        negatives[name] = []
        for i in range(FILLINGS):
            text = re.sub(r"\{(\w+)\}", lambda slot: makers[slot[1]](), template)
            text += take_words(tail, i % 3 * len(text.split()))
            negatives[name].append(Text(f"{name}{i:03}", text))
    return negatives
