"""One account of the local AWS."""

from collections.abc import Iterable
from functools import partial
from threading import RLock
from typing import Any

import orjson
from moto.core.base_backend import BackendDict
from moto.core.models import botocore_stubber
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from infra.aws.calls import Calls
from infra.aws.clock import LocalClock
from infra.aws.door import door
from infra.aws.dynamo.service import DynamoDb
from infra.aws.errors import Answer, AwsError, json_error, query_error
from infra.aws.faults import Fault, Faults
from infra.aws.outbox import Outbox
from infra.aws.partial import in_part
from infra.aws.ses import Ses
from infra.aws.ses_events import ACCOUNT
from infra.aws.sms_voice import SmsVoice
from infra.aws.sns import Sns
from infra.aws.sqs import Sqs

S3_PATH = "/_s3"
"""Where the local platform takes what is sent to a presigned address."""
MOTO_WOULD_MISLEAD = {
    "dynamodb": frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}),
    "sqs": frozenset({"ChangeMessageVisibilityBatch", "StartMessageMoveTask"}),
    "sns": frozenset({"PublishBatch"}),
}
"""Operations on items and messages that are ours, which moto would answer from its own empty state."""


class World:
    """One account's state.

    Every call goes through one re-entrant lock, so that each is atomic, as AWS's are.
    """

    def __init__(self, *, region: str = "us-east-1", clock: LocalClock | None = None) -> None:
        self.region = region
        self.clock = clock or LocalClock()
        self.outbox = Outbox()
        self.faults = Faults()
        self.calls = Calls()
        self.lock = RLock()
        self._dynamodb: Any = None
        self._begin()

    def _begin(self) -> None:
        self.dynamodb = DynamoDb(find=self._find_table, clock=self.clock)
        self.sqs = Sqs(find=self._find_queue, clock=self.clock)
        self.sns = Sns(subscriptions=self._subscriptions, sqs=self.sqs, outbox=self.outbox, clock=self.clock)
        self.ses = Ses(outbox=self.outbox, publish=self.sns.publish_to_topic, clock=self.clock)
        self.sms_voice = SmsVoice(outbox=self.outbox, publish=self.sns.publish_to_topic, clock=self.clock)
        self._ours: dict[str, Any] = {
            "dynamodb": self.dynamodb,
            "pinpoint-sms-voice-v2": self.sms_voice,
            "sesv2": self.ses,
            "sns": self.sns,
            "sqs": self.sqs,
        }

    def open(self) -> bool:
        """Makes this world the one that botocore's clients reach, and no other.

        Whether it stands as it was shut: a world that was open before any other finds what it made. Any other
        starts empty.
        """
        # Moto's state is one for all worlds: whoever else opened one, or mocked AWS, emptied it.
        stands = self._dynamodb is dynamodb_backends[ACCOUNT][self.region]
        if not stands:
            BackendDict.reset()
            if self._dynamodb is not None:
                self._begin()
            # Found once: moto looks for them at length.
            self._dynamodb = dynamodb_backends[ACCOUNT][self.region]
            self._sqs = sqs_backends[ACCOUNT][self.region]
            self._sns = sns_backends[ACCOUNT][self.region]
        door.world = self
        return stands

    def close(self) -> None:
        """Shuts the door; clients reach nothing any more."""
        if door.world is self:
            door.world = None

    def answer(self, service: str, operation: str, request: Any) -> Answer:
        """The HTTP answer to a request of botocore's. Raises what a planned fault raises."""
        body = _text(request.body)
        self.calls.note(service, operation, request.url, body)
        fault = self.faults.take(service, operation, body)
        with self.lock:
            if fault is not None and fault.raises is not None and not fault.done:
                return _refused(service, fault)
            if fault is not None and fault.left_out:
                route = partial(self._route, service, operation, request)
                return in_part(operation, body, fault.left_out, route)
            if fault is not None and fault.entries:
                self.ses.entry_faults = fault.entries
            answer = self._route(service, operation, request, body)
            if fault is not None and fault.raises is not None:
                return _refused(service, fault)
            return answer

    def is_ours(self, service: str, operation: str) -> bool:
        """Whether a request is answered here, by its address and body alone; all else is moto's."""
        return service in self._ours and operation in self._ours[service].operations

    def _route(self, service: str, operation: str, request: Any, body: str) -> Answer:
        if self.is_ours(service, operation):
            more = [request.url] if service == "sesv2" else []
            read = _document if service in ("dynamodb", "sqs") else str
            answer: Answer = self._ours[service].call(operation, read(body), *more)
            return answer
        if operation in MOTO_WOULD_MISLEAD.get(service, ()):
            raise NotImplementedError(f"the local AWS has no {service} {operation}")
        return self.moto(request)

    def moto(self, request: Any) -> Answer:
        """What moto answers to a request; the platform's own address of S3 is translated.

        Raises NotImplementedError for what moto does not know.
        """
        if S3_PATH + "/" in request.url:
            request.url = f"https://s3.{self.region}.amazonaws.com/" + request.url.split(S3_PATH + "/", 1)[1]
        answer = botocore_stubber.process_request(request)
        if answer is None:
            raise NotImplementedError(f"the local AWS does not know {request.url.split('?')[0]}")
        status, headers, body = answer
        return status, headers, body

    def empty_buckets(self) -> None:
        """Deletes all objects."""
        for bucket in s3_backends[ACCOUNT]["aws"].buckets.values():
            for name in list(bucket.keys):
                bucket.keys.pop(name)

    def object_keys(self, bucket: str) -> list[str]:
        """The keys of all objects of a bucket."""
        return list(s3_backends[ACCOUNT]["aws"].buckets[bucket].keys)

    def _find_table(self, name: str) -> Any:
        return self._dynamodb.tables.get(name)

    def _find_queue(self, name: str) -> Any:
        return self._sqs.queues.get(name)

    def _subscriptions(self, arn: str) -> Iterable[Any] | None:
        if arn not in self._sns.topics:
            return None
        return [one for one in self._sns.subscriptions.values() if one.topic.arn == arn]


def _refused(service: str, fault: Fault) -> Answer:
    assert fault.raises is not None
    error = fault.raises()
    if not isinstance(error, AwsError):
        raise error
    return query_error(error) if service == "sns" else json_error(error)


def _document(body: str) -> Any:
    return orjson.loads(body) if body else {}


def _text(body: Any) -> str:
    if body is None:
        return ""
    if isinstance(body, str):
        return body
    return body.decode("utf-8", "replace") if isinstance(body, bytes | bytearray) else ""
