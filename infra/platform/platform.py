"""`Platform`: the stack, its functions, HTTP, queues, schedules and the outbox, in one process."""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
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
from infra.aws.sms_voice import Number
from infra.aws.sqs_queue import Mishaps
from infra.aws.world import S3_PATH, World
from infra.inbound import PREFIX, mail_event, raw_mail, text_event
from infra.platform.gateway import Gateway
from infra.platform.pumps import Pumps, sources_of
from infra.platform.server import Server, local_answer
from infra.platform.stack import create_stack, put_object
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
        """Makes the stack, loads the application and, with a port, serves and pumps in threads."""
        if self._port is not None:
            self._server = Server(self._port, self.http)
            self.base_url = f"http://localhost:{self._server.port}"
        self._set_environment()
        self.world.open()
        self.web.install()
        create_stack(self.template)
        self._give_phones()
        self.world.calls.clear()
        app = self._application("APIHandler")
        forget_what_was_kept()
        self._give_clock()
        queues, schedules = sources_of(app, stack=self.template.stack)
        self.pumps = Pumps(self.world, queues, schedules, self._invoke)
        self._gateway = Gateway(self.template, self._application, self._invoke)
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
        self._give_phones()
        world.clock.reset()
        self.web.reset()
        forget_what_was_kept(constants=False)
        self._give_clock()

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
        end, latest = time.monotonic() + timeout, self.clock.time() + skip_s
        while not self.pumps.idle:
            if time.monotonic() > end:
                raise TimeoutError(f"not settled after {timeout} s: {self._left()}")
            if self._server is not None:
                time.sleep(0.02)
            elif not self.drain_once():
                self._skip(latest)

    def _skip(self, latest: float) -> None:
        moments = [moment for _, moment in self.pumps.waiting()]
        if not moments:
            return
        if min(moments) > latest:
            raise TimeoutError(f"not settled within the seconds that may be skipped: {self._left()}")
        self.clock.advance(max(0.001, min(moments) - self.clock.time()))

    def _left(self) -> str:
        return ", ".join(
            f"{name} ({moment - self.clock.time():.0f} s)" for name, moment in self.pumps.waiting()
        )

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

    def _give_phones(self) -> None:
        """End User Messaging: its configuration set, wanted or not, and the numbers of the parameters."""
        given = self.template.parameters
        named = ",".join(given[name] for name in ("SmsNumbers", "VoiceNumbers"))
        numbers = {number: Number() for one in named.split(",") if (number := one.partition("=")[0])}
        sms_voice = self.world.sms_voice
        sms_voice.account = PhoneAccount(numbers=numbers)
        one = self.template.resolve(self.template.resources["TextConfigurationSet"]["Properties"])
        sms_voice.configuration_sets = {one["ConfigurationSetName"]: one["EventDestinations"]}

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
            module, name = self.template.property_of(function, "Handler", "app.app").rsplit(".", 1)
            self._apps[function] = getattr(importlib.import_module(module), name)
        return self._apps[function]

    def _give_clock(self) -> None:
        module = sys.modules.get("chalicelib.core.wiring")
        if module is not None:
            module.wiring().clock = self.world.clock

    def _invoke(self, function: str, handler: Callable[[Any, Any], Any], event: Any) -> Any:
        from chalice.local import LambdaContext

        if self.apart and function != self._ran_last:
            _forget_what_was_read()
        self._ran_last = function
        seconds = int(self.template.property_of(function, "Timeout", 60))
        memory = int(self.template.property_of(function, "MemorySize", 1024))
        with running(function):
            return handler(event, LambdaContext(function, memory, max_runtime_ms=seconds * 1000))


def _forget_what_was_read() -> None:
    """Empties caches and forgets secrets; compiled pages and clients, which tell nothing, stay."""
    forget_what_was_kept(constants=False)
    module = sys.modules.get("chalicelib.core.wiring")
    if module is not None:
        for name in ("ring", "address_key", "push_secret"):
            vars(module.wiring()).pop(name, None)


def forget_what_was_kept(*, constants: bool = True) -> None:
    """Empties the caches of Crier's modules, as a new Lambda process would find them.

    Those of one entry (`maxsize=1`: settings, wiring, compiled pages) only with `constants`, for they depend
    on the stack alone; those without a bound (`@cache`) never, for they depend on the code's files alone.
    """
    for clear, maxsize in _caches(len(sys.modules)):
        if maxsize is not None and (constants or maxsize != 1):
            clear()


@lru_cache(maxsize=1)
def _caches(_modules: int) -> list[tuple[Callable[[], None], int | None]]:
    """What empties each cache, and how many entries it has, for as long as no more modules are loaded."""
    return [
        (value.cache_clear, value.cache_parameters()["maxsize"])
        for name, module in list(sys.modules.items())
        if name == "app" or name.split(".", 1)[0] == "chalicelib"
        for value in list(vars(module).values())
        if hasattr(value, "cache_parameters") and str(value.__module__).startswith("chalicelib")
    ]
