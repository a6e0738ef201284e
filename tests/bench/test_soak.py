"""The whole path at full size: `make soak`."""

import sys

import pytest

from tests.bench import path


@pytest.mark.soak
def test_a_million_cost_no_more_each_than_a_hundred_thousand() -> None:
    with path.standin() as runs:
        large, soak = (runs.run("engine", people=people) for people in (path.LARGE, path.SOAK))
    for people, found in ((path.LARGE, large), (path.SOAK, soak)):
        print(f"{people:,}: {found['cpu_us']:.1f} µs each, peak {found['peak_mib']:.1f} MiB", file=sys.stderr)
    assert soak["cpu_us"] <= 1.1 * large["cpu_us"]
    assert soak["peak_mib"] <= large["peak_mib"] + 10


@pytest.mark.soak
def test_an_alert_is_handed_over_whole_before_a_campaign_makes_a_fiftieth_of_its_calls() -> None:
    with path.standin() as runs:
        found = runs.run("overtaking", people=path.SMALL, module="alert")
    print(found["urgent_by_channel"], file=sys.stderr)
    assert max(found["urgent_bulk_share_pct"], found["urgent_campaign_pct"]) <= 2


@pytest.mark.soak
def test_an_import_of_a_hundred_thousand_rows_takes_no_more_memory_than_one_of_ten_thousand() -> None:
    with path.standin() as runs:
        few, many = (
            runs.run("taken_over", people=rows, module="imports") for rows in (path.SMALL, path.LARGE)
        )
    for found in (few, many):
        print(", ".join(f"{name} {value:.1f}" for name, value in found.items()), file=sys.stderr)
    assert max(few["requests_per_1000"], many["requests_per_1000"]) <= 200
    assert many["peak_mib"] <= few["peak_mib"] + 10
