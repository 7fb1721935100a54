from __future__ import annotations

import random
import re
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dehusk.dedupe import StrippedCopies, drop_remnants, put_back, strip_copies
from dehusk.dedupe.copies import _sort_places
from dehusk.model import Block, Labelled


def make_lines(seed: int, lines: int = 12) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(f"word{rng.randrange(5000)}" for _ in range(12)) + "." for _ in range(lines)]


def make_group(lines: list[str], start: int = 0) -> list[Labelled]:
    return [
        Labelled(Block(line, "paragraph", 0, start + i, start + i + 1), "content", "", 1.0)
        for i, line in enumerate(lines)
    ]


def strip(*articles: list[str]) -> StrippedCopies:
    return strip_copies([make_group(lines, 1000 * i) for i, lines in enumerate(articles)])


FIRST, SECOND = make_lines(1), make_lines(2)
LONG = " ".join(make_lines(3, 60))


@pytest.mark.parametrize(
    ("label", "copy"),
    [
        ("identical", FIRST),
        ("flattened to one paragraph", [" ".join(FIRST)]),
        ("as bullets", [f"• {line}" for line in FIRST]),
        ("broken into short lines", [part for line in FIRST for part in (line[:40], line[40:])]),
        ("other quotes, capitals and spaces", [f"“{line.upper()}”  " for line in FIRST]),
        ("a reference here and there", [f"{line} [{i}]" for i, line in enumerate(FIRST)]),
        ("a line left out", FIRST[:5] + FIRST[6:]),
        ("a new first line", ["Latest news.", *FIRST]),
    ],
)
def test_a_copied_article_is_dropped(label: str, copy: list[str]) -> None:
    if label == "broken into short lines":
        copy = [" ".join(line.split()[a:b]) for line in FIRST for a, b in ((0, 5), (5, 12))]
    result = strip(FIRST, SECOND, copy)
    assert [(c.group, c.of) for c in result.dropped] == [(2, 0)]
    assert result.dropped[0].containment >= 0.9
    assert result.groups[:2] == [make_group(FIRST), make_group(SECOND, 1000)]
    assert result.groups[2] == []
    assert {block.label for block in result.stripped} == {"copy"}
    assert result.origins == [0] * len(result.stripped)


@pytest.mark.parametrize(
    ("label", "article"),
    [
        ("nothing in common", SECOND),
        ("a refrain of fewer than 300 characters", [FIRST[0], *SECOND, FIRST[1]]),
        ("the same lines in another order", FIRST[::-1] + SECOND[:3]),
        ("rows of zeros", ["0 0 0 0 0 0 0 0"] * 200),
        ("symbols only", ["***"] * 400),
        ("a passage that comes twice in one article", [*SECOND, "Then:", *SECOND]),
        ("a long passage and its copy in one block", [f"{LONG} {LONG}"]),
        ("the same three times, between others", [SECOND[0], f"{LONG} {LONG} {LONG}", *SECOND[1:]]),
        ("nothing", []),
    ],
)
def test_what_stays(label: str, article: list[str]) -> None:
    result = strip(FIRST, article)
    assert result == StrippedCopies([make_group(FIRST), make_group(article, 1000)], [], [], [])


def test_columns_that_repeat_themselves_are_no_copies_of_each_other() -> None:
    zeros = ["0 0 0 0 0 0 0 0"] * 200
    assert strip(zeros, SECOND, zeros).stripped == []


@pytest.mark.parametrize(("own", "is_copy"), [(2, True), (4, False)])
def test_a_copy_has_few_words_of_its_own(own: int, is_copy: bool) -> None:
    more = " ".join("abcd"[:own])
    texts = [f"{line} {more}" for line in FIRST]
    assert bool(strip(FIRST, SECOND, texts).stripped) == is_copy


@pytest.mark.parametrize(("lines", "is_copy"), [(12, True), (13, False)])
def test_a_copy_leaves_out_150_words_at_most_at_once(lines: int, is_copy: bool) -> None:
    """What stands before and behind is less than a copy by itself."""
    whole = make_lines(5, 20)
    copy = whole[:2] + whole[2 + lines : 4 + lines]
    assert [item.block.text for item in strip(whole, SECOND + copy).stripped] == (copy if is_copy else [])


