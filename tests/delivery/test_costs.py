from decimal import Decimal

import pytest

from chalicelib.core.settings import Settings
from chalicelib.delivery.chunk import Recipient
from chalicelib.delivery.content import Words
from chalicelib.delivery.costs import Countries, handed_over, parts, price, units, weight
from chalicelib.delivery.render import compile_sms, compile_voice

PRICED = Settings(
    sms_price=("US=0.00883", "CA=0.0087", "*=0.05"), voice_price=("*=0.013",), voice_twice=False
)
TEXT = compile_sms(Words(sms="((first_name)), " + "x" * 90), language="en", links=None, settings=PRICED)
CALL = compile_voice(Words(voice="y" * 900), language="en", settings=PRICED)


def test_a_name_in_other_letters_takes_more_parts() -> None:
    assert parts(TEXT, "Ana") == parts(TEXT, "") == 1
    assert parts(TEXT, "Đặng") == 2
    assert weight(CALL, "Đặng") == 1


def test_a_call_is_paid_for_each_minute_that_it_begins() -> None:
    assert units(CALL, "", PRICED) == 2
    assert units(CALL, "", Settings(voice_twice=True)) == 3


@pytest.mark.parametrize(
    ("number", "country"),
    [("+12025550123", "US"), ("+14165550123", "CA"), ("+442071838750", "*"), ("nothing", "*")],
)
def test_a_number_s_country_has_its_price_or_that_of_all_others(number: str, country: str) -> None:
    assert Countries(PRICED.prices("sms")).of(number) == country


def test_no_number_is_read_where_one_price_holds_everywhere() -> None:
    assert Countries(PRICED.prices("voice")).of("+12025550123") == "*"


def test_prices() -> None:
    assert price(2, "US", PRICED.prices("sms")) == 1766
    assert price(1, "FR", PRICED.prices("sms")) == 5000
    assert price(1, "FR", {"US": Decimal("0.01")}) is None
    assert price(1, "US", {}) is None
    with pytest.raises(ValueError, match="CRIER_SMS_PRICE"):
        Settings(sms_price=("US=cheap",)).prices("sms")


def test_what_was_handed_over() -> None:
    people = [Recipient("a", "+12025550123", "", 0), Recipient("b", "+14165550123", "Đặng", 1)]
    assert handed_over(TEXT, people, settings=PRICED) == {"sms:units": 3, "sms:cost": 883 + 1740}
    assert handed_over(TEXT, people, settings=Settings()) == {"sms:units": 3}
    assert handed_over(TEXT, [], settings=PRICED) == {}
