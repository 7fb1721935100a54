"""label.text_foreign: where no English is near, trees look again at what the line labeller says."""

from __future__ import annotations

import numpy as np
import pytest

import dehusk
from dehusk.blocks.text import read_text
from dehusk.label.text_features import Measures, measure_blocks
from dehusk.label.text_foreign import describe, find_foreign, look_again
from dehusk.label.text_model import load_weights, score_measures
from dehusk.model import Page
from dehusk.nets import Rows
from dehusk.words import hash_words

ARTICLE = [
    "江边的老渡船停了三年，上周六又开了。早上六点，第一班船离开东岸，船上坐着二十几个赶集的人，还有两筐活鸭。",
    "船工老何今年六十一岁，在这条江上摆渡了四十年。他说，桥修好以后，年轻人都开车走了，只有住在江边的老人还等着船。“他们不会开车，也舍不得坐出租车，”他说。",
    "镇里去年算过一笔账：修一条新船要花十八万元，每年的油钱和人工大约六万元。镇长说，这笔钱值得花，因为两岸的菜市场都靠这条船。",
    "渡船现在一天开八班，每班间隔一个半小时，票价两元。到了赶集的日子，会再加四班。老何打算干到七十岁，再把船交给他的徒弟。",
]
ABOVE = [
    "首页", "新闻", "本地", "财经", "体育", "视频", "登录", "注册",
    "专家提醒：秋季出行注意这三件事", "全市今年新增学位两万个 覆盖所有乡镇", "这家小店为何三天排起长队",
    "江边的老渡船又开了", "2021-09-12 08:15", "来源：江城晚报", "字号", "打印",
]  # fmt: skip
BELOW = [
    "分享到", "微信", "微博", "为您推荐",
    "五十岁开始学画画 她把菜市场搬进了美术馆", "一夜之间降温十二度 这些衣服先别收", "老厂房变身书店 周末人流超过三千",
    "新能源车下乡首月卖出多少辆？数据来了", "六旬夫妇骑行八千公里回到家乡", "地铁四号线延长段明年通车 沿线设九站",
    "村里的篮球赛为什么比职业联赛还热闹", "一封信寄了二十年 收信人终于找到了", "本地大闸蟹下周开捕 价格比去年低一成",
    "热点新闻", "1 小学门口的红绿灯修好了", "2 夜市摊主的一天 凌晨三点才收工", "3 气象台：周末有雨 山区注意防范",
    "关于我们", "联系我们", "版权声明", "京ICP备00000000号",
]  # fmt: skip


def measure(lines: list[str]) -> tuple[Measures, Rows]:
    blocks = read_text(Page("\n".join(lines), kind="text")).blocks
    measures = measure_blocks(blocks, hash_words([block.text for block in blocks]))
    return measures, score_measures(measures, load_weights())


def test_headlines_around_a_chinese_article_go() -> None:
    (article,) = dehusk.clean_page(Page("\n".join([*ABOVE, *ARTICLE, *BELOW]), kind="text"))
    assert all(line in article.text for line in ARTICLE)
    assert not [line for line in BELOW if line in article.text]


def test_an_article_gains_and_a_menu_loses() -> None:
    headlines = [line for line in BELOW if len(line) > 10] * 4
    measures, before = measure([*ABOVE, *ARTICLE, *headlines])
    after = before.copy()
    look_again(measures, after)
    gain = (after - before)[:, 0]
    first, end = len(ABOVE), len(ABOVE) + len(ARTICLE)
    assert (gain[first:end] > 0).all()
    assert (gain[:8] < 0).all()
    assert after[first:end, 0].min() > after[end:, 0].max()


def test_it_adds_to_the_chance_of_content_alone() -> None:
    measures, before = measure([*ABOVE, *ARTICLE, *BELOW])
    after = before.copy()
    look_again(measures, after)
    assert (after[:, 0] != before[:, 0]).any()
    assert (after[:, 1:] == before[:, 1:]).all()


@pytest.mark.parametrize("distance", [0, 290])
def test_english_and_what_is_near_stay_as_they_are(distance: int) -> None:
    english = [
        "The ferry was out of work for the best part of a year, and it is back on the river this week."
    ] * 30
    measures, before = measure([*english, *["菜单"] * distance, *ARTICLE])
    after = before.copy()
    look_again(measures, after)
    assert (after == before).all()


def test_no_english_is_near_what_is_far_from_it() -> None:
    is_english = np.zeros(1000, np.bool_)
    is_english[100] = True
    assert np.flatnonzero(find_foreign(is_english)).tolist() == list(range(401, 1000))


def test_what_is_seen_of_a_block_ends_150_blocks_from_it() -> None:
    lines = [line for _ in range(12) for line in (*ABOVE, *ARTICLE)]
    measures, odds = measure(lines)
    whole, part = describe(measures, odds), describe(measures._replace(rows=measures.rows[:200]), odds[:200])
    assert np.allclose(whole[:49], part[:49])
    assert not np.allclose(whole[:200], part)


def test_how_near_prose_is_ends_at_sixty() -> None:
    measures, odds = measure(["菜单"] * 100)
    rows = describe(measures, np.full_like(odds, 5))[:, -4:]
    assert (rows == 60).all()


@pytest.mark.parametrize(
    ("end", "is_prose"),
    [("。", True), ("：", True), ("。”", True), ("。）", True), ("", False), ("，", False)],
)
def test_prose_is_what_ends_as_a_sentence_does(end: str, is_prose: bool) -> None:
    measures, odds = measure(
        ["江边的老渡船停了三年，上周六又开了，早上六点第一班船离开东岸" + end, "他说" + end]
    )
    at = measures.rows.shape[1] + odds.shape[1]
    assert describe(measures, odds)[:, at].tolist() == [is_prose, False]
