"""Listens to every log line of the features, and knows what must not be in one."""

import logging
import re
from collections.abc import Iterable

from tests.features.driver import Message

KEY = re.compile(r"crier_(live|test|exercise)_\w+")
TOKEN = re.compile(r"/(?:t|o|confirm|preferences|unsubscribe)/([A-Za-z0-9_-]{16,})")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\+\d{9,15}")
NAMES = ("Ada Admin", "Sam Staff", "O'Hara", "Ana ", "Bob ")


class LogWatch(logging.Handler):
    """Keeps what is logged by anyone, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        formatter = logging.Formatter("%(name)s %(message)s")
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one line, with its traceback where it has one; botocore's debugging lines are never on."""
        if not record.name.startswith(("botocore", "urllib3", "asyncio", "faker")):
            self.lines.append(self.format(record))

    def leaks(self, sent: Iterable[Message]) -> list[str]:
        """The lines that hold an address, a name, a key, or a token of a message that was sent."""
        tokens = {token for message in sent for token in TOKEN.findall(message.text + message.html)}
        return [
            line
            for line in self.lines
            if KEY.search(line)
            or ADDRESS.search(line)
            or any(name in line for name in NAMES)
            or any(token in line for token in tokens)
        ]
