"""The season: weeks of campaigns to readers whose true habits are known, and what Crier learns of them.

Machines open and click beside them (`infra.city.readers`). What people truly did stays here: the reports,
which see requests only, are held against it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from infra.city import Campaign
from infra.city.readers import Read, read
from infra.city.texts import campaign
from infra.client import Client
from infra.demo.table import Table

CAMPAIGN = "budget-hearing"
ZONE = ZoneInfo("America/New_York")
HOURS = (9, 13, 19, 20)
"""At which local hour each week's campaign leaves: hours can be learned only of hours that were tried."""

NEAR = 0.1
"""How far the human figures may be from the truth, as a share of it."""

JUST_NOW = timedelta(seconds=1)
QUESTION = "How should the city spend $412 million?"
A_WHILE = timedelta(minutes=20)
TOTALS = timedelta(hours=73)
"""After a launch: the totals are taken then."""

PAGE = Path.cwd() / "build" / "season-report.html"
LAST_TAKING = 72
TIMEOUT_S = 240

Letters = Sequence[dict[str, Any]]


class Clock:
    """The platform's clock, which `/later` moves ahead."""

    def __init__(self, http: Client) -> None:
        self._http = http
        now = datetime.fromisoformat(http.request("GET", "/later.json").good().json()["now"])
        self._ahead = now - datetime.now(UTC)

    def now(self) -> datetime:
        """What time it is there."""
        return datetime.now(UTC) + self._ahead

    def until(self, moment: datetime) -> None:
        """Moves it to a moment; one that is over, or as good as there, it leaves behind."""
        wait = moment - self.now()
        if wait > JUST_NOW:
            self._http.request("POST", "/later", form=[("seconds", f"{wait.total_seconds():.3f}")])
            self._ahead += wait


