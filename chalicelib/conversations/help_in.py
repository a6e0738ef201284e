"""The queue `answers`: a call for help becomes an entry of the contact history; whoever is on duty is told.

Neither waits for the other, and each is done once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.alerts.answers import calls, hook
from chalicelib.alerts.answers.asked import alert_of, told_in
from chalicelib.alerts.answers.model import HelpCall
from chalicelib.conversations import kept
from chalicelib.conversations.keywords import NEED_HELP
from chalicelib.conversations.model import IN, Entry
from chalicelib.core import ids
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.writes import Lost, Together


def take_call(message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Looks after one call for help; a doubled message does nothing."""
    call = calls.claimed(message["subscriber"], message["alert"], due_at=message["due_at"], wiring=wiring)
    if call is not None:
        entered, told = _entered(call, wiring=wiring), hook.told(call, wiring=wiring)
        calls.rest(call, told=told, entered=entered, wiring=wiring)


def _entered(call: HelpCall, *, wiring: Wiring) -> bool:
    """Whether a call stands in the history as it is now."""
    if call.entered >= call.revision:
        return True
    try:
        _enter(call, wiring=wiring)
    except Exception as error:  # noqa: BLE001 - the people on duty must not wait for this
        logger.failure("help-not-entered", error, alert=call.alert_id)
        return False
    return True


def _enter(call: HelpCall, *, wiring: Wiring) -> None:
    person = people.present([call.subscriber_id]).get(call.subscriber_id)
    provider_id = f"help {call.alert_id} {call.subscriber_id} {call.revision}"
    if person is None or kept.seen(provider_id):
        return
    address = person.addresses.get(call.channel)
    moment = parse_rfc3339(call.told_at)
    entry = Entry(
        id=ids.time_ordered_id(moment),
        at=call.told_at,
        direction=IN,
        channel=call.channel,
        address=address.address if address else "",
        agency="",
        subject=told_in(alert_of(call.alert_id, now=wiring.clock()), person.language).headline,
        text=_text(call),
        keyword=NEED_HELP,
        answer="",
        automatic=False,
        authentic=True,
        provider_id=provider_id,
    )
    together = Together()
    expires_at = epoch(wiring.clock() + timedelta(days=wiring.settings.entry_days))
    kept.add(together, entry, owner=call.subscriber_id, expires_at=expires_at)
    try:
        together.commit(wiring)
    except Lost:  # another worker entered it
        return


def _text(call: HelpCall) -> str:
    """What was said and where, a line each."""
    where = call.where
    position = "" if where.latitude is None else f"{where.latitude}, {where.longitude} ({where.source})"
    return "\n".join(line for line in (call.words, where.text, position) if line)
