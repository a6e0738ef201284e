"""An import, begun by a clerk and run to its end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.imports import files, manage, work
from chalicelib.subscribers.imports.manage import AS_IT_IS, Wanted
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.model import Person
from infra.aws.world import World

HEADER = "email,phone,name,topics,consent_source,consent_at\n"


@dataclass(frozen=True)
class Clerk:
    """Somebody who acts for two departments."""

    staff_id: str = "c1"
    departments: frozenset[str] = field(default=frozenset({"works", "finance"}))

    def may_act_for(self, department: str) -> bool:
        return department in self.departments


def begin(content: str | bytes, wiring: Wiring, wanted: Wanted = AS_IT_IS) -> str:
    """Begins an import; bytes are uploaded."""
    if isinstance(content, str):
        return str(manage.begin(content, wanted, actor=Clerk(), now=wiring.clock(), wiring=wiring).id)
    import_id = str(manage.begin(None, wanted, actor=Clerk(), now=wiring.clock(), wiring=wiring).id)
    bucket = wiring.settings.bucket
    wiring.s3.put_object(Bucket=bucket, Key=files.key_of(import_id), Body=content)
    manage.start(import_id, wiring=wiring)
    return import_id


def run(import_id: str, wiring: Wiring, *, left: Callable[[], float] = lambda: 600) -> None:
    """One message to the worker."""
    work.continue_import({"import": import_id}, left=left, wiring=wiring)


def imported(content: str | bytes, wiring: Wiring, wanted: Wanted = AS_IT_IS) -> str:
    """An import that is done."""
    import_id = begin(content, wiring, wanted)
    run(import_id, wiring)
    assert manage.get(import_id).state == work.DONE
    return import_id


def counts(import_id: str) -> tuple[int, ...]:
    """Rows that made, changed and left as they were, and refused ones."""
    item = manage.get(import_id)
    return tuple(int(n) for n in (item.created, item.changed, item.unchanged, item.refused))


def refused(import_id: str) -> list[Refusal]:
    """The first of the report."""
    return list(manage.refused(import_id, limit=100, cursor=None).rows)


def file_of(number: int, *, topics: str = "roads;budget") -> str:
    """So many people with two topics each."""
    return HEADER + "".join(f"p{n}@city.example,,Ana {n},{topics},form,2026-01-31\n" for n in range(number))


def find(wiring: Wiring, email: str) -> Person:
    """Whoever has an address."""
    found = people.find("email", email, wiring=wiring)
    assert found is not None
    return found


class Counted:
    """Counts the requests that reach the account."""

    def __init__(self, aws: World) -> None:
        self.aws = aws
        self.by_operation: Counter[str] = Counter()

    @property
    def total(self) -> int:
        return self.by_operation.total()

    def __enter__(self) -> "Counted":
        self.real = self.aws.answer
        self.aws.answer = self._answer  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.aws.answer = self.real  # type: ignore[method-assign]

    def _answer(self, service: str, operation: str, request: Any) -> Any:
        self.by_operation[operation] += 1
        return self.real(service, operation, request)
