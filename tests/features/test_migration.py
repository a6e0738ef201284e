"""Subscribers move over from a former system, with what they consented to; its links lead on."""

from urllib.parse import quote

from tests.features import acting
from tests.features.driver import Driver


def test_an_export_becomes_subscriptions_that_the_next_campaign_reaches(driver: Driver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    both, one, stopped = (acting.email() for _ in range(3))
    acting.sign_up(driver, [parks], to_email=stopped)
    acting.api(
        driver, "POST", "/v1/suppressions", {"channel": "email", "address": stopped, "reason": "asked"}
    )
    rows = [f"OLD_1,{both}", f"OLD_2,{both}", f"OLD_1,{one}", f"OLD_1,{stopped}", "OLD_9,x@city.example"]
    body = {
        "csv": "TOPIC_CODE,DESTINATION\n" + "\n".join(rows),
        "mapping": {"OLD_1": [roads], "OLD_2": [parks]},
        "consent_source": "export of 2026-11-01",
    }
    for dry in (True, False):
        begun = acting.api(driver, "POST", "/v1/imports", {**body, "dry_run": dry})
        driver.settle()
        report = acting.api(driver, "GET", f"/v1/imports/{begun['id']}")
        found = [report[name] for name in ("created", "changed", "unchanged", "suppressed", "refused")]
        assert (report["state"], report["format"], found) == ("done", "govdelivery", [2, 1, 0, 1, 1])
        assert (report["share"], [row["line"] for row in report["rows"]]) == (1.0, [5, 6])
        known = driver.request(
            "POST", "/v1/subscribers/lookup", key=driver.admin_key, json={"channel": "email", "address": one}
        )
        assert known.status == (404 if dry else 200)
    acting.send(driver, [roads])
    for address, mails in ((both, 1), (one, 1), (stopped, 0)):
        assert len([m for m in acting.messages(driver, address) if "Main Street" in m.subject]) == mails
    history = acting.api(driver, "GET", f"/v1/subscribers/{known.json()['id']}/history")
    assert "export of 2026-11-01" in str(history)


def test_opt_outs_of_the_former_system_are_kept(driver: Driver) -> None:
    roads = acting.topic(driver)
    known, unknown = acting.sign_up(driver, [roads]), acting.email()
    endpoint = '{{"ChannelType":"EMAIL","Address":"{}","OptOut":"ALL"}}\n'
    csv = "".join(map(endpoint.format, (known, unknown)))
    begun = acting.api(driver, "POST", "/v1/imports", {"csv": csv})
    driver.settle()
    assert acting.api(driver, "GET", f"/v1/imports/{begun['id']}")["suppressed"] == 2
    acting.send(driver, [roads])
    assert not [m for m in acting.messages(driver, known) if "Main Street" in m.subject]


def test_a_link_of_the_former_system_leads_on(driver: Driver) -> None:
    old = f"/accounts/CITY/subscriber/new?topic_id={acting.slug('old')}"
    assert driver.request("GET", f"/moved?from={quote(old, safe='')}").status == 404
    rows = [{"old": f"https://public.govdelivery.com{old}", "new": "/subscribe"}]
    acting.api(driver, "PUT", "/v1/redirects", {"redirects": rows})
    answer = driver.request("GET", f"/moved?from={quote(old, safe='')}")
    assert (answer.status, answer.headers["location"].endswith("/subscribe")) == (302, True)
