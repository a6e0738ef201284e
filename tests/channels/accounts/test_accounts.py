"""Accounts over HTTP: made, shown without secrets, changed, checked, deleted; and all that is refused."""

import json
from typing import Any

import pytest

from chalicelib.channels.accounts import manage, secrets
from chalicelib.channels.accounts.model import AccountState
from chalicelib.channels.base import Ambiguous
from chalicelib.channels.platforms import registry
from tests.campaigns.city import City
from tests.channels.platforms.square import TOKEN, Square

NEW: dict[str, Any] = {
    "id": "main-square",
    "department": "roads",
    "platform": "towncrier",
    "label": "Main Square",
    "settings": {"square": "Main", "token": TOKEN},
}
ONE = "/v1/accounts/main-square"


def add(city: City, **fields: Any) -> dict[str, Any]:
    answer = city.post("/v1/accounts", {**NEW, **fields})
    assert answer.status == 201, answer.text
    document: dict[str, Any] = answer.json
    return document


def test_an_account_is_made_and_shown_without_its_secret(city: City) -> None:
    made = add(city)
    shown = city.get(ONE, key="viewer")
    assert shown.json == made == city.get("/v1/accounts").json["items"][0]
    assert (made["state"], made["settings"], made["secrets"]) == ("active", {"square": "Main"}, ["token"])
    assert made["languages"] == ["en"]
    assert secrets.read("main-square", wiring=city.wiring) == {"token": TOKEN}
    kept = city.wiring.dynamodb.scan(TableName=city.wiring.settings.table("accounts"))["Items"]
    assert "Main" in str(kept)
    assert TOKEN not in shown.text + str(kept)


