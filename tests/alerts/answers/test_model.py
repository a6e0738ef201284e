"""What becomes of a call for help by a further answer."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.answers.model import MOST_REVISIONS, NOWHERE, HelpCall, Where, revised
from chalicelib.delivery.answering import ANSWERS

ROOF = Where("Roof", source="typed")
HOME = Where("", 42.36, -71.06, "home")
CALL = HelpCall(
    "a" * 32, "b" * 32, "c" * 32, "sms", "live", "2026-11-22T06:00:00.000Z", "2026-11-22T06:00:00.000Z"
)
AT = "2026-11-22T06:05:00.000Z"


def test_the_same_again_is_nothing_new() -> None:
    assert revised(CALL, "help", "", NOWHERE, at=AT) is CALL


def test_what_is_told_later_is_added_and_what_is_not_told_stays() -> None:
    more = revised(CALL, "help", "Two children", ROOF, at=AT)
    assert (more.words, more.where, more.revision, more.told_at) == ("Two children", ROOF, 2, AT)
    again = revised(more, "help", "", HOME, at=AT)
    assert again is more


def test_who_is_safe_again_stays_taken_and_who_asks_again_is_open() -> None:
    taken = replace(CALL, taken_at=AT, taken_by="somebody", note="On the way")
    safe = revised(taken, "safe", "", NOWHERE, at=AT)
    assert (safe.answer, safe.taken_by) == ("safe", "somebody")
    assert revised(safe, "help", "", NOWHERE, at=AT).taken_at == ""


told = st.tuples(
    st.sampled_from(ANSWERS), st.sampled_from(["", "one", "two"]), st.sampled_from([NOWHERE, ROOF, HOME])
)


@given(st.lists(told, max_size=80))
def test_a_revision_rises_by_one_with_each_change_and_has_an_end(more: list[tuple[str, str, Where]]) -> None:
    call = CALL
    for answer, words, where in more:
        after = revised(call, answer, words, where, at=AT)
        assert after == call or after.revision == call.revision + 1
        call = after
    assert call.revision <= MOST_REVISIONS
    assert replace(call, told=call.revision, entered=call.revision).done
