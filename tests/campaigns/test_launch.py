"""Launching: each subscriber of the audience gets one message per chosen channel, once, in their language."""

import re
from typing import Any

import pytest

from chalicelib.campaigns import tables
from chalicelib.delivery import launch as engine
from tests.campaigns.city import WORDS, City

BOTH = ("email", "sms")


def launched(
    city: City, campaign: dict[str, Any], *, key: str = "roads", settle: bool = True
) -> dict[str, Any]:
    answer = city.post(f"/v1/campaigns/{campaign['id']}/launch", key=key)
    assert answer.status == 202, answer.text
    if settle:
        city.platform.settle()
    found: dict[str, Any] = city.get(f"/v1/campaigns/{campaign['id']}").json
    return found


def test_everyone_gets_it_once_per_channel_in_their_language(city: City) -> None:
    ann = city.resident("Ann", subscribed={"roads": BOTH, "bridges": ("email",)})
    eva = city.resident("Eva", language="es-MX", subscribed={"bridges": BOTH})
    bob = city.resident("Bob", subscribed={"roads": ("sms",)})
    zoe = city.resident("Zoe", subscribed={"water": BOTH})
    campaign = city.draft(audience={"any": [{"topic": "roads"}, {"topic": "bridges"}]})
    done = launched(city, campaign)
    outbox = city.platform.outbox
    mails = {letter.to: letter for letter in outbox.letters(channel="email")}
    texts = [letter.to for letter in outbox.letters(channel="sms")]
    assert sorted(mails) == sorted(p.addresses["email"].address for p in (ann, eva))
    assert sorted(texts) == sorted(p.addresses["sms"].address for p in (ann, eva, bob))
    mail = mails[ann.addresses["email"].address]
    assert mail.subject == "Elm Street closes, Ann"
    assert "subscribed to: Road closures and Bridges." in mail.text
    assert re.search(r"the plan <http\S+/t/[\w-]+/0>", mail.text)
    assert mails[eva.addresses["email"].address].subject == "Elm Street cierra"
    assert not outbox.letters(to=zoe.addresses["email"].address)
    assert done["status"] == "sent"
    assert (done["progress"]["planned"], done["progress"]["sent"], done["progress"]["waiting"]) == (5, 5, 0)
    assert done["launched_by"] == city.staff["roads"]


def test_those_excluded_and_those_blocked_get_nothing(city: City) -> None:
    city.resident("Pat", subscribed={"roads": BOTH, "list:press": BOTH})
    city.resident("Sam", subscribed={"roads": BOTH}, blocks=("email:*", "sms:newsletter"))
    done = launched(city, city.draft(audience={"except": [{"topic": "roads"}, {"list": "press"}]}))
    assert city.platform.outbox.letters() == []
    assert done["status"] == "sent"
    assert done["progress"]["planned"] == 0
    assert done["progress"]["skipped"] == {"do_not_contact": 1}


