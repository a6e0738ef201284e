"""What readers did, from the queue `events`: onto the deliveries, raw, in as few writes as may be.

A batch's events of one delivery are one change of it, and up to 100 deliveries one transaction. Then their
deliveries are to be settled, a while later (`settle.py`): only when that is asked for is the batch done with,
so nothing is lost. A message that comes twice sets what stands already, and asks for nothing new.

Who asks not to be tracked (Sec-GPC, DNT) is counted at once, as events of nobody; so is, once a plan's totals
are taken, whoever gives no leave; and at any time, of what was sent before, whoever withdrew it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import engaged
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.delivery.engaged import AT_ONCE, Raw
from chalicelib.delivery.flags import flag
from chalicelib.delivery.resolve import resolve
from chalicelib.engagement import nobody, settle
from chalicelib.engagement.fold import fold
from chalicelib.engagement.leave import totals_taken, with_leave
from chalicelib.engagement.model import Sign
from chalicelib.engagement.raw import raw_of

REASON = "reason"
Told = dict[DeliveryRef, dict[str, Raw]]


def collect(messages: Sequence[tuple[str, Mapping[str, Any]]], *, wiring: Wiring) -> set[str]:
    """Takes a batch of messages, each with its id; answers the ids of those that must come again.

    An event whose plan or delivery is gone (retention, erasure) is passed over, and logged by its id.
    """
    again: set[str] = set()
    known: dict[ShortRef, DeliveryRef | None] = {}
    told: Told = defaultdict(dict)
    private: Told = defaultdict(dict)
    for message_id, message in messages:
        try:
            ref = _delivery(message, known, wiring=wiring)
            if ref is None:
                logger.info("event-without-plan", event_id=message["id"])
            elif message["kind"] == REASON:
                _reason(ref, message, wiring=wiring)
            else:
                raw = raw_of(message)
                (private if Sign.PRIVATE in raw.get("signs", ()) else told)[ref][message["id"]] = raw
        except Exception as error:  # noqa: BLE001 - one that cannot be read stops no other
            logger.failure("message-failed", error, message_id=message_id)
            again.add(message_id)
    _leave_out(told, private, wiring=wiring)
    for refs in _together(list(told)):
        refused = engaged.note({ref: told[ref] for ref in refs}, wiring=wiring)
        nobodys = engaged.nobodys(refused, wiring=wiring)
        for ref in refused:
            events = told.pop(ref)
            if ref in nobodys:
                private[ref].update(events)
            else:
                logger.info("event-without-delivery", event_id=min(events), plan=ref.plan_id)
    nobody.count(private, wiring=wiring)
    settle.ask(told, wiring=wiring)
    return again


def _leave_out(told: Told, private: Told, *, wiring: Wiring) -> None:
    """Moves to the events of nobody what people without leave did, where the plan's totals are taken.

    What stands of them is folded before, so that an event that is told once more is known.
    """
    taken = [plan_id for plan_id in {ref.plan_id for ref in told} if totals_taken(plan_id, wiring=wiring)]
    late = [ref for ref in told if ref.plan_id in taken]
    leave = with_leave([ref.subscriber_id for ref in late], wiring=wiring)
    without = [ref for ref in late if ref.subscriber_id not in leave]
    for refs in settle.by_slot(without).values():
        fold(engaged.read(refs, wiring=wiring), late=True, wiring=wiring)
    for ref in without:
        private[ref].update(told.pop(ref))


def _together(refs: Sequence[DeliveryRef]) -> Iterable[Sequence[DeliveryRef]]:
    return (refs[start : start + AT_ONCE] for start in range(0, len(refs), AT_ONCE))


def _delivery(
    message: Mapping[str, Any], known: dict[ShortRef, DeliveryRef | None], *, wiring: Wiring
) -> DeliveryRef | None:
    """The delivery that a message names; None where its plan is gone."""
    if "plan" in message:
        return DeliveryRef(message["plan"], message["subscriber"], message["channel"])
    short = ShortRef(message["plan_number"], message["chunk"], message["place"])
    if short not in known:
        try:
            known[short] = resolve(short, wiring=wiring)
        except NotFound:
            known[short] = None
    return known[short]


def _reason(ref: DeliveryRef, message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Why somebody unsubscribed."""
    found = flag(
        ref,
        REASON,
        at=parse_rfc3339(message["at"]),
        wiring=wiring,
        event_id=message["id"],
        details={name: message[name] for name in ("reason", "words")},
    )
    if not found.delivery:
        logger.info("event-without-delivery", event_id=message["id"], plan=ref.plan_id)
