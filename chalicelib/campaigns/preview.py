"""Previews: what one subscriber would get of a campaign, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.campaigns import access, calendar, pictures, reach, send_time, tagging, variants
from chalicelib.campaigns.model import Campaign, Variant
from chalicelib.campaigns.renditions import Named, named, rendition, tagged
from chalicelib.campaigns.send_time import Turn
from chalicelib.channels.sms_parts import SmsParts, foreign
from chalicelib.core import departments
from chalicelib.core.brands import branded
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import for_mode, on_channel
from chalicelib.delivery.by_channel import people as people_of
from chalicelib.delivery.choose import Choice, choose, language_for
from chalicelib.delivery.daylight import Daylight, usual_hours
from chalicelib.delivery.reading import Of, Past, pasts
from chalicelib.delivery.render import Links, Rendition, compile_sms, compile_voice, fill, values
from chalicelib.delivery.rendition import SMS_TOKEN, sms_parts
from chalicelib.delivery.streams import Match
from chalicelib.engagement.destinations.parameters import Parameters
from chalicelib.subscribers import people, topics
from chalicelib.subscribers.people import Person

SCOPE = "newsletter"
TOKEN = "preview"  # noqa: S105 - stands in for one; links with it lead to a page that says so


@dataclass(frozen=True)
class MailPreview:
    """A mail as the subscriber would see it; web links lead where they will, with campaign parameters."""

    language: str
    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class SmsPreview:
    """A text message as the subscriber would see it, with links as long as they will be, and what it costs.

    `foreign` are the characters for which it needs UCS-2; `links`: where its links lead, in their order.
    """

    language: str
    text: str
    parts: SmsParts
    foreign: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class VoicePreview:
    """A call as the subscriber would hear it, in the voice of its language; `seconds`: about its length."""

    language: str
    text: str
    voice: str
    seconds: int


@dataclass(frozen=True)
class VersionPreview:
    """What the subscriber would see of a variant; None for a channel on which it is no other."""

    name: str
    email: MailPreview | None
    sms: SmsPreview | None


@dataclass(frozen=True)
class Preview:
    """What a subscriber would get. `channels` is empty where nothing is sent, and `skip` says why.

    `held_until` (RFC 3339; empty: not at all): how long it would be held for daylight or the best hour, sent
    at this moment; `turn` says why, where it goes at the best hour.

    The messages are there for every channel that has words in the language chosen, sent or not, and in each
    of the campaign's variants.
    """

    in_audience: bool
    channels: list[str]
    skip: str | None
    held_until: str
    email: MailPreview | None
    sms: SmsPreview | None
    voice: VoicePreview | None
    turn: Turn | None = None
    variants: list[VersionPreview] = field(default_factory=list)


def preview(campaign_id: str, subscriber_id: str, *, actor: Actor, wiring: Wiring) -> Preview:
    """The preview for a subscriber, as both are now. Raises NotFound, Forbidden, InvalidFields."""
    campaign = access.of_department(campaign_id, actor=actor)
    try:
        person = people.get(subscriber_id)
    except NotFound:
        raise InvalidFields(FieldError("/subscriber_id", "No subscriber has this id.")) from None
    known = named(campaign, topics.get_all(campaign.sources))
    now = wiring.clock()
    match, ways = _match(campaign, person, wiring=wiring)
    choice = _choice(ways, match, at=now) if match else Choice({})
    turn = send_time.turn_of(campaign, match.rows[0], now=now, wiring=wiring) if match else None
    return Preview(
        in_audience=match is not None,
        channels=sorted(choice.addresses),
        skip=choice.skip,
        held_until=_held_until(campaign, match, turn, at=now, settings=wiring.settings) if match else "",
        email=_mail(campaign, person, known, wiring=wiring),
        sms=_sms(campaign, person, wiring=wiring),
        voice=_voice(campaign, person, wiring=wiring),
        turn=turn,
        variants=[_version(campaign, one, person, known, wiring=wiring) for one in campaign.variants],
    )


def _version(
    campaign: Campaign, variant: Variant, person: Person, known: Named, *, wiring: Wiring
) -> VersionPreview:
    said = variants.said(campaign, variant)

    def differs(channel: str) -> bool:
        language = _language(campaign, person, channel)
        return language is not None and bool(variants.of(campaign, channel, language))

    return VersionPreview(
        variant.name,
        _mail(said, person, known, wiring=wiring) if differs("email") else None,
        _sms(said, person, wiring=wiring) if differs("sms") else None,
    )


def _match(campaign: Campaign, person: Person, *, wiring: Wiring) -> tuple[Match | None, Sequence[str]]:
    """Whether and by what the person is in the audience, as the engine decides it, and on which channels."""
    if campaign.audience is None:
        return None, ()
    audience = for_mode(reach.resolved(campaign.audience, now=wiring.clock()), campaign.mode)
    asked = [on_channel(audience, channel) for channel in campaign.channels]
    found = [pasts(each, [person.id], wiring=wiring)[person.id] for each in asked]
    has = frozenset(one for past in found for one in past.has)
    reading = Of(person, Past(has, next((past.habit for past in found), None)))
    return next(people_of(audience, campaign.channels, reading, shard=0, after=None), (None, ()))


def _choice(channels: Sequence[str], match: Match, *, at: datetime) -> Choice:
    """The channels, by the engine's own rule."""
    return choose(match.rows, match.topics, channels=channels, scope=SCOPE, at=at)


