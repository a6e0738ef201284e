"""What became of a canary: each part is in time, late, missing or wrong. Pure but for `look`."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.answers import asked
from chalicelib.alerts.canary.model import (
    ANSWERABLE,
    BOUNDS_S,
    DELIVERED,
    DRAFTED,
    HANDED_OVER,
    HIDDEN,
    IN_TIME,
    LATE,
    LAUNCHED,
    MISSING,
    PREVIEWED,
    WRONG,
    Part,
    Run,
)
from chalicelib.core.errors import NotFound
from chalicelib.core.web import WebError
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import mint
from chalicelib.delivery.lanes import proves
from chalicelib.delivery.timing import Timing, walk

STEPS = (DRAFTED, PREVIEWED, LAUNCHED)
LONGEST_ANSWER_S = 10
MAX_PAGE_BYTES = 2_000_000


@dataclass(frozen=True)
class Found:
    """What is there of a canary: seconds since its launch by channel; None of `proven` is told by nobody.

    `answerable`: its link leads to its own alert; `hidden`: it is on no public list and page, None where the
    page does not come.
    """

    handed_over: Mapping[str, float] = field(default_factory=dict)
    delivered: Mapping[str, float] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()
    answerable: bool = False
    hidden: bool | None = None


def judged(run: Run, found: Found) -> tuple[Part, ...]:
    """Each part of a run, in the order of the way."""
    return tuple(_parts(run, found))


def look(run: Run, *, now: datetime, wiring: Wiring) -> Found:
    """What became of a run so far."""
    timing = Timing()
    with suppress(NotFound):
        if run.plan_id:
            walk(timing, run.plan_id, enough=lambda: False, wiring=wiring)
    return Found(
        handed_over={channel: one.last for channel, one in timing.handed.items() if one.last is not None},
        delivered={channel: one.last for channel, one in timing.delivered.items() if one.last is not None},
        proven=frozenset(one for one in run.channels if proves(one, wiring.settings)),
        answerable=bool(run.plan_id) and _answerable(run, now=now, wiring=wiring),
        hidden=_hidden(run, wiring=wiring),
    )


def _parts(run: Run, found: Found) -> Iterator[Part]:
    for step in STEPS:
        yield _timed(step, run.took.get(step))
    for channel in run.channels:
        yield _timed(HANDED_OVER, found.handed_over.get(channel), channel)
        if channel in found.proven:
            yield _timed(DELIVERED, found.delivered.get(channel), channel)
    yield Part(ANSWERABLE, IN_TIME if found.answerable else MISSING)
    yield Part(HIDDEN, MISSING if found.hidden is None else IN_TIME if found.hidden else WRONG)


def _timed(name: str, seconds: float | None, channel: str = "") -> Part:
    if seconds is None:
        return Part(name, MISSING, channel)
    return Part(name, IN_TIME if seconds <= BOUNDS_S[name] else LATE, channel, round(seconds, 1))


def _answerable(run: Run, *, now: datetime, wiring: Wiring) -> bool:
    """Whether the link in the canary's message leads to its alert: by its token, and on the site."""
    token = mint(run.plan_id, run.subscriber_id, run.channels[0], ring=wiring.ring)
    try:
        named = asked.by_token(token, now=now, wiring=wiring)
    except NotFound:
        return False
    page = _page(f"/a/{token}", wiring=wiring)
    return named.alert.id == run.alert_id and page is not None


def _hidden(run: Run, *, wiring: Wiring) -> bool | None:
    """Whether nobody reads of it in public; None where the page does not come, which proves nothing."""
    page = _page("/alerts", wiring=wiring)
    if page is None:
        return None
    return all(one.id != run.alert_id for one in alerts.active()) and not (
        run.alert_id and run.alert_id in page
    )


def _page(path: str, *, wiring: Wiring) -> str | None:
    """A page of the site; None where it does not come. Where the site is this machine's, it is not asked."""
    url = wiring.settings.url(path)
    if not url.startswith("https://"):
        return ""
    try:
        answer = wiring.web.request(
            "GET", url, read_timeout_s=LONGEST_ANSWER_S, max_bytes=MAX_PAGE_BYTES, redirects=1
        )
    except WebError:
        return None
    return answer.body.decode("utf-8", "replace") if answer.ok else None
