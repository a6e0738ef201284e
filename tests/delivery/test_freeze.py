"""Freezing: a job that comes doubled, or dies anywhere, writes each shard once and leaves nobody out."""

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.delivery import freeze
from chalicelib.subscribers import people, segments, snapshots
from chalicelib.subscribers.segments import Segment
from infra.platform.platform import Platform
from tests.subscribers.conftest import NOW, person

ADMIN = Actor("s1", "k", "Ann", "a@b.c", frozenset({"admin"}), frozenset(), "live")
QUEUE = "counts"


@pytest.fixture
def town(platform: Platform) -> tuple[Wiring, set[str]]:
    """A segment of those who speak Spanish, and who they are: half of thirty."""
    del platform
    draw, spanish = random.Random(1), set()
    for n in range(30):
        one = person(email=f"p{n}@city.example", id=f"{draw.getrandbits(128):032x}", roads=("email",))
        one = replace(one, language="es" if n % 2 else "en")
        people.create(one, source="test", wording=None, by="system", now=NOW, wiring=wiring())
        spanish |= {one.id} if n % 2 else set()
    made = Segment("spanish", "Spanish", "works", {"language": ["es"]})
    segments.create(made, actor=ADMIN, now=NOW)
    return wiring(), spanish


def work(message: Mapping[str, str], town: Wiring, *, steps: int = 1_000) -> None:
    """One message, with time for so many shards."""
    left = iter([100.0] * steps)
    freeze.continue_freeze(message, queue=QUEUE, left=lambda: next(left, 0.0), wiring=town)


def test_each_shard_is_written_once_however_the_job_comes(town: tuple[Wiring, set[str]]) -> None:
    here, spanish = town
    made = freeze.freeze("spanish", queue=QUEUE, actor=ADMIN, now=NOW, wiring=here)
    message = {"freeze": made.id}
    work(message, here, steps=3)
    assert snapshots.get(made.id).shard == 3
    stale = snapshots.get(made.id)
    work(message, here, steps=5)
    assert not snapshots.fill(stale, ["0c" + "0" * 30], now=NOW, wiring=here)
    for _ in range(2):
        work(message, here)
    done = snapshots.get(made.id)
    assert (done.state, done.people) == (snapshots.DONE, len(spanish))
    assert snapshots.among(here.dynamodb, made.id, sorted(spanish)) == spanish
    assert (done.segment, done.by, done.learned) == ("spanish", "s1", False)
    work({"freeze": "0" * 32}, here)


def test_a_rule_over_engagement_is_frozen_on_its_day(town: tuple[Wiring, set[str]]) -> None:
    here, _ = town
    rule = {"silent": {"by": "any", "for_days": 10}}
    segments.create(Segment("quiet", "Quiet", "works", rule), actor=ADMIN, now=NOW)
    made = freeze.freeze("quiet", queue=QUEUE, actor=ADMIN, now=NOW, wiring=here)
    assert made.learned
    assert made.rule == {"silent": {"by": "any", "since": "2026-11-12", "sent_at_least": 3}}


def test_who_goes_between_reading_and_writing_is_not_in_it(
    town: tuple[Wiring, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, spanish = town
    goes = min(spanish)
    read = freeze.members_of

    def reads(snapshot: snapshots.Snapshot, *, wiring: Wiring) -> list[str]:
        found = read(snapshot, wiring=wiring)
        if goes in found:
            people.remove(goes, source="test", by="subscriber", now=NOW, wiring=wiring)
            snapshots.take_out(goes, wiring=wiring)
        return found

    monkeypatch.setattr(freeze, "members_of", reads)
    made = freeze.freeze("spanish", queue=QUEUE, actor=ADMIN, now=NOW, wiring=here)
    work({"freeze": made.id}, here)
    done = snapshots.get(made.id)
    assert (done.state, done.people) == (snapshots.DONE, len(spanish) - 1)
    assert snapshots.among(here.dynamodb, made.id, sorted(spanish)) == spanish - {goes}
