"""Texts in any order, each any number of times, end where those in the order of sending would have."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations import said
from chalicelib.conversations.said import Words

TOPICS = ("roads", "parks")


@dataclass
class Person:
    """What the texts of one number have made of it: as `acts.py` does it, without tables."""

    words: Words = field(default_factory=dict)
    topics: set[str] = field(default_factory=lambda: {"budget"})
    stopped: bool = False
    language: str = "en"

    def hears(self, word: str, at: str) -> None:
        verb, _, argument = word.partition(" ")
        match verb:
            case "STOP":
                turn = said.stop(self.words, "newsletter", at=at)
                if turn.acts and turn.topics:
                    self.topics &= set(turn.topics)
                elif turn.acts:
                    self.stopped = True
            case "START":
                turn = said.start(self.words, "newsletter", at=at)
                self.stopped = self.stopped and not turn.acts
            case "JOIN":
                turn = said.join(self.words, [argument], at=at)
                if turn.acts:
                    self.topics = (set() if self.stopped else self.topics) | {argument}
                    self.stopped = False
            case "LEAVE":
                turn = said.leave(self.words, [argument], at=at)
                self.topics -= set(turn.topics)
            case _:
                turn = said.speak(self.words, word, at=at)
                self.language = word if turn.acts else self.language
        self.words = turn.words

    def gets(self) -> set[str]:
        return set() if self.stopped else self.topics


def told(words: list[tuple[str, str]]) -> Person:
    person = Person()
    for at, word in words:
        person.hears(word, at)
    return person


TOPIC_WORDS = [f"{verb} {topic}" for verb in ("JOIN", "LEAVE") for topic in TOPICS]


@given(st.data(), st.lists(st.sampled_from(["STOP", "es", "vi", *TOPIC_WORDS]), max_size=7))
def test_disorder_never_sends_more_than_was_asked_for(data: st.DataObject, words: list[str]) -> None:
    sent = [(f"2026-11-22T06:00:{n:02d}.000Z", word) for n, word in enumerate(words)]
    arrived = data.draw(st.permutations(sent))
    assert told(arrived).gets() <= told(sent).gets()
    assert told(arrived).language == told(sent).language


@given(st.data(), st.lists(st.sampled_from(["STOP", "START", *TOPIC_WORDS]), max_size=7))
def test_after_a_last_stop_nothing_comes_in_whatever_order(data: st.DataObject, words: list[str]) -> None:
    sent = [(f"2026-11-22T06:00:{n:02d}.000Z", word) for n, word in enumerate([*words, "STOP"])]
    assert told(data.draw(st.permutations(sent))).gets() == set()


@given(st.data(), st.lists(st.sampled_from(["STOP", "START"]), max_size=6))
def test_stop_and_start_end_alike_in_any_order(data: st.DataObject, words: list[str]) -> None:
    sent = [(f"2026-11-22T06:00:{n:02d}.000Z", word) for n, word in enumerate(words)]
    arrived = data.draw(st.permutations(sent + sent))
    assert told(arrived).gets() == told(sent).gets()


@given(st.data(), st.lists(st.sampled_from(TOPIC_WORDS), max_size=6))
def test_join_and_leave_end_alike_in_any_order(data: st.DataObject, words: list[str]) -> None:
    sent = [(f"2026-11-22T06:00:{n:02d}.000Z", word) for n, word in enumerate(words)]
    arrived = data.draw(st.permutations(sent + sent))
    assert told(arrived).gets() == told(sent).gets()


def test_a_stop_that_comes_late_leaves_what_was_joined_since() -> None:
    late = [("2", "JOIN roads"), ("1", "STOP")]
    assert told(late).gets() == told(sorted(late)).gets() == {"roads"}


def test_the_emergency_number_has_words_of_its_own() -> None:
    words = said.stop({}, "emergency", at="2").words
    assert said.stop(words, "newsletter", at="1").acts
    assert said.join(words, ["roads"], at="1").acts
    assert not said.start(words, "emergency", at="1").acts
