"""What each keyword does: decided from what is known of its sender, and done by `text_in.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.alerts.answers.words import WORDS
from chalicelib.conversations import keywords, said, texts
from chalicelib.conversations.keywords import Heard
from chalicelib.conversations.naming import named
from chalicelib.conversations.said import Words
from chalicelib.core import i18n
from chalicelib.core.settings import Settings
from chalicelib.delivery.answering import HELP, NOT_HERE, SAFE
from chalicelib.subscribers import rules
from chalicelib.subscribers.holders import Rule, as_they_are
from chalicelib.subscribers.model import LIST_PREFIX, Person
from chalicelib.subscribers.suppressions import Cause, adding
from chalicelib.subscribers.topics import Topic

CHANNEL = "sms"
NEWSLETTER, EMERGENCY = "newsletter", "emergency"
STOPPED = "stop"
SOURCE, BY = "keyword", "subscriber"
KEYWORDS = {SAFE: keywords.SAFE, HELP: keywords.NEED_HELP, NOT_HERE: keywords.NOT_HERE}
"""What entries call the answers to an alert."""

ANSWERS = {KEYWORDS[answer]: words for answer, words in WORDS.items()}


@dataclass(frozen=True)
class Sender:
    """Who wrote, and what is known of them.

    `person` has the number, or nobody does; `blank` is a person with it who could be made. `words` is what
    the number said before, `at` the moment of this text, `now` the present one (RFC 3339). `scope` is what
    the agency's number is for, `stopped` whether STOP was said for it. `alert` is the headline of the alert
    that they are asked about (empty: none). `held` and `offered` give the topics
    that the person gets by text, and those that anybody can join; both ask the tables.
    """

    person: Person | None
    blank: Person
    words: Words
    at: str
    scope: str
    stopped: bool
    language: str
    now: str
    settings: Settings
    held: Callable[[], Sequence[Topic]]
    offered: Callable[[], Sequence[Topic]]
    alert: str = ""

    def told(self, text: str, **known: str) -> str:
        """One of the answers, in the sender's language."""
        return texts.say(text, self.language, self.settings, **known)


@dataclass(frozen=True)
class Act:
    """What is to be done: the keyword recognised (empty: somebody should read it), and the answer or none.

    `words` is what the number has said now; `rule` and `edit` say what becomes of the person and of the
    number's suppression, where anything `changes`.
    """

    keyword: str = ""
    words: Words | None = None
    answer: str = ""
    rule: Rule = as_they_are
    edit: Callable[[rules.Entries], Mapping[str, Any]] = field(default=dict)
    changes: bool = False


def decide(heard: Heard, sender: Sender) -> Act:
    """What a text asks for."""
    act = _ACTS.get(heard.keyword)
    return act(heard, sender) if act else Act()


def _stop(_heard: Heard, sender: Sender) -> Act:
    """Ends what the number is for; of a STOP that comes late, what was joined since is left."""
    turn = said.stop(sender.words, sender.scope, at=sender.at)
    if not turn.acts:
        return Act(keywords.STOP, turn.words)
    if turn.topics:
        rule = _only(turn.topics)
        return Act(keywords.STOP, turn.words, rule=rule, changes=True)
    text = texts.STOPPED_ALERTS if sender.scope == EMERGENCY else texts.STOPPED
    answer = "" if sender.stopped else sender.told(text)
    edit = adding(Cause(sender.scope, STOPPED, SOURCE, BY, sender.now))
    return Act(keywords.STOP, turn.words, answer, edit=edit, changes=True)


def _start(_heard: Heard, sender: Sender) -> Act:
    """Brings back what STOP to this number took."""
    turn = said.start(sender.words, sender.scope, at=sender.at)
    if not turn.acts:
        return Act(keywords.START, turn.words)
    edit = rules.asked_again(sender.scope)
    return Act(keywords.START, turn.words, _started(sender), edit=edit, changes=True)


def _started(sender: Sender) -> str:
    if sender.scope == EMERGENCY:
        return sender.told(texts.STARTED_ALERTS)
    held = sender.held()
    if not held:
        return sender.told(texts.STARTED_NOTHING)
    return sender.told(texts.STARTED, topics=texts.names_of(held, sender.language))


def _yes(heard: Heard, sender: Sender) -> Act:
    """After STOP it is START (47 CFR 64.1200(a)(12) aside, people mean it so); else an answer to somebody."""
    return _start(heard, sender) if sender.stopped else Act()


def _help(_heard: Heard, sender: Sender) -> Act:
    """The carriers' word. Of somebody in an alert, staff see it, too: they may have meant it."""
    if sender.alert:
        return Act(answer=sender.told(texts.HELP_IN_ALERT, alert=sender.alert))
    text = texts.HELP_ALERTS if sender.scope == EMERGENCY else texts.HELP
    return Act(keywords.HELP, answer=sender.told(text))


