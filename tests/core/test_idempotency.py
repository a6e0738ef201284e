from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from chalice import Response

from chalicelib.core import idempotency
from chalicelib.core.errors import BadRequest, Conflict, UnprocessableKey
from chalicelib.core.idempotency_tables import IdempotencyItem
from chalicelib.core.staff import Actor
from tests.core.calling import NOW

ROUTE = SimpleNamespace(method="POST", path="/v1/things", secret=False)
SECRET = SimpleNamespace(method="POST", path="/v1/things", secret=True)


class Counting:
    """An action that answers how often it was done."""

    def __init__(self, fail: BaseException | None = None) -> None:
        self.times = 0
        self.fail = fail

    def __call__(self) -> Response:
        self.times += 1
        if self.fail:
            raise self.fail
        return Response(
            f'{{"times":{self.times}}}', status_code=201, headers={"Content-Type": "application/json"}
        )


def _once(
    actor: Actor,
    act: Callable[[], Response],
    *,
    key: str = "k",
    body: bytes = b"{}",
    now: datetime = NOW,
    route: Any = ROUTE,
    **path: str,
) -> Response:
    return idempotency.once(actor, key, route, path, body, act, now=now)


def test_the_same_request_again_gets_the_first_answer(admin: Actor) -> None:
    act = Counting()
    first, again = _once(admin, act), _once(admin, act)
    assert act.times == 1
    assert (again.body, again.status_code) == (first.body, 201)
    assert again.headers == {"Content-Type": "application/json", "Idempotency-Replayed": "true"}


def test_quotation_marks_belong_to_the_header_not_to_the_key(admin: Actor) -> None:
    act = Counting()
    _once(admin, act, key='"k"')
    _once(admin, act, key="k")
    assert act.times == 1


@pytest.mark.parametrize("other", [{"body": b"{ }"}, {"id": "2"}], ids=["other body", "other path"])
def test_the_same_key_with_another_request_is_refused(admin: Actor, other: dict[str, Any]) -> None:
    act = Counting()
    _once(admin, act, id="1")
    with pytest.raises(UnprocessableKey):
        _once(admin, act, **{"id": "1"} | other)
    assert act.times == 1


def test_keys_of_two_people_or_modes_are_apart(admin: Actor) -> None:
    act = Counting()
    for actor in (
        admin,
        Actor(**{**vars(admin), "staff_id": "bob"}),
        Actor(**{**vars(admin), "mode": "test"}),
    ):
        _once(actor, act)
    assert act.times == 3


def test_a_second_request_while_the_first_is_under_way_is_refused(admin: Actor) -> None:
    def act() -> Response:
        with pytest.raises(Conflict) as refused:
            _once(admin, Counting())
        assert refused.value.code == "request-under-way"
        return Response("{}")

    assert _once(admin, act).body == "{}"


@pytest.mark.parametrize("error", [Conflict("No."), KeyError("x")], ids=["refused", "failed"])
def test_what_was_refused_or_failed_may_be_sent_again(admin: Actor, error: Exception) -> None:
    with pytest.raises(type(error)):
        _once(admin, Counting(fail=error))
    act = Counting()
    _once(admin, act)
    assert act.times == 1


def _die(admin: Actor) -> None:
    """A process that ended in the middle: its entry stays as it was."""
    _once(admin, Counting())
    (item,) = IdempotencyItem.scan()
    item.update(actions=[IdempotencyItem.status.remove(), IdempotencyItem.body.remove()])


@pytest.mark.parametrize(
    ("later", "body", "error"),
    [
        pytest.param(timedelta(seconds=59), b"{}", Conflict, id="within the lease"),
        pytest.param(timedelta(seconds=60), b"{}", None, id="after the lease"),
        pytest.param(timedelta(seconds=60), b"[]", UnprocessableKey, id="another request"),
        pytest.param(timedelta(hours=24), b"[]", None, id="forgotten"),
    ],
)
def test_after_a_crash_the_same_request_may_be_sent_again(
    admin: Actor, later: timedelta, body: bytes, error: type[Exception] | None
) -> None:
    _die(admin)
    act = Counting()
    if error:
        with pytest.raises(error):
            _once(admin, act, body=body, now=NOW + later)
    else:
        _once(admin, act, body=body, now=NOW + later)
    assert act.times == (0 if error else 1)


def test_a_late_attempt_does_not_overwrite_the_answer_of_a_later_one(admin: Actor) -> None:
    def slow() -> Response:
        _once(admin, later, now=NOW + timedelta(seconds=60))
        return Response('{"slow":1}')

    later = Counting()
    assert _once(admin, slow).body == '{"slow":1}'
    assert _once(admin, Counting(), now=NOW + timedelta(seconds=61)).body == '{"times":1}'


def test_keys_are_forgotten_after_a_day(admin: Actor) -> None:
    act = Counting()
    _once(admin, act)
    _once(admin, act, now=NOW + timedelta(hours=24), body=b"[]")
    assert act.times == 2


@pytest.mark.parametrize(
    ("route", "size"), [(SECRET, 1), (ROUTE, 400_000)], ids=["secret answer", "answer too large to keep"]
)
def test_an_answer_that_is_not_kept_is_not_made_twice(admin: Actor, route: Any, size: int) -> None:
    from random import Random

    body = Random(0).randbytes(size).hex()
    assert _once(admin, lambda: Response(body), route=route).body == body
    with pytest.raises(Conflict) as refused:
        _once(admin, Counting(), route=route)
    assert refused.value.code == "answer-not-kept"
    (item,) = IdempotencyItem.scan()
    assert not item.body


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "é", "a\tb"])
def test_keys_of_another_form_are_refused(admin: Actor, key: str) -> None:
    with pytest.raises(BadRequest) as refused:
        _once(admin, Counting(), key=key)
    assert refused.value.code == "bad-idempotency-key"
