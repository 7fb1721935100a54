"""Code in plain text: which lines are of one piece of it, so that it keeps its indentation."""

from __future__ import annotations

import re

import numpy as np

from dehusk.blocks.lines import Lines

_LONGEST = 300
"""Characters of a line that is looked at."""
_DEEPER = 2  # columns at least
_LEAST, _SHARE = 2, 0.5
"""So many lines of a piece read as code, and such a share of them."""
_PAIR = 0.6  # of a line of code, a pair counts, below another
_CLAUSE_SPACES, _SIGNS = 4, frozenset("=(){}[]<>")
"""A line of more, with none of these, that ends in a semicolon, is a clause."""
_OPENER_RE = re.compile(
    r"[{(\[]$|[=-]>$|\\$|\bdo(?: \|[\w, ]*\|)?$|\bthen$"
    r"|^(?:(?:- )?[a-z_][\w./-]*:|</?[a-zA-Z][\w:-]*+[^<>]*+>"
    r"|(?:(?:async|export|static|public|private|protected) )*(?:def|class|if|elif|else|for|while|with|try|except"
    r"|finally|match|case|switch|unless|until)\b.*[:({\[,\\]"
    r"|(?:def|class|module)\s+[\w.:!?]+(?:\(.*\)| < [\w:]+)?|else|begin|try"
    r"|SELECT(?: DISTINCT)?|FROM|WHERE|HAVING|VALUES|SET|(?:GROUP|ORDER) BY)$"
)
"""Lines below which code is set in."""
_CODE_RE = re.compile(
    r"[;{}]$|; (?:do|then)$|\$[A-Za-z_{(@]"
    r"|^(?:[})\]]+[;,)]*$|</?[a-zA-Z][\w:-]*+[^<>]*+>|>>> |\.\.\. |\$ \S|//|/\*|\"[^\"]*\"\s*:|'[^']*'\s*:"
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
    return len(text) <= _LONGEST and _OPENER_RE.search(text) is not None


def _is_code(text: str) -> bool:
    return len(text) <= _LONGEST and not _is_clause(text) and _CODE_RE.search(text) is not None


def _is_clause(text: str) -> bool:
    return text[-1] == ";" and text.count(" ") > _CLAUSE_SPACES and not _SIGNS & set(text)
