"""`Platform`: the stack, its functions, HTTP, queues, schedules and the outbox, in one process."""

import importlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from infra.answers import HttpAnswer
from infra.aws.calls import Call, running
from infra.aws.clock import LocalClock
from infra.aws.faults import Faults
from infra.aws.outbox import Outbox
from infra.aws.ses_account import Account
from infra.aws.ses_events import ACCOUNT
from infra.aws.sms_voice import Account as PhoneAccount
from infra.aws.sqs_queue import Mishaps
from infra.aws.world import S3_PATH, World
from infra.inbound import PREFIX, mail_event, raw_mail, text_event
from infra.platform.gateway import Gateway
from infra.platform.memory import forget_what_was_kept, forget_what_was_read, give_clock
from infra.platform.pumps import Pumps, sources_of
from infra.platform.server import Server, local_answer
from infra.platform.stack import create_stack, give_phones, put_object
from infra.platform.template import Template
from infra.stand_ins.transport import StandIns

DEFAULT_TIMEOUT_S = 60
LONGEST_SKIP_S = 6 * 3600
ANY_HOUR = {"DaylightFrom": "0", "DaylightTo": "24"}
"""Whoever tries a campaign here, at whatever hour, wants to see it leave."""

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIALOCALPLATFORM000",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_SESSION_TOKEN": "",
}


