"""A small city for the browser: topics in four languages, one of them long, and people made on the spot."""

from datetime import UTC, datetime

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import areas, people, preferences, topics
from chalicelib.subscribers.model import Address, Subscription
from chalicelib.subscribers.topics import Topic

TOPICS = (
    Topic(
        "roads",
        {"en": "Road closures", "es": "Cierres de calles", "zh-Hans": "道路封闭", "vi": "Đóng đường"},
        {
            "en": "Closed streets, detours and long works, a day or more ahead.",
            "es": "Calles cerradas, desvíos y obras largas, con un día o más de antelación.",
            "zh-Hans": "提前一天或更早通知街道封闭、绕行和长期施工。",
            "vi": "Đường đóng, đường vòng và công trình dài ngày, báo trước một ngày trở lên.",
        },
        "works",
        "Getting around",
        topics.OPEN,
    ),
    Topic(
        "budget",
        {"en": "Budget and hearings", "es": "Presupuesto y audiencias"},
        {"en": "When the council meets, what is on the table, how to be heard."},
        "finance",
        "City Hall",
        topics.OPEN,
    ),
    Topic(
        "flu",
        {"en": "Clinics and vaccination", "vi": "Phòng khám và tiêm chủng"},
        {"en": "Free flu and vaccination clinics near you."},
        "health",
        "Health",
        topics.OPEN,
    ),
    Topic(
        "long",
        {"en": "Intergovernmentalcommunicationsinfrastructure and " + "everything around it " * 4},
        {"en": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3},
        "works",
        "City Hall",
        topics.OPEN,
    ),
)


def make_topics() -> None:
    """Writes the topics; of one of them something was sent."""
    for topic in TOPICS:
        topics.create(topic, now=datetime.now(UTC))
    topics.note_sent(["roads", "long"], "0" * 32, at=rfc3339(datetime.now(UTC)))


def make_areas() -> None:
    """Writes two areas to pick, one of a long name, and a postcode to type."""
    here = {"type": "Point", "coordinates": [-71.06, 42.36]}
    areas.put("old-town", kind=areas.NAMED, name={"en": "Old Town", "es": "Casco antiguo"}, geometry=here)
    areas.put(
        "long", kind=areas.NAMED, name={"en": "Llanfairpwllgwyngyllgogerychwyrndrobwll " * 3}, geometry=here
    )
    areas.put("02110", kind=areas.POSTCODE, name={"en": "02110"}, geometry=here)


def make_person(email: str, *, sms: str = "", push: str = "", language: str = "en", name: str = "Ana") -> str:
    """A confirmed person who gets road closures by email; answers the path of their page."""
    now = datetime.now(UTC)
    addresses = {"push": push, "email": email, "sms": sms}
    blank = people.blank(language=language, time_zone="America/New_York", name=name, now=now)
    person = people.Person(
        id=blank.id,
        name=name,
        language=language,
        time_zone=blank.time_zone,
        addresses={c: Address(a, rfc3339(now)) for c, a in addresses.items() if a},
        topics={"roads": Subscription(("email",), "immediate", "test", rfc3339(now))},
        blocks={},
        version=0,
        created_at=rfc3339(now),
    )
    people.create(person, source="test", wording=None, by="system", now=now, wiring=wiring())
    return preferences.path_of(person.id, expires=None, wiring=wiring())
