"""A corpus as vertical text for Sketch Engine: a word a line, structures as tags, <g/> where no space was.

python examples/to_vertical.py [CORPUS] > corpus.vert
"""

from __future__ import annotations

import re
import sys
from xml.sax.saxutils import escape

import dehusk

corpus = sys.argv[1] if len(sys.argv) > 1 else "corpus"
for article in dehusk.read_records(corpus):
    known = {
        name: getattr(article, name) for name in ("id", "title", "author", "date", "language", "url", "site")
    }
    print(
        "<doc",
        *(f'{name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in known.items()),
        end=">\n",
    )
    for line in article.text.split("\n"):
        words = (re.findall(r"\w+|[^\w\s]", word) for word in line.split())
        print("<p>", *("\n<g/>\n".join(map(escape, word)) for word in words), "</p>", sep="\n")
    print("</doc>")