@pytest.mark.parametrize(("sentences", "is_copy"), [(4, True), (2, False)])
def test_copies_have_fewer_characters_where_one_says_more(sentences: int, is_copy: bool) -> None:
    """Of about 30 characters each."""
    copied = [
        "渡口的老船工收起缆绳说，他撑船过河已经四十三年，桥通车后就要退休。",
        "对岸的小学送来一面锦旗，上面写着孩子们自己想出的八个字。",
        "镇上准备把旧渡船修好放进码头边的院子，让过路的人歇脚时能看看。",
        "他的儿子在省城开货车，每逢赶集的日子才回来帮忙卖几条河鱼。",
    ][:sentences]
    assert [copy.of for copy in strip(copied, FIRST, copied).dropped] == [0] * is_copy


TEMPLATES = {
    "en": [
        "Report for the harbour of {name}",
        "In the year {number} the harbour of {name} received {number} ships with a total of {number} tonnes of cargo "
        "on board, which its master called a fair result for a place of its size on this coast.",
        "The dues that were paid by their masters came to {number} pounds, out of which {number} were spent on the "
        "repair of the quays and the lamps along the breakwater, as the council had asked for.",
        "It was closed because of storms on {number} days, and the lifeboat of {name} went out {number} times and "
        "brought home {number} people, all of whom were taken care of by the fishermen.",
    ],
    "a year each": [f"In {{number}} the {' '.join(make_lines(seed, 4))}" for seed in range(20, 32)],
    "zh": [
        "{name}港年度报告",
        "那一年，{name}港共接待了许多艘船只，港务局长{name}认为，对于这一带海岸上这样规模的地方来说，这是一个不错的成绩。",
        "船主们缴纳的港口费用于修理码头和防波堤上的灯，这是市议会在春天提出的要求，{name}先生对此表示满意，并感谢所有的工人。",
        "夏天进港的最深的船不得不在沙洲外等候潮水，然后领航员{name}才能把它带到长码头旁边，许多居民都来到岸边观看。",
        "冬天港口因风暴关闭了几天，{name}的救生艇出动了几次，救回的人都得到了渔民家庭的照顾，直到春天才各自回家去了。",
        "今年的渔获量比前一年好得多，{name}一家又造了一条新船，全镇的人都来参加下水的仪式，一直唱到深夜才散去。",
        "学校的屋顶在秋天被风吹坏，{name}老师带着学生们自己修好了它，市长送来了木料和钉子，还请大家吃了一顿晚饭。",
        "到了年底，{name}把账目交给市议会审查，没有人提出异议，于是报告就这样通过，并存放在市政厅的档案室里，供人查阅。",
    ],
}
NAMES = ("Arlen", "Bostow", "Carrick", "Dunmore", "Elston", "Farley")


def fill(template: str, rng: random.Random) -> list[str]:
    """A page with numbers and names of its own."""

    def name(match: re.Match[str]) -> str:
        if match[0] == "{number}":
            return str(rng.randrange(10, 10**6))
        if template == "zh":
            return chr(rng.randrange(0x5000, 0x6000)) + chr(rng.randrange(0x5000, 0x6000))
        return rng.choice(NAMES) + rng.choice("aeiou")

    return [re.sub(r"\{\w+\}", name, line) for line in TEMPLATES[template]]


@given(st.sampled_from(sorted(TEMPLATES)), st.integers(2, 8), st.integers(0, 10**6))
def test_pages_of_one_template_with_other_facts_are_no_copies(template: str, pages: int, seed: int) -> None:
    rng = random.Random(seed)
    groups = [make_group(fill(template, rng), 1000 * i) for i in range(pages)]
    before = strip_copies(groups)
    assert before == StrippedCopies(groups, [], [], [])
    first = [item.block.text for item in groups[0]]
    copy = [*groups, make_group(first, 9000), make_group(SECOND, 10_000)]  # a copy beside them is no evidence
    after = drop_remnants(strip_copies(copy), copy, [item for group in copy for item in group])
    assert after.groups == [*groups, [], make_group(SECOND, 10_000)]


