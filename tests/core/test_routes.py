import pytest

from chalicelib.core.staff import Actor, Role
from tests.core.calling import Api, member

NEW = {"name": "Bob", "email": "bob@city.example", "roles": ["communicator"], "departments": ["roads"]}


def test_health_needs_no_key(api: Api) -> None:
    answer = api.holding("").get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_a_person_is_added_shown_listed_and_changed(api: Api) -> None:
    made = api.post("/v1/staff", NEW)
    assert made.status == 201
    assert {**NEW, "active": True}.items() <= made.json.items()
    path = f"/v1/staff/{made.json['id']}"
    assert api.get(path).json == made.json
    assert made.json in api.get("/v1/staff").json["items"]
    changed = api.call("PATCH", path, {"departments": ["health", "parks"], "active": False})
    assert changed.json == {**made.json, "departments": ["health", "parks"], "active": False}


def test_lists_page_by_cursor_until_the_end(api: Api) -> None:
    for n in range(4):
        api.post("/v1/staff", {**NEW, "email": f"bob{n}@city.example"})
    seen: list[str] = []
    path = "/v1/staff?limit=2"
    for _ in range(3):
        page = api.get(path).json
        seen += [one["id"] for one in page["items"]]
        path = f"/v1/staff?limit=2&cursor={page['next']}"
    assert page["next"] is None
    assert len(set(seen)) == len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_cursor_of_another_list_is_refused(api: Api) -> None:
    for n in range(2):
        api.post("/v1/staff", {**NEW, "email": f"bob{n}@city.example"})
    cursor = api.get("/v1/audit?limit=1").json["next"]
    assert cursor
    answer = api.get(f"/v1/staff?limit=1&cursor={cursor}")
    assert (answer.status, answer.json["code"]) == (400, "bad-cursor")


def test_a_key_is_made_used_listed_and_revoked(api: Api) -> None:
    person = api.post("/v1/staff", NEW).json["id"]
    made = api.post("/v1/keys", {"staff_id": person, "mode": "live", "label": "laptop"}).json
    bob = api.holding(made.pop("key"))
    assert bob.get("/v1/keys").json["items"][0]["id"] == made["id"]
    assert api.get(f"/v1/keys?staff_id={person}").json["items"][0]["last_used_at"]
    answer = bob.call("DELETE", f"/v1/keys/{made['id']}")
    assert (answer.status, answer.body) == (204, b"")
    assert bob.get("/v1/keys").status == 401


def test_a_repeated_post_is_done_once_and_audited_once(api: Api) -> None:
    first, again = (api.post("/v1/staff", NEW, idempotency_key='"a"') for _ in range(2))
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["idempotency-replayed"] == "true"
    assert api.post("/v1/staff", {**NEW, "name": "Rob"}, idempotency_key='"a"').status == 422
    assert [one["action"] for one in api.get("/v1/audit").json["items"]] == ["POST /v1/staff"]


def test_a_key_is_shown_once_only(api: Api) -> None:
    first, again = (
        api.post("/v1/keys", {"mode": "test", "label": "x"}, idempotency_key="a") for _ in range(2)
    )
    assert (first.status, again.status, again.json["code"]) == (201, 409, "answer-not-kept")


def test_the_audit_tells_who_did_what_and_what_was_refused(api: Api, admin: Actor) -> None:
    path = f"/v1/staff/{'0' * 32}"
    api.call("PATCH", path, {"active": False})
    outcome, entry = api.get("/v1/audit").json["items"]
    assert (entry["staff_id"], entry["key_id"], entry["mode"]) == (admin.staff_id, admin.key_id, "live")
    assert (entry["action"], entry["ids"]) == ("PATCH /v1/staff/{staff_id}", {"staff_id": "0" * 32})
    assert (entry["outcome"], outcome["outcome"], outcome["about"]) == (None, "not-found", entry["id"])


@pytest.mark.parametrize(
    ("method", "path", "needs"),
    [
        ("GET", "/v1/staff", Role.COMMUNICATOR),
        ("POST", "/v1/staff", Role.ADMIN),
        ("GET", f"/v1/staff/{'0' * 32}", Role.COMMUNICATOR),
        ("PATCH", f"/v1/staff/{'0' * 32}", Role.ADMIN),
        ("GET", "/v1/keys", Role.VIEWER),
        ("POST", "/v1/keys", Role.VIEWER),
        ("DELETE", f"/v1/keys/{'0' * 32}", Role.VIEWER),
        ("GET", "/v1/audit", Role.ADMIN),
    ],
)
def test_a_role_too_low_or_a_key_that_is_not_live_changes_nothing(
    api: Api, admin: Actor, method: str, path: str, needs: Role
) -> None:
    ranks = list(Role)
    for role in ranks[: ranks.index(needs)]:
        _, key = member(admin, role.replace("_", ""), roles=[role])
        answer = api.holding(key).call(method, path)
        assert (answer.status, answer.json["code"]) == (403, "wrong-role")
    if method != "GET":
        for mode in ("test", "exercise"):
            _, key = member(admin, mode, roles=[Role.ADMIN], mode=mode)
            answer = api.holding(key).call(method, path)
            assert (answer.status, answer.json["code"]) == (403, "wrong-mode")
    assert len(api.get("/v1/audit").json["items"]) == 0


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": 5}, "/name"),
        ({"email": "nobody"}, "/email"),
        ({"email": f"{'x' * 64}@{'y.' * 100}example"}, "/email"),
        ({"roles": []}, "/roles"),
        ({"roles": ["king"]}, "/roles/0"),
        ({"roles": "admin"}, "/roles"),
        ({"departments": ["No Slug"]}, "/departments/0"),
        ({"departments": [f"d{n}" for n in range(51)]}, "/departments"),
        ({"id": "0" * 32}, "/id"),
    ],
)
def test_wrong_fields_of_a_person_are_named(api: Api, wrong: dict[str, object], pointer: str) -> None:
    answer = api.post("/v1/staff", {**NEW, **wrong})
    assert answer.status == 422
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
    assert len(api.get("/v1/staff").json["items"]) == 1


def test_the_reference_asks_nothing_of_others_and_runs_nothing(api: Api) -> None:
    answer = api.holding("").get("/docs")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    html = answer.body.decode()
    assert "<script" not in html
    assert "http://" not in html.replace("http://localhost:8000", "")
    assert "https://" not in html
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for words in ("/v1/staff/{staff_id}", "Idempotency-Key", "schema-StaffMember", "at most 100"):
        assert words in html
