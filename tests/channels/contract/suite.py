"""What every platform must hold: each check gets a fresh bench of the platform, and knows nothing else of it.

A check that needs what not every platform declares says so in its `when`; no platform is named in here.
"""

import logging
import traceback
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.channels import threads
from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import About, Denied, Gone, Post, Posted, Refused
from infra.aws.faults import FunctionCrashed
from infra.stand_ins.transport import answers, crash, no_answer, too_many, unreachable
from tests.channels.contract.bench import Bench


@dataclass(frozen=True)
class Check:
    """One thing that must hold, where `when` says that the platform declares what it is about."""

    name: str
    run: Callable[[Bench], None]
    when: Callable[[About], bool]

    def concerns(self, bench: type[Bench], about: About) -> bool:
        return self.when(about) and self.name not in bench.exempt


CHECKS: list[Check] = []


def check(when: Callable[[About], bool] = lambda _about: True) -> Callable[[Callable[[Bench], None]], None]:
    def kept(run: Callable[[Bench], None]) -> None:
        CHECKS.append(Check(run.__name__, run, when))

    return kept


def safe(about: About) -> bool:
    """Whether a post that may have been made can be tried again."""
    return about.keyed or about.finds


def once(bench: Bench, post: Post, *, doubtful: bool = False) -> Posted | None:
    """Tries as the engine does, each time in a new process; None where it must not try again.

    `doubtful`: an earlier try may have posted it.
    """
    for _ in range(5):
        try:
            if doubtful and not safe(bench.about):
                return None
            if doubtful and bench.about.finds and (found := bench.opened().find(post)):
                return found
            return bench.opened().publish(post)
        except (Ambiguous, FunctionCrashed):
            doubtful = True
        except Retryable:
            pass
    raise AssertionError("it was never posted")


def rich(bench: Bench, **more: object) -> Post:
    """A post with all that the platform takes."""
    if bench.about.limits.images:
        more["images"] = (bench.picture("A burst main"), bench.picture("Workers at Elm Street"))[
            : bench.about.limits.images
        ]
    return bench.post(**more)  # type: ignore[arg-type]


def stands_once(bench: Bench, post: Post, posted: Posted) -> None:
    """Its reader sees it once, whole."""
    (seen,) = bench.shown()
    assert (seen.platform, seen.id) == (bench.name, posted.id)
    assert seen.text == post.text
    assert [one.alt for one in seen.images] == [one.alt for one in post.images]
    if bench.languages and not bench.about.whole:
        assert seen.language == post.language


# That it posts, and what its reader sees.


@check()
def a_post_is_seen_once_where_its_address_leads(bench: Bench) -> None:
    post = rich(bench)
    posted = bench.opened().publish(post)
    stands_once(bench, post, posted)
    assert posted.url == bench.shown()[0].url


@check()
def the_account_has_a_name(bench: Bench) -> None:
    standing = bench.opened().standing()
    assert standing.name
    assert standing.expires_at is None or standing.expires_at > bench.clock()
    assert bench.shown() == []


@check(lambda about: not about.whole)
def two_posts_are_two(bench: Bench) -> None:
    first, second = (
        bench.post("Water is off."),
        bench.post("Water is on." if not bench.repeats else "Water is off."),
    )
    ids = {bench.opened().publish(one).id for one in (first, second)}
    assert {one.id for one in bench.shown()} == ids
    assert len(ids) == 2


@check(lambda about: about.limits.images > 0)
def pictures_bear_their_alternative_text(bench: Bench) -> None:
    alt = "Un tubo roto 🚰 \u200fفي الشارع"
    bench.opened().publish(bench.post(images=(bench.picture(alt),)))
    (image,) = bench.shown()[0].images
    assert image.alt == alt


@check(lambda about: not about.whole)
def a_card_is_seen_or_left_away(bench: Bench) -> None:
    bench.opened().publish(bench.post("Water is off: https://city.example/water", card=bench.card()))
    (seen,) = bench.shown()
    assert "city.example/water" in seen.text
    if bench.cards:
        assert seen.card is not None
        assert (seen.card.url, seen.card.title) == ("https://city.example/water", "Water is off")


# That it posts once.


@check(lambda about: about.keyed)
def the_same_key_is_taken_once(bench: Bench) -> None:
    post = rich(bench)
    first = bench.opened().publish(post)
    again = bench.opened().publish(post)
    assert (again.id, again.url, dict(again.more)) == (first.id, first.url, dict(first.more))
    stands_once(bench, post, first)


@check()
def no_connection_is_retryable(bench: Bench) -> None:
    post = bench.post()
    bench.fault(unreachable())
    with pytest.raises(Retryable):
        bench.opened().publish(post)
    assert bench.shown() == []
    posted = once(bench, post)
    assert posted
    stands_once(bench, post, posted)


@check()
def a_lost_answer_posts_once(bench: Bench) -> None:
    post = rich(bench)
    bench.fault(no_answer(done=True))
    with pytest.raises(Ambiguous):
        bench.opened().publish(post)
    bench.clock.advance(30)
    posted = once(bench, post, doubtful=True)
    assert len(bench.shown()) == 1
    assert posted or not safe(bench.about)
    if posted:
        stands_once(bench, post, posted)


