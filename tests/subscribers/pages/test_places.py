"""The page of a person's places over HTTP: picked or typed, kept as points, taken away."""

from typing import Any

import pytest

from chalicelib.subscribers import areas, people
from chalicelib.subscribers.model import Place
from tests.subscribers.pages.visiting import Visitor, own_path, write

SQUARE = [[[-71.1, 42.3], [-71.0, 42.3], [-71.0, 42.4], [-71.1, 42.4], [-71.1, 42.3]]]
GEOMETRY = {"type": "Polygon", "coordinates": SQUARE}
HOME = Place(40.0, -70.0)


@pytest.fixture
def mapped(visitor: Visitor) -> Visitor:
    """A city with a named area and a postcode."""
    areas.put("harbor", kind="named", name={"en": "Harbor", "es": "Puerto"}, geometry=GEOMETRY)
    areas.put("02110", kind="postcode", name={"en": "02110"}, geometry=GEOMETRY)
    return visitor


def page_of(person: Any) -> str:
    return f"{own_path(person)}/places"


def test_the_page_is_offered_where_there_is_something_to_pick(visitor: Visitor) -> None:
    person = write()
    assert "/places" not in visitor.get(own_path(person)).body.decode()
    areas.put("harbor", kind="named", name={"en": "Harbor"}, geometry=GEOMETRY)
    assert page_of(person) in visitor.get(own_path(person)).body.decode()


def test_places_are_picked_typed_and_taken_away(mapped: Visitor) -> None:
    person = write(places={"home": HOME, "boat": HOME, "school": HOME})
    form = [("postcode-home", "02110-1234"), ("area-work", "harbor"), ("away-school", "1")]
    answer = mapped.post(f"{page_of(person)}?lang=es", *form)
    assert answer.headers["location"] == f"{page_of(person)}?done=saved&lang=es"
    after = people.get(person.id).places
    assert after.keys() == {"home", "boat", "work"}
    assert after["boat"] == HOME
    assert after["home"] == after["work"] == areas.get("harbor").place
    entry = people.ledger(person.id)[-1]
    assert entry.provenance.wording
    assert entry.provenance.wording.text.startswith("Al guardar acepta que City of Example guarde un punto")
    page = mapped.get(answer.headers["location"]).body.decode()
    assert 'name="away-home"' in page
    assert 'name="away-school"' not in page
    assert "Puerto" in page


def test_what_we_do_not_know_is_named_and_nothing_moves(mapped: Visitor) -> None:
    person = write(places={"home": HOME})
    form = [("postcode-home", "99999"), ("area-work", "nowhere"), ("area-school", "harbor")]
    answer = mapped.post(page_of(person), *form)
    page = answer.body.decode()
    assert answer.status == 422
    summary = page.partition('role="alert"')[2].partition("</ul>")[0]
    for field in ("postcode-home", "area-work"):
        assert f'href="#field-{field}"' in summary
        assert f'id="field-{field}"' in page
    assert 'value="99999"' in page
    assert '<option value="harbor" selected>' in page
    assert people.get(person.id) == person


def test_a_form_that_did_not_show_the_wording_moves_nobody(mapped: Visitor) -> None:
    person = write()
    assert mapped.post(page_of(person), ("area-home", "harbor"), wording="000000000000").status == 422
    assert people.get(person.id) == person
