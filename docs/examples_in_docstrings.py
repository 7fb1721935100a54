"""A griffe extension: the doctest at the end of a docstring becomes its section of examples."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Without it a doctest would be taken for running text."""

    def on_object(self, *, obj: griffe.Object, **rest: Any) -> None:
        text = obj.docstring.value if obj.docstring else ""
        before, mark, example = text.partition("\n>>> ")
        if obj.docstring and mark:
            obj.docstring.value = f"{before}\n\nExamples:\n{indent(f'>>> {example}', '    ')}"
