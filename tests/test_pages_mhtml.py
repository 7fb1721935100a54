"""What browsers save as a single file, and mails: the page in it, unpacked."""

from __future__ import annotations

import quopri
from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import default
from pathlib import Path

import pytest
from test_pages_archives import names, read

from dehusk.model import Limits, Page
from dehusk.pages import decode_page
from dehusk.pages.kinds import tell_kind

RUSSIAN = "<!DOCTYPE html><p class=a>Мельница стоит на реке, и колесо её вертится день и ночь."
HEAD = b"""\
From: <Saved by a browser>
Snapshot-Content-Location: https://example.org/mill/
 wheel
Date: Tue, 3 Sep 2024 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="--cut--"

"""


BASE64 = b"----cut--\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"


def make_part(content: bytes, kind: bytes = b"text/html; charset=koi8-r") -> bytes:
    return b"----cut--\nContent-Type: %s\nContent-Transfer-Encoding: quoted-printable\n\n%s\n" % (
        kind,
        quopri.encodestring(content),
    )


WHOLE = HEAD + make_part(RUSSIAN.encode("koi8-r")) + make_part(b"<p>A frame") + b"----cut----\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_page_in_it(tmp_path: Path, end: bytes) -> None:
    [page] = read(tmp_path / "a", WHOLE.replace(b"\n", end))
    assert isinstance(page, Page)
    assert (page.source, page.kind, decode_page(page).content) == ("x", "html", RUSSIAN)
    assert (page.url, page.crawled) == ("https://example.org/mill/wheel", "2024-09-03T10:00:00+02:00")


@pytest.mark.parametrize(
    ("label", "data", "found"),
    [
        ("cut behind the page", WHOLE[:-30], "html"),
        ("no page", HEAD + make_part(b"body { margin: 0 }", b"text/css"), "mhtml"),
        ("an empty page", HEAD + make_part(b" "), "empty"),
        ("only its header", HEAD, "mhtml"),
        ("a header without a boundary", HEAD.replace(b"boundary", b"bounty") + make_part(b"<p>A"), "mhtml"),
        ("a part without end", HEAD + b"----cut--", "mhtml"),
        ("as base64", HEAD + BASE64 + b64encode(b"<p>A page"), "html"),
        ("base64 that is cut", HEAD + BASE64 + b64encode(b"<p>A page")[:-3], "corrupt"),
        ("parts without end", HEAD + b"----cut--\n\n" * 90_000, "mhtml"),
        ("no date", WHOLE.replace(b"Date: Tue", b"Date: on a"), "html"),
        ("parts in parts without end", HEAD + b"----cut--\n" + HEAD * 2000, "mhtml"),
        ("too long", WHOLE + bytes(9999), "too-large"),
    ],
)
def test_what_is_not_whole(tmp_path: Path, label: str, data: bytes, found: str) -> None:
    assert names(read(tmp_path / "a", data, Limits(bytes=9999 if label == "too long" else 2 * 10**6))) == [
        f"x {found}"
    ]


@pytest.mark.parametrize(
    "head",
    [
        b"From: Ann\nSubject: multipart/related\nMIME-Version: 1.0\nContent-Type: text/plain\n\nHello, Bob.",
        b"The header of a mail:\nMIME-Version: 1.0\n\nContent-Type: multipart/related",
        HEAD.strip(),
    ],
)
def test_what_is_none(head: bytes) -> None:
    assert tell_kind(head) == "text"


def make_mail(**fields: str) -> EmailMessage:
    mail = EmailMessage()
    known = {"From": "Ann Müller <ann@example.org>", "Date": "Tue, 05 Mar 2024 10:00:00 +0100"}
    for name, value in (known | {"Subject": "Re: Die Mühle"} | fields).items():
        mail[name] = value
    return mail


TEXT = "Die Mühle steht am Fluß, und ihr Rad dreht sich Tag und Nacht.\n"
WEB = f"<!DOCTYPE html><p class=a>{TEXT}"


def both(mail: EmailMessage) -> None:
    mail.set_content(TEXT, cte="quoted-printable")
    mail.add_alternative(WEB, subtype="html", cte="base64")


def with_attached(mail: EmailMessage) -> None:
    mail.set_content(TEXT, charset="iso-8859-1", cte="base64")
    mail.add_attachment(b"<p>A page", maintype="text", subtype="html", filename="a.html")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("fill", "kind"),
    [
        (lambda mail: mail.set_content(TEXT, cte="quoted-printable"), "text"),
        (lambda mail: mail.set_content(TEXT, cte="base64"), "text"),
        (lambda mail: mail.set_content(WEB, subtype="html", cte="base64"), "html"),
        (lambda mail: mail.set_content(WEB, subtype="html", cte="8bit"), "html"),
        (both, "html"),
        (with_attached, "text"),
    ],
)
def test_a_mail(tmp_path: Path, fill: Callable[[EmailMessage], object], kind: str, end: str) -> None:
    fill(mail := make_mail(Received="by a server; " * 900))
    [page] = read(tmp_path / "a", mail.as_bytes(policy=default.clone(linesep=end)))
    assert isinstance(page, Page)
    content = decode_page(page).content
    assert (page.kind, str(content).split()) == (kind, (TEXT if kind == "text" else WEB).split())
    assert (page.title, page.author, page.date) == (
        "Die Mühle",
        "Ann Müller",
        "Tue, 05 Mar 2024 10:00:00 +0100",
    )


def test_a_long_subject_in_letters_of_ascii(tmp_path: Path) -> None:
    (mail := make_mail()).replace_header("Subject", subject := "磨坊在河边，" * 40)
    mail.set_content(TEXT, cte="base64")
    [page] = read(tmp_path / "a", mail.as_bytes())
    assert isinstance(page, Page)
    assert page.title == subject


def test_a_line_break_in_a_subject(tmp_path: Path) -> None:
    (mail := make_mail()).set_content(TEXT, cte="base64")
    lines = mail.as_bytes().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith(b"Subject:"))
    lines[at] = b"Subject: =?utf-8?q?Die=0AM=C3=BChle?=\n"
    [page] = read(tmp_path / "a", b"".join(lines))
    assert isinstance(page, Page)
    assert (page.title, page.author) == ("Die Mühle", "Ann Müller")


def test_many_mails_are_no_single_one(tmp_path: Path) -> None:
    both(mail := make_mail())
    box = b"From ann@example.org Tue Mar  5 10:00:00 2024\n" + mail.as_bytes()
    assert tell_kind(box * 2) == "text"


def test_parts_in_parts(tmp_path: Path) -> None:
    part: MIMEBase = MIMEText(WEB, "html", "utf-8")
    for kind in ("alternative", "related", "mixed", "signed"):
        whole = MIMEMultipart(kind)
        whole.attach(part)
        part = whole
    [page] = read(tmp_path / "a", part.as_bytes())
    assert isinstance(page, Page)
    assert decode_page(page).content == WEB
