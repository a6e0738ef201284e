"""Posts are corrected and withdrawn: in place, anew, by a reply; each once, whatever goes wrong meanwhile."""

from typing import Any

import pytest

from chalicelib.channels.base import Ambiguous, Retryable
from chalicelib.channels.platforms.base import Gone
from chalicelib.delivery.posts import publish
from chalicelib.delivery.posts.record import How
from infra.aws.faults import crash
from tests.channels.platforms.square import registered
from tests.delivery.posts.stage import HOUR_S, LONG, TEXT, Stage
from tests.delivery.posts.test_posts import step

RIGHT = "Elm Street closes on Tuesday"


def edit(stage: Stage, campaign: str, text: str = RIGHT, **more: Any) -> int:
    wiring = stage.city.wiring
    return publish.edit(
        stage.plan_id(campaign),
        {"en": text},
        **{"once": "c1", **more},
        now=wiring.clock(),
        wiring=wiring,
    )


def withdraw(stage: Stage, campaign: str, **more: Any) -> int:
    wiring = stage.city.wiring
    return publish.withdraw(stage.plan_id(campaign), **more, now=wiring.clock(), wiring=wiring)


def test_a_post_is_edited_in_place_and_its_versions_are_kept(stage: Stage) -> None:
    campaign = stage.launch()
    assert edit(stage, campaign) == 1
    stage.city.platform.settle()
    assert stage.square.texts() == [RIGHT]
    (found,) = stage.posts(campaign)
    assert [(one["action"], one["texts"]) for one in found["versions"]] == [
        ("publish", [TEXT]),
        ("edit", [RIGHT]),
    ]
    assert (found["state"], found["url"]) == ("posted", "https://square.example/p1")
    assert edit(stage, campaign) == 0


def test_a_thread_grows_and_shrinks(stage: Stage) -> None:
    campaign = stage.launch()
    edit(stage, campaign, LONG)
    stage.city.platform.settle()
    assert len(stage.square.texts()) == 3
    assert stage.square.stands["p3"].after is not None
    edit(stage, campaign, RIGHT, once="c2")
    stage.city.platform.settle()
    assert stage.square.texts() == [RIGHT]
    assert stage.square.made == 3


def test_where_nothing_is_edited_it_is_posted_anew(stage: Stage) -> None:
    with registered(edits=False) as square:
        campaign = stage.launch(en=LONG)
        edit(stage, campaign)
        stage.city.platform.settle()
        assert square.texts() == [RIGHT]
        assert (square.made, stage.posts(campaign)[0]["url"]) == (4, "https://square.example/p4")


@pytest.mark.parametrize(
    ("about", "how"), [({}, How.ADD), ({"edits": False, "withdraws": False}, How.REPLACE)]
)
def test_a_correction_answers_the_post(stage: Stage, about: dict[str, Any], how: str) -> None:
    with registered(**about) as square:
        campaign = stage.launch()
        edit(stage, campaign, how=how)
        stage.city.platform.settle()
        assert square.texts() == [TEXT, RIGHT]
        assert square.stands["p2"].after is not None
        assert square.stands["p2"].after.id == "p1"


def test_a_post_is_withdrawn_from_its_end(stage: Stage) -> None:
    campaign = stage.launch(en=LONG)
    assert (withdraw(stage, campaign), withdraw(stage, campaign)) == (1, 0)
    stage.city.platform.settle()
    assert stage.square.texts() == []
    (found,) = stage.posts(campaign)
    assert (found["state"], found["parts"], found["versions"][-1]["texts"]) == ("withdrawn", [], [])


def test_what_was_not_posted_yet_is_corrected_or_never_posted(stage: Stage) -> None:
    stage.account("other")
    corrected, withdrawn = stage.launch("main", settle=False), stage.launch("other", settle=False)
    assert (edit(stage, corrected), withdraw(stage, withdrawn)) == (1, 1)
    stage.city.platform.settle()
    assert stage.square.texts() == [RIGHT]
    assert stage.states(withdrawn) == [("cancelled", "withdrawn")]


