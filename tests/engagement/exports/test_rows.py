"""The sum over all rows of an export is the report, whatever stands on deliveries."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.facts import Fact
from chalicelib.delivery.progress import ChannelProgress
from chalicelib.engagement.exports.rows import (
    NUMBERS,
    OF_LINKS,
    OUTCOMES,
    PEOPLE,
    Sums,
    message,
    numbers,
    of_link,
    rest,
)

LINKS = 3
LANGUAGES = ("", "en", "es", "zh-Hans")
SUFFIXES = (
    *(f"{verb}#{by}" for verb in ("opens", "clicks") for by in ("human", "machine")),
    *(f"{verb}#{by}" for verb in ("opened", "clicked") for by in ("raw", "human", "machine")),
)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """A message with what it counts for, its language's and links' counts included."""
    channel = draw(st.sampled_from(("email", "sms")))
    language = draw(st.sampled_from(LANGUAGES))
    counted: dict[str, int] = {}
    for suffix in draw(st.sets(st.sampled_from(SUFFIXES))):
        counted[f"{channel}#{suffix}"] = draw(st.integers(1, 3))
        if suffix.startswith(("opened", "clicked")) and language:
            counted[f"{channel}#language#{language}#{suffix}"] = counted[f"{channel}#{suffix}"]
        if suffix.startswith("click"):
            counted[f"{channel}#link#{draw(st.integers(0, LINKS - 1))}#{suffix}"] = 1
    item: dict[str, Any] = {"counted": counted}
    for flag in draw(st.sets(st.sampled_from(("delivered", "bounced", "complained")))):
        item[f"{flag}_at"] = "2026-11-22T05:00:00.000000Z"
    state = draw(st.sampled_from(("sent", "failed", "unknown", "")))
    return Fact("p" * 32, draw(st.uuids()).hex, channel, language, "", 1_795_000_000, state, item)


def counters_of(found: list[Fact]) -> tuple[Counter[str], dict[str, ChannelProgress]]:
    """What the counters and the progress of a plan with these messages say."""
    counts, outcomes = Counter[str](), Counter[tuple[str, str]]()
    for one in found:
        counts.update(one.item["counted"])
        counts.update(f"{one.channel}#{flag[:-3]}" for flag in one.item if flag.endswith("_at"))
        outcomes[one.channel, one.state] += 1
    progress = {
        channel: ChannelProgress(**{name: outcomes[channel, name] for name in OUTCOMES})
        for channel in ("email", "sms")
    }
    return counts, progress


@given(st.lists(facts(), max_size=8), st.lists(facts(), max_size=8), st.integers(0, 8))
def test_the_sum_over_all_rows_is_the_report(told: list[Fact], untold: list[Fact], stops_after: int) -> None:
    counts, progress = counters_of(told + untold)
    sums, rows = Sums(), [message(one, campaign="c") for one in told]
    for n, row in enumerate(rows):
        if n == stops_after:
            sums = Sums(sums.document())  # taken up by a later run
        sums.add(row)
    left = list(rest(sums, counts, progress, LINKS, campaign="c"))
    for channel in ("email", "sms"):
        of = [row for row in rows + left if row["channel"] == channel]
        report = {
            **{name: getattr(progress[channel], name) for name in OUTCOMES},
            **{name: counts[f"{channel}#{name}"] for name in ("delivered", "bounced", "complained")},
            **numbers(counts, channel),
        }
        assert {name: sum(row[name] for row in of) for name in NUMBERS} == report
        for language in LANGUAGES[1:]:
            spoken = numbers(counts, f"{channel}#language#{language}")
            assert {name: sum(row[name] for row in of if row["language"] == language) for name in PEOPLE} == {
                name: spoken[name] for name in PEOPLE
            }
        for number in range(LINKS):
            linked = [one for row in of for one in row["links"] if one["link"] == number]
            assert {name: sum(one[name] for one in linked) for name in OF_LINKS} == of_link(
                counts, channel, number
            )
    if not untold:
        assert left == []


def test_a_message_is_told_without_its_person() -> None:
    item = {"counted": {"email#opened#human": 1}, "delivered_at": "2026-11-22T05:00:01.250000Z", "chunk": "x"}
    found = message(Fact("p", "s" * 32, "email", "es", "", 1_795_323_600, "sent", item), campaign="c")
    assert "s" * 32 not in str(found)
    assert (found["sent_at"], found["delivered_at"]) == ("2026-11-22 05:00:00", "2026-11-22 05:00:01")
    assert (found["variant"], found["opened_at"], found["opened_human"], found["opened"]) == (
        None,
        None,
        1,
        0,
    )