@check()
def a_lost_request_posts_once_or_not_at_all(bench: Bench) -> None:
    post = rich(bench)
    bench.fault(no_answer())
    with pytest.raises(Ambiguous):
        bench.opened().publish(post)
    assert bench.shown() == []
    posted = once(bench, post, doubtful=True)
    assert len(bench.shown()) == (1 if safe(bench.about) else 0)
    if posted:
        stands_once(bench, post, posted)


@check()
def a_server_error_posts_once(bench: Bench) -> None:
    for status, done in product((500, 502, 503), (False, True)):
        with type(bench)() as here:
            post = here.post()
            here.fault(answers(status, done=done))
            with pytest.raises((Ambiguous, Retryable)) as caught:
                here.opened().publish(post)
            assert isinstance(caught.value, Ambiguous) or not done
            once(here, post, doubtful=True)
            assert len(here.shown()) == 1 if safe(here.about) or done else not here.shown()


@check()
def an_answer_that_nobody_can_read_posts_once(bench: Bench) -> None:
    for body in ("<html></html>", "{}", "[]", '"x"', "null", '{"id": null, "data": [], "uri": 1}'):
        with type(bench)() as here:
            here.fault(answers(200, body=body), any_call=True)
            with suppress(ProviderError):
                here.opened().standing()
            here.clear_faults()
            post = rich(here)
            here.fault(answers(200, done=True, body=body))
            try:
                posted: Posted | None = here.opened().publish(post)
            except Ambiguous:
                posted = once(here, post, doubtful=True)
            assert len(here.shown()) == 1
            if posted:
                stands_once(here, post, posted)


@check()
def a_crash_at_any_call_posts_once(bench: Bench) -> None:
    """The function dies at the first call, the second, and so on, before or after what the call does."""
    for done, place in product((False, True), range(12)):
        with type(bench)() as here:
            post = rich(here)
            here.fault(crash(done=done), skip=place, any_call=True)
            try:
                here.opened().publish(post)
            except FunctionCrashed:
                here.clock.advance(90)
                posted = once(here, post, doubtful=True)
                assert len(here.shown()) <= 1
                assert posted or not safe(here.about)
                if posted:
                    stands_once(here, post, posted)
            else:
                assert place > 0


@check(lambda about: about.finds)
def it_is_found_by_the_one_who_lost_it(bench: Bench) -> None:
    post = rich(bench)
    assert bench.opened().find(post) is None
    posted = bench.opened().publish(post)
    bench.clock.advance(7_200)  # longer than any platform remembers a key
    found = bench.opened().find(post)
    assert found
    assert (found.id, found.url, dict(found.more)) == (posted.id, posted.url, dict(posted.more))


@check(lambda about: about.finds)
def last_weeks_post_is_not_taken_for_this_weeks(bench: Bench) -> None:
    bench.opened().publish(bench.post("Street sweeping tomorrow."))
    bench.clock.advance(7 * 86_400)
    assert bench.opened().find(bench.post("Street sweeping tomorrow.")) is None


# What the platform refuses.


@check()
def too_many_at_once_waits_as_long_as_it_is_told(bench: Bench) -> None:
    post = bench.post()
    bench.fault(too_many(retry_after_s=60))
    with pytest.raises(Throttled) as caught:
        bench.opened().publish(post)
    assert 59 <= caught.value.retry_after_s <= 61
    assert bench.shown() == []
    posted = once(bench, post)
    assert posted
    stands_once(bench, post, posted)


@check()
def a_token_that_ran_out_is_denied(bench: Bench) -> None:
    open_before = bench.opened()
    open_before.standing()
    bench.expire()
    for platform in (open_before, bench.opened()):
        with pytest.raises(Denied):
            platform.publish(bench.post())
        with pytest.raises(Denied):
            platform.standing()
    assert bench.shown() == []


@check(lambda about: about.limits.longest > 0)
def what_is_too_long_is_refused(bench: Bench) -> None:
    limits = bench.about.limits
    text = "x" * limits.longest * 4
    text = text[
        : bisect_left(range(len(text)), limits.longest + 1, key=lambda size: limits.length(text[:size]))
    ]
    with pytest.raises(Refused):
        bench.opened().publish(bench.post(text))
    assert bench.shown() == []
    bench.opened().publish(bench.post(text[:-1]))
    assert len(bench.shown()) == 1


@check(lambda about: about.limits.thread > 1)
def a_long_text_becomes_a_thread(bench: Bench) -> None:
    sentence = "The water main at Elm Street broke at noon; boil water until we say that it is safe 🚰. "
    texts = threads.parts(sentence * 16, bench.about.limits)
    assert len(texts) > 1
    posted: list[Posted] = []
    for text in texts:
        post = bench.post(text, after=posted[-1] if posted else None, first=posted[0] if posted else None)
        bench.fault(no_answer(done=True))
        found = once(bench, post)
        if found is None:
            return  # neither keyed nor found: the thread ends where an answer was lost
        posted.append(found)
    seen = bench.shown()
    assert [one.text for one in seen] == texts
    assert [one.after for one in seen] == ["", *(one.id for one in posted[:-1])]


