"""The signs that end sentences, in all scripts. (Thai and Lao have none.)"""

from __future__ import annotations

SENTENCE_ENDS = ".!?…。！？．｡؟۔।॥։።။។།"
CLOSING_QUOTES = '"”»’'
"""What may stand behind them, besides a bracket."""
PROSE_ENDS = frozenset(SENTENCE_ENDS + CLOSING_QUOTES)
"""The last characters of paragraphs that end with a sentence."""


def may_end_prose(char: str) -> bool:
    """Whether a paragraph's last character may be the end of its last sentence."""
    return char in PROSE_ENDS or is_stopless(char)


def is_stopless(char: str) -> bool:
    """Whether a character is of Thai or Lao: the last letter of a line may end a sentence."""
    return "\u0e01" <= char <= "\u0edf"
