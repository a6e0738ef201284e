"""What a receipt costs: the events that SES reports about a mail, handed to the function that notes them.

    python -m tests.bench.receipts noted '{"port": …, "people": 2000, "rate": 500}'

Reported apart from the whole path: for each kind of event requests, write units and CPU per event. A bounce
here is permanent: it suppresses its address, and self-protection looks whether sending must halt.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.bench.people import LANGUAGES, row
from tests.bench.whole import Asked, Context, Lambda, StandIn, cpu, record_of, sent_to_all, tell, world

BATCH = 10
BOUNCED = 100
"""One in so many."""


def noted(asked: Asked) -> dict[str, Any]:
    """Sends a plan, reports each of its mails, and tells what the reports took."""
    from chalicelib.core.wiring import wiring
    from chalicelib.delivery import functions
    from chalicelib.subscribers.addresses import digest
    from chalicelib.subscribers.tables import AddressItem

    standin = StandIn(asked["port"])
    lambda_ = world(standin, asked)
    plan = sent_to_all(standin, lambda_, asked)
    everybody = [row(number, list(LANGUAGES)) for number in range(asked["people"])]
    few = everybody[::BOUNCED]
    for one in few:
        kept_as = AddressItem.id_of(digest("email", one["email"]["S"], key=wiring().address_key))
        AddressItem(kept_as, subscriber_id=one["subscriber_id"]["S"]).save()
    kinds = {"Send": everybody, "Delivery": everybody, "Bounce": few}
    return {
        kind: _told(
            standin, lambda_, functions.receipts, [_event(kind, plan, one, lambda_) for one in people]
        )
        for kind, people in kinds.items()
    }


def _told(standin: StandIn, lambda_: Lambda, handler: Any, events: Sequence[str]) -> dict[str, float]:
    before, spent = standin.ask("counts"), 0.0
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        records = [record_of("receipts", body, start + n) for n, body in enumerate(batch)]
        began = cpu()
        answer = handler({"Records": records}, Context())
        spent += cpu() - began
        assert answer == {"batchItemFailures": []}, "a receipt failed"
        lambda_.seconds += 0.1
    after = standin.ask("counts")
    requests = Counter(after["requests"]) - Counter(before["requests"])
    written = sum(after["units"]["written"].values()) - sum(before["units"]["written"].values())
    return {
        "requests": round(requests.total() / len(events), 2),
        "write_units": round(written / len(events), 2),
        "cpu_us": round(spent / len(events) * 1e6),
    }


def _event(kind: str, plan: str, person: Mapping[str, Any], lambda_: Lambda) -> str:
    """The body of a queue message: SES's event in SNS's envelope."""
    address, at = person["email"]["S"], f"{lambda_.now() + timedelta(seconds=2):%Y-%m-%dT%H:%M:%S.000Z}"
    part: dict[str, Any] = {} if kind == "Send" else {"timestamp": at}
    if kind == "Bounce":
        part |= {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": address}
    tags = {"plan": [plan], "subscriber": [person["subscriber_id"]["S"]], "chunk": ["00000000"]}
    mail = {"timestamp": at, "messageId": "0" * 60, "destination": [address], "tags": tags}
    event = {"eventType": kind, "mail": mail, kind.lower(): part}
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


def printed(found: Mapping[str, Mapping[str, float]]) -> None:
    """Prints a line for each kind of event."""
    print("\nReceipts, apart from the path: per event")
    for kind, one in found.items():
        print(f"{kind}: {', '.join(f'{name} {value:g}' for name, value in one.items())}")


if __name__ == "__main__":
    tell(noted)
