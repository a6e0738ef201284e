"""Routes of topics."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from chalicelib.core.fields import NO_CONTROL, Line, Slug
from chalicelib.core.http import Call, Changes, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.subscribers import profile, topics

routes = Routes("topics", tag="Topics")


def _tags(texts: dict[str, str]) -> dict[str, str]:
    if not all(profile.language_problem(tag) is None for tag in texts):
        raise ValueError("each key is a language tag, such as en or zh-Hans")
    return texts


TopicId = Annotated[str, StringConstraints(pattern=r"^(list:)?[a-z0-9][a-z0-9-]{0,63}$")]
"""A slug, or `list:` and a slug for a list that staff keep and pages do not offer."""

Paragraph = Annotated[str, StringConstraints(max_length=500, pattern=NO_CONTROL)]
Names = Annotated[dict[str, Line], Field(min_length=1, max_length=20), AfterValidator(_tags)]
Descriptions = Annotated[dict[str, Paragraph], Field(max_length=20), AfterValidator(_tags)]


class NewTopic(Model):
    """A topic to make. `name` and `description` by language tag."""

    id: TopicId
    name: Names
    description: Descriptions = Field(default_factory=dict)
    department: Slug
    category: Line
    status: Literal["open", "closed"] = "open"


class TopicChanges(Changes):
    """What to change about a topic.

    `closed`: nobody new can subscribe, and those who have it keep getting it.
    """

    name: Names | SkipJsonSchema[None] = None
    description: Descriptions | SkipJsonSchema[None] = None
    category: Line | SkipJsonSchema[None] = None
    status: Literal["open", "closed"] | SkipJsonSchema[None] = None


class Topic(Model):
    """One topic. `ended` topics are offered nowhere and cannot be sent to; their ids are not used again."""

    id: str
    name: dict[str, str]
    description: dict[str, str]
    department: str
    category: str
    status: Literal["open", "closed", "ended"]


@routes.staff("GET", "/v1/topics", roles=VIEWERS, query=Listing, returns=PageOf[Topic])
def list_topics(call: Call) -> PageOf[Topic]:
    """Lists all topics by id, ended ones too."""
    page = topics.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff("POST", "/v1/topics", roles=COMMUNICATORS, body=NewTopic, returns=Topic, status=201)
def create_topic(call: Call) -> Topic:
    """Makes a topic of one of the caller's departments."""
    call.actor.require_department(call.body.department)
    return _view(topics.create(topics.Topic(**dict(call.body)), now=call.now))


@routes.staff("GET", "/v1/topics/{topic_id}", roles=VIEWERS, returns=Topic)
def show_topic(_: Call, topic_id: str) -> Topic:
    """Shows one topic."""
    return _view(topics.get(topic_id))


@routes.staff("PATCH", "/v1/topics/{topic_id}", roles=COMMUNICATORS, body=TopicChanges, returns=Topic)
def change_topic(call: Call, topic_id: str) -> Topic:
    """Changes, closes or opens a topic of one of the caller's departments."""
    call.actor.require_department(topics.get(topic_id).department)
    return _view(topics.change(topic_id, **call.body.given()))


@routes.staff("DELETE", "/v1/topics/{topic_id}", roles=COMMUNICATORS, status=204)
def end_topic(call: Call, topic_id: str) -> None:
    """Ends a topic for good: it is offered nowhere and cannot be sent to, but stays on record."""
    call.actor.require_department(topics.get(topic_id).department)
    topics.end(topic_id)


def _view(topic: topics.Topic) -> Topic:
    return Topic.model_validate(topic, from_attributes=True)
