"""Messages of the forms that are met in the field, and a generator of any message at all."""

import string
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from chalicelib.alerts.cap import model
from chalicelib.alerts.cap.model import Area, Circle, Info, Message, Named, Point, Reference, Resource
from chalicelib.alerts.cap.times import written

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SENT = "2026-11-22T12:55:00-05:00"

WEATHER = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2" xmlns:ns2="http://gov.fema.ipaws.services/caprequest">
    <identifier>urn:oid:2.49.0.1.840.0.5d1c</identifier>
    <sender>w-nws.webmaster@noaa.gov</sender>
    <sent>2026-11-22T12:40:00-05:00</sent>
    <status>Actual</status>
    <msgType>Update</msgType>
    <scope>Public</scope>
    <code>IPAWSv1.0</code>
    <note></note>
    <references>w-nws.webmaster@noaa.gov,urn:oid:2.49.0.1.840.0.5d1a,2026-11-22T11:09:00-05:00
        w-nws.webmaster@noaa.gov,urn:oid:2.49.0.1.840.0.5d1b,2026-11-22T12:09:00-05:00</references>
    <info>
        <language>en-US</language>
        <category>Met</category>
        <event>Coastal Flood Warning</event>
        <responseType>Avoid</responseType>
        <urgency>Expected</urgency>
        <severity>Severe</severity>
        <certainty>Likely</certainty>
        <eventCode><valueName>SAME</valueName><value>CFW</value></eventCode>
        <eventCode><valueName>NationalWeatherService</valueName><value>CFW</value></eventCode>
        <effective>2026-11-22T12:40:00-05:00</effective>
        <onset>2026-11-22T18:00:00-05:00</onset>
        <expires>2026-11-23T01:00:00-05:00</expires>
        <senderName>NWS Boston MA</senderName>
        <headline>Coastal Flood Warning until November 23 at 1:00AM EST</headline>
        <description>* WHAT...One to two feet of inundation above ground level.

* WHERE...Low roads &amp; piers near the harbor.</description>
        <instruction>Do not drive through flooded roads.</instruction>
        <web>https://www.weather.gov</web>
        <parameter><valueName>VTEC</valueName><value>/O.CON.KBOX.CF.W.0011/</value></parameter>
        <parameter><valueName>BLOCKCHANNEL</valueName><value/></parameter>
        <area>
            <areaDesc>Suffolk, MA</areaDesc>
            <polygon>42.30,-71.10 42.30,-70.95
                42.40,-70.95 42.40,-71.10 42.30,-71.10</polygon>
            <geocode><valueName>SAME</valueName><value>025025</value></geocode>
            <geocode><valueName>UGC</valueName><value>MAZ015</value></geocode>
        </area>
    </info>
</alert>
"""

AMBER = """<?xml version = "1.0" encoding = "UTF-8"?>
<alert xmlns = "urn:oasis:names:tc:emergency:cap:1.2">
   <identifier>HARBOR-0611-SW</identifier>
   <sender>police@harbor.example</sender>
   <sent>2026-11-22T09:39:00-08:00</sent>
   <status>Actual</status>
   <msgType>Alert</msgType>
   <source>SW</source>
   <scope>Public</scope>
   <info>
     <language>en-US</language>
     <category>Rescue</category>
     <event>Child Abduction</event>
     <urgency>Immediate</urgency>
     <severity>Severe</severity>
     <certainty>Likely</certainty>
     <eventCode><valueName>SAME</valueName><value>CAE</value></eventCode>
     <senderName>Harbor Police</senderName>
     <headline>Amber Alert in Harbor County</headline>
     <area>
        <areaDesc>Harbor County</areaDesc>
        <geocode><valueName>SAME</valueName><value>006037</value></geocode>
     </area>
   </info>
   <info>
     <language>es-US</language>
     <category>Rescue</category>
     <event>Secuestro de niño</event>
     <urgency>Immediate</urgency>
     <severity>Severe</severity>
     <certainty>Likely</certainty>
     <headline>Alerta Amber en el condado de Harbor</headline>
     <area>
        <areaDesc>condado de Harbor</areaDesc>
        <geocode><valueName>SAME</valueName><value>006037</value></geocode>
     </area>
   </info>
