"""A crowd whose members act at random, by every way in and out; what happens comes doubled, late and mixed.

Each member knows one email address and one number. All is drawn from a seed, so that a run that fails can be
run again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chalicelib.conversations.events import TextIn
from chalicelib.conversations.text_in import take_text
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import CrierError
from chalicelib.core.ids import is_id, shard_of, sharded
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.history import forget
from chalicelib.subscribers import (
    by_staff,
    confirm,
    joins,
    people,
    preferences,
    sign_up,
    suppressions,
    topics,
)
from chalicelib.subscribers import facts as person_facts
from chalicelib.subscribers import unsubscribe as unsubscribing
from chalicelib.subscribers.api import views
from chalicelib.subscribers.imports import manage, work
from chalicelib.subscribers.model import DIGEST, EVERYONE, Person, Wording
from chalicelib.subscribers.projection import row_of
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.tables import LedgerItem, PersonItem, SubscriptionItem
from chalicelib.subscribers.topics import Topic
from chalicelib.subscribers.writes import ledger_entry, person_of, row_item
from tests.features.driver import NEWS
from tests.subscribers.conftest import NOW, Clock

TOPICS = ("roads", "parks", "budget")
MORE = 1
"""What a member does after the way in, on average."""

AGAIN = 0.2
"""How often something that happened comes once more, later."""

ROWS = 25
"""Rows of an import."""

WORDS = Wording("I agree.")
CLERK = Actor("c" * 32, "k" * 32, "Clerk", "clerk@city.example", frozenset({"admin"}), frozenset(), "live")
HEADER = "email,phone,name,topics,channels,consent_source,consent_at\n"
Act = Callable[[], object]


class Kept:
    """Queues that keep what is sent; nobody works it off but the crowd."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []

    def send(self, queue: str, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        self.messages.append(message)


@dataclass
class Crowd:
    """`size` members; `live` lets them act until nobody has anything left to do."""

    size: int
    wiring: Wiring
    clock: Clock
    random: Random
    agenda: list[tuple[str, Act]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def live(self) -> None:
        self.queues = Kept()
        vars(self.wiring)["queues"] = self.queues
        for topic in TOPICS:
            topics.create(Topic(topic, {"en": topic}, {}, "works", "City", topics.OPEN), now=NOW)
        ways = [
            self.sign_up, self.add, self.row, self.choose, self.stop, self.subscribe, self.end,
            self.change, self.remove, self.one_click, self.bounce, self.complain, self.erase,
            self.text, self.text, self.join,
        ]  # fmt: skip
        for member in range(self.size):
            (first,) = self.random.choices([self.sign_up, self.add, self.row], weights=[1, 1, 5])
            begun = [first, *self.random.choices(ways, k=self.random.randint(0, 2 * MORE))]
            self.agenda += [(way.__name__, lambda way=way, member=member: way(member)) for way in begun]  # type: ignore[misc]
        while self.agenda or self.rows:
            if not self.agenda or len(self.rows) >= ROWS:
                self.import_rows()
                continue
            place = self.random.randrange(len(self.agenda))
            self.agenda[place], self.agenda[-1] = self.agenda[-1], self.agenda[place]
            self.happen(*self.agenda.pop())

    def happen(self, name: str, act: Act) -> None:
        """Something happens, and perhaps once more later."""
        self.clock.later(seconds=self.random.randint(0, 30))
        with suppress(CrierError):
            act()
            self.done[name] += 1
        if self.random.random() < AGAIN:
            self.agenda.append((name, act))

    def email(self, member: int) -> str:
        return f"member{member}@city.example"

    def phone(self, member: int) -> str:
        return f"+1617{2000000 + member}"

    def of(self, member: int) -> Person:
        """Whom the member's addresses belong to now, by either of them; raises if to nobody."""
        addresses = [("email", self.email(member)), ("sms", self.phone(member))]
        self.random.shuffle(addresses)
        for channel, address in addresses:
            if found := people.find(channel, address, wiring=self.wiring):
                return found
        raise CrierError("nobody")

    def some(self) -> list[str]:
        return self.random.sample(TOPICS, self.random.randint(1, 2))

    def channels(self) -> list[views.Channel]:
        both: list[views.Channel] = ["email", "sms"]
        return self.random.choice([both[:1], both[1:], both])

    # ways in

    def sign_up(self, member: int) -> None:
        """On the page, with one address or both; the messages are worked off and confirmed when they are."""
        chosen = self.channels()
        sign_up.request(
            email=self.email(member) if "email" in chosen else "",
            phone=self.phone(member) if "sms" in chosen else "",
            topic_ids=self.some(),
            name=self.random.choice(["", "Ana"]),
            language=self.random.choice(["en", "es"]),
            time_zone="America/New_York",
            source="sign-up-page",
            wording=WORDS,
            now=self.clock(),
            wiring=self.wiring,
        )
        message = self.queues.messages.pop()
        self.agenda.append(("ask", lambda: self.ask(message)))

    def ask(self, message: Mapping[str, Any]) -> None:
        sign_up.work(message, notify=self.notify, wiring=self.wiring)
        for channel in message["addresses"]:
            if self.random.random() < 0.9:
                self.agenda.append(("confirm", lambda channel=channel: self.confirm(message["id"], channel)))  # type: ignore[misc]

    def confirm(self, signup: str, channel: str) -> None:
        token = sign_up.token_of(signup, channel, now=self.clock(), wiring=self.wiring)
        code = sign_up.code_of(signup, wiring=self.wiring)
        confirm.confirm(token, code=code, now=self.clock(), wiring=self.wiring)

    def add(self, member: int) -> None:
        """By the API, with a consent that staff recorded."""
        chosen = self.channels()
        given = views.NewSubscriber(
            email=self.email(member) if "email" in chosen else None,
            phone=self.phone(member) if "sms" in chosen else None,
            topics=[views.Choice(topic=topic) for topic in self.some()],
            consent=views.Consent(source="paper form", wording="I agree."),
            opt_in="recorded",
        )
        by_staff.add(given, actor=CLERK, now=self.clock(), wiring=self.wiring)

    def row(self, member: int) -> None:
        """A row of the next import."""
        chosen = self.channels()
        email = self.email(member) if "email" in chosen else ""
        phone = self.phone(member) if "sms" in chosen else ""
        at = rfc3339(self.clock()) if self.random.random() < 0.5 else ""
        self.rows.append(f"{email},{phone},Ana,{';'.join(self.some())},{';'.join(chosen)},old list,{at}\n")

    def import_rows(self) -> None:
        content, self.rows = HEADER + "".join(self.rows), []
        self.clock.later(seconds=30)
        begun = manage.begin(content, actor=CLERK, now=self.clock(), wiring=self.wiring)
        for _ in range(self.random.randint(1, 2)):
            work.continue_import({"import": begun.id}, left=lambda: 600, wiring=self.wiring)
        found = manage.get(begun.id)
        assert found.state == work.DONE
        self.done["import"] += int(found.created + found.changed)

    # changes, and ways out

    def choose(self, member: int) -> None:
        """On the preference page."""
        person = self.of(member)
        held = list(person.addresses)
        token = preferences.path_of(person.id, expires=None, wiring=self.wiring).rsplit("/", 1)[1]
        preferences.save(
            token,
            channels={
                topic: self.random.sample(held, self.random.randint(0, len(held))) for topic in self.some()
            },
            cadences={topic: self.random.choice(["immediate", "daily"]) for topic in self.some()},
            name="Bo",
            language=self.random.choice(["en", "vi"]),
            time_zone="America/Chicago",
            wording=WORDS,
            now=self.clock(),
            wiring=self.wiring,
        )

    def stop(self, member: int) -> None:
        preferences.end_all(
            self.of(member).id, source="page", wording=WORDS, now=self.clock(), wiring=self.wiring
        )

    def subscribe(self, member: int) -> None:
        consent = views.Consent(source="by phone")
        given = views.NewSubscription(channels=self.channels(), consent=consent)
        topic = self.random.choice(TOPICS)
        by_staff.subscribe(
            self.of(member).id, topic, given, actor=CLERK, now=self.clock(), wiring=self.wiring
        )

    def end(self, member: int) -> None:
        topic = self.random.choice(TOPICS)
        by_staff.end(
            self.of(member).id, topic, note="asked", actor=CLERK, now=self.clock(), wiring=self.wiring
        )

    def change(self, member: int) -> None:
        """An address goes, comes, or moves to another number; wishes and places change."""
        given: dict[str, Any] = self.random.choice([
            {"email": None},
            {"phone": None},
            {"phone": self.phone(member), "consent": {"source": "by phone"}},
            {"places": {"home": {"latitude": 42.36, "longitude": -71.06}}},
            {"wishes": {"paused_until": "2027-01-31", "hours": [9, 17]}},
            {"life_safety": True, "consent": {"source": "by phone"}},
        ])  # fmt: skip
        changes = views.SubscriberChanges(**given)
        by_staff.change(self.of(member).id, changes, actor=CLERK, now=self.clock(), wiring=self.wiring)

    def remove(self, member: int) -> None:
        by_staff.remove(self.of(member).id, note="moved", actor=CLERK, now=self.clock(), wiring=self.wiring)

    def one_click(self, member: int) -> None:
        """By a link or a mail of a message, which names the person."""
        person, chosen, source = self.of(member), self.some(), self.random.choice(["one-click", "mailto"])
        self.agenda.append(("unsubscribe", lambda: self.unsubscribe(person.id, chosen, source)))

    def unsubscribe(self, subscriber_id: str, chosen: list[str], source: str) -> None:
        unsubscribing.unsubscribe(
            subscriber_id,
            "email",
            chosen,
            source=source,
            wording=None,
            now=self.clock(),
            wiring=self.wiring,
        )

    def bounce(self, member: int) -> None:
        self.came_back("email", self.email(member), "bounce", "*")

    def complain(self, member: int) -> None:
        self.came_back("email", self.email(member), "complaint", "newsletter")

    def came_back(self, channel: str, address: str, reason: str, scope: str) -> None:
        suppressions.suppress(
            channel,
            address,
            reason=reason,
            scope=scope,
            source=reason,
            by="system",
            now=self.clock(),
            wiring=self.wiring,
        )

    def erase(self, member: int) -> None:
        forget.forget(
            self.of(member).id, source="page", by="subscriber", now=self.clock(), wiring=self.wiring
        )

    def text(self, member: int) -> None:
        """A keyword, which may come late."""
        topic = self.random.choice(TOPICS)
        words = self.random.choice(["STOP", "START", f"JOIN {topic}", f"LEAVE {topic}", "LIST", "hello"])
        number = f"{self.phone(member)}-{self.random.random()}"
        text = TextIn(number, self.clock(), self.phone(member), NEWS, words)
        self.agenda.append(("keyword", lambda: take_text(text, notify=self.notify, wiring=self.wiring)))

    def join(self, member: int) -> None:
        """Two records of one member become one, and perhaps two again."""
        own = people.find("email", self.email(member), wiring=self.wiring)
        other = people.find("sms", self.phone(member), wiring=self.wiring)
        if own and other and own.id != other.id:
            joins.join(own.id, other.id, "sms", wording=WORDS, now=self.clock(), wiring=self.wiring)
            self.done["joined"] += 1
            if self.random.random() < 0.5:
                self.agenda.append(
                    ("part", lambda: joins.undo(other.id, now=self.clock(), wiring=self.wiring))
                )

    def notify(self, **_: Any) -> None:
        """Nobody reads what is sent."""

    # what must hold

    def check(self) -> None:
        """The ledger alone gives the present; the projections are the people's own."""
        persons = {
            item.id: person_of(item)
            for item in PersonItem.scan(PersonItem.version.exists())
            if is_id(item.id)
        }
        entries: dict[str, list[Any]] = {}
        for item in LedgerItem.scan():
            entries.setdefault(item.subscriber_id, []).append(ledger_entry(item))
        digest = digester(self.wiring)
        known = {one for one in entries if is_id(one)}
        assert persons.keys() <= known
        for one in known:
            present = person_facts.facts(persons[one], digest) if one in persons else {}
            told = {
                f: v
                for f, v in person_facts.replayed(entries[one]).items()
                if f.partition("/")[0] not in {"name", "places"}
            }
            assert told == present, (one, told, present)
            versions = sorted(entry.version for entry in entries[one])
            assert versions == list(range(1, len(versions) + 1)), "a change without its entry, or twice"
        rows = {(item.topic_shard, item.subscriber_id): plain(item) for item in SubscriptionItem.scan()}
        assert rows == self.due(persons.values())

    def due(self, persons: Any) -> dict[tuple[str, str], Any]:
        """The projections that these people should have."""
        return {
            (sharded(topic, shard_of(person.id)), person.id): plain(row_item(topic, row))
            for person in persons
            for topic in (EVERYONE, DIGEST, *person.topics)
            if (row := row_of(person, topic))
        }


def plain(item: SubscriptionItem) -> dict[str, Any]:
    """What stands in a row."""
    return {name: value for name, value in item.attribute_values.items() if value is not None}
