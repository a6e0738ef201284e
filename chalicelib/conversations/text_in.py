"""A text message that came in: a keyword is obeyed and answered once; all else is kept for somebody to read.

What a text changes (the person, the suppression, the ledger), the entry that it becomes, what its number has
now said, and that it was dealt with, are written in one transaction. The answer follows; it stands in the
entry, so that the same text coming again sends it if it was lost on the way, and never twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.alerts.answers import calls
from chalicelib.alerts.answers.answer import answer
from chalicelib.alerts.answers.asked import Asked, by_person, told_in
from chalicelib.conversations import kept, keywords, said
from chalicelib.conversations.acts import (
    BY,
    CHANNEL,
    EMERGENCY,
    KEYWORDS,
    SOURCE,
    Act,
    Sender,
    by_text,
    decide,
)
from chalicelib.conversations.answer_words import Said, answer_in
from chalicelib.conversations.events import TextIn
from chalicelib.conversations.keywords import Heard, hear
from chalicelib.conversations.model import IN, Entry
from chalicelib.conversations.naming import languages_named
from chalicelib.conversations.person import stranger
from chalicelib.conversations.tables import SaidItem, read_one
from chalicelib.core import i18n, ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import Conflict, InvalidFields
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.answering import HELP
from chalicelib.subscribers import habits, people, rules, suppressions, topics
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.asking import may_ask
from chalicelib.subscribers.holders import change_holder
from chalicelib.subscribers.model import Person, Provenance, Wording
from chalicelib.subscribers.notify import KEYWORD_ANSWER, Notify
from chalicelib.subscribers.settle import SuppressionEdit, digester
from chalicelib.subscribers.topics import Topic
from chalicelib.subscribers.writes import Lost, Together

ANSWERS_A_DAY = 10
"""To one number: two machines that answer each other end so."""
TRIES = 8
LONGEST_WORDS = 500
"""Characters of a text that belong to a call for help; the text itself is kept whole."""


class Overtaken(Exception):
    """Something else of the same number was written meanwhile; it is to be decided anew."""


def take_text(text: TextIn, *, notify: Notify, wiring: Wiring) -> None:
    """Does what a text asks, keeps it, and answers. The same text again is harmless."""
    seen = kept.seen(text.id)
    entry = kept.entry_for(seen) if seen else _deal(text, wiring=wiring)
    if entry and entry.answer:
        _answer(entry, notify=notify, wiring=wiring)


def _deal(text: TextIn, *, wiring: Wiring) -> Entry | None:
    for _ in range(TRIES):
        try:
            return _Letter.read(text, wiring=wiring).obey()
        except (Overtaken, Lost):
            if seen := kept.seen(text.id):
                return kept.entry_for(seen)
    raise Conflict("Others are changing this at the same moment; try again.")


def _answer(entry: Entry, *, notify: Notify, wiring: Wiring) -> None:
    person = people.find(CHANNEL, entry.address, wiring=wiring)
    notify(
        recipient_id=person.id if person else stranger(digester(wiring)(CHANNEL, entry.address)),
        channel=CHANNEL,
        address=entry.address,
        language=person.language if person else wiring.settings.default_language,
        subject="",
        body_markdown="",
        sms=entry.answer,
        kind=KEYWORD_ANSWER,
        idempotency=entry.provider_id,
        origination=entry.agency,
    )


@dataclass(frozen=True)
class _Letter:
    """One text with all that is known of its sender, as it was read for one attempt.

    `asked` is the alert that they are asked about, `answer` what they answer to it, if anything.
    """

    text: TextIn
    address: str
    heard: Heard
    sender: Sender
    said: SaidItem | None
    asked: Asked | None
    answer: Said | None
    now: datetime
    wiring: Wiring

    @classmethod
    def read(cls, text: TextIn, *, wiring: Wiring) -> "_Letter":
        """Reads who wrote, and what they wrote before."""
        now, settings = wiring.clock(), wiring.settings
        address, heard = _address(text, wiring), Heard()
        if address:
            heard = hear(text.body, languages=languages_named(settings.languages))
        address = address or text.sender
        person = people.find(CHANNEL, address, wiring=wiring)
        item = read_one(SaidItem, SaidItem.id_of(digester(wiring)(CHANNEL, address)), "said")
        words = item.words if item else {}
        scope = settings.scope_of(text.agency)
        asked, answer = _alerted(text, heard, person, scope, now=now, wiring=wiring)
        if answer:
            heard = Heard(KEYWORDS[answer.answer], language=answer.language)
        spoken = said.language_of(words) or settings.default_language
        language = _language(heard, person, spoken, settings.languages)
        blank = people.blank(language=language, time_zone=settings.time_zone, now=now)
        sender = Sender(
            person=person,
            blank=rules.with_address(blank, CHANNEL, address, verified_at=rfc3339(now)),
            words=words,
            at=rfc3339(min(text.at or now, now)),
            scope=scope,
            stopped=suppressions.stopped(CHANNEL, address, scope=scope, wiring=wiring),
            language=language,
            now=rfc3339(now),
            settings=settings,
            held=lambda: _held(person),
            offered=topics.offered,
            alert=told_in(asked.alert, language).headline if asked else "",
        )
        return cls(text, address, heard, sender, item, asked, answer, now, wiring)

    def obey(self) -> Entry:
        """Does what is asked, if the number may be dealt with; the entry, with the answer if there is one.

        Raises Overtaken, Lost.
        """
        self._note_answer()
        shut = suppressions.shut(CHANNEL, self.address, wiring=self.wiring)
        obeyed = not shut or self.answer or self.heard.keyword == keywords.STOP
        act = decide(self.heard, self.sender) if obeyed else Act()
        answer = act.answer if act.answer and not shut and self._may_answer() else ""
        try:
            return self._write(act, answer)
        except rules.TooManyTopics:
            return self._write(Act(), "")

    def _note_answer(self) -> None:
        """Notes an answer to an alert, before the text counts as dealt with; the same again is harmless."""
        if self.asked and self.answer:
            answer(
                self.asked,
                self.answer.answer,
                words=self.answer.words,
                entered=True,
                at=min(self.text.at or self.now, self.now),
                wiring=self.wiring,
            )

    def _may_answer(self) -> bool:
        digest = digester(self.wiring)(CHANNEL, self.address)
        return may_ask(f"answers#{digest}", self.text.id, now=self.now, a_day=ANSWERS_A_DAY)

    def _write(self, act: Act, answer: str) -> Entry:
        entry = self._entry(act, answer)
        if not act.changes:
            together = Together()
            self._add(together, act, entry, self.sender.person)
            together.commit(self.wiring)
            if self.sender.person:
                habits.saw(self.sender.person.id, now=self.now, wiring=self.wiring)
            return entry
        after: list[Person | None] = []
        edit = SuppressionEdit.of(CHANNEL, self.address, act.edit, wiring=self.wiring)
        provenance = Provenance(SOURCE, BY, self.now, Wording(answer) if answer else None)

        def rule(person: Person | None) -> Person | None:
            known = self.sender.person
            if after or (person.id if person else "") != (known.id if known else ""):
                raise Overtaken
            after.append(act.rule(person))
            return after[0]

        def more(together: Together) -> None:
            self._add(together, act, entry, after[0])

        change_holder(edit, provenance, wiring=self.wiring, rule=rule, more=more)
        return entry

    def _add(self, together: Together, act: Act, entry: Entry, person: Person | None) -> None:
        """Adds the entry, under its person if there is one now, and what the number has said."""
        digest = digester(self.wiring)(CHANNEL, self.address)
        expires_at = epoch(self.now + timedelta(days=self.wiring.settings.entry_days))
        kept.add(together, entry, owner=person.id if person else digest, expires_at=expires_at)
        if act.words is not None and act.words != self.sender.words:
            item = SaidItem(
                SaidItem.id_of(digest),
                "said",
                words=act.words,
                version=ids.random_id(),
                expires_at=expires_at,
            )
            together.put(item, SaidItem.unchanged(self.said.version if self.said else ""))

    def _entry(self, act: Act, answer: str) -> Entry:
        moment = min(self.text.at or self.now, self.now)
        return Entry(
            id=ids.time_ordered_id(moment),
            at=rfc3339(moment),
            direction=IN,
            channel=CHANNEL,
            address=self.address,
            agency=self.text.agency,
            subject="",
            text=self.text.body,
            keyword=act.keyword,
            answer=answer,
            automatic=False,
            authentic=True,
            provider_id=self.text.id,
        )


def _address(text: TextIn, wiring: Wiring) -> str:
    """The sender's number in the form that is kept; empty for one that cannot be a person's."""
    try:
        return normalise(CHANNEL, text.sender, country=wiring.settings.country)
    except InvalidFields:
        return ""


def _alerted(
    text: TextIn, heard: Heard, person: Person | None, scope: str, *, now: datetime, wiring: Wiring
) -> tuple[Asked | None, Said | None]:
    """The alert that a text to the alerts' number is about, and what it answers.

    What somebody who called for help writes then, whatever it is, belongs to their call.
    """
    if person is None or scope != EMERGENCY or not (heard.unsure or heard.keyword in ("", keywords.HELP)):
        return None, None
    asked = by_person(person.id, CHANNEL, now=now, wiring=wiring)
    if asked is None or heard.keyword == keywords.HELP:
        return asked, None
    body = text.body.strip()[:LONGEST_WORDS]
    found = answer_in(text.body)
    if found is None and body and calls.waits(person.id, asked.alert.id):
        found = Said(HELP, body)
    return (asked, found._replace(words=found.words[:LONGEST_WORDS])) if found else (None, None)


def _language(heard: Heard, person: Person | None, spoken: str, offered: tuple[str, ...]) -> str:
    """The language of the word that was used, where it has one; else the person's."""
    known = person.language if person else spoken
    return i18n.pick(heard.language or known, offered)


def _held(person: Person | None) -> list[Topic]:
    known = topics.get_all(person.topics) if person else {}
    return by_text([topic for _, topic in sorted(known.items())], person)
