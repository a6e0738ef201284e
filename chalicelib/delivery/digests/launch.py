"""Launching digests: one plan for each quarter of an hour at which there is anything to tell.

Whose digest it is, the plan finds out as it is walked. A quarter's plan has an id that follows from it, so
that a tick that runs twice makes it once; a cursor says which quarter is next, so that one that was missed is
made up for.
"""

from datetime import UTC, datetime
from hashlib import sha256

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import launch as engine
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.digests.digest import KIND, open_items
from chalicelib.delivery.digests.due import CHANNELS
from chalicelib.delivery.digests.items import Cursor, Item, items
from chalicelib.subscribers.cadence import EFFECT, QUARTER, History, turned
from chalicelib.subscribers.model import DIGEST

AFTER = 2 * EFFECT
"""How long after its moment a digest is launched: all that came, or was changed, before it is committed."""

AT_ONCE = 8
"""Digests launched in one tick."""


def launch_due(*, now: datetime, wiring: Wiring) -> int:
    """Launches the digests whose moment has come; answers how many moments were looked at."""
    cursor = items(wiring).cursor()
    if cursor is None:
        items(wiring).move(_first(now, wiring.settings), was=None)
        return 0
    looked_at = 0
    while parse_rfc3339(cursor.moment) + AFTER <= now and looked_at < AT_ONCE:
        _launch(cursor, now=now, wiring=wiring)
        following = Cursor(
            rfc3339(parse_rfc3339(cursor.moment) + QUARTER), _usual(cursor.usual, now, wiring.settings)
        )
        if not items(wiring).move(following, was=cursor):
            break
        cursor, looked_at = following, looked_at + 1
    return looked_at


def _first(now: datetime, settings: Settings) -> Cursor:
    """The next full quarter of an hour."""
    quarter = QUARTER.total_seconds()
    following = datetime.fromtimestamp((now.timestamp() // quarter + 1) * quarter, UTC)
    return Cursor(rfc3339(following), History(str(settings.digest_hour)))


def _usual(usual: History, now: datetime, settings: Settings) -> History:
    """The deployment's hour of digests, as set now; a change takes effect as a person's does."""
    hour = str(settings.digest_hour)
    return usual if hour == usual.value else History(hour, turned(usual.turns, usual.value, asked_at=now))


def plan_id_of(moment: str) -> str:
    """The id of a digest's plan: 32 hex characters that sort by time, as other plans' do."""
    milliseconds = round(parse_rfc3339(moment).timestamp() * 1000)
    return f"{milliseconds:012x}{sha256(moment.encode()).hexdigest()[:20]}"


def _launch(cursor: Cursor, *, now: datetime, wiring: Wiring) -> None:
    found = open_items(cursor.moment, wiring=wiring)
    if found:
        spec = _spec(cursor, found, settings=wiring.settings)
        engine.launch(spec, plan_id=plan_id_of(cursor.moment), now=now, wiring=wiring)


def _spec(cursor: Cursor, found: list[Item], *, settings: Settings) -> engine.PlanSpec:
    return engine.PlanSpec(
        kind=KIND,
        reference=cursor.moment,
        mode="live",
        lane="bulk",
        scope=NEWSLETTER,
        audience={"topic": DIGEST},
        renditions=(),
        languages={
            channel: settings.languages
            for channel in CHANNELS
            if any(channel in item.channels for item in found)
        },
        default_language=settings.default_language,
        links=tuple(dict.fromkeys(link for item in found for link in item.links)),
        sender_name=settings.agency_name,
        list_id=f"digest.{settings.sender.rpartition('@')[2]}",
        tracked=True,
        digest={
            "moment": cursor.moment,
            "usual": [cursor.usual.value, cursor.usual.turns],
            "departments": sorted({item.department for item in found if item.department}),
        },
    )
