"""Handing over a plan: to an audience, or to people who are known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339
from chalicelib.core.dynamo import Item
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import most, studying
from chalicelib.delivery.audience import for_mode, topics_of
from chalicelib.delivery.best_hour import BestHour, document
from chalicelib.delivery.caps import entering
from chalicelib.delivery.chunk import Recipient, key_of, look_at, message_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.overtake import overtake
from chalicelib.delivery.passes import hold_until
from chalicelib.delivery.plan import PlanHead, Wave, rendition_part
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.rendition import Rendition

SERVICE_RETENTION = timedelta(days=30)
CHANNEL_ORDER = ("push", "email", "sms", "voice")


@dataclass(frozen=True)
class PlanSpec:
    """What a room hands to the engine.

    `kind` and `reference` say where it comes from (`campaign` and its id); `mode` is live, exercise or test;
    `lane` urgent, service or bulk; `scope` is what blocks are held against. `renditions` are compiled;
    `links` is the plan's numbering of tracked links, `links[0]` being number 0. Each channel needs a
    rendition in the default language. From `send_until` on (epoch seconds; 0: never) nothing more is sent.
    Plans share the provider's rate by `department`. `instant` is when it was decided on (RFC 3339; empty:
    now): what is sent at once and what by digest is settled by what was in force then. Texts leave from the
    number `origination` (E.164), or, where it is empty, from the agency's number for the scope. With
    `daylight`, the plan waits for the hours in which its people want newsletters; with a `weekly_cap`, until
    one of them got fewer of the department's newsletters on the channel in seven days. A `digest`
    (see `PlanHead`) has no renditions yet, but `languages` by channel. The channels of a `ladder` are tried
    one after the other; all others get the message at once.

    On a channel with `bands`, expressions of which one holds of each person of the audience, the people of
    the first are written to before those of the second, and so on. With `most`, the plan halts
    (`count-differs`) before it would reach more than so many people. With a `best_hour`, each person gets it
    at the hour at which they read most. In a language whose renditions have variants, people are written to
    in batches, and get what does best (`variants.py`); one is of the plan's own words (`DEFAULT`), one for
    those who are held out (`HOLD_OUT`). Hosts of `goal_sites` may say what came of a click.
    """

    kind: str
    reference: str
    mode: str
    lane: str
    scope: str
    renditions: tuple[Rendition, ...]
    default_language: str
    audience: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    sender_name: str = ""
    list_id: str = ""
    tracked: bool = True
    send_until: int = 0
    department: str = ""
    instant: str = ""
    origination: str = ""
    daylight: bool = False
    weekly_cap: int = 0
    digest: Mapping[str, Any] = field(default_factory=dict)
    languages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ladder: Sequence[Rung] = ()
    bands: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    most: int = 0
    best_hour: BestHour | None = None
    goal_sites: Sequence[str] = ()


@dataclass(frozen=True)
class Addressee:
    """A known person, or somebody who is not yet one, for `send_to`. `recipient_id`: 32 hex characters."""

    recipient_id: str
    channel: str
    address: str
    name: str
    language: str


def launch(spec: PlanSpec, *, plan_id: str, now: datetime, wiring: Wiring) -> str:
    """Starts a plan over its audience. The same `plan_id` again is harmless: it only wakes the expander.

    One without channels, of what only accounts post, has nothing to send, and closes at once.
    """
    head = plans(wiring).known(plan_id)
    if head is None:
        head = _head(spec, plan_id, now=now, wiring=wiring, rereads=True)
        head, looks = _in_batches(head, spec, now=now, wiring=wiring)
        until = hold_until(head, now=now.timestamp())
        waves = [
            Wave(number=n, channel=channel, hold_until=until, bands=head.parts(channel))
            for n, channel in enumerate(head.channels)
        ]
        more = [
            *_starting(head, waves, now=now, wiring=wiring),
            *entering(head, now=now, wiring=wiring),
            *most.beginning(head, wiring=wiring),
            studying.beginning(head, now=now, wiring=wiring),
            *looks,
        ]
        plans(wiring).create(head, spec.renditions, waves, more)
    if not head.channels:
        plans(wiring).close(plan_id, waves=0, now=now)
    for channel in head.channels:
        overtake(head, channel, paced_until=0, now=now.timestamp(), wiring=wiring)
    wake(head, delay_s=0, wiring=wiring)
    return plan_id


def _in_batches(
    head: PlanHead, spec: PlanSpec, *, now: datetime, wiring: Wiring
) -> tuple[PlanHead, list[Item]]:
    """The plan with its batches, where its words have variants, and what looks at them."""
    if not any(rendition.variant for rendition in spec.renditions):
        return head, []
    from chalicelib.delivery import batches

    head = batches.with_batches(head, spec.renditions, now=now, wiring=wiring)
    return head, batches.beginning(head, wiring=wiring)


def _starting(head: PlanHead, waves: Iterable[Wave], *, now: datetime, wiring: Wiring) -> list[Item]:
    starting = (pulses(wiring).starting(head, w.number, walking=not w.done, now=now) for w in waves)
    return list(chain.from_iterable(starting))


def wake(head: PlanHead, *, delay_s: int, wiring: Wiring) -> None:
    """Sends the message of each wave's present beat; a doubled one stops by itself."""
    for pulse in pulses(wiring).open_of(head.plan_id):
        wiring.queues.send(LANES[head.lane].expand_queue, pulse.message(), delay_s=delay_s)


