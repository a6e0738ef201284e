"""`make bench` (`python -m tests.bench`): cold starts, clicks, the whole path, the best hour: against limits.

Each function starts in a process of its own and answers the first event that the main job hands it; what AWS
answers is recorded beforehand on the local platform. The numbers go into `build/bench.json`;
`docs/performance.md` explains them.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import hours, path, variants
from tests.bench.cold import Case
from tests.bench.record import record

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "bench.json"
COLD = Path(__file__).with_name("cold.py")
RUNS = int(os.environ.get("BENCH_RUNS") or 5)
LIMIT_MS = 800
CLICK = "Track, click"
LIMITS_MS = {CLICK: 500, "Alerts, launch": 1200, "AlertWatch": 1200, "Census": 1200, "Exports": 1200}
"""Of those that differ. Alerts load what signs CAP, once one was handed over; a census and a night's exports
do their whole work, several hundred requests, in the event that is measured here."""

COLUMNS = "{:<22}{:>8}{:>8}{:>9}{:>9}{:>8}  {}"


def main() -> int:
    """Measures, prints, writes the results; 1 where a limit is passed."""
    cases = record()
    print(f"Cold starts: CPU ms, {RUNS} processes each, Python {sys.version.split()[0]}\n")
    print(COLUMNS.format("function", "import", "first", "minimum", "median", "limit", "loaded"))
    starts = {label: _cold_start(label, case) for label, case in cases.items()}
    clicks = _measured("clicks", cases[CLICK])
    stub, botocore = (round(clicks[name] * 1e6) for name in ("stub", "botocore"))
    print(f"\nA warm click: {stub} µs of CPU in the handler, {botocore} µs with botocore's queue client.")
    opens = _measured("opens", cases[CLICK])
    whole = path.measured()
    over = [label for label, one in starts.items() if one["over"]] + path.printed(whole)
    over += variants.printed()
    gains = hours.measured()
    over += hours.printed(gains)
    _write(
        {
            "cold_start_cpu_ms": {label: one["cold_start_cpu_ms"] for label, one in starts.items()},
            "cold_starts": starts,
            "click_cpu_us": {"stub": stub, "botocore": botocore},
            "open_cpu_us": {name: round(opens[name] * 1e6) for name in ("stub", "botocore")},
            "best_hour": hours.document(gains),
            **whole,
        }
    )
    print(f"\n{len(over)} over their limits{': ' if over else ''}{', '.join(over)}")
    return 1 if over else 0


def _cold_start(label: str, case: Case) -> dict[str, Any]:
    """Several starts of one function.

    The least is held against the limit: what else the machine does can only add to it.
    """
    runs = [_measured("cold", case) for _ in range(RUNS)]
    totals = [run["total"] for run in runs]
    limit = LIMITS_MS.get(label, LIMIT_MS)
    found = {
        "function": case["function"],
        "cold_start_cpu_ms": round(min(totals) * 1000),
        "median_ms": _ms(totals),
        "import_ms": _ms([run["import"] for run in runs]),
        "first_event_ms": _ms([run["first"] for run in runs]),
        "limit_ms": limit,
        "loaded": runs[0]["loaded"],
    }
    found["over"] = found["cold_start_cpu_ms"] > limit
    flag = "  OVER" if found["over"] else ""
    shown = (found[name] for name in ("import_ms", "first_event_ms", "cold_start_cpu_ms", "median_ms"))
    print(COLUMNS.format(label, *shown, limit, ", ".join(found["loaded"]) + flag), flush=True)
    return found


def _measured(measure: str, case: Case) -> dict[str, Any]:
    """What `cold.py` tells in a fresh process. Raises CalledProcessError, AssertionError for a refusal."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.json"
        file.write_text(json.dumps(case))
        command = [sys.executable, "-W", "error", str(COLD), measure, str(file)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{case['function']} did not start:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    answer = found.get("answer")
    assert not isinstance(answer, int) or answer < 400, f"{case['function']} answered {answer}"
    assert not isinstance(answer, dict) or not answer["batchItemFailures"], f"{case['function']} failed"
    return found


def _ms(seconds: Sequence[float]) -> int:
    return round(median(seconds) * 1000)


def _write(found: Mapping[str, Any]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    document = {"python": sys.version.split()[0], "runs": RUNS, **found}
    RESULTS.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    print(f"\nWritten to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
