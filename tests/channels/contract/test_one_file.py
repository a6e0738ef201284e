"""A platform is one file and one fixture: the whole contract suite runs on one that a test registers."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.channels import platforms
from chalicelib.channels.base import ProviderError, Retryable
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import Login, Post, Posted
from chalicelib.channels.web_call import WebCalls
from chalicelib.core.wiring import Wiring
from tests.channels.contract.board import PIN, Bench
from tests.channels.contract.one_file import noticeboard
from tests.channels.contract.suite import CHECKS, Check

FOLDER = str(Path(noticeboard.__file__).parent)
NAMED = {check.name: check for check in CHECKS}


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, FOLDER])
    registry.names.cache_clear()
    yield
    sys.modules.pop(f"{platforms.__name__}.noticeboard", None)
    monkeypatch.undo()
    registry.names.cache_clear()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_whole_suite_runs_on_one_file(check: Check) -> None:
    assert check.concerns(Bench, registry.about("noticeboard"))
    with Bench() as bench:
        check.run(bench)


class Doubling(noticeboard.NoticeBoard):
    """Tries a lost answer again by itself, under another key."""

    def publish(self, post: Post) -> Posted:
        try:
            return super().publish(post)
        except ProviderError:
            return super().publish(replace(post, key=post.key + "'"))


class Sloppy(noticeboard.NoticeBoard):
    """Takes whatever goes wrong for something to try again."""

    def publish(self, post: Post) -> Posted:
        try:
            return super().publish(post)
        except ProviderError as error:
            raise Retryable(f"{error} with {PIN}") from error


class Blind(noticeboard.NoticeBoard):
    """Leaves alternative texts and languages away, and finds whatever has the same text."""

    def publish(self, post: Post) -> Posted:
        bare = tuple(replace(one, alt="") for one in post.images)
        return super().publish(replace(post, images=bare, language="", after=None))

    def find(self, post: Post) -> Posted | None:
        return Posted("1", "https://board.example/1")


FAULTY = [
    (Doubling, "a_lost_answer_posts_once"),
    (Doubling, "a_server_error_posts_once"),
    (Sloppy, "a_lost_answer_posts_once"),
    (Sloppy, "a_token_that_ran_out_is_denied"),
    (Sloppy, "what_is_too_long_is_refused"),
    (Sloppy, "too_many_at_once_waits_as_long_as_it_is_told"),
    (Sloppy, "no_secret_is_in_a_log_or_an_error"),
    (Blind, "a_post_is_seen_once_where_its_address_leads"),
    (Blind, "pictures_bear_their_alternative_text"),
    (Blind, "a_long_text_becomes_a_thread"),
    (Blind, "last_weeks_post_is_not_taken_for_this_weeks"),
    (Blind, "it_is_found_by_the_one_who_lost_it"),
]


@pytest.mark.parametrize(("faulty", "name"), FAULTY, ids=lambda one: getattr(one, "__name__", one))
def test_the_suite_finds_a_faulty_platform(
    faulty: Callable[..., Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(login: Login, *, wiring: Wiring) -> Any:
        return faulty(WebCalls(wiring.web, wiring.clock), login.values["pin"])

    monkeypatch.setattr(registry, "opened", lambda _name, login, *, wiring: opened(login, wiring=wiring))
    with Bench() as bench, pytest.raises((AssertionError, pytest.fail.Exception, ProviderError)):
        NAMED[name].run(bench)
