"""What stands in the archive: what was sent, live, to public topics, unless it was cancelled."""

from typing import Any

import pytest

from chalicelib.campaigns import tables
from chalicelib.campaigns.archive import issues
from chalicelib.core.errors import NotFound
from tests.campaigns.city import WORDS, City

ROADS = {"topic": "roads"}


def sent(city: City, **fields: Any) -> str:
    campaign = city.draft(**fields)
    assert city.post(f"/v1/campaigns/{campaign['id']}/launch").status == 202
    city.platform.settle()
    return str(campaign["id"])


def listed(topic: str | None = None) -> list[str]:
    return [entry.campaign_id for entry in issues.page(topic, limit=10, cursor=None).items]


def test_what_was_sent_is_listed_under_each_topic(city: City) -> None:
    first = sent(city)
    city.platform.clock.advance(60)
    second = sent(city, audience={"any": [ROADS, {"topic": "bridges"}]})
    assert listed() == listed("roads") == [second, first]
    assert listed("bridges") == [second]
    assert [one.campaign_id for one in issues.newest("topic:roads", limit=1)] == [second]


def test_what_is_told_is_in_the_readers_language_and_names_nobody(city: City) -> None:
    found = issues.issue(sent(city))
    assert found.article("es-MX").title == "Elm Street cierra"
    assert found.article("vi").title == "Elm Street closes, neighbor"
    assert "vecino" in found.article("es").html


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"archived": False}, id="not for the archive"),
        pytest.param({"audience": {"list": "press"}}, id="for a list that staff keep"),
    ],
)
def test_what_is_not_public_is_not_there(city: City, fields: dict[str, Any]) -> None:
    campaign_id = sent(city, **fields)
    assert listed() == []
    with pytest.raises(NotFound):
        issues.issue(campaign_id)


def test_a_test_is_not_there(city: City) -> None:
    city.give_key("roads", "trial", mode="test")
    campaign = city.draft(key="trial")
    assert city.post(f"/v1/campaigns/{campaign['id']}/launch", key="trial").status == 202
    assert listed() == []


def test_a_draft_is_not_there(city: City) -> None:
    with pytest.raises(NotFound):
        issues.issue(city.draft()["id"])


def test_cancelling_takes_it_out(city: City) -> None:
    campaign = city.draft()
    city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert listed("roads") == [campaign["id"]]
    assert city.post(f"/v1/campaigns/{campaign['id']}/cancel").status == 200
    assert listed("roads") == listed() == []


def test_a_cancel_during_the_launch_wins(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = city.draft()
    publish = issues.publish

    def cancelled_meanwhile(one: Any) -> None:
        city.post(f"/v1/campaigns/{campaign['id']}/cancel")
        publish(one)

    monkeypatch.setattr(issues, "publish", cancelled_meanwhile)
    city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert listed() == []
    assert tables.read(campaign["id"]).state == "cancelled"


def test_publishing_twice_is_harmless(city: City) -> None:
    campaign_id = sent(city)
    issues.publish(tables.read(campaign_id))
    assert listed() == [campaign_id]


def test_languages_without_words_are_left_out(city: City) -> None:
    found = issues.issue(sent(city, content={**WORDS, "vi": {"subject": ""}}))
    assert sorted(found.content) == ["en", "es"]


def corrected(city: City, campaign_id: str, how: str) -> Any:
    """What stands in the archive of a campaign that was corrected."""
    words = {**WORDS, "en": {**WORDS["en"], "subject": "Oak Street closes", "body": "Not Elm."}}
    made = city.post(f"/v1/campaigns/{campaign_id}/correct", {"how": how, "content": words})
    assert made.status in (200, 201), made.text
    city.platform.clock.advance(60)
    assert city.post(f"/v1/campaigns/{made.json['id']}/launch").status == 202
    city.platform.settle()
    return issues.issue(campaign_id)


def test_a_correction_stands_in_place_of_the_words_and_says_so(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    campaign_id = sent(city)
    found = corrected(city, campaign_id, "replace")
    assert found.article("en").title == "Oak Street closes"
    assert "This message was corrected on" in found.notice("en")
    (entry,) = issues.page("roads", limit=10, cursor=None).items
    assert entry.title("en") == "Corrected: Oak Street closes"
    assert found.changed_at > found.sent_at


def test_an_addition_stands_above_the_words(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    told = corrected(city, sent(city), "add").article("en").html
    assert told.index("Oak Street closes") < told.index("Not Elm.") < told.index("The message as it was sent")


def test_of_a_withdrawn_message_no_words_are_left(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    campaign_id = sent(city)
    found = corrected(city, campaign_id, "withdraw")
    assert (found.content, found.event, found.images) == ({}, None, ())
    assert "Elm" not in found.article("es").html + found.article("es").title
    (entry,) = issues.page("roads", limit=10, cursor=None).items
    assert (entry.titles, entry.title("en")) == ({}, "Message withdrawn")
