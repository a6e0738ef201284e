"""A publisher's site with a feed (RSS 2.0) and a page, for sources to look at; it answers conditionally.

`make run` has it, too: a source of http://news.county.example/feed.xml has something to read.
"""

from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape
from typing import ClassVar

from werkzeug.wrappers import Request, Response

from infra.stand_ins.transport import Clock, StandIn

FEED, PAGE = "http://news.county.example/feed.xml", "https://news.county.example/closures"


@dataclass
class Entry:
    """An item of the feed."""

    guid: str
    title: str
    link: str = ""
    text: str = "<p>Words</p>"
    date: str = ""


@dataclass
class Published:
    """What the site shows."""

    entries: list[Entry] = field(default_factory=list)
    page: str = ""


class County(StandIn):
    """Answers conditionally, as servers do."""

    hosts: ClassVar[tuple[str, ...]] = ("news.county.example",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.published = Published([Entry("1", "Elm Street closes")], "<ul><li>Elm Street</li></ul>")

    def answer(self, request: Request) -> Response:
        """The feed, or the page under `/closures`."""
        body = self._page() if request.path == "/closures" else self._feed()
        answer = Response(body, content_type="text/html" if request.path == "/closures" else "text/xml")
        answer.add_etag()
        return answer.make_conditional(request)

    def _page(self) -> str:
        return f"<title>Closures</title><nav>Menu</nav><main>{self.published.page}</main><footer>Now</footer>"

    def _feed(self) -> str:
        items = "".join(
            f"<item><guid isPermaLink='false'>{one.guid}</guid><title>{escape(one.title)}</title>"
            f"<link>{one.link or f'https://news.county.example/{one.guid}'}</link>"
            f"<description>{escape(one.text)}</description>"
            f"<pubDate>{one.date or format_datetime(self.clock())}</pubDate></item>"
            for one in self.published.entries
        )
        return f"<rss version='2.0'><channel><title>County</title><link>https://x.example/</link><description>d</description>{items}</channel></rss>"
