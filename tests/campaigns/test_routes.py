"""Campaigns over HTTP: what each route answers, and all that it refuses."""

import json
from typing import Any, NamedTuple

import pytest

from tests.campaigns.city import City

NOBODY = "0" * 32
ROUTES = [
    ("POST", "/v1/campaigns", {"name": "x", "department": "roads"}, "act"),
    ("GET", "/v1/campaigns", None, "read"),
    ("GET", "/v1/campaigns/{id}", None, "read"),
    ("PATCH", "/v1/campaigns/{id}", {"version": 1, "name": "y"}, "act"),
    ("DELETE", "/v1/campaigns/{id}", None, "act"),
    ("POST", "/v1/campaigns/{id}/preview", {"subscriber_id": NOBODY}, "act"),
    ("POST", "/v1/campaigns/{id}/proof", {"staff": [NOBODY]}, "act"),
    ("POST", "/v1/campaigns/{id}/launch", None, "act"),
    ("POST", "/v1/campaigns/{id}/cancel", None, "act"),
    ("GET", "/v1/campaigns/{id}/report", None, "read"),
]
OF_ONE = [route for route in ROUTES if "{id}" in route[1]]
ACTING = [route for route in ROUTES if route[3] == "act"]
Route = tuple[str, str, Any, str]


def name_of(route: Route) -> str:
    return f"{route[0]} {route[1]}"


def nothing_happened(city: City, campaign: dict[str, Any]) -> bool:
    city.platform.settle()
    now = city.get(f"/v1/campaigns/{campaign['id']}").json
    return bool(now == campaign and not city.platform.outbox.letters())


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
@pytest.mark.parametrize("key", [None, "crier_live_x_y", "revoked"])
def test_refuses_without_a_valid_key(city: City, route: Route, key: str | None) -> None:
    campaign = city.draft()
    method, path, body, _ = route
    answer = city.call(method, path.format(id=campaign["id"]), body, key=key)
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize("route", ACTING, ids=name_of)
def test_refuses_the_wrong_role(city: City, route: Route) -> None:
    campaign = city.draft()
    method, path, body, _ = route
    answer = city.call(method, path.format(id=campaign["id"]), body, key="viewer")
    assert (answer.status, answer.code) == (403, "wrong-role")
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize("route", ACTING, ids=name_of)
def test_refuses_the_wrong_department(city: City, route: Route) -> None:
    campaign = city.draft()
    method, path, body, _ = route
    answer = city.call(method, path.format(id=campaign["id"]), body, key="water")
    assert (answer.status, answer.code) == (403, "wrong-department")
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize("key", ["test", "exercise"])
@pytest.mark.parametrize("action", ["PATCH", "DELETE", "launch", "cancel", "proof"])
def test_refuses_a_key_of_another_mode(city: City, key: str, action: str) -> None:
    campaign = city.draft()
    path = f"/v1/campaigns/{campaign['id']}"
    body = {"PATCH": {"version": 1, "name": "y"}, "proof": {"staff": [city.staff["roads"]]}}.get(action)
    method, target = (action, path) if action.isupper() else ("POST", f"{path}/{action}")
    answer = city.call(method, target, body, key=key)
    assert (answer.status, answer.code) == (403, "wrong-mode")
    assert nothing_happened(city, campaign)


def test_refuses_a_live_key_for_what_a_test_key_made(city: City) -> None:
    campaign = city.draft(key="test")
    for action in ("launch", "cancel"):
        answer = city.post(f"/v1/campaigns/{campaign['id']}/{action}")
        assert (answer.status, answer.code) == (403, "wrong-mode")
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize("route", OF_ONE, ids=name_of)
@pytest.mark.parametrize("unknown", [NOBODY, "x", "A" * 32, "%00", "a" * 500])
def test_refuses_an_unknown_id(city: City, route: Route, unknown: str) -> None:
    method, path, body, _ = route
    answer = city.call(method, path.format(id=unknown), body)
    assert (answer.status, answer.code) == (404, "not-found")


class Wrong(NamedTuple):
    name: str
    body: dict[str, Any]
    pointers: list[str]


def words(**fields: Any) -> dict[str, Any]:
    return {"content": {"en": fields}}


