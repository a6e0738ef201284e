"""What people do, as the features do it: over HTTP, with what the last page or message showed them."""

import itertools
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from uuid import uuid4

from tests.features.driver import MAIL_PROGRAM, Driver, Message, Response

LINK = re.compile(r"https?://[^\s\"'<>]+/(?:confirm|preferences|unsubscribe)/[A-Za-z0-9_-]+")
TRACKED = re.compile(r"https?://[^\s\"'<>]+/t/[A-Za-z0-9_-]+/\d+")
ANY_TRACKED = re.compile(r"https?://[^\s\"'<>]+/t/[A-Za-z0-9_-]+/\w+")
PIXEL = re.compile(r"https?://[^\s\"'<>]+/o/[A-Za-z0-9_-]+")
_numbers = itertools.count(int(uuid4().hex[:4], 16) % 9000)


def slug(stem: str) -> str:
    """A name that no other test has."""
    return f"{stem}-{uuid4().hex[:8]}"


def email() -> str:
    """An address that no other test has."""
    return f"p{uuid4().hex[:12]}@city.example"


def phone() -> str:
    """A valid number that no other test of this session has, and the agency neither: those are below 1000."""
    return f"+1617555{1000 + next(_numbers) % 9000}"


def api(driver: Driver, method: str, path: str, json: Any = None, *, key: str | None = None) -> Any:
    """A call of the staff API that must succeed; its JSON."""
    response = driver.request(method, path, key=key or driver.admin_key, json=json)
    assert response.status < 300, f"{method} {path}: {response.status} {response.text[:800]}"
    return response.json() if response.body else None


def topic(driver: Driver, *, department: str = "works", name: str = "Road works") -> str:
    """A new open topic; its id."""
    topic_id = slug("topic")
    names = {"en": name, "es": f"{name} (es)"}
    body = {"id": topic_id, "name": names, "department": department, "category": "City", "description": names}
    api(driver, "POST", "/v1/topics", body)
    return topic_id


SQUARE = [[-71.07, 42.35], [-71.05, 42.35], [-71.05, 42.37], [-71.07, 42.37], [-71.07, 42.35]]


def area(driver: Driver, area_id: str = "", *, kind: str = "named", name: str = "Old Town") -> str:
    """A new area around 42.36, -71.06; its id."""
    area_id = area_id or slug("area")
    geometry = {"type": "Polygon", "coordinates": [SQUARE]}
    properties = {"name": name, "kind": kind, "geocodes": {"SAME": ["025025"]}, "OBJECTID": 7}
    body = {"type": "Feature", "id": 7, "geometry": geometry, "properties": properties}
    return str(api(driver, "PUT", f"/v1/areas/{area_id}", body)["id"])


def staff_key(
    driver: Driver,
    *,
    roles: Sequence[str] = ("communicator",),
    departments: Sequence[str] = ("works",),
    mode: str = "live",
) -> tuple[str, str, str]:
    """A new member of staff with a key: its text, its id, and the person's id."""
    person = api(
        driver,
        "POST",
        "/v1/staff",
        {"name": "Sam Staff", "email": email(), "roles": list(roles), "departments": list(departments)},
    )
    issued = api(
        driver, "POST", "/v1/keys", {"staff_id": person["id"], "mode": mode, "label": "a feature test"}
    )
    return issued["key"], issued["id"], person["id"]


def messages(driver: Driver, to: str) -> list[Message]:
    """What an address got, oldest first."""
    return [message for message in driver.outbox() if message.to == to]


def last(driver: Driver, to: str) -> Message:
    """The newest message to an address."""
    found = messages(driver, to)
    assert found, "nothing came"
    return found[-1]


def link_in(message: Message) -> str:
    """The first personal link of a message's text."""
    found = LINK.search(message.text)
    assert found, "no link in the message"
    return found[0]


def way_out(message: Message) -> str:
    """The link by which mail programs unsubscribe (RFC 8058)."""
    return _list_unsubscribe(message).split(">", 1)[0].lstrip("<")


def way_out_by_mail(message: Message) -> tuple[str, str]:
    """Address and subject of the mail by which mail programs unsubscribe (RFC 2369)."""
    found = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", _list_unsubscribe(message))
    assert found, "the message names no mail"
    return found[1], found[2]


def _list_unsubscribe(message: Message) -> str:
    return {name.lower(): value for name, value in message.headers.items()}["list-unsubscribe"]


def wording_of(page: Response) -> str:
    """The version of the consent's wording that the (first) form of a page shows."""
    found = re.search(r'name="wording" value="([^"]+)"', page.text)
    assert found, "the page shows no wording"
    return unescape(found[1])


def ask_to_sign_up(
    driver: Driver,
    topics: Sequence[str],
    *,
    to_email: str = "",
    to_phone: str = "",
    name: str = "",
    language: str = "en",
) -> Response:
    """Fills in the sign-up page and sends it."""
    page = driver.request("GET", f"/subscribe?lang={language}")
    form = [("topic", one) for one in topics]
    form += [("email", to_email), ("phone", to_phone), ("name", name), ("language", language)]
    return driver.request("POST", f"/subscribe?lang={language}", form=[*form, ("wording", wording_of(page))])


