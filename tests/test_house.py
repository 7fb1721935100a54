"""The house's table of rooms: who may import whom. A new room is a line here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "dehusk"
BELOW_STAGES = {
    "model", "errors", "words", "language", "pages", "blocks", "metadata", "label", "segment", "articles", "dedupe",
    "records", "templates",
}  # fmt: skip
"""The arrows of the design; not what is inside some of them (kernels, nets, listings)."""
UNUSED = {
    "language": {"words"},
    "metadata": {"language"},
    "engines": {"model"},
    "report": {"errors"},
    "stages": {"metadata"},
    "pipeline": {"words", "language", "blocks", "metadata", "label", "segment", "articles"},
}
"""What the design allows, and nobody makes use of."""
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "language_tags": set(),
    "model": {"errors", "words", "language_tags"},
    "block_table": {"model"},
    "native": set(),
    "words": {"native"},
    "nets": set(),
    "trees": {"native"},
    "english": set(),
    "sentences": set(),
    "language": {"words"},
    "listings": {"words"},
    "page_headers": {"sentences"},
    "trails": set(),
    "pages": {"model", "errors", "page_headers"},
    "blocks": {"model", "errors", "words", "native", "block_table", "page_headers", "sentences"},
    "metadata": {"model", "language", "sentences"},
    "label": {
        "model",
        "words",
        "english",
        "language",
        "listings",
        "nets",
        "native",
        "block_table",
        "page_headers",
        "sentences",
        "trails",
    },
    "segment": {
        "model",
        "block_table",
        "words",
        "english",
        "listings",
        "nets",
        "trails",
        "trees",
        "native",
        "page_headers",
        "sentences",
    },
    "articles": {"model", "words", "metadata", "language"},
    "dedupe": {"model", "errors", "words"},
    "templates": {"model", "errors", "words", "nets", "native", "sentences"},
    "records": {"model", "errors"},
    "compare": {"model", "records"},
    "stages": BELOW_STAGES,
    "engines": {"model", "errors"},
    "pipeline": BELOW_STAGES | {"stages", "engines"},
    "report": {"model", "errors", "records", "compare"},
    "cli": {"pipeline", "report", "compare", "records", "engines", "model", "errors", "language_tags"},
    "integrations": {"pipeline", "records", "model", "errors"},
    "__init__": {"model", "errors", "pages", "dedupe", "records", "pipeline"},
    "__main__": {"cli"},
}


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
def test_room_imports_only_what_its_line_allows(room: str) -> None:
    assert room in MAY_IMPORT, f"a new room: give {room} a line in MAY_IMPORT"
    assert imported_rooms(room) <= MAY_IMPORT[room]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_line_allows_no_more_than_is_used_or_designed(room: str) -> None:
    assert MAY_IMPORT[room] - imported_rooms(room) == UNUSED.get(room, set())


def test_every_line_of_the_table_has_its_room() -> None:
    assert set(MAY_IMPORT) <= set(rooms())


def test_the_map_has_every_room_below_those_that_it_imports() -> None:
    text = (SRC.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (`[a-z_/`, ]+`) \|", text, re.MULTILINE)
    listed = [name.rstrip("/") for line in lines for name in re.findall(r"`([^`]+)`", line)]
    assert sorted([*listed, "__init__", "__main__"]) == rooms()
    for above, room in enumerate(listed):
        assert imported_rooms(room) <= set(listed[:above])
