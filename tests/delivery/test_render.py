"""Renditions: what staff write arrives as written, and only fields and links differ per person."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.settings import Settings
from chalicelib.delivery import markdown
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.content import Words
from chalicelib.delivery.render import Footer, Links, Rendition, compile_email, compile_sms, fill, values

SETTINGS = Settings(base_url="https://news.city.example/site")
TOKENS = {"token": "TOKEN", "preferences": "PREFERENCES"}
HOLES = {"t", "p", "o", "c", "b", "first_name_h", "first_name_t"}


class Mail(NamedTuple):
    """A mail as it arrives."""

    subject: str
    html: str
    text: str


def mail(
    words: Words,
    *,
    name: str = "Ann",
    language: str = "en",
    links: Links | None = None,
    footer: Footer | None = None,
    deployment: Settings = SETTINGS,
) -> Mail:
    rendition = compile_email(
        words,
        language=language,
        links=links,
        footer=footer or Footer.newsletter(language, deployment),
        settings=deployment,
    )
    given = {**rendition.defaults, **values(name=name, channel="email", **TOKENS)}
    return Mail(*(fill(part, given) for part in (rendition.subject, rendition.html, rendition.text)))


def sms(text: str, *, name: str = "Ann", links: Links | None = None) -> str:
    rendition = compile_sms(Words(sms=text), language="en", links=links, settings=SETTINGS)
    return fill(rendition.text, {**rendition.defaults, **values(name=name, channel="sms", **TOKENS)})


class Reader(HTMLParser):
    """What a person sees of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden += tag in ("style", "title", "script")
        self.links += [value or "" for key, value in attrs if key in ("href", "src")]
        assert not any(key.startswith("on") for key, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def seen(html: str) -> str:
    return spaced("".join(read(html).seen))


def spaced(text: str) -> str:
    return " ".join(text.split())


# -- Staff text is never a template

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ 7*7 }}",
    "{% for c in [].__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ ''|attr('__class__') }}",
    "{{ '{0.__class__}'.format(say) }}",
    "{{ say.__globals__ }}",
    "{% raw %}{{ x }}{% endraw %}",
    "{# gone #}",
    "{{{x}}}",
    "{{#each x}}{{/each}}",
    "{{> partial}}",
    "{{&x}}",
    "{{t}} {{p}} {{o}} {{first_name_h}}",
    "${7*7} <%= 7 * 7 %>",
    "{ { } } {{ }} }}{{",
]
FIELDLESS = [text for text in ESCAPES if "(" not in text and "|" not in text]


@pytest.mark.parametrize("text", ESCAPES)
def test_staff_text_arrives_literally_in_the_mail(text: str) -> None:
    arrived = mail(Words(subject=text, preheader=text, body=f"before {text} after"))
    assert arrived.subject == text
    assert spaced(f"before {text} after") in seen(arrived.html)
    assert seen(arrived.html).startswith(spaced(text))
    assert spaced(f"before {text} after") in spaced(arrived.text)


@pytest.mark.parametrize("text", ESCAPES)
def test_staff_text_arrives_literally_in_every_kind_of_block(text: str) -> None:
    for body in (f"# {text}", f"- {text}", f"> {text}", f"```\n{text}\n```", f"`{text}`", f"**a {text} b**"):
        arrived = mail(Words(body=body))
        assert spaced(text) in seen(arrived.html)
        assert spaced(text) in spaced(arrived.text)


@pytest.mark.parametrize("text", ESCAPES)
def test_staff_text_arrives_literally_by_sms(text: str) -> None:
    assert sms(text) == text


@pytest.mark.parametrize("text", FIELDLESS)
def test_a_default_arrives_literally(text: str) -> None:
    written = f"((first_name|{text}))"
    arrived = mail(Words(subject=written, body=f"a {written} b"), name="")
    assert arrived.subject == text
    assert spaced(f"a {text} b") in seen(arrived.html)
    assert spaced(f"a {text} b") in arrived.text
    rendition = compile_sms(Words(sms=written), language="en", links=None, settings=SETTINGS)
    assert fill(rendition.text, {**rendition.defaults, "t": "TOKEN"}) == text


@pytest.mark.parametrize("text", ESCAPES)
def test_topic_names_and_settings_arrive_literally(text: str) -> None:
    deployment = Settings(agency_name=f"City {text}", postal_address=f"Street {text}")
    footer = Footer.newsletter("en", deployment, topics=[text])
    arrived = mail(Words(body="x"), footer=footer, deployment=deployment)
    for part in (seen(arrived.html), spaced(arrived.text)):
        assert spaced(f"City {text}") in part
        assert spaced(f"Street {text}") in part
        assert spaced(f"subscribed to: {text}.") in part


