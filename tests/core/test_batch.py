import json
import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from chalicelib.core.batch import each_message, each_task


@dataclass
class FakeRecord:
    message_id: str
    body: str

    def to_dict(self) -> dict[str, Any]:
        return {"messageId": self.message_id}


def test_only_what_failed_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    handled = []

    def handle(message: dict[str, Any]) -> None:
        if message["n"] == 2:
            raise KeyError("ann@example.org")
        handled.append(message["n"])

    records = [FakeRecord(str(n), json.dumps({"n": n})) for n in range(4)] + [FakeRecord("bad", "{")]
    with caplog.at_level(logging.ERROR):
        answer = each_message(records, handle)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "bad"}]}
    assert handled == [0, 1, 3]
    assert "ann@example.org" not in caplog.text
    assert '"message_id":"2","error":"KeyError"' in caplog.text


def test_an_empty_batch_fails_nothing() -> None:
    assert each_message([], print) == {"batchItemFailures": []}


def test_a_task_that_fails_keeps_no_other_and_raises_the_alarm(caplog: pytest.LogCaptureFixture) -> None:
    done = []

    def fails(error: Exception) -> None:
        raise error

    first, last = (partial(fails, one) for one in (KeyError("ann@example.org"), ValueError("x")))
    with caplog.at_level(logging.ERROR), pytest.raises(KeyError):
        each_task(lambda: done.append(1), first, lambda: done.append(2), last)
    assert done == [1, 2]
    assert "ann@example.org" not in caplog.text
    assert [name in caplog.text for name in ('"KeyError"', '"ValueError"')] == [True, True]
    each_task(lambda: done.append(3))
    assert done == [1, 2, 3]
