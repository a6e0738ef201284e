"""The fixture of SNS topics: the local SNS, and a reader that takes each event once."""

import json
from typing import Any

from botocore.exceptions import ConnectTimeoutError

from chalicelib.channels.platforms.base import Login
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.aws import faults
from infra.aws.world import World
from infra.stand_ins.receiver import text_of
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Fault, StandIn, StandIns
from tests.channels.contract import bench

NAME = "announce-signs"


def as_of_aws(fault: Fault) -> faults.Fault:
    """The same trouble, as AWS's clients meet it."""
    if fault.answer is not None:
        status = fault.answer().status_code
        code = {429: "Throttled"}.get(status, "InternalError" if status >= 500 else "InvalidParameter")
        return faults.refuse(code, status=status, done=fault.done)
    assert fault.raises is not None
    error = fault.raises()
    if isinstance(error, faults.FunctionCrashed):
        return faults.crash(done=fault.done)
    if "Connect" in type(error).__name__:
        return faults.Fault(raises=lambda: ConnectTimeoutError(endpoint_url="https://local.invalid"))
    return faults.time_out(done=fault.done)


class Bench(bench.Bench):
    """A topic under test."""

    name = "sns_topic"
    exempt = {
        "too_many_at_once_waits_as_long_as_it_is_told": "SNS names no time",
    }

    def __init__(self) -> None:
        super().__init__()
        self.world = World(region="us-east-1", clock=self.clock)

    def __enter__(self) -> "Bench":
        self.world.open()
        self._client().create_topic(Name=NAME)
        return self

    def __exit__(self, *_: object) -> None:
        self.world.close()

    def _client(self) -> Any:
        return Wiring(settings=Settings(), clock=self.clock).sns

    def stand_up(self, webs: StandIns) -> StandIn:
        return webs.add(StandIn(self.clock))

    def log_in(self) -> Login:
        return Login("signs", {"arn": f"arn:aws:sns:us-east-1:123456789012:{NAME}"})

    def expire(self) -> None:
        self._client().delete_topic(TopicArn=self.login.values["arn"])

    def fault(self, fault: Fault, *, skip: int = 0, times: int = 1, any_call: bool = False) -> None:
        del any_call
        self.world.faults.add("sns", "Publish", as_of_aws(fault), skip=skip, times=times)

    def faults_left(self) -> int:
        return self.world.faults.left

    def clear_faults(self) -> None:
        self.world.faults.clear()

    def shown(self) -> list[Shown]:
        messages: dict[str, Shown] = {}
        events = {told["id"]: told for told in self._told()}
        for told in events.values():
            subject, kind = told["subject"], told["type"].removeprefix("crier.")
            if kind == "campaign.sent":
                messages[subject] = self._as_read(told)
            elif kind == "campaign.corrected":
                messages[subject] = self._as_read(told, of=messages[subject])
        return list(messages.values())

    def _told(self) -> list[dict[str, Any]]:
        return [json.loads(letter.text) for letter in self.world.outbox.letters(channel="sns_topic")]

    def _as_read(self, told: dict[str, Any], of: Shown | None = None) -> Shown:
        return Shown(
            platform=self.name,
            account=NAME,
            id=of.id if of else told["id"],
            url="",
            at=told["time"],
            text=text_of(told["data"]),
            html="",
            edited_at=told["time"] if of else "",
        )
