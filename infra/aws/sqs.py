"""SQS messages in memory: delay, visibility, receive counts, redrive.

Queues are described by moto, which creates them.

Kept apart from moto for the clock (tests skip delays instead of waiting), for speed, and for mishaps on
purpose: each message delivered twice, and in any order, as the service's documentation allows.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from infra.aws.clock import LocalClock
from infra.aws.errors import Answer, AwsError, json_answer, json_error
from infra.aws.sqs_queue import Message, Mishaps, Queue, md5_of

__all__ = ["Message", "Mishaps", "Queue", "Sqs"]

MAX_BATCH = 10
MAX_BYTES = 1024 * 1024
MAX_DELAY_S = 900
MAX_VISIBILITY_S = 43_200

QUERY_CODES = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "EmptyBatchRequest": "AWS.SimpleQueueService.EmptyBatchRequest",
    "TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    "BatchEntryIdsNotDistinct": "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    "BatchRequestTooLong": "AWS.SimpleQueueService.BatchRequestTooLong",
}
"""The codes of the service's former protocol, which its clients still show."""

Request = dict[str, Any]


class Sqs:
    """Messages of all queues. `find` gives moto's queue by name, or None."""

    def __init__(self, *, find: Callable[[str], Any], clock: LocalClock) -> None:
        self._find = find
        self._clock = clock
        self._queues: dict[str, Queue] = {}
        self.mishaps = Mishaps()
        self.on_put: Callable[[str], None] = lambda _queue: None
        self.operations: dict[str, Callable[[Request], Any]] = {
            "SendMessage": self._send,
            "SendMessageBatch": self._send_batch,
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": self._delete_batch,
            "ChangeMessageVisibility": self._change_visibility,
            "PurgeQueue": self._purge,
            "GetQueueAttributes": self._attributes,
        }

    def queue(self, name: str) -> Queue:
        """A queue by name, URL or ARN. Raises QueueDoesNotExist."""
        short = name.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        described = self._find(short)
        if described is None:
            raise AwsError("QueueDoesNotExist", "The specified queue does not exist.")
        known = self._queues.get(short)
        if known is None or known.described is not described:
            known = self._queues[short] = Queue(short, described)
        return known

    def clear(self) -> None:
        """Empties all queues."""
        self._queues.clear()

    def call(self, operation: str, request: Request) -> Answer:
        """The HTTP answer to one operation."""
        try:
            return json_answer(self.operations[operation](request))
        except AwsError as error:
            status, headers, body = json_error(error, namespace="com.amazonaws.sqs#")
            headers["x-amzn-query-error"] = f"{QUERY_CODES.get(error.code, error.code)};Sender"
            return status, headers, body

    def put(
        self, queue: Queue, body: str, *, delay_s: float | None = None, attributes: Any = None
    ) -> Message:
        """Puts a message into a queue, visible after `delay_s` (the queue's own delay, if None)."""
        if not body:
            raise AwsError("MissingParameter", "The request must contain the parameter MessageBody.")
        if len(body.encode()) > MAX_BYTES:
            raise AwsError(
                "InvalidParameterValue",
                f"One or more parameters are invalid. Message must be shorter than {MAX_BYTES} bytes.",
            )
        delay = float(queue.described.delay_seconds) if delay_s is None else float(delay_s)
        if not 0 <= delay <= MAX_DELAY_S:
            raise AwsError(
                "InvalidParameterValue",
                f"Value {delay_s} for parameter DelaySeconds is invalid. "
                f"Reason: DelaySeconds must be >= 0 and <= {MAX_DELAY_S}.",
            )
        now = self._clock.time()
        message = Message(str(uuid4()), body, attributes or {}, now, now + delay)
        queue.messages.append(message)
        if self.mishaps.double:
            queue.messages.append(Message(message.message_id, body, message.attributes, now, now + delay))
        self.on_put(queue.name)
        return message

    def receive(self, queue: Queue, count: int, *, visibility_s: float | None = None) -> list[Message]:
        """Up to `count` visible messages, hidden from now on; those received too often go to the dead."""
        now = self._clock.time()
        ready = [one for one in queue.messages if one.visible_at <= now]
        if self.mishaps.shuffle is not None:
            self.mishaps.shuffle.shuffle(ready)
        redrive = queue.redrive
        taken: list[Message] = []
        for message in ready:
            if redrive and message.receives >= redrive[1]:
                queue.messages.remove(message)
                message.visible_at, message.receipt = now, None
                self.queue(redrive[0]).messages.append(message)
                continue
            hidden = queue.visibility_s if visibility_s is None else visibility_s
            message.receives += 1
            message.receipt = str(uuid4())
            message.visible_at = now + hidden
            message.first_received_at = message.first_received_at or now
            taken.append(message)
            if len(taken) == count:
                break
        return taken

    def delete(self, queue: Queue, receipt: str) -> None:
        """Deletes the message of a receipt; a former receipt deletes nothing, as in the service."""
        queue.messages = [one for one in queue.messages if one.receipt != receipt]

    def _send(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        message = self.put(
            queue,
            request["MessageBody"],
            delay_s=request.get("DelaySeconds"),
            attributes=request.get("MessageAttributes"),
        )
        return {"MessageId": message.message_id, "MD5OfMessageBody": md5_of(message.body)}

    def _send_batch(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        entries = request["Entries"]
        _check_batch([one["Id"] for one in entries])
        if sum(len(one["MessageBody"].encode()) for one in entries) > MAX_BYTES:
            raise AwsError("BatchRequestTooLong", f"Batch requests cannot be longer than {MAX_BYTES} bytes.")
        done: list[Any] = []
        failed: list[Any] = []
        for one in entries:
            try:
                message = self.put(
                    queue,
                    one["MessageBody"],
                    delay_s=one.get("DelaySeconds"),
                    attributes=one.get("MessageAttributes"),
                )
            except AwsError as error:
                failed.append(
                    {"Id": one["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}
                )
            else:
                done.append(
                    {
                        "Id": one["Id"],
                        "MessageId": message.message_id,
                        "MD5OfMessageBody": md5_of(message.body),
                    }
                )
        return {"Successful": done, "Failed": failed}

    def _receive(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        count = request.get("MaxNumberOfMessages", 1)
        if not 1 <= count <= MAX_BATCH:
            raise AwsError(
                "InvalidParameterValue", f"Value {count} for parameter MaxNumberOfMessages is invalid."
            )
        messages = self.receive(queue, count, visibility_s=request.get("VisibilityTimeout"))
        found = [
            {
                "MessageId": one.message_id,
                "ReceiptHandle": one.receipt,
                "Body": one.body,
                "MD5OfBody": md5_of(one.body),
                "Attributes": one.system_attributes(),
                "MessageAttributes": one.attributes,
            }
            for one in messages
        ]
        return {"Messages": found} if found else {}

    def _delete(self, request: Request) -> Any:
        self.delete(self.queue(request["QueueUrl"]), request["ReceiptHandle"])
        return {}

    def _delete_batch(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        _check_batch([one["Id"] for one in request["Entries"]])
        for one in request["Entries"]:
            self.delete(queue, one["ReceiptHandle"])
        return {"Successful": [{"Id": one["Id"]} for one in request["Entries"]], "Failed": []}

    def _change_visibility(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        seconds = request["VisibilityTimeout"]
        if not 0 <= seconds <= MAX_VISIBILITY_S:
            raise AwsError(
                "InvalidParameterValue", f"Value {seconds} for parameter VisibilityTimeout is invalid."
            )
        for message in queue.messages:
            if message.receipt == request["ReceiptHandle"]:
                message.visible_at = self._clock.time() + seconds
                return {}
        raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")

    def _purge(self, request: Request) -> Any:
        self.queue(request["QueueUrl"]).messages.clear()
        return {}

    def _attributes(self, request: Request) -> Any:
        queue = self.queue(request["QueueUrl"])
        now = self._clock.time()
        hidden = [one for one in queue.messages if one.visible_at > now]
        attributes = {
            **queue.described.attributes,
            "ApproximateNumberOfMessages": str(len(queue.messages) - len(hidden)),
            "ApproximateNumberOfMessagesDelayed": str(sum(one.receives == 0 for one in hidden)),
            "ApproximateNumberOfMessagesNotVisible": str(sum(one.receives > 0 for one in hidden)),
        }
        wanted = request.get("AttributeNames") or []
        return {
            "Attributes": {
                name: text for name, text in attributes.items() if "All" in wanted or name in wanted
            }
        }


def _check_batch(ids: list[str]) -> None:
    if not ids:
        raise AwsError("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(ids) > MAX_BATCH:
        raise AwsError(
            "TooManyEntriesInBatchRequest", f"Maximum number of entries per request are {MAX_BATCH}."
        )
    if len(set(ids)) != len(ids):
        raise AwsError(
            "BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."
        )
