"""A campaign's words, compiled, and whether what comes out can be sent. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.campaigns import calendar, variants
from chalicelib.campaigns.calls import call_errors
from chalicelib.campaigns.model import Campaign, content_document
from chalicelib.core import i18n
from chalicelib.core.brands import Brand
from chalicelib.core.errors import FieldError
from chalicelib.core.pictures.medium import Known
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words, check
from chalicelib.delivery.render import (
    Footer,
    Links,
    Rendition,
    compile_email,
    compile_push,
    compile_sms,
    compile_voice,
)
from chalicelib.delivery.rendition import sms_parts
from chalicelib.engagement.destinations.parameters import Parameters
from chalicelib.subscribers.topics import Topic

MAX_MAIL_BYTES = 350_000
"""What the plan's item (400 kB in DynamoDB) can hold of one rendition; SES would take 1 MB."""

MAX_CONTENT_BYTES = 290_000
"""What the campaign's item can hold of all languages together, beside its audience."""

MAX_SMS_PARTS = 7
"""SNS takes 1,600 bytes a message; seven parts of UCS-2 are 1,407 bytes of UTF-8 at most."""

NAMED_TOPICS = 5

Named = Mapping[str, Sequence[str]]
"""The names of topics that a mail gives, by language."""


@dataclass(frozen=True)
class Compiled:
    """All renditions of a campaign, and the numbering of their links."""

    renditions: tuple[Rendition, ...]
    links: tuple[str, ...]


def compiled(
    campaign: Campaign,
    topics: Named,
    *,
    known: Known,
    brand: Brand,
    parameters: Parameters | None,
    settings: Settings,
) -> Compiled:
    """The renditions of every language that has words for a channel; links are tracked."""
    links = Links()
    found = [
        replace(
            rendition(
                said,
                channel,
                language,
                topics,
                links=tagged(links, parameters, channel, variant),
                known=known,
                brand=brand,
                settings=settings,
            ),
            variant=variant,
        )
        for channel in campaign.channels
        for language in campaign.languages(channel)
        for variant, said in variants.versions(campaign, channel, language)
    ]
    return Compiled(tuple(found), tuple(links.urls))


def tagged(links: Links, parameters: Parameters | None, channel: str, variant: str = "") -> Links:
    """The same links for one rendition, with the campaign parameters of its channel and variant."""
    return replace(links, tag=parameters.of(channel, variant)) if parameters else links


def rendition(
    campaign: Campaign,
    channel: str,
    language: str,
    topics: Named,
    *,
    links: Links | None,
    known: Known,
    brand: Brand,
    settings: Settings,
) -> Rendition:
    """One rendition; its footer names the topics that the campaign is for, in the language."""
    words = calendar.content_of(campaign, settings=settings)[language]
    if channel != "email":
        return compile_as(words, channel, language=language, links=links, settings=settings)
    footer = Footer.newsletter(language, settings, topics=topics.get(language, ()), brand=brand)
    made = compile_email(
        words,
        language=language,
        links=links,
        footer=footer,
        settings=settings,
        brand=brand,
        known=known,
        appointment=calendar.appointment(campaign, language, settings=settings),
    )
    return replace(made, calendar=calendar.attached(campaign, language, brand=brand, settings=settings))


def compile_as(
    words: Words, channel: str, *, language: str, links: Links | None, settings: Settings
) -> Rendition:
    """The rendition of a channel that has no layout: the words alone. Raises LookupError for another."""
    if channel == "voice":
        return compile_voice(words, language=language, settings=settings)
    compile_it = {"sms": compile_sms, "push": compile_push}[channel]
    return compile_it(words, language=language, links=links, settings=settings)


def named(campaign: Campaign, topics: Mapping[str, Topic]) -> dict[str, list[str]]:
    """The names that a campaign's mails give to the topics that it is for."""
    return {language: topic_names(campaign.sources, topics, language) for language in campaign.content}


def topic_names(sources: Sequence[str], topics: Mapping[str, Topic], language: str) -> list[str]:
    """The names of the topics among the sources, if they fit into a sentence; lists have no public name."""
    found = [topics[source] for source in sources if source in topics and not topics[source].is_list]
    if len(found) > NAMED_TOPICS:
        return []
    return [topic.name[i18n.pick(language, list(topic.name))] for topic in found if topic.name]


def content_errors(content: Mapping[str, Words], *, settings: Settings) -> list[FieldError]:
    """What is wrong in words by language: not offered, refused by `delivery.content`, or too large."""
    found = [
        FieldError(f"/content/{language}", f"Offered are {', '.join(settings.languages)}.")
        for language in content
        if language not in settings.languages
    ]
    for language, words in content.items():
        found += check(words, pointer=f"/content/{language}")
    if not found:
        found += _too_large(content, settings=settings)
        found += call_errors(content, settings=settings)
    return found


def _too_large(content: Mapping[str, Words], *, settings: Settings) -> Iterator[FieldError]:
    size = len(json.dumps(content_document(content), ensure_ascii=False).encode())
    if size > MAX_CONTENT_BYTES:
        yield FieldError(
            "/content", f"All languages may take {MAX_CONTENT_BYTES:,} bytes; they take {size:,}."
        )
    for language, words in content.items():
        footer = Footer.newsletter(language, settings)
        mail = compile_email(words, language=language, links=Links(), footer=footer, settings=settings)
        if mail.size > MAX_MAIL_BYTES:
            message = f"As a mail this takes {mail.size:,} bytes; {MAX_MAIL_BYTES:,} is the most."
            yield FieldError(f"/content/{language}/body", message)
        text = compile_sms(words, language=language, links=Links(), settings=settings)
        parts = sms_parts(text, {}).parts
        if parts > MAX_SMS_PARTS:
            message = f"As a text message this takes {parts} parts; {MAX_SMS_PARTS} is the most."
            yield FieldError(f"/content/{language}/sms", message)
