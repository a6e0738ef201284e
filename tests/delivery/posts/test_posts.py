"""Posts of a campaign: each once, whatever goes wrong; held, put off, given up, in words that staff read."""

from datetime import timedelta
from random import Random

import pytest

from chalicelib.channels.base import Ambiguous, Retryable, Throttled
from chalicelib.channels.platforms.base import Gone, PostLimits, Refused
from chalicelib.core.clock import rfc3339
from infra.aws.faults import FunctionCrashed, crash, refuse
from infra.aws.sqs_queue import Mishaps
from tests.channels.platforms.square import TOKEN, Square, registered
from tests.delivery.posts.stage import HOUR_S, LONG, TEXT, Stage


def test_a_campaign_is_posted_and_its_report_says_where(stage: Stage) -> None:
    campaign = stage.launch()
    assert stage.square.texts() == [TEXT]
    (found,) = stage.posts(campaign)
    assert (found["account"], found["platform"], found["language"]) == ("main", "towncrier", "en")
    assert (found["state"], found["url"]) == ("posted", "https://square.example/p1")
    assert [one["texts"] for one in found["versions"]] == [[TEXT]]
    report = stage.city.get(f"/v1/campaigns/{campaign}/report").json
    assert report["posts"] == [found]


def test_each_account_posts_in_each_of_its_languages(stage: Stage) -> None:
    stage.account("both", languages=["es", "en"])
    stage.account("viet", languages=["vi"])
    stage.launch("main", "both", "viet", en=TEXT, es="Elm cierra")
    assert stage.square.texts("main") == [TEXT]
    assert set(stage.square.texts("both")) == {"Elm cierra", TEXT}
    assert stage.square.texts("viet") == [TEXT]
    assert {post.language for post in stage.square.stands.values()} == {"en", "es"}


def test_a_long_text_is_a_thread_in_order(stage: Stage) -> None:
    (found,) = stage.posts(stage.launch(en=LONG))
    texts = stage.square.texts()
    assert len(texts) > 1
    assert [part["text"] for part in found["parts"]] == texts
    stands = list(stage.square.stands.values())
    assert [post.after and post.after.id for post in stands] == [None, "p1", "p2"][: len(stands)]
    assert {post.first.id for post in stands[1:] if post.first} == {"p1"}
    assert len({post.key for post in stands}) == len(stands)


def test_the_first_link_is_shown_as_a_card(stage: Stage) -> None:
    stage.launch(en="See https://city.example/elm, or call.")
    (post,) = stage.square.stands.values()
    assert post.card is not None
    assert (post.card.url, post.card.title) == ("https://city.example/elm", "Elm Street")


def test_doubled_and_disordered_messages_post_once(stage: Stage) -> None:
    sqs = stage.city.platform.world.sqs
    before, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(7))
    stage.account("other")
    stage.square.fails("publish", Retryable("503"), times=2)
    stage.launch("main", "other", en=LONG)
    sqs.mishaps = before
    assert stage.square.made == 6
    assert stage.square.texts("main") == stage.square.texts("other")


@pytest.mark.parametrize("done", [False, True])
def test_what_may_have_been_posted_is_looked_for_first(stage: Stage, done: bool) -> None:
    stage.square.fails("publish", Ambiguous("time-out"), done=done)
    campaign = stage.launch()
    assert stage.square.texts() == [TEXT]
    assert stage.states(campaign) == [("posted", None)]
    assert ("find", "main") in stage.square.asked


@pytest.mark.parametrize("done", [False, True])
def test_where_nothing_tells_it_is_never_posted_again(stage: Stage, done: bool) -> None:
    with registered(finds=False) as square:
        square.fails("publish", Ambiguous("time-out"), done=done)
        campaign = stage.launch()
        stage.later(HOUR_S)
        assert len(square.texts()) == done
        assert stage.states(campaign) == [("unknown", "time-out")]


