"""What one resident does, with a browser and with the outbox for a mailbox."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from infra import browser
from infra.client import Client, Refused
from infra.demo.table import Table

AREA_CODES = (202, 206, 212, 213, 214, 215, 303, 305, 312, 404, 415, 503, 602, 702, 713, 808)
"""Of fiction's phone numbers those that no resident of the city has."""
ONE_CLICK = [("List-Unsubscribe", "One-Click")]
CODE = re.compile(r"\b\d{6}\b")

Letter = Mapping[str, Any]


@dataclass
class Resident:
    """Someone new. `phone` and `email` are of no use to anyone before this run."""

    http: Client
    table: Table
    name: str
    language: str
    email: str
    phone: str
    preferences: str = ""

    def letters(self, address: str) -> list[Letter]:
        """What the mailbox or the phone holds, newest first."""
        found: list[Letter] = self.http.request("GET", f"/outbox.json?to={quote(address)}").good().json()
        return found

    def sign_up(self, topics: Sequence[str]) -> None:
        """Fills in the sign-up form, opens the mail's link and presses its button."""
        page = self._open("/subscribe")
        form = page.form("email")
        values = {
            "topic": topics,
            "email": [self.email],
            "name": [self.name],
            "language": [self.language],
        }
        self._send(form, values)
        mail = self.table.wait(
            "The resident waits for the mail that asks to confirm", self._newest(self.email)
        )
        link = _link(mail["text"], "/confirm/")
        confirmed = self._send(self._open(link).forms[0], {})
        self.preferences = confirmed.link("/preferences/")

    def add_phone(self) -> None:
        """Adds the phone on the page of addresses, and types in the code from the text message."""
        page = self._open(self._open(self.preferences).link("/addresses"))
        form = page.form("add")
        asked = self._send(form, {"phone": [self.phone]}, button=form.buttons[0])
        text = self.table.wait("The resident waits for the code by text message", self._newest(self.phone))
        code = CODE.search(text["text"])
        if code is None:
            raise LookupError("the text message holds no code of six digits")
        self._send(asked.form("code"), {"code": [code[0]]})

    def choose(self, channels: Mapping[str, Sequence[str]]) -> None:
        """Chooses channels by topic on the preference page."""
        form = self._open(self.preferences).form("time_zone")
        self._send(form, {f"channels:{topic}": chosen for topic, chosen in channels.items()})

    def chosen(self) -> dict[str, list[str]]:
        """Channels by topic, as the preference page shows them."""
        found: dict[str, list[str]] = {}
        for name, value in self._open(self.preferences).form("time_zone").fields:
            if name.startswith("channels:"):
                found.setdefault(name.removeprefix("channels:"), []).append(value)
        return found

    def one_click(self, mail: Letter) -> int:
        """What the mail program does when its own button is pressed (RFC 8058); the answer's status."""
        target = mail["headers"]["List-Unsubscribe"].split(">", 1)[0].lstrip("<")
        return self.http.request("POST", target, form=ONE_CLICK).status

    def stop_all(self) -> None:
        """Presses the button that ends everything."""
        form = self._open(self.preferences).form("stop")
        self._send(form, {}, button=form.buttons[0])

    def _newest(self, address: str) -> Callable[[], Letter | None]:
        return lambda: next(iter(self.letters(address)), None)

    def _open(self, path: str) -> browser.Page:
        return browser.read(self.http.page("GET", path), self._url(path))

    def _send(
        self,
        form: browser.Form,
        values: Mapping[str, Sequence[str]],
        *,
        button: tuple[str, str] | None = None,
    ) -> browser.Page:
        return browser.read(
            self.http.page("POST", form.action, form.filled(values, button=button)), form.action
        )

    def _url(self, path: str) -> str:
        return path if "://" in path else self.http.base_url + path


def newcomer(http: Client, table: Table, *, name: str, language: str) -> Resident:
    """Someone whose addresses nothing was sent to yet."""
    local = re.sub("[^a-z]", "", name.lower())
    while True:
        phone = f"+1{secrets.choice(AREA_CODES)}555{100 + secrets.randbelow(100):04}"
        email = f"{local}.{secrets.token_hex(4)}@mail.example"
        found = Resident(http, table, name, language, email, phone)
        if not found.letters(phone) and not found.letters(email):
            return found


def _link(text: str, part: str) -> str:
    found = re.search(rf"https?://[^\s<>()]+{re.escape(part)}[^\s<>()]+", text)
    if found is None:
        raise Refused(f"the mail holds no link with {part}")
    return found[0]
