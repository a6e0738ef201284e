"""The post of a step as its platform takes it: text, language, card, and what it answers in a thread."""

from collections.abc import Sequence

from chalicelib.channels.links import links
from chalicelib.channels.platforms.base import About, Card, Image, Post, PostLimits
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.media import media
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.posts.record import Do, Picture, Record, Step


def composed(record: Record, step: Step, about: About, *, wiring: Wiring) -> Post:
    """The post of a publishing or editing step; the same in each of its tries."""
    task = record.task
    edited = step.do == Do.EDIT
    before = record.parts[: step.place] if edited else record.parts
    part = record.parts[step.place] if edited else None
    return Post(
        key=part.key if part else step.key,
        text=step.text,
        language=record.language,
        made_at=parse_rfc3339(part.made_at if part else task.at),
        images=() if before else _images(task.images, about.limits, wiring=wiring),
        card=None if about.whole else card(step.text, task.title),
        after=before[-1].posted if before and not about.whole else None,
        first=before[0].posted if before and not about.whole else None,
        event=task.event,
        event_type=task.event_type,
    )


def _images(pictures: Sequence[Picture], limits: PostLimits, *, wiring: Wiring) -> tuple[Image, ...]:
    """The pictures that the platform takes, with their bytes; one that was deleted since is left out."""
    found = []
    for one in fitting(pictures, limits):
        try:
            data, mime = media(wiring).read(one.media)
        except NotFound:
            continue
        found.append(Image(data, mime, one.alt[: limits.alt_longest], one.width, one.height))
    return tuple(found)


def fitting(pictures: Sequence[Picture], limits: PostLimits) -> list[Picture]:
    """Those of the pictures that a platform takes. Pure."""
    taken = [one for one in pictures if one.mime in limits.media and one.size <= limits.image_bytes]
    return taken[: limits.images]


def card(text: str, title: str) -> Card | None:
    """What is shown of the page that a text links to first; None for one without a link. Pure."""
    for start, end in links(text):
        return Card(text[start:end], title or text[start:end])
    return None