def test_a_platform_that_tells_by_key_gets_the_same_key_again(stage: Stage) -> None:
    with registered(finds=False, keyed=True) as square:
        square.fails("publish", Ambiguous("time-out"), done=True)
        stage.launch()
        keys = [post.key for post in square.stands.values()]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_what_is_refused_for_the_moment_is_tried_again_later(stage: Stage) -> None:
    stage.square.fails("publish", Retryable("503"), times=3)
    campaign = stage.launch()
    assert stage.square.texts() == [TEXT]
    assert stage.states(campaign) == [("posted", None)]


def test_a_platform_that_is_down_for_hours_gets_it_once(stage: Stage) -> None:
    stage.square.down["main"] = Retryable("503")
    stage.account("other")
    campaign = stage.launch("main", "other", settle=False)
    for _ in range(4):
        stage.later(0.5 * HOUR_S)
    assert stage.square.texts() == [TEXT]
    assert sorted(stage.states(campaign)) == [("posted", None), ("ready", "503")]
    stage.square.down.clear()
    for _ in range(6):
        stage.later(0.5 * HOUR_S)
    assert (stage.square.texts("main"), stage.square.texts("other")) == ([TEXT], [TEXT])


def test_after_all_tries_it_has_failed(stage: Stage) -> None:
    with registered(retries_s=(30, 60)) as square:
        square.fails("publish", Retryable("503"), times=9)
        assert stage.states(stage.launch()) == [("failed", "503")]
        assert len([one for one in square.asked if one[0] == "publish"]) == 3


def test_a_machine_that_never_answers_is_suspended(stage: Stage) -> None:
    with registered(whole=True, retries_s=(30,)) as square:
        square.fails("publish", Retryable("503"), times=9)
        campaign = stage.launch()
        assert stage.states(campaign) == [("failed", "503")]
        assert stage.city.get("/v1/accounts/main").json["state"] == "suspended"


def test_a_machine_gets_one_document_with_all_languages(stage: Stage) -> None:
    with registered(whole=True) as square:
        campaign = stage.launch(en=TEXT, es="Elm cierra", channels=["email"])
        (post,) = square.stands.values()
    assert post.event_type == "campaign.sent"
    assert (post.event["id"], post.event["languages"]["es"]["post"]) == (campaign, "Elm cierra")
    assert post.event["languages"]["en"]["text"] == "It closes."
    assert post.event["url"].endswith(f"/archive/{campaign}")
    assert stage.posts(campaign)[0]["language"] is None


def test_a_machine_that_wants_no_more_is_suspended(stage: Stage) -> None:
    with registered(whole=True) as square:
        square.fails("publish", Gone("410"))
        assert stage.states(stage.launch()) == [("failed", "410")]
        assert stage.city.get("/v1/accounts/main").json["reason"] == "gone"


def test_what_the_platform_refuses_says_why(stage: Stage) -> None:
    stage.square.fails("publish", Refused("duplicate"))
    assert stage.states(stage.launch()) == [("failed", "duplicate")]


def test_a_throttle_holds_all_posts_of_its_account_and_no_other(stage: Stage) -> None:
    stage.account("other")
    stage.square.fails("publish", Throttled("429", retry_after_s=2 * HOUR_S))
    first = stage.launch("main", settle=False)
    stage.city.platform.drain_once()
    second = stage.launch("main", "other", settle=False)
    stage.later(HOUR_S / 4)
    assert stage.square.texts() == [TEXT]
    assert stage.square.texts("main") == []
    assert stage.states(first) == [("ready", "429")]
    stage.later(2 * HOUR_S)
    stage.later(60)
    assert stage.square.texts("main") == [TEXT, TEXT]
    assert stage.states(second)[0] == ("posted", None)


def test_so_many_an_hour(stage: Stage) -> None:
    with registered(limits=PostLimits(length=len, longest=60, thread=3, per_hour=3)) as square:
        for _ in range(3):
            stage.launch(settle=False)
            stage.city.platform.drain_once()
        stage.city.platform.drain_once()
        assert len(square.texts()) == 2
        stage.later(HOUR_S)
        stage.later(HOUR_S / 4)
        assert len(square.texts()) == 3


