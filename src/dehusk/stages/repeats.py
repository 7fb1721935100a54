"""What repeats on a site, cut out of pages that were cleaned before that was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from dehusk.articles import cut_article
from dehusk.model import Article, Dropped, Label, Options
from dehusk.stages.outcomes import Outcome, PageOutcome, name_rule, redirect_copies
from dehusk.stages.spares import RETURN_REASON, Spare, choose_spares
from dehusk.templates import Found, Learner, Prints, Repeats, Templates, find_repeats, look_up


class Change(NamedTuple):
    """What the evidence of its site changes in a page."""

    repeats: Repeats
    """What goes."""
    back: dict[int, Spare]
    """What comes back, by its index in the page."""

    def names(self) -> dict[int, tuple[Label, str]]:
        """The new label and reason of each block that changes."""
        gone: dict[int, tuple[Label, str]] = {
            i: ("template", self.repeats.reason(i)) for i in self.repeats.indices()
        }
        return gone | dict.fromkeys(self.back, ("content", RETURN_REASON))


def find_change(
    prints: Prints, found: Found, *, articles: Sequence[Article], spares: Sequence[Spare], options: Options
) -> Change | None:
    """None where nothing goes."""
    repeats = find_repeats(prints, found)
    if repeats is None:
        return None
    lone = articles[0] if len(articles) == 1 else None
    back = choose_spares(spares, prints, repeats, mode=options.mode, page_type=lone.page_type) if lone else {}
    return Change(repeats, back)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts outcomes by what `look_up` shows of their sites."""

    look_up: Callable[[Prints], Found]
    options: Options

    def cut(self, outcome: Outcome) -> tuple[Outcome, Change | None]:
        """The outcome without what repeats, and what that changes; the same outcome where nothing does."""
        if not isinstance(outcome, PageOutcome) or outcome.prints is None:
            return outcome, None
        change = find_change(
            outcome.prints,
            self.look_up(outcome.prints),
            articles=outcome.articles,
            spares=outcome.spares,
            options=self.options,
        )
        if change is None:
            return outcome, None
        articles, dropped = cut_articles(
            outcome.articles, outcome.dropped, prints=outcome.prints, change=change, options=self.options
        )
        labels, rules = _recount(outcome, change)
        return replace(
            outcome, articles=articles, dropped=dropped, labels=labels, rules=rules, prints=None, spares=()
        ), change


def _recount(outcome: PageOutcome, change: Change) -> tuple[Counter[str], Counter[str]]:
    """The labels and rules of a page's blocks after the change."""
    labels, rules = Counter(outcome.labels), Counter(outcome.rules)
    count = int(change.repeats.gone.sum())
    labels["template"] += count
    labels["content"] += len(change.back) - count
    rules[name_rule("template", "")] += count
    for spare in change.back.values():
        labels[spare.label] -= 1
        rules[name_rule(spare.label, spare.reason)] -= 1
    return +labels, +rules


class StreamCutter:
    """Cuts each page by what is known when it comes: by `templates`, or by the full batches of pages before it."""

    def __init__(self, options: Options, templates: Templates | None = None) -> None:
        self._learner = None if templates else Learner()
        held = [templates] if templates else []
        self._cutter = Cutter(self._learner.look_up if self._learner else partial(look_up, held), options)

    def cut(self, outcome: Outcome) -> Outcome:
        """Outcomes are to be given in their order."""
        cut, _ = self._cutter.cut(outcome)
        if self._learner and isinstance(outcome, PageOutcome) and outcome.prints:
            self._learner.add(outcome.prints)
        return cut


def cut_articles(
    articles: list[Article], dropped: list[Dropped], *, prints: Prints, change: Change, options: Options
) -> tuple[list[Article], list[Dropped]]:
    """The articles as they are after the change, and what is dropped: more where too little is left of some."""
    kept, short, ids = [], [], {}
    for article in articles:
        cut = _cut_one(article, prints, change)
        ids[article.id] = cut.id
        if cut is not article and (reason := why_unwanted(cut, options)):
            short.append(Dropped(cut.source, "dropped", reason, article=cut))
        else:
            kept.append(cut)
    return kept, redirect_copies(dropped, ids) + short


def _cut_one(article: Article, prints: Prints, change: Change) -> Article:
    is_in = prints.rows["part"] == article.part
    if not change.repeats.gone[is_in].any():
        return article
    is_in[list(change.back)] = True
    at = np.flatnonzero(is_in)
    rows = prints.rows[at]
    places = list(zip(rows["start"].tolist(), rows["end"].tolist(), strict=True))
    lines = [
        change.back[i].line if i in change.back else size
        for i, size in zip(at.tolist(), rows["chars"].tolist(), strict=True)
    ]
    return cut_article(article, change.repeats.gone[at].tolist(), lines=lines, places=places)


def why_unwanted(article: Article, options: Options) -> str:
    """The reason for which an article is not kept, or "". Without a word it never is: control characters may be all."""
    if article.words < max(1, options.min_words):
        return "too-short"
    if options.languages and article.language.partition("-")[0] not in options.languages:
        return "language"
    return ""