def _answered(heard: Heard, sender: Sender) -> Act:
    """An answer to an alert, which `text_in.py` has noted; confirmed once."""
    if heard.keyword == keywords.NEED_HELP:
        return Act(heard.keyword, answer=sender.told(texts.CALLED))
    answer = i18n.translate(sender.language).gettext(ANSWERS[heard.keyword])
    return Act(heard.keyword, answer=sender.told(texts.ANSWERED, alert=sender.alert, answer=answer))


def _list(_heard: Heard, sender: Sender) -> Act:
    held = sender.held()
    ids = {topic.id for topic in held}
    others = [topic for topic in sender.offered() if topic.id not in ids]
    return Act(keywords.LIST, answer=texts.list_of(held, others, sender.language, sender.settings))


def _join(heard: Heard, sender: Sender) -> Act:
    """Express consent of whoever has the number, which the text itself proves. After STOP, to this alone."""
    offered = sender.offered()
    ids = named(heard.argument, offered)
    if not ids:
        return _not_named(heard, sender)
    turn = said.join(sender.words, ids, at=sender.at)
    if not turn.acts:
        return Act(keywords.JOIN, turn.words)
    joined = [topic for topic in offered if topic.id in turn.topics]
    answer = sender.told(texts.JOINED, topics=texts.names_of(joined, sender.language))
    return Act(
        keywords.JOIN, turn.words, answer, rule=_joining(turn.topics, sender), edit=_back, changes=True
    )


def _back(entries: rules.Entries) -> rules.Entries:
    """Who joins comes back, after STOP and after having been forgotten."""
    return rules.asked_again("*")(rules.asked_again(NEWSLETTER)(entries))


def _joining(ids: Sequence[str], sender: Sender) -> Rule:
    def rule(person: Person | None) -> Person:
        person = person or sender.blank
        if person.blocks.get(f"{CHANNEL}:{NEWSLETTER}") == STOPPED:
            person = rules.without_channel(person, CHANNEL, None)
        for topic in ids:
            held = person.topics[topic].channels if topic in person.topics else ()
            channels = [*held, CHANNEL]
            person = rules.subscribed(person, topic, channels, source=SOURCE, at=sender.now)
        return person

    return rule


def _leave(heard: Heard, sender: Sender) -> Act:
    held = {topic.id: topic for topic in (*sender.offered(), *sender.held())}
    ids = named(heard.argument, held.values())
    if not ids:
        return Act() if heard.unsure else _not_named(heard, sender)
    turn = said.leave(sender.words, ids, at=sender.at)
    if not turn.acts:
        return Act(keywords.LEAVE, turn.words)
    names = texts.names_of([held[one] for one in turn.topics], sender.language)
    rule = _leaving(turn.topics)
    return Act(keywords.LEAVE, turn.words, sender.told(texts.LEFT, topics=names), rule=rule, changes=True)


def _leaving(ids: Sequence[str]) -> Rule:
    return lambda person: rules.without_channel(person, CHANNEL, ids) if person else None


def _only(ids: Sequence[str]) -> Rule:
    """Ends all but these."""

    def rule(person: Person | None) -> Person | None:
        others = person.topics.keys() - set(ids) if person else ()
        return rules.without_channel(person, CHANNEL, others) if person else None

    return rule


def _not_named(heard: Heard, sender: Sender) -> Act:
    """JOIN or LEAVE with nothing asks what there is; with something that is no topic, it is told so."""
    if not heard.argument:
        return replace(_list(heard, sender), keyword=heard.keyword)
    return Act(heard.keyword, answer=sender.told(texts.NO_SUCH_TOPIC))


def _language(heard: Heard, sender: Sender) -> Act:
    turn = said.speak(sender.words, heard.language, at=sender.at)
    if not turn.acts:
        return Act(keywords.LANGUAGE, turn.words)
    answer = texts.spoken(heard.language, sender.settings)

    def rule(person: Person | None) -> Person | None:
        return replace(person, language=heard.language) if person else None

    return Act(keywords.LANGUAGE, turn.words, answer, rule=rule, changes=True)


def by_text(topics: Sequence[Topic], person: Person | None) -> list[Topic]:
    """Those of some topics that a person gets by text, lists apart: nobody joins or leaves those."""
    held = person.topics if person else {}
    return [
        topic
        for topic in topics
        if CHANNEL in held[topic.id].channels and not topic.id.startswith(LIST_PREFIX)
    ]


_ACTS: dict[str, Callable[[Heard, Sender], Act]] = {
    keywords.STOP: _stop,
    keywords.START: _start,
    keywords.YES: _yes,
    keywords.HELP: _help,
    keywords.LIST: _list,
    keywords.JOIN: _join,
    keywords.LEAVE: _leave,
    keywords.LANGUAGE: _language,
    **dict.fromkeys(KEYWORDS.values(), _answered),
}
