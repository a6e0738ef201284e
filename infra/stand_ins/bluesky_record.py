"""The record of a post on Bluesky: whether it fits the lexicon, and how it looks.

https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky
"""

import html
from collections.abc import Iterator, Mapping, Set
from typing import Any

from wcwidth import iter_graphemes

from chalicelib.core.clock import parse_rfc3339
from infra.stand_ins.shown import Shown, ShownCard, ShownImage

Blobs = Mapping[str, tuple[bytes, str]]
LONGEST, LONGEST_BYTES = 300, 3_000
IMAGE_BYTES, THUMB_BYTES = 2_000_000, 1_000_000
FEATURE = "app.bsky.richtext.facet#"


class BadRecord(Exception):
    """Why a record is not taken."""


def _demand(holds: object, why: str) -> None:
    if not holds:
        raise BadRecord(why)


def check(record: dict[str, Any], held: Blobs, *, identities: Set[str]) -> None:
    """Raises BadRecord for what does not fit, or refers to what is not there."""
    text = record.get("text")
    _demand(isinstance(text, str), "record/text must be a string")
    assert isinstance(text, str)
    _demand(len(text.encode()) <= LONGEST_BYTES, "record/text must not be longer than 3000 bytes")
    _demand(sum(1 for _ in iter_graphemes(text)) <= LONGEST, "record/text must not have over 300 graphemes")
    _demand(text or record.get("embed"), "a post is not empty")
    try:
        parse_rfc3339(record["createdAt"])
    except (KeyError, ValueError):
        raise BadRecord("record/createdAt must be a datetime") from None
    _demand(len(record.get("langs", [])) <= 3, "record/langs must not have more than 3 elements")
    _check_facets(record.get("facets", []), text.encode(), identities)
    for reference in record.get("reply", {}).values():
        _demand(set(reference) == {"uri", "cid"}, "record/reply must have uri and cid")
    _check_embed(record.get("embed"), held)


def _check_facets(facets: list[dict[str, Any]], text: bytes, identities: Set[str]) -> None:
    place = 0
    for facet in sorted(facets, key=lambda one: one["index"]["byteStart"]):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        _demand(
            place <= start < end <= len(text), "a facet overlaps another, is empty, or outside of the text"
        )
        try:
            said = text[start:end].decode()
            text[:start].decode()
        except UnicodeDecodeError:
            raise BadRecord("a facet cuts a character") from None
        _demand(len(facet["features"]) == 1, "a facet is one thing")
        _check_feature(facet["features"][0], said, identities)
        place = end


def _check_feature(feature: dict[str, str], said: str, identities: Set[str]) -> None:
    kind = feature["$type"].removeprefix(FEATURE)
    _demand(said == said.strip(), "a facet begins or ends with a space")
    if kind == "link":
        uri = feature["uri"]
        plain = said.removesuffix("…")
        _demand(uri.lower().startswith(("https://", "http://")), "a link is no address")
        _demand(plain and uri.partition("://")[2].startswith(plain), "a link is not where its text is")
    elif kind == "mention":
        _demand(said.startswith("@"), "a mention is not where its text is")
        _demand(feature["did"] in identities, "a mention is of nobody")
    elif kind == "tag":
        _demand(said[:1] in ("#", "＃") and said[1:] == feature["tag"], "a hashtag is not where its text is")
        _demand(sum(1 for _ in iter_graphemes(feature["tag"])) <= 64, "a hashtag is too long")
    else:
        raise BadRecord("an unknown facet")


def _check_embed(embed: dict[str, Any] | None, held: Blobs) -> None:
    if embed is None:
        return
    if embed["$type"] == "app.bsky.embed.images":
        _demand(0 < len(embed["images"]) <= 4, "record/embed/images must not have more than 4 elements")
        for one in embed["images"]:
            _demand(isinstance(one.get("alt"), str), 'record/embed/images must have the property "alt"')
            ratio = one.get("aspectRatio", {"width": 1, "height": 1})
            _demand(min(ratio["width"], ratio["height"]) >= 1, "aspectRatio can not be less than 1")
            _check_blob(one["image"], held, IMAGE_BYTES)
    elif embed["$type"] == "app.bsky.embed.external":
        told = embed["external"]
        _demand({"uri", "title", "description"} <= set(told), "record/embed/external lacks a property")
        if "thumb" in told:
            _check_blob(told["thumb"], held, THUMB_BYTES)
    else:
        raise BadRecord("an unknown embed")


def _check_blob(blob: dict[str, Any], held: Blobs, most: int) -> None:
    data, mime = held.get(blob["ref"]["$link"], (b"", ""))
    _demand(data, "Could not find blob")
    _demand(
        blob["mimeType"] == mime and mime.startswith("image/"),
        "Referenced Mimetype does not match stored blob",
    )
    _demand(blob["size"] == len(data), "Referenced Size does not match stored blob")
    _demand(len(data) <= most, f"blob too big (maximum {most})")


def shown(uri: str, handle: str, record: dict[str, Any], held: Blobs) -> Shown:
    """A post as its reader sees it."""
    embed = record.get("embed", {})
    return Shown(
        platform="bluesky",
        account=f"@{handle}",
        id=uri,
        url=f"https://bsky.app/profile/{handle}/post/{uri.rpartition('/')[2]}",
        at=record["createdAt"],
        text=record["text"],
        html="".join(_as_html(record)).replace("\n", "<br>"),
        language=record.get("langs", [""])[0],
        images=tuple(_image(one["image"], one["alt"], held) for one in embed.get("images", [])),
        card=_card(embed["external"], held) if "external" in embed else None,
        after=record.get("reply", {}).get("parent", {}).get("uri", ""),
    )


def _as_html(record: dict[str, Any]) -> Iterator[str]:
    text, place = record["text"].encode(), 0
    for facet in sorted(record.get("facets", []), key=lambda one: one["index"]["byteStart"]):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        feature = facet["features"][0]
        links = {"link": "", "mention": "https://bsky.app/profile/", "tag": "https://bsky.app/hashtag/"}
        kind = feature["$type"].removeprefix(FEATURE)
        address = links[kind] + (feature.get("uri") or feature.get("did") or feature["tag"])
        yield html.escape(text[place:start].decode())
        yield f'<a href="{html.escape(address)}">{html.escape(text[start:end].decode())}</a>'
        place = end
    yield html.escape(text[place:].decode())


def _image(blob: dict[str, Any], alt: str, held: Blobs) -> ShownImage:
    data, mime = held[blob["ref"]["$link"]]
    return ShownImage(data, mime, alt)


def _card(told: dict[str, Any], held: Blobs) -> ShownCard:
    thumb = _image(told["thumb"], "", held) if "thumb" in told else None
    return ShownCard(told["uri"], told["title"], told["description"], thumb)
