"""Code in plain text: which lines are of one piece of it, so that it keeps its indentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.lines import Lines, are_any
from dehusk.sentences import PROSE_ENDS

_LONGEST = 300
"""Characters of a line that is looked at."""
_DEEPER = 2  # columns at least
_LEAST, _SHARE = 2, 0.5
"""So many lines of a piece read as code, and such a share of them."""
_PAIR = 0.6  # of a line of code, a pair counts, below another
_CLAUSE_SPACES, _SIGNS = 4, frozenset("=(){}[]<>")
"""A line of more, with none of these, that ends in a semicolon, is a clause."""
_OPENER_RE = re.compile(
    r"(?:(?:- )?[a-z_][\w./-]*:|</?[a-zA-Z][\w:-]*+[^<>]*+>"
    r"|(?:(?:async|export|static|public|private|protected) )*(?:def|class|if|elif|else|for|while|with|try|except"
    r"|finally|match|case|switch|unless|until)\b.*[:({\[,\\]"
    r"|(?:def|class|module)\s+[\w.:!?]+(?:\(.*\)| < [\w:]+)?|else|begin|try"
    r"|SELECT(?: DISTINCT)?|FROM|WHERE|HAVING|VALUES|SET|(?:GROUP|ORDER) BY)$"
)
_OPENING_RE = re.compile(r"[{(\[\\]$|[=-]>$|\bdo(?: \|[\w, ]*\|)?$|\bthen$")
_OPENING_ENDS = "{", "(", "[", "\\", ">", "|", "do", "then"
"""Lines below which code is set in; and how others end that are such, with one of these ends."""
_VARIABLE_RE, _CODE_ENDS = re.compile(r"\$[A-Za-z_{(@]"), (";", "{", "}", "; do", "; then")
_CODE_RE = re.compile(
    r"(?:[})\]]+[;,)]*$|</?[a-zA-Z][\w:-]*+[^<>]*+>|>>> |\.\.\. |\$ \S|//|/\*|\"[^\"]*\"\s*:|'[^']*'\s*:"
    r"|@\w[\w.]*(?:\(.*)?$"
    r"|#?(?:import|from|use|using|package|require|include)\s+[\w.:<\"'/]+(?:\s+(?:import|as)\b.*)?[;>\"']?$"
    r"|(?:return|raise|yield|throw|await|del|break|continue|pass|end|else|try|finally|fi|done|esac)\b(?:\s\S+){0,3}[:;]?$"
    r"|(?:(?:async|export|static|public|private|protected|else|pub) )*(?:def|class|if|elif|for|while|with|except|match"
    r"|case|switch|function|func|fn|struct|enum|interface|impl|namespace|module|return|raise|assert|await|const|let|var|void"
    r"|int)\b.*[:({\[,;)\]}]$"
    r"|[\w.$@*&\[\]\"'-]++(?:\s*+:\s*+[\w\[\], .|]++)?\s*+(?:[-+*/|&^%:?]|<<|>>|\*\*|//)?=(?![=>])\s*\S"
    r"|(?:(?:await|new|throw|yield) )?[A-Za-z_$][\w.$]*(?:(?:::|->)\w+)*[!?]?\(.*[(){};,:\]]$"
    r"|(?:SELECT|FROM|WHERE|HAVING|VALUES|UNION(?: ALL)?|(?:GROUP|ORDER) BY|LIMIT \d+|INSERT INTO|UPDATE \w+ SET"
    r"|(?:(?:LEFT|RIGHT|INNER|OUTER|CROSS) )*JOIN|DELETE FROM|(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|VIEW))(?![^\s(])"
    r"|\w.* AS (?:\(|\w+,?)$)"
)
_STATEMENT_RE = re.compile(
    r"[={}\[\]$|\\]|\w\(|\(\)|<\w|\w>|::|->|//|&&|[a-zA-Z]{2}\.[a-zA-Z]{2}|\w_\w"
    r"|^[^\s&]+(?: [^\s&]+)?$|^\W+$|^[a-z][\w-]*\??:\s"
    r"|^(?:return|throw|yield|await|delete|goto|break|import|package|using|echo|print) \S+(?: [*+/%&|-] \S+)*$"
    r"|^import \S+ from "
    r"|^(?:(?:const|static|public|private|protected|unsigned|final|extern) )*"
    r"(?:int|char|float|double|bool|boolean|string|String|void|var|let|auto)\b[\w ,*]*;$"
    r"|^[A-Z]{2,} |^export \w+ |^[a-z-]+ : "
)
"""What a line that ends in a semicolon has if it is code: verses and clauses of laws end so, too. Two words alone
are a declaration, or a name in a list."""
_PAIR_RE = re.compile(r"(?:- )?[a-z_][\w./-]*:(?:\s+\S.*)?$|- \S+$")
"""What YAML is made of; now and then prose has one."""

_FENCES = ("```", "~~~")
_FENCE_RE = re.compile(r"(?:(`{3,})([^`]*)|(~{3,})[ \t]*([\w+#.-]{0,30}(?:[ \t]*\{.*\})?))$")
"""The line above or below code: three ticks or tildes, and above it the name of its language may follow."""
_PROSE_CHARS, _PROSE_SHARE, _TILDES_SHARE = 80, 0.5, 0.3
"""Between fences less than that share of the characters is in sentences of so many; else one of them was not closed.
And between tildes without a name that share of the lines reads as code: such lines stand between scenes, too."""


def has_fences(lines: Lines) -> bool:
    """Whether some of these may be fences: the first character alone is looked for much faster."""
    at = np.flatnonzero(are_any(lines.firsts, "`~")).tolist()
    return any(lines.texts[i].startswith(_FENCES) for i in at)


def find_fences(texts: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which lines are fences, and which stand between two that are of one piece of code.

    CommonMark has a fence that is not closed go on to the end; in a dump it would be the end of other pages.

    >>> _, inside = find_fences(["```py", "x = 1", "```", "Words.", "~~~", "More words."])
    >>> inside.tolist()
    [False, True, False, False, False, False]
    """
    inside, is_fence = np.zeros((2, len(texts)), np.bool_)
    at = [i for i, text in enumerate(texts) if text[:3] in _FENCES]
    found = [(i, fence) for i in at if (fence := _FENCE_RE.match(texts[i]))]
    is_fence[[i for i, _ in found]] = True
    k = 0
    while k < len(found):
        end = _find_end(found, k)
        first, stop = found[k][0], found[end][0]
        if end > k and are_fenced(texts[first], texts[first + 1 : stop]):
            inside[first + 1 : stop] = True
            k = end
        elif found[k][1][2]:  # what stands behind ticks that begin no code is no language
            is_fence[first] = " " not in found[k][1][2].strip()
        k += 1
    return is_fence & ~inside, inside