WRONG = [
    Wrong("unknown field", {"colour": "red"}, ["/colour"]),
    Wrong("name of the wrong type", {"name": 3}, ["/name"]),
    Wrong("empty name", {"name": ""}, ["/name"]),
    Wrong("long name", {"name": "x" * 201}, ["/name"]),
    Wrong("name with a line break", {"name": "a\r\nb"}, ["/name"]),
    Wrong("department that is no slug", {"department": "Roads!"}, ["/department"]),
    Wrong("unknown channel", {"channels": ["pigeon"]}, ["/channels/0"]),
    Wrong("one channel twice", {"channels": ["sms", "sms"]}, ["/channels"]),
    Wrong("channels of the wrong type", {"channels": "email"}, ["/channels"]),
    Wrong("a ladder of one", {"ladder": [{"channel": "email"}]}, ["/ladder"]),
    Wrong(
        "a ladder over other channels",
        {"ladder": [{"channel": "voice"}, {"channel": "email"}]},
        ["/ladder/0/channel"],
    ),
    Wrong(
        "an impatient ladder",
        {"ladder": [{"channel": "email", "wait_minutes": 4}, {"channel": "sms"}]},
        ["/ladder/0/wait_minutes"],
    ),
    Wrong("language not offered", {"default_language": "tlh"}, ["/default_language"]),
    Wrong("language that is none", {"default_language": "not a language"}, ["/default_language"]),
    Wrong("words in a language not offered", {"content": {"tlh": {"body": "x"}}}, ["/content/tlh"]),
    Wrong(
        "words in what is no language",
        {"content": {"not a language": {"body": "x"}}},
        ["/content/not a language"],
    ),
    Wrong("unknown field of words", words(title="x"), ["/content/en/title"]),
    Wrong("subject of the wrong type", words(subject=["x"]), ["/content/en/subject"]),
    Wrong("long subject", words(subject="x" * 201), ["/content/en/subject"]),
    Wrong("header injection", words(subject="x\r\nBcc: a@b.c"), ["/content/en/subject"]),
    Wrong("long preheader", words(preheader="x" * 201), ["/content/en/preheader"]),
    Wrong("long body", words(body="x" * 100_001), ["/content/en/body"]),
    Wrong(
        "body too large as a mail", words(body="twenty-five letters here.\n\n" * 3_000), ["/content/en/body"]
    ),
    Wrong("long text message", words(sms="x" * 1001), ["/content/en/sms"]),
    Wrong("text message of eight parts", words(sms="水" * 500), ["/content/en/sms"]),
    Wrong("unknown personal field", words(body="Dear ((surname))"), ["/content/en/body"]),
    Wrong("script link", words(body="[x](javascript:alert)"), ["/content/en/body"]),
    Wrong("audience of the wrong type", {"audience": "roads"}, ["/audience"]),
    Wrong("audience of a wrong form", {"audience": {"any": []}}, ["/audience/any"]),
    Wrong("unknown topic", {"audience": {"topic": "nothing"}}, ["/audience/topic"]),
    Wrong("ended topic", {"audience": {"topic": "old"}}, ["/audience/topic"]),
    Wrong(
        "another department's topic", {"audience": {"any": [{"topic": "water"}]}}, ["/audience/any/0/topic"]
    ),
]


@pytest.mark.parametrize("example", WRONG, ids=lambda e: e.name)
def test_names_each_wrong_field_of_a_new_campaign(city: City, example: Wrong) -> None:
    answer = city.post("/v1/campaigns", {"name": "x", "department": "roads", **example.body})
    assert (answer.status, answer.code, answer.pointers) == (422, "invalid-fields", example.pointers)
    assert city.get("/v1/campaigns").json["items"] == []


@pytest.mark.parametrize("example", WRONG, ids=lambda e: e.name)
def test_names_each_wrong_field_of_a_change(city: City, example: Wrong) -> None:
    campaign = city.draft()
    answer = city.call("PATCH", f"/v1/campaigns/{campaign['id']}", {"version": 1, **example.body})
    assert (answer.status, answer.code, answer.pointers) == (422, "invalid-fields", example.pointers)
    assert nothing_happened(city, campaign)


OTHER_WRONG = [
    ("POST", "", {"department": "roads"}, ["/name"]),
    ("POST", "", {"name": "x"}, ["/department"]),
    ("POST", "", [], ["/"]),
    ("PATCH", "/{id}", {"name": "x"}, ["/version"]),
    ("PATCH", "/{id}", {"version": "1"}, ["/version"]),
    ("PATCH", "/{id}", {"version": 0}, ["/version"]),
    ("PATCH", "/{id}", {"version": 1, "name": None}, ["/"]),
    ("POST", "/{id}/preview", {}, ["/subscriber_id"]),
    ("POST", "/{id}/preview", {"subscriber_id": "x"}, ["/subscriber_id"]),
    ("POST", "/{id}/preview", {"subscriber_id": NOBODY}, ["/subscriber_id"]),
    ("POST", "/{id}/preview", {"subscriber_id": NOBODY, "x": 1}, ["/x"]),
    ("POST", "/{id}/proof", {"staff": []}, ["/staff"]),
    ("POST", "/{id}/proof", {"staff": [NOBODY]}, ["/staff/0"]),
    ("POST", "/{id}/proof", {"staff": ["a@b.c"]}, ["/staff/0"]),
    ("POST", "/{id}/proof", {"staff": [NOBODY] * 21}, ["/staff"]),
    ("POST", "/{id}/launch", {"now": True}, ["/"]),
    ("POST", "/{id}/launch?version=x", None, ["version"]),
    ("POST", "/{id}/launch?when=now", None, ["when"]),
    ("POST", "/{id}/cancel", {"why": "x"}, ["/"]),
    ("GET", "?limit=0", None, ["limit"]),
    ("GET", "?limit=101", None, ["limit"]),
    ("GET", "?department=roads", None, ["department"]),
]


