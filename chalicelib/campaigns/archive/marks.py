"""Marks: how the archive says of a message that it was corrected, added to, or withdrawn. Pure."""

from html import escape
from typing import NamedTuple

from chalicelib.core import i18n
from chalicelib.core.clock import parse_rfc3339
from chalicelib.delivery.article import Article

CORRECTED, ADDED, WITHDRAWN = "corrected", "added", "withdrawn"
HOW = {"replace": CORRECTED, "add": ADDED, "withdraw": WITHDRAWN}
"""The mark that a correction leaves, by how it puts things right."""


class Mark(NamedTuple):
    """What became of a message, and when (RFC 3339); empty for one that stands as it was sent."""

    what: str = ""
    at: str = ""


UNMARKED = Mark()


def notice(mark: Mark, language: str, *, time_zone: str) -> str:
    """What stands above a message that was changed, as plain text; empty for another."""
    if not mark.what:
        return ""
    say = i18n.translate(language).gettext
    told = {
        CORRECTED: say("This message was corrected on {date}."),
        ADDED: say("This message was added to on {date}."),
        WITHDRAWN: say("This message was withdrawn on {date}."),
    }
    day = i18n.format_date(parse_rfc3339(mark.at), language, time_zone=time_zone)
    return told[mark.what].replace("{date}", day)


def marked(title: str, mark: Mark, language: str) -> str:
    """A title that says by itself what became of its message, for lists and feeds."""
    say = i18n.translate(language).gettext
    if mark.what == WITHDRAWN:
        return say("Message withdrawn")
    return say("Corrected: {title}").replace("{title}", title) if mark.what else title


def both(new: Article, old: Article, language: str) -> Article:
    """An article of what was added, and of the message as it was."""
    say = i18n.translate(language).gettext
    first, then = escape(new.title), escape(say("The message as it was sent"))
    html = f"<h2>{first}</h2>\n{new.html}\n<h2>{then}</h2>\n{old.html}"
    return Article(old.language, old.title, html)
