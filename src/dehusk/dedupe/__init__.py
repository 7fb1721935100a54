"""Near-duplicates: MinHash proposes, the sets of shingles decide."""

from dehusk.dedupe.judge import Deduplicator, drop_near_duplicates
from dehusk.dedupe.signatures import Signed, sign, sign_texts

__all__ = ["Deduplicator", "Signed", "drop_near_duplicates", "sign", "sign_texts"]