def send_to(
    people: Sequence[Addressee], spec: PlanSpec, *, plan_id: str, now: datetime, wiring: Wiring
) -> str:
    """Starts a plan of a few chunks for known people (at most 50 of a rendition).

    The same `plan_id` again sends nothing twice.
    """
    head = plans(wiring).known(plan_id)
    if head is None:
        head = _head(spec, plan_id, now=now, wiring=wiring, rereads=False)
        _create_with_chunks(people, spec, head, now=now, wiring=wiring)
    look = look_at(parse_rfc3339(head.created_at).timestamp())
    keys = [key_of(number) for number in range(len(_by_rendition(people, head)))]
    messages = [(message_of(plan_id, key, look=look), 0) for key in keys]
    wiring.queues.send_all(LANES[head.lane].deliver_queue, messages)
    wake(head, delay_s=2, wiring=wiring)
    return plan_id


def _create_with_chunks(
    people: Sequence[Addressee], spec: PlanSpec, head: PlanHead, *, now: datetime, wiring: Wiring
) -> None:
    waves = {c: Wave(number=n, channel=c, done=True) for n, c in enumerate(head.channels)}
    more = _starting(head, waves.values(), now=now, wiring=wiring)
    for number, (part, recipients) in enumerate(_by_rendition(people, head).items()):
        waves[part.split("#")[1]].planned += len(recipients)
        more += chunks(wiring).making(
            plan_id=head.plan_id,
            key=key_of(number),
            rendition=part,
            lane=head.lane,
            recipients=recipients,
            read_at=now.timestamp(),
            due_at=now.timestamp(),
            expires_at=head.expires_at,
        )
    plans(wiring).create(head, spec.renditions, list(waves.values()), more)


def _by_rendition(people: Sequence[Addressee], head: PlanHead) -> dict[str, list[Recipient]]:
    from chalicelib.delivery.choose import language_for

    groups: dict[str, list[Recipient]] = {}
    for person in people:
        language = language_for(person.language, head.languages[person.channel], head.default_language)
        group = groups.setdefault(rendition_part(person.channel, language, ""), [])
        group.append(Recipient(person.recipient_id, person.address, person.name, len(group)))
    return groups


def _head(spec: PlanSpec, plan_id: str, *, now: datetime, wiring: Wiring, rereads: bool) -> PlanHead:
    languages = {channel: list(offered) for channel, offered in spec.languages.items()}
    for rendition in spec.renditions:
        offered = languages.setdefault(rendition.channel, [])
        if rendition.language not in offered:
            offered.append(rendition.language)
    lacking = any(spec.default_language not in offered for offered in languages.values())
    if lacking or (spec.audience and not languages):
        raise ValueError("an audience needs renditions, and on each channel one in the default language")
    channels = sorted(languages, key=CHANNEL_ORDER.index)
    retention = timedelta(days=wiring.settings.retention_days) if rereads else SERVICE_RETENTION
    numbered = spec.tracked and "sms" in channels
    audience = for_mode(spec.audience, spec.mode) if spec.audience else {}
    return PlanHead(
        plan_id=plan_id,
        kind=spec.kind,
        reference=spec.reference,
        mode=spec.mode,
        lane=spec.lane,
        scope=spec.scope,
        audience=dict(audience),
        channels=channels,
        languages=languages,
        default_language=spec.default_language,
        links=list(spec.links),
        topics=topics_of(spec.audience) if spec.audience else [],
        sender_name=spec.sender_name,
        list_id=spec.list_id,
        tracked=spec.tracked,
        rereads=rereads,
        number=plans(wiring).new_number() if numbered else 0,
        created_at=spec.instant or rfc3339(now),
        expires_at=epoch(now + retention),
        send_until=spec.send_until,
        department=spec.department,
        origination=spec.origination or wiring.settings.number_for(spec.scope),
        daylight=spec.daylight,
        weekly_cap=spec.weekly_cap if spec.mode == "live" else 0,
        digest=dict(spec.digest),
        ladder=[rung._asdict() for rung in spec.ladder],
        bands={one: [dict(band) for band in bands] for one, bands in spec.bands.items() if one in channels},
        most=spec.most,
        best_hour=document(spec.best_hour),
        goal_sites=list(spec.goal_sites),
    )
