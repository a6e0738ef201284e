"""Signing up on somebody else's site: a form to paste into its pages, and JSON for its scripts.

Whoever fills it in gets a confirmation and nothing else, so a form that another site sends in somebody's name
does no harm; limits are those of our own form. The form carries the version of the wording that it shows:
once that has changed, the person is shown our own form, filled in, with the words of today.
"""

from typing import Annotated

from chalice import Response
from pydantic import Field, StringConstraints

from chalicelib.core import i18n, pages
from chalicelib.core.errors import Forbidden, TooManyRequests
from chalicelib.core.fields import NO_CONTROL
from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import areas, topics, wording
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.forms import SignUpForm
from chalicelib.subscribers.pages.shared import by_category, language_of
from chalicelib.subscribers.pages.sign_up import ask, take_sign_up

EMBEDDED = "embedded-form"
JSON_PATH = "/subscribe/embed.json"

routes = Routes("embedded_sign_up", tag="Pages")

Text = Annotated[str, StringConstraints(max_length=1_000, pattern=NO_CONTROL)]
Texts = Annotated[list[Text], Field(max_length=200)]


class EmbedQuery(Model):
    """The query of what is offered."""

    lang: Text = ""


class OfferedTopic(Model):
    """A topic to offer. `often`: how often something is sent, in words; empty where nothing was lately."""

    id: str
    name: str
    description: str
    category: str
    often: str


class Offer(Model):
    """What a form of one's own must show: the topics, and the words that people agree to by sending it."""

    language: str
    topics: list[OfferedTopic]
    consent: str
    wording: str = Field(description="The version of `consent`; send it back with the sign-up.")


class EmbeddedSignUp(Model):
    """A sign-up; `email` or `phone` or both. `area` is the id of an area, `postcode` is as people type it."""

    topics: Texts = Field(default_factory=list, description="Ids of topics.")
    categories: Texts = Field(default_factory=list, description="Categories of which all topics are wanted.")
    email: Text = ""
    phone: Text = ""
    name: Text = ""
    area: Text = ""
    postcode: Text = ""
    language: Text = Field("", description="Of the form that was shown, and of the messages.")
    wording: Text = Field(description="The version of the consent that was shown.")


class Asked(Model):
    """A confirmation was asked for; the answer is the same for every address."""

    channels: list[str] = Field(description="On which channels it is asked for.")
    code_page: str | None = Field(description="For a text message: the page that takes its code.")


@routes.page("GET", "/subscribe/embed")
def embed_form(call: Call) -> Response:
    """The form to paste into another site; `topic` and `category` in the query choose what it offers."""
    language = language_of(call)
    wanted = forms.read_sign_up(call.form)
    offered = [
        topic
        for topic in topics.offered()
        if not (wanted.topics or wanted.categories)
        or topic.id in wanted.topics
        or topic.category in wanted.categories
    ]
    snippet = pages.fragment(
        "pages/snippet.html",
        language,
        action=settings().url(f"/subscribe/embed?lang={language}"),
        categories=by_category(offered, language, now=call.now),
        postcodes=areas.has_postcodes(),
        consent=wording.shown(wording.SIGN_UP, language),
    )
    keep = forms.link_query(SignUpForm(topics=wanted.topics, categories=wanted.categories))
    return pages.render(
        "pages/embed.html",
        language,
        snippet=snippet,
        keep=keep,
        json_address=settings().url(JSON_PATH),
        preview=bool(offered),
    )


@routes.page("POST", "/subscribe/embed")
def embedded_form_sent(call: Call) -> Response:
    """Takes a sign-up from a form on another site, and answers alike for every address."""
    return take_sign_up(call, language_of(call), source=EMBEDDED)


@routes.public("OPTIONS", JSON_PATH, status=204, also={Forbidden}, cross_origin=True)
def ask_whether_a_script_may(_: Call) -> None:
    """What a browser asks before it lets a script of another site send a sign-up."""


@routes.public("GET", JSON_PATH, query=EmbedQuery, returns=Offer, also={Forbidden}, cross_origin=True)
def what_is_offered(call: Call) -> Offer:
    """What a form of one's own must show."""
    language = pages.language_wanted({"lang": call.query.lang}, call.headers)
    consent = wording.shown(wording.SIGN_UP, language)
    offered = [
        OfferedTopic(
            id=one.id,
            name=one.name.text,
            description=one.description.text,
            category=category.name.text,
            often=one.often,
        )
        for category in by_category(topics.offered(), language, now=call.now)
        for one in category.topics
    ]
    return Offer(language=language, topics=offered, consent=consent.text, wording=consent.version)


@routes.public(
    "POST",
    JSON_PATH,
    body=EmbeddedSignUp,
    returns=Asked,
    status=202,
    also={Forbidden, TooManyRequests},
    cross_origin=True,
)
def embedded_sign_up(call: Call) -> Asked:
    """Takes a sign-up from a script, and answers alike for every address."""
    sent = call.body
    form = SignUpForm(
        topics=tuple(dict.fromkeys(sent.topics)),
        categories=tuple(dict.fromkeys(sent.categories)),
        area=sent.area,
        postcode=sent.postcode,
        email=sent.email,
        phone=sent.phone,
        name=sent.name,
        language=sent.language,
    )
    language = i18n.pick(sent.language, settings().languages)
    asked = ask(call, form, language, source=EMBEDDED, wording_shown=sent.wording)
    code_page = settings().url(f"/confirm/{asked.code_token}") if asked.code_token else None
    return Asked(channels=sorted(asked.addresses), code_page=code_page)
