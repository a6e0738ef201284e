"""What CAP's schema asks for is asked for, each wrong place by its pointer."""

import random
import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.cap.model import Circle, Message, Named, Point, Reference
from chalicelib.alerts.cap.read import MAX_ERRORS, read
from chalicelib.alerts.cap.write import write
from chalicelib.core.errors import BadRequest, CrierError, InvalidFields
from tests.alerts.cap.samples import AMBER, SQUARE, WEATHER, message, messages
from tests.alerts.cap.schema import schema_errors

ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>1</identifier><sender>a@b.example</sender><sent>2026-11-22T12:00:00-05:00</sent>
<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>{more}</alert>"""
INFO = """<info>{before}<category>Met</category><event>Flood</event>{middle}<urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Observed</certainty>{after}</info>"""


def _info(before: str = "", middle: str = "", after: str = "") -> str:
    return ALERT.format(more=INFO.format(before=before, middle=middle, after=after))


def _area(inside: str) -> str:
    return _info(after=f"<area><areaDesc>Mill</areaDesc>{inside}</area>")


def test_every_element_of_a_weather_warning_is_read() -> None:
    warning = read(WEATHER)
    assert warning.identifier == "urn:oid:2.49.0.1.840.0.5d1c"
    assert warning.message_type == "Update"
    assert warning.codes == ("IPAWSv1.0",)
    assert not warning.note
    assert [one.identifier[-4:] for one in warning.references] == ["5d1a", "5d1b"]
    [told] = warning.infos
    assert told.description.endswith("\n\n* WHERE...Low roads & piers near the harbor.")
    assert told.parameters[1] == Named("BLOCKCHANNEL", "")
    [area] = told.areas
    assert area.polygons[0][2] == Point(42.40, -70.95)
    assert area.geocodes == (Named("SAME", "025025"), Named("UGC", "MAZ015"))


def test_each_language_is_read() -> None:
    assert [one.language for one in read(AMBER).infos] == ["en-US", "es-US"]


@pytest.mark.parametrize("before", ["", "<language/>", "<language> </language>"])
def test_no_language_is_american_english(before: str) -> None:
    assert read(_info(before=before).encode()).infos[0].language == "en-US"


def test_a_circle_and_heights_are_read() -> None:
    inside = "<circle>42.36,-71.06 2.5</circle><altitude>0</altitude><ceiling>300</ceiling>"
    [area] = read(_area(inside).encode()).infos[0].areas
    assert area.circles == (Circle(Point(42.36, -71.06), 2.5),)
    assert (area.altitude, area.ceiling) == (0, 300)


def test_addresses_and_references_are_lists() -> None:
    more = (
        '<addresses>a@b "Harbor Master"  c</addresses><references>a,1,2026-11-22T12:00:00-05:00</references>'
    )
    given = read(ALERT.format(more=more).encode())
    assert given.addresses == ("a@b", "Harbor Master", "c")
    assert given.references == (Reference("a", "1", "2026-11-22T12:00:00-05:00"),)


def test_what_stands_between_is_passed_over() -> None:
    given = read(
        _info(
            before="<!-- <event> --><?look at this?>", middle="<responseType><![CDATA[None]]></responseType>"
        ).encode()
    )
    assert given.infos[0].response_types == ("None",)


class Bad(NamedTuple):
    name: str
    xml: str
    pointer: str
    says: str


BAD = [
    Bad(
        "no identifier",
        ALERT.format(more="").replace("<identifier>1</identifier>", ""),
        "/identifier",
        "asks for",
    ),
    Bad("an empty sender", ALERT.format(more="").replace("a@b.example", " "), "/sender", "asks for"),
    Bad(
        "a status of its own", ALERT.format(more="").replace("Actual", "Real"), "/status", "Actual, Exercise"
    ),
    Bad("a time with Z", ALERT.format(more="").replace("-05:00", "Z"), "/sent", "no Z"),
    Bad("a time with a fraction", ALERT.format(more="").replace("00-05", "00.5-05"), "/sent", "no fractions"),
    Bad("no such day", ALERT.format(more="").replace("11-22", "02-30"), "/sent", "no such time"),
    Bad("an element too late", ALERT.format(more="<source>x</source>"), "/source", "before scope"),
    Bad("an element twice", ALERT.format(more="<note>x</note><note>y</note>"), "/note", "once"),
    Bad("an unknown element", ALERT.format(more="<priority>1</priority>"), "/priority", "no such element"),
    Bad("another's element", ALERT.format(more='<note xmlns="x:y">1</note>'), "/note", "no such element"),
    Bad("text between elements", ALERT.format(more="and so on"), "/", "No text"),
    Bad("elements in a text", ALERT.format(more="<note><b>now</b></note>"), "/note", "text only"),
    Bad("no event", _info().replace("<event>Flood</event>", ""), "/info/0/event", "asks for"),
    Bad("an unknown category", _info(before="<category>Flood</category>"), "/info/0/category/0", "Geo, Met"),
    Bad("a language of a word", _info(before="<language>English (US)</language>"), "/info/0/language", "tag"),
    Bad("a web address that is none", _info(after="<web>harbor</web>"), "/info/0/web", "full address"),
    Bad(
        "a code without a value",
        _info(
            middle="<responseType>None</responseType>",
            after="<parameter><valueName>x</valueName></parameter>",
        ),
        "/info/0/parameter/0/value",
        "asks for",
    ),
    Bad(
        "no description of an area",
        _info(after="<area><circle>1,2 3</circle></area>"),
        "/info/0/area/0/areaDesc",
        "asks for",
    ),
    Bad(
        "a polygon of words",
        _area("<polygon>here there</polygon>"),
        "/info/0/area/0/polygon/0",
        "latitude,longitude",
    ),
    Bad(
        "a polygon with an exponent",
        _area("<polygon>1e5,2</polygon>"),
        "/info/0/area/0/polygon/0",
        "latitude,longitude",
    ),
    Bad(
        "the second polygon",
        _area("<polygon>1,2</polygon><polygon>1;2</polygon>"),
        "/info/0/area/0/polygon/1",
        "latitude",
    ),
    Bad("a circle without a radius", _area("<circle>1,2</circle>"), "/info/0/area/0/circle/0", "radius"),
    Bad("a height of words", _area("<altitude>high</altitude>"), "/info/0/area/0/altitude", "decimal"),
    Bad(
        "a size of words",
        _info(
            after="<resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><size>big</size></resource>"
        ),
        "/info/0/resource/0/size",
        "bytes",
    ),
    Bad(
        "references of two parts",
        ALERT.format(more="<references>a,1</references>"),
        "/references",
        "sender,identifier,sent",
    ),
    Bad("a quote that is open", ALERT.format(more='<addresses>"a b</addresses>'), "/addresses", "not closed"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_what_the_schema_does_not_allow_is_refused_by_its_place(bad: Bad) -> None:
    with pytest.raises(InvalidFields) as refused:
        read(bad.xml.encode())
    assert [error.pointer for error in refused.value.errors] == [bad.pointer]
    assert bad.says in refused.value.errors[0].message


def test_all_that_is_wrong_is_told_at_once_and_not_without_end() -> None:
    with pytest.raises(InvalidFields) as refused:
        read(
            b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><status>x</status>'
            + b"<x/>" * 200
            + b"</alert>"
        )
    pointers = [error.pointer for error in refused.value.errors]
    assert len(pointers) == MAX_ERRORS
    assert pointers[0] == "/status"


class Foreign(NamedTuple):
    name: str
    xml: str
    code: str
    says: str


FOREIGN = [
    Foreign("CAP 1.1", ALERT.format(more="").replace("cap:1.2", "cap:1.1"), "cap-version", "CAP 1.1"),
    Foreign(
        "CAP 1.0",
        ALERT.format(more="").replace(
            "urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0"
        ),
        "cap-version",
        "CAP 1.0",
    ),
    Foreign("no namespace", "<alert/>", "not-cap", "no <alert> of urn:oasis"),
    Foreign("a feed", '<feed xmlns="http://www.w3.org/2005/Atom"/>', "not-cap", "no CAP message"),
    Foreign("no XML", "not at all", "bad-xml", "line 1"),
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda foreign: foreign.name)
def test_what_is_no_message_of_cap_1_2_is_told_so(foreign: Foreign) -> None:
    with pytest.raises(BadRequest) as refused:
        read(foreign.xml.encode())
    assert refused.value.code == foreign.code
    assert foreign.says in refused.value.detail


SIGNATURE = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'


def test_a_signature_stands_at_the_end_and_is_left_alone() -> None:
    assert read(ALERT.format(more=SIGNATURE).encode()) == read(ALERT.format(more="").encode())
    with pytest.raises(InvalidFields) as refused:
        read(ALERT.format(more=SIGNATURE + "<note>x</note>").encode())
    assert "the signature" in refused.value.errors[0].message


def _mutated(xml: str, chance: random.Random) -> str:
    """The document with one element dropped, doubled, moved, renamed, emptied or given another text."""
    lines = re.findall(r"<(\w+)>([^<>]*)</\1>", xml)
    name, text = chance.choice(lines)
    element = f"<{name}>{text}</{name}>"
    other = "<{0}>{1}</{0}>".format(*chance.choice(lines))
    place = chance.choice([found.end() for found in re.finditer(re.escape(other), xml)])
    return chance.choice(
        [
            xml.replace(element, "", 1),
            xml.replace(element, element * 2, 1),
            xml[:place] + element + xml[place:],
            xml.replace(element, f"<{name}s>{text}</{name}s>", 1),
            xml.replace(
                element, f"<{name}>{chance.choice(['x', '12', '2026-13-01T00:00:00-05:00'])}</{name}>", 1
            ),
        ]
    )


@settings(max_examples=120, deadline=None)
@given(messages(), st.integers(0, 2**32))
def test_what_the_schema_refuses_is_refused_here(given: Message, seed: int) -> None:
    xml = re.sub(r">\s+<", "><", write(given).decode())
    broken = _mutated(xml, random.Random(seed)).encode()
    if schema_errors(broken):
        with pytest.raises(CrierError):
            read(broken)
    else:
        try:
            again = read(broken)
        except InvalidFields:
            return  # lists in a text (polygons, references …) have a form that the schema does not know
        assert schema_errors(write(again)) == []


def test_the_polygon_of_the_samples_is_a_square() -> None:
    assert read(write(message())).infos[0].areas[0].polygons == (SQUARE,)
