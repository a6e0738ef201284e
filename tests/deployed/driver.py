"""The feature tests' driver for the packaged stack on MiniStack: its gateway, its queues, its functions."""

import json as json_module
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import requests

from infra.aws.ses_events import Mail, events_of
from infra.dead_letters import QUEUES
from infra.emulator import PROJECT, REGION, Emulator
from infra.inbound import PREFIX, mail_event, raw_mail, text_event
from tests.features.driver import BROWSER, Message, Response
from tests.features.ses_events import event

NOT_FOUND = Response(
    404,
    {"content-type": "application/problem+json"},
    b'{"type": "about:blank", "title": "Not Found", "status": 404}',
)
"""What the template's gateway responses answer to an unknown path; MiniStack has 403 and words of its own."""


class DeployedDriver:
    """One stack on a running MiniStack."""

    def __init__(self, emulator: Emulator, *, site: str, stack: str, sender: str) -> None:
        self.base_url = site
        self._emulator = emulator
        self._stack = stack
        self._sender = sender
        self._http = requests.Session()
        self._http.headers["User-Agent"] = BROWSER
        self._sns = emulator.client("sns")
        self._lambda = emulator.client("lambda")
        self._reported: set[str] = set()
        self.admin_key = self._first_admin()

    def _first_admin(self) -> str:
        """The key that the documented command prints."""
        command = [sys.executable, "-m", "infra.first_admin", "--stack", self._stack]
        owner = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
        done = subprocess.run(
            [*command, "--name", "Ada Example", "--email", "ada@city.example"],
            cwd=PROJECT,
            env={**os.environ, **owner, "AWS_ENDPOINT_URL": self._emulator.endpoint},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        json: Any = None,
        form: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        sent = {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        if form is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
            body = urlencode(list(form.items()) if isinstance(form, Mapping) else list(form)).encode()
        # A path out of a page starts with the stage's own path, as it must.
        local = path.removeprefix(self.base_url).removeprefix(urlsplit(self.base_url).path)
        answer = self._http.request(
            method,
            self.base_url + local,
            json=json,
            data=body,
            headers=sent,
            allow_redirects=False,
            timeout=120,
        )
        found = Response(
            answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content
        )
        return (
            NOT_FOUND if "MissingAuthenticationToken" in found.headers.get("x-amzn-errortype", "") else found
        )

    def outbox(self) -> list[Message]:
        return [message for _, message in sorted(self._mails() + self._sms(), key=lambda one: one[0])]

    def _mails(self) -> list[tuple[float, Message]]:
        lines = self._emulator.sent.read_text().splitlines()
        notes = {line["id"]: line for line in map(json_module.loads, lines)}
        return [
            (
                one["Timestamp"],
                Message(
                    channel="email",
                    to=one["To"][0],
                    subject=one["Subject"],
                    html=one["BodyHtml"],
                    text=one["BodyText"],
                    headers=notes.get(one["MessageId"], {}).get("headers", {}),
                    tags=notes.get(one["MessageId"], {}).get("tags", {}),
                    provider_id=one["MessageId"],
                ),
            )
            for one in _listed(self._looked_up("ses/messages")["messages"])
        ]

    def _sms(self) -> list[tuple[float, Message]]:
        return [
            (
                float(one.get("Timestamp") or one.get("timestamp") or 0),
                Message("sms", one["PhoneNumber"], one["Message"], one["MessageId"]),
            )
            for one in _listed(self._looked_up("sns/sms-messages")["sms_messages"])
        ]

    def _looked_up(self, what: str) -> Any:
        return self._http.get(f"{self._emulator.endpoint}/_ministack/{what}", timeout=30).json()

    def settle(self, timeout: float = 180) -> None:
        end = time.monotonic() + timeout
        quiet = 0
        while quiet < 3:
            if time.monotonic() > end:
                raise TimeoutError(f"not settled after {timeout} s: {self._waiting()}\n{self._errors()}")
            if self._report_mails() or self._waiting():
                quiet = 0
            else:
                quiet += 1
            time.sleep(0.05)

    def _waiting(self) -> dict[str, int]:
        """How many messages each queue holds, waiting, delayed or in flight; none of the empty ones.

        Erasures wait a quarter of an hour, and nothing waits for them.
        """
        (by_region,) = self._looked_up("sqs/messages")["messages"].values()
        waiting = {url.rsplit("/", 1)[1]: len(messages) for url, messages in by_region[REGION].items()}
        return {
            name: count
            for name in QUEUES
            if name != "erasures" and (count := waiting[f"{self._stack}-{name}"])
        }

    def _errors(self) -> str:
        """What the functions logged of failures: a refused permission, most likely."""
        logs = self._emulator.client("logs")
        events = logs.filter_log_events(logGroupName=f"/crier/{self._stack}", filterPattern="rror")["events"]
        return "\n".join(sorted({event["message"][:500] for event in events}))

    def _report_mails(self) -> int:
        """Publish what SES would of mails that were sent since: MiniStack sends no events. How many mails."""
        fresh = [message for _, message in self._mails() if message.provider_id not in self._reported]
        for message in fresh:
            self._reported.add(message.provider_id)
            for one in events_of(self._mail(message)):
                self._publish(one)
        return len(fresh)

    def _mail(self, message: Message) -> Mail:
        return Mail(
            message_id=message.provider_id,
            source=self._sender,
            to=[message.to],
            subject=message.subject,
            configuration_set=self._stack,
            at=datetime.now(UTC),
            headers=list(message.headers.items()),
            tags=dict(message.tags),
        )

    def ses_event(self, kind: str, message: Message, **more: Any) -> None:
        self._publish(event(kind, message, at=datetime.now(UTC), **more))

    def _publish(self, document: Mapping[str, Any], topic: str = "ses-events") -> None:
        arn = f"arn:aws:sns:{REGION}:000000000000:{self._stack}-{topic}"
        self._sns.publish(TopicArn=arn, Message=json_module.dumps(document))

    def text_in(self, sender: str, agency: str, body: str, *, message_id: str = "") -> None:
        self._publish(text_event(sender, agency, body, message_id=message_id), "inbound")

    def mail_in(self, sender: str, to: str, *, subject: str = "", text: str = "", **more: Any) -> None:
        bucket, key = f"{self._stack}-inbound-000000000000", more.pop("message_id", "") or uuid4().hex
        raw = raw_mail(sender, to, subject=subject, text=text, headers=more.get("headers"))
        self._emulator.client("s3").put_object(Bucket=bucket, Key=PREFIX + key, Body=raw)
        at = datetime.now(UTC)
        event = mail_event(sender, to, bucket=bucket, message_id=key, at=at, subject=subject, **more)
        self._publish(event, "inbound")

    def sweep(self) -> None:
        self._fire("Sweep")

    def tick(self) -> None:
        self._fire("Tick")

    def pass_time(self, seconds: float) -> None:
        time.sleep(seconds)

    def _fire(self, function: str) -> None:
        names = [one["FunctionName"] for one in self._lambda.list_functions()["Functions"]]
        found = next(name for name in names if name.startswith(f"{self._stack}-{function}-"))
        event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []}
        event |= {"version": "0", "id": "1", "account": "000000000000", "region": REGION}
        event |= {"time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        answer = self._lambda.invoke(FunctionName=found, Payload=json_module.dumps(event).encode())
        assert not answer.get("FunctionError"), answer["Payload"].read()


def _listed(tree: Any) -> list[dict[str, Any]]:
    """MiniStack groups messages by account, and more: the leaves."""
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in _listed(branch)]
    return list(tree)
