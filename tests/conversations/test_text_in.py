"""A text is dealt with once, whatever happens on the way, and answered within a bound."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.conversations import acts, text_in
from chalicelib.conversations.events import TextIn
from chalicelib.conversations.person import entries, erase_person
from chalicelib.conversations.text_in import ANSWERS_A_DAY, take_text
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import habits, people, suppressions, topics
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.topics import OPEN, Topic
from tests.conversations.conftest import ALERTS, NEWS, NOW
from tests.subscribers.conftest import Clock, Notes, person, write

NUMBER = "+12025550123"
MANY = 88


def text(body: str, **more: Any) -> TextIn:
    return replace(TextIn(f"id of {body}", NOW, NUMBER, NEWS, body), **more)


@pytest.fixture(autouse=True)
def roads(wiring: Wiring) -> None:
    for name in ("roads", "parks"):
        topics.create(Topic(name, {"en": name.title()}, {}, "works", "City", OPEN), now=NOW)


def test_an_answer_that_was_lost_is_sent_with_the_repeat_and_nothing_else(
    wiring: Wiring, notes: Notes
) -> None:
    def lost(**message: Any) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        take_text(text("JOIN roads"), notify=lost, wiring=wiring)
    holder = people.find("sms", NUMBER, wiring=wiring)
    assert holder is not None
    for _ in range(2):
        take_text(text("JOIN roads"), notify=notes, wiring=wiring)
    (answer,) = notes
    assert (answer["recipient_id"], answer["origination"]) == (holder.id, NEWS)
    assert people.find("sms", NUMBER, wiring=wiring) == holder
    (entry,) = entries(holder.id, wiring=wiring)
    assert entry.answer == answer["sms"]


def test_a_repeat_after_erasure_makes_nobody_anew(wiring: Wiring, notes: Notes) -> None:
    take_text(text("JOIN roads"), notify=notes, wiring=wiring)
    holder = people.find("sms", NUMBER, wiring=wiring)
    assert holder is not None
    erase_person(holder.id, wiring=wiring)
    people.remove(holder.id, source="erase", by="system", now=NOW, wiring=wiring)
    take_text(text("JOIN roads"), notify=notes, wiring=wiring)
    assert people.find("sms", NUMBER, wiring=wiring) is None


def test_who_is_overtaken_decides_anew(
    wiring: Wiring, notes: Notes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing, another text of the same number is dealt with."""
    clock.later(seconds=5)
    calls = iter([text("STOP", at=NOW + timedelta(seconds=1))])

    def decide(heard: Any, sender: Any) -> Any:
        for other in calls:
            take_text(other, notify=notes, wiring=wiring)
        return acts.decide(heard, sender)

    write(person(sms=NUMBER, roads=("sms",)), wiring)
    monkeypatch.setattr(text_in, "decide", decide)
    take_text(text("JOIN parks", at=NOW), notify=notes, wiring=wiring)
    holder = people.find("sms", NUMBER, wiring=wiring)
    assert holder is not None
    assert (set(holder.topics), dict(holder.blocks)) == ({"roads"}, {"sms:newsletter": "stop"})


def test_answers_to_one_number_are_few_a_day_and_come_again_the_next(
    wiring: Wiring, notes: Notes, clock: Clock
) -> None:
    for n in range(ANSWERS_A_DAY + 3):
        take_text(text("HELP", id=str(n)), notify=notes, wiring=wiring)
    assert len(notes) == ANSWERS_A_DAY
    clock.later(hours=25)
    take_text(text("HELP", id="tomorrow", at=clock.now), notify=notes, wiring=wiring)
    assert len(notes) == ANSWERS_A_DAY + 1


def test_stop_is_obeyed_when_no_answer_may_go_any_more(wiring: Wiring, notes: Notes) -> None:
    for n in range(ANSWERS_A_DAY):
        take_text(text("HELP", id=str(n)), notify=notes, wiring=wiring)
    take_text(text("STOP"), notify=notes, wiring=wiring)
    assert suppressions.stopped("sms", NUMBER, scope="newsletter", wiring=wiring)
    assert len(notes) == ANSWERS_A_DAY


@pytest.mark.parametrize("word", ["STOP", "ESPAÑOL", "JOIN parks", "LEAVE roads"])
def test_who_has_as_many_topics_as_can_be_is_dealt_with_in_one_transaction(
    wiring: Wiring, notes: Notes, word: str
) -> None:
    one = person(sms=NUMBER, roads=("sms",))
    many = {f"t{n}": one.topics["roads"] for n in range(MANY - 1)}
    write(replace(one, topics={**one.topics, **many}), wiring)
    take_text(text(word), notify=notes, wiring=wiring)
    holder = people.find("sms", NUMBER, wiring=wiring)
    assert holder is not None
    (entry,) = entries(holder.id, wiring=wiring)
    assert bool(entry.keyword) == (word != "JOIN parks")
    assert len(holder.topics) == MANY - (word == "LEAVE roads")


@pytest.mark.parametrize("sender", ["32665", "CITY", "", "+1"])
def test_what_is_nobodys_number_is_kept_and_not_answered(wiring: Wiring, notes: Notes, sender: str) -> None:
    take_text(text("HELP", sender=sender), notify=notes, wiring=wiring)
    assert not len(notes)
    (entry,) = entries("0" * 32, digests=[digester(wiring)("sms", sender)], wiring=wiring)
    assert (entry.text, entry.keyword, entry.address) == ("HELP", "", sender)


def test_who_writes_is_seen_where_engagement_is_kept(wiring: Wiring, notes: Notes) -> None:
    one = write(person(sms=NUMBER, id="a" * 32, roads=("sms",)), wiring)
    habits.write([Habit(one.id, since=1)], wiring=wiring)
    take_text(text("Who ploughs Elm Street?"), notify=notes, wiring=wiring)
    assert habits.habits_of(wiring.dynamodb, [one.id])[one.id].seen == int(NOW.timestamp()) // 86_400


def test_a_moment_in_the_future_counts_as_now(wiring: Wiring, notes: Notes) -> None:
    take_text(text("STOP", at=NOW + timedelta(days=9)), notify=notes, wiring=wiring)
    take_text(text("START", at=NOW + timedelta(days=9)), notify=notes, wiring=wiring)
    assert not suppressions.stopped("sms", NUMBER, scope="newsletter", wiring=wiring)


def test_the_language_is_the_words_or_the_persons_or_the_last_chosen(wiring: Wiring, notes: Notes) -> None:
    for n, body in enumerate(("HELP", "AYUDA", "Tiếng Việt", "HELP", "JOIN roads")):
        take_text(text(body, id=str(n), at=NOW + timedelta(seconds=n)), notify=notes, wiring=wiring)
    said = [one["sms"] for one in notes]
    assert "Text LIST" in said[0]
    assert "Envíe LIST" in said[1]
    assert "Nhắn LIST" in said[3]
    holder = people.find("sms", NUMBER, wiring=wiring)
    assert holder is not None
    assert holder.language == "vi"
    take_text(text("HELP", id="x", agency=ALERTS), notify=notes, wiring=wiring)
    assert "cảnh báo khẩn cấp" in list(notes)[-1]["sms"]
