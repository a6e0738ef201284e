"""The keys of a chunk's children, which tell how they came about. Pure.

    00000012.0  .1      the halves of a request that was refused whole
    00000012.r1 .r2     those tried again: nothing was sent
    00000012.s1 .s2     those sent to again: nobody knows whether it was

Keys of one chunk's children differ, and so do those of two chunks. Tries and doubts are counted, not strung
together: keys and tags stay short however often it is.
"""


def half_of(parent: str, n: int) -> str:
    """The key of a chunk's n-th half."""
    return f"{parent}.{n}"


def again_of(parent: str) -> str:
    """The key of the chunk of those to be tried again."""
    tries = tries_of(parent)
    stem = parent.rpartition(".")[0] if tries else parent
    return f"{stem}.r{tries + 1}"


def tries_of(key: str) -> int:
    """How often in a row these recipients were put off."""
    last = key.rpartition(".")[2]
    return int(last[1:]) if last.startswith("r") else 0


def resend_of(parent: str) -> str:
    """The key of the chunk of those to be sent to again after a doubt.

    Doubts are counted on through whatever else happens to these people.
    """
    stem, _, last = parent.rpartition(".")
    return f"{stem if last.startswith('s') else parent}.s{resends_of(parent) + 1}"


def resends_of(key: str) -> int:
    """How often these recipients were sent to again after a doubt."""
    counts = [part[1:] for part in key.split(".") if part.startswith("s")]
    return int(counts[-1]) if counts else 0


def children_of(parent: str) -> tuple[str, ...]:
    """All keys that the children of a chunk may have."""
    return half_of(parent, 0), half_of(parent, 1), again_of(parent), resend_of(parent)
