import pytest

from tests.core.conftest import Api


def test_smoke(api: Api) -> None:
    print(api.get("/health"), api.get("/health").body)
    print(api.get("/v1/staff").json)
    d = api.get("/openapi.json")
    print(d.status, len(d.body))
    d = api.get("/docs")
    print(d.status, len(d.body), d.headers)
    open("/tmp/ref.html", "wb").write(d.body)
    a = api.post("/v1/staff", {"name": "Bob", "email": "Bob@city.example", "roles": ["viewer"]})
    print(a, a.json)
    a = api.post("/v1/staff", {"name": "Bob", "email": "bob@city.example", "roles": ["viewer"]})
    print(a, a.json)
    a = api.post("/v1/keys", {"mode": "test", "label": "x"}, idempotency_key="a")
    print(a, a.json)
    a = api.post("/v1/keys", {"mode": "test", "label": "x"}, idempotency_key="a")
    print(a, a.json)
    a = api.call("PATCH", "/v1/staff/" + api.get("/v1/staff").json["items"][1]["id"], {"active": False})
    print(a, a.json)
    print(api.get("/v1/audit").json)
    assert 0
