"""How a correction goes out: by a plan of its own, and once more when the last claim has settled.

Whoever was just being sent the earlier message when it was stopped is known to have got it, or not, only once
their claim is settled. So the correction's plan is extended when the earlier plan has closed: to those who
got it after all, on the channel on which they did, each once.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts import renditions, tables
from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.follow.reach import bands, reached
from chalicelib.alerts.model import LAUNCHED, Alert
from chalicelib.alerts.standing import plan_progress
from chalicelib.core import departments
from chalicelib.core.brands import branded
from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control
from chalicelib.delivery import launch as engine
from chalicelib.delivery.audience import Expression
from chalicelib.delivery.choose import EMERGENCY
from chalicelib.delivery.lanes import URGENT

LOOK = timedelta(seconds=55)
NO_PLAN_AFTER = timedelta(minutes=5)
"""A launch that made no plan by then makes none any more: its request is long over, and it was stopped."""


def earlier(alert: Alert) -> Iterator[Alert]:
    """What an alert follows, what that one followed, and so on: back to the first."""
    following = alert.follows
    while following:
        one = tables.read(following)
        yield one
        following = one.follows


def related(alert: Alert) -> list[Message]:
    """The message of an alert, and those of all that it follows, the newest first."""
    return [alert.message, *(one.message for one in earlier(alert))]


def is_correction(alert: Alert) -> bool:
    """Whether an alert cancels or ends another: nobody previewed it, for it was prepared with that one."""
    return bool(alert.follows) and alert.preview is None


def require_latest(alert: Alert) -> None:
    """Raises Conflict (`followed`) where a newer alert took its place."""
    if not alert.followed_by:
        return
    try:
        newer = tables.read(alert.followed_by)
    except NotFound:
        return
    if not is_correction(newer):
        raise Conflict(f"A newer alert took its place: {newer.id}.", code="followed")


def hand_over(correction: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Has the engine make a correction's plan; once more is harmless."""
    plan = _spec(correction, now=now, wiring=wiring)
    if plan is not None:
        engine.launch(plan, plan_id=correction.plan_id, now=now, wiring=wiring)


def look_after(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Runs what follows an alert again, once all claims of what it follows are settled; the watch's part.

    The alert stays due, minute by minute, until that is done; then until it expires. Raises Conflict where it
    was changed meanwhile.
    """
    if is_correction(alert) and plan_progress(alert, wiring=wiring) is None:
        hand_over(alert, now=now, wiring=wiring)
    done = run_again(alert, now=now, wiring=wiring)
    expires = rfc3339(alert.expires_at) if alert.expires_at else ""
    due_at = expires if done else rfc3339(now + LOOK)
    after = replace(alert, due_at=due_at, version=alert.version + 1)
    tables.replace(after, was=alert, wiring=wiring)
    return after


def run_again(alert: Alert, *, now: datetime, wiring: Wiring) -> bool:
    """Sends it to those whose claims settled late, if it is time; whether nothing is left to do."""
    own = plan_progress(alert, wiring=wiring)
    if own is None:
        return False
    if own.waves > len(own.by_channel) or not own.by_channel:
        return True
    closed = [_closed_at(one, alert, now=now, wiring=wiring) for one in earlier(alert)]
    if not all(closed):
        return False
    if max(closed) < own.started_at:
        return True
    return control.extend(alert.plan_id, each_channel=True, now=now, wiring=wiring)


def _closed_at(one: Alert, following: Alert, *, now: datetime, wiring: Wiring) -> str:
    """When nothing of an earlier alert could be sent any more (RFC 3339); empty where that is not yet so."""
    found = plan_progress(one, wiring=wiring)
    if found is not None:
        return found.closed_at
    waited = now - parse_rfc3339(following.steps[LAUNCHED].at) > NO_PLAN_AFTER
    return one.steps[LAUNCHED].at if waited or not one.plan_id else ""


def _spec(correction: Alert, *, now: datetime, wiring: Wiring) -> engine.PlanSpec | None:
    """None where no channel has words for it."""
    settings = wiring.settings
    correction = replace(correction, channels=_spoken(correction))
    brand = branded(departments.brand_of(correction.department), settings)
    made = renditions.compiled(correction, settings=settings, brand=brand)
    if not made.renditions:
        return None
    plans = plans_before(correction)
    order = bands_of(correction, now=now, wiring=wiring)
    return engine.PlanSpec(
        kind="alert",
        reference=correction.id,
        mode=correction.mode,
        lane=URGENT,
        scope=EMERGENCY,
        audience=reached(plans),
        renditions=made.renditions,
        links=made.links,
        default_language=correction.default_language,
        sender_name=brand.sender_name,
        send_until=epoch(correction.expires_at) if correction.expires_at else 0,
        department=correction.department,
        instant=correction.steps[LAUNCHED].at,
        bands=dict.fromkeys(correction.channels, order),
    )


def plans_before(alert: Alert) -> list[str]:
    """The plans of what an alert follows, the newest first."""
    return [one.plan_id for one in earlier(alert) if one.plan_id]


def bands_of(
    alert: Alert, *, others: Expression | None = None, now: datetime, wiring: Wiring
) -> list[Expression]:
    """Those whom the earlier alert reached last first; behind them `others` who get it for another reason."""
    found = plan_progress(tables.read(alert.follows), wiring=wiring)
    begun = parse_rfc3339(found.started_at) if found else now
    ended = parse_rfc3339(found.closed_at) if found and found.closed_at else now
    return bands(plans_before(alert), begun=begun.timestamp(), ended=ended.timestamp(), others=others)


def _spoken(correction: Alert) -> tuple[str, ...]:
    """The channels on which something is said in the default language."""
    return tuple(
        one
        for one in correction.channels
        if correction.default_language in renditions.languages(correction.words, one)
    )