</alert>
""".encode()

SQUARE = (Point(42.3, -71.1), Point(42.3, -71.0), Point(42.4, -71.0), Point(42.4, -71.1), Point(42.3, -71.1))


def info(**more: Any) -> Info:
    """What is told of a flood, in English, of a square."""
    given: dict[str, Any] = {
        "event": "Flood",
        "categories": ("Met",),
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "headline": "The river floods Mill Street",
        "expires": "2026-11-22T18:00:00-05:00",
        "areas": (Area("Mill Street", polygons=(SQUARE,)),),
    }
    return Info(**given | more)


def message(**more: Any) -> Message:
    """A public warning that keeps every rule at `NOW`."""
    given: dict[str, Any] = {
        "identifier": "crier-1",
        "sender": "alerts@harbor.example",
        "sent": SENT,
        "status": model.ACTUAL,
        "message_type": model.ALERT,
        "infos": (info(),),
    }
    return Message(**given | more)


TEXTS = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\t\n\r"),
        max_size=40,
    )
    .filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
    .map(lambda text: text.strip(" \t\r\n"))
)
SOME = TEXTS.filter(bool)
NAMES = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "-_.:@/éß>'\""), min_size=1, max_size=30
)
WORDS = st.tuples() | st.lists(
    NAMES.filter(lambda text: '"' not in text) | st.just("two words"), max_size=3
).map(tuple)
TIMES = st.builds(
    lambda seconds, minutes: written(
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(minutes=minutes))) + timedelta(seconds=seconds)
    ),
    st.integers(0, 10**8),
    st.integers(-14 * 60, 14 * 60),
)
ADDRESSES = st.text(string.ascii_letters + "/-_.~é", max_size=9).map("https://harbor.example/{}".format)
NAMED = st.lists(st.builds(Named, SOME, TEXTS), max_size=3).map(tuple)
NUMBERS = st.floats(-(10**6), 10**6, allow_nan=False).map(lambda number: round(number, 9))
POINTS = st.builds(
    Point, st.floats(-90, 90).map(lambda n: round(n, 7)), st.floats(-180, 180).map(lambda n: round(n, 7))
)


def _maybe(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | texts


def _several(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3).map(tuple)


@cache
def messages() -> st.SearchStrategy[Message]:
    """Any message that the schema allows: every element, many languages, areas and resources."""
    areas = st.builds(
        Area,
        SOME,
        polygons=st.lists(st.lists(POINTS, min_size=1, max_size=6).map(tuple), max_size=2).map(tuple),
        circles=st.lists(st.builds(Circle, POINTS, NUMBERS), max_size=2).map(tuple),
        geocodes=NAMED,
        altitude=st.none() | NUMBERS,
        ceiling=st.none() | NUMBERS,
    )
    resources = st.builds(
        Resource,
        SOME,
        SOME,
        st.none() | st.integers(0, 10**12),
        _maybe(ADDRESSES),
        _maybe(NAMES),
        _maybe(NAMES),
    )
    infos = st.builds(
        Info,
        event=SOME,
        categories=_several(model.CATEGORIES, 1),
        urgency=st.sampled_from(model.URGENCIES),
        severity=st.sampled_from(model.SEVERITIES),
        certainty=st.sampled_from(model.CERTAINTIES),
        language=st.sampled_from(("en-US", "es", "zh-Hans", "vi", "i-klingon", "ar")),
        response_types=_several(model.RESPONSE_TYPES),
        audience=TEXTS,
        event_codes=NAMED,
        effective=_maybe(TIMES),
        onset=_maybe(TIMES),
        expires=_maybe(TIMES),
        sender_name=TEXTS,
        headline=TEXTS,
        description=TEXTS,
        instruction=TEXTS,
        web=_maybe(ADDRESSES),
        contact=TEXTS,
        parameters=NAMED,
        resources=st.lists(resources, max_size=2).map(tuple),
        areas=st.lists(areas, max_size=3).map(tuple),
    )
    return st.builds(
        Message,
        identifier=NAMES,
        sender=NAMES,
        sent=TIMES,
        status=st.sampled_from(model.STATUSES),
        message_type=st.sampled_from(model.MESSAGE_TYPES),
        scope=st.sampled_from(model.SCOPES),
        source=TEXTS,
        restriction=TEXTS,
        addresses=WORDS,
        codes=st.lists(SOME, max_size=2).map(tuple),
        note=TEXTS,
        references=st.lists(st.builds(Reference, NAMES, NAMES, TIMES), max_size=3).map(tuple),
        incidents=WORDS,
        infos=st.lists(infos, max_size=3).map(tuple),
    )
