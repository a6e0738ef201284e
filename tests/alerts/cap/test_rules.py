"""Each rule of CAP beyond its schema refuses a bad message and takes a good one."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings

from chalicelib.alerts.cap import model
from chalicelib.alerts.cap.model import Area, Circle, Info, Message, Point, Reference, Resource
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.rules import broken, check, sequences
from chalicelib.alerts.cap.write import write
from chalicelib.core.errors import InvalidFields
from tests.alerts.cap.samples import AMBER, NOW, SQUARE, WEATHER, info, message, messages
from tests.alerts.cap.schema import schema_errors

EARLIER = Reference("a@b.example", "0", "2026-11-22T11:00:00-05:00")
LATER = EARLIER._replace(sent="2026-11-22T12:55:01-05:00")


def _area(**more: Any) -> Message:
    return message(infos=(info(areas=(replace(Area("Mill"), **more),)),))


def _info(**more: Any) -> Message:
    return message(infos=(info(**more),))


def _resource(**more: Any) -> Message:
    return _info(resources=(Resource("map", "image/png", **more),))


class Rule(NamedTuple):
    name: str
    bad: Message
    good: Message
    pointer: str
    says: str


UPDATE = message(message_type=model.UPDATE, references=(EARLIER,))
ACK = message(message_type=model.ACK, references=(EARLIER,), note="received", infos=())
OPEN = SQUARE[:-1]
CROSSING = (SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0])
FAR = (Point(999, 0), Point(1, 1), Point(0, 1), Point(999, 0))

RULES = [
    Rule("identifier", message(identifier=""), message(), "/identifier", "asks for"),
    Rule(
        "identifier with a space",
        message(identifier="a b"),
        message(identifier="a-b"),
        "/identifier",
        "3.2.1",
    ),
    Rule(
        "identifier with a comma",
        message(identifier="a,b"),
        message(identifier="a;b"),
        "/identifier",
        "3.2.1",
    ),
    Rule("sender with &", message(sender="a&b"), message(sender="a@b"), "/sender", "3.2.1"),
    Rule("sender with <", message(sender="a<b"), message(sender="a>b"), "/sender", "3.2.1"),
    Rule("status", message(status="Real"), message(status="System"), "/status", "CAP has"),
    Rule(
        "no category", _info(categories=()), _info(categories=("Geo", "Met")), "/info/0/category", "asks for"
    ),
    Rule("no event", _info(event=""), _info(event="Flood"), "/info/0/event", "asks for"),
    Rule(
        "no areaDesc",
        _info(areas=(Area(""),)),
        _info(areas=(Area("Mill"),)),
        "/info/0/area/0/areaDesc",
        "asks for",
    ),
    Rule("a control character", _info(headline="\x07"), _info(headline="a\nb"), "/", "character"),
    Rule("half a surrogate", _info(headline="\ud83d"), _info(headline="🌊"), "/", "character"),
    Rule(
        "a quoted address", message(addresses=('a"b',)), message(addresses=("a b",)), "/addresses", "quotes"
    ),
    Rule(
        "Z", message(sent="2026-11-22T17:55:00Z"), message(sent="2026-11-22T17:55:00-00:00"), "/sent", "no Z"
    ),
    Rule(
        "fractions",
        message(sent="2026-11-22T17:55:00.5-00:00"),
        message(sent="2026-11-22T17:55:00+00:00"),
        "/sent",
        "fraction",
    ),
    Rule("no offset", message(sent="2026-11-22T17:55:00"), message(), "/sent", "offset"),
    Rule(
        "sent tomorrow",
        message(sent="2026-11-22T13:05:01-05:00"),
        message(sent="2026-11-22T13:04:00-05:00"),
        "/sent",
        "future",
    ),
    Rule("an Update of nothing", replace(UPDATE, references=()), UPDATE, "/references", "Update needs"),
    Rule(
        "a Cancel of nothing",
        message(message_type="Cancel", infos=()),
        replace(UPDATE, message_type="Cancel", infos=()),
        "/references",
        "Cancel needs",
    ),
    Rule("an Ack of nothing", replace(ACK, references=()), ACK, "/references", "Ack needs"),
    Rule("an Ack without a note", replace(ACK, note=""), ACK, "/note", "Ack explains"),
    Rule(
        "an Error without a note",
        replace(ACK, message_type="Error", note=""),
        replace(ACK, message_type="Error"),
        "/note",
        "Error explains",
    ),
    Rule("an Alert that tells nothing", message(infos=()), message(), "/info", "Alert needs"),
    Rule("an Update that tells nothing", replace(UPDATE, infos=()), UPDATE, "/info", "Update needs"),
    Rule(
        "a reference to itself",
        replace(UPDATE, references=(UPDATE.reference,)),
        UPDATE,
        "/references",
        "itself",
    ),
    Rule(
        "to itself, at another time",
        replace(UPDATE, references=(UPDATE.reference._replace(sent=EARLIER.sent),)),
        UPDATE,
        "/references",
        "itself",
    ),
    Rule(
        "a later message",
        replace(UPDATE, references=(EARLIER, LATER)),
        replace(UPDATE, references=(LATER._replace(sent=UPDATE.sent),)),
        "/references",
        "Reference 2 was sent after",
    ),
    Rule(
        "a reference without a time",
        replace(UPDATE, references=(EARLIER._replace(sent="today"),)),
        UPDATE,
        "/references",
        "Give a time",
    ),
    Rule(
        "a reference with &",
        replace(UPDATE, references=(EARLIER._replace(sender="a&b"),)),
        UPDATE,
        "/references",
        "3.2.1",
    ),
    Rule(
        "a reference with a space",
        replace(UPDATE, references=(EARLIER._replace(sender="a b"),)),
        UPDATE,
        "/references",
        "sender,identifier,sent",
    ),
    Rule(
        "private to nobody",
        message(scope="Private"),
        message(scope="Private", addresses=("a@b",)),
        "/addresses",
        "whom it is for",
    ),
    Rule(
        "restricted to nobody",
        message(scope="Restricted"),
        message(scope="Restricted", restriction="Police"),
        "/restriction",
        "for whom",
    ),
    Rule(
        "expires before it begins",
        _info(expires="2026-11-22T12:00:00-05:00"),
        _info(expires="2026-11-22T12:55:00-05:00"),
        "/info/0/expires",
        "before it takes effect",
    ),
    Rule(
        "expires before it takes effect",
        _info(effective="2026-11-23T00:00:00-05:00"),
        _info(effective="2026-11-22T13:00:00-05:00"),
        "/info/0/expires",
        "before it takes effect",
    ),
    Rule(
        "two points",
        _area(polygons=(SQUARE[:2],)),
        _area(polygons=(SQUARE,)),
        "/info/0/area/0/polygon/0",
        "four points",
    ),
    Rule(
        "an open polygon",
        _area(polygons=(SQUARE, OPEN)),
        _area(polygons=(SQUARE, SQUARE)),
        "/info/0/area/0/polygon/1",
        "ends where it begins",
    ),
    Rule(
        "latitude 999",
        _area(polygons=(FAR,)),
        _area(polygons=(SQUARE,)),
        "/info/0/area/0/polygon/0/0",
        "latitude",
    ),
    Rule(
        "a polygon that crosses itself",
        _area(polygons=(CROSSING,)),
        _area(polygons=(SQUARE,)),
        "/info/0/area/0/polygon/0",
        "cross",
    ),
    Rule(
        "a polygon that is a line",
        _area(polygons=((Point(1, 1), Point(2, 2), Point(3, 3), Point(1, 1)),)),
        _area(polygons=(SQUARE,)),
        "/info/0/area/0/polygon/0",
        "",
    ),
    Rule(
        "longitude -200",
        _area(circles=(Circle(Point(1, -200), 1),)),
        _area(circles=(Circle(Point(1, -170), 1),)),
        "/info/0/area/0/circle/0",
        "longitude",
    ),
    Rule(
        "a radius below 0",
        _area(circles=(Circle(Point(1, 1), -1),)),
        _area(circles=(Circle(Point(1, 1), 0),)),
        "/info/0/area/0/circle/0",
        "radius",
    ),
    Rule(
        "a ceiling alone",
        _area(ceiling=1),
        _area(altitude=1, ceiling=1),
        "/info/0/area/0/ceiling",
        "with an altitude",
    ),
    Rule(
        "a ceiling below", _area(altitude=2, ceiling=1), _area(altitude=2), "/info/0/area/0/ceiling", "below"
    ),
    Rule(
        "a language of words",
        _info(language="English!"),
        _info(language="zh-Hans"),
        "/info/0/language",
        "language tag",
    ),
    Rule(
        "a file that is none",
        _resource(content="%%%"),
        _resource(content="bWFw"),
        "/info/0/resource/0/derefUri",
        "base64",
    ),
    Rule(
        "a digest of words",
        _resource(digest="sha-1"),
        _resource(digest="0" * 40),
        "/info/0/resource/0/digest",
        "SHA-1",
    ),
    Rule(
        "another file's digest",
        _resource(content="bWFw", digest="0" * 40),
        _resource(content="bW Fw", digest="37745ED7A0F005FB14522C5CC7C1BA3D9E0DF579"),
        "/info/0/resource/0/digest",
        "not that of the file",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_refuses_a_bad_message_and_takes_a_good_one(rule: Rule) -> None:
    [error] = broken(rule.bad, now=NOW)
    assert error.pointer == rule.pointer
    assert rule.says in error.message
    assert broken(rule.good, now=NOW) == []


@pytest.mark.parametrize("sample", [WEATHER, AMBER], ids=["weather", "amber"])
def test_messages_of_the_field_keep_the_rules(sample: bytes) -> None:
    check(read(sample), now=NOW)


def test_what_breaks_a_rule_is_refused_with_all_its_places() -> None:
    with pytest.raises(InvalidFields) as refused:
        check(message(sender="a b", scope="Private", message_type="Update"), now=NOW)
    assert {error.pointer for error in refused.value.errors} == {"/sender", "/addresses", "/references"}


@settings(max_examples=60, deadline=None)
@given(messages())
def test_what_keeps_the_rules_passes_the_schema_and_reads_as_it_was(given: Message) -> None:
    if not broken(given, now=NOW):
        assert schema_errors(write(given)) == []
        assert broken(read(write(given)), now=NOW) == []


def test_info_blocks_of_one_language_are_one_sequence() -> None:
    spanish = info(language="es-US", event="Inundación")
    first, second = info(), replace(info(), language="EN-us", headline="More")
    found = sequences(message(infos=(first, spanish, second)))
    assert found == {"en-US": (first, second), "es-US": (spanish,)}


def test_no_language_is_in_the_sequence_of_american_english() -> None:
    plain = Info("Flood", ("Met",), "Immediate", "Severe", "Observed")
    assert list(sequences(message(infos=(plain,)))) == ["en-US"]
