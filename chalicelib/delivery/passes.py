"""Passes: who must not be written to yet is held, and the audience walked again when they may be.

A wave that held somebody passes over its audience once more, as soon as everyone whom it planned is settled
and the first of those whom it held may be written to; it passes over whoever has a delivery of its channel by
then, and holds again who still must wait, until it holds nobody. Who came to the audience meanwhile gets it
with them. Nobody is held for longer than `HOLD`, or past the moment from which the content is too old: they
are planned then, and expire. Pure.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.delivery.plan import Pass, PlanHead, Wave

HOLD = timedelta(days=8)
"""The week of a cap, and a night."""

GAP_S = 300
"""Between two passes, so that hours which begin one soon after the other share one."""


def hold_until(head: PlanHead, *, now: float) -> float:
    """Until when a wave that begins now may hold people (epoch seconds)."""
    longest = now + HOLD.total_seconds()
    return min(longest, head.send_until) if head.send_until else longest


def ended_at(wave: Wave) -> float:
    """When the last pass before the present one ended (epoch seconds); 0.0 where this is the first."""
    return wave.passes[-1].ended_at if wave.passes else 0.0


def following(wave: Wave, *, now: float, gap_s: float = GAP_S) -> Wave:
    """The wave that was done, with its next pass before it, after a gap at least.

    Passes in which nobody's turn had come, one after the other, are kept as one.
    """
    soonest = now + gap_s
    ended, passes = (
        Pass(wave.begins_at, now, wave.next_chunk, wave.planned - wave.before, wave.held),
        wave.passes,
    )
    if passes and not passes[-1].planned and not ended.planned:
        ended, passes = ended._replace(begun_at=passes[-1].begun_at), passes[:-1]
    return replace(
        wave,
        band=0,
        shard=0,
        after="",
        again="",
        done=False,
        held={},
        opens_at=0.0,
        begins_at=max(soonest, min(wave.opens_at, wave.hold_until)),
        before=wave.planned,
        passes=[*passes, ended],
    )


def on_hold(wave: Wave) -> dict[str, int]:
    """The messages that wait for a later pass, by reason: those of the last pass until the next has begun."""
    return wave.passes[-1].held if wave.resting else wave.held


def next_at(wave: Wave) -> float:
    """When a wave's next pass begins (epoch seconds), as far as is known; 0.0 where none is due."""
    return wave.begins_at if wave.resting else wave.opens_at
