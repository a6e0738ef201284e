"""The transport of stand-ins: who answers, what comes through, and what can go wrong on purpose."""

from typing import ClassVar

import pytest
from werkzeug.wrappers import Request, Response

from chalicelib.core.web import Forbidden, Lost, Unreachable, Web
from infra.aws.faults import FunctionCrashed
from infra.platform.platform import Platform
from infra.stand_ins.transport import (
    Fault,
    StandIn,
    answers,
    crash,
    json_response,
    no_answer,
    too_many,
    unreachable,
)


class Notes(StandIn):
    hosts: ClassVar[tuple[str, ...]] = ("api.notes.example", "*.notes.example")
    kept: int = 0

    def answer(self, request: Request) -> Response:
        self.kept += 1
        return json_response(
            {
                "url": request.url,
                "form": request.form.to_dict(),
                "file": request.files["file"].read().decode() if request.files else "",
                "key": request.headers.get("X-Key", ""),
            },
            201,
            {"X-Kept": str(self.kept)},
        )


@pytest.fixture
def notes(platform: Platform) -> Notes:
    return platform.web.add(Notes(platform.clock))


def ask(url: str = "https://api.notes.example/a%20b?c=d", **named: object) -> object:
    return Web().request("POST", url, headers={"X-Key": "k"}, **named)  # type: ignore[arg-type]


def test_a_stand_in_gets_what_was_sent(notes: Notes) -> None:
    answer = Web().request(
        "POST",
        "https://eu.notes.example/a%20b?c=d",
        headers={"X-Key": "k"},
        data={"one": "ä"},
        files={"file": ("a.txt", b"words")},
    )
    assert (answer.status, answer.headers["x-kept"]) == (201, "1")
    told = {"url": "https://eu.notes.example/a%20b?c=d", "form": {"one": "ä"}, "file": "words", "key": "k"}
    assert answer.json() == told
    assert [one.path for one in notes.requests] == ["/a b"]


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("url", ["https://other.example/", "https://notes.example/"])
def test_no_other_host_is_reached(url: str) -> None:
    with pytest.raises(Unreachable):
        ask(url)


@pytest.mark.usefixtures("notes")
def test_what_leads_inside_is_forbidden_here_too() -> None:
    with pytest.raises(Forbidden):
        ask("https://127.0.0.1/")


@pytest.mark.parametrize(
    ("fault", "error", "kept"),
    [
        (unreachable(), Unreachable, 0),
        (no_answer(), Lost, 0),
        (no_answer(done=True), Lost, 1),
        (crash(), FunctionCrashed, 0),
        (crash(done=True), FunctionCrashed, 1),
    ],
)
def test_a_planned_fault_comes_once(
    fault: Fault, error: type[BaseException], kept: int, notes: Notes
) -> None:
    notes.faults.add(fault, skip=1)
    ask()
    with pytest.raises(error):
        ask()
    assert notes.kept == 1 + kept
    assert notes.faults.left == 0
    ask()


def test_a_server_in_trouble_answers_so(notes: Notes) -> None:
    notes.faults.add(answers(503, done=True), when=lambda request: request.path == "/a b")
    notes.faults.add(too_many(retry_after_s=9))
    assert Web().request("GET", "https://api.notes.example/a%20b").status == 503
    late = Web().request("GET", "https://api.notes.example/")
    assert (late.status, late.headers["Retry-After"], notes.kept) == (429, "9", 1)


def test_a_fresh_platform_has_none_of_a_test(platform: Platform, notes: Notes) -> None:
    platform.reset()
    with pytest.raises(Unreachable):
        ask()
    assert notes.kept == 0
