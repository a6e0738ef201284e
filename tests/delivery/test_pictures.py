"""Pictures of our own in a body: their address, size and description, in mails, text parts and articles."""

from chalicelib.core.brands import own
from chalicelib.core.pictures.medium import Medium
from chalicelib.core.settings import Settings
from chalicelib.delivery.article import article
from chalicelib.delivery.content import Words, check
from chalicelib.delivery.pictures import named
from chalicelib.delivery.render import Footer, Links, compile_email, fill

ID, GONE = "a" * 32, "b" * 32
SETTINGS = Settings(base_url="https://news.city.example")
BRIDGE = Medium("image/png", 1088, 600, 5_000, {"en": "The {{new}} bridge", "es": 'El puente "nuevo"'})
KNOWN = {ID: BRIDGE}


def mail(body: str, language: str = "en") -> tuple[str, str]:
    made = compile_email(
        Words(subject="x", body=body),
        language=language,
        links=Links(),
        footer=Footer("why", manage=False),
        settings=SETTINGS,
        brand=own(SETTINGS),
        known=KNOWN,
    )
    given = {**made.defaults, "o": "{", "c": "}"}
    return fill(made.html, given), fill(made.text, given)


def test_a_picture_has_its_address_and_a_size_that_fits_the_mail() -> None:
    html, text = mail(f"![Seen from ((first_name))](media:{ID})")
    assert f'src="https://news.city.example/media/{ID}"' in html
    assert 'width="544"' in html
    assert 'height="300"' in html
    assert "Seen from" in html
    assert text.startswith("Seen from")


def test_without_a_text_its_own_stands_in_the_language() -> None:
    html, text = mail(f"![](media:{ID})")
    assert 'alt="The {{new}} bridge"' in html
    assert text.startswith("The {{new}} bridge")
    assert 'alt="El puente &quot;nuevo&quot;"' in mail(f"![](media:{ID})", "es")[0]
    assert 'alt="The {{new}} bridge"' in mail(f"![](media:{ID})", "vi")[0]


def test_one_that_is_gone_is_its_description() -> None:
    html, text = mail(f"![The old bridge](media:{GONE})")
    assert "media" not in html.partition("The old bridge")[0].rpartition("<p")[2]
    assert "The old bridge" in html
    assert text.startswith("The old bridge")


def test_a_link_to_one_leads_to_it_and_is_counted() -> None:
    links = Links()
    words = Words(subject="x", body=f"[The map](media:{ID}) [gone](media:{GONE})")
    compile_email(
        words, language="en", links=links, footer=Footer("why", manage=False), settings=SETTINGS, known=KNOWN
    )
    assert links.urls[0] == f"https://news.city.example/media/{ID}"


def test_an_article_shows_them_also_those_below_it() -> None:
    words = Words(subject="x", body=f"![](media:{ID})\n\n![far](https://e.org/far.png)")
    shown = article(words, language="en", known=KNOWN, address=lambda path: f"/api{path}")
    assert f'<img src="/api/media/{ID}" alt="The {{{{new}}}} bridge" width="1088" height="600">' in shown.html
    assert '<a href="https://e.org/far.png">far</a>' in shown.html
    below = [(ID, "Its piers"), (GONE, "x")]
    found = article(Words(subject="x", body="Open"), language="en", known=KNOWN, below=below).html
    assert found.count("<img") == 1
    assert 'alt="Its piers"' in found
    assert (
        article(words, language="en", known=KNOWN, below=below).html
        == article(words, language="en", known=KNOWN).html
    )


def test_what_a_body_names() -> None:
    body = f"![](media:{ID}) ![x](media:{ID}) [y](media:{GONE}) media:{'c' * 31}"
    assert named(body) == [ID, GONE]
    assert check(Words(body=f"![](media:{ID})"), pointer="/en") == []
    assert [one.pointer for one in check(Words(body="![x](media:nothing)"), pointer="/en")] == ["/en/body"]
