"""The engine on Mastodon and Bluesky: in their words and limits, once, whatever goes wrong at the server."""

from typing import Any

import pytest

from infra.stand_ins.bluesky import APP_PASSWORD, HANDLE, Bluesky
from infra.stand_ins.mastodon import TOKEN, Mastodon
from infra.stand_ins.mastodon_documents import HOST
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Fault, answers, crash, no_answer, too_many, unreachable
from tests.delivery.posts.stage import Stage
from tests.delivery.posts.test_amending import edit, withdraw

LOGINS: dict[str, dict[str, str]] = {
    "mastodon": {"server": f"https://{HOST}", "token": TOKEN},
    "bluesky": {"handle": HANDLE, "app_password": APP_PASSWORD},
}
MAIN = "The water main at Elm Street broke at noon 🚰; boil water until we say that it is safe. "
ENGLISH = MAIN * 5 + "See https://city.example/water?from=post #water"
CHINESE = "榆樹街的水管破裂。請煮水再喝 🚰。 #停水"


@pytest.fixture
def both(stage: Stage) -> Stage:
    for platform, settings in LOGINS.items():
        stage.account(platform, platform=platform, settings=settings, languages=["en", "zh-Hans"])
    return stage


def networks(stage: Stage) -> tuple[Mastodon, Bluesky]:
    web = stage.city.platform.web
    return web.of(Mastodon), web.of(Bluesky)


def threads(shown: list[Shown]) -> dict[str, str]:
    """What is read, by language: threads as one, without numbers."""
    found: dict[str, str] = {}
    for language in dict.fromkeys(one.language for one in shown):
        said = [one.text for one in shown if one.language == language]
        bare = [one.rpartition(" ")[0] for one in said] if len(said) > 1 else said
        found[language] = " ".join(bare)
    return found


def launch(stage: Stage, **posts: str) -> str:
    words: dict[str, Any] = posts or {"en": ENGLISH, "zh-Hans": CHINESE}
    return stage.launch("mastodon", "bluesky", **words)


def test_a_campaign_stands_on_both_in_both_languages(both: Stage) -> None:
    campaign = launch(both)
    mastodon, bluesky = networks(both)
    assert threads(mastodon.shown()) == {"en": ENGLISH, "zh": CHINESE}
    short = ENGLISH.replace("https://city.example/water?from=post", "city.example/water?from=p…")
    assert threads(bluesky.shown()) == {"en": short, "zh-Hans": CHINESE}
    assert (len(mastodon.shown()), len(bluesky.shown())) == (2, 3)
    assert (
        'href="https://city.example/water?from=post"' in bluesky.shown()[-1].html + bluesky.shown()[-2].html
    )
    urls = {one.url for one in mastodon.shown() + bluesky.shown()}
    assert {one["url"] for one in both.posts(campaign)} <= urls
    assert both.states(campaign) == [("posted", None)] * 4


@pytest.mark.parametrize(
    "fault",
    [
        unreachable(),
        no_answer(),
        no_answer(done=True),
        answers(500, done=True),
        too_many(),
        crash(),
        crash(done=True),
    ],
    ids=["unreachable", "lost", "answer lost", "500", "429", "crash before", "crash after"],
)
def test_what_goes_wrong_at_every_second_call_posts_once(both: Stage, fault: Fault) -> None:
    for network in networks(both):
        for skip in range(0, 12, 2):
            network.faults.add(fault, skip=skip, when=lambda request: request.method == "POST")
    campaign = launch(both, en=ENGLISH)
    for _ in range(20):
        if {state for state, _ in both.states(campaign)} == {"posted"}:
            break
        both.later(600)
    mastodon, bluesky = networks(both)
    assert (len(mastodon.shown()), len(bluesky.shown())) == (1, 2)
    assert both.states(campaign) == [("posted", None)] * 2


def test_a_correction_edits_here_and_posts_anew_there(both: Stage) -> None:
    campaign = launch(both, en="Water is off.")
    edit(both, campaign, "Water is on.")
    both.city.platform.settle()
    mastodon, bluesky = networks(both)
    assert [(one.text, bool(one.edited_at)) for one in mastodon.shown()] == [("Water is on.", True)]
    assert [(one.text, one.edited_at) for one in bluesky.shown()] == [("Water is on.", "")]
    withdraw(both, campaign)
    both.city.platform.settle()
    assert mastodon.shown() + bluesky.shown() == []


def test_what_people_do_there_stands_in_the_report(both: Stage) -> None:
    campaign = launch(both, en="Water is off.")
    mastodon, bluesky = networks(both)
    (status,), (record,) = mastodon.statuses.values(), bluesky.records.values()
    both.city.platform.clock.advance(60)
    status.liked_by.add("ada")
    record.shared_by.add("ada")
    bluesky.answered(record.uri, bluesky.ada, "Until when?")
    both.later(1000)
    told: dict[str, Any] = {one["platform"]: one for one in both.posts(campaign)}
    counts = {name: (one["likes"], one["shares"], one["replies"]) for name, one in told.items()}
    assert counts == {"mastodon": (1, 0, 0), "bluesky": (0, 1, 1)}
    assert "Until when?" in both.city.get("/v1/entries").json["items"][0]["text"]


def test_a_token_that_was_revoked_waits_for_another_and_posts_then(both: Stage) -> None:
    mastodon, bluesky = networks(both)
    mastodon.city.token = "another-8c1d"
    campaign = launch(both, en="Water is off.")
    assert mastodon.shown() == []
    assert len(bluesky.shown()) == 1
    account = both.city.get("/v1/accounts/mastodon").json
    assert account["state"] == "denied"
    assert (
        both.city.call("PATCH", "/v1/accounts/mastodon", {"settings": {"token": "another-8c1d"}}).status
        == 200
    )
    both.later(3_700)
    assert [one.text for one in mastodon.shown()] == ["Water is off."]
    assert set(both.states(campaign)) == {("posted", None)}
