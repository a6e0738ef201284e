"""Topics and languages as people write them: by id or by name in any language, without case and accents."""

import re
from collections.abc import Iterable, Mapping

from chalicelib.conversations.folding import folded
from chalicelib.subscribers.topics import Topic

SHORTEST = 3
"""Letters of a beginning that may stand for a name."""
SEPARATORS = re.compile(r"[,;/&+\n、，；]")


def named(argument: str, topics: Iterable[Topic]) -> list[str]:
    """The ids of the topics that a text names, parted by commas; what names none is passed over.

    A topic is named by its id or its name in any language, or by a beginning that only one topic has.
    """
    names = [(folded(name), topic.id) for topic in topics for name in (topic.id, *topic.name.values())]
    wanted = [argument] if _one(folded(argument), names) else SEPARATORS.split(argument)
    found = [_one(folded(part), names) for part in wanted]
    return list(dict.fromkeys(one for one in found if one))


def _one(text: str, names: list[tuple[str, str]]) -> str:
    exact = {topic for name, topic in names if name == text}
    begun = {topic for name, topic in names if len(text) >= SHORTEST and name.startswith(text)}
    for found in (exact, begun):
        if len(found) == 1:
            return found.pop()
    return ""


def languages_named(offered: Iterable[str]) -> Mapping[str, str]:
    """The offered languages' tags by all their names in all of them, folded: `espanol`, `spanish` → `es`."""
    from babel import Locale

    tags = list(offered)
    locales = {tag: Locale.parse(tag, sep="-") for tag in tags}
    return {
        folded(name): tag
        for tag, locale in locales.items()
        for reader in (*locales.values(), Locale("en"))
        if (name := reader.languages.get(locale.language))
    }