@pytest.mark.parametrize(
    ("label", "facts", "is_dropped"),
    [("the same", "Bree Roe", True), ("others", "Lamm of Esk, Orla of Pym, Hebb of Rye", False)],
)
def test_an_article_of_which_nothing_is_left_is_dropped_or_whole(
    label: str, facts: str, is_dropped: bool
) -> None:
    """Each of its blocks is a copy for the most part, though not nine tenths of it are."""
    said = make_lines(4, 40)
    first = [
        f"{' '.join(said[i : i + 4])} They went by Bree Roe and Ann of Mow in {1900 + i}."
        for i in range(0, 40, 4)
    ]
    own = [f"{' '.join(make_lines(100 + i, 1))} {line} {facts}" for i, line in enumerate(first)]
    groups = [make_group(first), make_group(SECOND, 1000), make_group(own, 2000)]
    before = strip_copies(groups)
    assert (before.groups[2], before.dropped) == ([], [])
    after = drop_remnants(before, groups, [item for group in groups for item in group])
    assert [(copy.group, copy.containment < 0.9) for copy in after.dropped] == (
        [(2, True)] if is_dropped else []
    )
    assert after.groups[2] == ([] if is_dropped else groups[2])


def test_a_long_copy_with_other_numbers_goes_but_for_these() -> None:
    lines = [
        f"{line} Seen by {100 + i} readers." if i % 20 == 9 else line
        for i, line in enumerate(make_lines(3, 80))
    ]
    other = [re.sub(r" (\d+) ", r" 9\1 ", line) for line in lines]
    result = strip(lines, SECOND, other)
    assert len(result.groups[2]) <= 3


def test_words_edited_in_a_copy_leave_it_one() -> None:
    """As of files: hardly a fact has changed."""
    words = " ".join(f"{line} Thus spoke Ann Roe of Bree{i}." for i, line in enumerate(FIRST)).split()
    edited = ["edited" if i % 16 == 7 and word.islower() else word for i, word in enumerate(words)]
    assert edited != words
    assert [
        (copy.group, copy.of) for copy in strip([" ".join(words)], SECOND, [" ".join(edited)]).dropped
    ] == [(2, 0)]


def test_a_copied_passage_is_stripped_from_an_article_with_news() -> None:
    result = strip(FIRST, SECOND[:6] + FIRST[2:9] + SECOND[6:])
    assert [block.block.text for block in result.groups[1]] == SECOND
    assert [block.block.text for block in result.stripped] == FIRST[2:9]
    assert result.origins == [0] * 7
    assert result.dropped == []


def test_borders_do_not_matter() -> None:
    result = strip(FIRST[:7], FIRST[7:] + SECOND[:4], SECOND[4:] + FIRST, SECOND)
    assert [len(group) for group in result.groups] == [7, 9, 8, 0]
    assert [(c.group, c.of) for c in result.dropped] == [(3, 2)]


def test_a_copy_of_a_copy_names_the_first() -> None:
    result = strip(FIRST, FIRST, FIRST)
    assert [(c.group, c.of) for c in result.dropped] == [(1, 0), (2, 0)]


def test_what_stood_in_a_copy_stood_first_where_that_was_copied_from() -> None:
    """The longest match of the third article is in the second, half of which is a copy of the first."""
    own = make_lines(4)
    result = strip(FIRST, SECOND + FIRST + own, FIRST + own[:6])
    assert [item.block.text for item in result.stripped] == [*FIRST, *FIRST, *own[:6]]
    assert result.origins == [0] * 24 + [1] * 6


def test_what_is_lost_with_a_dropped_article_is_no_source_of_copies() -> None:
    own = make_lines(4, 5)
    long = make_lines(5, 60)
    result = strip(long, long + own, own)
    assert [(c.group, c.of) for c in result.dropped] == [(1, 0)]
    assert result.groups[2] == make_group(own, 2000)


def test_an_article_doubled_by_a_missed_border_is_halved() -> None:
    lines = make_lines(3, 60)
    [group] = strip(lines + lines).groups
    assert [block.block.text for block in group] == lines


def test_of_an_article_that_says_the_same_all_over_the_first_stays() -> None:
    between = make_lines(6, 20)
    result = strip(FIRST, [text for line in between for text in (LONG, line)])
    assert [item.block.text for item in result.groups[1]] == [LONG, *between]
    assert result.dropped == []
    assert result.origins == [1] * 19


