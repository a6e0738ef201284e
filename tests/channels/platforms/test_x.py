"""What is X's alone; what every platform must hold is in the contract suite."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.channels.base import ProviderError, Throttled
from chalicelib.channels.platforms.base import Denied, Refused
from infra.stand_ins.transport import answers, no_answer
from infra.stand_ins.x_documents import ADA
from tests.channels.contract.benches.x import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with (bench := Bench()):
        yield bench


def test_tokens_are_renewed_and_each_is_good_once(bench: Bench) -> None:
    fresh = bench.opened().refreshed()
    assert fresh
    assert set(fresh) == {"access_token", "refresh_token"}
    with pytest.raises(Denied) as denied:
        bench.opened().refreshed()
    assert denied.value.code == "invalid_request"
    assert bench.opened(**fresh).standing().name == "@CityOfExample"
    bench.clock.advance(7_201)
    with pytest.raises(Denied):
        bench.opened(**fresh).standing()
    again = bench.opened(**fresh).refreshed()
    assert again
    assert bench.opened(**again).standing().url == "https://x.com/CityOfExample"


def test_another_apps_secret_is_denied(bench: Bench) -> None:
    with pytest.raises(Denied):
        bench.opened(client_secret="of another app").refreshed()


@pytest.mark.parametrize(
    "text",
    [
        "Water & gas <off>: https://www.Boston.gov/a?b=c&d=e, boston.gov/311.",
        "https://boston.gov",
        "e\u0301tude\r\n停水 🚰  twice  spaced",
    ],
)
def test_what_x_tells_back_in_its_own_form_is_found(bench: Bench, text: str) -> None:
    bench.opened().publish(bench.post("Another text."))
    post = bench.post(text, images=(bench.picture(),))
    posted = bench.opened().publish(post)
    assert bench.opened().find(post) == posted
    assert bench.opened().find(bench.post(text + "!")) is None


def test_a_duplicate_of_itself_is_itself(bench: Bench) -> None:
    post = bench.post()
    first = bench.opened().publish(post)
    assert bench.opened().publish(post) == first
    assert len(bench.shown()) == 1


def test_a_text_of_shortly_before_is_refused(bench: Bench) -> None:
    bench.opened().publish(bench.post("Sweeping tomorrow."))
    bench.clock.advance(600)
    with pytest.raises(Refused) as refused:
        bench.opened().publish(bench.post("Sweeping tomorrow."))
    assert refused.value.code == "duplicate-content"


def test_an_answer_to_what_was_deleted_is_refused(bench: Bench) -> None:
    first = bench.opened().publish(bench.post("1/2"))
    bench.opened().withdraw(first)
    with pytest.raises(Refused) as refused:
        bench.opened().publish(bench.post("2/2", after=first, first=first))
    assert refused.value.code == "reply-to-gone"


def test_the_rate_begins_anew_when_x_says(bench: Bench) -> None:
    for number in range(100):
        bench.x.write(f"Notice {number}")
    bench.clock.advance(600)
    with pytest.raises(Throttled) as throttled:
        bench.opened().publish(bench.post())
    assert throttled.value.retry_after_s == pytest.approx(300, abs=1)
    bench.clock.advance(throttled.value.retry_after_s)
    bench.opened().publish(bench.post())


def test_a_day_that_is_used_up_is_waited_for(bench: Bench) -> None:
    bench.x.per_day = 1
    bench.opened().publish(bench.post("One."))
    bench.clock.advance(3_600)
    with pytest.raises(Throttled) as throttled:
        bench.opened().publish(bench.post("Two."))
    assert throttled.value.retry_after_s == pytest.approx(23 * 3_600, abs=1)


def test_a_month_that_is_used_up_is_no_matter_of_waiting(bench: Bench) -> None:
    bench.x.capped = True
    with pytest.raises(Denied) as denied:
        bench.opened().publish(bench.post())
    assert denied.value.code == "usage-capped"


@pytest.mark.parametrize("status", [402, 403])
def test_other_refusals_concern_the_account(bench: Bench, status: int) -> None:
    bench.fault(answers(status, body='{"title": "Forbidden", "type": "about:blank", "detail": "Locked."}'))
    with pytest.raises(Denied) as denied:
        bench.opened().publish(bench.post())
    assert denied.value.code == str(status)


def test_a_thread_of_its_own_is_no_reply(bench: Bench) -> None:
    first = bench.opened().publish(bench.post("1/2"))
    second = bench.opened().publish(bench.post("2/2", after=first, first=first))
    bench.clock.advance(60)
    bench.x.write("@CityOfExample Since when?", author=ADA, after=first.id)
    found = bench.opened().reactions([first, second], since=bench.clock() - timedelta(hours=1))
    assert (found[first.id].replies, found[second.id].replies) == (1, 0)
    assert [(one.author, one.text) for one in found[first.id].answers] == [
        ("@ada", "@CityOfExample Since when?")
    ]


def test_without_the_search_there_are_counts(bench: Bench) -> None:
    bench.x.searches = False
    posted = bench.opened().publish(bench.post())
    bench.react(posted)
    found = bench.opened().reactions([posted], since=bench.clock() - timedelta(days=30))
    assert (found[posted.id].replies, found[posted.id].answers) == (1, ())


def test_a_lost_upload_is_made_again_and_not_posted(bench: Bench) -> None:
    bench.stand_in.faults.add(no_answer(done=True), when=lambda request: request.path == "/2/media/upload")
    post = bench.post(images=(bench.picture("A main"),))
    with pytest.raises(ProviderError):
        bench.opened().publish(post)
    assert bench.shown() == []
    bench.opened().publish(post)
    assert [one.alt for one in bench.shown()[0].images] == ["A main"]
