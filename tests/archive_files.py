"""Archives, tables and crawls, made of a few bytes for the tests that read them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping

PAGE = b"<!DOCTYPE html><p>A good page"


def make_zip(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def make_tar(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def make_response(number: int, body: bytes, headers: bytes = b"", status: bytes = b"200 OK") -> bytes:
    """A record of a WARC: the page at https://example.org/`number`."""
    message = b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\n" + body
    return make_record(b"response", number, message, b"application/http; msgtype=response")


def make_record(kind: bytes, number: int, content: bytes, content_type: bytes = b"text/plain") -> bytes:
    fields = (
        b"WARC-Type: " + kind,
        b"WARC-Target-URI: https://example.org/%d" % number,
        b"WARC-Date: 2024-01-02T03:04:05Z",
        b"WARC-Record-ID: <urn:uuid:%d>" % number,
        b"Content-Type: " + content_type,
        b"Content-Length: %d" % len(content),
    )
    return b"WARC/1.0\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + content + b"\r\n\r\n"