def _held_until(
    campaign: Campaign, match: Match, turn: Turn | None, *, at: datetime, settings: Settings
) -> str:
    """When the engine would write to the person, sent at a moment; empty where that is at once."""
    if turn and turn.at > at.timestamp():
        return rfc3339(datetime.fromtimestamp(turn.at, UTC))
    light = Daylight(usual_hours(settings), at)
    opens_at = light.opens_at(match.rows[0]) if campaign.daylight else 0.0
    return rfc3339(datetime.fromtimestamp(opens_at, UTC)) if opens_at else ""


def _language(campaign: Campaign, person: Person, channel: str) -> str | None:
    offered = campaign.languages(channel) if channel in campaign.channels else []
    found = language_for(person.language, offered, campaign.default_language)
    return found if found in offered else None


def _mail(campaign: Campaign, person: Person, known: Named, *, wiring: Wiring) -> MailPreview | None:
    language = _language(campaign, person, "email")
    if language is None:
        return None
    brand = branded(departments.brand_of(campaign.department), wiring.settings)
    made = rendition(
        campaign,
        "email",
        language,
        known,
        links=tagged(Links(tracked=False), _parameters(campaign), "email"),
        known=pictures.known(campaign),
        brand=brand,
        settings=wiring.settings,
    )
    given = _values(made, person)
    return MailPreview(language, *(fill(part, given) for part in (made.subject, made.html, made.text)))


def _sms(campaign: Campaign, person: Person, *, wiring: Wiring) -> SmsPreview | None:
    language = _language(campaign, person, "sms")
    if language is None:
        return None
    words = calendar.content_of(campaign, settings=wiring.settings)[language]
    links = tagged(Links(), _parameters(campaign), "sms")
    made = compile_sms(words, language=language, links=links, settings=wiring.settings)
    given = {**_values(made, person), "t": SMS_TOKEN}
    text = fill(made.text, given)
    return SmsPreview(language, text, sms_parts(made, given), foreign(text), links.urls)


def _parameters(campaign: Campaign) -> Parameters | None:
    return tagging.of(tagging.document(campaign))


def _voice(campaign: Campaign, person: Person, *, wiring: Wiring) -> VoicePreview | None:
    language = _language(campaign, person, "voice")
    if language is None:
        return None
    from chalicelib.channels import speech

    made = compile_voice(campaign.content[language], language=language, settings=wiring.settings)
    text = fill(made.text, _values(made, person))
    length = speech.seconds(text, twice=wiring.settings.voice_twice)
    return VoicePreview(language, text, speech.voice_of(language) or "", length)


def _values(made: Rendition, person: Person) -> dict[str, str]:
    own = values(name=person.name, token=TOKEN, preferences=TOKEN, channel=made.channel)
    return {**made.defaults, **own}
