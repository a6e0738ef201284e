"""Where the pages of alerts lead to: to each other as routes or as files, and to the rest of the site."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.core import pages
from chalicelib.core.settings import Settings

ACTIVE_PAGE, FEED, BANNER, BANNER_NEWS = "/alerts", "/alerts.atom", "/alerts/banner.js", "/alerts/banner.json"


@dataclass(frozen=True)
class Site:
    """The addresses on one page, in its language. `static`: it is a file beside the others of its kind."""

    language: str
    settings: Settings
    static: bool = False

    @property
    def host(self) -> str:
        """What paths of the site begin with: nothing on the site itself, its host in a file."""
        parts = urlsplit(self.settings.base_url)
        return f"{parts.scheme}://{parts.netloc}" if self.static else ""

    def page_of(self, alert_id: str) -> str:
        """The page of an alert."""
        if self.static:
            return file_of(alert_id, self.language, self.settings)
        return pages.in_language(f"{ACTIVE_PAGE}/{alert_id}", self.language)

    def cap_of(self, alert_id: str) -> str:
        """The CAP message of an alert."""
        return f"{alert_id}.cap" if self.static else pages.link(f"{ACTIVE_PAGE}/{alert_id}.cap")

    @property
    def active(self) -> str:
        """The page of all that is in force."""
        if self.static:
            return file_of("index", self.language, self.settings)
        return pages.in_language(ACTIVE_PAGE, self.language)

    @property
    def feed(self) -> str:
        """The feed of it."""
        return FEED.lstrip("/") if self.static else pages.link(FEED)

    def tongues(self, name: str) -> dict[str, str]:
        """The same page in each language; empty on the site, where the query chooses."""
        if not self.static:
            return {}
        return {tag: file_of(name, tag, self.settings) for tag in self.settings.languages}


def file_of(name: str, language: str, settings: Settings) -> str:
    """The file of a page in a language: `index.html`, and `index.es.html` for others than the first."""
    return f"{name}.html" if language == settings.default_language else f"{name}.{language}.html"
