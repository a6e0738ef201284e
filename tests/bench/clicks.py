"""What clicks cost: a thousand people follow one link of a mail, each for the first time.

    python -m tests.bench.clicks followed '{"port": …, "people": 1000, "rate": 500}'

A click is the whole of it: API Gateway's event through `Track`'s handler to the redirect, with botocore's
client and its connection; SQS is the stand-in's, whose time is not this process's. Then the events go through
`collect` and `settle`, in the batches that the queues hand over.
"""

import gc
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.bench.whole import Asked, Context, StandIn, cpu, record_of, sent_to_all, tell, world

WARM_UP = 100
OLD_S = 100
"""Seconds after which an event is judged."""

HEADERS = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "en-US,en;q=0.5",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "x-forwarded-for": "203.0.113.7",
}


def followed(asked: Asked) -> dict[str, Any]:
    """A link is followed by everybody, and it is counted; what each click took, and what all wrote."""
    from chalice.local import RouteMatcher

    from chalicelib.core.wiring import wiring
    from chalicelib.delivery import counters
    from chalicelib.delivery.delivery_tokens import mint
    from chalicelib.engagement import functions, track
    from infra.platform.gateway import event_of
    from tests.bench.people import LANGUAGES, row
    from tests.engagement.writes import noted

    standin = StandIn(asked["port"])
    lambda_ = world(standin, asked)
    plan = sent_to_all(standin, lambda_, asked)
    everybody = [row(number, list(LANGUAGES))["subscriber_id"]["S"] for number in range(asked["people"])]
    matcher = RouteMatcher(list(track.app.routes))
    events = []
    for one in everybody:
        path = f"/t/{mint(plan, one, 'email', ring=wiring().ring)}/3"
        events.append(event_of("GET", path, HEADERS, b"", matcher.match_route(path)))
    for event in events[:WARM_UP]:
        track.app(event, Context())
    standin.ask("take")
    before = Counter(standin.ask("counts")["requests"])
    gc.collect()
    began = cpu()
    statuses = {track.app(event, Context())["statusCode"] for event in events}
    spent = cpu() - began
    asked_for = Counter(standin.ask("counts")["requests"]) - before
    assert statuses == {302}, "somebody was not redirected"
    with noted(wiring()) as writes:
        for handler, queue in ((functions.events, "events"), (functions.settle_all, "settle")):
            lambda_.seconds += OLD_S
            answer = handler({"Records": _records(queue, standin.ask("take"))}, Context())
            assert answer == {"batchItemFailures": []}, f"{queue} failed"
    clicked = counters.read(plan, wiring=wiring())["email#link#3#clicked#raw"]
    assert clicked == len(everybody), "a click is not counted"
    return {
        "click_cpu_us": round(spent / len(events) * 1e6),
        "click_requests": asked_for.total() / len(events),
        "click_writes_per_1000": writes.requests.total() / len(events) * 1000,
        "click_key_share_pct": round(writes.most_share * 100, 1),
        "click_writes": dict(writes.requests),
    }


def _records(queue: str, messages: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    return [record_of(queue, body, n) for n, (name, body, _) in enumerate(messages) if name == queue]


def printed(found: dict[str, Any]) -> None:
    """Prints what the limits do not tell."""
    print(f"\nA thousand clicks on a link, written in: {json.dumps(found['click_writes'])}")


if __name__ == "__main__":
    tell(followed)