def test_one_that_is_denied_waits_until_its_account_is_mended(stage: Stage) -> None:
    stage.square.tokens = {"new"}
    campaign = stage.launch(settle=False)
    step(stage)
    assert stage.states(campaign) == [("ready", "account-denied")]
    assert stage.city.get("/v1/accounts/main").json["state"] == "denied"
    for _ in range(6):
        stage.city.platform.clock.advance(HOUR_S)
        stage.city.platform.fire("sweep")
        stage.city.platform.drain_once()
    assert stage.square.texts() == []
    stage.city.call("PATCH", "/v1/accounts/main", {"settings": {"token": "new"}})
    stage.later(HOUR_S)
    assert stage.square.texts() == [TEXT]
    assert stage.states(campaign) == [("posted", None)]


def test_it_does_not_wait_for_ever(stage: Stage) -> None:
    stage.city.call("PATCH", "/v1/accounts/main", {"state": "suspended", "reason": "x"})
    campaign = stage.launch(settle=False)
    stage.city.platform.drain_once()
    stage.later(8 * 24 * HOUR_S)
    assert stage.states(campaign) == [("failed", "account-suspended")]


def test_a_deleted_account_posts_nothing_more_and_its_posts_stay_on_record(stage: Stage) -> None:
    before = stage.launch()
    campaign = stage.launch(settle=False)
    stage.city.call("DELETE", "/v1/accounts/main")
    stage.city.platform.settle()
    assert stage.states(campaign) == [("failed", "account-deleted")]
    assert stage.states(before) == [("posted", None)]


def test_what_waits_is_cancelled_with_its_campaign(stage: Stage) -> None:
    stage.square.fails("publish", Retryable("503"))
    campaign = stage.launch(settle=False)
    step(stage)
    assert stage.city.post(f"/v1/campaigns/{campaign}/cancel").json["status"] == "cancelled"
    stage.later(HOUR_S / 4)
    assert (stage.square.texts(), stage.states(campaign)) == ([], [("cancelled", "withdrawn")])


def test_what_stands_is_withdrawn_with_its_campaign(stage: Stage) -> None:
    campaign = stage.launch(settle=False, channels=["email"])
    step(stage)
    assert stage.square.texts() == [TEXT]
    assert stage.city.post(f"/v1/campaigns/{campaign}/cancel").status == 200
    stage.city.platform.settle()
    assert (stage.square.texts(), stage.states(campaign)) == ([], [("withdrawn", None)])


def test_a_paused_campaign_posts_when_it_goes_on(stage: Stage) -> None:
    campaign = stage.launch(settle=False, channels=["email"])
    assert stage.city.post(f"/v1/campaigns/{campaign}/pause").status == 200
    step(stage)
    assert stage.states(campaign) == [("ready", "paused")]
    assert stage.city.post(f"/v1/campaigns/{campaign}/resume").status == 200
    stage.later(HOUR_S / 4)
    assert stage.square.texts() == [TEXT]


def test_what_is_too_old_is_not_posted(stage: Stage) -> None:
    now = stage.city.platform.clock()
    words = {"en": {"subject": "Elm", "body": "It closes.", "post": TEXT}}
    draft = stage.city.draft(
        channels=["email"],
        content=words,
        accounts=["main"],
        expires_at=rfc3339(now + timedelta(hours=1)),
    )
    stage.square.fails("publish", Throttled("429", retry_after_s=2 * HOUR_S))
    stage.city.post(f"/v1/campaigns/{draft['id']}/launch")
    step(stage)
    stage.later(2 * HOUR_S)
    stage.later(60)
    assert (stage.square.texts(), stage.states(draft["id"])) == ([], [("expired", "too-old")])


def test_a_test_posts_nothing_anywhere(stage: Stage) -> None:
    campaign = stage.launch(key="test")
    (found,) = stage.posts(campaign)
    assert (found["state"], found["parts"][0]["id"].startswith("test-")) == ("posted", True)
    assert stage.square.asked == []