def test_a_thread_that_is_withdrawn_halfway_goes_no_further(stage: Stage) -> None:
    stage.square.fails("publish", Retryable("503"), skip=1)
    campaign = stage.launch(en=LONG, settle=False)
    step(stage)
    assert len(stage.square.texts()) == 1
    withdraw(stage, campaign)
    stage.city.platform.settle()
    assert (stage.square.texts(), stage.square.made) == ([], 1)
    assert stage.states(campaign) == [("withdrawn", None)]


def test_what_is_asked_while_a_worker_posts_is_done_after(stage: Stage) -> None:
    post = stage.square.publish
    campaign = stage.launch(settle=False)

    def meanwhile(*of: Any) -> Any:
        edit(stage, campaign)
        withdraw(stage, campaign)
        return post(*of)

    stage.square.publish = meanwhile  # type: ignore[method-assign, assignment]
    stage.city.platform.settle()
    assert (stage.square.texts(), stage.square.made) == ([], 1)
    assert [one["action"] for one in stage.posts(campaign)[0]["versions"]] == ["publish", "edit", "withdraw"]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("call", ["edit", "withdraw"])
def test_what_may_have_been_done_is_done_again(stage: Stage, call: str, done: bool) -> None:
    campaign = stage.launch()
    stage.square.fails(call, Ambiguous("time-out"), done=done)
    ask = {"edit": edit, "withdraw": withdraw}[call]
    ask(stage, campaign)
    stage.later(HOUR_S / 4)
    assert stage.square.texts() == ([RIGHT] if call == "edit" else [])
    assert stage.square.made == 1


def test_what_is_gone_is_withdrawn_and_cannot_be_edited(stage: Stage) -> None:
    campaign = stage.launch()
    stage.square.stands.clear()
    edit(stage, campaign)
    stage.city.platform.settle()
    assert stage.states(campaign) == [("failed", "no-such-post")]
    stage.square.fails("withdraw", Gone("404"))
    withdraw(stage, campaign)
    stage.city.platform.settle()
    assert stage.states(campaign) == [("withdrawn", None)]


def test_a_platform_that_takes_nothing_back_says_so(stage: Stage) -> None:
    with registered(withdraws=False) as square:
        campaign = stage.launch()
        withdraw(stage, campaign)
        stage.city.platform.settle()
        assert (square.texts(), stage.states(campaign)) == ([TEXT], [("failed", "cannot-withdraw")])


def test_machines_are_told_what_happened(stage: Stage) -> None:
    with registered(whole=True) as square:
        campaign = stage.launch()
        edit(stage, campaign, event={"id": "right"})
        stage.city.platform.settle()
        withdraw(stage, campaign, event={"id": "none"})
        stage.city.platform.settle()
        told = [(post.event_type, post.event["id"]) for post in square.stands.values()]
    assert told == [
        ("campaign.sent", campaign),
        ("campaign.corrected", "right"),
        ("campaign.withdrawn", "none"),
    ]


def test_a_language_without_new_words_stays_as_it_is(stage: Stage) -> None:
    stage.account("both", languages=["en", "es"])
    campaign = stage.launch("both", en=TEXT, es="Elm cierra")
    assert edit(stage, campaign) == 1
    stage.city.platform.settle()
    assert set(stage.square.texts()) == {RIGHT, "Elm cierra"}


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_at_any_write_amends_once(stage: Stage, done: bool) -> None:
    faults, died = stage.city.platform.faults, 0
    for place in range(5):
        stage.square.clear()
        campaign = stage.launch(en=LONG)
        edit(stage, campaign)
        faults.add("dynamodb", "PutItem", crash(done=done), skip=place)
        step(stage)
        died += not faults.left
        faults.clear()
        stage.lost()
        for _ in range(3):
            stage.later(HOUR_S / 4)
        assert (stage.square.texts(), stage.square.made) == ([RIGHT], 3), place
        assert stage.states(campaign) == [("posted", None)]
    assert died == 5
