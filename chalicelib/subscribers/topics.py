"""Topics: what residents subscribe to, and lists, which staff keep.

A topic is `open`; `closed`, when nobody new can subscribe and those who have it keep getting it; or `ended`,
when it is offered nowhere and nothing can be sent to it. An ended topic stays on record, for the ledger and
past campaigns name it, and its id is not used again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.tables import Page, list_page
from chalicelib.subscribers.model import LIST_PREFIX, UNCLEAR
from chalicelib.subscribers.tables import TOPICS, TopicItem

OPEN, CLOSED, ENDED = "open", "closed", "ended"
MAX_READ = 100
MAX_SENT = 40
MONTH = timedelta(days=365.25 / 12)
MONTHS = 3


@dataclass(frozen=True)
class Topic:
    """One topic. `id` is a slug; `name` and `description` by language tag; `status` open, closed or ended.

    `sent`: when (RFC 3339) and as which campaign everybody could read something of it, the oldest first, the
    last 40 of them.
    """

    id: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    department: str
    category: str
    status: str
    sent: tuple[tuple[str, str], ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether staff keep it, and pages offer it to nobody."""
        return self.id.startswith(LIST_PREFIX)


def get(topic_id: str) -> Topic:
    """The topic of an id. Raises NotFound."""
    found = get_all([topic_id])
    if topic_id not in found:
        raise NotFound("No topic has this id.")
    return found[topic_id]


def get_all(topic_ids: Iterable[str]) -> dict[str, Topic]:
    """The topics of several ids; those that do not exist are left out."""
    wanted = sorted(set(topic_ids) - {""})
    found: dict[str, Topic] = {}
    for start in range(0, len(wanted), MAX_READ):
        found |= {
            key: topic_of(item) for key, item in TopicItem.read(wanted[start : start + MAX_READ]).items()
        }
    return found


def page(*, limit: int, cursor: str | None) -> Page[Topic]:
    """One page of all topics, sorted by id. Raises BadRequest for a cursor that no page gave."""
    found = list_page(TopicItem.list_index, TOPICS, limit=limit, cursor=cursor, newest_first=False)
    return Page([topic_of(item) for item in found.items], found.next)


def every() -> list[Topic]:
    """All topics, sorted by id."""
    return [topic_of(item) for item in TopicItem.list_index.query(TOPICS)]


def offered() -> list[Topic]:
    """The topics that anyone may subscribe to, by category and id; no lists."""
    found = [topic for topic in every() if topic.status == OPEN and not topic.is_list]
    return sorted(found, key=lambda topic: (topic.category, topic.id))


def create(topic: Topic, *, now: datetime) -> Topic:
    """Writes a new topic. Raises Conflict where the id is taken, also by an ended topic, or kept by Crier."""
    if topic.id.startswith(UNCLEAR):
        raise Conflict("Lists of this name are made by imports; choose another id.", code="topic-exists")
    item = TopicItem(
        topic.id,
        sort=topic.id,
        name=dict(topic.name),
        description=dict(topic.description),
        department=topic.department,
        category=topic.category,
        status=topic.status,
        created_at=rfc3339(now),
    )
    if not item.save_if(condition=TopicItem.id.does_not_exist()):
        raise Conflict("A topic with this id exists, or existed; choose another id.", code="topic-exists")
    return topic


def change(
    topic_id: str,
    *,
    name: Mapping[str, str] | None = None,
    description: Mapping[str, str] | None = None,
    category: str | None = None,
    status: str | None = None,
) -> Topic:
    """Changes what is given of a topic that has not ended. Raises NotFound, Conflict."""
    given = {"name": name, "description": description, "category": category, "status": status}
    actions = [getattr(TopicItem, field).set(value) for field, value in given.items() if value is not None]
    topic = get(topic_id)
    if topic.status == ENDED:
        raise Conflict("This topic has ended.", code="topic-ended")
    if not actions:
        return topic
    item = TopicItem(topic_id)
    if not item.update_if(actions=actions, condition=TopicItem.id.exists() & (TopicItem.status != ENDED)):
        raise Conflict("This topic has ended.", code="topic-ended")
    return topic_of(item)


def end(topic_id: str) -> None:
    """Ends a topic: offered nowhere, sent to never again. Ending twice is harmless. Raises NotFound."""
    if get(topic_id).status != ENDED:
        TopicItem(topic_id).update(actions=[TopicItem.status.set(ENDED)])


def topic_of(item: TopicItem) -> Topic:
    """A topic as the table holds it, read back."""
    sent = tuple(_sent(one) for one in sorted(item.sent or ()))
    return Topic(item.id, item.name, item.description, item.department, item.category, item.status, sent)


def note_sent(topic_ids: Iterable[str], campaign_id: str, *, at: str) -> None:
    """Remembers that a campaign was sent, for `how often` and `such as`; once more is harmless."""
    for topic_id in topic_ids:
        item = TopicItem(topic_id)
        item.update(actions=[TopicItem.sent.add({f"{at}#{campaign_id}"})])
        if surplus := sorted(item.sent or ())[:-MAX_SENT]:
            item.update(actions=[TopicItem.sent.delete(set(surplus))])


def forget_sent(topic_ids: Iterable[str], campaign_id: str, *, at: str) -> None:
    """Forgets a campaign that nobody can read any more; once more is harmless."""
    for topic_id in topic_ids:
        TopicItem(topic_id).update(actions=[TopicItem.sent.delete({f"{at}#{campaign_id}"})])


def a_month(topic: Topic, *, now: datetime) -> float:
    """How many messages a topic had a month, over the last three; 0 where there was none. Pure.

    A topic that is younger, or of which so many were sent that the oldest are not remembered, is taken over
    the time that is known, but at least a month.
    """
    since = now - MONTHS * MONTH
    recent = [moment for at, _ in topic.sent if (moment := parse_rfc3339(at)) >= since]
    if not recent:
        return 0.0
    whole = len(recent) < len(topic.sent)
    known = MONTHS * MONTH if whole else max(MONTH, now - min(recent))
    return len(recent) / (known / MONTH)


def _sent(text: str) -> tuple[str, str]:
    at, _, campaign_id = text.partition("#")
    return at, campaign_id
