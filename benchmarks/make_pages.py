"""Small synthetic pages as JSON lines: as many as wanted, the same for the same seed.

usage: make_pages.py COUNT OUT.jsonl [--seed N] [--copies SHARE] [--paragraphs LEAST MOST]

A page has a title, a menu, three to six paragraphs of made-up words (80 to 250 of them) and a footer; a share of
them repeat an earlier page with another menu.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

ONSETS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s sh st t th tr v w z".split()
VOWELS = "a e i o u ai ea oo".split()
CODAS = "b ck d ft g l ll m n nd ng p r rd s ss st t th x".split()
MENU = "Home News Sport Travel Weather Shop Contact About Privacy Jobs".split()


def make_words(random: Random, count: int) -> list[str]:
    """A vocabulary of made-up words of one to three syllables."""
    found = set("the of and to in a is that for it was on with as by at from".split())
    while len(found) < count:
        syllables = random.choice((1, 2, 2, 3))
        word = "".join(random.choice(ONSETS) + random.choice(VOWELS) for _ in range(syllables))
        found.add(word + random.choice(CODAS))
    return sorted(found)


def make_page(
    number: int, seed: int, words: list[str], *, copies: float, paragraphs: tuple[int, int]
) -> dict[str, str]:
    random = Random(f"{seed} {number}")
    is_copy = number > 0 and random.random() < copies
    text = Random(f"{seed} {random.randrange(number)} text" if is_copy else f"{seed} {number} text")
    menu = "".join(f"<li><a href=/{name}>{name}</a></li>" for name in random.sample(MENU, 6))
    title = " ".join(text.choices(words, k=5)).capitalize()
    body = "".join(f"<p>{make_paragraph(text, words)}</p>" for _ in range(text.randint(*paragraphs)))
    html = (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>{title}</h1>{body}</article><footer>Copyright {2000 + number % 25}</footer></body></html>"
    )
    return {"html": html, "url": f"https://example.org/{number}"}


def make_paragraph(random: Random, words: list[str]) -> str:
    sentences = []
    for _ in range(random.randint(2, 4)):
        chosen = random.choices(words, k=random.randint(8, 16))
        sentences.append(
            " ".join(chosen).capitalize() + random.choice((".", ".", f" in {random.randint(1500, 2024)}."))
        )
    return " ".join(sentences)


def make_pages(
    count: int, *, seed: int = 1, copies: float = 0.05, paragraphs: tuple[int, int] = (3, 6)
) -> Iterator[dict[str, str]]:
    words = make_words(Random(seed), 20_000)
    for number in range(count):
        yield make_page(number, seed, words, copies=copies, paragraphs=paragraphs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=float, default=0.05)
    parser.add_argument("--paragraphs", type=int, nargs=2, default=(3, 6), metavar=("LEAST", "MOST"))
    wanted = parser.parse_args()
    least, most = wanted.paragraphs
    with wanted.out.open("w", encoding="utf-8") as file:
        for page in make_pages(
            wanted.count, seed=wanted.seed, copies=wanted.copies, paragraphs=(least, most)
        ):
            file.write(json.dumps(page) + "\n")


if __name__ == "__main__":
    main()
