"""Records on the local platform what each function is handed first and what AWS answers, to be replayed."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from unittest.mock import patch

from chalicelib.delivery import counts
from infra.aws.errors import Answer
from infra.aws.world import World
from infra.city import to_csv
from infra.city.residents import residents
from infra.city.seed import create_topics, draft, import_file
from infra.city.texts import campaign
from infra.client import Answer as HttpAnswer
from infra.client import Client
from infra.local import first_admin_key
from infra.platform.memory import forget_what_was_kept, give_clock
from infra.platform.platform import CREDENTIALS, Platform
from infra.platform.pumps import function_name
from tests.bench.cold import Case
from tests.delivery import engine
from tests.features import releasing

FIRST, PEOPLE = 3, 60
"""Residents imported first, and in all: a cold start's event is small, and most of its cost is the start."""
ANSWER = re.compile(r"https?://[^\s\"<>)]+/a/[^\s\"<>)]+")
LINK = re.compile(r"https?://[^\s\"<>)]+/t/[^\s\"<>)]+")


VARIANT = {"name": "short", "content": {"en": {"subject": "Main Street: closed"}}}
TAKINGS = 4
"""Days until a plan was studied for the last time, with one look a day."""


class Asked(NamedTuple):
    """Which first event of a function is wanted; `method` and `route` are empty for a queue's."""

    label: str
    function: str
    method: str = ""
    route: str = ""


ASKED = (
    Asked("APIHandler", "APIHandler", "GET", "/v1/topics"),
    Asked("APIHandler, campaign", "APIHandler", "POST", "/v1/campaigns"),
    Asked("APIHandler, report", "APIHandler", "GET", "/reports/{token}"),
    Asked("Public", "Public", "GET", "/subscribe"),
    Asked("Track, click", "Track", "GET", "/t/{token}/{n}"),
    Asked("Track, poster", "Track", "GET", "/q/{code}"),
    Asked("Track, unsubscribe", "Track", "POST", "/unsubscribe/{token}"),
    Asked("Alerts, answer", "Alerts", "GET", "/a/{token}"),
    Asked("Alerts, launch", "Alerts", "POST", "/v1/alerts/{alert_id}/break-glass"),
    *(
        Asked(name, name)
        for name in (
            "ExpandUrgent",
            "ExpandService",
            "ExpandBulk",
            "DeliverUrgent",
            "DeliverService",
            "DeliverBulk",
            "Receipts",
            "Events",
            "Settle",
            "Study",
            "Scans",
            "Requests",
            "Inbound",
            "Imports",
            "Counts",
            "Posts",
            "PostsUrgent",
            "Sweep",
            "Tick",
            "Variants",
            "Census",
            "Exports",
            "AlertWatch",
            "AlertSources",
            "Accounts",
            "Sources",
        )
    ),
)


class Taped(World):
    """A world that writes down what it answers, while a tape is in."""

    tape: list[list[Any]] | None = None

    def answer(self, service: str, operation: str, request: Any) -> Answer:
        """The answer, as ever."""
        status, headers, body = super().answer(service, operation, request)
        if self.tape is not None:
            text = body.decode("latin-1") if isinstance(body, bytes) else body.encode().decode("latin-1")
            self.tape.append([f"{service}.{operation}", status, dict(headers), text])
        return status, headers, body


class Recorder(Platform):
    """A platform that keeps, of each event asked for, the first that succeeded, its function as if new."""

    def __init__(self) -> None:
        super().__init__()
        self.world: Taped = Taped(clock=self.world.clock)
        self.cases: dict[str, Case] = {}

    def _invoke(self, function: str, handler: Callable[[Any, Any], Any], event: Any) -> Any:
        asked = _asked(function, event)
        if asked is None or asked.label in self.cases:
            return super()._invoke(function, handler, event)
        handed, now = json.loads(json.dumps(event)), self.clock().isoformat()
        forget_what_was_kept()
        give_clock(self.clock)
        self.world.tape = []
        answer = super()._invoke(function, handler, event)
        tape, self.world.tape = self.world.tape, None
        if _good(answer):
            self.cases[asked.label] = {
                "function": function,
                "handler": self._handler_of(function),
                "event": handed,
                "now": now,
                "tape": tape,
                "environment": self._variables(),
            }
        return answer

    def _handler_of(self, function: str) -> str:
        from app import app

        started = {function_name(one.name): one.handler_string for one in app.event_sources}
        return started.get(function) or str(self.template.property_of(function, "Handler", ""))

    def _variables(self) -> dict[str, str]:
        region = self.template.region
        return {
            **CREDENTIALS,
            **self.template.environment(),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CRIER_BASE_URL": self.base_url,
        }


class InProcess(Client):
    """A client whose requests reach a platform without a socket."""

    def __init__(self, platform: Platform, *, key: str) -> None:
        super().__init__(platform.base_url, key=key)
        self._platform = platform

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """The platform's answer."""
        answer = self._platform.http(method, url, headers, body or b"")
        return HttpAnswer(answer.status, answer.headers, answer.body)