class Platform:
    """One running stack. Only one at a time may be started in a process.

    `port`: None for no server and no threads (requests by `http`, queues by `drain_once` and `settle`); 0 for
    any free port. `double` and `shuffle`: every queue message twice, and in an order drawn from that seed.
    `schedule_period_s`: how often schedules run, in threads. `frozen`: the moment at which the clock stands
    still. `app`: a Chalice application in place of Crier's own; `parameters`: of the template. Newsletters
    come at any hour, unless these say otherwise.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        stack: str = "crier",
        region: str = "us-east-1",
        parameters: Mapping[str, str] | None = None,
        double: bool = False,
        shuffle: int | None = None,
        schedule_period_s: float = 5.0,
        frozen: datetime | None = None,
        app: Any = None,
    ) -> None:
        self._port = port
        self._schedule_period_s = schedule_period_s
        self._given_app = app
        self.template = Template(stack=stack, region=region, parameters={**ANY_HOUR, **(parameters or {})})
        self.world = World(region=region, clock=LocalClock(frozen=frozen))
        self.web = StandIns(self.world.clock, self.world.outbox)
        """Who answers outside AWS: see `infra.stand_ins.transport`."""
        self._mishaps = Mishaps(double=double, shuffle=None if shuffle is None else Random(shuffle))  # noqa: S311
        self._server: Server | None = None
        self._environment: dict[str, str | None] = {}
        self._apps: dict[str, Any] = {}
        self.base_url = "http://localhost"
        self.apart = False
        """Whether no function finds in memory what another one read, as on AWS."""
        self._ran_last = ""

    @property
    def outbox(self) -> Outbox:
        """What would have left."""
        return self.world.outbox

    @property
    def faults(self) -> Faults:
        """Faults on purpose: see `infra.aws.faults`."""
        return self.world.faults

    @property
    def clock(self) -> LocalClock:
        """The clock of the local AWS and of Crier."""
        return self.world.clock

    @property
    def account(self) -> Account:
        """SES's account: rate, quota, whether it may send."""
        return self.world.ses.account

    @property
    def phones(self) -> PhoneAccount:
        """End User Messaging's account: its numbers, who opted out there, what becomes of messages."""
        return self.world.sms_voice.account

    @property
    def calls(self) -> frozenset[Call]:
        """Every kind of AWS call made so far, with the function that made it."""
        return self.world.calls.all()

    def start(self) -> Self:
        """Makes the stack, loads the application and, with a port, serves and pumps in threads.

        Started again, with no other in between, it finds its stack as it was stopped.
        """
        if self._port is not None:
            self._server = Server(self._port, self.http)
            self.base_url = f"http://localhost:{self._server.port}"
        self._set_environment()
        stands = self.world.open()
        self.web.install()
        if not stands:
            create_stack(self.template)
        give_phones(self.template, self.world.sms_voice)
        self.world.calls.clear()
        app = self._given_app or importlib.import_module("app").app
        forget_what_was_kept()
        give_clock(self.clock)
        queues, schedules = sources_of(app, stack=self.template.stack)
        self.pumps = Pumps(self.world, queues, schedules, self._invoke)
        self._gateway = Gateway(self.template, list(app.routes), self._application, self._invoke)
        self.world.sqs.mishaps = self._mishaps
        if self._server is not None:
            self.pumps.start(schedule_period_s=self._schedule_period_s)
            self._server.start()
        return self

    def stop(self) -> None:
        """Ends server and threads, shuts the local AWS and restores the environment."""
        if self._server is not None:
            self._server.stop()
            self.pumps.stop()
        self.web.uninstall()
        self.world.close()
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        forget_what_was_kept()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def reset(self) -> None:
        """Empties tables, queues, buckets and outbox, forgets faults, winds clock and SES's account back.

        Keeps the stack and the record of calls. Takes a millisecond: for a fresh platform per test. Not while
        threads run.
        """
        world = self.world
        world.dynamodb.clear()
        world.sqs.clear()
        world.empty_buckets()
        world.outbox.clear()
        world.sns.devices.clear()
        world.faults.clear()
        world.ses.account = Account()
        give_phones(self.template, world.sms_voice)
        world.clock.reset()
        self.web.reset()
        forget_what_was_kept(constants=False)
        give_clock(self.clock)

    def http(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> HttpAnswer:
        """The answer to one request, without a socket.

        `target` is path and query, or a whole link out of a message.
        """
        parts = urlsplit(target)
        local = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        own = local_answer(self, method, local, headers or {}, body)
        return own or self._gateway.answer(method, local, headers or {}, body)

    def drain_once(self) -> int:
        """One batch from each queue to its function; how many messages that were. Only without threads."""
        return self.pumps.drain_once()

    def settle(self, timeout: float = DEFAULT_TIMEOUT_S, *, skip_s: float = LONGEST_SKIP_S) -> None:
        """Until every queue is empty and nothing is in flight.

        Without threads it hands the messages over itself, and where they only wait it moves the clock ahead,
        by up to `skip_s` seconds in all. With threads it waits. Raises TimeoutError, naming the queues that
        still hold messages.
        """
        self.pumps.settle(timeout, skip_s=skip_s)

    def fire(self, schedule: str = "sweep") -> None:
        """Runs a schedule's function now, once, and returns when it has."""
        self.pumps.fire(schedule)

    def ses_event(self, event: Mapping[str, Any]) -> None:
        """Publishes an event on the topic that SES's configuration set reports to, as SES would."""
        with self.world.lock:
            for one in self.world.ses.configuration_sets[self.template.stack].destinations.values():
                self.world.sns.publish_to_topic(one["SnsDestination"]["TopicArn"], json.dumps(event))

    def text_in(self, sender: str, agency: str, body: str, *, message_id: str = "") -> None:
        """Has somebody text one of the agency's numbers."""
        self.inbound(text_event(sender, agency, body, message_id=message_id))

    def mail_in(
        self,
        sender: str,
        to: str,
        *,
        subject: str = "",
        text: str = "",
        headers: Mapping[str, str] | None = None,
        message_id: str = "",
        **more: Any,
    ) -> None:
        """Has somebody mail the agency, as SES's receipt rule takes it; `more` as `mail_event` has it."""
        bucket, key = f"{self.template.stack}-inbound-{ACCOUNT}", message_id or uuid4().hex
        raw = raw_mail(sender, to, subject=subject, text=text, headers=headers)
        put_object(bucket, PREFIX + key, raw, region=self.template.region)
        event = mail_event(
            sender,
            to,
            bucket=bucket,
            message_id=key,
            at=self.clock(),
            subject=subject,
            headers=headers,
            **more,
        )
        self.inbound(event)

    def objects(self, bucket: str) -> list[str]:
        """The keys of what lies in one of the stack's buckets, by its short name."""
        return self.world.object_keys(f"{self.template.stack}-{bucket}-{ACCOUNT}")

    def inbound(self, event: Any) -> None:
        """Publishes an event on the topic of what comes in."""
        arn = f"arn:aws:sns:{self.template.region}:{ACCOUNT}:{self.template.stack}-inbound"
        with self.world.lock:
            self.world.sns.publish_to_topic(arn, json.dumps(event))

    def _set_environment(self) -> None:
        wanted = {
            **CREDENTIALS,
            "AWS_REGION": self.template.region,
            "AWS_DEFAULT_REGION": self.template.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_S3": self.base_url.replace("localhost", "127.0.0.1") + S3_PATH,
            **self.template.environment(),
            "CRIER_BASE_URL": self.base_url,
        }
        for name, value in wanted.items():
            self._environment.setdefault(name, os.environ.get(name))
            os.environ[name] = value

    def _application(self, function: str) -> Any:
        if self._given_app is not None:
            return self._given_app
        if function not in self._apps:
            module, name = self.template.property_of(function, "Handler", "").rsplit(".", 1)
            self._apps[function] = getattr(importlib.import_module(module), name)
        return self._apps[function]

    def _invoke(self, function: str, handler: Callable[[Any, Any], Any], event: Any) -> Any:
        from chalice.local import LambdaContext

        if self.apart and function != self._ran_last:
            forget_what_was_read()
        self._ran_last = function
        seconds = int(self.template.property_of(function, "Timeout", 60))
        memory = int(self.template.property_of(function, "MemorySize", 1024))
        with running(function):
            return handler(event, LambdaContext(function, memory, max_runtime_ms=seconds * 1000))
