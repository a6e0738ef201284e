"""What people do with posts is read back while they are young; answers wait for somebody, each once."""

from collections import Counter

import pytest

from chalicelib.channels.base import Retryable
from chalicelib.channels.platforms.base import Reactions, Reply
from chalicelib.core.clock import rfc3339
from tests.delivery.posts.stage import HOUR_S, LONG, Stage
from tests.delivery.posts.test_amending import withdraw

DAY_S = 24 * HOUR_S


def told(stage: Stage, post: str = "p1", *, likes: int = 3, texts: tuple[str, ...] = ()) -> None:
    at = rfc3339(stage.city.platform.clock())
    answers = tuple(
        Reply(f"r-{text}", "ann@social.example", text, at, "https://s.example/r") for text in texts
    )
    stage.square.reacted[post] = Reactions(likes, 2, len(texts), answers)


def asked(stage: Stage) -> int:
    return Counter(call for call, _ in stage.square.asked)["reactions"]


def test_totals_stand_in_the_report(stage: Stage) -> None:
    campaign = stage.launch(en=LONG)
    told(stage, "p1")
    told(stage, "p3", likes=4)
    stage.later(1000)
    (found,) = stage.posts(campaign)
    assert (found["likes"], found["shares"], found["replies"]) == (7, 4, 0)
    assert found["read_at"]


def test_answers_wait_for_somebody_once(stage: Stage) -> None:
    stage.launch()
    told(stage, texts=("Which way round?", "Thanks"))
    for _ in range(3):
        stage.later(1000)
    found = stage.city.get("/v1/entries").json["items"]
    assert sorted(one["text"].split("\n")[0] for one in found) == ["Thanks", "Which way round?"]
    first = found[0]
    assert (first["channel"], first["subscriber_id"]) == ("towncrier", None)
    assert stage.city.post(f"/v1/entries/{first['id']}/close", {"note": "Answered there."}).status == 200


def test_it_is_asked_often_while_young_then_hourly_then_daily_then_never(stage: Stage) -> None:
    stage.launch()
    counts = []
    for seconds, step_s in ((6 * HOUR_S, 900), (DAY_S, HOUR_S), (10 * DAY_S, DAY_S), (30 * DAY_S, DAY_S)):
        before = asked(stage)
        for _ in range(seconds // step_s):
            stage.city.platform.clock.advance(step_s)
            stage.city.platform.fire("sweep")
            stage.city.platform.drain_once()
        counts.append(asked(stage) - before)
    assert counts[0] in range(20, 25)
    assert counts[1] in range(20, 26)
    assert counts[2] in range(8, 14)
    assert counts[3] < 25


def test_the_posts_of_an_account_are_asked_about_together(stage: Stage) -> None:
    for _ in range(3):
        stage.launch()
    stage.later(1000)
    assert asked(stage) == 1


def test_a_silent_platform_is_asked_again_and_nothing_is_lost(stage: Stage) -> None:
    campaign = stage.launch()
    told(stage, texts=("Thanks",))
    stage.square.fails("reactions", Retryable("503"))
    stage.later(1000)
    assert stage.posts(campaign)[0]["likes"] == 0
    stage.later(HOUR_S + 60)
    assert stage.posts(campaign)[0]["likes"] == 3
    assert len(stage.city.get("/v1/entries").json["items"]) == 1


@pytest.mark.parametrize("end", ["withdrawn", "account deleted"])
def test_what_is_gone_is_not_asked_about(stage: Stage, end: str) -> None:
    campaign = stage.launch()
    if end == "withdrawn":
        withdraw(stage, campaign)
        stage.city.platform.settle()
    else:
        stage.city.call("DELETE", "/v1/accounts/main")
    for _ in range(3):
        stage.later(HOUR_S)
    assert asked(stage) == 0


def test_lost_messages_are_sent_again(stage: Stage) -> None:
    campaign = stage.launch()
    told(stage)
    stage.city.platform.clock.advance(1000)
    stage.city.platform.fire("sweep")
    stage.lost()
    stage.later(1000)
    assert stage.posts(campaign)[0]["likes"] == 3
