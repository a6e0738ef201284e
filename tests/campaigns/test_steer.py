"""Pausing, resuming, extending and expiry over HTTP, progress on the way, and the list of deliveries."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery.plan import HALTED, SENDING
from chalicelib.delivery.plans import plans
from tests.campaigns.city import City

ROADS: dict[str, tuple[str, ...]] = {"roads": ("email",)}


def under_way(city: City, *, people: int = 60, **fields: Any) -> str:
    """The path of a campaign of which some is sent and some is not."""
    for number in range(people):
        city.resident(f"p{number}", subscribed=ROADS)
    city.platform.account.max_send_rate = 2
    path = f"/v1/campaigns/{city.draft(channels=['email'], **fields)['id']}"
    assert city.post(f"{path}/launch").status == 202
    for _ in range(2):
        city.platform.drain_once()
    return path


def settle(city: City, *, within_s: float) -> None:
    with suppress(TimeoutError):
        city.platform.settle(skip_s=within_s)


def test_a_pause_holds_and_a_resume_sends_to_exactly_those_left(city: City) -> None:
    path = under_way(city)
    assert city.post(f"{path}/resume").code == "wrong-state"
    paused = city.post(f"{path}/pause").json
    assert (paused["status"], paused["progress"]["per_second"]) == ("paused", None)
    before = len(city.platform.outbox)
    assert city.post(f"{path}/pause").code == "wrong-state"
    settle(city, within_s=1800)
    assert 0 < len(city.platform.outbox) == before < 60
    assert city.post(f"{path}/resume").json["status"] == "sending"
    city.platform.settle()
    assert city.get(path).json["status"] == "sent"
    assert set(Counter(one.to for one in city.platform.outbox.letters()).values()) == {1}
    assert len(city.platform.outbox) == 60
    assert city.post(f"{path}/pause").code == "wrong-state"


def test_what_was_halted_goes_on_with_a_reason_only(city: City) -> None:
    path = under_way(city, people=10)
    plans(city.wiring).move(city.get(path).json["plan_id"], to=HALTED, allowed=(SENDING,), reason="bounces")
    halted = city.get(path).json
    assert (halted["status"], halted["progress"]["reason"]) == ("halted", "bounces")
    assert "do not exist" in halted["progress"]["explanation"]
    report = city.get(f"{path}/report").json
    assert (report["reason"], report["explanation"]) == ("bounces", halted["progress"]["explanation"])
    answer = city.post(f"{path}/resume")
    assert (answer.status, answer.pointers) == (422, ["/reason"])
    resumed = city.post(f"{path}/resume", {"reason": "The list was cleaned."}).json
    assert (resumed["status"], resumed["progress"]["reason"]) == ("sending", "The list was cleaned.")
    assert resumed["progress"]["explanation"] is None
    entries = city.get("/v1/audit", key="admin").json["items"]
    assert [one["reason"] for one in entries if one["reason"]] == ["The list was cleaned."]
    city.platform.settle()
    assert city.get(path).json["status"] == "sent"


def test_late_subscribers_get_it_by_an_extension(city: City) -> None:
    path = under_way(city, people=3)
    assert city.post(f"{path}/extend").code == "wrong-state"
    city.platform.settle()
    late = city.resident("late", subscribed=ROADS)
    answer = city.post(f"{path}/extend")
    assert (answer.status, answer.json["status"]) == (202, "sending")
    assert city.post(f"{path}/extend").code == "wrong-state"
    city.platform.settle()
    done = city.get(path).json
    assert (done["status"], done["progress"]["sent"]) == ("sent", 4)
    assert len(city.platform.outbox.letters(to=late.addresses["email"].address)) == 1
    assert len(city.platform.outbox) == 4


def test_what_could_not_be_launched_any_more_is_not_extended(city: City) -> None:
    path = under_way(city, people=1)
    city.platform.settle()
    rules = {"name": "Roads", "two_person": True}
    city.call("PUT", "/v1/departments/roads", rules, key="admin")
    assert city.post(f"{path}/extend").code == "not-approved"
    city.call("PUT", "/v1/departments/roads", {**rules, "two_person": False}, key="admin")
    city.call("DELETE", "/v1/topics/roads")
    assert city.post(f"{path}/extend").code == "topic-ended"
    assert city.get(path).json["status"] == "sent"


def test_what_expires_on_the_way_is_counted_and_not_extended(city: City) -> None:
    ends = rfc3339(city.wiring.clock() + timedelta(seconds=20))
    path = under_way(city, expires_at=ends)
    city.platform.settle()
    done = city.get(path).json
    progress = done["progress"]
    assert (done["status"], done["expires_at"], progress["waiting"]) == ("sent", ends, 0)
    assert progress["planned"] == 60 == progress["sent"] + progress["expired"]
    assert 0 < progress["sent"] == len(city.platform.outbox)
    assert city.post(f"{path}/extend").code == "too-old"
    listed = every(city, path, limit=100, status="expired")
    assert len(listed) == progress["expired"]
    assert {one["reason"] for one in listed} == {"too-old"}


def test_progress_tells_the_rate_and_when_it_will_be_done(city: City) -> None:
    path = under_way(city, people=200)
    rates = []
    for _ in range(3):
        settle(city, within_s=20)
        city.platform.fire("sweep")
        progress = city.get(path).json["progress"]
        rates.append(progress["per_second"])
        assert progress["expected"] >= progress["planned"]
        assert parse_rfc3339(progress["expected_finish"]) > city.wiring.clock()
    assert all(0.8 <= rate <= 2.5 for rate in rates)
    city.platform.settle()
    done = city.get(path).json["progress"]
    assert (done["per_second"], done["expected_finish"], done["expected"]) == (None, None, 200)


def test_an_unsubscribe_takes_hold_within_the_horizon(city: City) -> None:
    from chalicelib.subscribers import people as subscribers
    from chalicelib.subscribers import unsubscribe

    path = under_way(city)
    before = len(city.platform.outbox)
    for row in city.get("/v1/subscribers?limit=100", key="admin").json["items"]:
        person = subscribers.get(row["id"])
        if not city.platform.outbox.letters(to=person.addresses["email"].address):
            unsubscribe.unsubscribe(
                person.id,
                "email",
                None,
                source="test",
                wording=None,
                now=city.wiring.clock(),
                wiring=city.wiring,
            )
    city.platform.settle()
    done = city.get(path).json
    assert done["status"] == "sent"
    assert len(city.platform.outbox) - before <= 10 * 2, "ten seconds at two a second"
    assert done["progress"]["sent"] == len(city.platform.outbox)


def every(city: City, path: str, *, limit: int, status: str = "") -> list[dict[str, Any]]:
    """The whole list, page by page."""
    found: list[dict[str, Any]] = []
    query = f"?limit={limit}" + (f"&status={status}" if status else "")
    following: str | None = ""
    while following is not None:
        page = city.get(f"{path}/deliveries{query}" + (f"&cursor={following}" if following else "")).json
        assert len(page["items"]) <= limit
        found += page["items"]
        following = page["next"]
    return found


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_the_list_names_everyone_once_and_agrees_with_the_counts(city: City, limit: int) -> None:
    path = under_way(city, people=30)
    city.post(f"{path}/pause")
    midway = every(city, path, limit=limit)
    progress = city.get(path).json["progress"]
    counts = Counter(one["status"] for one in midway)
    assert (counts["sent"], counts["waiting"]) == (progress["sent"], progress["waiting"])
    assert len({one["subscriber_id"] for one in midway}) == len(midway) == progress["planned"]
    city.post(f"{path}/cancel")
    city.platform.settle()
    progress = city.get(path).json["progress"]
    for status in ("sent", "cancelled", "failed"):
        assert len(every(city, path, limit=limit, status=status)) == progress[status]
    assert not any("@" in str(one) for one in every(city, path, limit=100))


def test_the_list_refuses_what_it_did_not_give(city: City) -> None:
    path = f"/v1/campaigns/{city.draft()['id']}"
    assert city.get(f"{path}/deliveries").code == "wrong-state"
    city.resident("Ann", subscribed=ROADS)
    city.post(f"{path}/launch")
    city.platform.settle()
    assert city.get(f"{path}/deliveries?status=odd").status == 422
    for cursor in ("x", "W10", "bnVsbA"):
        assert city.get(f"{path}/deliveries?cursor={cursor}").code == "bad-cursor"


@pytest.mark.parametrize("verb", ["submit", "approve", "reject", "schedule", "pause", "resume", "extend"])
@pytest.mark.parametrize(
    ("key", "status"), [(None, 401), ("viewer", 403), ("water", 403), ("test", 403)], ids=str
)
def test_who_may_not_steer_is_refused(city: City, verb: str, key: str | None, status: int) -> None:
    campaign = city.draft()
    bodies: dict[str, Any] = {
        "approve": {"version": 1},
        "reject": {"reason": "r"},
        "schedule": {"starts_at": "2099-01-01T00:00:00Z"},
    }
    path = f"/v1/campaigns/{campaign['id']}"
    assert city.post(f"{path}/{verb}", bodies.get(verb), key=key).status == status
    assert city.get(path).json == campaign
