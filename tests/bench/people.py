"""The bench's subscribers and its mail: made up, but of the sizes that a city has."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import shard_of, sharded
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import PlanSpec
from chalicelib.delivery.render import Footer, Links, compile_email

TOPIC = "roads"
LANGUAGES = ("en", "es", "zh-Hans", "vi")
GIVEN = ("Maria", "José", "Nguyễn Anh", "Wei", "O'Neil", "Ana-Sofía", "Li", "Robert")
MAIL_BYTES = 20_000
LINKS = 10
CENTRE = (42.36, -71.06)

SENTENCE = {
    "en": "Crews will replace the deck of the bridge, and buses stop at Mill Street and Harbor Road. ",
    "es": "Se reemplazará el tablero del puente, y los autobuses paran en Mill Street y Harbor Road. ",
    "zh-Hans": "施工人员将更换桥面，公交车改在磨坊街和海港路停靠。上学的孩子请提前十分钟到站。",
    "vi": "Công nhân sẽ thay mặt cầu, và xe buýt dừng ở đường Mill và đường Harbor thay cho đường River. ",
}


def row(
    number: int,
    languages: list[str],
    *,
    topic: str = TOPIC,
    channels: Sequence[str] = ("email",),
    placed: bool = False,
) -> dict[str, Any]:
    """One row of the table `subscriptions`; the id is evenly spread over the shards, and so is its place."""
    subscriber_id = sha256(f"subscriber {number}".encode()).hexdigest()[:32]
    addresses = {"email": f"person.{number}@mail.example", "sms": f"+1202{number:07d}"}
    return {
        "topic_shard": {"S": sharded(topic, shard_of(subscriber_id))},
        "subscriber_id": {"S": subscriber_id},
        **{channel: {"S": addresses[channel]} for channel in channels},
        "channels": {"SS": list(channels)},
        "cadence": {"S": "immediate"},
        "language": {"S": languages[number % len(languages)]},
        "time_zone": {"S": "America/New_York"},
        "name": {"S": GIVEN[number % len(GIVEN)]},
        **({"places": {"SS": [f"home:{CENTRE[0]},{place_of(number)}"]}} if placed else {}),
    }


def place_of(number: int) -> float:
    """A longitude up to a degree (82 km) east of the centre."""
    return round(CENTRE[1] + number % 1000 / 1000, 3)


def person(
    number: int,
    languages: list[str],
    *,
    topic: str = TOPIC,
    channels: Sequence[str] = ("email",),
    placed: bool = False,
) -> dict[str, Any]:
    """The person of a row, as the table `subscribers` holds it: what a chunk reads again when it is late."""
    since = "2026-01-05T09:00:00.000Z"
    facts = {"channels": list(channels), "cadence": "immediate", "source": "sign-up", "since": since}
    projected = row(number, languages, topic=topic, channels=channels)
    kept = {name: projected[name] for name in ("language", "time_zone", "name")}
    addresses = {one: {"address": projected[one]["S"], "verified_at": since} for one in channels}
    own = {
        "id": projected["subscriber_id"]["S"],
        "addresses": addresses,
        "topics": {topic: facts},
        "blocks": {},
        "version": 1,
        "created_at": since,
        **({"places": {"home": {"latitude": CENTRE[0], "longitude": place_of(number)}}} if placed else {}),
    }
    return kept | marshal(own)


def spec(settings: Settings) -> PlanSpec:
    """A plan to everyone on the topic: four languages, 20 kB, ten tracked links, personal fields."""
    links = Links()
    return PlanSpec(
        kind="campaign",
        reference="bench",
        mode="live",
        lane="bulk",
        scope="newsletter",
        renditions=tuple(_rendition(language, links, settings) for language in LANGUAGES),
        default_language="en",
        audience={"topic": TOPIC},
        links=tuple(links.urls),
        sender_name="City of Example",
        list_id="roads.city.example",
        daylight=True,
    )


def _rendition(language: str, links: Links, settings: Settings) -> Any:
    """A mail whose HTML and text together come to `MAIL_BYTES`, as nearly as whole sentences let it."""
    footer = Footer.newsletter(language, settings, topics=["Roads"])
    anchors = "".join(f"\n\n- [Notice {n}](https://city.example/roads/{n}?l=1)" for n in range(LINKS))

    def made(sentences: int) -> Any:
        body = (
            f"# Bridge closes\n\nHello ((first_name|neighbor)),\n\n{SENTENCE[language] * sentences}{anchors}"
        )
        words = Words(subject="((first_name|neighbor)): River Street", preheader="Detours", body=body, sms="")
        return compile_email(words, language=language, links=links, footer=footer, settings=settings)

    per_sentence = made(2).size - made(1).size
    return made(max(1, (MAIL_BYTES - made(0).size) // per_sentence))
