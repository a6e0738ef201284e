"""The whole path against the stand-in: what it costs per recipient, next to the same requests as bytes."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

from tests.bench import alert, clicks, imports, receipts

ROOT = Path(__file__).parents[2]
PRICES = json.loads(Path(__file__).with_name("prices.json").read_text())
SMALL, LARGE, SOAK = 10_000, 100_000, 1_000_000
FAST, SLOW = 500, 50
REPORTED = 2_000
CLICKS = 1_000
ROUNDS, LARGE_ROUNDS = 5, 2
LAMBDA_GB = 1.0
SQS_BYTES = 64 * 1024

# Key, limit, what it is.
LIMITS: tuple[tuple[str, float, str], ...] = (
    ("cpu_us_per_recipient", 250, "µs of CPU per recipient, whole path"),
    ("ratio_to_prebuilt", 1.7, "times the same requests as bytes"),
    ("requests_per_1000", 70, "requests per 1,000 at 100,000, 500 a second"),
    ("requests_per_1000_at_50", 70, "requests per 1,000 at 100,000, 50 a second"),
    ("write_units_per_recipient", 3.5, "write units until handed over"),
    ("growth_10k_to_100k", 1.1, "CPU per recipient at 100,000 against 10,000"),
    ("peak_mib_100k", 140, "MiB at most at 100,000"),
    ("peak_growth_mib", 10, "MiB more at 100,000 than at 10,000"),
    ("import_requests_per_1000", 200, "requests per 1,000 rows imported, two topics each"),
    ("import_peak_growth_mib", 10, "MiB more for 10,000 rows than for 1,000"),
    ("urgent_bulk_share_pct", 2, "% of a channel's calls are bulk's until an alert to 10,000 has left"),
    ("urgent_campaign_pct", 2, "% of its calls a campaign to 100,000 makes until then"),
    ("urgent_shaped_writes", 1.25, "times a plain alert's writes, with bands and a ladder"),
    ("urgent_shaped_requests_per_1000", 1000, "requests per 1,000 of such an alert on two channels"),
    ("click_cpu_us", 2000, "µs of CPU of a warm click, from event to answer"),
    ("click_requests", 1, "AWS requests of a warm click"),
    ("click_writes_per_1000", 60, "write requests for 1,000 clicks of as many people on a link"),
    ("click_key_share_pct", 10, "% of them at most that one key takes"),
)

Found = dict[str, Any]


@contextmanager
def standin() -> Iterator["Runs"]:
    """The stand-in, in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.standin"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdin is not None
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Runs(int(server.stdout.readline()), Path(folder) / "tape")
        finally:
            server.kill()  # to take a million recipients' items down one by one would be a minute's work
            server.communicate()


class Runs:
    """Runs `whole.py` in fresh processes against one stand-in."""

    def __init__(self, port: int, tape: Path) -> None:
        self._asked = {"port": port, "tape": str(tape)}
        aws = f"http://127.0.0.1:{port}"
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "AWS_ENDPOINT_URL": aws,
            "AWS_ACCESS_KEY_ID": "AKIABENCH00000000000",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "CRIER_STACK": "crier",
            "CRIER_QUEUES": f"{aws}/000000000000/crier-",
            "CRIER_BASE_URL": "https://news.city.example",
            "CRIER_DAYLIGHT_FROM": "0",
            "CRIER_DAYLIGHT_TO": "24",
        }

    def run(self, measure: str, *, people: int, rate: int = FAST, module: str = "whole") -> Found:
        """What one process of one of the bench's modules tells. Raises RuntimeError where it fails."""
        asked = json.dumps({**self._asked, "people": people, "rate": rate})
        command = [sys.executable, "-m", f"tests.bench.{module}", measure, asked]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{measure} of {people} failed:\n{done.stderr[-3000:]}")
        found: Found = json.loads(done.stdout.splitlines()[-1])
        return found