@pytest.mark.parametrize(("method", "path", "body", "pointers"), OTHER_WRONG)
def test_names_what_is_wrong(city: City, method: str, path: str, body: Any, pointers: list[str]) -> None:
    campaign = city.draft()
    answer = city.call(method, "/v1/campaigns" + path.format(id=campaign["id"]), body)
    assert (answer.status, answer.pointers) == (422, pointers)
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize(
    "raw", [b"{", b"[1,", b'{"name": "a", "name": "b"}', b"\xff", b'{"name": NaN}', b"nope"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PATCH", "/{id}"), ("POST", "/{id}/preview")])
def test_refuses_broken_json(city: City, method: str, path: str, raw: bytes) -> None:
    campaign = city.draft()
    answer = city.call(method, "/v1/campaigns" + path.format(id=campaign["id"]), raw=raw)
    assert (answer.status, answer.code) == (400, "bad-json")
    assert nothing_happened(city, campaign)


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PATCH", "/{id}"), ("POST", "/{id}/proof")])
def test_refuses_a_body_over_the_limit(city: City, method: str, path: str) -> None:
    campaign = city.draft()
    raw = b'{"name": "' + b"x" * 256_000 + b'"}'
    answer = city.call(method, "/v1/campaigns" + path.format(id=campaign["id"]), raw=raw)
    assert (answer.status, answer.code) == (413, "too-large")
    assert nothing_happened(city, campaign)


def test_refuses_a_cursor_of_another_list(city: City) -> None:
    answer = city.get("/v1/campaigns?cursor=abc")
    assert (answer.status, answer.code) == (400, "bad-cursor")


# -- What works


def test_a_draft_is_made_with_what_was_left_out(city: City) -> None:
    answer = city.post("/v1/campaigns", {"name": " Elm Street ", "department": "roads"})
    assert answer.status == 201
    assert len(answer.json["digest"]) == 64
    assert answer.json | {"id": "", "created_at": "", "updated_at": "", "digest": ""} == {
        "id": "",
        "name": "Elm Street",
        "accounts": [],
        "ladder": [],
        "images": [],
        "event": None,
        "archived": True,
        "daylight": True,
        "send_time": "now",
        "variants": [],
        "window": None,
        "department": "roads",
        "mode": "live",
        "status": "draft",
        "version": 1,
        "channels": ["email"],
        "default_language": "en",
        "languages": [],
        "content": {},
        "audience": None,
        "created_at": "",
        "created_by": city.staff["roads"],
        "updated_at": "",
        "updated_by": city.staff["roads"],
        "digest": "",
        "authors": [city.staff["roads"]],
        "submitted_at": None,
        "submitted_by": None,
        "approved_at": None,
        "approved_by": None,
        "rejection": None,
        "starts_at": None,
        "scheduled_by": None,
        "expires_at": None,
        "launched_at": None,
        "launched_by": None,
        "cancelled_at": None,
        "cancelled_by": None,
        "plan_id": None,
        "correction": None,
        "corrected_by": None,
        "utm_campaign": None,
        "progress": None,
        "warnings": [],
    }
    assert city.get(f"/v1/campaigns/{answer.json['id']}").json == answer.json


def test_a_draft_is_made_with_all_that_was_given(city: City) -> None:
    given: dict[str, Any] = {
        "archived": False,
        "daylight": False,
        "channels": ["push", "voice"],
        "ladder": [
            {"channel": "push", "wait_minutes": 30, "unless": "clicked"},
            {"channel": "voice", "wait_minutes": 60, "unless": "delivered"},
        ],
    }
    campaign = city.draft(**given)
    assert {name: campaign[name] for name in given} == given


def test_words_are_kept_as_they_were_written(city: City) -> None:
    written = {
        "subject": "{{ ''.__class__ }} <b> ((first_name|you))",
        "preheader": "{% x %} & é 水 🚒",
        "body": "{{ 7*7 }}\n\n    <script>alert(1)</script>\n\n\\*",
        "sms": "`{{t}}` \\ “x”",
        "push": "((first_name)) 🚒",
        "voice": "Say {{ this }} & that",
        "post": "#Roads @you {{x}}",
    }
    campaign = city.draft(content={"en": written})
    assert city.get(f"/v1/campaigns/{campaign['id']}").json["content"] == {"en": written}


def test_campaigns_are_listed_the_newest_first(city: City) -> None:
    for name in ("one", "two", "three"):
        city.draft(name=name)
        city.platform.clock.advance(1)
    first = city.get("/v1/campaigns?limit=2", key="viewer").json
    assert [one["name"] for one in first["items"]] == ["three", "two"]
    assert first["items"][0]["languages"] == ["en", "es"]
    assert "content" not in first["items"][0]
    rest = city.get(f"/v1/campaigns?limit=2&cursor={first['next']}").json
    assert [one["name"] for one in rest["items"]] == ["one"]
    assert rest["next"] is None


def test_a_draft_is_changed_in_what_is_given(city: City) -> None:
    campaign = city.draft()
    changes = {"version": 1, "name": "Oak Street", "channels": ["sms"], "content": {"en": {"sms": "x"}}}
    answer = city.call("PATCH", f"/v1/campaigns/{campaign['id']}", changes)
    assert answer.status == 200
    assert answer.json["version"] == 2
    assert answer.json["name"] == "Oak Street"
    assert answer.json["content"]["en"] == {**dict.fromkeys(answer.json["content"]["en"], ""), "sms": "x"}
    assert answer.json["audience"] == campaign["audience"]


def test_null_takes_audience_and_expiry_away(city: City) -> None:
    campaign = city.draft(expires_at="2099-01-01T00:00:00Z")
    path = f"/v1/campaigns/{campaign['id']}"
    assert campaign["expires_at"] == "2099-01-01T00:00:00.000Z"
    cleared = city.call("PATCH", path, {"version": 1, "expires_at": None}).json
    assert (cleared["expires_at"], cleared["audience"]) == (None, campaign["audience"])
    assert cleared["digest"] != campaign["digest"]
    assert city.call("PATCH", path, {"version": 2, "audience": None}).json["audience"] is None
    for field in ("department", "channels", "default_language", "content"):
        assert city.call("PATCH", path, {"version": 3, field: None}).status == 422


def test_a_campaign_as_large_as_it_may_be_is_kept(city: City) -> None:
    content = {language: {"body": "水" * 27_000} for language in ("en", "es", "vi")}
    body = {"name": "Water", "department": "roads", "content": content}
    answer = city.call("POST", "/v1/campaigns", raw=json.dumps(body, ensure_ascii=False).encode())
    assert answer.status == 201, answer.text
    kept = city.get(f"/v1/campaigns/{answer.json['id']}").json["content"]
    assert kept["vi"]["body"] == "水" * 27_000


def test_a_change_of_an_older_version_is_refused(city: City) -> None:
    campaign = city.draft()
    path = f"/v1/campaigns/{campaign['id']}"
    assert city.call("PATCH", path, {"version": 1, "name": "a"}).status == 200
    answer = city.call("PATCH", path, {"version": 1, "name": "b"})
    assert (answer.status, answer.code) == (409, "changed-meanwhile")
    assert city.get(path).json["name"] == "a"


def test_a_draft_cannot_be_given_to_a_department_not_ones_own(city: City) -> None:
    campaign = city.draft()
    answer = city.call("PATCH", f"/v1/campaigns/{campaign['id']}", {"version": 1, "department": "water"})
    assert (answer.status, answer.code) == (403, "wrong-department")
    assert nothing_happened(city, campaign)


def test_a_draft_is_deleted(city: City) -> None:
    campaign = city.draft()
    assert city.call("DELETE", f"/v1/campaigns/{campaign['id']}").status == 204
    assert city.get(f"/v1/campaigns/{campaign['id']}").status == 404


def test_only_a_draft_is_changed_or_deleted(city: City) -> None:
    campaign = city.draft()
    path = f"/v1/campaigns/{campaign['id']}"
    city.post(f"{path}/cancel")
    for method, body in (("PATCH", {"version": 2, "name": "x"}), ("DELETE", None)):
        answer = city.call(method, path, body)
        assert (answer.status, answer.code) == (409, "wrong-state")
    assert city.get(path).json["name"] == "Elm Street"


def test_a_draft_has_no_report(city: City) -> None:
    answer = city.get(f"/v1/campaigns/{city.draft()['id']}/report")
    assert (answer.status, answer.code) == (409, "wrong-state")
