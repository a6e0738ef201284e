"""The text of any raw mail, bounded, whatever is wrong with it."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations.bodies import MAX_BYTES, MAX_CHARACTERS, text_of


def mail(plain: str = "", html: str = "", attached: str = "") -> bytes:
    made = EmailMessage()
    made["Subject"] = "x"
    if plain:
        made.set_content(plain)
    if html and plain:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    if attached:
        made.add_attachment(attached, filename="a.txt")
    return bytes(made)


HTML = (
    "<head><title>t</title><style>p {}</style></head>"
    "<p>Who ploughs <b>Elm</b> St.?</p><script>x()</script><p>&lt;Ana&gt;</p>"
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (mail("Who ploughs Elm St.?\n\n\n\n\nAna\n"), "Who ploughs Elm St.?\n\nAna"),
        (mail("plain", HTML), "plain"),
        (mail("", HTML), "Who ploughs Elm St.?\n<Ana>"),
        (mail("plain", attached="secret"), "plain"),
        (mail("Straße 道路"), "Straße 道路"),
        (b"Content-Type: text/plain; charset=latin-1\n\nStra\xdfe", "Straße"),
        (b"Content-Type: text/plain; charset=no-such\n\nx", "x"),
        (b"Content-Type: text/plain; charset=rot13\n\nx", "x"),
        (b"Content-Transfer-Encoding: base64\n\n!!!", ""),
        (b"Subject: only\n\n", ""),
        (b"\x00\x07bell", "bell"),
    ],
)
def test_text_of(raw: bytes, text: str) -> None:
    found = text_of(raw)
    assert found == text or (not text and len(found) <= 3)


def test_a_huge_mail_is_cut() -> None:
    assert len(text_of(b"\n" + b"x" * (4 * MAX_BYTES))) == MAX_CHARACTERS


@given(st.binary(max_size=2000))
def test_any_bytes_have_a_text(raw: bytes) -> None:
    text = text_of(raw)
    assert len(text) <= MAX_CHARACTERS
    assert all(one.isprintable() or one in "\n\t" for one in text)


@given(
    st.sampled_from(["text/plain", "text/html", "multipart/mixed", "message/rfc822"]), st.text(max_size=500)
)
def test_any_part_has_a_text(kind: str, body: str) -> None:
    raw = f"Content-Type: {kind}; boundary=b\n\n--b\nContent-Type: text/html\n\n{body}\n--b--"
    assert len(text_of(raw.encode("utf-8", "replace"))) <= MAX_CHARACTERS
