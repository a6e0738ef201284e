import json
import logging

import pytest

from chalicelib.core.logs import Logger


def test_a_line_is_one_json_object(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Logger("crier-test").info("sent", plan="p1", count=3, cold=True)
        Logger("crier-test").warning("slow", ms=1.5)
    assert [json.loads(one.message) for one in caplog.records] == [
        {"event": "sent", "plan": "p1", "count": 3, "cold": True},
        {"event": "slow", "ms": 1.5},
    ]


def test_a_failure_tells_types_and_places_but_not_what_people_typed(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            raise KeyError("ann@example.org")
        except KeyError as error:
            raise ValueError("Ann's token") from error
    except ValueError as error:
        Logger("crier-test").failure("failed", error, route="/x")
    (record,) = caplog.records
    line = json.loads(record.message)
    assert (line["error"], line["cause"], line["route"]) == ("ValueError", "KeyError", "/x")
    assert line["at"].startswith("test_logs.py:")
    assert "ann" not in record.message.lower().replace("channel", "")
    assert record.exc_info is None
