"""What stands in the archive: put there when a campaign is sent, taken out when it is cancelled.

What is corrected is marked, so that whoever follows it by a feed gets it anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

from chalicelib.campaigns import calendar, pictures
from chalicelib.campaigns.archive.marks import (
    ADDED,
    CORRECTED,
    HOW,
    UNMARKED,
    WITHDRAWN,
    Mark,
    both,
    marked,
    notice,
)
from chalicelib.campaigns.archive.tables import (
    DEPARTMENT,
    EVERYTHING,
    TOPIC,
    ArchiveItem,
    read,
    remove,
    write,
)
from chalicelib.campaigns.model import Campaign, Event, Image, content_document
from chalicelib.core import ids
from chalicelib.core.errors import NotFound
from chalicelib.core.i18n import pick
from chalicelib.core.pictures.medium import Known, Medium
from chalicelib.core.settings import settings
from chalicelib.core.staff import Mode
from chalicelib.core.tables import Page, list_page
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.article import Article, article, title
from chalicelib.delivery.content import Words
from chalicelib.delivery.pictures import Address
from chalicelib.subscribers import topics
from chalicelib.subscribers.model import LIST_PREFIX


@dataclass(frozen=True)
class Entry:
    """A campaign in a list: titles by language, and the public topics that it was for. Times are RFC 3339."""

    campaign_id: str
    sent_at: str
    default_language: str
    topics: tuple[str, ...]
    titles: Mapping[str, str]
    mark: Mark = UNMARKED

    def language(self, wanted: str) -> str:
        """The language of its own that suits a reader best."""
        return pick(wanted, [self.default_language, *self.titles])

    def title(self, wanted: str) -> str:
        """Its title in that language, with its mark."""
        own = self.language(wanted)
        return marked(self.titles.get(own, ""), self.mark, own)


@dataclass(frozen=True)
class Issue:
    """A campaign that everybody may read: its words by language, its pictures by id. Times are RFC 3339.

    `images`: what its posts carry, which the article shows below its words. `mark`: what became of it; of
    what was withdrawn no words are left. `added`: the words of a correction that stands above its own, with
    their pictures.
    """

    campaign_id: str
    sent_at: str
    default_language: str
    department: str
    topics: tuple[str, ...]
    content: Mapping[str, Words]
    pictures: Known = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    event: Event | None = None
    mark: Mark = UNMARKED
    added: Mapping[str, Words] = field(default_factory=dict)

    @property
    def changed_at(self) -> str:
        """When it was last changed."""
        return self.mark.at or self.sent_at

    def notice(self, language: str) -> str:
        """What stands above it, if it was changed."""
        return notice(self.mark, language, time_zone=settings().time_zone)

    def appointment(self, wanted: str) -> Appointment | None:
        """What it invites to, in the language of its own that suits a reader best."""
        if self.event is None:
            return None
        to = calendar.address(self.campaign_id, wanted, settings=settings())
        return calendar.told(self.event, wanted, first=self.default_language, link=to)

    def article(self, wanted: str, *, address: Address = str) -> Article:
        """What it says, in the language of its own that suits a reader best.

        `address` makes the address of a picture out of its path.
        """
        if self.mark.what == WITHDRAWN:
            told = marked("", self.mark, wanted)
            return Article(wanted, told, f"<p>{escape(self.notice(wanted))}</p>")
        language = pick(wanted, [self.default_language, *self.content])
        below = [(one.media, one.alt.get(language, "")) for one in self.images]
        own = article(
            self.content[language], language=language, known=self.pictures, below=below, address=address
        )
        if not self.added:
            return own
        tag = pick(language, [self.default_language, *self.added])
        new = article(self.added[tag], language=tag, known=self.pictures, address=address)
        return both(new, own, language)


def public_topics(campaign: Campaign) -> list[str]:
    """The topics under which it stands in the archive; none where it is not for everybody to read. Pure."""
    if campaign.mode != Mode.LIVE or not campaign.archived:
        return []
    return [source for source in campaign.sources if not source.startswith(LIST_PREFIX)]


def publish(campaign: Campaign) -> None:
    """Puts a campaign that is being sent into the archive, where it is public; once more is harmless."""
    write(_items(campaign))
    topics.note_sent(public_topics(campaign), campaign.id, at=campaign.launched_at)


def withdraw(campaign: Campaign) -> None:
    """Takes a campaign that was cancelled out of the archive; once more is harmless."""
    remove(_items(campaign))
    topics.forget_sent(public_topics(campaign), campaign.id, at=campaign.launched_at)


def correct(campaign: Campaign, by: Campaign) -> None:
    """Puts a campaign right by one that corrects it, and marks it; once more is harmless.

    `replace`: the new words stand in place of the old ones; `add`: both do; `withdraw`: none are left.
    """
    assert by.correction is not None
    mark = Mark(HOW[by.correction.how], by.launched_at)
    write(_items(campaign, by=by, mark=mark))
    if mark.what == WITHDRAWN:
        topics.forget_sent(public_topics(campaign), campaign.id, at=campaign.launched_at)


def _items(campaign: Campaign, *, by: Campaign | None = None, mark: Mark = UNMARKED) -> list[ArchiveItem]:
    """The items of a campaign as it was sent, or as another one corrected it."""
    public = public_topics(campaign)
    if not public:
        return []
    shown = by if by and mark.what == CORRECTED else campaign
    told = {} if mark.what == WITHDRAWN else _told(shown)
    same: Mapping[str, Any] = {
        "campaign_id": campaign.id,
        "sent_at": campaign.launched_at,
        "default_language": campaign.default_language,
        "department": campaign.department,
        "topics": public,
        "mark": list(mark),
    }
    titles = {language: title(words, language=language) for language, words in told.items()}
    lists = [EVERYTHING, DEPARTMENT + campaign.department, *(TOPIC + topic for topic in public)]
    sort = f"{campaign.launched_at}#{campaign.id}"
    entries = [
        ArchiveItem(f"{campaign.id}#{name}", list=name, sort=sort, titles=titles, **same) for name in lists
    ]
    whole = ArchiveItem(
        campaign.id,
        content=content_document(told),
        pictures=_pictures(campaign) | (_pictures(by) if by else {}) if told else {},
        images=[asdict(one) for one in shown.images] if told else [],
        event=asdict(event) if told and (event := calendar.titled(shown)) else None,
        added=content_document(_told(by)) if by and mark.what == ADDED else None,
        **same,
    )
    return [whole, *entries]


def _told(campaign: Campaign) -> dict[str, Words]:
    content = calendar.content_of(campaign, settings=settings())
    return {language: words for language, words in content.items() if words != Words()}


def _pictures(campaign: Campaign) -> dict[str, Any]:
    return pictures.document(pictures.of(campaign.meaning) if campaign.meaning else pictures.known(campaign))


def issue(campaign_id: str) -> Issue:
    """A public campaign. Raises NotFound."""
    found = read([campaign_id]) if ids.is_id(campaign_id) else {}
    if campaign_id not in found:
        raise NotFound("There is no such message in the archive.")
    return _issue(found[campaign_id])


def page(topic: str | None, *, limit: int, cursor: str | None) -> Page[Entry]:
    """One page of the archive, of a topic or of all, the newest first. Raises BadRequest (`bad-cursor`)."""
    return _page(TOPIC + topic if topic else EVERYTHING, limit=limit, cursor=cursor)


def _page(name: str, *, limit: int, cursor: str | None) -> Page[Entry]:
    found = list_page(ArchiveItem.list_index, name, limit=limit, cursor=cursor)
    return Page([_entry(item) for item in found.items], found.next)


def newest(name: str, *, limit: int) -> list[Issue]:
    """The newest public campaigns of a list (`TOPIC` with a topic, for one), whole, the newest first."""
    entries = _page(name, limit=limit, cursor=None).items
    found = read([entry.campaign_id for entry in entries])
    return [_issue(found[entry.campaign_id]) for entry in entries if entry.campaign_id in found]


def _entry(item: ArchiveItem) -> Entry:
    return Entry(
        item.campaign_id,
        item.sent_at,
        item.default_language,
        tuple(item.topics),
        item.titles,
        Mark(*item.mark or ()),
    )


def _issue(item: ArchiveItem) -> Issue:
    content = {language: Words(**words) for language, words in item.content.items()}
    return Issue(
        item.campaign_id,
        item.sent_at,
        item.default_language,
        item.department,
        tuple(item.topics),
        content,
        {media_id: Medium(**one) for media_id, one in (item.pictures or {}).items()},
        tuple(Image(**one) for one in item.images or ()),
        Event(**item.event) if item.event else None,
        Mark(*item.mark or ()),
        {language: Words(**words) for language, words in (item.added or {}).items()},
    )
