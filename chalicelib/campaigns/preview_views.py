"""What requests and answers hold of a campaign that is looked at before it goes: previews and proofs."""

from pydantic import Field

from chalicelib.campaigns.preview import MailPreview, Preview, SmsPreview
from chalicelib.campaigns.send_time import Turn
from chalicelib.core.endpoints import Model
from chalicelib.core.fields import Id, Language

GMAIL_CUTS = 102_000
"""Bytes of HTML beyond which Gmail shows only a link to the rest."""


class PreviewRequest(Model):
    """For whom to preview."""

    subscriber_id: Id


class ProofRequest(Model):
    """To whom to send a proof."""

    staff: list[Id] = Field(min_length=1, max_length=20, description="Ids of people of the staff.")
    language: Language | None = Field(None, description="The campaign's default language, if left out.")


class MailView(Model):
    """A mail as the subscriber would see it. Gmail cuts mails whose HTML is over 102,000 bytes."""

    language: str
    subject: str
    html: str
    text: str
    html_bytes: int
    clipped: bool = Field(description="Whether Gmail would cut it off.")


class SmsView(Model):
    """A text message as the subscriber would see it; `foreign` are characters for which it needs UCS-2.

    `links`: where its links lead, in their order, with campaign parameters where its department wants them.
    """

    language: str
    text: str
    encoding: str
    units: int
    parts: int
    per_part: int
    foreign: list[str]
    links: list[str]


class VoiceView(Model):
    """A call as the subscriber would hear it; `voice` is Polly's, `seconds` about how long it takes."""

    language: str
    text: str
    voice: str
    seconds: int


class TurnView(Model):
    """Why this person would get it when: `arm`: `best`, `random`, `control`; `hour`: the best local one."""

    arm: str
    hour: int
    words: list[str]


class VersionView(Model):
    """What the subscriber would see of a variant; null for a channel on which it is no other."""

    name: str
    email: MailView | None
    sms: SmsView | None


class PreviewView(Model):
    """What a subscriber would get; `channels` is empty where nothing is sent, and `skip` says why.

    `held_until` is there where it would wait for the hours in which this person wants newsletters, or for
    their best hour, of which `best_hour` tells.
    """

    subscriber_id: str
    in_audience: bool
    channels: list[str]
    skip: str | None
    held_until: str | None
    best_hour: TurnView | None
    email: MailView | None
    sms: SmsView | None
    voice: VoiceView | None
    variants: list[VersionView] = Field(
        description="Beside the campaign's own words; who gets which is drawn."
    )


class ProofView(Model):
    """One mail that went to the staff: the channel it shows, its language, and the plan that carries it.

    `variant` is null for the campaign's own words.
    """

    channel: str
    language: str
    plan_id: str
    variant: str | None


class ProofsView(Model):
    """The proofs sent."""

    proofs: list[ProofView]


def preview_view(subscriber_id: str, found: Preview) -> PreviewView:
    """A preview."""
    return PreviewView(
        subscriber_id=subscriber_id,
        in_audience=found.in_audience,
        channels=found.channels,
        skip=found.skip,
        held_until=found.held_until or None,
        best_hour=_turn(found.turn) if found.turn else None,
        email=_mail(found.email),
        sms=_sms(found.sms),
        voice=VoiceView(**vars(found.voice)) if found.voice else None,
        variants=[
            VersionView(name=one.name, email=_mail(one.email), sms=_sms(one.sms)) for one in found.variants
        ],
    )


def _turn(turn: Turn) -> TurnView:
    return TurnView(arm=turn.arm, hour=turn.hour, words=list(turn.words))


def _mail(mail: MailPreview | None) -> MailView | None:
    if mail is None:
        return None
    size = len(mail.html.encode())
    return MailView(**vars(mail), html_bytes=size, clipped=size > GMAIL_CUTS)


def _sms(text: SmsPreview | None) -> SmsView | None:
    return SmsView(**{**vars(text), **vars(text.parts)}) if text else None
