"""Words that others wrote, or staff for no markup: as Markdown, too, they are only words. Pure."""

import re

from chalicelib.delivery import markdown

CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef]"
)


def link(url: str) -> str:
    """A foreign web address as it may stand in a text of ours, with brackets encoded; empty for another."""
    url = url.strip()
    if markdown.scheme(url) not in markdown.WEB or not markdown.is_allowed(url) or len(url) > 2000:
        return ""
    found = markdown.normalised(url)
    for character in "()[]<>\\ \"'":
        found = found.replace(character, f"%{ord(character):02X}")
    return found if found.isascii() and found.isprintable() else ""


def inert(text: str) -> str:
    """Text that cannot make a personal field: double brackets are set apart."""
    return re.sub(r"\)(?=\))", ") ", re.sub(r"\((?=\()", "( ", text))


def cut(text: str, most: int) -> str:
    """Up to `most` characters; what is longer ends at a word, with an ellipsis."""
    if len(text) <= most:
        return text
    if most < 2:
        return "…"
    shorter = text[: most - 1]
    at = shorter.rfind(" ")
    return (shorter[:at] if at > most // 2 else shorter).rstrip() + "…"


def escaped(text: str) -> str:
    """Words as Markdown leaves them; bare web addresses stay links."""
    pieces, place = [], 0
    for found in markdown.BARE_URL.finditer(text):
        url = markdown.bare_url(text, found.start())
        if url and (href := link(url)):
            pieces += [literal(text[place : found.start()]), f"[{literal(url)}]({href})"]
            place = found.start() + len(url)
    return "".join([*pieces, literal(text[place:])])


def literal(text: str) -> str:
    """`markdown.escape`, but the space at both ends stays."""
    before, after = text[:1].isspace(), text[-1:].isspace() and bool(text.strip())
    return f"{' ' * before}{markdown.escape(text)}{' ' * after}"


def characters(text: str) -> str:
    """Without control characters, and those that turn the direction of what follows."""
    return CONTROL.sub("", text).encode("utf-8", "ignore").decode()
