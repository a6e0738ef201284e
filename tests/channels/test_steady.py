"""A platform fails with a ProviderError only, and says in the log where, but not with what."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable
from chalicelib.channels.platforms.base import Post, Posted, Refused
from chalicelib.channels.steady import Steady

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POST, POSTED = Post("k", "Water is off.", "en", NOW), Posted("1")
CALLS: dict[str, Callable[[Steady], Any]] = {
    "standing": lambda one: one.standing(),
    "refreshed": lambda one: one.refreshed(),
    "publish": lambda one: one.publish(POST),
    "find": lambda one: one.find(POST),
    "edit": lambda one: one.edit(POSTED, POST),
    "withdraw": lambda one: one.withdraw(POSTED),
    "reactions": lambda one: one.reactions([POSTED], since=NOW),
}


class Raising:
    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any, **__: Any) -> Any:
            raise self._error

        return call


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [KeyError("hush"), ValueError("hush"), TypeError("hush")], ids=repr)
def test_what_cannot_be_read_is_told_so(
    call: str, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(ProviderError) as caught:
        CALLS[call](Steady(Raising(error), name="towncrier"))
    assert type(caught.value) is (Ambiguous if call == "publish" else Retryable)
    assert "hush" not in str(caught.value) + caplog.text
    assert '"platform":"towncrier"' in caplog.text


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [Refused("too-long"), KeyboardInterrupt()], ids=repr)
def test_what_says_what_it_means_passes(call: str, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        CALLS[call](Steady(Raising(error), name="towncrier"))
    assert caught.value is error


def test_a_post_without_an_id_may_have_been_made() -> None:
    class Nameless(Raising):
        def publish(self, post: Post) -> Posted:
            return Posted(None)  # type: ignore[arg-type]

    with pytest.raises(Ambiguous):
        Steady(Nameless(ValueError()), name="towncrier").publish(POST)
