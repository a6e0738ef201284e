"""What an import costs: new people, by email, with two topics each, out of a CSV file.

    python -m tests.bench.imports taken_over '{"port": …, "people": 10000, "rate": 500}'

DynamoDB is the stand-in's; S3 is a file here, whose requests are counted with the others.
"""

import io
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

from tests.bench.whole import Asked, StandIn, cpu, peak_mib, tell

HEADER = b"email,name,language,topics,consent_source,consent_at\n"
ROW = "resident{}@city.example,Ann Resident,en,roads;budget,web form,2026-01-31\n"


class Bucket:
    """The calls of S3 that an import makes, on one file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.requests = 0

    def head_object(self, **_: Any) -> dict[str, Any]:
        """Size and version."""
        self.requests += 1
        return {"ContentLength": self.file.seek(0, io.SEEK_END), "ETag": "1"}

    def get_object(self, **request: Any) -> dict[str, Any]:
        """One range."""
        self.requests += 1
        first, last = map(int, request["Range"].removeprefix("bytes=").split("-"))
        self.file.seek(first)
        return {"Body": io.BytesIO(self.file.read(last - first + 1))}

    def delete_object(self, **_: Any) -> None:
        """The end of the file."""
        self.requests += 1


def taken_over(asked: Asked) -> dict[str, Any]:
    """Imports a file of so many rows, and tells what it took."""
    import app  # noqa: F401 - what the function has loaded anyway
    from chalicelib.core.wiring import wiring
    from chalicelib.subscribers.imports.tables import ImportItem, OptionsItem
    from chalicelib.subscribers.imports.work import continue_import

    standin = StandIn(asked["port"])
    standin.ask("fill", people=0, languages=["en"], rate=500)
    with tempfile.TemporaryFile() as file:
        file.write(HEADER)
        file.writelines(ROW.format(number).encode() for number in range(asked["people"]))
        bucket = Bucket(file)
        wiring().clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)
        wiring().__dict__ |= {"s3": bucket, "address_key": b"k" * 32}
        one, until = "1" * 32, 2_000_000_000
        topics = ["roads", "budget"]
        OptionsItem(one, topics=topics, mapping={}, everyone=[], expires_at=until).save()
        head = ImportItem(one, sort="1", state="running", by="staff:1", created_at="", expires_at=until)
        head.columns = []
        head.save()
        before, began = Counter(standin.ask("counts")["requests"]), cpu()
        continue_import({"import": one}, left=lambda: 600, wiring=wiring())
        spent, after = cpu() - began, Counter(standin.ask("counts")["requests"])
    done = ImportItem.read(one)
    assert (done.state, int(done.created)) == ("done", asked["people"]), "rows are missing"
    return {
        "requests_per_1000": ((after - before).total() + bucket.requests) / asked["people"] * 1000,
        "cpu_us": spent / asked["people"] * 1e6,
        "peak_mib": peak_mib(),
    }


def printed(found: Mapping[str, float]) -> None:
    """Prints a line."""
    print(f"\nImports: {', '.join(f'{name} {value:g}' for name, value in found.items())}")


if __name__ == "__main__":
    tell(taken_over)
