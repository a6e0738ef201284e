"""The steps of the demonstration, each with its rows in the table."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from infra.city import Campaign, Message, due, residents, to_csv
from infra.city.seed import create_topics, draft, import_file
from infra.city.texts import campaign
from infra.client import Client
from infra.demo.check import Verdict, language_of, links, verdict
from infra.demo.owed import owed
from infra.demo.resident import Resident, newcomer
from infra.demo.season import Season
from infra.demo.table import PAUSE_S, Table, bar

CAMPAIGN = "flu-clinics"
NAME, LANGUAGE = "Lucía Herrera", "es"
SIGNED_UP = {"clinics": ["email"], "library": ["email"], "parks": ["email"]}
CHOSEN = {**SIGNED_UP, "clinics": ["sms"]}
AFTER_ONE_CLICK = {"clinics": ["sms"], "parks": ["email"]}
"""One click ends, on its channel, what the message matched: the library's news, not the parks'."""
CAMPAIGN_TIMEOUT_S = 150
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
CAME, READING, JUDGED = timedelta(minutes=2), timedelta(seconds=20), timedelta(minutes=3)
"""From a mail that is opened to its link; and until events are judged and counted."""

OUTCOMES = ("sent", "failed", "unknown", "cancelled", "expired")

Report = Mapping[str, Any]
Letters = list[dict[str, Any]]


class Demo:
    """One run on one platform; `new` if nobody else has used it."""

    def __init__(self, http: Client, table: Table, *, new: bool) -> None:
        self.http = http
        self.table = table
        self.new = new
        self.people = residents()
        self.campaign: Campaign = campaign(CAMPAIGN)

    def run(self) -> int:
        """The main job, from an empty city to a report; how many messages the campaign sent.

        Raises Refused, OSError, LookupError, RuntimeError, TimeoutError where a step cannot be done.
        """
        self._import()
        messages = self._owed()
        resident = self._sign_up()
        messages += [
            Message(channel, address, LANGUAGE, NAME)
            for channel, address in (("email", resident.email), ("sms", resident.phone))
        ]
        before = len(self._outbox())
        campaign_id = self._launch(len(messages))
        letters = [one for one in self._outbox()[before:] if language_of(one, self.campaign)]
        self._check(verdict(letters, messages, self.campaign), messages, letters)
        url = self._engage(campaign_id, resident, letters)
        self._report(campaign_id, messages, url)
        resident.stop_all()
        self.table.row("left after unsubscribing from all", due="none", found=_shown(resident.chosen()))
        if self.new:
            Season(self.http, self.table).run()
        return len(letters)

    def _import(self) -> None:
        self.table.say("Importing 2,000 residents")
        create_topics(self.http)
        report = import_file(self.http, to_csv(self.people), wait=self._importing)
        kept = sum(row["reason"].startswith("The person") for row in report["rows"])
        self.table.row("residents imported", due=len(self.people), found=_there(report) + kept)
        self.table.row("rows refused", due=0, found=report["refused"] - kept)

    def _importing(self, report: Report) -> None:
        self.table.say(f"Importing 2,000 residents: {_there(report):,} so far")
        time.sleep(PAUSE_S)

    def _sign_up(self) -> Resident:
        self.table.say("A resident signs up")
        resident = newcomer(self.http, self.table, name=NAME, language=LANGUAGE)
        resident.sign_up(tuple(SIGNED_UP))
        self._chosen("signed up and confirmed", SIGNED_UP, resident)
        resident.add_phone()
        resident.choose(CHOSEN)
        self._chosen("chosen on the preference page", CHOSEN, resident)
        return resident

    def _chosen(self, what: str, channels: Mapping[str, Sequence[str]], resident: Resident) -> None:
        self.table.row(what, due=_shown(channels), found=_shown(resident.chosen()))

    def _owed(self) -> list[Message]:
        """What the campaign owes: by the generator, and for whoever chose otherwise here since, by that.

        A platform that was just made for this holds nothing else than the generator says.
        """
        self.table.say("Reading whom the campaign concerns")
        by_generator, by_platform = due(self.people, self.campaign), owed(self.http, self.campaign)
        others = set(by_generator) ^ set(by_platform)
        if self.new:
            self.table.row("due otherwise than generated", due=0, found=len(others))
        elif others:
            self.table.note(
                f"{len(others)} messages more or less than generated: residents chose otherwise here."
            )
        return by_platform

    def _launch(self, number: int) -> str:
        campaign_id = draft(self.http, self.campaign)
        self.http.api("POST", f"/v1/campaigns/{campaign_id}/launch")

        def over() -> bool:
            progress = self.http.api("GET", f"/v1/campaigns/{campaign_id}")["progress"]
            self.table.say(f"The campaign goes out: {_far(progress, number)}")
            return bool(progress["closed_at"])

        self.table.wait("The campaign goes out", over, timeout=CAMPAIGN_TIMEOUT_S)
        return campaign_id

    def _check(self, found: Verdict, messages: Sequence[Message], letters: Letters) -> None:
        for channel, what in (("email", "mails"), ("sms", "text messages")):
            number = sum(one.channel == channel for one in messages)
            self.table.row(f"{what} in the outbox", due=number, found=found.seen[channel])
        for what, wrong in found.wrong().items():
            self.table.row(f"messages {what}", due=0, found=len(wrong))
        mails = sum(one["channel"] == "email" for one in letters)
        self.table.row("mails with a one-click link of their own", due=mails, found=len(links(letters)))

    def _engage(self, campaign_id: str, resident: Resident, letters: Letters) -> str:
        """One reads and follows a link, another opens the mail, the first one leaves; the link's address."""
        own = next(one for one in letters if one["to"] == resident.email)
        other = next(one for one in letters if one["channel"] == "email" and one["to"] != resident.email)
        url: str = re.findall(r"\]\((https://[^)]+)\)", self.campaign.words[LANGUAGE].body)[0]
        numbers = {one["url"]: one["number"] for one in self._read(campaign_id)["links"]}
        self._later(CAME)  # who loads and follows in a mail's first minute counts as a scanner
        self.http.request("GET", _address(own, r"/o/[^/\"]+"), headers=BROWSER)
        self._later(READING)
        answer = self.http.request("GET", _address(own, rf"/t/[^/\"]+/{numbers[url]}"), headers=BROWSER)
        self.table.row("a click leads to", due=_short(url), found=_short(answer.headers.get("location", "")))
        pixel = self.http.request("GET", _address(other, r"/o/[^/\"]+"), headers=BROWSER)
        self._later(JUDGED)
        self.table.row("opening a mail loads", due="image/gif", found=pixel.headers.get("content-type"))
        self.table.row("one-click POST answers", due=200, found=resident.one_click(own))
        self._chosen("chosen after one click", AFTER_ONE_CLICK, resident)
        return url

    def _report(self, campaign_id: str, messages: Sequence[Message], url: str) -> None:
        mails = sum(one.channel == "email" for one in messages)

        def complete() -> Report | None:
            report = self._read(campaign_id)
            heard = report["delivered"] >= mails and report["opens"] > 1 and report["clicks"]
            return report if heard else None

        report = self.table.wait("The report takes in what happened", complete)
        time.sleep(2 * PAUSE_S)
        report = self._read(campaign_id)
        self.table.row("report: planned", due=len(messages), found=report["planned"])
        for name in (*OUTCOMES, "waiting"):
            self.table.row(f"report: {name}", due=len(messages) if name == "sent" else 0, found=report[name])
        total = sum(report[name] for name in OUTCOMES)
        self.table.row("report: the sum of these", due=report["planned"], found=total)
        self.table.row("report: people skipped", due=0, found=sum(report["skipped"].values()))
        for one in report["channels"]:
            number = sum(message.channel == one["channel"] for message in messages)
            self.table.row(f"report: sent by {one['channel']}", due=number, found=one["sent"])
        self.table.row("report: mails delivered", due=mails, found=report["delivered"])
        for name, number in (("opened", 2), ("opens", 2), ("clicked", 1), ("clicks", 1)):
            self.table.row(f"report: {name}", due=number, found=report[name])
        link = next(one for one in report["links"] if one["url"] == url)
        self.table.row("report: people on that link", due=1, found=link["people"]["human"])

    def _later(self, wait: timedelta) -> None:
        """Moves the platform's clock, for what takes its time."""
        self.http.request("POST", "/later", form=[("seconds", str(wait.total_seconds()))])

    def _read(self, campaign_id: str) -> Report:
        found: Report = self.http.api("GET", f"/v1/campaigns/{campaign_id}/report")
        return found

    def _outbox(self) -> Letters:
        """All letters, oldest first."""
        found: Letters = self.http.request("GET", "/outbox.json").good().json()
        return found[::-1]


