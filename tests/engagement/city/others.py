"""Cities unlike the usual one: each parameter halved and doubled, and several together.

Where twice a share would be nearly or more than all, its odds are doubled instead: were all people Apple's,
nobody could be seen reading, and Crier says that there is not enough data.
"""

from dataclasses import asdict

from tests.engagement.city.parameters import Parameters

USUAL = asdict(Parameters())


def halved(name: str) -> float:
    """Half a parameter."""
    return float(USUAL[name] / 2)


def doubled(name: str) -> float:
    """Twice a parameter; of a share that would be nine tenths or more, twice its odds."""
    usual = float(USUAL[name])
    return 2 * usual if usual < 0.45 or name == "pace" else 2 * usual / (1 + usual)


OTHERS: dict[str, dict[str, float]] = {
    "as usual": {},
    **{f"{name} halved": {name: halved(name)} for name in USUAL},
    **{f"{name} doubled": {name: doubled(name)} for name in USUAL},
    "no control link": {"control": 0.0},
    "twice the Apple people, twice the scanners": {one: doubled(one) for one in ("apple", "scanned")},
    "half the readers, half the clicks": {one: halved(one) for one in ("opens", "clicks")},
    "few Apple people, few scanners, few clicks": {
        one: halved(one) for one in ("apple", "scanned", "clicks")
    },
    "shy, slow and changing scanners, twice of each": {
        one: doubled(one) for one in ("shy", "slow", "rotating")
    },
    "scanners that load no pictures and follow no hidden link, half of them": {
        one: halved(one) for one in ("pixel", "control")
    },
    "half the programs that load ahead or show pictures late": {
        one: halved(one) for one in ("fetched", "ahead", "gmail")
    },
}
