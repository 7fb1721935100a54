"""Pages of several whole articles are cut, others are not."""

from __future__ import annotations

import pytest

from dehusk.blocks import read_blocks
from dehusk.model import Labelled, Options, Page
from dehusk.segment import split_articles

LONG = "<p>" + "A sentence of running text that says something. " * 22 + "</p>"
POST = f"<article><h2>A title</h2>{LONG}</article>"
OTHER, THIRD = POST.replace("A title", "Another"), POST.replace("A title", "A third")
MARKED = [
    post.replace("article>", "div>").replace("<div>", '<div class="post hentry">', 1)
    for post in (POST, OTHER)
]
CASES = {
    "two whole posts": (POST + OTHER, 2),
    "three, with husk between": (f"<main>{POST}<p>ad</p>{OTHER}{THIRD}</main>", 3),
    "two elements marked as posts": ("".join(MARKED), 2),
    "posts of one title, a thread": (POST + POST.replace("A title", "Re: A title"), 1),
    "sections of one article": (f"<h1>Title</h1>{POST}{OTHER}", 1),
    "not side by side": (f"<div>{POST}</div><div>{OTHER}</div>", 1),
    "one article": (POST, 1),
    "teasers": ("<article><h2>A title</h2><p>Short.</p></article>" * 9, 1),
    "posts without headings": (f"<article>{LONG}</article>" * 3, 1),
    "forum posts": ((POST + OTHER + THIRD).replace("<article>", '<article class="forum-post">'), 1),
    "comments inside the article": (f"<article><h1>T</h1>{LONG}{POST}{OTHER}</article>", 1),
    "one main article and a teaser": (POST + "<article><h2>More</h2><p>Short.</p></article>", 1),
}


@pytest.mark.parametrize("name", CASES)
def test_split(name: str) -> None:
    html, expected = CASES[name]
    document = read_blocks(Page(html, kind="html"))
    kept = [Labelled(block, "content", "test", 1.0) for block in document.blocks]
    groups = split_articles(kept, document, Options())
    assert len(groups) == expected
    assert [item for group in groups for item in group] == kept
    assert len(split_articles(kept, document, Options(split=False))) == 1


def test_nothing_kept_is_no_article() -> None:
    document = read_blocks(Page("<p>Menu", kind="html"))
    assert split_articles([Labelled(document.blocks[0], "menu", "test", 0.0)], document, Options()) == []


def test_headings_that_link_to_their_posts_come_back() -> None:
    first, second = POST.replace("A title", '<a href="/1">A title</a>'), OTHER
    document = read_blocks(Page(f"<h2>Menu</h2>{first}{second}", kind="html"))
    labelled = [
        Labelled(block, "menu" if block.kind == "heading" else "content", "test", 0.5)
        for block in document.blocks
    ]
    groups = split_articles(labelled, document, Options())
    assert [group[0].block.text for group in groups] == ["A title", "Another"]
    assert all(item.is_kept and item.reason for group in groups for item in group)
    whole = split_articles(labelled, document, Options(split=False))
    assert [item.block.kind for item in whole[0]] == ["paragraph", "paragraph"]


def test_a_rule_of_dashes_is_no_heading() -> None:
    posts = POST.replace("A title", "***") + OTHER.replace("Another", "(")
    document = read_blocks(Page(posts, kind="html"))
    kept = [Labelled(block, "content", "test", 1.0) for block in document.blocks]
    assert len(split_articles(kept, document, Options())) == 1
