"""The platform with a small application: queues, schedules, HTTP, clock, faults, mishaps, calls."""

import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice import Response
from moto import mock_aws

from chalicelib.core.app import CrierApp
from chalicelib.core.wiring import wiring
from infra.aws.calls import Call
from infra.aws.faults import crash
from infra.aws.ses_account import Account
from infra.platform.platform import Platform


class Small:
    """An application that notes what reaches it; `behaviour` is called with each message's document."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.fired = 0
        self.behaviour: Any = lambda _document: None
        self.app = CrierApp(app_name="small")
        self._queues()
        self._routes()

    def _queues(self) -> None:
        @self.app.on_sqs_message(queue="deliver-bulk", batch_size=2)
        def deliver_bulk(event: Any) -> dict[str, Any]:
            records = list(event)
            self.batches.append([json.loads(one.body) for one in records])
            failed = []
            for one in records:
                try:
                    self.behaviour(json.loads(one.body))
                except ValueError:
                    failed.append({"itemIdentifier": one.to_dict()["messageId"]})
            return {"batchItemFailures": failed}

        @self.app.on_sqs_message(queue="receipts", batch_size=10)
        def receipts(event: Any) -> None:
            self.batches.append([json.loads(json.loads(one.body)["Message"])["eventType"] for one in event])

        @self.app.schedule("rate(1 minute)", name="sweep")
        def sweep(event: Any) -> None:
            self.fired += 1

    def _routes(self) -> None:
        @self.app.route(
            "/v1/echo/{name}", methods=["GET", "POST"], content_types=["application/x-www-form-urlencoded"]
        )
        def echo(name: str) -> dict[str, Any]:
            request = self.app.current_request
            return {
                "name": name,
                "query": request.query_params and request.query_params.getlist("q"),
                "body": request.raw_body.decode(),
                "method": request.method,
            }

        @self.app.route("/v1/pixel")
        def pixel() -> Response:
            return Response(b"GIF89a\xff", headers={"Content-Type": "image/gif"})

        @self.app.route("/subscribe", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
        def subscribe() -> Response:
            wiring().queues.send("deliver-bulk", {"from": "page"})
            return Response("", status_code=303, headers={"Location": "/done"})

    @property
    def seen(self) -> list[Any]:
        return [one for batch in self.batches for one in batch]


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def local(small: Small) -> Iterator[Platform]:
    with Platform(app=small.app) as platform:
        yield platform


def test_a_queue_reaches_its_function_in_batches(local: Platform, small: Small) -> None:
    for n in range(5):
        wiring().queues.send("deliver-bulk", {"n": n})
    assert local.drain_once() == 2
    local.settle()
    assert [len(batch) for batch in small.batches] == [2, 2, 1]
    assert small.seen == [{"n": n} for n in range(5)]
    assert local.pumps.idle


def test_settling_skips_delays_instead_of_waiting(local: Platform, small: Small) -> None:
    before, began = local.clock(), time.monotonic()
    wiring().queues.send("deliver-bulk", {"n": 1}, delay_s=600)
    assert local.drain_once() == 0
    local.settle()
    assert small.seen == [{"n": 1}]
    assert (local.clock() - before).total_seconds() >= 600
    assert wiring().clock() >= local.clock() - (local.clock() - before)
    assert time.monotonic() - began < 5


def test_settling_gives_up(local: Platform, small: Small) -> None:
    def again(document: Any) -> None:
        wiring().queues.send("deliver-bulk", document, delay_s=60)

    small.behaviour = again
    wiring().queues.send("deliver-bulk", {})
    with pytest.raises(TimeoutError, match="crier-deliver-bulk"):
        local.settle(skip_s=600)


def test_only_the_failed_message_of_a_batch_comes_again(local: Platform, small: Small) -> None:
    def fail_once(document: Any) -> None:
        if document == {"n": 0} and small.seen.count(document) == 1:
            raise ValueError

    small.behaviour = fail_once
    for n in range(2):
        wiring().queues.send("deliver-bulk", {"n": n})
    local.settle()
    assert small.seen == [{"n": 0}, {"n": 1}, {"n": 0}]


def test_a_failing_message_ends_among_the_dead(local: Platform, small: Small) -> None:
    def fail(document: Any) -> None:
        raise (ValueError if document["n"] else RuntimeError)("no")

    small.behaviour = fail
    wiring().queues.send("deliver-bulk", {"n": 1})
    wiring().queues.send("deliver-bulk", {"n": 0}, delay_s=1)
    local.settle()
    assert len(small.seen) == 10
    assert len(local.world.sqs.queue("crier-deliver-bulk-dead").messages) == 2


def test_a_crashed_function_leaves_its_message(local: Platform, small: Small) -> None:
    small.behaviour = lambda _: wiring().sns.publish(PhoneNumber="+16175550100", Message="x")
    local.faults.add("sns", "Publish", crash(done=True))
    wiring().queues.send("deliver-bulk", {"n": 1})
    local.settle()
    assert len(small.seen) == len(local.outbox) == 2


def test_every_message_twice_in_any_order(small: Small) -> None:
    with Platform(app=small.app, double=True, shuffle=3) as local:
        for n in range(6):
            wiring().queues.send("deliver-bulk", {"n": n})
        local.settle()
    numbers = [one["n"] for one in small.seen]
    assert sorted(numbers) == sorted([*range(6), *range(6)])
    assert numbers != sorted(numbers)


def test_mail_comes_back_as_receipts(local: Platform, small: Small) -> None:
    wiring().sesv2.send_email(
        FromEmailAddress="news@city.example",
        ConfigurationSetName="crier",
        Destination={"ToAddresses": ["complaint@x.example"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )
    local.ses_event({"eventType": "DeliveryDelay"})
    local.settle()
    assert small.seen == ["Send", "Delivery", "Complaint", "DeliveryDelay"]


def test_schedules_fire_when_asked(local: Platform, small: Small) -> None:
    local.fire()
    assert small.fired == 1
    with pytest.raises(LookupError):
        local.fire("none")


def test_calls_are_attributed_to_functions(local: Platform, small: Small) -> None:
    def work(_: Any) -> None:
        thread = threading.Thread(target=wiring().sesv2.get_account)
        thread.start()
        thread.join()

    small.behaviour = work
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert local.http("POST", "/subscribe", form, b"a=b").status == 303
    local.settle()
    assert local.calls == {
        Call("Public", "sqs", "SendMessage", "crier-deliver-bulk"),
        Call("DeliverBulk", "ses", "GetAccount", "*"),
    }


def test_http_as_through_the_gateway(local: Platform) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = local.http("POST", "/v1/echo/a-b?q=1&q=%C3%A9", form, "x=é".encode())
    assert answer.json() == {"name": "a-b", "query": ["1", "é"], "body": "x=é", "method": "POST"}
    pixel = local.http("GET", "/v1/pixel", {"Accept": "image/gif, */*"})
    assert (pixel.status, pixel.headers["content-type"], pixel.body) == (200, "image/gif", b"GIF89a\xff")
    for path in ("/v1/none", "/v1/echo", "/v1/echo/a/b"):
        missing = local.http("GET", path)
        assert (missing.status, missing.headers["content-type"]) == (404, "application/problem+json")
        assert missing.json()["status"] == 404
    assert local.http("POST", "/v1/echo/x", form, b"x" * (10 * 1024 * 1024 + 1)).status == 413


def test_presigned_uploads_arrive(local: Platform) -> None:
    s3, bucket = wiring().s3, wiring().settings.bucket
    parameters = {"Bucket": bucket, "Key": "imports/1.csv"}
    url = s3.generate_presigned_url("put_object", Params=parameters)
    assert local.http("PUT", url, {}, b"a,b\n").status == 200
    assert s3.get_object(**parameters)["Body"].read() == b"a,b\n"


def test_reset_keeps_the_stack_only(local: Platform, small: Small) -> None:
    wiring().sns.publish(PhoneNumber="+16175550100", Message="x")
    wiring().queues.send("deliver-bulk", {}, delay_s=5)
    local.clock.advance(100)
    local.account.max_send_rate = 1
    local.reset()
    assert len(local.outbox) == 0
    assert local.pumps.idle
    assert local.account == Account()
    assert abs((local.clock() - datetime.now(UTC)).total_seconds()) < 5
    wiring().queues.send("deliver-bulk", {})
    local.settle()
    assert small.seen == [{}]


def test_a_frozen_clock(small: Small) -> None:
    moment = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    with Platform(app=small.app, frozen=moment) as local:
        assert wiring().clock() == moment
        local.clock.advance(60)
        assert wiring().clock() == datetime(2026, 11, 22, 6, 1, tzinfo=UTC)


def test_started_again_it_finds_its_stack_as_it_was_stopped() -> None:
    local = Platform()

    def key() -> bytes:
        """A secret that each stack makes for itself; one more message waits."""
        wiring().queues.send("erasures", {})
        return wiring().address_key

    with local:
        made = key()
    assert "CRIER_SENDER" not in os.environ
    with local:
        assert key() == made
        assert len(local.world.sqs.queue("crier-erasures").messages) == 2
    with Platform():
        assert key() != made
    with local:
        fresh = key()
        assert fresh != made
    with mock_aws():
        pass
    with local:
        assert key() not in (made, fresh)


def test_in_threads_over_sockets(small: Small) -> None:
    before = set(threading.enumerate())
    local = Platform(port=0, app=small.app, schedule_period_s=0.1).start()
    try:
        wiring().queues.send("deliver-bulk", {"n": 1}, delay_s=1)
        with urllib.request.urlopen(local.base_url + "/v1/pixel") as answer:
            assert answer.read() == b"GIF89a\xff"
        assert wiring().settings.base_url == local.base_url
        local.settle(timeout=60)
        assert small.seen == [{"n": 1}]
        assert small.fired > 2
    finally:
        local.stop()
    left = {one.name for one in set(threading.enumerate()) - before}
    assert not {name for name in left if name in ("http", "DeliverBulk", "Receipts", "sweep")}
