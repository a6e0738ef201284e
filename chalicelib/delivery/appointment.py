"""What a mail tells of an event: as plain texts, in the language of the mail."""

from typing import NamedTuple


class Appointment(NamedTuple):
    """Title, place (may be empty) and time, in words, and the address of its file for calendars."""

    title: str
    place: str
    when: str
    link: str
