"""What is Facebook's alone; what every platform must hold is in the contract suite."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import Denied, Gone, Posted, Refused
from infra.stand_ins.facebook import Facebook
from infra.stand_ins.transport import answers
from tests.channels.contract.benches.facebook import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with (bench := Bench()):
        yield bench


def error(code: int, subcode: int = 0) -> str:
    return f'{{"error": {{"message": "(#{code})", "code": {code}, "error_subcode": {subcode}}}}}'


MEANINGS = [
    (1, 0, 400, Ambiguous, "1"),
    (2, 0, 500, Ambiguous, "2"),
    (4, 0, 400, Throttled, "4"),
    (17, 0, 400, Throttled, "17"),
    (32, 0, 403, Throttled, "32"),
    (613, 0, 400, Throttled, "613"),
    (10, 0, 403, Denied, "10"),
    (190, 0, 401, Denied, "190"),
    (190, 463, 401, Denied, "token-expired"),
    (190, 460, 400, Denied, "password-changed"),
    (200, 0, 403, Denied, "200"),
    (368, 0, 403, Denied, "368"),
    (100, 0, 400, Refused, "100"),
    (100, 33, 400, Denied, "no-such-page"),
    (506, 0, 400, Refused, "506"),
]


@pytest.mark.parametrize(("code", "subcode", "status", "meaning", "told"), MEANINGS)
def test_what_its_codes_mean_for_a_post(
    bench: Bench, code: int, subcode: int, status: int, meaning: type[ProviderError], told: str
) -> None:
    bench.fault(answers(status, body=error(code, subcode)))
    with pytest.raises(ProviderError) as caught:
        bench.opened().publish(bench.post())
    assert (type(caught.value), caught.value.code) == (meaning, told)


def test_a_trouble_of_its_own_is_asked_again_where_that_does_no_harm(bench: Bench) -> None:
    posted = bench.opened().publish(bench.post())
    for verb, argument in (("find", bench.post()), ("withdraw", posted)):
        bench.fault(answers(400, body=error(2)), any_call=True)
        with pytest.raises(Retryable):
            getattr(bench.opened(), verb)(argument)


def test_who_is_throttled_waits_a_quarter_of_an_hour(bench: Bench) -> None:
    bench.fault(answers(400, body=error(4)))
    with pytest.raises(Throttled) as throttled:
        bench.opened().publish(bench.post())
    assert throttled.value.retry_after_s == 900


def test_calls_are_signed_where_the_app_wants_it(bench: Bench) -> None:
    bench.facebook.needs_proof = True
    assert bench.opened().standing().name == "City of Example"
    with pytest.raises(ProviderError):
        bench.opened(app_secret="").standing()


def test_the_end_of_a_token_is_told(bench: Bench) -> None:
    now = bench.clock()
    assert bench.opened().standing().expires_at == now + timedelta(days=90)  # of what it may read
    bench.facebook.ends = now + timedelta(days=9)
    assert bench.opened().standing().expires_at == now + timedelta(days=9)
    assert bench.opened(app_id="").standing().expires_at is None


def test_a_page_that_is_not_there_is_denied(bench: Bench) -> None:
    for call in ("standing", "publish"):
        with pytest.raises(Denied) as denied:
            getattr(bench.opened(page_id="9"), call)(*([bench.post()] if call == "publish" else []))
        assert denied.value.code == "no-such-page"


def test_a_duplicate_of_itself_is_itself(bench: Bench) -> None:
    post = bench.post("Sweeping  tomorrow.\n")
    first = bench.opened().publish(post)
    assert bench.opened().publish(post) == first
    bench.clock.advance(600)
    with pytest.raises(Refused):
        bench.opened().publish(bench.post("Sweeping  tomorrow.\n"))
    assert len(bench.shown()) == 1


def test_a_page_that_is_linked_to_is_shown(bench: Bench) -> None:
    bench.opened().publish(bench.post("Water is off.", card=bench.card()))
    (seen,) = bench.shown()
    assert seen.card
    assert seen.card.url == "https://city.example/water"


def test_comments_that_may_not_be_read_are_counted(bench: Bench) -> None:
    posted = bench.opened().publish(bench.post())
    bench.react(posted)
    bench.facebook.reads_comments = False
    found = bench.opened().reactions([posted], since=bench.clock() - timedelta(days=1))
    assert (found[posted.id].replies, found[posted.id].answers) == (1, ())


def test_what_never_was_is_gone(bench: Bench) -> None:
    with pytest.raises(Gone):
        bench.opened().edit(Posted("1_2"), bench.post())
    assert isinstance(bench.stand_in, Facebook)
