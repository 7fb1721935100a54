"""What people of newspapers are, as it stands behind their names: "Staff Writer", "corresponsal en Roma"."""

from __future__ import annotations

import re

_CHARS = 60

JOB = (
    r"writers?|reporters?|correspondents?|editors?|journalists?|columnists?|contributors?|bloggers?|critics?|producers?"
    r"|(?:chef)?reda[kc]t(?:eu|o)r(?:in)?|(?:auslands)?korrespondent(?:in|en)?|redaktionsmitglied|mitarbeiter(?:in)?|reporterin|journalistin|autorin"
    r"|volontär(?:in)?|kolumnist(?:in)?"
    r"|journalistes?|rédact(?:eur|rice)(?: en chef)?|correspondante?|envoyée? spéciale?|chroniqueu(?:r|se)"
    r"|éditorialiste"
    r"|periodista|redactora?|corresponsal|enviad[oa] especial|columnista|reporter[oa]|editora?"
    r"|jornalista|repórter|redatora?|correspondente|colunista|estagiári[oa]"
    r"|giornalista|redat(?:tore|trice)|corrispondente|inviat[oa]|cronista"
    r"|redacteur|verslaggever|verslaggeefster|redaktör|redaktør|skribent|toimittaja"
    r"|dziennikar(?:z|ka)|redaktor(?:ka)?|korespondent(?:ka)?|publicyst(?:a|ka)|reporter(?:ka)|novinář(?:ka)?|zpravodaj(?:ka)?"
    r"|(?:спец)?корреспондент(?:ка)?|журналист(?:ка)?|редактор|обозреватель|репортёр|кореспондент(?:ка)?|журналіст(?:ка)?"
    r"|редакторка|оглядач(?:ка)?"
    r"|muhabiri?|editörü?|gazeteci|köşe yazarı|wartawan|jurnalist|δημοσιογράφος|újságíró"
    r"|مراسلة?|محررة?|صحفية?|صحافية?|संवाददाता|पत्रकार|संपादक|रिपोर्टर"
)
_KIND = (
    r"staff|senior|junior|former|deputy|assistant|associate|contributing|managing|executive|freelance|special|guest|lead"
    r"|chief|foreign|investigative"
)
_WHERE = r"(?:of|for|at|in|bei|der|des|de|du|del|da|di|en|em|à|a|w)"
# Behind a comma a job may have words of its own before it, but no "and": there the next name begins.
_BEHIND_COMMA = (
    rf"(?:(?!(?:and|und|et|y|e)\s)[^\W\d_][\w.'’&/-]*\s+){{0,4}}?(?:{JOB})(?:\s+{_WHERE}\s+[^,;|]{{2,40}}?)?"
    r"|special to [^,;|]{2,40}?|(?:the )?associated press|reuters|afp|dpa"
)
_BEHIND_RE = re.compile(
    rf"\s*[,،、]\s*(?:{_BEHIND_COMMA})(?:,?(?=\s+(?:and|und|et|y|e)\s)|(?=\s*(?:[,;|]|$)))"
    rf"|(?<=\w)\s+(?:{_KIND})(?:\s+[\w&-]+){{0,3}}?\s+(?:{JOB})$",
    re.IGNORECASE,
)
_JOB_RE = re.compile(rf"(?:{_BEHIND_COMMA})", re.IGNORECASE)
_BESIDE_RE = re.compile(
    rf"(?P<name>(?:[^\W\d_a-z][\w.'’-]+\s){{2,3}}?)[A-Z][a-z]+(?:\s[a-z]+){{0,3}}\s(?:{JOB})"
)
"""A name and what is said of it, which begins with a capital as well: "Ann Roe Legal affairs correspondent"."""


_ROLE_RE = re.compile(
    rf"(?:is|was|has been|works as|ist|war|arbeitet als|est|es|fue|é|foi|è|är|er|on|jest|je|este|[–—-])\s"
    rf"(?:[^.!?]{{0,70}}?[\s-])?(?:{JOB})(?<!s)\b",
    re.IGNORECASE,
)
"""What is said of one of them behind the name: of one, since who tells something to reporters is none."""


def drop_jobs(text: str) -> str:
    """Names without what those who bear them are.

    >>> drop_jobs("Ann Roe, Health Correspondent"), drop_jobs("Ann Roe, Staff Writer, and Bo Li, Sports Editor")
    ('Ann Roe', 'Ann Roe and Bo Li')
    >>> drop_jobs("Ann Roe, MD"), drop_jobs("Staff Writer"), drop_jobs("Léa Roy, journaliste à Lyon")
    ('Ann Roe, MD', 'Staff Writer', 'Léa Roy')
    >>> drop_jobs("Ann Roe Legal affairs correspondent"), drop_jobs("Ann Roe reporter")
    ('Ann Roe', 'Ann Roe reporter')
    """
    beside = _BESIDE_RE.fullmatch(text)
    return beside["name"].rstrip() if beside else _BEHIND_RE.sub("", text)


def is_job(text: str) -> bool:
    """Whether a line says what a writer is and nothing else.

    >>> is_job("Senior health correspondent"), is_job("Redakteurin"), is_job("The editors chose it.")
    (True, True, False)
    """
    return len(text) <= _CHARS and _JOB_RE.fullmatch(text) is not None


def is_role(text: str) -> bool:
    """Whether a text, which a name stands before, says that somebody writes for a living.

    >>> is_role("is a freelance writer in Oslo."), is_role("told reporters that it was late."), is_role("— журналист.")
    (True, False, True)
    """
    return _ROLE_RE.match(text) is not None
