"""A corpus as LangChain documents: pip install langchain-core.

python examples/to_langchain.py [CORPUS]
"""

from __future__ import annotations

import sys
from dataclasses import asdict

from langchain_core.documents import Document

import dehusk

corpus = sys.argv[1] if len(sys.argv) > 1 else "corpus"
documents = []
for article in dehusk.read_records(corpus):
    metadata = asdict(article)
    documents.append(Document(page_content=metadata.pop("text"), id=metadata["id"], metadata=metadata))
print(len(documents), "documents, the first:", documents[0].metadata["title"])