@pytest.mark.parametrize(
    "text", [*ESCAPES, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;", "محمد 🚒"]
)
def test_a_name_arrives_literally(text: str) -> None:
    field = "((first_name))"
    arrived = mail(
        Words(subject=f"Hi {field}!", body=f"Hi {field}! ![Hi {field}](https://e.org/a.png)"), name=text
    )
    assert arrived.subject == f"Hi {text}!"
    assert spaced(f"Hi {text}!") in seen(arrived.html)
    assert spaced(f"Hi {text}!") in arrived.text
    assert "script" not in read(arrived.html).tags
    assert sms(f"Hi {field}!", name=text) == f"Hi {text}!"


# -- Hypothesis: whatever is written

WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=80)
TEMPLATE_LIKE = st.text(st.sampled_from("{}\\ %#t(|)_*`<a"), max_size=30)
ANY = st.one_of(WRITTEN, TEMPLATE_LIKE)


@settings(max_examples=200, deadline=None)
@given(text=ANY, name=ANY)
def test_any_text_and_name_arrive_as_written(text: str, name: str) -> None:
    body = f"x{markdown.escape(text)} ((first_name|you))!"
    arrived = mail(Words(subject=f"x {text.replace('(', '')}", body=body), name=name)
    called = spaced(name) or "you"
    assert spaced(arrived.subject) == spaced(f"x {text.replace('(', '')}")
    assert spaced(f"x{spaced(text)} {called}!") in seen(arrived.html)
    assert spaced(f"x{spaced(text)} {called}!") in spaced(arrived.text)
    assert sms(f"x{text.replace('(', '')}", name=name) == f"x{text.replace('(', '')}".strip()


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANY, st.text(max_size=60)), st.text(max_size=10))
def test_any_markdown_gives_only_known_holes_and_no_script(body: str, name: str) -> None:
    words = Words(subject=body, preheader=body, body=body, sms=body)
    links = Links()
    footer = Footer.newsletter("en", SETTINGS)
    for rendition in (
        compile_email(words, language="en", links=links, footer=footer, settings=SETTINGS),
        compile_sms(words, language="en", links=links, settings=SETTINGS),
    ):
        assert_only_simple_holes(rendition)
    assert "script" not in read(mail(words, name=name).html).tags


def assert_only_simple_holes(rendition: Rendition) -> None:
    """Nothing that Handlebars would read otherwise than as a plain substitution: see `holes`."""
    for template in (rendition.subject, rendition.html, rendition.text):
        assert set(re.findall(r"\{\{(.*?)\}\}", template)) <= HOLES
        rest = re.sub(r"\{\{[a-z_]+\}\}", "\x00", template)
        assert "{{" not in rest
        assert not re.search(r"[{}\\]\x00|\x00[{}]", rest)
        assert not re.search("[\ufdd0-\ufdef]", template)


@given(name=st.text(max_size=60))
def test_no_name_breaks_out_of_a_header(name: str) -> None:
    subject = mail(Words(subject="Hi ((first_name))", body="x"), name=name).subject
    assert len(subject.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f]", subject)


# -- Personal fields


def test_a_field_has_a_default_in_the_language_of_the_mail_and_one_of_its_own() -> None:
    assert mail(Words(subject="Dear ((first_name))"), name="").subject == "Dear resident"
    assert mail(Words(subject="Dear ((first_name|neighbour))"), name=" \t").subject == "Dear neighbour"
    assert mail(Words(subject="Dear ((First Name|neighbour))"), name="Ann").subject == "Dear Ann"
    assert (
        mail(Words(subject="Dear ((first_name))", body="((first_name|you))"), name="").subject == "Dear you"
    )


def test_a_name_written_the_other_way_is_set_apart() -> None:
    assert "<bdi>محمد</bdi>" in mail(Words(body="Dear ((first_name)),"), name="محمد").html


def test_unknown_fields_stay_as_they_are_written() -> None:
    assert sms("((surname|x))") == "((surname|x))"


def test_values_of_a_person() -> None:
    assert values(name="A & B", token="T", preferences="P", channel="email") == {
        "t": "T",
        "p": "P",
        "first_name_h": "A &amp; B",
        "first_name_t": "A & B",
    }
    assert values(name="", token="T", preferences="", channel="sms") == {"t": "T"}


# -- Links

BODY = (
    "[Plan](https://e.org/plan?a=1&b=2) https://e.org/x_y_ [Again](https://e.org/plan?a=1&b=2) "
    "[Us](mailto:a@b.c) [Call](tel:+1)"
)


