"""The room over HTTP: topics, subscribers, imports, suppressions; and who may not."""

from typing import Any

import pytest

from chalicelib.core.staff import Mode, Role
from infra.platform.platform import Platform
from tests.channels.test_push_address import BROWSER
from tests.subscribers.api.conftest import Hire, Staff

TOPIC = {"id": "roads", "name": {"en": "Roads"}, "department": "works", "category": "Travel"}
NUMBER = "+16175550123"
ANA: dict[str, Any] = {
    "email": "Ana@city.example",
    "phone": "617 555 0123",
    "name": "Ana",
    "topics": [{"topic": "roads", "channels": ["email"]}],
    "consent": {"source": "paper form", "at": "2026-01-31T12:00:00Z"},
    "opt_in": "recorded",
}
WHY = "?reason=asked%20by%20phone"


@pytest.fixture
def works(hire: Hire) -> Staff:
    return hire(Role.COMMUNICATOR, "works")


@pytest.fixture
def roads(works: Staff) -> Staff:
    assert works("POST", "/v1/topics", TOPIC).status == 201
    return works


def add(staff: Staff, **more: Any) -> dict[str, Any]:
    reply = staff("POST", "/v1/subscribers", {**ANA, **more})
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.body["subscriber"]
    return found


class TestTopics:
    def test_a_topic_through_its_life(self, roads: Staff) -> None:
        shown = roads("GET", "/v1/topics/roads").body
        assert shown == {**TOPIC, "description": {}, "status": "open"}
        changed = roads("PATCH", "/v1/topics/roads", {"name": {"en": "Streets", "es": "Calles"}})
        assert changed.body["name"]["es"] == "Calles"
        assert roads("PATCH", "/v1/topics/roads", {"status": "closed"}).body["status"] == "closed"
        assert roads("DELETE", "/v1/topics/roads").status == 204
        assert roads("GET", "/v1/topics").body["items"][0]["status"] == "ended"
        assert roads("PATCH", "/v1/topics/roads", {"status": "open"}).body["code"] == "topic-ended"
        assert roads("POST", "/v1/topics", TOPIC).body["code"] == "topic-exists"

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"id": "Roads!"}, "/id"),
            ({"name": {}}, "/name"),
            ({"name": {"e n": "x"}}, "/name"),
            ({"category": "x" * 201}, "/category"),
            ({"colour": "red"}, "/colour"),
        ],
    )
    def test_wrong_fields(self, works: Staff, wrong: dict[str, Any], pointer: str) -> None:
        reply = works("POST", "/v1/topics", {**TOPIC, **wrong})
        assert reply.status == 422
        assert [error["pointer"] for error in reply.body["errors"]] == [pointer]
        assert works("GET", "/v1/topics").body["items"] == []

    def test_other_departments_and_roles_may_not(self, hire: Hire, roads: Staff) -> None:
        for one in (hire(Role.COMMUNICATOR, "finance"), hire(Role.VIEWER, "works")):
            for method, path, body in (
                ("POST", "/v1/topics", {**TOPIC, "id": "other"}),
                ("PATCH", "/v1/topics/roads", {"status": "closed"}),
                ("DELETE", "/v1/topics/roads", None),
            ):
                assert one(method, path, body).status == 403
        assert roads("GET", "/v1/topics/roads").body["status"] == "open"


