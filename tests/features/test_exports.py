"""Exports read with the SQL of the docs give the numbers of the reports, and nothing of a person."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chalicelib.campaigns import exports as nightly
from chalicelib.core.wiring import wiring
from chalicelib.delivery.facts import facts
from chalicelib.delivery.studying import HOURS, LAST
from chalicelib.engagement.exports import plan
from tests.features import acting
from tests.features.exporting import export, exports, objects, rows, study, synced
from tests.features.local import LocalDriver

DOCS = Path(__file__).parents[2] / "docs" / "exports.md"
SQL = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
VIEWS, DDL, *QUESTIONS = SQL


def asked(folder: Path, question: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What DuckDB answers to a question of the docs, over the bucket."""
    synced(folder)
    monkeypatch.chdir(folder)
    with duckdb.connect() as database:
        database.execute(VIEWS)
        found = database.execute(question.replace("approx_percentile", "approx_quantile"))
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def campaign(driver: LocalDriver) -> str:
    """A campaign by mail and text in two languages; people opened, followed a link, one came back."""
    roads = acting.topic(driver)
    people = [acting.sign_up(driver, [roads], name="Wilhelmina", language=one) for one in ("en", "en", "es")]
    acting.sign_up_by_text(driver, [roads])
    campaign = acting.send(driver, [roads])
    mails = [acting.last(driver, one) for one in people]
    for mail in mails[:2]:
        driver.ses_event("Delivery", mail)
        pixel, followed = acting.PIXEL.search(mail.html), acting.TRACKED.search(mail.html)
        assert pixel is not None
        assert followed is not None
        for link in (pixel[0], followed[0]):
            driver.request("GET", link)
    driver.ses_event("Bounce", mails[2])
    driver.settle()
    exports(driver, campaign)
    return campaign