def test_links_are_numbered_once_over_all_renditions_of_a_plan() -> None:
    links = Links()
    arrived = mail(Words(body=BODY), links=links)
    text = sms("See https://e.org/sms, https://e.org/x_y_.", links=links)
    assert links.urls == ["https://e.org/plan?a=1&b=2", "https://e.org/x_y_", "https://e.org/sms"]
    redirect = "https://news.city.example/site/t/TOKEN"
    assert read(arrived.html).links == [
        f"{redirect}/0",
        f"{redirect}/1",
        f"{redirect}/0",
        "mailto:a@b.c",
        "tel:+1",
        "https://news.city.example/site/preferences/PREFERENCES",
        "https://news.city.example/site/unsubscribe/TOKEN",
        f"{redirect}/control",
        "https://news.city.example/site/o/TOKEN",
    ]
    assert f"Plan <{redirect}/0> {redirect}/1 Again <{redirect}/0> Us <a@b.c> Call <+1>" in arrived.text
    assert text == f"See {redirect}/2, {redirect}/1."


def test_without_links_nothing_is_tracked() -> None:
    arrived = mail(Words(body=BODY))
    assert "/t/" not in arrived.html + arrived.text
    assert "/o/" not in arrived.html
    assert "https://e.org/plan?a=1&amp;b=2" in arrived.html
    assert "Plan <https://e.org/plan?a=1&b=2> https://e.org/x_y_ Again" in arrived.text
    assert sms("See https://e.org/a_b.") == "See https://e.org/a_b."


CONTROL = re.compile(
    r'<div style="([^"]*)" aria-hidden="true"><a href="[^"]*/control" tabindex="-1"></a></div>'
)


def test_beside_tracked_links_stands_one_that_nobody_sees() -> None:
    links = Links()
    arrived = mail(Words(body="https://e.org/a"), links=links)
    found = CONTROL.findall(arrived.html)
    assert [spaced(one).replace(" ", "") for one in found] == ["display:none;visibility:hidden;mso-hide:all"]
    assert arrived.html.count("/control") == 1
    assert "control" not in arrived.text + sms("https://e.org/a", links=links)
    assert "control" not in mail(Words(body="https://e.org/a"), links=Links(tracked=False)).html
    assert "control" not in mail(Words(body="No link"), links=Links()).html
    assert "control" not in mail(Words(body="https://e.org/a"), links=Links(fixed=True)).html


def test_a_redirect_leads_to_an_address_in_ascii() -> None:
    links = Links()
    text = mail(Words(body="https://münchen.example/straße?a=ä"), links=links).text
    assert links.urls == ["https://xn--mnchen-3ya.example/stra%C3%9Fe?a=%C3%A4"]
    assert text.startswith("https://news.city.example/site/t/TOKEN/0\n")


class Link(NamedTuple):
    name: str
    body: str
    leads_to: list[str]


LINKS = [
    Link("ends its sentence", "See https://e.org/a.", ["https://e.org/a"]),
    Link("in brackets", "(see https://e.org/a)", ["https://e.org/a"]),
    Link("with brackets of its own", "https://e.org/a_(b)", ["https://e.org/a_(b)"]),
    Link("in bold", "**https://e.org/a**", ["https://e.org/a"]),
    Link("underscores", "https://e.org/_a_/__b__", ["https://e.org/_a_/__b__"]),
    Link("upper case scheme", "HTTPS://e.org/a", ["HTTPS://e.org/a"]),
    Link("pointed", "<https://e.org/a>", ["https://e.org/a"]),
    Link("inside a link's text", "[https://e.org/a](https://e.org/b)", ["https://e.org/b"]),
    Link("in code", "`https://e.org/a`", []),
    Link("another word before it", "xhttps://e.org/a", []),
    Link("no host", "https://", []),
    Link("braces", "https://e.org/{{x}}", ["https://e.org/{{x}}"]),
    Link("script", "[x](javascript:alert(1)) [y](JaVaScRiPt:alert) <javascript:alert>", []),
    Link("data", "[x](data:text/html;base64,eA==) ![x](data:image/png;base64,eA==)", []),
    Link("relative", "[x](/a) [y](//e.org/a) [z](a)", []),
    Link("by reference", "[x][1]\n\n[1]: https://e.org/a", ["https://e.org/a"]),
    Link("quote in it", "[x](<https://e.org/\"onclick='x'>)", ["https://e.org/%22onclick='x'"]),
    Link("with a personal field", "[x](https://e.org/((first_name)))", []),
]


