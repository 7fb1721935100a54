"""Options from a file: dehusk.toml or [tool.dehusk] of pyproject.toml in the working folder.

The command line wins. Nothing is read from the input, and a file may not say where output goes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dehusk.cli.arguments import clean_parser
from dehusk.cli.parser import did_you_mean, make_safe
from dehusk.errors import BadOptions

FORBIDDEN = frozenset(
    {"out", "o", "paths", "dropped", "index", "ray-address", "templates", "config", "help", "help-all", "version",
     "print-completion", "html", "dry-run"}
)  # fmt: skip
"""Where things go, what is read, and what ends at once: only a person at the command line says that."""


def parse_with_config(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """What the arguments say, and where they say nothing, a config file; names it on standard error.

    Raises:
        BadOptions: the file is not there or no TOML, or holds what it may not.
    """
    arguments = take_behind_dashes(arguments)
    finder = argparse.ArgumentParser(prog=parser.prog, add_help=False, allow_abbrev=False)
    finder.add_argument("--config")
    name = apply_config(parser, clean_parser(), finder.parse_known_args(arguments)[0].config)
    for option in ("--include", "--exclude"):  # a list on the command line replaces the file's, too
        if any(argument.partition("=")[0] == option for argument in arguments):
            parser.set_defaults(**{option[2:]: []})
    wanted = parser.parse_intermixed_args(arguments)
    if name and not getattr(wanted, "quiet", False):
        print(make_safe(f"options from {name}"), file=sys.stderr)
    return wanted


def take_behind_dashes(arguments: Sequence[str]) -> list[str]:
    """Behind "--" all are paths, whatever they begin with: `parse_intermixed_args` takes some for options there.

    >>> take_behind_dashes(["-q", "--", "a.html", "-b.html", "-"])
    ['-q', 'a.html', './-b.html', '-']
    """
    given = list(arguments)
    if "--" not in given:
        return given
    at = given.index("--")
    names = (f"./{name}" if name.startswith("-") and name != "-" else name for name in given[at + 1 :])
    return [*given[:at], *names]


def apply_config(
    parser: argparse.ArgumentParser, known: argparse.ArgumentParser, path: str | None = None
) -> str:
    """Make what a file says the parser's defaults; returns the file's name, "" if there is none.

    `known` is the parser whose options a file may set; what this parser does not have of them is passed over.

    Raises:
        BadOptions: the file is not there or no TOML, or holds what it may not, or two options that exclude each other.
    """
    name, values = _read_config(path)
    options = {
        long[2:]: action for action in known._actions for long in action.option_strings if long[:2] == "--"
    }
    options["jobs"] = next(action for action in known._actions if action.dest == "jobs")
    dests = {action.dest for action in parser._actions}
    given: dict[str, argparse.Action] = {}
    for key, value in values.items():
        key = key.replace("_", "-")
        if key in FORBIDDEN:
            raise BadOptions(f"{name} may not set {key}: give it on the command line")
        if key not in options:
            allowed = [option for option in options if option not in FORBIDDEN]
            raise BadOptions(f"{name} has no option {key}{did_you_mean(key, allowed)}")
        action = options[key]
        result = _convert(action, value, where=f"{name}: {key}")
        if result is None:
            continue
        given[key] = action
        if action.dest in dests:
            parser.set_defaults(**{action.dest: result})
    for group in known._mutually_exclusive_groups:
        rivals = [key for key, action in given.items() if action in group._group_actions]
        if len(rivals) > 1:
            raise BadOptions(f"{name} sets {' and '.join(rivals)}: leave one of the two out")
    return name


def _read_config(path: str | None) -> tuple[str, Mapping[str, Any]]:
    if path is not None:
        return path, _table(path, _load(path))
    if Path("dehusk.toml").is_file():
        return "dehusk.toml", _table("dehusk.toml", _load("dehusk.toml"))
    if Path("pyproject.toml").is_file() and b"tool.dehusk" in Path("pyproject.toml").read_bytes():
        values = _table("pyproject.toml", _load("pyproject.toml"))
        return ("pyproject.toml" if values else ""), values
    return "", {}


def _table(path: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a pyproject.toml, and of what is laid out like one, the part that is ours."""
    tool = values.get("tool")
    table = tool.get("dehusk") if isinstance(tool, dict) else None
    if isinstance(table, dict):
        return table
    return {} if Path(path).name == "pyproject.toml" else values


def _load(path: str) -> dict[str, Any]:
    import tomllib  # most runs have no such file

    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadOptions(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, lists a thousand deep
        raise BadOptions(f"{path} is no TOML file: {error}") from None


def _convert(action: argparse.Action, value: Any, *, where: str) -> Any:
    """The value as the command line would give it; None for a switch that is off."""
    if action.nargs == 0:
        return action.const if _checked(value, bool, where) else None
    if isinstance(action, argparse._AppendAction):
        return [_checked(item, str, where) for item in _checked(value, list, where)]
    if action.type in (int, float):
        return _checked(value, int if action.type is int else (int, float), where)
    if isinstance(value, list):
        value = ",".join(_checked(item, str, where) for item in value)
    value = _checked(value, str, where)
    if action.choices is not None and value not in action.choices:
        hint = did_you_mean(value, action.choices)
        raise BadOptions(f"{where} must be one of {', '.join(action.choices)}, not {value}{hint}")
    if not callable(action.type):
        return value
    try:
        return action.type(value)
    except argparse.ArgumentTypeError as error:
        raise BadOptions(f"{where}: {error}") from None


_NAMES = {bool: "true or false", int: "a whole number", str: "a text", list: "a list"}


def _checked(value: Any, kind: Any, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadOptions(f"{where} must be {_NAMES.get(kind, 'a number')}, not {value!r}")
    return value
