"""What was written and read again means the same, and passes the OASIS schema."""

import pytest
from hypothesis import given, settings

from chalicelib.alerts.cap.model import Area, Circle, Message, Named, Point, Polygon
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.write import write
from tests.alerts.cap.samples import AMBER, WEATHER, info, message, messages
from tests.alerts.cap.schema import schema_errors


@settings(max_examples=80, deadline=None)
@given(messages())
def test_any_message_written_and_read_again_is_the_same_and_passes_the_schema(given: Message) -> None:
    written = write(given)
    assert read(written) == given
    assert schema_errors(written) == []


@pytest.mark.parametrize("sample", [WEATHER, AMBER], ids=["weather", "amber"])
def test_a_message_of_the_field_read_and_written_again_means_the_same(sample: bytes) -> None:
    once = read(sample)
    assert read(write(once)) == once
    assert schema_errors(write(once)) == []


def test_numbers_are_written_without_an_exponent() -> None:
    area = Area("Pole", circles=(Circle(Point(0.0000001, -0.00000025), 0.00001),), ceiling=12345678.5)
    written = write(message(infos=(info(areas=(area,)),)))
    assert b"<circle>0.0000001,-0.00000025 0.00001</circle>" in written
    assert b"<ceiling>12345678.5</ceiling>" in written


def test_text_is_escaped_and_what_is_empty_is_left_out() -> None:
    written = write(message(note="<&>", infos=()))
    assert b"<note>&lt;&amp;&gt;</note>" in written
    assert b"source" not in written
    assert b"<info>" not in written


def test_a_parameter_may_have_no_value() -> None:
    given = message(infos=(info(parameters=(Named("BLOCKCHANNEL", ""),)),))
    assert read(write(given)) == given


def test_addresses_with_spaces_stand_in_quotes() -> None:
    given = message(addresses=("a@b.example", "Harbor Master"), incidents=("storm 12",))
    assert b'<addresses>a@b.example "Harbor Master"</addresses>' in write(given)
    assert read(write(given)) == given


def test_a_polygon_is_latitude_first() -> None:
    ring: Polygon = (Point(1, 2), Point(3, 4), Point(5, 6), Point(1, 2))
    written = write(message(infos=(info(areas=(Area("x", polygons=(ring,)),)),)))
    assert b"<polygon>1.0,2.0 3.0,4.0 5.0,6.0 1.0,2.0</polygon>" in written
