"""What an approval is of, and by what an alert may be launched."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.model import APPROVED, SUBMITTED, Alert, Correction, Counting, Preview, Step
from chalicelib.alerts.release import (
    differs,
    digest,
    is_old,
    require_agreed,
    require_other,
    require_seen,
    returned,
)
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, CrierError, Forbidden
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung
from tests.alerts.sample import INFO, MESSAGE, NOW, alert

SETTINGS = Settings()
AREA = {"area": {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 2}}}
AT = rfc3339(NOW)
SEEN = Preview(AT, "author", AREA, 10, {"email": {"en": 6, "es": 4}, "sms": {"en": 5}}, 0, "d" * 64)
INFOS = (replace(INFO, expires="2026-11-23T18:00:00-05:00"),)
SEEN_ALERT = alert(
    message=replace(MESSAGE, infos=INFOS),
    preview=SEEN,
    authors=("author",),
    steps={SUBMITTED: Step("submitter", AT)},
)

CHANGES: dict[str, Callable[[Alert], Alert]] = {
    "words": lambda one: replace(one, words={"en": Words(sms="Go.")}),
    "message": lambda one: replace(one, message=replace(one.message, infos=())),
    "correction": lambda one: replace(one, correction=Correction(cancel={"en": Words(sms="No.")})),
    "channels": lambda one: replace(one, channels=("email",)),
    "accounts": lambda one: replace(one, accounts=("square",)),
    "ladder": lambda one: replace(one, ladder=(Rung("sms", 60, "sent"), Rung("voice", 60, "sent"))),
    "mode": lambda one: replace(one, mode="exercise"),
    "event": lambda one: replace(one, event="Flood"),
    "department": lambda one: replace(one, department="fire"),
    "tolerance": lambda one: replace(one, tolerance=1.0),
    "follows": lambda one: replace(one, follows="another"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_approval_is_of_all_that_people_see(what: str) -> None:
    assert digest(SEEN_ALERT, AREA, {}) != digest(CHANGES[what](SEEN_ALERT), AREA, {})


def test_an_approval_is_of_who_gets_it_and_in_which_order() -> None:
    first = digest(SEEN_ALERT, AREA, {})
    assert first != digest(SEEN_ALERT, {"any": [AREA]}, {})
    assert first != digest(SEEN_ALERT, AREA, {"sms": [AREA]})


def test_an_approval_is_not_of_when() -> None:
    later = replace(SEEN_ALERT.message, sent="2026-11-22T14:00:00-05:00")
    moved = replace(SEEN_ALERT, message=later, version=9, updated_at="x", asked=2)
    assert digest(moved, AREA, {}) == digest(SEEN_ALERT, AREA, {})


def test_a_draft_again_was_seen_and_approved_by_nobody() -> None:
    approved = replace(
        SEEN_ALERT,
        state=State.APPROVED,
        steps={**SEEN_ALERT.steps, APPROVED: Step("other", AT), "rejected": Step("other", AT, "why")},
        counting=Counting("job", "launch", "x", AT),
        asked=3,
        due_at=AT,
    )
    again = returned(approved)
    assert (again.state, again.preview, again.counting, again.asked, again.due_at) == (
        State.DRAFT,
        None,
        None,
        0,
        "",
    )
    assert set(again.steps) == {"rejected"}


@given(
    st.sets(st.sampled_from("abcd")),
    st.sampled_from("abcd"),
    st.sampled_from("abcde"),
    st.sampled_from(["live", "exercise", "test"]),
    st.booleans(),
    st.sampled_from([State.DRAFT, State.SUBMITTED, State.APPROVED]),
)
def test_two_people_count_and_not_two_keys(
    authors: set[str], submitter: str, approver: str, mode: str, pre_authorised: bool, state: State
) -> None:
    steps = {SUBMITTED: Step(submitter, AT), APPROVED: Step(approver, AT)}
    one = replace(
        SEEN_ALERT,
        authors=tuple(authors),
        steps=steps,
        mode=mode,
        state=state,
    )
    second = approver not in authors | {submitter}
    may = (second and state == State.APPROVED) or pre_authorised or mode == "test"
    assert _allowed(lambda: require_agreed(one, of_template=pre_authorised)) == may
    assert _allowed(lambda: require_other(one, approver)) == second


def _allowed(check: Callable[[], None]) -> bool:
    try:
        check()
    except (Conflict, Forbidden):
        return False
    return True


@pytest.mark.parametrize(
    ("changed", "given_", "code"),
    [
        pytest.param({}, {"event": "Flod"}, "invalid-fields", id="typed wrongly"),
        pytest.param({}, {"event": ""}, "invalid-fields", id="not typed"),
        pytest.param({"preview": None}, {}, "no-preview", id="never seen"),
        pytest.param({}, {"digest": "e" * 64}, "preview-outdated", id="another was seen"),
        pytest.param({}, {"now": NOW + timedelta(minutes=31)}, "preview-old", id="seen long ago"),
        pytest.param({"preview": replace(SEEN, people=0)}, {}, "empty-audience", id="nobody"),
        pytest.param({"counting": Counting("j", "launch", "x", AT)}, {}, "counting", id="still counting"),
        pytest.param(
            {"message": replace(MESSAGE, infos=(replace(INFO, expires="2026-11-22T13:00:00-05:00"),))},
            {},
            "expired",
            id="over",
        ),
    ],
)
def test_nobody_launches_what_nobody_saw(changed: dict[str, Any], given_: dict[str, Any], code: str) -> None:
    typed: dict[str, Any] = {"event": "Flash flood", "digest": SEEN.digest, "now": NOW, **given_}
    with pytest.raises(CrierError) as refused:
        require_seen(replace(SEEN_ALERT, **changed), **typed, settings=SETTINGS)
    assert refused.value.code == code


@pytest.mark.parametrize("typed", ["Flash flood", " FLASH   flood\t", "flash flood"])
def test_case_and_spaces_do_not_matter(typed: str) -> None:
    given_ = {"event": typed, "digest": SEEN.digest, "now": NOW}
    assert require_seen(SEEN_ALERT, **given_, settings=SETTINGS) == SEEN  # type: ignore[arg-type]


def test_a_preview_ages() -> None:
    last = NOW + timedelta(minutes=SETTINGS.preview_minutes)
    assert not is_old(SEEN, now=last, settings=SETTINGS)
    assert is_old(SEEN, now=last + timedelta(seconds=1), settings=SETTINGS)


COUNTS = st.integers(0, 200)


@given(COUNTS, COUNTS, COUNTS, st.floats(0, 1))
def test_a_count_may_differ_by_its_tolerance(people: int, emails: int, texts: int, tolerance: float) -> None:
    found = differs(SEEN, people, {"email": emails, "sms": texts}, tolerance)
    within = [abs(now - then) <= tolerance * then for then, now in ((10, people), (10, emails), (5, texts))]
    assert found == (not all(within))


def test_a_channel_that_nobody_saw_differs() -> None:
    same = {"email": 10, "sms": 5}
    assert not differs(SEEN, 10, same, 0)
    assert differs(SEEN, 10, {"email": 10}, 0.5)
    assert differs(SEEN, 10, {**same, "voice": 1}, 1.0)
