"""In the simulated city the best hour brings more clicks, and does no harm where little is known.

Small, with a fixed seed; `make bench` has the full size with its intervals.
"""

from tests.engagement.timing.simulated import FIXED, after, at_one_hour, gain, months, raw_mode, smoothed

PEOPLE, SEED = 500, 8


def test_one_message_known_of_each_does_no_harm_and_many_do_good() -> None:
    assert after(2_000, 1, seed=SEED)["best hour"].clicks >= -0.2
    many = after(1_000, 16, seed=SEED)
    assert many["best hour"].sure
    assert many["best hour"].clicks > max(1.5, many["raw mode"].clicks)


def test_months_of_campaigns_gain_over_a_fixed_hour_and_the_raw_mode() -> None:
    best, raw = (months(PEOPLE, 16, seed=SEED, way=way) for way in (smoothed, raw_mode))
    fixed = gain(best.end, at_one_hour(PEOPLE, FIXED, seed=SEED))
    assert fixed.sure
    assert fixed.clicks > 1
    assert gain(best.end, raw.end).clicks > 0