def _find_end(found: Sequence[tuple[int, re.Match[str]]], k: int) -> int:
    """The number of the fence that closes another, or that one's for none: it has no name, and as many signs."""
    mark = found[k][1][1] or found[k][1][3]
    for end in range(k + 1, len(found)):
        other = found[end][1]
        if (other[1] or other[3]).startswith(mark):
            return k if (other[2] or other[4] or "").strip() else end
    return k


def are_fenced(fence: str, texts: Sequence[str]) -> bool:
    """Whether lines below an opening fence are code, and no pages or scenes."""
    prose = sum(len(text) for text in texts if len(text) >= _PROSE_CHARS and text[-1] in PROSE_ENDS)
    if prose > _PROSE_SHARE * sum(map(len, texts)):
        return False
    is_sure = fence[0] == "`" or fence.strip("~ ") != ""
    return is_sure or sum(map(_is_code, texts)) >= max(1, _TILDES_SHARE * len(texts))


def is_statement(text: str) -> bool:
    """Whether a line by itself is one of code that ends in a semicolon.

    >>> is_statement("total += x;"), is_statement("and father lights the light;")
    (True, False)
    """
    return text[-1] == ";" and not _is_clause(text) and _STATEMENT_RE.search(text[:_LONGEST]) is not None


def find_code(lines: Lines) -> list[tuple[int, int]]:
    """The pieces of code that have lines set in, as [first, stop) lines, in order.

    One begins where a line that opens a block has a deeper one below; it goes on with what is set in, and up and down
    with what reads as code. Code without indentation is not looked for: as paragraphs nothing of it is lost.
    """
    texts, gaps, indents = lines.texts, lines.gaps, lines.indents
    found, done = list[tuple[int, int]](), 0
    for i in np.flatnonzero((np.diff(indents) >= _DEEPER) & (gaps[1:] == 0)).tolist():
        opener = texts[i]
        if i < done or not _opens(opener):
            continue
        stop = _find_stop(lines, i)
        while i > done and 0 <= gaps[i] <= 1 and _is_code(texts[i - 1]):
            i -= 1
        pair = _PAIR if _PAIR_RE.match(opener) else 0
        score = sum(1 if _is_code(text) else pair * bool(_PAIR_RE.match(text)) for text in texts[i:stop])
        if score >= max(_LEAST, _SHARE * (stop - i)):
            found.append((i, stop))
            done = stop
        else:  # what it might hold is looked for in its second half alone, so that the time stays linear, nearly
            done = max(i + 1, (i + stop) // 2)
    return found


def _find_stop(lines: Lines, opener: int) -> int:
    """Where the code ends that is set in below a line."""
    texts, gaps, indents = lines.texts, lines.gaps, lines.indents
    base, body, stop = int(indents[opener]), int(indents[opener + 1]), opener + 2
    while stop < len(texts) and 0 <= gaps[stop] <= 1:
        follows = indents[stop - 1] > base or _opens(texts[stop - 1])
        least = base + 1 if gaps[stop] == 0 and indents[stop - 1] > base else body
        if not ((follows and indents[stop] >= least) or _is_code(texts[stop])):
            break
        stop += 1
    return stop


def _opens(text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    ends_so = text.endswith(_OPENING_ENDS) and _OPENING_RE.search(text) is not None
    return ends_so or _OPENER_RE.match(text) is not None


def _is_code(text: str) -> bool:
    if len(text) > _LONGEST or _is_clause(text):
        return False
    has_signs = text.endswith(_CODE_ENDS) or ("$" in text and _VARIABLE_RE.search(text) is not None)
    return has_signs or _CODE_RE.match(text) is not None


def _is_clause(text: str) -> bool:
    return text[-1] == ";" and text.count(" ") > _CLAUSE_SPACES and not _SIGNS & set(text)
