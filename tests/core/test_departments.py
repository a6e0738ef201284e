"""Departments: what one asks for, and that one which was never set up asks for nothing."""

import pytest

from chalicelib.core import departments
from tests.core.calling import Api
from tests.core.pictures.samples import PNG, encoded

COLOURS = {"header": "#004D40", "header_text": "#ffffff", "link": "#00695c"}
BRAND = {
    "agency": "Parks of Example",
    "sender_name": "The parks",
    "postal_address": "2 Park Road",
    "contact": "parks@city.example",
    "colours": COLOURS,
}


def test_a_department_that_was_not_set_up_asks_for_nothing(api: Api) -> None:
    assert not departments.asks_for_two("roads")
    assert api.get("/v1/departments/roads").status == 404


def test_it_is_set_up_changed_and_listed_by_id(api: Api) -> None:
    for one in ("water", "roads"):
        answer = api.call("PUT", f"/v1/departments/{one}", {"name": one.title(), "two_person": True})
        assert (answer.json["id"], answer.json["name"], answer.json["two_person"]) == (one, one.title(), True)
    assert departments.asks_for_two("roads")
    assert api.call("PUT", "/v1/departments/roads", {"name": "Streets"}).json["two_person"] is False
    assert not departments.asks_for_two("roads")
    assert [one["id"] for one in api.get("/v1/departments").json["items"]] == ["roads", "water"]


def test_a_weekly_cap_is_set_and_taken_away(api: Api) -> None:
    capped = api.call("PUT", "/v1/departments/roads", {"name": "Roads", "weekly_cap": 3})
    assert (capped.json["weekly_cap"], departments.weekly_cap_of("roads")) == (3, 3)
    assert api.call("PUT", "/v1/departments/roads", {"name": "Roads"}).json["weekly_cap"] is None
    assert (departments.weekly_cap_of("roads"), departments.weekly_cap_of("parks")) == (0, 0)


def test_cohorts_alone_are_chosen_and_given_up(api: Api) -> None:
    body = {"name": "Roads", "cohort_only": True}
    assert api.call("PUT", "/v1/departments/roads", body).json["cohort_only"] is True
    assert departments.any_cohort_only(["parks", "roads"])
    assert not departments.any_cohort_only(["parks"])
    assert api.call("PUT", "/v1/departments/roads", {"name": "Roads"}).json["cohort_only"] is False
    assert not departments.any_cohort_only(["roads"])


@pytest.mark.parametrize("department", ["Roads", "-roads", "r" * 65, "roads.main"])
def test_an_id_is_a_slug(api: Api, department: str) -> None:
    assert api.call("PUT", f"/v1/departments/{department}", {"name": "Roads"}).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "Roads", "two_person": "yes"},
        {"name": "x", "a": 1},
        {"name": "x", "weekly_cap": 0},
        {"name": "x", "cohort_only": "yes"},
    ],
)
def test_refuses_what_is_no_setting(api: Api, body: dict[str, object]) -> None:
    assert api.call("PUT", "/v1/departments/roads", body).status == 422


def test_it_appears_as_it_was_told_to(api: Api) -> None:
    answer = api.call("PUT", "/v1/departments/parks", {"name": "Parks", "brand": BRAND})
    lower = {name: colour.lower() for name, colour in COLOURS.items()}
    assert answer.json["brand"] == {**BRAND, "colours": lower}
    assert departments.brand_of("parks") == {**BRAND, "colours": lower}
    assert departments.brand_of("none-such") == {}


def test_colours_that_cannot_be_read_are_refused_and_change_nothing(api: Api) -> None:
    api.call("PUT", "/v1/departments/parks", {"name": "Parks", "brand": BRAND})
    pale = {"header": "#ffee58", "header_text": "#ffffff", "link": "#9ccc65"}
    answer = api.call("PUT", "/v1/departments/parks", {"name": "P", "brand": {**BRAND, "colours": pale}})
    assert answer.status == 422
    assert [one["pointer"] for one in answer.json["errors"]] == [
        "/brand/colours/header_text",
        "/brand/colours/link",
    ]
    assert "1.19 to 1" in answer.json["errors"][0]["message"]
    assert api.get("/v1/departments/parks").json["name"] == "Parks"


def test_a_logo_is_shown_to_all_until_it_is_taken_away(api: Api) -> None:
    logo = {"png": encoded(PNG), "alt": "A tree"}
    assert api.call("PUT", "/v1/departments/parks/logo", logo).status == 404
    api.call("PUT", "/v1/departments/parks", {"name": "Parks"})
    assert api.call("PUT", "/v1/departments/parks/logo", logo).json["logo"] == "/logos/parks"
    assert departments.brand_of("parks")["logo_alt"] == "A tree"
    api.call("PUT", "/v1/departments/parks", {"name": "Parks and trees"})
    shown = api.get("/logos/parks", accept="image/avif,*/*")
    assert (shown.status, shown.body, shown.headers["content-type"]) == (200, PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert api.call("DELETE", "/v1/departments/parks/logo").status == 204
    assert api.get("/logos/parks", accept="*/*").status == 404
    assert api.get("/v1/departments/parks").json["logo"] is None


@pytest.mark.parametrize("png", ["", "no Base64!", encoded(b"<svg/>")])
def test_refuses_what_is_no_logo(api: Api, png: str) -> None:
    api.call("PUT", "/v1/departments/parks", {"name": "Parks"})
    answer = api.call("PUT", "/v1/departments/parks/logo", {"png": png})
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/png")
