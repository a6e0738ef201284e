"""Cancelling drafts and sends."""

from tests.campaigns.city import City


def test_a_cancelled_draft_is_never_sent(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{city.draft()['id']}"
    answer = city.post(f"{path}/cancel")
    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    assert answer.json["cancelled_by"] == city.staff["roads"]
    assert city.post(f"{path}/launch").code == "wrong-state"
    city.platform.settle()
    assert city.platform.outbox.letters() == []


def test_a_send_is_stopped_and_what_was_planned_is_counted(city: City) -> None:
    for number in range(60):
        city.resident(f"p{number}", subscribed={"roads": ("email",)})
    city.platform.account.max_send_rate = 2
    path = f"/v1/campaigns/{city.draft(channels=['email'])['id']}"
    assert city.post(f"{path}/launch").status == 202
    city.platform.drain_once()
    assert city.post(f"{path}/cancel").json["status"] == "cancelled"
    city.platform.settle()
    done = city.get(path).json
    progress = done["progress"]
    assert done["status"] == "cancelled"
    assert 0 < progress["sent"] == len(city.platform.outbox) < 60
    assert progress["planned"] == progress["sent"] + progress["cancelled"]
    assert progress["waiting"] == 0
    assert city.get(f"{path}/report").json["status"] == "cancelled"


def test_what_is_over_cannot_be_cancelled(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{city.draft()['id']}"
    city.post(f"{path}/launch")
    city.platform.settle()
    answer = city.post(f"{path}/cancel")
    assert (answer.status, answer.code) == (409, "wrong-state")
    assert city.get(path).json["status"] == "sent"


def test_a_second_cancel_is_refused(city: City) -> None:
    path = f"/v1/campaigns/{city.draft()['id']}"
    assert city.post(f"{path}/cancel").status == 200
    answer = city.post(f"{path}/cancel")
    assert (answer.status, answer.code) == (409, "wrong-state")