TAILS = st.lists(
    st.sampled_from(
        [
            *(
                "é",
                "e\u0301",
                "ệ",
                "क्षि",
                "กำ",
                "שָׁ",
                "مرحبا",
                "停水",
                "ﷺ",
                "\u200f",
                "\u200d",
                "\ufe0f",
                "\n",
                " ",
                "…",
                "“",
            ),
            *(
                "👩‍👩‍👧‍👦",
                "🇺🇸",
                "👍🏽",
                "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
                "1️⃣",
                "🚰",
                " @ada ",
                " @ada@social.example ",
                " #water ",
                " #水 ",
            ),
            *(
                " https://city.example/water?a=b#c ",
                " https://city.example/" + "long-" * 8 + " ",
                " city.example ",
                ". ",
            ),
        ]
    ),
    max_size=12,
).map("".join)


@check(lambda about: about.limits.longest > 0)
def length_is_counted_as_the_platform_counts_it(bench: Bench) -> None:
    """At the limit it is taken, past it refused, whatever it ends with; the stand-in counts its own way."""
    limits = bench.about.limits

    @settings(
        max_examples=40, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    @given(tail=TAILS, past=st.integers(0, 2))
    def holds(tail: str, past: int) -> None:
        text = "a " + tail.strip() + " z"
        text = "z" * (limits.longest + past - limits.length(text)) + text
        bench.clock.advance(3_600)
        if limits.length(text) <= limits.longest:
            bench.opened().publish(bench.post(text))
        else:
            with pytest.raises(Refused):
                bench.opened().publish(bench.post(text))

    holds()


# What becomes of a post later.


@check(lambda about: about.edits)
def a_post_is_changed_in_place(bench: Bench) -> None:
    post = rich(bench)
    posted = bench.opened().publish(post)
    bench.clock.advance(600)
    corrected = bench.corrected(post, "Water is on again.")
    assert bench.opened().edit(posted, corrected).id == posted.id
    stands_once(bench, corrected, posted)
    assert bench.shown()[0].edited_at


@check(lambda about: about.withdraws and not about.whole)
def a_post_is_withdrawn_and_once_more_is_well(bench: Bench) -> None:
    kept, taken_back = bench.opened().publish(bench.post("Kept.")), bench.opened().publish(bench.post("Not."))
    for _ in range(2):
        bench.opened().withdraw(taken_back)
    assert [one.id for one in bench.shown()] == [kept.id]


@check(lambda about: about.edits and about.withdraws and not about.whole)
def what_is_gone_is_not_edited(bench: Bench) -> None:
    posted = bench.opened().publish(bench.post())
    bench.opened().withdraw(posted)
    with pytest.raises(Gone):
        bench.opened().edit(posted, bench.post("Water is on again."))
    assert bench.shown() == []


@check(lambda about: about.reads_back)
def what_people_did_is_read_back(bench: Bench) -> None:
    first, second = bench.opened().publish(bench.post("One.")), bench.opened().publish(bench.post("Two."))
    start = bench.clock()
    bench.clock.advance(60)
    bench.react(second)
    found = bench.opened().reactions([first, second], since=start)
    assert (found[first.id].likes, found[first.id].shares, found[first.id].replies) == (0, 0, 0)
    assert (found[second.id].likes, found[second.id].shares, found[second.id].replies) == (1, 1, 1)
    (answer,) = found[second.id].answers
    assert answer.text.endswith("Thanks")
    assert answer.author
    assert answer.id not in {first.id, second.id}
    later = bench.opened().reactions([second], since=start + timedelta(seconds=61))
    assert (later[second.id].replies, later[second.id].answers) == (1, ())


@check(lambda about: about.reads_back and about.withdraws)
def of_what_is_gone_nothing_is_read(bench: Bench) -> None:
    kept, gone = bench.opened().publish(bench.post("One.")), bench.opened().publish(bench.post("Two."))
    bench.opened().withdraw(gone)
    assert set(bench.opened().reactions([kept, gone], since=bench.clock())) == {kept.id}


# What must not be seen.


@check(lambda about: any(one.secret for one in about.settings.values()))
def no_secret_is_in_a_log_or_an_error(bench: Bench) -> None:
    told = "".join(bench.secrets())
    faults = [unreachable(), no_answer(), no_answer(done=True), too_many()]
    faults += [
        answers(status, body=f'{{"error": "{told}", "message": "{told}"}}') for status in (400, 401, 403, 500)
    ]
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        for any_call in (False, True):
            for fault in faults:
                bench.fault(fault, any_call=any_call)
                try:
                    bench.opened().publish(bench.post())
                except ProviderError as error:
                    seen += ["".join(traceback.format_exception(error)), repr(error), error.code]
                bench.clear_faults()
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    assert bench.secrets()
    assert len(seen) > len(faults)
    assert not [text for text in seen for secret in bench.secrets() if secret in text]