def test_an_exercise_posts_nothing(stage: Stage) -> None:
    draft = stage.city.draft(
        key="exercise",
        channels=["email"],
        audience={"list": "exercise"},
        content={"en": {"subject": "Elm", "body": "It closes.", "post": TEXT}},
        accounts=["main"],
    )
    assert stage.city.post(f"/v1/campaigns/{draft['id']}/launch", key="exercise").status == 202
    stage.later()
    assert (stage.square.asked, stage.states(draft["id"])) == ([], [("skipped", "exercise")])


def test_a_mistake_in_a_platforms_module_posts_no_second_time(stage: Stage) -> None:
    stage.square.fails("publish", KeyError("a mistake"), done=True)
    campaign = stage.launch()
    assert (stage.square.texts(), stage.states(campaign)) == ([TEXT], [("posted", None)])


def test_lost_messages_are_sent_again_by_the_sweep(stage: Stage) -> None:
    campaign = stage.launch(settle=False)
    stage.lost()
    stage.later(HOUR_S / 4)
    assert (stage.square.texts(), stage.states(campaign)) == ([TEXT], [("posted", None)])


def step(stage: Stage) -> None:
    """The worker of posts handles what can be handled at once."""
    pumps = stage.city.platform.pumps
    for source in pumps.queues:
        if source.function == "Posts":
            pumps.step(source)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("service", "operation", "least"),
    [("dynamodb", "PutItem", 7), ("dynamodb", "UpdateItem", 1), ("sqs", "SendMessage", 1)],
)
def test_a_crash_at_any_write_posts_once(
    stage: Stage, service: str, operation: str, least: int, done: bool
) -> None:
    faults, died = stage.city.platform.faults, 0
    for place in range(least + 1):
        stage.square.clear()
        stage.square.fails("publish", Retryable("503"))
        campaign = stage.launch(en=LONG, settle=False)
        faults.add(service, operation, crash(done=done), skip=place)
        step(stage)
        stage.city.platform.clock.advance(40)
        step(stage)
        died += not faults.left
        faults.clear()
        stage.lost()
        for _ in range(3):
            stage.later(HOUR_S / 4)
        (found,) = stage.posts(campaign)
        assert found["state"] == "posted", place
        assert [part["text"] for part in found["parts"]] == stage.square.texts(), place
        assert stage.square.made == 3, place
    assert died >= least


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_crash_at_the_platforms_answer_posts_once(stage: Stage, done: bool, place: int) -> None:
    campaign = stage.launch(en=LONG, settle=False)
    stage.square.fails("publish", FunctionCrashed(), done=done, skip=place)
    step(stage)
    stage.lost()
    for _ in range(3):
        stage.later(HOUR_S / 4)
    assert [part["text"] for part in stage.posts(campaign)[0]["parts"]] == stage.square.texts()
    assert stage.square.made == 3
    assert stage.states(campaign) == [("posted", None)]


def test_a_claim_that_ran_out_where_nothing_tells_is_unknown(stage: Stage) -> None:
    with registered(finds=False):
        campaign = stage.launch(settle=False)
        stage.city.platform.faults.add("dynamodb", "PutItem", crash(), skip=1)
        step(stage)
        stage.lost()
        stage.later(HOUR_S / 4)
        assert stage.states(campaign) == [("unknown", "ambiguous")]


def test_a_post_that_a_worker_cannot_read_the_secret_of_comes_again(stage: Stage, square: Square) -> None:
    stage.city.platform.faults.add(
        "secrets-manager", "GetSecretValue", refuse("InternalServiceError", status=500), times=9
    )
    campaign = stage.launch()
    stage.city.platform.faults.clear()
    stage.later(HOUR_S / 4)
    assert (square.texts(), stage.states(campaign)) == ([TEXT], [("posted", None)])
    assert TOKEN not in str(stage.posts(campaign))
