"""Which inputs there are: paths -> Input, in one order, and nothing that must not be opened.

The law of this file: it never opens a file, it lists every entry once, and an entry that is not read is
named, with its reason, unless the user asked for it to be left out (hidden, ignored, excluded).
"""

# os.path: a path as given is a string that Path would change ("./-"), and a Path a file costs 3 us.
# ruff: noqa: PTH112, PTH113, PTH114, PTH116, PTH118, PTH120

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import translate
from itertools import islice
from pathlib import Path

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped

OnDrop = Callable[[Dropped], None]
_FOLDERS_RE = re.compile(r"(^|/)(?:\*\*/)+")

SPECIAL_KINDS = (
    (stat.S_ISFIFO, "fifo"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)
BESIDE_RECORDS = frozenset(
    {"dropped", "inputs", "sample", "stripped", "supersets", "report.html", "stats.json", "timing.json"}
)
"""What a directory run writes besides records: husk, mostly, and records that repeat others."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read, or standard input: small, and picklable, so that workers can do the reading.

    `path` is what to open ("-" is standard input, a file of that name is "./-"), `source` what the
    records call it, `size` its bytes on disk when it was listed and `mtime_ns` when it had been changed, 0 where
    not known. `is_found` says that it was found in a folder, not given by name: records of an earlier run are then
    passed over.
    """

    path: str
    source: str
    size: int = 0
    mtime_ns: int = 0
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a listing was asked for, with all paths absolute and free of links."""

    include: re.Pattern[str] | None
    exclude: re.Pattern[str] | None
    ignore: frozenset[str]
    ignore_open: frozenset[tuple[int, int]]
    """Device and inode: what was opened may bear any name."""
    report: OnDrop
    listed: set[str] = field(default_factory=set)
    """The given paths that were listed: what lies under two of them is listed once."""
    wants_records: bool = False
    """Whether the given folder is one that a run wrote."""

    def wants(self, source: str) -> bool:
        if self.include and not _matches(source, self.include):
            return False
        return not (self.exclude and _matches(source, self.exclude))

    def report_wanted(self, dropped: Dropped) -> None:
        """Report what the globs do not leave out."""
        if self.wants(dropped.source):
            self.report(dropped)


def list_inputs(
    paths: Iterable[str | Path],
    *,
    include: Iterable[str] | str = (),
    exclude: Iterable[str] | str = (),
    limit: int = 0,
    on_drop: OnDrop | None = None,
    ignore: Iterable[Path] = (),
    ignore_open: Iterable[int] = (),
) -> Iterator[Input]:
    """The files under `paths`, folders recursed, in the bytewise order of their POSIX paths.

    Given paths stay in the order given, "-" (the string) is standard input, and what two of them share is
    listed once. Hidden files and folders below a given folder, everything in `ignore` and the files behind the
    descriptors in `ignore_open` are passed over.
    `include` and `exclude` are globs, several or one: "*" stands for any characters, "/" among them, "?" for one and
    "[ab]" for one of those, "**/" for folders or none. They are matched against the source, the folders that it is in,
    and the name of each of them. At most `limit` inputs are listed, if it is not 0. A link to a file inside the given
    folder is read; a link to a folder in it is skipped, because its files are listed under their own names.

    A folder below a given one that a directory run wrote is skipped as a whole; of a given one its records are read.

    `on_drop` hears of what is skipped ("fifo", "socket", "device", "link", "corpus") and what failed: "not-found",
    "dangling-link", "looping-link", "outside-link", "unreadable".

    Raises:
        UnreadablePage: something failed, and there is no `on_drop`.

    >>> [found.source for found in list_inputs(["-"])]
    ['-']
    """
    given = list(paths)
    rules = _Rules(
        _compile_globs(include),
        _compile_globs(exclude),
        frozenset(os.path.realpath(path) for path in ignore),
        frozenset(filter(None, map(_identify_open, ignore_open))),
        on_drop or raise_failed,
    )
    left = limit or sys.maxsize
    for path in given:
        name = _given_name(path)
        prefix = name if len(given) > 1 else ""
        if left:
            for found in islice(_list_given(path, name, prefix, rules=rules), left):
                left -= 1
                yield found
        elif path != "-":  # beyond the limit: whether it is there is said all the same
            _stat_given(name, prefix, rules)


def _identify_open(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:  # it is closed
        return None
    return status.st_dev, status.st_ino


def _given_name(path: str | Path) -> str:
    name = os.fspath(path)
    if name == "-":  # Path("-"), a file: the string alone means standard input
        return "./-"
    return name.rstrip("/") or name[:1]


def _why_no_name(name: str) -> str:
    """Why no file can bear the name, for which the system is not even asked; "" if one can."""
    if "\0" in name:
        return "a NUL in its name"
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return "its name cannot be written on this system"
    return ""


def _list_given(given: str | Path, path: str, prefix: str, *, rules: _Rules) -> Iterator[Input]:
    if given == "-":
        if given not in rules.listed:
            rules.listed.add(given)
            yield Input("-", "-")
        return
    status = _stat_given(path, prefix, rules)
    if status is None:
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _list_folder(path, prefix, replace(rules, wants_records=_is_corpus(path)))
    else:
        yield from _list_file(path, _given_source(path, prefix), status, rules=rules)


def _given_source(path: str, prefix: str) -> str:
    return name_source(as_utf_8(prefix or Path(path).name or path))


def _stat_given(path: str, prefix: str, rules: _Rules) -> os.stat_result | None:
    """None for what is not to be listed: it was before, it is left out, or it is not there, which is reported."""
    source = _given_source(path, prefix)
    if why := _why_no_name(path):
        rules.report(Dropped(source, "failed", "not-found", why))
        return None
    real = os.path.realpath(path)
    if real in rules.ignore or real in rules.listed:
        return None
    try:
        status = os.stat(path)  # a given path may be a link: the user named it
    except OSError as error:
        if os.path.lexists(path) and _is_listed(real, rules):
            return None
        rules.listed.add(real)
        rules.report(_failed(source, _why_no_status(path, error), error))
        return None
    if _is_listed(real, rules):
        return None
    rules.listed.add(real)
    return status


def _is_listed(real: str, rules: _Rules) -> bool:
    """Whether an earlier given path led here already; a hidden part below that path was not listed."""
    if real in rules.listed:
        return True
    above, part = os.path.split(real)
    while part and not part.startswith("."):
        if above in rules.listed:
            return True
        above, part = os.path.split(above)
    return False


def _list_folder(root: str, prefix: str, rules: _Rules) -> Iterator[Input]:
    """Depth first with a stack of our own: a deep tree must not meet Python's recursion limit."""
    real_root = os.path.realpath(root)
    top = _Entry(root, "", is_folder=True, is_link=False)
    stack = [_list_entries(top, prefix, rules)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        source = name_source(as_utf_8(_join(prefix, entry.relative)))
        real = os.path.join(real_root, entry.relative)
        if real in rules.ignore or real in rules.listed:
            continue
        if rules.wants_records and entry.relative in BESIDE_RECORDS:
            rules.report_wanted(Dropped(source, "skipped", "corpus", "a run wrote it beside its records"))
        elif entry.is_folder and _is_corpus(entry.path):
            _report_corpus(source, rules)
        elif entry.is_folder:
            stack.append(_list_entries(entry, prefix, rules))
        elif entry.is_link:
            yield from _list_link(entry.path, source, real_root, rules=rules)
        else:
            yield from _list_found(entry.path, source, rules)


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    relative: str
    is_folder: bool
    is_link: bool


def _list_entries(folder: _Entry, prefix: str, rules: _Rules) -> Iterator[_Entry]:
    """The visible entries of one folder, sorted so that whole relative paths come in bytewise order."""
    try:
        with os.scandir(folder.path) as scan:
            found = [
                (os.fsencode(item.name), item.is_dir(follow_symlinks=False), item.is_symlink())
                for item in scan
                if not item.name.startswith(".")
            ]
    except OSError as error:
        name = as_utf_8(_join(prefix, folder.relative) or folder.path)
        rules.report(_failed(name_source(name), "unreadable", error))
        return
    found.sort(key=lambda item: item[0] + b"/" if item[1] else item[0])
    for raw, is_folder, is_link in found:
        name = os.fsdecode(raw)
        yield _Entry(os.path.join(folder.path, name), _join(folder.relative, name), is_folder, is_link)


def _is_corpus(folder: str) -> bool:
    """Whether a directory run wrote it, or has begun to: told by its names, for nothing is opened here."""
    return os.path.isfile(os.path.join(folder, ".work", "manifest.json")) or (
        os.path.isfile(os.path.join(folder, "stats.json"))
        and os.path.isfile(os.path.join(folder, "timing.json"))
        and os.path.isdir(os.path.join(folder, "dropped"))
    )


def _report_corpus(source: str, rules: _Rules) -> None:
    detail = "a run wrote this folder: its records are no pages; give it as a path of its own to read them"
    rules.report_wanted(Dropped(source, "skipped", "corpus", detail))


def _list_link(path: str, source: str, real_root: str, *, rules: _Rules) -> Iterator[Input]:
    try:
        target = os.path.realpath(path, strict=True)
        status = os.stat(target)
    except OSError as error:
        rules.report_wanted(_failed(source, _why_no_status(path, error), error))
        return
    if os.path.realpath(os.path.dirname(path)).startswith(target.rstrip("/") + "/") or target == real_root:
        detail = "it leads to a folder that holds it"
        rules.report_wanted(Dropped(source, "failed", "looping-link", detail))
    elif os.path.commonpath([real_root, target]) != real_root:
        detail = "it leads out of the given folder; give its target as a path of its own"
        rules.report_wanted(Dropped(source, "failed", "outside-link", detail))
    elif target in rules.ignore:
        return
    elif stat.S_ISDIR(status.st_mode):
        rules.report_wanted(Dropped(source, "skipped", "link", "a folder's files go by their own names"))
    else:
        yield from _list_file(path, source, status, rules=rules, is_found=True)


def _list_found(path: str, source: str, rules: _Rules) -> Iterator[Input]:
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError as error:  # it vanished, or its folder may be listed but not entered
        rules.report_wanted(_failed(source, _why_no_status(path, error), error))
        return
    yield from _list_file(path, source, status, rules=rules, is_found=True)


def _list_file(
    path: str, source: str, status: os.stat_result, *, rules: _Rules, is_found: bool = False
) -> Iterator[Input]:
    if not rules.wants(source) or (status.st_dev, status.st_ino) in rules.ignore_open:
        return
    for is_kind, kind in SPECIAL_KINDS:
        if is_kind(status.st_mode):
            detail = "never opened: it may block for ever"
            if kind == "fifo" and not is_found:
                detail += "; what comes out of it can be piped into clean"
            rules.report(Dropped(source, "skipped", kind, detail))
            return
    yield Input(
        path,
        source,
        status.st_size,
        mtime_ns=status.st_mtime_ns,
        is_found=is_found and not rules.wants_records,
    )


def _why_no_status(path: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "dangling-link" if os.path.islink(path) else "not-found"
    if os.path.islink(path) and not isinstance(error, PermissionError):
        return "looping-link"
    return "unreadable"


def _failed(source: str, reason: str, error: OSError) -> Dropped:
    return Dropped(source, "failed", reason, error.strerror or str(error))


def raise_failed(dropped: Dropped) -> None:
    """What is done without an `on_drop`: a failure is not to be lost."""
    if dropped.stage == "failed":
        raise UnreadablePage(dropped.source, dropped.reason, dropped.detail)


def _compile_globs(globs: Iterable[str] | str) -> re.Pattern[str] | None:
    """What any of the globs matches; None without one."""
    given = [globs] if isinstance(globs, str) else globs  # letters of a glob would be globs, too
    named = [name_bytes(as_utf_8(glob)) for glob in given]
    wanted = [glob.removeprefix("./").rstrip("/") or glob for glob in named]
    shorter = [_FOLDERS_RE.sub(r"\1", glob) for glob in wanted]
    return re.compile("|".join(map(translate, [*named, *wanted, *shorter]))) if named else None


def _matches(source: str, globs: re.Pattern[str]) -> bool:
    """Whether the source, a folder that it is in, or the name of one of these does.

    A "%" is meant as the source has it, or as it stands in the file's name.
    """
    return any(_matches_one(name, globs) for name in {source, source.replace("%25", "%")})


def _matches_one(name: str, globs: re.Pattern[str]) -> bool:
    if globs.match(name):
        return True
    ends = (at for at, char in enumerate(name) if char == "/")
    return any(map(globs.match, name.split("/"))) or any(globs.match(name[:end]) for end in ends)


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder and name else folder or name


def as_utf_8(path: str) -> str:
    """A path as it is where the system's names are UTF-8: a record is called the same whatever the locale is."""
    if path.isascii():
        return path
    try:
        return os.fsencode(path).decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no file has such a name here
        return path


_PERCENT_RE = re.compile("%(?=[0-9A-Fa-f]{2})")


def name_source(path: str) -> str:
    """A path as records write it: bytes that are not UTF-8 become %XX, and a "%" that looks like one of these %25.

    >>> name_source("caf\\udce9.html"), name_source("caf%E9.html"), name_source("100%.html")
    ('caf%E9.html', 'caf%25E9.html', '100%.html')
    """
    return name_bytes(_PERCENT_RE.sub("%25", path) if "%" in path else path)


def name_bytes(path: str) -> str:
    """The same of what is a source already, but for bytes that somebody typed as they are."""
    if path.isascii():
        return path
    return "".join(f"%{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in path)
