"""The outbox pages: what would have left, as its reader would see it. Only the local platform has them.

`GET /outbox` lists, newest first (`?to=` one address, `?channel=`, `?since=` RFC 3339), `GET /outbox/{id}`
shows one, `GET /outbox.json` is for programs. Pictures of a mail stay away until asked for, as in a mail
program: loading them counts as an open.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.core.clock import rfc3339
from infra import posts
from infra.answers import HttpAnswer
from infra.aws.outbox import Letter, Outbox
from infra.stand_ins.shown import Shown

PAGE_SIZE = 100
NO_PICTURES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PICTURES = "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:"
HTML = "text/html; charset=utf-8"


def answer(outbox: Outbox, method: str, target: str, *, shown: Sequence[Shown] = ()) -> HttpAnswer:
    """The answer to a request for an outbox page; `target` is path and query, `shown` posts that stand."""
    if method not in ("GET", "HEAD"):
        return HttpAnswer(405, {"content-type": "text/plain", "allow": "GET, HEAD"}, b"GET only\n")
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/outbox.json":
        return _json(outbox, query, shown)
    if parts.path in ("/outbox", "/outbox/"):
        return _listing(outbox, query, shown)
    name = unquote(parts.path.split("/")[2])
    post = next((one for one in posts.letters(shown) if one.provider_id == name), None)
    return _post(post, shown) if post else _letter(outbox, name, query)


def _found(outbox: Outbox, query: dict[str, str], shown: Sequence[Shown]) -> list[Letter]:
    """Letters and posts, oldest first; those to an address, on a channel, or since a moment."""
    together, since = Outbox(), query.get("since", "")
    for one in sorted([*outbox.letters(), *posts.letters(shown)], key=lambda letter: letter.at):
        if not since or rfc3339(one.at) >= since:
            together.add(one)
    return together.letters(to=query.get("to") or None, channel=query.get("channel") or None)


def _json(outbox: Outbox, query: dict[str, str], shown: Sequence[Shown]) -> HttpAnswer:
    found = _found(outbox, query, shown)
    body = json.dumps([one.document() for one in reversed(found)], ensure_ascii=False).encode()
    return HttpAnswer(200, {"content-type": "application/json", "cache-control": "no-store"}, body)


def _listing(outbox: Outbox, query: dict[str, str], shown: Sequence[Shown]) -> HttpAnswer:
    found = _found(outbox, query, shown)[::-1]
    known = {one.channel for one in [*outbox.letters(), *posts.letters(shown)]}
    number = max(1, int(query.get("page", "1"))) if query.get("page", "1").isdigit() else 1
    start = (number - 1) * PAGE_SIZE
    return page(
        "outbox.html",
        letters=found[start : start + PAGE_SIZE],
        total=len(found),
        first=start + 1,
        page=number,
        more=len(found) > start + PAGE_SIZE,
        to=query.get("to", ""),
        channel=query.get("channel", ""),
        channels=sorted({"email", "sms", "voice", "push"} | known),
    )


def _post(letter: posts.PostLetter, shown: Sequence[Shown]) -> HttpAnswer:
    assert letter.shown is not None
    thread = [
        (one, posts.linked(one), [(posts.data_of(image), image.alt) for image in one.images])
        for one in posts.thread_of(letter.shown, shown)
    ]
    return page("post.html", letter=letter, thread=thread)


def _letter(outbox: Outbox, provider_id: str, query: dict[str, str]) -> HttpAnswer:
    letter = outbox.find(provider_id)
    if letter is None:
        return page("missing.html", status=404)
    pictures = query.get("pictures") == "1"
    return page(
        "letter.html",
        letter=letter,
        framed=_framed(letter, PICTURES if pictures else NO_PICTURES),
        pictures=pictures,
        has_pictures="<img" in letter.html,
        sms=_sms_parts(letter),
        way_out=_way_out(letter),
    )


def _way_out(letter: Letter) -> str:
    """Where one writes the mail that `List-Unsubscribe` names (RFC 2369); empty where it names none."""
    headers = {name.lower(): value for name, value in letter.headers.items()}
    found = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", headers.get("list-unsubscribe", ""))
    return "/inbox?" + urlencode({"from": letter.to, "to": found[1], "subject": found[2]}) if found else ""


def _framed(letter: Letter, policy: str) -> str:
    """The HTML part for a frame without rights: no script, pictures by `policy`, links into a new tab."""
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><base target="_blank">'
    before, mark, after = letter.html.partition("<head>")
    return f"{before}{mark}{head}{after}" if mark else head + letter.html


def _sms_parts(letter: Letter) -> Any:
    if letter.channel != "sms":
        return None
    from chalicelib.channels.sms_parts import count

    return count(letter.text)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def page(name: str, *, status: int = 200, **values: Any) -> HttpAnswer:
    """A page of the local platform's own."""
    text = _environment().get_template(name).render(values)
    return HttpAnswer(status, {"content-type": HTML, "cache-control": "no-store"}, text.encode())