def record() -> dict[str, Case]:
    """Runs the main job once, small; the cases by label. Raises LookupError if one did not come up."""
    with Recorder() as platform:
        http = InProcess(platform, key=first_admin_key())
        create_topics(http)
        for people in (residents()[:FIRST], residents()[:PEOPLE]):
            import_file(http, to_csv(people), wait=lambda _: platform.settle())
        http.api("GET", "/v1/topics")
        _sign_up(http)
        platform.settle()
        launched = draft(http, replace(campaign("bridge-closure"), topics=("roads",)))
        http.api("POST", f"/v1/campaigns/{launched}/launch")
        platform.settle()
        _read(platform, http)
        platform.text_in("+16175550142", "+16175550100", "JOIN roads")
        engine.plan(lane="urgent")
        platform.settle()
        _count(platform, http)
        _start_later(platform, http)
        _alert(platform, http)
        for schedule in ("sweep", "tick", "alert_watch", "alert_sources", "accounts", "sources"):
            platform.fire(schedule)
        _learn(platform, http)
        missing = {one.label for one in ASKED} - set(platform.cases)
        if missing:
            raise LookupError(f"the scenario did not reach {sorted(missing)}")
        return platform.cases


def _sign_up(http: Client) -> None:
    found = re.search(r'name="wording" value="([^"]+)"', http.page("GET", "/subscribe"))
    assert found is not None, "the sign-up form names its wording"
    form = [("topic", "roads"), ("email", "bench@mail.example"), ("language", "en"), ("wording", found[1])]
    http.page("POST", "/subscribe", form)


def _count(platform: Platform, http: Client) -> None:
    """An audience that is too large to be counted at once."""
    with patch.object(counts, "AT_ONCE", 0):
        http.api("POST", "/v1/audiences/count", {"audience": {"topic": "roads"}})
        platform.settle()


def _alert(platform: Platform, http: Client) -> None:
    """An account posts a campaign, and an alert that one person launches; somebody looks at how to answer."""
    topic = {"arn": f"arn:aws:sns:{platform.template.region}:123456789012:announce-signs"}
    account = {"id": "signs", "department": "works", "platform": "sns_topic", "label": "Signs"}
    http.api("POST", "/v1/accounts", {**account, "settings": topic})
    words = {"en": {"subject": "Main Street", "body": "It closes.", "post": "Main Street closes"}}
    said = {"name": "Main Street", "department": "works", "content": words, "accounts": ["signs"]}
    posted = http.api("POST", "/v1/campaigns", {**said, "audience": {"topic": "roads"}})["id"]
    http.api("POST", f"/v1/campaigns/{posted}/launch")
    body = releasing.body(releasing.spot(), topics=["roads"], without_place=True, accounts=["signs"])
    alert = http.api("POST", "/v1/alerts", body)["id"]
    shown = http.api("POST", f"/v1/alerts/{alert}/preview")
    given = {"event": shown["event"], "digest": shown["preview"]["digest"], "reason": "Nobody answers."}
    http.api("POST", f"/v1/alerts/{alert}/break-glass", given)
    platform.settle()
    texts = (one.text for one in reversed(platform.outbox.letters()))
    found = next(found for text in texts if (found := ANSWER.search(text)))
    http.page("GET", found[0])


def _learn(platform: Platform, http: Client) -> None:
    """A poster is scanned; a campaign searches its words, is studied to its end, exported and reported."""
    poster = {"department": "works", "name": "Bus stop", "url": "https://city.example/works"}
    http.api("PUT", "/v1/departments/works", {"name": "Works", "sites": ["city.example"]})
    code = http.api("POST", "/v1/posters", poster)["code"]
    http.request("GET", f"/q/{code}")
    searching = draft(http, replace(campaign("bridge-closure"), topics=("roads",)))
    path = f"/v1/campaigns/{searching}"
    http.api("PATCH", path, {"version": 1, "variants": [VARIANT], "daylight": False})
    http.api("POST", f"{path}/launch")
    platform.settle()
    platform.clock.advance(2 * 3600)
    platform.fire("variants")
    for _ in range(TAKINGS):
        platform.clock.advance(86_400)
        platform.fire("tick")
        platform.settle()
    for schedule in ("census", "exports"):
        platform.fire(schedule)
    http.page("GET", http.api("POST", f"{path}/report/link", {})["url"])


def _start_later(platform: Platform, http: Client) -> None:
    """A campaign that is due when the schedules fire next."""
    later = draft(http, replace(campaign("bridge-closure"), topics=("roads",)))
    starts_at = (platform.clock() + timedelta(minutes=2)).isoformat()
    http.api("POST", f"/v1/campaigns/{later}/schedule", {"starts_at": starts_at})
    platform.clock.advance(180)


def _read(platform: Platform, http: Client) -> None:
    """One reader clicks, and then unsubscribes as a mail program does."""
    mail = next(one for one in platform.outbox.letters(channel="email") if LINK.search(one.html))
    found = LINK.search(mail.html)
    assert found is not None
    http.request("GET", found[0])
    way_out = mail.headers["List-Unsubscribe"].strip("<>")
    http.request("POST", way_out, form=[("List-Unsubscribe", "One-Click")])


def _asked(function: str, event: Any) -> Asked | None:
    context = event.get("requestContext") if isinstance(event, dict) else None
    method, route = (context["httpMethod"], context["resourcePath"]) if context else ("", "")
    return next((one for one in ASKED if one[1:] == (function, method, route)), None)


def _good(answer: Any) -> bool:
    if isinstance(answer, dict) and "statusCode" in answer:
        return int(answer["statusCode"]) < 400
    return not (answer or {}).get("batchItemFailures")
