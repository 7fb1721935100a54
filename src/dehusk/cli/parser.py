"""A parser of arguments whose help fits a screen and whose errors name the mend."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from dehusk.errors import MissingExtra

_CHOICE_RE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)$")
_COLUMN = 30
_LEAST_BEGUN = 2
"""Characters: two dashes begin every option."""


class Parser(argparse.ArgumentParser):
    """`--help` shows `examples` and the options named in `common`; `--help-all` shows every one."""

    def __init__(self, *, examples: str = "", common: Sequence[str] = (), **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)
        self._examples, self._common = examples, common

    def format_help(self) -> str:
        if not self._common:
            return super().format_help()
        actions = {name: action for action in self._actions for name in action.option_strings}
        lines = [_describe(actions[name]) for name in self._common]
        rest = "".join(f"{line}\n" for line in ["options:", *lines])
        return f"{self.description}\n\n{self._examples}\n{rest}\n{self.epilog or ''}"

    def format_all(self) -> str:
        """The help with every option."""
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """End with status 2, and say what may have been meant."""
        self.exit(2, f"{self.prog}: {make_safe(message + self._suggest(message))}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)  # argparse says nothing where that fails

    def _suggest(self, message: str) -> str:
        known = [name for action in self._actions for name in action.option_strings]
        if message.startswith("unrecognized arguments:"):
            words = [word.partition("=")[0] for word in message.split()[2:] if word.startswith("-")]
            return "".join(did_you_mean(word, known) for word in words)
        if found := _CHOICE_RE.search(message):
            return did_you_mean(found[1], re.findall(r"[\w-]+", found[2]))
        return ""


def _describe(action: argparse.Action) -> str:
    name = ", ".join(action.option_strings)
    if action.nargs != 0:
        name += f" {action.metavar or '|'.join(map(str, action.choices or ['X']))}"
    return f"  {name:<{_COLUMN}} {(action.help or '') % vars(action)}"


def make_safe(text: str) -> str:
    """A line for a terminal: it holds names as they were given."""
    if text.isprintable():
        return text
    from dehusk.report import escape_controls  # heavy, and seldom needed

    return escape_controls(text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is nearly a known one, or nothing.

    >>> did_you_mean("--presicion", ["--precision", "--recall"])
    ': did you mean --precision?'
    >>> did_you_mean("--x", ["--precision"])
    ''
    """
    from difflib import get_close_matches  # only when something went wrong

    known = list(known)
    begun = [name for name in known if len(word) > _LEAST_BEGUN and name.startswith(word)]
    found = sorted(begun, key=len) or get_close_matches(word, known, n=1, cutoff=0.6)
    return f": did you mean {found[0]}?" if found else ""


class ShowAll(argparse.Action):
    """`--help-all`."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> NoReturn:
        assert isinstance(parser, Parser)
        print(parser.format_all(), end="")
        parser.exit()


class ShowCompletion(argparse.Action):
    """`--print-completion SHELL`: a script that the shell loads, made by shtab."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: object, values: object, *rest: object
    ) -> NoReturn:
        try:
            import shtab
        except ImportError:
            raise MissingExtra("shell completion needs a package: pip install 'dehusk[completion]'") from None
        print(shtab.complete(parser, shell=str(values)))
        parser.exit()