@pytest.mark.parametrize("example", LINKS, ids=lambda e: e.name)
def test_where_links_lead(example: Link) -> None:
    footer = Footer.service("en")
    assert read(mail(Words(body=example.body), footer=footer).html).links == example.leads_to


# -- The page


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "<b onclick=x>a</b>", "<style>p{}</style>", "<!-- x -->", "<a"]
)
def test_html_is_text(body: str) -> None:
    arrived = mail(Words(body=f"a {body} b\n\n{body}"))
    assert f"a {body} b {body}" in seen(arrived.html)
    assert f"a {body} b\n\n{body}" in arrived.text


def test_the_page_says_its_language_and_direction() -> None:
    assert '<html lang="ar" dir="rtl"' in mail(Words(body="x"), language="ar").html
    assert '<html lang="zh-Hans" dir="ltr"' in mail(Words(body="x"), language="zh-Hans").html


def test_the_preheader_is_there_and_hidden() -> None:
    html = mail(Words(preheader="Read me first", body="x")).html
    assert re.search(r'<div class="preheader" style="display: none;[^>]*>Read me first', html)


def test_styles_are_inlined_and_dark_mode_stays() -> None:
    html = mail(Words(body="para")).html
    assert re.search(r'<p style="[^"]*margin: 0 0 16px[^"]*">para', html)
    assert html.count("prefers-color-scheme: dark") == 1
    assert "<!--[if mso]><table" in html


def test_the_footer_of_a_newsletter() -> None:
    arrived = mail(Words(body="x"), footer=Footer.newsletter("en", SETTINGS, topics=["Roads", "Water"]))
    for part in (seen(arrived.html), arrived.text):
        assert "City of Example" in part
        assert "1 City Hall Square, Example" in part
        assert "because you subscribed to: Roads and Water." in part
        assert "Unsubscribe" in part
        assert "Change what you get" in part


@pytest.mark.parametrize("footer", [Footer.service("en"), Footer.proof("en")])
def test_other_footers_have_no_links_to_what_the_reader_may_not_have(footer: Footer) -> None:
    arrived = mail(Words(body="x"), footer=footer)
    assert "nsubscribe" not in arrived.html + arrived.text
    assert footer.reason in seen(arrived.html)
    assert footer.reason in arrived.text


TEXT = """\
# Title

A *b* **c** ~~d~~ `e`
f\\
g

1. one
2. two
   - deep

   deeper

> quoted
>
> twice

| a | b |
|---|---|
| [l](https://e.org) | 2 |

```
code
  kept
```

![A map](https://e.org/a.png)

***
"""
PLAIN = """\
Title
=====

A b c d e f
g

1. one

2. two

   - deep

   deeper

> quoted
>
> twice

a | b
l: https://e.org | 2

code
  kept

A map

--------------------

--
City of Example"""


def test_the_text_part_reads_well() -> None:
    text = mail(Words(body=TEXT)).text
    assert text.startswith(PLAIN)
    assert "<" not in text


def test_a_rendition_knows_its_size() -> None:
    rendition = compile_sms(Words(sms="é"), language="en", links=None, settings=SETTINGS)
    assert rendition.size == 2


TOLD = {
    "See [the plan](https://e.org/a).": "See the plan <https://e.org/a>.",
    "[The plan](https://e.org/a)": "The plan: https://e.org/a",
    "- [The plan](https://e.org/a)\n- see https://e.org/b.": "- The plan: https://e.org/a\n- see https://e.org/b.",
    "Call [555 0100](tel:+16175550100) or [us](tel:+16175550100)": "Call 555 0100 or us <+16175550100>",
}


@pytest.mark.parametrize(("body", "told"), TOLD.items())
def test_links_in_the_text_part_can_be_read(body: str, told: str) -> None:
    assert mail(Words(body=body)).text.partition("\n\n--")[0] == told


def test_an_appointment_stands_below_the_words_and_its_link_is_tracked() -> None:
    appointment = Appointment("Open {{house}}", "", "Monday, 18:00", "https://e.org/event.ics?a=1&b=2")
    made = compile_email(
        Words(subject="x", body="Come"),
        language="en",
        links=Links(),
        footer=Footer.service("en"),
        settings=Settings(base_url="https://news.city.example"),
        appointment=appointment,
    )
    html, text = (
        fill(part, {**made.defaults, "t": "T", "o": "{", "c": "}"}) for part in (made.html, made.text)
    )
    assert "Add to your calendar: https://news.city.example/t/T/0" in text
    assert "Open {{house}}" in html
    assert "Where:" not in text