def test_what_is_lost_with_a_stripped_block_is_no_source_of_copies() -> None:
    long, own = " ".join(make_lines(5, 60)), " ".join(make_lines(4, 40))
    result = strip([long], [f"{long} {own}", own])
    assert result.groups == [make_group([long]), make_group([f"{long} {own}", own], 1000)[1:]]
    assert result.origins == [0]


LINES = st.sampled_from(
    FIRST + SECOND + ["•", "one", "* * *", "東京都" * 120, "0 0 0 0 0", LONG, f"{LONG} {LONG}"]
)


@given(st.lists(st.lists(LINES, max_size=15), max_size=6))
def test_every_block_is_either_left_or_stripped(articles: list[list[str]]) -> None:
    result = strip(*articles)
    left = sum(len(group) for group in result.groups)
    assert left + len(result.stripped) == sum(map(len, articles))
    assert all(result.groups[copy.of] or not articles[copy.of] for copy in result.dropped)


@given(st.lists(st.lists(LINES, min_size=1, max_size=15), max_size=6))
@example([[f"{LONG} {LONG}"]])
def test_of_an_article_that_is_not_dropped_something_is_left(articles: list[list[str]]) -> None:
    groups = [make_group(lines, 1000 * i) for i, lines in enumerate(articles)]
    result = drop_remnants(strip_copies(groups), groups, [item for group in groups for item in group])
    assert {g for g, rest in enumerate(result.groups) if not rest} == {copy.group for copy in result.dropped}


@pytest.mark.parametrize(
    "line", ["the same line again and again and again", "0", "a b c d e f g h i j", "**"]
)
def test_repetitive_sources_take_linear_time(line: str) -> None:
    start = time.process_time()
    strip([line] * 20_000, FIRST, [line] * 20_000)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("label", "extra", "is_dropped"),
    [
        ("husk of the first page passed as text in the second", make_lines(7, 3), True),
        ("the same, run together and with words of its own", [" ".join([*make_lines(7, 3), "more"])], True),
        ("news", make_lines(9, 3), False),
        (
            "the same with other facts",
            [re.sub(r"word\d+ (\w+ \w+\.)", r"Roe \1", x) for x in make_lines(7, 3)],
            False,
        ),
    ],
)
def test_the_rest_of_a_copied_page_goes_if_it_stood_there_too(
    label: str, extra: list[str], is_dropped: bool
) -> None:
    husk = make_group(make_lines(7, 3), 500)
    groups = [make_group(FIRST), make_group(SECOND, 1000), make_group([*FIRST[:9], *extra], 2000)]
    before = strip_copies(groups)
    assert [item.block.text for item in before.groups[2]] == extra
    after = drop_remnants(before, groups, [*groups[0], *husk, *groups[1], *groups[2]])
    assert [(copy.group, copy.of) for copy in after.dropped] == ([(2, 0)] if is_dropped else [])
    assert [item.block.text for item in after.groups[2]] == ([] if is_dropped else extra)
    assert len(after.stripped) == len(after.origins) == len(groups[2]) - len(after.groups[2])


@pytest.mark.parametrize(
    ("label", "husk_chars", "is_copy"), [("husk between", 200, True), ("none", 0, False)]
)
def test_a_page_and_its_copy_in_one_article(label: str, husk_chars: int, is_copy: bool) -> None:
    """Where the border between them was not found; without husk between it may be one page that repeats itself."""
    copy = make_group(FIRST, len(FIRST) + husk_chars)
    result = strip_copies([[*make_group(FIRST), *copy]])
    assert len(result.stripped) == (len(copy) if is_copy else 0)


@pytest.mark.parametrize(("label", "rest", "stays"), [("husk", 7, False), ("news", 9, True)])
def test_what_a_wrong_border_cut_off_a_copy_goes_with_it(label: str, rest: int, stays: bool) -> None:
    husk = make_group(make_lines(7, 3), 500)
    texts = (FIRST, SECOND, FIRST, make_lines(rest, 3))
    groups = [make_group(lines, 1000 * i) for i, lines in enumerate(texts)]
    before = strip_copies(groups)
    after = drop_remnants(before, groups, [*groups[0], *husk, *(x for group in groups[1:] for x in group)])
    assert [copy.group for copy in after.dropped] == ([2] if stays else [2, 3])
    assert bool(after.groups[3]) == stays