def measured() -> Found:
    """All numbers of the whole path. Of repeated runs the least counts: what else runs can only add."""
    with standin() as runs:
        runs.run("record", people=SMALL)
        small, prebuilt = [], []
        for _ in range(ROUNDS):
            small.append(runs.run("engine", people=SMALL))
            prebuilt.append(runs.run("prebuilt", people=SMALL))
        large = min((runs.run("engine", people=LARGE) for _ in range(LARGE_ROUNDS)), key=itemgetter("cpu_us"))
        slow = runs.run("engine", people=LARGE, rate=SLOW)
        alerts = [runs.run(one, people=SMALL, module="alert") for one in ("overtaking", "shaped")]
        few, many = (runs.run("taken_over", people=n, module="imports") for n in (SMALL // 10, SMALL))
        noted = runs.run("noted", people=REPORTED, module="receipts")
        followed = [runs.run("followed", people=CLICKS, module="clicks") for _ in range(LARGE_ROUNDS)]
    least, floor = min(one["cpu_us"] for one in small), min(one["cpu_us"] for one in prebuilt)
    written = large["units"]["written"]
    handed = sum(written.values()) - large["units"]["recorded"]
    prices = priced(large)
    return {
        "cpu_us_per_recipient": round(least, 1),
        "cpu_us_at_100k": round(large["cpu_us"], 1),
        "cpu_us_at_100k_50_a_second": round(slow["cpu_us"], 1),
        "cpu_us_by_function": {name: round(us, 1) for name, us in large["cpu_us_by_queue"].items()},
        "prebuilt_us_per_recipient": round(floor, 1),
        "ratio_to_prebuilt": round(least / floor, 2),
        "requests_per_1000": _per_thousand(large),
        "requests_per_1000_at_50": _per_thousand(slow),
        "requests_by_operation": _by_operation(large),
        "requests_by_operation_at_50": _by_operation(slow),
        "write_units_per_recipient": round(handed / LARGE, 3),
        "write_units_of_record": round(large["units"]["recorded"] / LARGE, 3),
        "write_units_by_table": {name: round(units / LARGE, 3) for name, units in written.items()},
        "read_units_per_recipient": round(sum(large["units"]["read"].values()) / LARGE, 4),
        "growth_10k_to_100k": round(large["cpu_us"] / least, 2),
        "peak_mib_10k": round(max(one["peak_mib"] for one in small), 1),
        "peak_mib_100k": round(large["peak_mib"], 1),
        "peak_growth_mib": round(large["peak_mib"] - min(one["peak_mib"] for one in small), 1),
        "usd_per_million": round(sum(prices.values()), 2),
        "usd_per_million_by_service": prices,
        "prices_as_of": PRICES["as_of"],
        "import_requests_per_1000": round(many["requests_per_1000"], 1),
        "import_peak_growth_mib": round(many["peak_mib"] - few["peak_mib"], 1),
        "imports": {name: round(value, 1) for name, value in many.items()},
        **alerts[0],
        **alerts[1],
        **min(followed, key=itemgetter("click_cpu_us")),
        "apart": _apart(large),
        "receipts": noted,
    }


def _per_thousand(run: Found) -> float:
    return float(round(sum(run["requests"].values()) / run["people"] * 1000, 1))


def _by_operation(run: Found) -> dict[str, float]:
    return {name: round(count / run["people"] * 1000, 2) for name, count in sorted(run["requests"].items())}


def priced(run: Found) -> dict[str, float]:
    """List price of a million recipients, by service; Lambda's time is its CPU, at a gigabyte."""
    per, people = PRICES["per_million"], run["people"]
    units = run["units"]
    asked: Counter[str] = Counter(run["requests"]) + Counter(run["closing"])
    sqs = sum(count for name, count in asked.items() if name.startswith("sqs"))
    cost: Mapping[str, float] = {
        "dynamodb": sum(units["written"].values()) * per["dynamodb_write_units"]
        + sum(units["read"].values()) * per["dynamodb_read_units"],
        "sqs": sqs * per["sqs_requests"],
        "lambda": sum(run["invoked"].values()) * per["lambda_invocations"]
        + run["cpu_us"] * people / 1e6 * LAMBDA_GB * per["lambda_gb_seconds"],
        "ses": people * per["ses_mails"],
    }
    return {name: round(micro / people, 2) for name, micro in cost.items()}


def _apart(run: Found) -> Found:
    """Lambda's own polling, a receive and a delete for each batch; and the recount at the plan's closing."""
    polls = 2 * sum(run["invoked"].values()) / run["people"]
    return {
        "closing_requests_per_1000": round(sum(run["closing"].values()) / run["people"] * 1000, 2),
        "polling_requests_per_1000": round(polls * 1000, 1),
        "polling_usd_per_million": round(polls * PRICES["per_million"]["sqs_requests"], 2),
    }


def printed(found: Found) -> list[str]:
    """Prints the table; answers the keys over their limits."""
    print(f"\nThe whole path, per recipient, {SMALL:,} and {LARGE:,} in four languages\n")
    over = []
    for key, limit, meaning in LIMITS:
        flag = "" if found[key] <= limit else "  OVER"
        over += [key] if flag else []
        print(f"{key:<28}{found[key]:>9}  (limit {limit:g}){flag:<6}  {meaning}")
    for key in ("prebuilt_us_per_recipient", "cpu_us_at_100k", "read_units_per_recipient", "usd_per_million"):
        print(f"{key:<28}{found[key]:>9}")
    for name in ("requests_by_operation", "write_units_by_table", "usd_per_million_by_service", "apart"):
        print(f"\n{name}: {', '.join(f'{key} {value:g}' for key, value in found[name].items())}")
    alert.printed(found)
    receipts.printed(found["receipts"])
    clicks.printed(found)
    imports.printed(found["imports"])
    return over
