"""Brands: contrast as WCAG computes it, and whose brand shows where a department has none of its own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import brands
from chalicelib.core.settings import Settings
from infra.deploy import DeployError, deploy

SETTINGS = Settings()
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")

KNOWN = [
    ("#ffffff", "#000000", 21.0),
    ("#777777", "#ffffff", 4.48),
    ("#767676", "#ffffff", 4.54),
    ("#0000ff", "#ffffff", 8.59),
    ("#ff0000", "#ffffff", 4.0),
]
"""As the W3C's and other checkers give them."""


@pytest.mark.parametrize(("one", "other", "ratio"), KNOWN)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert brands.contrast(one, other) == pytest.approx(ratio, abs=0.01)


@given(colours, colours)
def test_contrast_knows_no_order_and_its_bounds(one: str, other: str) -> None:
    assert brands.contrast(one, other) == brands.contrast(other, one)
    assert 1 <= brands.contrast(one, other) <= 21
    assert brands.contrast(one, one) == 1


@given(colours)
def test_every_header_has_a_text_that_can_be_read_and_one_that_cannot(header: str) -> None:
    def wrong(text: str) -> bool:
        given = {"header": header, "header_text": text, "link": "#000000"}
        return bool(brands.colour_errors(given, pointer=""))

    assert not (wrong("#ffffff") and wrong("#000000"))
    assert wrong(header)


def test_the_least_contrast_is_enough() -> None:
    given = {"header": "#767676", "header_text": "#ffffff", "link": "#000000"}
    assert brands.colour_errors(given, pointer="") == []
    (error,) = brands.colour_errors({**given, "header": "#777777"}, pointer="/brand/colours")
    assert error.pointer == "/brand/colours/header_text"
    assert "4.47 to 1" in error.message


def test_what_a_department_leaves_out_is_the_deployments() -> None:
    assert brands.branded({}, SETTINGS) == brands.own(SETTINGS)
    parks = brands.branded({"agency": "Parks", "contact": "", "colours": None}, SETTINGS)
    assert (parks.agency, parks.sender_name) == ("Parks", "Parks")
    assert (parks.contact, parks.header) == (SETTINGS.contact, SETTINGS.colours[0])
    signed = brands.branded({"agency": "Parks", "sender_name": "Pat of Parks"}, SETTINGS)
    assert signed.sender_name == "Pat of Parks"
    assert brands.own(Settings(logo="city")).logo == "/logos/city"


def test_the_deployments_own_colours_can_be_read() -> None:
    assert brands.settings_errors(SETTINGS.colours) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("#fff", "Give header, header_text, link"),
        ("#12375e,#ffffff,#00F", "Give header, header_text, link"),
        ("#12375e,#12375f,#0a5bb0", "header_text: #12375f cannot be read"),
    ],
)
def test_a_deployment_with_other_colours_is_refused_before_it_begins(given: str, why: str) -> None:
    def nothing(service: str) -> None:
        raise AssertionError(f"{service} was asked")

    with pytest.raises(DeployError, match=why):
        deploy(client_for=nothing, stack="x", built=Path(), parameters={"Colours": given})
