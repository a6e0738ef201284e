"""One person's calls for help; the room `history` calls this. Their entries tell what they said in them."""

from chalicelib.alerts.answers import tables


def erase_person(subscriber_id: str) -> int:
    """Erases a person's calls; how many there were. Repeats are harmless."""
    return tables.erase(subscriber_id)
