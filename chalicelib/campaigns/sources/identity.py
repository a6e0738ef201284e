"""By what an item is known again, however a feed is reordered or its items renamed. Pure.

An item is known by each of its keys; one that is known already makes all of it known.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from chalicelib.campaigns.sources.model import Item


def keys(item: Item) -> list[str]:
    """What an item is known by, the first before all others.

    Its guid; else its link; else its title and text. An item that has both guid and link is known by its link
    along with its title, and with its date, too: publishers who move to another system give new guids. By
    its link alone it is not: some give all items the same.
    """
    if not item.guid:
        return [_key("link", item.link) if item.link else _key("words", item.title, item.text.plain)]
    found = [_key("guid", item.guid)]
    if item.link and item.link != item.guid:
        found += [_key("link", item.link, "title", item.title)] if item.title else []
        found += [_key("link", item.link, "date", item.published)] if item.published else []
    return found


def told_apart(items: Sequence[Item]) -> list[Item]:
    """The items, each once: of several with one first key the first; one without words and link is none."""
    found: dict[str, Item] = {}
    for item in items:
        if item.title or item.link or item.text.plain:
            found.setdefault(keys(item)[0], item)
    return list(found.values())


def content(item: Item) -> str:
    """A digest of what an item says; another one when it was edited."""
    told = asdict(replace(item, guid="", published=""))
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _key(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
