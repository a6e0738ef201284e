"""What an address said last of each thing, so that the order in which texts arrive does not matter. Pure.

SMS keeps no order (AWS: two-way events are unordered, and repeated at times). Each text has the moment at
which it was published, RFC 3339 in milliseconds, which sorts as text does. Kept are the moments of the last
STOP and START by scope, of the last JOIN or LEAVE by topic, and of the last choice of a language:

    {"newsletter": {"stop": AT, "start": AT}, "topics": {"roads": [AT, "join"]}, "language": [AT, "es"]}
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

Words = dict[str, Any]
JOIN, LEAVE = "join", "leave"


@dataclass(frozen=True)
class Turn:
    """What is known afterwards, and whether the text still changes anything.

    `topics` are those to join or leave; for a STOP that came after a later JOIN, those that were joined since
    and are kept, while all else ends.
    """

    words: Words
    acts: bool
    topics: tuple[str, ...] = ()


def stop(words: Words, scope: str, *, at: str) -> Turn:
    """STOP: nothing after a later STOP or START; where topics were joined since, they are kept."""
    last = words.get(scope, {})
    if at < last.get("stop", ""):
        return Turn(words, acts=False)
    joined = _joined_since(words, at) if scope == "newsletter" else ()
    return Turn({**words, scope: {**last, "stop": at}}, acts=at >= last.get("start", ""), topics=joined)


def start(words: Words, scope: str, *, at: str) -> Turn:
    """START: nothing after a later STOP or START."""
    last = words.get(scope, {})
    if at < max(last.get("stop", ""), last.get("start", "")):
        return Turn(words, acts=False)
    return Turn({**words, scope: {**last, "start": at}}, acts=True)


def join(words: Words, topics: Collection[str], *, at: str) -> Turn:
    """JOIN: nothing after a later STOP; of each topic, nothing after a later JOIN or LEAVE."""
    stopped = words.get("newsletter", {}).get("stop", "")
    return _topics(words, topics if at >= stopped else (), JOIN, at)


def leave(words: Words, topics: Collection[str], *, at: str) -> Turn:
    """LEAVE: of each topic, nothing after a later JOIN or LEAVE."""
    return _topics(words, topics, LEAVE, at)


def speak(words: Words, language: str, *, at: str) -> Turn:
    """A choice of language: nothing after a later one."""
    if at < words.get("language", [""])[0]:
        return Turn(words, acts=False)
    return Turn({**words, "language": [at, language]}, acts=True)


def language_of(words: Words) -> str:
    """The language last chosen, or nothing."""
    return str(words.get("language", ["", ""])[1])


def _topics(words: Words, topics: Collection[str], word: str, at: str) -> Turn:
    known = words.get("topics", {})
    fresh = tuple(topic for topic in topics if at >= known.get(topic, [""])[0])
    said = {**known, **{topic: [at, word] for topic in fresh}}
    return Turn({**words, "topics": said} if fresh else words, acts=bool(fresh), topics=fresh)


def _joined_since(words: Words, at: str) -> tuple[str, ...]:
    return tuple(
        topic for topic, (when, word) in words.get("topics", {}).items() if word == JOIN and when > at
    )