def test_the_figures_are_those_of_the_report(
    driver: LocalDriver, campaign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = acting.report(driver, campaign)
    found = {
        one["channel"]: one
        for one in asked(tmp_path, QUESTIONS[0], monkeypatch)
        if one["campaign"] == campaign
    }
    assert found.keys() == {"email", "sms"}
    for told in report["channels"]:
        one = found[told["channel"]]
        for name in ("sent", "failed", "delivered", "bounced"):
            assert one[name] == (told[name] or 0), name
        for name in ("opens", "clicks"):
            split = told["engagement"][name] or {"human": 0, "machine": 0}
            assert [one[f"{name}_human"], one[f"{name}_machine"]] == [split["human"], split["machine"]]
        for name in ("opened", "clicked"):
            split = told["engagement"][name] or {"raw": 0, "human": 0, "machine": 0}
            assert {by: one[f"{name}_{by}"] for by in split} == split
    assert (found["email"]["sent"], found["email"]["delivered"], found["email"]["bounced"]) == (3, 3, 1)
    assert found["email"]["opened_raw"] == found["email"]["clicked_raw"] == 2
    messages = [one for one in rows(campaign) if one["row"] == "message"]
    assert sum(one["opened"] for one in messages) == 2, "who gave leave is told by message"


def test_links_lead_where_the_report_says_and_topics_are_summed(
    driver: LocalDriver, campaign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = acting.report(driver, campaign)
    links = [one for one in asked(tmp_path, QUESTIONS[2], monkeypatch) if one["campaign"] == campaign]
    told = [one for one in report["links"] if one["events"]["raw"]]
    assert [(one["link"], one["url"], one["people"], one["clicks"]) for one in links] == [
        (one["number"], one["url"], one["people"]["human"], one["events"]["human"]) for one in told
    ]
    assert told
    topic = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["audience"]["any"][0]["topic"]
    by_topic = {one["topic"]: one for one in asked(tmp_path, QUESTIONS[5], monkeypatch)}
    assert by_topic[topic] == {
        "topic": topic,
        "name": "Road works",
        "delivered": 3,
        "clicked_human": report["clicked"],
    }


def test_every_question_of_the_docs_is_answered(
    campaign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for question in QUESTIONS:
        asked(tmp_path, question, monkeypatch)
    for kind in ("deliveries", "reach"):
        columns = set(rows(campaign, kind)[0])
        for sql in (VIEWS, DDL):
            assert columns <= set(re.findall(r"[\"`]?(\w+)[\"`]?:? ", sql)), (
                "the docs' columns are not those of the rows"
            )


def test_nothing_of_a_person_is_in_it(driver: LocalDriver, campaign: str) -> None:
    everything = json.dumps(rows(campaign)) + str([one for one in objects() if campaign in one])
    topic = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["audience"]["any"][0]["topic"]
    people = acting.api(driver, "GET", f"/v1/subscribers?topic={topic}")["items"]
    assert len(people) == 4
    for one in people:
        assert one["id"] not in everything
    assert "Wilhelmina" not in everything
    assert "@" not in everything
    assert "+1617" not in everything


def test_what_did_not_change_is_not_written_again_and_what_did_is_replaced(
    driver: LocalDriver, campaign: str
) -> None:
    before = {key: body for key, body in objects().items() if campaign in key}
    assert len(before) == plan.PARTS + 1 + 5  # messages, the rest; campaign, links, reach, manifest, work
    export(driver)
    assert {key: body for key, body in objects().items() if campaign in key} == before
    mail = next(one for one in driver.outbox() if one.channel == "email" and one.subject.startswith("Cierra"))
    driver.ses_event("Complaint", mail)
    driver.settle()
    export(driver)
    after = {key: body for key, body in objects().items() if campaign in key}
    assert after.keys() == before.keys()
    assert sum(one["complained"] for one in rows(campaign)) == 1
    manifest = json.loads(after[f"manifests/{campaign}.json"])
    assert {one["key"] for one in manifest["objects"]} | {
        f"manifests/{campaign}.json",
        f"work/{campaign}.json",
    } == after.keys()
    assert sum(one["rows"] for one in manifest["objects"] if one["key"].startswith("deliveries/")) == len(
        rows(campaign)
    )


def test_a_run_without_time_is_taken_up_where_it_stopped(
    driver: LocalDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = acting.topic(driver)
    for _ in range(3):
        acting.sign_up(driver, [roads])
    campaign = acting.send(driver, [roads])
    study(driver, campaign, range(len(HOURS)))
    looks = iter([*[nightly.LEAST_S] * 4, 0, *[0] * 1000])
    nightly.export(left=lambda: next(looks), wiring=wiring())
    assert f"manifests/{campaign}.json" not in objects()
    done = json.loads(objects()[f"work/{campaign}.json"])["written"]
    assert len(done) == 3
    read = _reads(monkeypatch)
    export(driver)
    assert f"manifests/{campaign}.json" in objects()
    assert len(read) == 64 - 3 * 8
    assert sum(one["sent"] for one in rows(campaign)) == 3


def _reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The shards that are read from now on."""
    read = list[int]()

    def noted(plan_id: str, shard: int, **more: Any) -> Any:
        read.append(shard)
        return facts(plan_id, shard, **more)

    monkeypatch.setattr(plan, "facts", noted)
    return read


def test_districts_are_told_as_the_report_tells_them(
    driver: LocalDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads, old_town = acting.topic(driver), acting.area(driver)
    homes = {"near": (11, 42.36), "far": (12, 42.46)}
    for people, latitude in homes.values():
        for _ in range(people):
            home = {"latitude": latitude, "longitude": -71.06}
            body: dict[str, Any] = {"email": acting.email(), "places": {"home": home}, "opt_in": "recorded"}
            body |= {"topics": [{"topic": roads}], "consent": {"source": "paper form", "wording": "Yes."}}
            acting.api(driver, "POST", "/v1/subscribers", body)
    campaign = acting.send(driver, [roads])
    exports(driver, campaign)
    acting.api(driver, "DELETE", f"/v1/areas/{old_town}")
    told = [one for one in asked(tmp_path, QUESTIONS[3], monkeypatch) if one["campaign"] == campaign]
    assert [(one["name"], one["people"]) for one in told] == [("Old Town", 11), (None, 12)]
    report = acting.report(driver, campaign)["reach"]["rows"]
    written = rows(campaign, "reach")
    names = set(report[0]) & set(written[0]) - {"name"}
    assert [{name: one[name] for name in names} for one in written] == [
        {name: one[name] for name in names} for one in report
    ]


def test_one_is_exported_when_it_was_studied_for_the_last_time_however_late_and_a_test_never(
    driver: LocalDriver,
) -> None:
    late = acting.send(driver, [acting.topic(driver)])
    key, _, _ = acting.staff_key(driver, mode="test")
    test = acting.send(driver, [acting.topic(driver)], key=key)
    study(driver, late, range(LAST))
    driver.pass_time(100 * 3600)
    export(driver)
    assert not [one for one in objects() if late in one]
    study(driver, late, [LAST])
    study(driver, test, range(len(HOURS)))
    export(driver)
    assert [one for one in objects() if late in one]
    assert not [one for one in objects() if test in one]
