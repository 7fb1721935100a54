"""What repeats on a site, cut out of pages that were cleaned before that was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dehusk.articles import cut_article
from dehusk.model import Article, Dropped, Options
from dehusk.records import clean_value
from dehusk.stages.outcomes import TEMPLATE_RULE, Outcome, PageOutcome
from dehusk.templates import Found, Learner, Prints, Repeats, Templates, find_repeats, look_up


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts outcomes by what `look_up` shows of their sites."""

    look_up: Callable[[Prints], Found]
    options: Options

    def cut(self, outcome: Outcome) -> tuple[Outcome, Repeats | None]:
        """The outcome without what repeats, and what that is; the same outcome where nothing does."""
        if not isinstance(outcome, PageOutcome) or outcome.prints is None:
            return outcome, None
        repeats = find_repeats(outcome.prints, self.look_up(outcome.prints))
        if repeats is None:
            return outcome, None
        articles, dropped = cut_articles(outcome.articles, outcome.prints, repeats, options=self.options)
        count = int(repeats.gone.sum())
        labels = Counter(outcome.labels) + Counter(template=count)
        labels["content"] -= count
        rules = Counter(outcome.rules) + Counter({TEMPLATE_RULE: count})
        dropped = outcome.dropped + dropped
        return replace(
            outcome, articles=articles, dropped=dropped, labels=+labels, rules=rules, prints=None
        ), repeats


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
    articles: list[Article], prints: Prints, repeats: Repeats, *, options: Options
) -> tuple[list[Article], list[Dropped]]:
    """What stays of the articles, and those of which too little does."""
    kept, dropped = [], []
    for article in articles:
        cut = _cut_one(article, prints, repeats)
        if cut is not article and (reason := why_unwanted(cut, options)):
            dropped.append(Dropped(cut.source, "dropped", reason, article=cut))
        else:
            kept.append(cut)
    return kept, dropped


def _cut_one(article: Article, prints: Prints, repeats: Repeats) -> Article:
    rows = prints.rows
    at = np.flatnonzero(rows["part"] == article.part)
    gone = repeats.gone[at]
    if not gone.any():
        return article
    rows = rows[at]
    places = list(zip(rows["start"].tolist(), rows["end"].tolist(), strict=True))
    # As it is written, so that it is cut alike before and after it was in a file.
    whole = replace(article, text=clean_value(article.text))
    return cut_article(whole, gone.tolist(), lines=rows["chars"].tolist(), places=places)


def why_unwanted(article: Article, options: Options) -> str:
    """The reason for which an article is not kept, or "". Without a word it never is: control characters may be all."""
    if article.words < max(1, options.min_words):
        return "too-short"
    if options.languages and article.language.partition("-")[0] not in options.languages:
        return "language"
    return ""
