"""Logos: what is a PNG, what of it is kept, and that no picture, however broken, does harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import logos
from chalicelib.core.errors import InvalidFields
from tests.core.pictures.samples import GIF, PNG, PNG_SIGNATURE, chunk, png


def test_what_is_not_seen_goes() -> None:
    told = chunk(b"tEXt", b"Author\x00Ann") + chunk(b"eXIf", b"42.36,-71.06") + chunk(b"tIME", bytes(7))
    assert logos.cleaned(png(extra=told) + b"hidden behind it", pointer="/png") == PNG


REFUSED = {
    "a picture of another kind": (GIF, logos.NO_PNG),
    "a drawing": (b"<svg onload='x()'/>", logos.NO_PNG),
    "cut short": (PNG[:-6], logos.NO_PNG),
    "altered": (PNG[:20] + b"!" + PNG[21:], logos.NO_PNG),
    "no picture in it": (PNG_SIGNATURE + chunk(b"IEND", b""), logos.NO_PNG),
    "too wide": (png(width=1001), "1,001 by 4"),
    "of no height": (png(height=0), logos.NO_PNG),
    "too long": (png(noise=logos.MAX_BYTES), "A logo may take 30,000 bytes"),
}


@pytest.mark.parametrize(("picture", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_is(picture: bytes, why: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        logos.cleaned(picture, pointer="/png")
    assert refused.value.errors[0].pointer == "/png"
    assert why in refused.value.errors[0].message


@given(st.binary(max_size=80), st.integers(0, len(PNG)))
def test_broken_pictures_are_refused_and_nothing_else(noise: bytes, place: int) -> None:
    picture = PNG[:place] + noise + PNG[place + len(noise) :]
    try:
        assert logos.cleaned(picture, pointer="/png").startswith(PNG_SIGNATURE)
    except InvalidFields:
        assert picture != PNG