def test_what_repeats_a_dropped_rest_names_the_page_in_which_that_stood() -> None:
    husk = make_group(make_lines(7, 6), 500)
    texts = (FIRST, SECOND, [*FIRST, *make_lines(7, 6)], make_lines(7, 6), make_lines(9))
    groups = [make_group(lines, 1000 * i) for i, lines in enumerate(texts)]
    before = strip_copies(groups)
    assert [(copy.group, copy.of) for copy in before.dropped] == [(3, 2)]
    after = drop_remnants(before, groups, [*groups[0], *husk, *(x for group in groups[1:] for x in group)])
    assert [(copy.group, copy.of, copy.containment) for copy in after.dropped[1:]] == [(3, 0, 1.0)]
    assert after.dropped[0].of == 0
    assert after.dropped[1].similarity == 0


def test_what_repeats_a_dropped_rest_stays_where_that_page_has_it_not() -> None:
    own, husk = make_lines(9, 2), make_group(make_lines(7, 10), 500)
    texts = (FIRST, SECOND, [*FIRST, *own, *make_lines(7, 10)], [*own, *make_lines(7, 8)], make_lines(8))
    groups = [make_group(lines, 1000 * i) for i, lines in enumerate(texts)]
    before = strip_copies(groups)
    assert [(copy.group, copy.of) for copy in before.dropped] == [(3, 2)]
    after = drop_remnants(before, groups, [*groups[0], *husk, *(x for group in groups[1:] for x in group)])
    assert [(copy.group, copy.of) for copy in after.dropped] == [(2, 0)]
    assert after.groups[3] == groups[3]
    assert after.origins == [0] * len(after.stripped)


def test_what_stood_in_an_article_that_is_not_kept_is_put_back() -> None:
    long = make_lines(5, 60)
    texts = (
        FIRST,
        SECOND,
        FIRST,
        [*SECOND, *FIRST],
        [*make_lines(8), *FIRST, *SECOND],
        [*long, "Husk", *long],
    )
    groups = [make_group(lines, 1000 * i) for i, lines in enumerate(texts)]
    before = strip_copies(groups)
    assert [(copy.group, copy.of) for copy in before.dropped] == [(2, 0), (3, 0)]
    after = put_back(before, groups, unwanted={0, 5})
    assert after.dropped == []
    assert [[item.block.text for item in group] for group in after.groups] == [
        FIRST, SECOND, FIRST, FIRST, [*make_lines(8), *FIRST], [*long, "Husk"]
    ]  # fmt: skip
    assert after.origins == [1] * 24 + [5] * 60
    assert put_back(before, groups, unwanted={4}) == before


def test_an_article_stays_dropped_where_most_of_it_stood_in_what_is_kept() -> None:
    for copied, left in ((1, []), (6, SECOND[:6])):
        texts = (FIRST, SECOND, [*FIRST, *SECOND[:copied]])
        groups = [make_group(lines, 1000 * i) for i, lines in enumerate(texts)]
        before = strip_copies(groups)
        assert [copy.group for copy in before.dropped] == [2]
        after = put_back(before, groups, unwanted={1})
        assert [item.block.text for item in after.groups[2]] == left


def test_many_copies_of_a_large_article_take_linear_time() -> None:
    """Each is compared with what is large, which is read once."""
    origin = [line for seed in range(2000) for line in make_lines(seed)]
    copies = [
        [*origin[i : i + 6], "short", f"a line {i}", *(f"word{i} {k}" for k in range(5))] for i in range(3000)
    ]
    groups = [make_group(lines, 100_000 * i) for i, lines in enumerate([origin, SECOND, *copies, SECOND])]
    start = time.process_time()
    before = strip_copies(groups)
    after = drop_remnants(before, groups, [item for group in groups for item in group])
    assert len(after.dropped) > 1000
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    ("label", "bits"), [("as hashes are", 64), ("many equal", 3), ("differing in their last bits only", 10)]
)
def test_places_are_sorted_as_by_a_stable_sort(label: str, bits: int) -> None:
    rng = random.Random(1)
    grams = np.array([rng.getrandbits(bits) for _ in range(2000)] * 2, np.uint64)
    assert _sort_places(grams).tolist() == np.argsort(grams, kind="stable").tolist()
