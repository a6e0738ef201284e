"""Pages for people: one Jinja2 environment, headers that keep them safe, refusals that say what to do next.

No page sets a cookie or asks a third party for anything, and none needs a script: the one that a person's
own page has is for notifications. The style sheet stands in the page and the policy names its hash. Links
keep the path of the public address (API Gateway's stage, for one), never its host.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

from chalice import Response

from chalicelib.core import i18n
from chalicelib.core.brands import Brand, own
from chalicelib.core.errors import CrierError
from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STYLE = TEMPLATES / "static" / "site.css"
OWN_SCRIPTS = "script-src 'self'; connect-src 'self'; worker-src 'self'"


class Request(Protocol):
    """The part of Chalice's request that choosing a language needs."""

    query_params: Mapping[str, str] | None
    headers: Mapping[str, str]


def language_of(request: Request) -> str:
    """The language of a page: `?lang=`, then `Accept-Language`, then the deployment's first."""
    return language_wanted(request.query_params or {}, request.headers)


def language_wanted(query: Mapping[str, str], headers: Mapping[str, str], *, known: str | None = None) -> str:
    """As `language_of`, with the language of the person, where `known`, going before the browser's."""
    offered = settings().languages
    if asked := query.get("lang") or known:
        return i18n.pick(asked, offered)
    return i18n.negotiate(headers.get("accept-language"), offered)


def link(path: str) -> str:
    """The address of one of our paths within the host: it keeps what the public address has of a path."""
    return urlsplit(settings().base_url).path.rstrip("/") + path


def in_language(path: str, language: str, **query: str) -> str:
    """As `link`, asking for the page in a language: without cookies, a choice goes from page to page."""
    return f"{link(path)}?{urlencode({**query, 'lang': language})}"


def render(
    template: str,
    language: str,
    *,
    status: int = 200,
    max_age_s: int = 0,
    brand: Brand | None = None,
    scripted: bool = False,
    **context: Any,
) -> Response:
    """A page from `templates/<template>`, with the brand, languages and links that every page shows.

    `max_age_s`: how long anyone may keep it, where it is the same for all. `brand`: whose page it is, the
    deployment's own unless said. `scripted`: whether our own scripts may run in it. Raises
    jinja2.UndefinedError if the template wants a value that `context` lacks.
    """
    shown = brand or own(settings())
    html = _environment().get_template(template).render(**_frame(language, shown), **context)
    headers = _headers(shown) | (_kept_for(max_age_s) if max_age_s else {})
    if scripted:
        headers["Content-Security-Policy"] += f"; {OWN_SCRIPTS}"
    return Response(html, status_code=status, headers=headers)


def fragment(template: str, language: str, **context: Any) -> str:
    """A piece of HTML, or a page as a file, from `templates/<template>`, with what every page shows."""
    return _environment().get_template(template).render(**_frame(language, own(settings())), **context)


def redirect(path: str, query: Mapping[str, str]) -> Response:
    """303 to one of our own paths: what the browser shows after a form has acted."""
    location = link(path) + (f"?{urlencode(query)}" if query else "")
    return Response("", status_code=303, headers={**_headers(own(settings())), "Location": location})


def refusal(error: CrierError, language: str) -> Response:
    """The page for a refusal: what happened, and where to go from here. The error's own text is not shown."""
    page = render(
        "pages/refusal.html", language, status=int(error.status), code=error.code, number=int(error.status)
    )
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        page.headers["Retry-After"] = "60"
    return page


def _headers(brand: Brand) -> dict[str, str]:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _policy(_style(brand.header, brand.header_text, brand.link)),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _kept_for(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}", "Vary": "Accept-Language"}


@lru_cache(maxsize=64)
def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=64)
def _style(header: str, header_text: str, link: str) -> str:
    """The style sheet, led by the colours of a brand; what it sets for the dark and for print stays."""
    colours = f":root{{--brand:{header};--on-brand:{header_text};--act:{link};"
    return f"{colours}--act-deep:color-mix(in srgb,{link} 75%,#000)}}\n" + _sheet()


@lru_cache(maxsize=1)
def _sheet() -> str:
    return STYLE.read_text(encoding="utf-8")


def _frame(language: str, brand: Brand) -> dict[str, Any]:
    from markupsafe import Markup

    style = _style(brand.header, brand.header_text, brand.link)
    return {
        "language": language,
        "direction": i18n.direction(language),
        "languages": [(tag, i18n.language_name(tag)) for tag in settings().languages],
        "brand": brand,
        "agency": brand.agency,
        "logo": link(brand.logo) if brand.logo else "",
        "style": Markup(style),  # noqa: S704 - our own file and checked colours, not anyone's input
    }


def _host(context: Mapping[str, Any]) -> str:
    """What paths of ours begin with in a file that lies elsewhere (`site`); on our own pages, nothing."""
    return str(context["site"].host) if "site" in context else ""


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined, pass_context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def gettext(context: "Context", message: str) -> str:
        return i18n.translate(context["language"]).gettext(message)

    def ngettext(context: "Context", singular: str, plural: str, number: int) -> str:
        return i18n.translate(context["language"]).ngettext(singular, plural, number)

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined] # added by the extension
        pass_context(gettext), pass_context(ngettext), newstyle=True
    )
    environment.globals["to"] = pass_context(
        lambda context, path, **query: _host(context) + in_language(path, context["language"], **query)
    )
    return environment
