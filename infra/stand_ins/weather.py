"""A weather service that publishes CAP 1.2: an Atom feed that links to messages, as api.weather.gov does.

https://www.weather.gov/documentation/services-web-alerts. `make run` has it, too: a source of
https://alerts.weather.example/active.atom has a warning to read.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from infra.stand_ins.transport import Clock, StandIn

HOST = "alerts.weather.example"
FEED = f"https://{HOST}/active.atom"
SENDER = "w-nws.webmaster@weather.example"
POLYGON = "42.30,-71.12 42.30,-70.98 42.42,-70.98 42.42,-71.12 42.30,-71.12"

MESSAGE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent>
  <status>{status}</status><msgType>{kind}</msgType><scope>Public</scope><code>IPAWSv1.0</code>{references}
  <info>
    <language>en-US</language><category>Met</category><event>{event}</event>
    <responseType>Avoid</responseType>
    <urgency>Immediate</urgency><severity>{severity}</severity><certainty>Observed</certainty>
    <eventCode><valueName>SAME</valueName><value>FFW</value></eventCode>
    <expires>{expires}</expires><senderName>NWS Boston MA</senderName>
    <headline>{event} issued by NWS Boston</headline>
    <description>Streams and low roads will flood.</description>
    <instruction>Turn around, do not drown.</instruction>
    <area><areaDesc>Suffolk, MA</areaDesc>{area}</area>
  </info>
</alert>"""


@dataclass
class Warned:
    """A message of the service. `area` is what stands in its area beside the description."""

    identifier: str
    event: str = "Flash Flood Warning"
    status: str = "Actual"
    kind: str = "Alert"
    severity: str = "Severe"
    references: tuple[str, ...] = ()
    area: str = (
        f"<polygon>{POLYGON}</polygon><geocode><valueName>SAME</valueName><value>025025</value></geocode>"
    )
    sent: str = ""
    minutes: int = 180
    xml: bytes = b""


@dataclass
class Service:
    """What the service publishes; `feed` in place of the feed of its messages."""

    messages: list[Warned] = field(default_factory=lambda: [Warned("urn:oid:2.49.0.1.840.0.1")])
    feed: bytes = b""


class Weather(StandIn):
    """Answers conditionally, as the real one does."""

    hosts: ClassVar[tuple[str, ...]] = (HOST,)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.service = Service()
        self._sent: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        """The feed, or a message under `/ID.cap`."""
        if request.path == "/active.atom":
            answer = Response(self.service.feed or self._feed(), content_type="application/atom+xml")
            answer.add_etag()
            return answer.make_conditional(request)
        wanted = request.path.removeprefix("/").removesuffix(".cap")
        found = [one for one in self.service.messages if one.identifier == wanted]
        if not found:
            return Response(status=404)
        return Response(self.message(found[0]), content_type="application/cap+xml")

    def message(self, one: Warned) -> bytes:
        """A message as it is published."""
        return (
            one.xml
            or MESSAGE.format(
                identifier=one.identifier,
                sender=SENDER,
                sent=self.sent(one),
                status=one.status,
                kind=one.kind,
                severity=one.severity,
                event=escape(one.event),
                references=self._references(one),
                expires=_time(self.clock() + timedelta(minutes=one.minutes)),
                area=one.area,
            ).encode()
        )

    def sent(self, one: Warned) -> str:
        """When a message was first shown, which it says from then on."""
        return one.sent or self._sent.setdefault(one.identifier, _time(self.clock()))

    def _references(self, one: Warned) -> str:
        named = [f"{SENDER},{other.identifier},{self.sent(other)}" for other in self._earlier(one)]
        return f"<references>{' '.join(named)}</references>" if named else ""

    def _earlier(self, one: Warned) -> list[Warned]:
        return [Warned(identifier, sent=self._sent.get(identifier, "")) for identifier in one.references]

    def _feed(self) -> bytes:
        entries = "".join(
            f"<entry><id>https://{HOST}/{one.identifier}</id><updated>{self.sent(one)}</updated>"
            f"<title>{escape(one.event)}</title>"
            f'<link rel="alternate" href="https://{HOST}/{one.identifier}.cap"/></entry>'
            for one in self.service.messages
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{FEED}</id>{entries}</feed>'.encode()


def _time(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}-00:00"
