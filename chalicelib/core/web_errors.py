"""What may go wrong on the way to another's server, as one tree; which says whether anything was sent.

WebError
├── Unreachable        nothing was sent: no such name, refused, no connection in time, TLS refused
│   └── Forbidden      nothing was sent: the address is not public, or the scheme or port is not the web's
├── Lost               sent, but no whole answer came: whether it was taken is not known
├── TooLarge           the answer is larger than what the caller takes
└── TooManyRedirects   it sends on more often than the caller follows
"""


class WebError(Exception):
    """Base of all. The message names no address: it may hold a token."""


class Unreachable(WebError):
    """Nothing was sent; another try can double nothing."""


class Forbidden(Unreachable):
    """It leads, or is written to lead, to where Crier does not go. Another try is no use."""


class Lost(WebError):
    """It was sent, but broken or late was the answer: what was asked may have been done."""


class TooLarge(WebError):
    """The answer has more bytes, decompressed, than the caller takes."""


class TooManyRedirects(WebError):
    """It sends on and on."""
