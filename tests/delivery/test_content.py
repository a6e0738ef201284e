"""What is refused in staff's words, and where the refusal points."""

import time
from typing import NamedTuple

import pytest

from chalicelib.delivery.content import BODY_MAX, FIELDS, Words, check


class Refused(NamedTuple):
    name: str
    words: Words
    pointer: str
    part_of_message: str


REFUSED = [
    Refused("unknown field", Words(body="Dear ((surname)),"), "body", "((surname)) is not a personal field"),
    Refused("unknown field in the subject", Words(subject="((x))"), "subject", "is not a personal field"),
    Refused(
        "unknown field in the preheader", Words(preheader="((x))"), "preheader", "is not a personal field"
    ),
    Refused("unknown field in the SMS", Words(sms="((x|y))"), "sms", "is not a personal field"),
    Refused("empty field", Words(body="(())"), "body", "is not a personal field"),
    Refused("logic for a field", Words(body="((first_name if x else y))"), "body", "is not a personal field"),
    Refused(
        "two defaults in one mail",
        Words(subject="((first_name|friend))", body="((first_name|neighbour))"),
        "body",
        "“friend” and “neighbour”",
    ),
    Refused("long default", Words(sms=f"((first_name|{'a' * 101}))"), "sms", "100 characters"),
    Refused(
        "field in a link", Words(body="[x](https://e.org/((first_name)))"), "body", "inside a web address"
    ),
    Refused(
        "field in a pointed link",
        Words(body="<https://e.org/((first_name))>"),
        "body",
        "inside a web address",
    ),
    Refused(
        "field in a picture",
        Words(body="![x](https://e.org/((first_name)).png)"),
        "body",
        "inside a web address",
    ),
    Refused(
        "field in a bare address",
        Words(body="https://e.org/?n=((first_name))"),
        "body",
        "inside a web address",
    ),
    Refused(
        "field in an SMS's address",
        Words(sms="https://e.org/?n=((first_name))"),
        "sms",
        "inside a web address",
    ),
    Refused("script link", Words(body="[x](javascript:alert)"), "body", "is not an address"),
    Refused("data link", Words(body="[x](data:text/html,x)"), "body", "is not an address"),
    Refused("relative link", Words(body="[x](/news)"), "body", "is not an address"),
    Refused("link without a host", Words(body="[x](https:///news)"), "body", "is not an address"),
    Refused("unreadable link", Words(body="[x](https://[e.org)"), "body", "is not an address"),
    Refused("link with a bad port", Words(body="[x](https://e.org:abc/)"), "body", "is not an address"),
    Refused("file link", Words(body="[x](file:///etc/passwd)"), "body", "is not an address"),
    Refused("undescribed picture", Words(body="![](https://e.org/a.png)"), "body", "Describe the picture"),
    Refused("line break in the subject", Words(subject="a\r\nBcc: b@c.d"), "subject", "line break"),
    Refused("line separator in the subject", Words(subject="a\u2028b"), "subject", "line break"),
    Refused("line break in the preheader", Words(preheader="a\nb"), "preheader", "line break"),
    Refused("control character", Words(body="a\x00b"), "body", "control character"),
    Refused("noncharacter", Words(body="a\ufdd3b"), "body", "control character"),
    Refused("lone surrogate", Words(sms="a\ud800b"), "sms", "control character"),
    Refused("long subject", Words(subject="a" * 201), "subject", "200 characters; it has 201"),
    Refused("long preheader", Words(preheader="a" * 201), "preheader", "200 characters; it has 201"),
    Refused("long body", Words(body="a" * (BODY_MAX + 1)), "body", "100,000 characters; it has 100,001"),
    Refused(
        "countless paragraphs",
        Words(body="x\n\n" * 5_001),
        "body",
        "5,000 paragraphs, items and cells; it has",
    ),
    Refused("long SMS", Words(sms="a" * 1_001), "sms", "1,000 characters; it has 1,001"),
    Refused("long notification", Words(push="a" * 501), "push", "500 characters; it has 501"),
    Refused("long call", Words(voice="a" * 3_001), "voice", "3,000 characters; it has 3,001"),
    Refused("long post", Words(post="a" * 5_001), "post", "5,000 characters; it has 5,001"),
    Refused("unknown field in a call", Words(voice="((x))"), "voice", "is not a personal field"),
    Refused("personal post", Words(post="Dear ((first_name))"), "post", "for everybody"),
    Refused(
        "two defaults in one notification",
        Words(subject="((first_name|friend))", push="((first_name|neighbour))"),
        "push",
        "“friend” and “neighbour”",
    ),
]


@pytest.mark.parametrize("example", REFUSED, ids=lambda e: e.name)
def test_refuses(example: Refused) -> None:
    found = check(example.words, pointer="/content/en")
    assert [error.pointer for error in found] == [f"/content/en/{example.pointer}"]
    assert example.part_of_message in found[0].message


class Taken(NamedTuple):
    name: str
    words: Words


TAKEN = [
    Taken("nothing at all", Words()),
    Taken(
        "a field everywhere", Words("((first_name))", "((first_name))", "((first_name))", "((first_name))")
    ),
    Taken("other spellings of a field", Words(body="((First Name)) (( first-name ))")),
    Taken(
        "one default, used twice",
        Words(subject="((first_name|you))", body="((first_name|you)), ((first_name))"),
    ),
    Taken(
        "mail and SMS with defaults of their own", Words(body="((first_name|you))", sms="((first_name|u))")
    ),
    Taken("a field in a notification and a call", Words(push="((first_name))", voice="((first_name|you))")),
    Taken("brackets that are just text", Words(body="see ( (a) ) and (b (c)) and f(g(x))")),
    Taken("escaped brackets", Words(body=r"\(\(surname))")),
    Taken(
        "allowed links", Words(body="[a](https://e.org) [b](http://e.org) [c](mailto:a@b.c) [d](tel:+1617)")
    ),
    Taken("a field after an address", Words(body="https://e.org ((first_name))")),
    Taken("template tags", Words(body="{{ x }} {% y %}")),
    Taken("lines and tabs in a body", Words(body="a\r\n\tb\n\nc")),
    Taken("all at their limits", Words("a" * 200, "a" * 200, "a " * (BODY_MAX // 2), "a" * 1_000)),
]


@pytest.mark.parametrize("example", TAKEN, ids=lambda e: e.name)
def test_takes(example: Taken) -> None:
    assert check(example.words, pointer="/content/en") == []


def test_every_field_has_a_meaning_and_a_default() -> None:
    assert all(field.meaning and field.default and field.name == name for name, field in FIELDS.items())


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "[a](",
        "*a ",
        "((a|",
        "((",
        "`",
        "> ",
        "<",
        "{{",
        "{%",
        "http://",
        "|a",
        "x\n\n",
        "- a\n",
        "https://e.org/ ",
    ],
)
def test_words_made_to_be_slow_are_not(piece: str) -> None:
    began = time.process_time()
    check(Words(body=piece * (BODY_MAX // len(piece))), pointer="")
    assert time.process_time() - began < 15
