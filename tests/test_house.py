"""The house's table of rooms: who may import whom. A new room is a line here."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "dehusk"
IMPORTS: dict[str, set[str]] = {
    "errors": set(),
    "zstd": {"errors"},
    "language_tags": set(),
    "version": set(),
    "model": {"errors", "language_tags", "words"},
    "block_table": {"model"},
    "native": set(),
    "words": {"native"},
    "nets": {"native"},
    "trees": {"native"},
    "english": set(),
    "sentences": set(),
    "link_numbers": set(),
    "language": set(),
    "listings": {"words"},
    "page_headers": {"sentences", "words"},
    "trails": {"words"},
    "pages": {"errors", "model", "page_headers", "zstd"},
    "blocks": {
        "block_table", "errors", "model", "native", "nets", "page_headers", "sentences", "trees", "words",
    },
    "metadata": {"link_numbers", "listings", "model", "native", "sentences", "trails"},
    "label": {
        "block_table", "english", "language", "link_numbers", "listings", "model", "native", "nets",
        "page_headers", "sentences", "trails", "trees", "words",
    },
    "segment": {
        "block_table", "english", "listings", "model", "native", "nets", "page_headers",
        "sentences", "trails", "trees", "words",
    },
    "articles": {"language", "metadata", "model", "words"},
    "dedupe": {"errors", "model", "words"},
    "templates": {"errors", "model", "native", "nets", "sentences", "words"},
    "records": {"errors", "model", "zstd"},
    "compare": {"model", "records"},
    "stages": {
        "articles", "blocks", "dedupe", "errors", "label", "link_numbers", "model",
        "pages", "records", "segment", "templates", "words",
    },
    "engines": {"errors"},
    "pipeline": {"dedupe", "engines", "errors", "model", "pages", "records", "stages", "templates", "version"},
    "report": {"compare", "model", "records"},
    "cli": {"compare", "engines", "errors", "language_tags", "model", "pipeline", "records", "report", "version"},
    "integrations": {"errors", "model", "pipeline", "records"},
    "__init__": {"dedupe", "errors", "model", "pages", "pipeline", "records"},
    "__main__": {"cli"},
}  # fmt: skip
"""What each room imports, and may: an arrow more is a decision."""
MOST_POSITIONAL = 3
MORE_POSITIONAL = {
    "label/text_rules.py: _rule": "its calls are the rows of a table, with Rule's columns",
    "model.py: __init__": "what a dataclass makes, for type checkers",
}
"""Functions that take more, and why."""


def rooms() -> list[str]:
    return sorted(
        p.stem if p.is_file() else p.name
        for p in SRC.iterdir()
        if p.suffix == ".py" or (p.is_dir() and any(p.glob("*.py")))
    )


def imported_rooms(room: str) -> set[str]:
    files = [SRC / f"{room}.py"] if (SRC / f"{room}.py").exists() else sorted((SRC / room).rglob("*.py"))
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file.name}: relative import"
                names = [node.module or ""]
                if node.module == "dehusk":
                    names = [f"dehusk.{alias.name}" for alias in node.names]
            else:
                continue
            found |= {name.split(".")[1] for name in names if name.startswith("dehusk.")}
    return found - {room}


@pytest.mark.parametrize("room", rooms())
def test_room_imports_what_its_line_says(room: str) -> None:
    assert room in IMPORTS, f"a new room: give {room} a line in IMPORTS"
    assert imported_rooms(room) == IMPORTS[room]


def test_every_line_of_the_table_has_its_room() -> None:
    assert set(IMPORTS) <= set(rooms())


def test_the_map_has_every_room_below_those_that_it_imports() -> None:
    text = (SRC.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (`[a-z_/`, ]+`) \|", text, re.MULTILINE)
    listed = [name.rstrip("/") for line in lines for name in re.findall(r"`([^`]+)`", line)]
    assert sorted([*listed, "__init__", "__main__"]) == rooms()
    for above, room in enumerate(listed):
        assert imported_rooms(room) <= set(listed[:above])


def test_what_is_more_than_three_arguments_is_named() -> None:
    found = [
        f"{file.relative_to(SRC).as_posix()}: {node.name}"
        for file in sorted(SRC.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and len(list_positional(node)) > MOST_POSITIONAL
    ]
    assert set(found) == set(MORE_POSITIONAL)


def list_positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    return [name for name in names if name not in ("self", "cls")]


@pytest.mark.parametrize(
    "file", sorted((SRC.parents[1] / "benchmarks").rglob("*.py")), ids=lambda file: file.name
)
def test_benchmarks_import_what_is_there(file: Path) -> None:
    """They need packages that the tests do not, and so are not run here."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "dehusk":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
