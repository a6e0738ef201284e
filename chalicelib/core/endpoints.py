"""What a route declares, and the models that requests and answers are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.core.errors import CrierError

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LIVE_ONLY = frozenset({"live"})
ANY_MODE = frozenset({"live", "exercise", "test"})
WITHOUT_BODY = frozenset({"GET", "DELETE", "OPTIONS"})
MAX_PAGE = 100

T = TypeVar("T")
Handler = Callable[..., Any]


class Model(BaseModel):
    """Base of what requests and answers hold: unknown fields are refused, text is stripped.

    A model is built at its first use: a function that answers no request should not pay for all of them.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)


def _without_null(schema: dict[str, Any], model: type["Changes"]) -> None:
    """Describes each field as it may be sent: without the None that stands for its absence."""
    for name, one in schema.get("properties", {}).items():
        one.pop("default", None)
        if name in model.CLEARABLE:
            continue
        kinds = [kind for kind in one.pop("anyOf", []) if kind != {"type": "null"}]
        one.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


class Changes(Model):
    """Base of a PATCH's body: what is absent stays as it is, and null clears a field in CLEARABLE.

    Declare each field as `Kind | None = None`.
    """

    CLEARABLE: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(json_schema_extra=_without_null)

    @model_validator(mode="after")
    def _nothing_else_is_null(self) -> Self:
        given = self.model_fields_set - self.CLEARABLE
        nulls = sorted(name for name in given if getattr(self, name) is None)
        if nulls:
            raise ValueError(f"{', '.join(nulls)}: leave a field out to keep it; null is no value")
        return self

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Listing(Model):
    """The query of every list."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="How many to answer at most.")
    cursor: str | None = Field(None, max_length=2000, description="The `next` of the page before.")


class PageOf(Model, Generic[T]):
    """One page of a list. `next` is the `cursor` of the next page, or null on the last."""

    items: list[T]
    next: str | None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name in `/openapi.json`: `TopicPage`, where Pydantic would say `PageOf_Topic_`."""
        return f"{params[0].__name__}Page"


@dataclass(frozen=True)
class Accepted:
    """An answer of a route that is `later`: the work goes on, and the answer (202) tells where to look."""

    answer: Any


@dataclass(frozen=True)
class Endpoint:
    """One route as declared, for the router, `/openapi.json` and the tests of conventions.

    `secret`: the answer holds what is shown once, or tells of a person, so no `Idempotency-Key` keeps it.
    `also`: refusals beyond
    those that follow from the declaration. `later`: it may answer 202 (`Accepted`) with the same model.
    `or_as`: a media type that it answers beside JSON, in a `Response` of its own. `cross_origin`: scripts of
    other sites may call it (`core.cross_origin`). `media`: the media types of a page that is a file. `takes`:
    the media types of a body that is no JSON; the handler gets its bytes.
    """

    method: str
    path: str
    tag: str
    handler: Handler
    access: str
    roles: frozenset[str] = frozenset()
    modes: frozenset[str] = ANY_MODE
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    returns: Any = None
    status: int = HTTPStatus.OK
    secret: bool = False
    also: frozenset[type[CrierError]] = frozenset()
    later: bool = False
    or_as: str = ""
    cross_origin: bool = False
    media: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    @property
    def needs_body(self) -> bool:
        """Whether a body must be sent: what a POST may all leave out, it may leave out as a whole."""
        fields = self.body.model_fields.values() if self.body else ()
        return bool(self.takes) or self.method != "POST" or any(field.is_required() for field in fields)

    @property
    def content_types(self) -> list[str]:
        """What a body may be; nothing for a route without one, whatever its caller's `Content-Type` says."""
        if self.method in WITHOUT_BODY:
            return []
        if self.takes:
            return list(self.takes)
        return [FORM] if self.access == "page" else [JSON]


ENDPOINTS: list[Endpoint] = []
