"""What X holds, the documents in which its API tells of it, and how its page shows it.

https://docs.x.com/x-api/fundamentals/data-dictionary
https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from chalicelib.core.clock import rfc3339
from infra.stand_ins.shown import Shown, ShownImage
from infra.stand_ins.transport import json_response
from infra.stand_ins.x_length import words_that_are_links

ME = {"id": "2244994945", "name": "City of Example", "username": "CityOfExample"}
ADA = {"id": "783214", "name": "Ada", "username": "ada"}
PROBLEMS = "https://api.twitter.com/2/problems/"


@dataclass
class Tweet:
    """A post as X keeps it: `text` as it was given, `links` by the `t.co` address of each."""

    id: str
    author: dict[str, str]
    text: str
    at: datetime
    media: list[str]
    after: str
    links: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, int] = field(
        default_factory=lambda: {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0}
    )


def tweet_document(one: Tweet) -> dict[str, Any]:
    """A post as the API has it: escaped, and each link as a `t.co` one."""
    text, urls = one.text, []
    for word in (word for word in one.links if not word.startswith("https://t.co/")):
        short = one.links[word]
        text = text.replace(word, short, 1)
        urls.append({"url": short, "expanded_url": one.links[short], "display_url": word})
    for number, media in enumerate(one.media[:1]):
        short = f"https://t.co/m{one.id[-4:]}{number:05}"
        text += f" {short}"
        urls.append(
            {
                "url": short,
                "expanded_url": f"https://x.com/i/status/{one.id}/photo/1",
                "media_key": f"3_{media}",
            }
        )
    told: dict[str, Any] = {
        "id": one.id,
        "text": html.escape(text, quote=False),
        "author_id": one.author["id"],
        "created_at": rfc3339(one.at),
        "public_metrics": dict(one.metrics),
        "edit_history_tweet_ids": [one.id],
    }
    if urls:
        told["entities"] = {"urls": urls}
    if one.after:
        told["referenced_tweets"] = [{"type": "replied_to", "id": one.after}]
    return told


def shown(one: Tweet, images: Sequence[ShownImage]) -> Shown:
    """What people read of a post on its author's page."""
    return Shown(
        platform="x",
        account=f"@{one.author['username']}",
        id=one.id,
        url=f"https://x.com/i/web/status/{one.id}",
        at=rfc3339(one.at),
        text=one.text,
        html=_html(one.text),
        images=tuple(images),
        after=one.after,
    )


def problem(status: int, name: str, title: str, detail: str) -> Response:
    """A refusal of a type that X documents."""
    told = {"title": title, "detail": detail, "type": f"{PROBLEMS}{name}", "status": status}
    return json_response(told, status)


def invalid(message: str) -> Response:
    """400: the request is not one."""
    return problem(400, "invalid-request", "Invalid Request", message)


def forbidden(detail: str) -> Response:
    """403: a post that X does not take."""
    return json_response({"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}, 403)


def _html(text: str) -> str:
    escaped = html.escape(text)
    for word in words_that_are_links(text):
        target = word if word.startswith("http") else f"http://{word}"
        link = f'<a href="{html.escape(target)}">{html.escape(word)}</a>'
        escaped = escaped.replace(html.escape(word), link, 1)
    return re.sub(r"\n", "<br>", escaped)
