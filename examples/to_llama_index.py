"""A corpus as LlamaIndex documents: pip install llama-index-core.

python examples/to_llama_index.py [CORPUS]
"""

from __future__ import annotations

import sys

from llama_index.core import Document

import dehusk

corpus = sys.argv[1] if len(sys.argv) > 1 else "corpus"
documents = []
for article in dehusk.read_records(corpus):
    known = {
        name: getattr(article, name) for name in ("title", "author", "date", "language", "url", "source")
    }
    documents.append(Document(text=article.text, id_=article.id, metadata=known))
print(len(documents), "documents, the first:", documents[0].metadata["title"])
