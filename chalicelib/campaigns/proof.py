"""Proofs: a campaign's messages, mailed to named staff to look at, marked as a proof and untracked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.campaigns import access, calendar, pictures, variants
from chalicelib.campaigns.model import Campaign, has_words
from chalicelib.campaigns.renditions import compile_as
from chalicelib.channels.sms_parts import SmsParts
from chalicelib.core import departments, ids, staff_admin
from chalicelib.core.brands import branded
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import launch as engine
from chalicelib.delivery import markdown
from chalicelib.delivery.content import Words
from chalicelib.delivery.render import Footer, Links, compile_email, fill
from chalicelib.delivery.rendition import SMS_TOKEN, sms_parts

NAMES = {"push": "notification", "voice": "call"}


@dataclass(frozen=True)
class Proof:
    """One mail that went to the staff: which channel it shows, in which language, by which plan.

    `variant` is None for the campaign's own words.
    """

    channel: str
    language: str
    plan_id: str
    variant: str | None = None


def send(
    campaign_id: str,
    staff_ids: Sequence[str],
    *,
    language: str | None,
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> list[Proof]:
    """Mails the campaign's messages, and their variants, in one language (the default) to people of staff.

    Other channels' messages come as mails too, a text message with its parts counted: staff have no
    verified number. Raises
    NotFound, Forbidden, InvalidFields for unknown or departed people and for a language without words.
    """
    campaign = access.of_department(campaign_id, actor=actor)
    chosen = language or campaign.default_language
    words = campaign.content.get(chosen, Words())
    channels = [channel for channel in campaign.channels if has_words(words, channel)]
    if not channels:
        raise InvalidFields(FieldError("/language", f"There are no words in {chosen} yet."))
    people = _people(staff_ids, chosen)
    proofs = []
    for channel in channels:
        proofs.append(_send(campaign, channel, chosen, people, now=now, wiring=wiring))
        for variant in variants.of(campaign, channel, chosen):
            said = variants.said(campaign, variant)
            sent = _send(said, channel, chosen, people, variant=variant.name, now=now, wiring=wiring)
            proofs.append(replace(sent, variant=variant.name))
    return proofs


def _people(staff_ids: Sequence[str], language: str) -> list[engine.Addressee]:
    found, wrong = [], []
    for number, staff_id in enumerate(dict.fromkeys(staff_ids)):
        person = _active(staff_id)
        if person is None:
            wrong.append(FieldError(f"/staff/{number}", "Nobody on the staff has this id."))
        else:
            found.append(engine.Addressee(person.id, "email", person.email, person.name, language))
    if wrong:
        raise InvalidFields(*wrong)
    return found


def _active(staff_id: str) -> StaffItem | None:
    try:
        person = staff_admin.get(staff_id)
    except NotFound:
        return None
    return person if person.active else None


def _send(
    campaign: Campaign,
    channel: str,
    language: str,
    people: Sequence[engine.Addressee],
    *,
    variant: str = "",
    now: datetime,
    wiring: Wiring,
) -> Proof:
    settings = wiring.settings
    brand = branded(departments.brand_of(campaign.department), settings)
    words = calendar.content_of(campaign, settings=settings)[language]
    shown = _as_mail(words, channel, language, wiring=wiring)
    if variant:
        shown = replace(shown, subject=f"{shown.subject} ({variant})")
    footer = Footer.proof(language)
    made = compile_email(
        shown,
        language=language,
        links=None,
        footer=footer,
        settings=settings,
        brand=brand,
        known=pictures.known(campaign),
        appointment=calendar.appointment(campaign, language, settings=settings)
        if channel == "email"
        else None,
    )
    if channel == "email":
        file = calendar.attached(campaign, language, brand=brand, settings=settings)
        made = replace(made, calendar=file)
    spec = engine.PlanSpec(
        kind="proof",
        reference=campaign.id,
        mode="live",
        lane="service",
        scope="service",
        renditions=(made,),
        default_language=language,
        sender_name=brand.sender_name,
        tracked=False,
    )
    plan_id = ids.time_ordered_id(now)
    engine.send_to(people, spec, plan_id=plan_id, now=now, wiring=wiring)
    return Proof(channel, language, plan_id)


def _as_mail(words: Words, channel: str, language: str, *, wiring: Wiring) -> Words:
    if channel == "email":
        return replace(words, subject=f"Proof: {words.subject}")
    made = compile_as(words, channel, language=language, links=Links(), settings=wiring.settings)
    lines = fill(made.text, {**made.defaults, "t": SMS_TOKEN}).splitlines()
    body = "\n\n".join(markdown.escape(line) for line in lines if line.strip())
    if channel == "sms":
        return _counted(body, sms_parts(made, {}))
    title = f"**{markdown.escape(words.subject)}**\n\n" if channel == "push" else ""
    return Words(subject=f"Proof of the {NAMES[channel]}", body=f"{title}{body}")


def _counted(body: str, parts: SmsParts) -> Words:
    """The text message, with its fields' defaults, as the body of a mail that counts it."""
    cost = f"{parts.parts} part{'s' if parts.parts > 1 else ''}, {parts.encoding}"
    return Words(subject=f"Proof of the text message: {cost}", body=f"{body}\n\n---\n\n{cost}")
