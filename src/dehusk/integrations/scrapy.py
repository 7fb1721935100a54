"""A Scrapy item pipeline: items come with a page's HTML and go on with its articles.

    ITEM_PIPELINES = {"dehusk.integrations.scrapy.CleanItem": 300}

Settings, all optional: DEHUSK_HTML_FIELD ("html"), DEHUSK_URL_FIELD ("url"), DEHUSK_ARTICLES_FIELD
("articles"), DEHUSK_OPTIONS (what `dehusk.Options` takes, as a dict).
"""

from __future__ import annotations

from typing import Any

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Options, Page
from dehusk.pipeline.library import clean_page
from dehusk.records import article_to_dict


class CleanItem:
    """Puts the articles of the page in an item's `html` field into its `articles` field, as dicts.

    The HTML itself is taken out. An item whose page has no article is dropped, with the reason, which Scrapy
    counts and logs.
    """

    def __init__(
        self,
        *,
        html: str = "html",
        url: str = "url",
        articles: str = "articles",
        options: Options | None = None,
    ) -> None:
        self.html, self.url, self.articles = html, url, articles
        self.options = options or Options()

    @classmethod
    def from_crawler(cls, crawler: Any) -> CleanItem:
        """Made by Scrapy, from its settings."""
        settings = crawler.settings
        return cls(
            html=settings.get("DEHUSK_HTML_FIELD", "html"),
            url=settings.get("DEHUSK_URL_FIELD", "url"),
            articles=settings.get("DEHUSK_ARTICLES_FIELD", "articles"),
            options=Options(**settings.get("DEHUSK_OPTIONS", {})),
        )

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """The item with its articles.

        Raises:
            scrapy.exceptions.DropItem: the page has no article, or cannot be read.
        """
        from itemadapter import ItemAdapter
        from scrapy.exceptions import DropItem

        fields = ItemAdapter(item)
        url = str(fields.get(self.url) or "")
        dropped: list[Dropped] = []
        try:
            page = Page(fields[self.html], url=url, source=url)
            found = clean_page(page, self.options, on_drop=dropped.append)
        except UnreadablePage as error:
            raise DropItem(f"dehusk: {error}") from error
        if not found:
            raise DropItem(f"dehusk: {url}: {', '.join(one.reason for one in dropped)}")
        fields[self.articles] = [article_to_dict(article) for article in found]
        if self.html in fields:
            del fields[self.html]
        return item
