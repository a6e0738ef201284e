"""In the simulated city the best hour brings more clicks, and does no harm where little is known."""

from tests.engagement.city.hours import FIXED, after, at_one_hour, gain, months, raw_mode, smoothed

SEED = 7


def test_one_message_known_of_each_does_no_harm_and_many_do_good() -> None:
    assert after(2_000, 1, seed=SEED)["best hour"].clicks >= -0.2
    many = after(1_000, 16, seed=SEED)
    assert many["best hour"].sure
    assert many["best hour"].clicks > max(1.5, many["raw mode"].clicks)


def test_months_of_campaigns_gain_over_a_fixed_hour_and_the_raw_mode() -> None:
    best = months(500, 16, seed=SEED, way=smoothed)
    fixed = gain(best.end, at_one_hour(500, FIXED, seed=SEED))
    assert fixed.sure
    assert fixed.clicks > 1
    assert gain(best.end, months(500, 16, seed=SEED, way=raw_mode).end).clicks > 0