def sign_up(
    driver: Driver, topics: Sequence[str], *, name: str = "", language: str = "en", to_email: str = ""
) -> str:
    """A resident who signs up by email and confirms; the address."""
    address = to_email or email()
    assert ask_to_sign_up(driver, topics, to_email=address, name=name, language=language).status == 200
    driver.settle()
    link = link_in(last(driver, address))
    assert driver.request("POST", link, form={}).status == 200
    return address


def sign_up_by_text(driver: Driver, topics: Sequence[str], *, language: str = "en") -> str:
    """A resident who signs up by text message and confirms with the code; the number."""
    number = phone()
    page = ask_to_sign_up(driver, topics, to_phone=number, language=language)
    driver.settle()
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', page.text)
    code = re.search(r"\b\d{6}\b", last(driver, number).text)
    assert action is not None
    assert code is not None
    assert driver.request("POST", unescape(action[1]), form={"code": code[0]}).status == 200
    return number


def link_to_own_page(driver: Driver, address: str) -> str:
    """The link that is sent to whoever asks at `/preferences`; it opens the person's page once."""
    assert driver.request("POST", "/preferences", form={"address": address}).status == 200
    driver.settle()
    return link_in(last(driver, address))


def own_page(driver: Driver, address: str) -> str:
    """A person's own page, opened by the link that was asked for."""
    opened = driver.request("POST", link_to_own_page(driver, address), form={})
    assert opened.status == 303, opened.text[:300]
    return opened.headers["location"]


WORDS = {
    "en": {
        "subject": "Main Street closes, ((first_name|neighbor))",
        "preheader": "From Monday",
        "body": "Hello ((first_name|neighbor)),\n\nMain Street **closes**. [The detour](https://city.example/detour?a=1&b=2).",
        "sms": "Main Street closes: https://city.example/detour",
    },
    "es": {
        "subject": "Cierra la calle Main",
        "preheader": "",
        "body": "La calle Main **cierra**. [El desvío](https://city.example/es/desvio).",
        "sms": "Cierra la calle Main",
    },
}


def draft(
    driver: Driver,
    topics: Sequence[str],
    *,
    channels: Sequence[str] = ("email", "sms"),
    content: Mapping[str, Any] = WORDS,
    excluding: Sequence[str] = (),
    department: str = "works",
    key: str | None = None,
) -> str:
    """A new draft; its id."""
    audience: dict[str, Any] = {"any": [{"topic": one} for one in topics]}
    if excluding:
        audience = {"except": [audience, *({"topic": one} for one in excluding)]}
    body = {
        "name": "Main Street",
        "department": department,
        "channels": list(channels),
        "default_language": "en",
        "content": content,
        "audience": audience,
    }
    return str(api(driver, "POST", "/v1/campaigns", body, key=key)["id"])


def send(driver: Driver, topics: Sequence[str], **more: Any) -> str:
    """A campaign, drafted, launched and settled; its id."""
    campaign = draft(driver, topics, **more)
    api(driver, "POST", f"/v1/campaigns/{campaign}/launch", key=more.get("key"))
    driver.settle()
    return campaign


def bouncing(driver: Driver, number: int) -> str:
    """A campaign to so many people whose mails all bounce for good; its id."""
    to = topic(driver)
    rows = [f"{email()},{to},email,paper form\n" for _ in range(number)]
    csv = "email,topics,channels,consent_source\n" + "".join(rows)
    api(driver, "POST", "/v1/imports", {"csv": csv})
    driver.settle()
    campaign = send(driver, [to], channels=["email"])
    addresses = {row.partition(",")[0] for row in rows}
    for message in driver.outbox():
        if message.to in addresses:
            driver.ses_event("Bounce", message)
    driver.settle()
    return campaign


def look_at(driver: Driver, mail: Message) -> None:
    """A mail program shows a mail, and loads its picture."""
    pixel = PIXEL.search(mail.html)
    assert pixel is not None
    image = {"user-agent": MAIL_PROGRAM, "accept": "image/avif,image/webp,*/*"}
    assert driver.request("GET", pixel[0], headers=image).status == 200


def follow(driver: Driver, message: Message) -> str:
    """Somebody reads a message and follows its first tracked link, in a browser; where it leads."""
    link = TRACKED.search(message.text)
    assert link is not None
    if message.channel == "email":
        look_at(driver, message)
    answer = driver.request("GET", link[0])
    assert answer.status == 302
    return answer.headers["location"]


def report(driver: Driver, campaign: str) -> Any:
    """A campaign's report; that its numbers add up is checked by the way."""
    found = api(driver, "GET", f"/v1/campaigns/{campaign}/report")
    settled = sum(found[name] for name in ("sent", "failed", "unknown", "cancelled", "expired"))
    assert found["planned"] == settled + found["waiting"]
    return found
