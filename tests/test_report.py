"""What people see: safe on a terminal, safe in a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.model import Dropped
from dehusk.report import escape_controls
from dehusk.report.page import make_report
from dehusk.stages import Books


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, Größe, 東京, العربية, 😀", "plain text, Größe, 東京, العربية, 😀"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("line\nbreak\r", r"line\x0abreak\x0d"),
        ("\udcff\U000e0041", r"\udcff\U000e0041"),
    ],
)
def test_escape_controls(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_shown_can_be_printed_and_is_one_line(text: str) -> None:
    shown = escape_controls(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not any(character in shown for character in "\x1b\x9b\u202e\u2066\u200f")


def test_a_report_holds_no_markup_of_others() -> None:
    books = Books()
    books.count(Dropped("a", "skipped", "<script>alert(1)</script>\u202e"))
    html = make_report(
        {"books": books.summary(), "run": {"version": "1", "options": {"mode": "<b>"}}, "seed": 1}
    )
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert r"\u202e" in html
    assert "default-src 'none'" in html
