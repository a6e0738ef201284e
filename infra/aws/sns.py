"""SNS `Publish`: text messages and notifications go to the outbox, messages to a topic to its queues.

Into a queue in SNS's envelope. Endpoints of devices are in `sns_push.py`.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.sax.saxutils import escape

from infra.aws.clock import LocalClock
from infra.aws.errors import Answer, AwsError, query_error
from infra.aws.outbox import Letter, Outbox
from infra.aws.sns_push import Devices, is_device
from infra.aws.sqs import Sqs

E164 = re.compile(r"\+[1-9]\d{6,14}")
MAX_SMS = 1600
MAX_BYTES = 256 * 1024


class Sns:
    """Publishing.

    `subscriptions` gives moto's subscriptions of a topic by ARN, or None for an unknown topic.
    """

    def __init__(
        self,
        *,
        subscriptions: Callable[[str], Iterable[Any] | None],
        sqs: Sqs,
        outbox: Outbox,
        clock: LocalClock,
    ) -> None:
        self._subscriptions = subscriptions
        self._sqs = sqs
        self._outbox = outbox
        self._clock = clock
        self.devices = Devices(outbox=outbox, clock=clock)
        self.operations: dict[str, Callable[[dict[str, str]], str]] = {
            "Publish": self._publish,
            "CreatePlatformEndpoint": self.devices.create,
            "SetEndpointAttributes": self.devices.change,
        }

    def call(self, operation: str, body: str) -> Answer:
        """The HTTP answer to one operation."""
        try:
            told = self.operations[operation](dict(parse_qsl(body, keep_blank_values=True)))
        except AwsError as error:
            return query_error(error)
        name = "EndpointArn" if operation == "CreatePlatformEndpoint" else "MessageId"
        text = (
            f'<{operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{operation}Result>'
            f"<{name}>{escape(told)}</{name}></{operation}Result><ResponseMetadata>"
            f"<RequestId>{uuid4()}</RequestId></ResponseMetadata></{operation}Response>"
        )
        return 200, {"Content-Type": "text/xml"}, text

    def publish_to_topic(self, arn: str, message: str, *, subject: str | None = None) -> str:
        """Puts a message into every queue that subscribes the topic; the message's id. Raises NotFound."""
        found = self._subscriptions(arn)
        if found is None:
            raise AwsError("NotFound", "Topic does not exist", status=404)
        message_id = str(uuid4())
        for one in found:
            if one.protocol != "sqs":
                continue
            raw = str(one.attributes.get("RawMessageDelivery", "")).lower() == "true"
            self._sqs.put(
                self._sqs.queue(one.endpoint),
                message if raw else self._envelope(arn, message, message_id, subject),
            )
        return message_id

    def _envelope(self, arn: str, message: str, message_id: str, subject: str | None) -> str:
        """What a queue gets of a message. Its signature is none: moto's takes longer than all else."""
        enveloped = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": arn,
            "Message": message,
            "Timestamp": self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
        }
        return json.dumps(enveloped | ({"Subject": subject} if subject else {}))

    def _publish(self, form: dict[str, str]) -> str:
        message = form.get("Message", "")
        if not message:
            raise _invalid("Message", "Empty message")
        if len(message.encode()) > MAX_BYTES:
            raise _invalid("Message", "too long")
        if "PhoneNumber" not in form:
            arn = form.get("TopicArn") or form.get("TargetArn")
            if not arn:
                raise _invalid("TopicArn or TargetArn", "no value for required parameter")
            if is_device(arn):
                return self.devices.publish(arn, message, form)
            return self._announce(arn, message, subject=form.get("Subject"))
        number = form["PhoneNumber"]
        if not E164.fullmatch(number):
            raise _invalid("PhoneNumber", "not valid to publish to")
        if len(message) > MAX_SMS:
            raise _invalid("Message", f"SMS message must be at most {MAX_SMS} characters")
        message_id = str(uuid4())
        headers = {"From": origin} if (origin := _origination(form)) else {}
        self._outbox.add(Letter("sms", number, "", "", message, message_id, self._clock(), headers))
        return message_id

    def _announce(self, arn: str, message: str, *, subject: str | None) -> str:
        """To a topic: to its queues, and where it is one for other systems to the outbox."""
        message_id = self.publish_to_topic(arn, message, subject=subject)
        if is_announced(arn):
            self._outbox.add(Letter("sns_topic", arn, "", "", message, message_id, self._clock()))
        return message_id


def is_announced(arn: str) -> bool:
    """Whether a topic is one of those by which the agency tells its other systems."""
    return arn.rpartition(":")[2].startswith("announce-")


def _origination(form: dict[str, str]) -> str:
    """The number that a text is to leave from; empty where SNS chooses one."""
    for name, value in form.items():
        if value == "AWS.MM.SMS.OriginationNumber":
            return form[name.removesuffix(".Name") + ".Value.StringValue"]
    return ""


def _invalid(name: str, reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {name} Reason: {reason}")