def _there(report: Report) -> int:
    """How many residents an import has found or made."""
    return sum(report[name] for name in ("created", "changed", "unchanged"))


def _address(letter: Mapping[str, Any], path: str) -> str:
    """The address of this form in a mail's HTML. Raises LookupError."""
    found = re.search(rf"https?://[^\"/]+{path}", letter["html"])
    if found is None:
        raise LookupError(f"the mail holds no address like {path}")
    return found[0]


def _short(url: str) -> str:
    return url.removeprefix("https://")


def _shown(channels: Mapping[str, Sequence[str]]) -> str:
    """Channels by topic, short: `email: library parks, sms: clinics`."""
    topics: dict[str, list[str]] = {}
    for topic, chosen in sorted(channels.items()):
        topics.setdefault("+".join(chosen), []).append(topic)
    return ", ".join(f"{channel}: {' '.join(names)}" for channel, names in sorted(topics.items())) or "none"


def _far(progress: Mapping[str, Any], number: int) -> str:
    """How far a campaign is, in a line: a bar, counts, rate, and when it should be done."""
    done = progress["planned"] - progress["waiting"]
    line = f"{bar(done, number)} {progress['sent']:,} of {number:,} sent"
    if progress["per_second"]:
        line += f", {progress['per_second']:,.0f} a second"
    if progress["expected_finish"]:
        line += f", done by {progress['expected_finish'][11:19]} UTC"
    return line