class TestSubscribers:
    def test_a_recorded_consent_makes_the_person(self, roads: Staff) -> None:
        one = add(roads)
        assert one["addresses"]["email"]["address"] == "Ana@city.example"
        assert one["topics"]["roads"] == {
            "channels": ["email"],
            "cadence": "immediate",
            "source": "paper form",
            "since": "2026-01-31T12:00:00.000Z",
        }
        assert roads("GET", f"/v1/subscribers/{one['id']}").body == one
        found = roads("POST", "/v1/subscribers/lookup", {"channel": "sms", "address": "(617) 555 0123"})
        assert found.body == one
        nobody = roads("POST", "/v1/subscribers/lookup", {"channel": "email", "address": "x@y.example"})
        assert nobody.status == 404

    def test_a_person_may_be_reached_on_every_channel(self, roads: Staff) -> None:
        one = add(roads, push=BROWSER, voice=ANA["phone"], topics=[{"topic": "roads"}])
        held = {channel: held["address"] for channel, held in one["addresses"].items()}
        assert held == {"push": BROWSER, "email": "Ana@city.example", "sms": NUMBER, "voice": NUMBER}
        assert one["topics"]["roads"]["channels"] == ["push", "email", "sms", "voice"]
        for channel, address in held.items():
            found = roads("POST", "/v1/subscribers/lookup", {"channel": channel, "address": address})
            assert found.body == one
        [row] = roads("GET", "/v1/subscribers").body["items"]
        assert (row["push"], row["voice"]) == (BROWSER, NUMBER)
        manual = {"channel": "push", "address": BROWSER, "reason": "stolen"}
        assert roads("POST", "/v1/suppressions", manual).status == 201
        path = f"/v1/subscribers/{one['id']}"
        assert roads("GET", path).body["blocks"] == {"push:*": "manual"}
        less = roads("PATCH", path, {"voice": None, "push": None}).body
        assert less["addresses"].keys() == {"email", "sms"}
        assert less["topics"]["roads"]["channels"] == ["email", "sms"]
        assert less["blocks"] == {}

    def test_a_double_opt_in_waits_for_the_person(self, platform: Platform, roads: Staff) -> None:
        consent = {"source": "market stall", "wording": "I want road news."}
        reply = roads("POST", "/v1/subscribers", {**ANA, "opt_in": "double", "consent": consent})
        assert reply.body == {"state": "pending", "subscriber": None}
        assert roads("GET", "/v1/subscribers").body["items"] == []

    @pytest.mark.parametrize(
        ("wrong", "pointers"),
        [
            ({"email": None, "phone": None}, ["/email"]),
            ({"email": "nonsense"}, ["/email"]),
            ({"push": "https://10.0.0.1/push#a.b"}, ["/push"]),
            ({"voice": "911"}, ["/voice"]),
            ({"opt_in": "double", "voice": "617 555 0123"}, ["/voice"]),
            ({"topics": [{"topic": "parks"}]}, ["/topics/0/topic"]),
            ({"phone": None, "topics": [{"topic": "roads", "channels": ["sms"]}]}, ["/topics/0/channels"]),
            ({"consent": {"source": "x", "at": "2099-01-01T00:00:00Z"}}, ["/consent/at"]),
            ({"consent": {"source": "x", "at": "yesterday"}}, ["/consent/at"]),
            ({"opt_in": "double"}, ["/consent/wording"]),
            ({"opt_in": "double", "topics": [{"topic": "roads", "cadence": "daily"}]}, ["/topics"]),
            ({"topics": [{"topic": "roads", "cadence": "hourly"}]}, ["/topics/0/cadence"]),
            ({"time_zone": "Mars", "language": "?"}, ["/language", "/time_zone"]),
        ],
    )
    def test_wrong_fields(self, roads: Staff, wrong: dict[str, Any], pointers: list[str]) -> None:
        reply = roads("POST", "/v1/subscribers", {**ANA, **wrong})
        assert reply.status == 422
        assert [error["pointer"] for error in reply.body["errors"]] == pointers
        assert roads("GET", "/v1/subscribers").body["items"] == []

    def test_an_address_belongs_to_one(self, roads: Staff) -> None:
        add(roads)
        assert roads("POST", "/v1/subscribers", {**ANA, "phone": None}).body["code"] == "address-taken"

    def test_changes_need_consent_only_for_addresses(self, roads: Staff) -> None:
        path = f"/v1/subscribers/{add(roads)['id']}"
        assert roads("PATCH", path, {"language": "es", "name": "Anna"}).body["language"] == "es"
        without = roads("PATCH", path, {"email": "new@city.example"})
        assert [error["pointer"] for error in without.body["errors"]] == ["/consent"]
        with_it = roads("PATCH", path, {"email": "new@city.example", "consent": {"source": "call"}})
        assert with_it.body["addresses"]["email"]["address"] == "new@city.example"

    def test_wishes_are_replaced_whole(self, roads: Staff) -> None:
        asked = {"paused_until": "2027-01-31", "hours": [9, 17], "digest_hour": 7, "tracking": False}
        one = add(roads, wishes=asked)
        assert one["wishes"] == asked
        path = f"/v1/subscribers/{one['id']}"
        left = roads("PATCH", path, {"wishes": {"hours": [20, 2]}}).body["wishes"]
        assert left == {"paused_until": "", "hours": [20, 2], "digest_hour": None, "tracking": None}
        wrong = {"paused_until": "2027-02-30", "hours": [8, 8], "digest_hour": 24}
        refused = roads("PATCH", path, {"wishes": wrong})
        assert refused.status == 422
        assert {one["pointer"] for one in refused.body["errors"]} == {f"/wishes/{name}" for name in wrong}

    def test_to_be_alerted_at_any_hour_needs_consent_to_begin(self, roads: Staff) -> None:
        one = add(roads)
        path = f"/v1/subscribers/{one['id']}"
        assert roads("PATCH", path, {"life_safety": True}).body["errors"][0]["pointer"] == "/consent"
        given = {"life_safety": True, "consent": {"source": "paper form"}}
        assert roads("PATCH", path, given).body["life_safety"] is True
        assert roads("PATCH", path, {"life_safety": False}).body["life_safety"] is False

    def test_null_takes_an_address_away_but_not_the_last(self, hire: Hire, roads: Staff) -> None:
        both = [{"topic": "roads", "channels": ["email", "sms"]}]
        path = f"/v1/subscribers/{add(roads, topics=both)['id']}"
        other = hire(Role.COMMUNICATOR, "finance")
        assert other("PATCH", path, {"phone": None}).body["code"] == "wrong-department"
        left = roads("PATCH", path, {"phone": None, "name": ""}).body
        assert (list(left["addresses"]), left["name"]) == (["email"], "")
        assert left["topics"]["roads"]["channels"] == ["email"]
        last = roads("PATCH", path, {"email": None})
        assert [error["pointer"] for error in last.body["errors"]] == ["/email"]
        assert roads("GET", path).body == left

    def test_how_often_is_chosen_with_the_topic(self, roads: Staff) -> None:
        one = add(roads, topics=[{"topic": "roads", "cadence": "weekly"}])
        assert one["topics"]["roads"]["cadence"] == "weekly"

    def test_subscriptions_begin_and_end(self, roads: Staff) -> None:
        path = f"/v1/subscribers/{add(roads)['id']}/subscriptions/roads"
        put = roads("PUT", path, {"channels": ["sms"], "consent": {"source": "call"}})
        assert put.body["topics"]["roads"]["channels"] == ["sms"]
        weekly = {"channels": ["sms"], "cadence": "weekly", "consent": {"source": "call"}}
        assert roads("PUT", path, weekly).body["topics"]["roads"]["cadence"] == "weekly"
        assert roads("PUT", path, {**weekly, "cadence": "hourly"}).status == 422
        put = roads("PUT", path, {"channels": ["email", "sms"], "consent": {"source": "call"}})
        assert put.body["topics"]["roads"]["cadence"] == "weekly", "what is not given stays"
        assert roads("DELETE", path).status == 422
        assert roads("DELETE", path + WHY).status == 204
        assert roads("DELETE", path + WHY).status == 204
        assert roads("GET", path.partition("/subscriptions")[0]).body["topics"] == {}

    def test_other_departments_may_not(self, hire: Hire, roads: Staff) -> None:
        one = add(roads)
        other = hire(Role.COMMUNICATOR, "finance")
        path = f"/v1/subscribers/{one['id']}"
        consent = {"source": "call"}
        for method, where, body in (
            ("POST", "/v1/subscribers", {**ANA, "email": "b@city.example", "phone": None}),
            ("PUT", f"{path}/subscriptions/roads", {"channels": ["sms"], "consent": consent}),
            ("DELETE", f"{path}/subscriptions/roads{WHY}", None),
            ("DELETE", path + WHY, None),
        ):
            assert other(method, where, body).body["code"] == "wrong-department"
        assert roads("GET", path).body == one

    def test_a_test_key_changes_nothing(self, hire: Hire, roads: Staff) -> None:
        other = hire(Role.COMMUNICATOR, "works", mode=Mode.TEST)
        assert other("POST", "/v1/subscribers", ANA).body["code"] == "wrong-mode"
        assert (
            other("POST", "/v1/subscribers/lookup", {"channel": "email", "address": "a@b.example"}).status
            == 404
        )

    def test_removal(self, roads: Staff) -> None:
        path = f"/v1/subscribers/{add(roads)['id']}"
        assert roads("DELETE", path + WHY).status == 204
        assert roads("GET", path).status == 404
        assert roads("DELETE", path + WHY).status == 404

    def test_lists_page_by_topic_and_over_everyone(self, roads: Staff) -> None:
        made = {add(roads, email=f"p{n}@city.example", phone=None)["id"] for n in range(5)}
        for query in ("limit=2", "limit=2&topic=roads"):
            found: list[str] = []
            cursor = ""
            while True:
                page = roads("GET", f"/v1/subscribers?{query}{cursor}").body
                found += [one["id"] for one in page["items"]]
                if page["next"] is None:
                    break
                cursor = f"&cursor={page['next']}"
            assert found == sorted(made)
        assert roads("GET", "/v1/subscribers?topic=parks").body == {"items": [], "next": None}
        assert roads("GET", "/v1/subscribers?cursor=x").body["code"] == "bad-cursor"


