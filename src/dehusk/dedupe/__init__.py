"""Near-duplicates: MinHash proposes, the sets of shingles decide."""

from dehusk.dedupe.copies import CopiedArticle, StrippedCopies, strip_copies
from dehusk.dedupe.judge import Deduplicator, drop_near_duplicates
from dehusk.dedupe.remnants import drop_remnants, put_back
from dehusk.dedupe.signatures import Signed, sign, sign_texts
from dehusk.dedupe.store import read_state

__all__ = [
    "CopiedArticle",
    "Deduplicator",
    "Signed",
    "StrippedCopies",
    "drop_near_duplicates",
    "drop_remnants",
    "put_back",
    "read_state",
    "sign",
    "sign_texts",
    "strip_copies",
]
