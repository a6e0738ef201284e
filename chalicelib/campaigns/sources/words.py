"""Templates of words: what staff write once, with fields of the item in double brackets, and no logic. Pure.

Personal fields stand in them as in any campaign, and stay. What an item says is set in as it is: it cannot
bring fields, markup (but its links, in a mail's body) or line breaks where one line is wanted.
"""

from collections.abc import Mapping
from dataclasses import fields as fields_of

from chalicelib.campaigns.sources.model import Item, Text
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.i18n import format_date
from chalicelib.delivery import fields, foreign, markdown
from chalicelib.delivery.content import LINE_MAX, Words

ITEM_FIELDS = {
    "title": "The item's title.",
    "summary": "What its publisher says of it in short, up to 600 characters.",
    "text": "All that it says, up to 10,000 characters.",
    "link": "Where it stands.",
    "date": "When it was published, as the language writes it; today where the publisher does not say.",
}

SHORTENED = {"sms": 140, "push": 160, "voice": 1_000, "post": 300, "preheader": 140, "subject": 150}
"""Characters that title, summary and text may each have where there is little room."""

LINES = {"subject", "preheader"}
"""Texts of one line."""

SAMPLE = Item(
    guid="sample",
    title="Title",
    link="https://www.city.example/news/1",
    published="2026-01-01T12:00:00.000Z",
    summary=Text("Summary", "Summary"),
    text=Text("Text", "Text"),
)
"""An item that stands for any: templates are judged with it."""


def filled(content: Mapping[str, Words], item: Item, *, seen_at: str, time_zone: str) -> dict[str, Words]:
    """The words of a campaign, by language. `seen_at` is the item's date where it has none (RFC 3339)."""
    at = parse_rfc3339(item.published or seen_at)
    return {
        language: _filled(words, item, date=format_date(at, language, time_zone=time_zone))
        for language, words in content.items()
    }


def _filled(words: Words, item: Item, *, date: str) -> Words:
    return Words(
        **{one.name: _fill(one.name, getattr(words, one.name), item, date=date) for one in fields_of(Words)}
    )


def _fill(name: str, template: str, item: Item, *, date: str) -> str:
    """One text. Where brackets of a value would meet those of the template, a space keeps them apart."""
    values = _values(name, item, date=date)
    made, foreign = "", False
    for piece in fields.pieces(template):
        value = values.get(piece.name) if isinstance(piece, fields.Use) and piece.default is None else None
        written = piece.written if isinstance(piece, fields.Use) else piece
        text = written if value is None else value
        met = made[-1:] == text[:1] and text[:1] in {"(", ")"}
        made += f" {text}" if met and (foreign or value is not None) else text
        foreign = value is not None
    return " ".join(made.split())[:LINE_MAX] if name in LINES else made


def _values(name: str, item: Item, *, date: str) -> dict[str, str]:
    if name == "body":
        return {
            "title": markdown.escape(item.title),
            "summary": item.summary.markdown,
            "text": item.text.markdown,
            "link": item.link,
            "date": markdown.escape(date),
        }
    most = SHORTENED[name]
    return {
        "title": foreign.cut(item.title, most),
        "summary": foreign.cut(item.summary.plain, most),
        "text": foreign.cut(item.text.plain, most),
        "link": item.link,
        "date": date,
    }