class TestImports:
    CSV = (
        "email,topics,consent_source\n"
        "ana@city.example,roads,form\n"
        "nonsense,roads,form\n"
        "b@city.example,budget,form\n"
    )

    def test_a_small_file_in_the_body(self, platform: Platform, hire: Hire, roads: Staff) -> None:
        finance = hire(Role.COMMUNICATOR, "finance")
        assert finance("POST", "/v1/topics", {**TOPIC, "id": "budget", "department": "finance"}).status == 201
        begun = roads("POST", "/v1/imports", {"csv": self.CSV})
        assert (begun.status, begun.body["state"], begun.body["upload"]) == (201, "running", None)
        platform.settle()
        report = roads("GET", f"/v1/imports/{begun.body['id']}").body
        assert (report["state"], report["created"], report["refused"]) == ("done", 1, 2)
        assert [(row["line"], row["column"]) for row in report["rows"]] == [(3, "email"), (4, "topics")]
        assert roads("GET", "/v1/imports").body["items"][0]["id"] == begun.body["id"]

    def test_a_dry_run_with_a_mapping(self, platform: Platform, roads: Staff) -> None:
        body = {
            "csv": "TOPIC_CODE,DESTINATION\nOLD_1,ana@city.example\nOLD_2,bo@city.example\n",
            "mapping": {"OLD_1": ["roads"]},
            "dry_run": True,
        }
        begun = roads("POST", "/v1/imports", body).body
        platform.settle()
        report = roads("GET", f"/v1/imports/{begun['id']}").body
        assert (report["format"], report["dry_run"], report["share"]) == ("govdelivery", True, 1.0)
        assert (report["created"], report["refused"], report["expected_at"]) == (1, 1, None)
        assert list(report["reasons"].values()) == [1]
        assert roads("GET", "/v1/subscribers").body["items"] == []

    def test_a_mapping_to_topics_of_others_is_refused_by_name(self, roads: Staff) -> None:
        body = {"mapping": {"a/b": ["roads", "parks"]}, "topics": ["nowhere"]}
        answer = roads("POST", "/v1/imports", body)
        assert answer.status == 422
        assert [one["pointer"] for one in answer.body["errors"]] == ["/topics/0", "/mapping/a~1b/1"]

    def test_a_large_file_by_upload(self, platform: Platform, roads: Staff) -> None:
        begun = roads("POST", "/v1/imports", {}).body
        start = f"/v1/imports/{begun['id']}/start"
        assert begun["state"] == "awaiting-upload"
        assert roads("POST", start).body["code"] == "no-upload"
        upload = begun["upload"]
        put = platform.http("PUT", upload["url"], {"Content-Type": upload["content_type"]}, self.CSV.encode())
        assert put.status == 200
        assert roads("POST", start).status == 200
        platform.settle()
        assert roads("GET", f"/v1/imports/{begun['id']}").body["created"] == 1
        assert roads("POST", start).body["code"] == "import-over"

    def test_nobody_else(self, hire: Hire, roads: Staff) -> None:
        assert hire(Role.VIEWER, "works")("POST", "/v1/imports", {"csv": self.CSV}).status == 403
        assert roads("GET", f"/v1/imports/{'0' * 32}").status == 404
        assert roads("GET", f"/v1/imports/{'0' * 32}?cursor=x").status in {400, 404}


class TestSuppressions:
    def test_by_hand_and_lifted(self, hire: Hire, roads: Staff) -> None:
        one = add(roads)
        made = roads(
            "POST",
            "/v1/suppressions",
            {"channel": "email", "address": "ANA@city.example", "reason": "asked at the desk"},
        )
        assert made.status == 201
        assert made.body["causes"][0]["reason"] == "manual"
        assert roads("GET", f"/v1/subscribers/{one['id']}").body["blocks"] == {"email:*": "manual"}
        assert roads("GET", "/v1/suppressions").body["items"] == [made.body]
        path = f"/v1/suppressions/{made.body['id']}"
        assert roads("DELETE", path + WHY).status == 403
        approver = hire(Role.APPROVER)
        assert approver("DELETE", path).status == 422
        assert approver("DELETE", path + WHY).status == 204
        assert approver("DELETE", path + WHY).status == 404
        assert roads("GET", f"/v1/subscribers/{one['id']}").body["blocks"] == {}
