"""The documents themselves: the page of what is in force, the page of one alert, Atom, and the banner's news.

The same for everybody: what a route answers and what lies in S3 are made here alike.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.alerts.model import OVER, Alert
from chalicelib.alerts.public.notice import LEVELS, in_force, notice
from chalicelib.alerts.public.site import ACTIVE_PAGE, FEED, Site
from chalicelib.core import i18n
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.settings import Settings
from chalicelib.core.tables import Page

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, CAP_TYPE = "application/atom+xml", "application/cap+xml"
ACTIVE_TEMPLATE, ONE_TEMPLATE = "pages/alerts.html", "pages/alert.html"


def of_active(
    active: Sequence[Alert], past: Page[Alert], site: Site, *, cursor: str | None = None
) -> dict[str, Any]:
    """What the page of all alerts in force shows: the gravest first, and below those that are over.

    With the `cursor` of an older page, only what is over.
    """
    told = [notice(one, site.language, settings=site.settings) for one in active]
    return {
        "site": site,
        "newest": cursor is None,
        "active": sorted(told, key=lambda one: LEVELS.index(one.level)),
        "over": [notice(one, site.language, settings=site.settings) for one in past.items],
        "older": past.next,
        "keep": urlencode({"cursor": cursor}) if cursor else "",
        "tongues": site.tongues("index"),
    }


def of_one(alert: Alert, site: Site, *, newer: Alert | None = None) -> dict[str, Any]:
    """What the page of one alert shows; `newer` followed it."""
    return {
        "site": site,
        "told": notice(alert, site.language, settings=site.settings, newer=newer),
        "newer": site.page_of(newer.id) if newer else "",
        "replaced": bool(newer and in_force(newer)),
        "tongues": site.tongues(alert.id),
    }


def atom(active: Sequence[Alert], past: Sequence[Alert], *, now: datetime, settings: Settings) -> bytes:
    """The alerts in force as Atom (RFC 4287), each with a link to its CAP message.

    With them, of those that are over, each Cancel and all clear that has not expired: who took up an alert
    from here must learn here that it is over.
    """
    corrections = [
        one for one in past if not in_force(one) and one.expires_at is not None and one.expires_at > now
    ]
    shown = [*corrections, *active]
    today = rfc3339(now.replace(hour=0, minute=0, second=0, microsecond=0))
    language = settings.default_language
    root = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _tell(root, "id", settings.url(FEED))
    _tell(root, "title", f"{settings.agency_name}: alerts")
    _tell(root, "updated", max([today, *map(_changed_at, shown)]))
    _tell(SubElement(root, "author"), "name", settings.agency_name)
    _link(root, "self", settings.url(FEED), ATOM_TYPE)
    _link(root, "alternate", settings.url(ACTIVE_PAGE), "text/html")
    for alert in shown:
        told = notice(alert, language, settings=settings)
        entry = SubElement(root, "entry", {"xml:lang": told.tongue})
        _tell(entry, "id", settings.url(f"{ACTIVE_PAGE}/{alert.id}"))
        _tell(entry, "title", told.title)
        _tell(entry, "published", _utc(alert.message.sent))
        _tell(entry, "updated", _changed_at(alert))
        _tell(entry, "summary", "\n\n".join([*told.what, *told.to_do]))
        _link(entry, "alternate", settings.url(f"{ACTIVE_PAGE}/{alert.id}"), "text/html")
        _link(entry, "related", settings.url(f"{ACTIVE_PAGE}/{alert.id}.cap"), CAP_TYPE)
        for info in alert.message.infos[:1]:
            for category in info.categories:
                SubElement(entry, "category", {"term": category})
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def banner_news(active: Sequence[Alert], settings: Settings) -> bytes:
    """What the banner shows, by language: title and page of each alert in force, and how strongly."""
    languages = {
        language: {
            "label": i18n.translate(language).gettext("Alerts"),
            "alerts": [_news(one, language, settings) for one in active],
        }
        for language in settings.languages
    }
    document = {"default": settings.default_language, "languages": languages}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _news(alert: Alert, language: str, settings: Settings) -> dict[str, str]:
    told = notice(alert, language, settings=settings)
    return {
        "title": told.title,
        "lang": told.tongue,
        "level": told.level,
        "danger": told.danger,
        "page": settings.url(f"{ACTIVE_PAGE}/{alert.id}?lang={language}"),
    }


def _changed_at(alert: Alert) -> str:
    over = alert.steps.get(OVER)
    return over.at if over else _utc(alert.message.sent)


def _utc(moment: str) -> str:
    return rfc3339(parse_rfc3339(moment))


def _tell(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _link(parent: Element, rel: str, href: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})