class Season:
    """Four weeks of newsletters, what their readers do, and what is learned of it."""

    def __init__(self, http: Client, table: Table) -> None:
        self.http = http
        self.table = table
        self.clock = Clock(http)
        self.words: Campaign = campaign(CAMPAIGN)
        self.read: list[Read] = []
        self.reports: list[dict[str, Any]] = []

    def run(self) -> None:
        """Sends, reads, and holds the reports against the truth. Raises Refused, OSError, TimeoutError."""
        for week, hour in enumerate(HOURS, 1):
            self.table.say(f"A season of newsletters: week {week} of {len(HOURS)}")
            self._week(f"The budget, week {week}", hour)
        self._compare()
        self._words()
        self._hour()

    def _week(self, name: str, hour: int) -> None:
        begins = _next(self.clock.now(), hour)
        self.clock.until(begins)
        campaign_id = self._launch(name)
        self.table.wait(name, lambda: self._progress(campaign_id)["closed_at"], timeout=TIMEOUT_S)
        self.read += self._visit(self._letters(since=begins))
        self.clock.until(begins + TOTALS)
        self.reports.append(self._settled(campaign_id))

    def _launch(self, name: str, **more: Any) -> str:
        """Drafts and launches a campaign by mail."""
        draft = {
            "name": name,
            "department": "finance",
            "channels": ["email"],
            "content": {tag: {**vars(words), "sms": ""} for tag, words in self.words.words.items()},
            "audience": {"any": [{"topic": topic} for topic in self.words.topics]},
            **more,
        }
        campaign_id: str = self.http.api("POST", "/v1/campaigns", draft)["id"]
        self.http.api("POST", f"/v1/campaigns/{campaign_id}/launch")
        return campaign_id

    def _progress(self, campaign_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.api("GET", f"/v1/campaigns/{campaign_id}")["progress"]
        return found

    def _read(self, campaign_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.api("GET", f"/v1/campaigns/{campaign_id}/report")
        return found

    def _letters(self, *, since: datetime) -> Letters:
        moment = since.astimezone(ZoneInfo("UTC")).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found: Letters = self.http.request("GET", f"/outbox.json?channel=email&since={moment}").good().json()
        return found

    def _visit(self, letters: Letters) -> list[Read]:
        """Has readers and machines do what they do with new letters, in the order of time."""
        sent_at = self.clock.now()
        found = [read(letter, sent_at=sent_at) for letter in letters]
        visits = sorted(visit for one in found for visit in one.visits)
        for done, visit in enumerate(visits):
            self.table.say(f"Readers and machines open and click: {done:,} of {len(visits):,}")
            self.clock.until(sent_at + timedelta(seconds=visit.after_s))
            headers = {"User-Agent": visit.agent, "X-Forwarded-For": visit.network}
            self.http.request("GET", visit.path, headers=headers)
        return found

    def _settled(self, campaign_id: str) -> dict[str, Any]:
        """The report once its totals were taken."""

        def taken() -> dict[str, Any] | None:
            report = self._read(campaign_id)
            reach = report["reach"]
            return report if reach and reach["hours_after"] == LAST_TAKING else None

        found: dict[str, Any] = self.table.wait("The totals are taken", taken, timeout=TIMEOUT_S)
        return found

    def _compare(self) -> None:
        """What all weeks' reports say, with machines and without, against what people truly did."""
        sent = sum(report["sent"] for report in self.reports)
        rates = [report["read_rate"] for report in self.reports]
        enough = all(rates)
        read_by = round(sum(rate["value"] * rate["of"] for rate in rates)) if enough else 0
        for verb, truth, found in (
            ("opened", sum(one.opened for one in self.read), read_by),
            ("clicked", sum(one.clicked for one in self.read), self._people("clicked", "human")),
        ):
            raw = self._people(verb, "raw")
            self.table.row(
                f"{verb} by people, in four weeks: within 10 %", due=True, found=_near(found, truth)
            )
            self.table.note(
                f"Of {sent:,} mails people truly {verb} {truth:,}. With machines counted in: {raw:,}"
                f" ({raw / truth - 1:+.0%}); as reported of people: {found:,} ({found / truth - 1:+.0%})."
            )

    def _words(self) -> None:
        """A campaign with a second subject: batches, and whether one of both is the better one."""
        begins = _next(self.clock.now(), HOURS[0])
        self.clock.until(begins)
        other = {
            "name": "question",
            "content": {"en": {"subject": QUESTION}},
        }
        campaign_id, known = self._launch("The budget, two subjects", variants=[other]), set[str]()

        def over() -> bool:
            letters = [one for one in self._letters(since=begins) if one["provider_id"] not in known]
            known.update(one["provider_id"] for one in letters)
            self._visit(letters)
            self.clock.until(self.clock.now() + A_WHILE)
            return bool(self._progress(campaign_id)["closed_at"])

        def compared() -> dict[str, Any] | None:
            self.clock.until(self.clock.now() + A_WHILE)
            found: dict[str, Any] = self._read(campaign_id)["search"]
            return found if found["state"] != "collecting" else None

        self.table.wait("A campaign tries two subjects", over, timeout=TIMEOUT_S)
        search = self.table.wait("Both subjects are compared", compared, timeout=TIMEOUT_S)
        self.table.row(
            "batches in which subjects were tried", due=len(search["batches"]), found=_decided(search)
        )
        self.table.note(f"Two subjects: {search['state']}. {search['explanation']}")
        self._page(campaign_id)

    def _page(self, campaign_id: str) -> None:
        """Keeps the report's page, with its charts, for whoever wants to look at it afterwards."""
        link = self.http.api("POST", f"/v1/campaigns/{campaign_id}/report/link", {"days": 1})["url"]
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(self.http.page("GET", link), encoding="utf-8")
        self.table.note(f"The report as staff see it, with its charts: {PAGE.relative_to(Path.cwd())}")

    def _hour(self) -> None:
        """Why somebody gets it when they do: whoever of the first readers most is known of."""
        people = self.http.api("GET", f"/v1/subscribers?topic={self.words.topics[0]}&limit=100")["items"]
        found = [self.http.api("GET", f"/v1/subscribers/{one['id']}/best-hour") for one in people]
        best = max(found, key=lambda one: (one["messages"], one["subscriber_id"]))
        self.table.row("messages known of one reader, at least", due=True, found=best["messages"] > 1)
        self.table.note(f"Somebody's best hour: {best['hour']}:00. {' '.join(best['words'])}")

    def _people(self, verb: str, kind: str) -> int:
        return sum(report["engagement"][verb][kind] for report in self.reports)


def _next(now: datetime, hour: int) -> datetime:
    """The next moment at which it is this hour in the city."""
    local = now.astimezone(ZONE).replace(hour=hour, minute=0, second=0, microsecond=0)
    return local if local > now else local + timedelta(days=1)


def _decided(search: Mapping[str, Any]) -> int:
    return sum(batch["decided"] is not None for batch in search["batches"])


def _near(found: int, truth: int) -> bool:
    return abs(found - truth) <= NEAR * truth
