"""Fills a running platform with the city, through its public API only, as an agency that moves in would."""

import time
from collections.abc import Callable
from typing import Any

from infra.city.residents import residents, to_csv
from infra.city.texts import Campaign, campaigns, topics
from infra.client import Client, Refused

IMPORT_TIMEOUT_S = 120
PAUSE_S = 0.2


def seed(base_url: str, key: str, *, say: Callable[[str], object] = print) -> None:
    """Topics, residents, templates of alerts, and campaigns as drafts; what is there already stays as it is.

    Raises Refused, OSError, TimeoutError.
    """
    http = Client(base_url, key=key)
    create_topics(http)
    people = residents()
    import_file(http, to_csv(people))
    known = names_of_campaigns(http)
    for one in campaigns():
        if one.name not in known:
            draft(http, one)
    http.api("POST", "/v1/alerts/templates/standard")
    say(
        f"The city is there: {len(topics())} topics, {len(people):,} residents,"
        f" {len(campaigns())} campaigns as drafts."
    )


def create_topics(http: Client) -> None:
    """Makes the topics that are not there yet. Raises Refused, OSError."""
    for one in topics():
        body = {
            "id": one.id,
            "name": dict(one.name),
            "description": dict(one.description),
            "department": one.department,
            "category": one.category,
        }
        answer = http.request("POST", "/v1/topics", key=http.key, json=body)
        if answer.status != 409:
            answer.good()


def import_file(
    http: Client, content: bytes, *, wait: Callable[[dict[str, Any]], object] = lambda _: time.sleep(PAUSE_S)
) -> dict[str, Any]:
    """Uploads a CSV file and imports it; the import's report once it is over.

    `wait` passes the time between looks, and is told the report so far.
    Raises Refused, OSError, TimeoutError; RuntimeError where the import as a whole failed.
    """
    begun = http.api("POST", "/v1/imports", {})
    where = begun["upload"]
    put = http.request(
        where["method"], where["url"], body=content, headers={"Content-Type": where["content_type"]}
    )
    if put.status != 200:
        raise Refused(f"the upload was refused with {put.status}")
    report: dict[str, Any] = http.api("POST", f"/v1/imports/{begun['id']}/start")
    end = time.monotonic() + IMPORT_TIMEOUT_S
    while time.monotonic() < end:
        wait(report)
        report = http.api("GET", f"/v1/imports/{begun['id']}")
        if report["state"] == "failed":
            raise RuntimeError(f"the import failed: {report['reason']}")
        if report["state"] == "done":
            return report
    raise TimeoutError(f"the import was not over after {IMPORT_TIMEOUT_S} s")


def draft(http: Client, campaign: Campaign) -> str:
    """Drafts a campaign; its id. Raises Refused, OSError."""
    content = {tag: dict(vars(words)) for tag, words in campaign.words.items()}
    department = next(one.department for one in topics() if one.id == campaign.topics[0])
    body = {
        "name": campaign.name,
        "department": department,
        "channels": list(campaign.channels),
        "content": content,
        "audience": {"any": [{"topic": topic} for topic in campaign.topics]},
    }
    return str(http.api("POST", "/v1/campaigns", body)["id"])


def names_of_campaigns(http: Client) -> set[str]:
    """The names of the campaigns that are there, the newest hundred. Raises Refused, OSError."""
    return {one["name"] for one in http.api("GET", "/v1/campaigns?limit=100")["items"]}
