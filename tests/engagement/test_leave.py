"""Leave: a person's own wish, else the setting; and from when on totals are taken."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from chalicelib.delivery import studying
from chalicelib.engagement.leave import AT_ONCE, totals_taken, with_leave
from chalicelib.subscribers.model import NO_WISHES, Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, world


class Wish(NamedTuple):
    name: str
    wishes: Wishes
    usual: bool
    gives: bool


WISHES = [
    Wish("nothing said, usual", NO_WISHES, usual=True, gives=True),
    Wish("nothing said, not usual", NO_WISHES, usual=False, gives=False),
    Wish("yes, though not usual", Wishes(tracking=True), usual=False, gives=True),
    Wish("no, though usual", Wishes(tracking=False), usual=True, gives=False),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.name)
def test_whose_wish_it_is(platform: Platform, monkeypatch: pytest.MonkeyPatch, wish: Wish) -> None:
    one = person(1, wishes=wish.wishes).id
    monkeypatch.setattr(world(), "settings", replace(world().settings, tracking=wish.usual))
    assert with_leave([one, one], wiring=world()) == ({one} if wish.gives else set())


def test_who_is_not_there_gives_none(platform: Platform) -> None:
    one = person(1).id
    strangers = [f"{n:032x}" for n in range(AT_ONCE)]
    assert with_leave([*strangers, one], wiring=world()) == {one}


def test_totals_are_taken_when_the_plan_says_so_or_is_none_that_is_studied(platform: Platform) -> None:
    person(1)
    plan_id = plan()
    assert not totals_taken(plan_id, wiring=world())
    studying.take_totals(plan_id, wiring=world())
    assert totals_taken(plan_id, wiring=world())
    assert totals_taken("0" * 32, wiring=world())
