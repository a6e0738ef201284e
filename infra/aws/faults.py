"""Faults on purpose, for tests: the n-th call of an operation is refused, times out, or kills the function.

platform.faults.add("sesv2", "SendBulkEmail", refuse("TooManyRequestsException", status=429))
platform.faults.add("sesv2", "SendBulkEmail", time_out(done=True)) # sent, but the caller never learns
platform.faults.add("dynamodb", "TransactWriteItems", crash(), skip=1) # the second transaction
platform.faults.add("sesv2", "SendBulkEmail", entries({0: "TRANSIENT_FAILURE"}))
platform.faults.add("sqs", "SendMessageBatch", leave_out(0)) # the first message of the batch is refused
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from infra.aws.errors import AwsError
from infra.planned import Planned


class FunctionCrashed(BaseException):
    """The function's process ended in the middle of a call, as by a time-out or for want of memory.

    No Exception, so that no handler catches it; the platform does, and leaves the messages to their
    visibility.
    """


@dataclass(frozen=True)
class Fault:
    """What goes wrong.

    `raises` is raised before the operation, or after its effect if `done`; `entries` gives some entries of a
    bulk email a status of their own, by their place; the entries of a batch at `left_out` are not handled.
    """

    raises: Callable[[], BaseException] | None = None
    done: bool = False
    entries: Mapping[int, str] = field(default_factory=dict)
    left_out: Collection[int] = ()


def refuse(
    code: str, message: str = "Refused by the test.", *, status: int = 400, done: bool = False
) -> Fault:
    """The service answers an error (`ThrottlingException`, 400; `InternalServerError`, 500)."""
    return Fault(raises=lambda: AwsError(code, message, status=status), done=done)


def time_out(*, done: bool = False) -> Fault:
    """No answer comes in time; `done`: although the service did what was asked."""

    def error() -> BaseException:
        from botocore.exceptions import ReadTimeoutError

        return ReadTimeoutError(endpoint_url="https://local.invalid")  # type: ignore[no-any-return]

    return Fault(raises=error, done=done)


def crash(*, done: bool = False) -> Fault:
    """The calling function dies at this call; `done`: just after its effect."""
    return Fault(raises=lambda: FunctionCrashed("crashed by the test"), done=done)


def entries(statuses: Mapping[int, str]) -> Fault:
    """Some entries of one `SendBulkEmail` fail with a status of SES's, by their place from 0."""
    return Fault(entries=dict(statuses))


def leave_out(*places: int) -> Fault:
    """Some entries of a `SendMessageBatch` or `BatchGetItem` are not handled, and named so in the answer."""
    return Fault(left_out=frozenset(places))


def conflict(items: int) -> Fault:
    """A transaction of so many items meets another one at its first item, and is cancelled."""
    reasons = [{"Code": "TransactionConflict"}, *([{"Code": "None"}] * (items - 1))]
    message = "Transaction cancelled, please refer cancellation reasons for specific reasons"
    extra = {"Message": message, "CancellationReasons": reasons}
    return Fault(raises=lambda: AwsError("TransactionCanceledException", message, extra=extra))


class Faults:
    """The faults that are still to come, each for an operation of a service."""

    def __init__(self) -> None:
        self._planned: Planned[tuple[str, str, str], Fault] = Planned()

    def add(
        self,
        service: str,
        operation: str,
        fault: Fault,
        *,
        skip: int = 0,
        times: int = 1,
        when: Callable[[str], bool] = lambda _body: True,
    ) -> None:
        """Plans a fault for calls of an operation: after `skip` of them, for `times` of them.

        Only calls whose body, as text, passes `when` count. `service` is botocore's hyphenised service id:
        `dynamodb`, `sqs`, `sesv2`, `sns`, `s3`, `secrets-manager`.
        """

        def meant(call: tuple[str, str, str]) -> bool:
            return call[:2] == (service, operation) and when(call[2])

        self._planned.add(fault, skip=skip, times=times, when=meant)

    def take(self, service: str, operation: str, body: str) -> Fault | None:
        """The fault of this call, counted; or None."""
        return self._planned.take((service, operation, body))

    @property
    def left(self) -> int:
        """How many have not run out: see `Planned.left`."""
        return self._planned.left

    def clear(self) -> None:
        """Forgets all."""
        self._planned.clear()
