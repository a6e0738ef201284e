"""What a campaign needs before it goes out."""

from typing import Any, NamedTuple

import pytest

from chalicelib.campaigns.complete import missing
from chalicelib.campaigns.model import Campaign
from chalicelib.delivery.content import Words

MAIL = Words(subject="s", body="b")
BOTH = Words(subject="s", body="b", sms="t")


def campaign(**fields: Any) -> Campaign:
    given = {"channels": ("email",), "content": {"en": MAIL}, "audience": {"topic": "roads"}, **fields}
    return Campaign(
        id="c", name="n", department="roads", mode="live", default_language="en", state="draft", version=1,
        created_at="", created_by="", updated_at="", updated_by="", **given,
    )  # fmt: skip


class Example(NamedTuple):
    name: str
    campaign: Campaign
    pointers: list[str]


EXAMPLES = [
    Example("a mail", campaign(), []),
    Example("a mail and a text message", campaign(channels=("email", "sms"), content={"en": BOTH}), []),
    Example("only a text message", campaign(channels=("sms",), content={"en": Words(sms="t")}), []),
    Example("a language with a text message only", campaign(content={"en": MAIL, "es": Words(sms="t")}), []),
    Example("nobody chosen", campaign(audience=None), ["/audience"]),
    Example("no channel", campaign(channels=()), ["/channels"]),
    Example("no words", campaign(content={}), ["/content/en/body"]),
    Example("only another language", campaign(content={"es": MAIL}), ["/content/en/body"]),
    Example("no text message", campaign(channels=("email", "sms")), ["/content/en/sms"]),
    Example("no subject", campaign(content={"en": Words(body="b")}), ["/content/en/subject"]),
    Example("no body", campaign(content={"en": Words(subject="s")}), ["/content/en/body"]),
    Example("blank body", campaign(content={"en": Words(subject="s", body=" ")}), ["/content/en/body"]),
    Example(
        "only a preheader",
        campaign(content={"en": MAIL, "es": Words(preheader="p")}),
        ["/content/es/subject", "/content/es/body"],
    ),
    Example("half a mail", campaign(content={"en": MAIL, "es": Words(subject="s")}), ["/content/es/body"]),
    Example("a notification", campaign(channels=("push",), content={"en": Words(subject="s", push="p")}), []),
    Example(
        "an untitled notification",
        campaign(channels=("push",), content={"en": Words(push="p")}),
        ["/content/en/subject"],
    ),
    Example("a call", campaign(channels=("voice",), content={"en": Words(voice="v")}), []),
    Example("no call", campaign(channels=("voice",)), ["/content/en/voice"]),
    Example("nothing to post", campaign(accounts=("city",)), ["/content/en/post"]),
    Example("a post", campaign(accounts=("city",), content={"en": Words("s", "", "b", post="p")}), []),
    Example(
        "a post alone",
        campaign(accounts=("city",), channels=(), audience=None, content={"en": Words(post="p")}),
        [],
    ),
    Example("nothing at all", campaign(audience=None, channels=(), content={}), ["/audience", "/channels"]),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_what_is_missing(example: Example) -> None:
    assert [error.pointer for error in missing(example.campaign)] == example.pointers
