"""Bylines of Chinese pages: they stand in the middle of lines and of first sentences, and no space says where a name
ends.

An editor in charge (责任编辑) is no author, nor is the paper that a text is taken from (来源).
"""

from __future__ import annotations

import re

_LINE_CHARS, _LEAD_CHARS, _FIELDS_CHARS = 40, 80, 160
"""Of a line that is a byline, of the part of a paragraph that may hold one, and of a line of several fields."""
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关"
    "兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌季裴霍涂苗谷盛曲翁冉骆蓝辛靳管柴蒙鲍华祁蒲房滕屈饶牟艾尤阳穆农司卓古吉缪"
    "項項張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇呂盧鍾譚陸賈韋鄒閻賀顧龔邵萬錢嚴湯莊齊喬龐顏聶魯歐關蘭寧紀駱藍"
)
_NOTES = "整合|报道|報導|摄影|摄|综合|实习|通讯|编辑|整理|制图|供稿|发自|来源|责编|校对|特约|记者"
"""What stands beside names and is as short as one."""
_NAME = rf"(?!{_NOTES})[一-鿿]{{2,4}}(?:·[一-鿿]{{1,8}})*(?![一-鿿·])"
_NAMES = rf"{_NAME}(?:[\s、，,/]{{1,2}}{_NAME}){{0,3}}"
_OWN_NAMES = rf"(?=[{_SURNAMES}]){_NAMES}"
"""Right behind a word that takes them for more: 记者唐霁, but not 记者手记."""
_ROLE = r"(?:(?:记者|記者|专栏作者|撰稿人?|撰文|采写|文字)|(?<![原本])作者)"
_FROM = r"[\w《》·-]{0,16}?"
_LINE_RE = re.compile(
    rf"[【\[（(]?\s*(?:(?:采写|撰文|文|作者)\s?[:：/丨|]\s?)?{_FROM}{_ROLE}(?:\s?[:：/丨|]\s?|\s+|(?=[{_SURNAMES}]))"
    rf"(?P<names>{_NAMES})(?:\s(?!摄)(?:{_NOTES}).{{0,16}})?\s*[】\]）)]?"
)
_SIGNS = ("者", "撰", "采写", "文字", "/")
"""One of them is in every such line."""
_SIGNED_RE = re.compile(rf"(?P<names>{_NAMES})\s?/\s?[一-鿿]{{2,10}}(?:报|社|网|客户端|新闻|周刊|杂志)")
"""A name and its paper."""
_LEAD_RE = re.compile(
    rf"[（(][\w·]{{0,12}}?(?:记者|記者)(?:\s?[:：]\s?|\s)?(?P<names>(?<=[\s:：]){_NAMES}|{_OWN_NAMES})"
    r"(?:\s[^（(）)]{2,20})?[）)]"
)
_FIELD_RE = re.compile(
    rf"(?:(?<=[\s|丨]))作者(?:\s?[:：]\s?(?P<stated>[^\s:：|丨]{{2,20}}(?![:：])(?:\s{_NAME}(?![:：]))*)"
    rf"|(?P<names>{_OWN_NAMES})(?=\s*(?:[|丨]|$)))"
)


def read_line(text: str) -> str:
    """The names in a line that is a reporter's and no more, joined by ", ", else "".

    >>> read_line("江城晚报记者 何思远 吴敏"), read_line("【文/观潮网专栏作者 王文】"), read_line("何思远/江城晚报")
    ('何思远, 吴敏', '王文', '何思远')
    >>> read_line("记者手记"), read_line("图片来源：江城晚报记者 何思远 摄"), read_line("责任编辑：何思远")
    ('', '', '')
    """
    if text.isascii() or len(text) > _LINE_CHARS or not any(sign in text for sign in _SIGNS):
        return ""
    return _join(_LINE_RE.fullmatch(text) or _SIGNED_RE.fullmatch(text))


def read_lead(text: str) -> str:
    """The names of reporters in brackets at the start of a text, as an agency sets them.

    >>> read_lead("江城社3月9日电（记者何思远）昨夜起了大风。"), read_lead("江城晚报讯（记者 何思远 整合）风停了。")
    ('何思远', '何思远')
    """
    return _join(_LEAD_RE.search(text, 0, _LEAD_CHARS)) if text.find("者", 0, _LEAD_CHARS) > 0 else ""


def read_field(text: str) -> str:
    """The author among other things that a line says of an article.

    >>> read_field("2019-09-26 12:11 来源：江城晚报 作者：何思远"), read_field("来源江城晚报| 0 条评论| 作者何思远")
    ('何思远', '何思远')
    >>> read_field("时间：2019-09-25 阅读：1644"), read_field("来源：本站 作者：  责任编辑：何思远")
    ('', '')
    """
    found = _FIELD_RE.search(text) if len(text) <= _FIELDS_CHARS and "作者" in text else None
    if found is None:
        return ""
    return found["stated"] or _join(found)


def _join(found: re.Match[str] | None) -> str:
    return ", ".join(re.split(r"[\s、，,/]+", found["names"])) if found else ""