def test_mail_carries_the_list_and_the_agency(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    launched(city, city.draft())
    headers = city.platform.outbox.letters()[0].headers
    assert headers["List-Id"] == "<roads.city.example>"
    assert "/unsubscribe/" in headers["List-Unsubscribe"]


def test_links_are_numbered_over_all_renditions(city: City) -> None:
    ann = city.resident("Ann", subscribed={"roads": BOTH})
    es = {"subject": "s", "body": "[a](https://city.example/es)", "sms": ""}
    done = launched(city, city.draft(content={"en": WORDS["en"], "es": es}))
    urls = [link["url"] for link in city.get(f"/v1/campaigns/{done['id']}/report").json["links"]]
    assert urls == ["https://city.example/elm", "https://city.example/es"]
    text = city.platform.outbox.letters(to=ann.addresses["sms"].address)[0].text
    assert re.fullmatch(r"Elm Street closes Monday: http\S+/t/[\w-]{18}/0", text)


def test_staff_text_and_names_arrive_as_written(city: City) -> None:
    ann = city.resident("<b>{{t}} & Ann", subscribed={"roads": BOTH})
    text = "{{ ''.__class__ }} {% x %} \\ ((first_name))"
    launched(city, city.draft(content={"en": {"subject": text, "body": f"A {text}", "sms": text}}))
    expected = "{{ ''.__class__ }} {% x %} \\ <b>{{t}} & Ann"
    mail = city.platform.outbox.letters(to=ann.addresses["email"].address)[0]
    assert mail.subject == expected
    assert f"A {expected}" in mail.text
    assert "A {{ ''.__class__ }} {% x %} \\ <bdi>&lt;b&gt;{{t}} &amp; Ann</bdi>" in mail.html
    assert city.platform.outbox.letters(to=ann.addresses["sms"].address)[0].text == expected


def test_a_second_launch_is_refused_and_sends_nothing_more(city: City) -> None:
    city.resident("Ann", subscribed={"roads": BOTH})
    campaign = city.draft()
    launched(city, campaign, settle=False)
    answer = city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert (answer.status, answer.code) == (409, "wrong-state")
    city.platform.settle()
    assert len(city.platform.outbox) == 2
    assert city.post(f"/v1/campaigns/{campaign['id']}/launch").status == 409
    city.platform.settle()
    assert len(city.platform.outbox) == 2


def test_a_launch_that_was_cut_short_is_completed_by_the_next(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.resident("Ann", subscribed={"roads": BOTH})
    campaign = city.draft()

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", crash)
        assert city.post(f"/v1/campaigns/{campaign['id']}/launch").status == 500
    cut = city.get(f"/v1/campaigns/{campaign['id']}").json
    assert (cut["status"], cut["progress"]) == ("sending", None)
    assert city.get(f"/v1/campaigns/{campaign['id']}/report").code == "wrong-state"
    done = launched(city, campaign)
    assert (done["status"], done["progress"]["sent"]) == ("sent", 2)
    assert done["plan_id"] == cut["plan_id"]


def test_a_plan_whose_message_was_lost_goes_on_by_the_sweep(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.resident("Ann", subscribed={"roads": BOTH})
    campaign = city.draft()

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(type(city.wiring.queues), "send", crash)
        patched.setattr(type(city.wiring.queues), "send_all", crash)
        assert city.post(f"/v1/campaigns/{campaign['id']}/launch").status == 500
    for _ in range(5):
        city.platform.clock.advance(120)
        city.platform.fire("sweep")
        city.platform.settle()
    assert len(city.platform.outbox) == 2


def test_a_cancel_at_the_same_moment_wins(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.resident("Ann", subscribed={"roads": BOTH})
    campaign = city.draft()
    real = engine.launch

    def overtaken(*args: Any, **kwargs: Any) -> str:
        with monkeypatch.context() as inner:
            inner.setattr(engine, "launch", real)
            assert city.post(f"/v1/campaigns/{campaign['id']}/cancel").status == 200
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", overtaken)
        city.post(f"/v1/campaigns/{campaign['id']}/launch")
    city.platform.settle()
    assert city.platform.outbox.letters() == []
    assert city.get(f"/v1/campaigns/{campaign['id']}").json["status"] == "cancelled"


def test_only_the_version_named_is_launched(city: City) -> None:
    campaign = city.draft()
    path = f"/v1/campaigns/{campaign['id']}"
    city.call("PATCH", path, {"version": 1, "name": "changed"})
    answer = city.post(f"{path}/launch?version=1")
    assert (answer.status, answer.code) == (409, "changed-meanwhile")
    assert city.get(path).json["status"] == "draft"
    assert city.post(f"{path}/launch?version=2").status == 202


def test_an_incomplete_campaign_is_refused_with_all_that_is_missing(city: City) -> None:
    campaign = city.draft(audience=None, content={"en": {"subject": "s"}})
    answer = city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert (answer.status, answer.code) == (422, "invalid-fields")
    assert answer.pointers == ["/audience", "/content/en/sms", "/content/en/body"]
    assert city.get(f"/v1/campaigns/{campaign['id']}").json == campaign


def test_a_topic_that_ended_since_is_refused(city: City) -> None:
    from chalicelib.subscribers import topics

    campaign = city.draft()
    topics.end("roads")
    answer = city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert (answer.status, answer.pointers) == (422, ["/audience/any/0/topic"])
    assert city.get(f"/v1/campaigns/{campaign['id']}").json["status"] == "draft"


def test_a_topic_of_another_department_is_not_reached_through_a_colleague(city: City) -> None:
    city.hire("both", roles={"communicator"}, departments={"roads", "water"})
    campaign = city.draft(key="both", audience={"topic": "water"})
    answer = city.post(f"/v1/campaigns/{campaign['id']}/launch", key="roads")
    assert (answer.status, answer.pointers) == (422, ["/audience/topic"])


def test_a_test_campaign_runs_and_nothing_leaves(city: City) -> None:
    city.resident("Ann", subscribed={"roads": BOTH})
    campaign = city.draft(key="test")
    assert campaign["mode"] == "test"
    done = launched(city, campaign, key="test")
    assert (done["status"], done["progress"]["planned"]) == ("sent", 2)
    assert city.platform.outbox.letters() == []


def test_an_exercise_reaches_the_exercise_list_only(city: City) -> None:
    drill = city.resident("Dee", subscribed={"roads": BOTH, "list:exercise": BOTH})
    city.resident("Ann", subscribed={"roads": BOTH})
    launched(city, city.draft(key="exercise"), key="exercise")
    reached = {letter.to for letter in city.platform.outbox.letters()}
    assert reached == {address.address for address in drill.addresses.values()}


def test_what_is_edited_once_it_was_marked_changes_nothing(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The segment is deleted and the topic renamed between mark and plan, and the first try is cut short."""
    city.resident("Ann", subscribed={"roads": ("email",)})
    city.resident("Eva", language="es", subscribed={"roads": ("email",)})
    made = {"id": "near", "name": "Near", "department": "roads", "rule": {"language": ["en"]}}
    assert city.post("/v1/segments", made).status == 201
    campaign = city.draft(channels=["email"], audience={"all": [{"topic": "roads"}, {"segment": "near"}]})
    path = f"/v1/campaigns/{campaign['id']}"

    def cut_short(*_: Any, **__: Any) -> None:
        assert city.call("DELETE", "/v1/segments/near").status == 204
        assert city.call("PATCH", "/v1/topics/roads", {"name": {"en": "Free money"}}).status == 200
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", cut_short)
        assert city.post(f"{path}/launch").status == 500
    city.platform.clock.advance(120)
    city.platform.fire("tick")
    city.platform.settle()
    (mail,) = city.platform.outbox.letters()
    assert "subscribed to: Road closures." in mail.text
    done = city.get(path).json
    assert (done["status"], done["progress"]["planned"]) == ("sent", 1)
    assert tables.read(campaign["id"]).meaning is None