def test_an_account_is_shown_when_its_platform_is_there_no_more(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(city)
    monkeypatch.setattr(registry, "names", lambda: ())
    assert city.get("/v1/accounts").json["items"] == [{**made, "secrets": []}]


def test_platforms_say_what_they_need(city: City) -> None:
    found = {one["id"]: one for one in city.get("/v1/platforms", key="viewer").json["items"]}
    assert found["towncrier"]["settings"]["token"] == {
        "meaning": "What lets the crier in.",
        "secret": True,
        "required": True,
        "pattern": "",
    }
    assert (found["towncrier"]["longest"], found["towncrier"]["thread"]) == (60, 3)


WRONG = {
    "an unknown platform": ({"platform": "pigeon"}, ["/platform"]),
    "no token": ({"settings": {"square": "Main"}}, ["/settings/token"]),
    "an empty token": ({"settings": {"square": "Main", "token": " "}}, ["/settings/token"]),
    "an unknown setting": ({"settings": {**NEW["settings"], "a/b": "x"}}, ["/settings/a~1b"]),
    "a language that is not offered": ({"languages": ["en", "fr"]}, ["/languages/1"]),
    "an address that is none": (
        {"platform": "sns_topic", "settings": {"arn": "arn:aws:sns:us-east-1:1:receipts"}},
        ["/settings/arn"],
    ),
    "a language twice": ({"languages": ["en", "en"]}, ["/languages"]),
    "two things": ({"settings": {}}, ["/settings/square", "/settings/token"]),
}


@pytest.mark.parametrize(("fields", "pointers"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_and_nothing_is_kept(
    city: City, fields: dict[str, Any], pointers: list[str]
) -> None:
    refused = city.post("/v1/accounts", {**NEW, **fields})
    assert (refused.status, refused.pointers) == (422, pointers)
    assert city.get("/v1/accounts").json["items"] == []
    assert TOKEN not in refused.text


def test_another_departments_account_is_out_of_reach(city: City) -> None:
    assert city.post("/v1/accounts", NEW, key="water").code == "wrong-department"
    add(city)
    for method, path, body in (
        ("PATCH", ONE, {"label": "Ours"}),
        ("DELETE", ONE, None),
        ("POST", f"{ONE}/check", None),
    ):
        assert city.call(method, path, body, key="water").code == "wrong-department"
        assert city.call(method, path, body, key="viewer").code == "wrong-role"
    assert city.get(ONE).json["label"] == "Main Square"


def test_an_id_is_taken_once_and_serves_again_after_a_deletion(city: City) -> None:
    add(city)
    other = {**NEW, "label": "Other", "settings": {"square": "Other", "token": "other"}}
    assert city.post("/v1/accounts", other).code == "account-exists"
    assert secrets.read("main-square", wiring=city.wiring) == {"token": TOKEN}
    assert city.call("DELETE", ONE).status == 204
    assert city.get(ONE).status == 404
    assert secrets.read("main-square", wiring=city.wiring) == {}
    add(city)


def test_settings_change_one_by_one(city: City) -> None:
    add(city, settings={**NEW["settings"], "motto": "Hear ye"})
    changed = city.call("PATCH", ONE, {"settings": {"square": "Market", "motto": None}}).json
    assert changed["settings"] == {"square": "Market"}
    assert secrets.read("main-square", wiring=city.wiring) == {"token": TOKEN}
    refused = city.call("PATCH", ONE, {"settings": {"square": None, "token": None, "x": "y"}})
    assert refused.pointers == ["/settings/x", "/settings/square", "/settings/token"]
    city.call("PATCH", ONE, {"settings": {"token": "new"}, "languages": ["es", "en"]})
    assert secrets.read("main-square", wiring=city.wiring) == {"token": "new"}
    assert city.get(ONE).json["languages"] == ["es", "en"]


def test_the_former_secret_is_kept_as_the_previous_stage(city: City) -> None:
    add(city)
    city.call("PATCH", ONE, {"settings": {"token": "new"}})
    name = f"{city.wiring.settings.stack}/accounts/main-square"
    previous = city.wiring.secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    assert json.loads(previous["SecretString"]) == {"token": TOKEN}


def test_a_check_tells_as_whom_it_posts(city: City) -> None:
    add(city)
    found = city.post(f"{ONE}/check").json
    assert (found["name"], found["url"]) == ("Old crier", "https://square.example/crier")
    assert (found["state"], found["expires_at"], found["warning"]) == ("active", None, None)
    assert found["checked_at"]


def test_one_that_is_denied_says_why_until_it_has_a_new_secret(city: City, square: Square) -> None:
    add(city)
    square.tokens = {"new"}
    found = city.post(f"{ONE}/check").json
    assert (found["state"], found["reason"]) == ("denied", "bad-token")
    assert "bad-token" in found["warning"]
    mended = city.call("PATCH", ONE, {"settings": {"token": "new"}}).json
    assert (mended["state"], mended["reason"], mended["warning"]) == ("active", None, None)
    square.tokens = set()
    assert city.post(f"{ONE}/check").json["state"] == "denied"
    square.tokens = {"new"}
    assert city.post(f"{ONE}/check").json["state"] == "active"


def test_staff_suspend_an_account_and_let_it_post_again(city: City, square: Square) -> None:
    add(city)
    found = city.call("PATCH", ONE, {"state": "suspended", "reason": "election week"}).json
    assert (found["state"], found["reason"]) == ("suspended", "election week")
    assert city.post(f"{ONE}/check").json["state"] == "suspended"
    assert city.call("PATCH", ONE, {"state": "active"}).json["reason"] is None


def test_a_platform_that_is_silent_changes_nothing(city: City, square: Square) -> None:
    before = add(city)
    square.fails("standing", Ambiguous("time-out"))
    assert city.post(f"{ONE}/check").code == "platform-silent"
    assert city.get(ONE).json == before


def test_a_crash_before_the_secret_is_kept_leaves_one_that_new_settings_mend(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(secrets, "put", dies)
        assert city.post("/v1/accounts", NEW).status == 500
    assert city.get(ONE).json["state"] == "denied"
    city.call("PATCH", ONE, {"settings": {"token": TOKEN}})
    assert city.post(f"{ONE}/check").json["state"] == "active"


def test_marking_what_is_not_active_or_gone_is_harmless(city: City) -> None:
    add(city)
    now = city.wiring.clock()
    manage.mark("main-square", AccountState.SUSPENDED, reason="down", now=now)
    manage.mark("main-square", AccountState.DENIED, reason="later", now=now)
    manage.mark("nobody", AccountState.DENIED, reason="later", now=now)
    assert city.get(ONE).json["reason"] == "down"
