"""Sources from end to end: looked at on schedule, each item a campaign once, sent or drafted by rule."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.clock import rfc3339
from infra.aws.faults import crash, time_out
from infra.stand_ins.county import FEED, PAGE, County, Entry, Published
from infra.stand_ins.transport import answers, no_answer, too_many, unreachable
from tests.campaigns.city import City

WORDS = {"en": {"subject": "County: ((title))", "body": "((text))\n\n[Read it](((link))), ((date))"}}


@pytest.fixture
def county(city: City) -> County:
    site = city.platform.web.of(County)
    site.published = Published(entries=[Entry("old", "Old news")], page="<ul><li>Elm Street</li></ul>")
    return site


def source(city: City, *, key: str = "chief", **fields: Any) -> dict[str, Any]:
    """A source that sends, set up by an approver."""
    body = {
        "name": "County",
        "department": "roads",
        "kind": "feed",
        "url": FEED,
        "rule": "send",
        "content": WORDS,
        "audience": {"topic": "roads"},
        **fields,
    }
    answer = city.post("/v1/sources", body, key=key)
    assert answer.status == 201, answer.text
    document: dict[str, Any] = answer.json
    return document


@pytest.fixture(autouse=True)
def chief(city: City) -> None:
    city.hire("chief", roles={"approver"}, departments={"roads"})


def look(city: City, *, minutes: float = 16) -> None:
    """Time passes, and the sources are looked at."""
    city.platform.clock.advance(minutes * 60)
    city.platform.fire("sources")


def campaigns(city: City) -> list[tuple[str, str]]:
    """Names and states, the oldest first."""
    found = city.get("/v1/campaigns").json["items"]
    return [(one["name"], one["status"]) for one in reversed(found)]


def items(city: City, one: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    found = city.get(f"/v1/sources/{one['id']}/items").json["items"]
    return [(item["title"], item["fate"], item["why"]) for item in reversed(found)]


def watch(city: City, one: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = city.get(f"/v1/sources/{one['id']}").json["watch"]
    return answer


def test_news_is_sent_once_and_what_was_there_is_not(city: City, county: County) -> None:
    one = source(city)
    city.resident("Ana", subscribed={"roads": ("email",)})
    look(city, minutes=1)
    assert items(city, one) == [("Old news", "old", None)]
    county.published.entries.insert(
        0, Entry("1", "Elm (closed)", text="<p>See <a href='/elm'>the plan</a></p>")
    )
    for _ in range(3):
        look(city)
        city.platform.fire("tick")
        city.platform.settle()
    assert campaigns(city) == [("County: Elm (closed)", "sent")]
    (mail,) = city.platform.outbox.letters()
    assert mail.subject == "County: Elm (closed)"
    assert "https://news.county.example/" in mail.text or "/t/" in mail.text
    assert "the plan" in mail.text
    assert watch(city, one)["status"] == "ok"


def test_only_what_changed_is_asked_for(city: City, county: County) -> None:
    county.published.entries[0].date = "Sun, 22 Nov 2026 10:00:00 GMT"
    source(city)
    for _ in range(3):
        look(city)
    assert [bool(one.headers.get("If-None-Match")) for one in county.requests] == [False, True, True]


def test_a_source_of_drafts_drafts(city: City, county: County) -> None:
    one = source(city, key="roads", rule="draft")
    look(city)
    county.published.entries.insert(0, Entry("1", "News"))
    look(city)
    city.platform.fire("tick")
    assert campaigns(city) == [("County: News", "draft")]
    assert items(city, one)[1] == ("News", "draft", "rule")


def test_who_may_not_approve_does_not_send(city: City, county: County) -> None:
    one = source(city, key="roads")
    assert one["approved_by"] is None
    look(city)
    county.published.entries.insert(0, Entry("1", "First"))
    look(city)
    assert city.post(f"/v1/sources/{one['id']}/approve", {"version": 1}).status == 403
    assert city.post(f"/v1/sources/{one['id']}/approve", {"version": 1}, key="chief").status == 200
    county.published.entries.insert(0, Entry("2", "Second"))
    look(city)
    assert items(city, one)[1:] == [("First", "draft", "not-approved"), ("Second", "sent", None)]
    changed = city.call("PATCH", f"/v1/sources/{one['id']}", {"version": 2, "most_a_day": 99})
    assert changed.json["approved_by"] is None


def test_where_two_must_agree_the_second_is_another(city: City, county: County) -> None:
    body = {"name": "Roads", "two_person": True}
    assert city.call("PUT", "/v1/departments/roads", body, key="admin").status < 300
    city.hire("second", roles={"approver"}, departments={"roads"})
    one = source(city)
    assert one["approved_by"] is None
    refused = city.post(f"/v1/sources/{one['id']}/approve", {"version": 1}, key="chief")
    assert (refused.status, refused.code) == (403, "second-person")
    path = f"/v1/sources/{one['id']}"
    assert city.post(f"{path}/approve", {"version": 1}, key="second").status == 200
    # What decides nothing may be changed by whoever agreed, too.
    assert city.call("PATCH", path, {"version": 2, "every": 5}, key="second").json["approved_by"]
    look(city)
    county.published.entries.insert(0, Entry("1", "News"))
    look(city)
    city.platform.fire("tick")
    city.platform.settle()
    assert campaigns(city) == [("County: News", "sent")]


def test_a_feed_gone_wild_is_held_as_drafts(city: City, county: County) -> None:
    one = source(city, most_a_day=2)
    look(city)
    county.published.entries = [Entry(f"n{n}", f"News {n}") for n in range(5)]
    look(city)
    fates = [(fate, why) for _, fate, why in items(city, one)[1:]]
    assert fates == [("sent", None)] * 2 + [("draft", "daily-limit")] * 3
    county.published.entries.insert(0, Entry("later", "Later"))
    look(city, minutes=24 * 60)
    assert items(city, one)[-1] == ("Later", "sent", None)


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_between_item_and_campaign_leaves_both_or_none(
    city: City, county: County, done: bool
) -> None:
    one = source(city)
    look(city)
    county.published.entries = [Entry("b", "B"), Entry("a", "A"), *county.published.entries]
    city.platform.faults.add("dynamodb", "TransactWriteItems", crash(done=done), skip=1)
    with pytest.raises(BaseException, match="crash"):
        look(city)
    look(city)
    assert sorted(name for name, _ in campaigns(city)) == ["County: A", "County: B"]
    assert len(items(city, one)) == 3


def test_an_answer_of_the_table_that_is_lost_doubles_nothing(city: City, county: County) -> None:
    source(city)
    look(city)
    county.published.entries.insert(0, Entry("1", "News"))
    city.platform.faults.add("dynamodb", "TransactWriteItems", time_out(done=True))
    for _ in range(2):
        try:
            look(city)
        except Exception:  # noqa: BLE001 - the round fails; the next one does it
            continue
    assert [name for name, _ in campaigns(city)] == ["County: News"]


def test_a_schedule_that_comes_twice_looks_once(city: City, county: County) -> None:
    source(city)
    look(city)
    city.platform.fire("sources")
    assert len(county.requests) == 1


def test_items_are_known_however_their_feed_changes(city: City, county: County) -> None:
    one = source(city)
    look(city)
    day = "Mon, 01 Jun 2099 10:00:00 GMT"
    county.published.entries = [Entry("a", "A", date=day), Entry("b", "B", date=day)]
    look(city)
    county.published.entries.reverse()
    look(city)
    for entry in county.published.entries:  # another system: the links stay, the guids do not
        entry.link, entry.guid = f"https://news.county.example/{entry.guid}", f"new-{entry.guid}"
    look(city)
    county.published.entries[0].text = "<p>Corrected</p>"
    look(city)
    assert sorted(title for title, _, _ in items(city, one)) == ["A", "B", "Old news"]
    assert len(campaigns(city)) == 2
    found = city.get(f"/v1/sources/{one['id']}/items").json["items"]
    assert [bool(item["changed_at"]) for item in found if item["title"] == "B"] == [True]


def test_an_archive_shown_anew_is_no_news(city: City, county: County) -> None:
    one = source(city)
    look(city)
    county.published.entries = [Entry("x", "Ancient", date="Thu, 01 Jan 2015 10:00:00 GMT")]
    look(city)
    assert items(city, one)[-1] == ("Ancient", "draft", "too-old")


def test_what_a_feed_says_is_never_run(city: City, county: County) -> None:
    source(city)
    city.resident("Ana", subscribed={"roads": ("email",)})
    look(city)
    text = "<script>alert(1)</script><p>((first_name)) {{ 7*7 }} <b>*not bold*</b> <img src=x onerror=y></p>"
    county.published.entries.insert(0, Entry("1", "((first_name)) <script>", text=text))
    look(city)
    city.platform.fire("tick")
    city.platform.settle()
    (mail,) = city.platform.outbox.letters()
    assert "( (first_name) )" in mail.subject
    assert "Ana" not in mail.html
    assert "{{ 7*7 }}" in mail.text
    assert "*not bold*" in mail.text
    assert "alert" not in mail.html
    assert "onerror" not in mail.html


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (unreachable(), "cannot be reached"),
        (no_answer(), "did not finish"),
        (answers(500), "answers 500"),
        (answers(200, body="<p>Sorry</p>"), "not a feed"),
    ],
)
def test_a_source_in_trouble_is_left_alone_ever_longer(
    fault: Any, problem: str, city: City, county: County
) -> None:
    one = source(city)
    county.faults.add(fault, times=3)
    for minutes in (16, 16, 31, 61):
        look(city, minutes=minutes)
        if county.faults.left:
            assert problem in watch(city, one)["problem"]
            assert watch(city, one)["status"] == "failing"
    assert len(county.requests) == 4
    assert watch(city, one)["status"] == "ok"


def test_a_server_that_asks_for_time_gets_it(city: City, county: County) -> None:
    source(city)
    county.faults.add(too_many(retry_after_s=3 * 3600))
    for minutes in (16, 60, 60):
        look(city, minutes=minutes)
    assert len(county.requests) == 1
    look(city, minutes=61)
    assert len(county.requests) == 2


def test_a_page_that_changes_is_news_with_what_was_added(city: City, county: County) -> None:
    one = source(city, kind="page", url=PAGE, selector="main")
    look(city)
    assert items(city, one) == []
    for page in (
        "<ul><li>Oak Avenue, till May</li><li>Elm Street</li></ul>",
        "<ul><li>Elm Street</li></ul>",
        "<ul><li>Elm Street</li><li>Oak Avenue, till May</li></ul>",
    ):
        county.published.page = page
        look(city)
        look(city)
    assert items(city, one) == [("Closures", "sent", None)] * 2
    shown = city.get(f"/v1/campaigns/{city.get('/v1/campaigns').json['items'][0]['id']}").json
    assert "Oak Avenue" in shown["content"]["en"]["body"]
    assert "Elm" not in shown["content"]["en"]["body"]
    county.published.page = ""
    look(city)
    assert "finds nothing" in watch(city, one)["problem"]


def test_a_crash_at_a_page_sends_its_change_once(city: City, county: County) -> None:
    one = source(city, kind="page", url=PAGE, selector="main li")
    look(city)
    county.published.page += "<ul><li>Oak</li></ul>"
    city.platform.faults.add("dynamodb", "TransactWriteItems", crash(done=True))
    with pytest.raises(BaseException, match="crash"):
        look(city)
    county.published.page += "<ul><li>Ash</li></ul>"
    look(city)
    bodies = [
        city.get(f"/v1/campaigns/{one['id']}").json["content"]["en"]["body"]
        for one in reversed(city.get("/v1/campaigns").json["items"])
    ]
    assert ["Oak" in body for body in bodies] == [True, False]
    assert ["Ash" in body for body in bodies] == [False, True]
    assert len(items(city, one)) == 2


def test_a_check_says_what_would_come_and_keeps_nothing(city: City, county: County) -> None:
    one = source(city)
    tried = city.post(f"/v1/sources/{one['id']}/check", key="chief").json
    assert [(item["title"], item["new"]) for item in tried["items"]] == [("Old news", True)]
    assert tried["newest"]["en"]["subject"] == "County: Old news"
    assert items(city, one) == []
    county.faults.add(unreachable())
    assert "reached" in city.post(f"/v1/sources/{one['id']}/check", key="chief").json["problem"]


def test_a_source_that_is_paused_or_gone_is_not_looked_at(city: City, county: County) -> None:
    one = source(city)
    path = f"/v1/sources/{one['id']}"
    assert city.call("PATCH", path, {"version": 1, "active": False}, key="chief").status == 200
    look(city)
    assert county.requests == []
    assert watch(city, one)["status"] == "paused"
    assert city.call("PATCH", path, {"version": 1, "active": True}, key="chief").status == 409
    assert city.call("PATCH", path, {"version": 2, "active": True}, key="chief").status == 200
    look(city)
    assert len(county.requests) == 1
    assert city.call("DELETE", path, key="chief").status == 204
    look(city)
    assert len(county.requests) == 1
    assert city.get(path).status == 404


def test_a_source_without_news_for_long_is_silent(city: City, county: County) -> None:
    one = source(city, silent_days=2)
    look(city)
    look(city, minutes=3 * 24 * 60)
    assert watch(city, one)["status"] == "silent"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "http://127.0.0.1/feed"}, "/url"),
        ({"url": "file:///etc/hosts"}, "/url"),
        ({"kind": "page"}, "/selector"),
        ({"kind": "page", "selector": "#[["}, "/selector"),
        ({"selector": "main"}, "/selector"),
        ({"audience": {"topic": "none"}}, "/audience/topic"),
        ({"content": {"en": {"subject": "((titel))", "body": "b"}}}, "/content/en/subject"),
        ({"content": {"en": {"subject": "s"}}}, "/content/en/body"),
        ({"default_language": "xx"}, "/default_language"),
        ({"every": 1}, "/every"),
    ],
)
def test_each_wrong_field_is_named(change: dict[str, Any], pointer: str, city: City) -> None:
    body = {"name": "x", "department": "roads", "kind": "feed", "url": FEED, "content": WORDS}
    answer = city.post("/v1/sources", {**body, "audience": {"topic": "roads"}, **change})
    assert answer.status == 422, answer.text
    assert pointer in answer.pointers
    assert city.get("/v1/sources").json["items"] == []


def test_another_departments_source_is_out_of_reach(city: City, county: County) -> None:
    one = source(city)
    city.hire("stranger", roles={"approver"}, departments={"parks"})
    path = f"/v1/sources/{one['id']}"
    assert city.call("PATCH", path, {"version": 1, "name": "x"}, key="stranger").status == 403
    assert city.call("DELETE", path, key="stranger").status == 403
    assert city.post(f"{path}/check", key="stranger").status == 403
    assert city.post(f"{path}/approve", {"version": 1}, key="stranger").status == 403
    assert county.requests == []


def test_a_day_of_looking(city: City, county: County) -> None:
    """Each quarter of an hour, with trouble between: fourteen pieces of news, each sent once."""
    city.platform.clock.advance(86_400 - datetime.now(UTC).timestamp() % 86_400)
    one = source(city, most_a_day=100)
    county.faults.add(answers(503), skip=20, times=2)
    county.faults.add(no_answer(), skip=40)
    published = 0
    for step in range(24 * 12):
        look(city, minutes=5)
        if step % 20 == 10:
            published += 1
            entry = Entry(f"g{published}", f"News {published}", date=rfc3339(city.platform.clock()))
            county.published.entries = [entry, *county.published.entries][:5]
    look(city, minutes=120)
    told = items(city, one)
    assert [fate for _, fate, _ in told] == ["old"] + ["sent"] * published
    assert len(set(told)) == len(told)
    assert len(county.requests) <= 24 * 4 + 2
    assert county.faults.left == 0
