"""Leaves out of the zip what no code here reads: most of what libraries bring as data."""

import re
import zipfile
from pathlib import Path

SERVICES = frozenset({"dynamodb", "pinpoint-sms-voice-v2", "s3", "secretsmanager", "sesv2", "sns", "sqs"})
"""The AWS services that `core/wiring.py` makes clients of, as botocore names them."""

_LOCALES = Path(__file__).parent.parent / "templates" / "locales"
_NOT_READ = (
    "apprise/assets/",  # its own pictures
    "phonenumbers/carrierdata/",  # a number's carrier, place and zone: Crier only checks numbers
    "phonenumbers/geodata/",
    "phonenumbers/tzdata/",
    "numpy/f2py/",  # for those who compile
    "numpy/_core/include/",
    "numpy/_core/lib/",
)


def languages() -> frozenset[str]:
    """The languages that Babel must know: English and what `templates/locales` holds, by their first part."""
    return frozenset({"en", "root", *(one.name.split("-")[0] for one in _LOCALES.iterdir() if one.is_dir())})


def is_read(name: str, known_languages: frozenset[str]) -> bool:
    """Whether anything reads this file of the zip."""
    if service := re.match(r"botocore/data/([^/]+)/", name):
        return service[1] in SERVICES
    if locale := re.match(r"babel/locale-data/([A-Za-z]+)", name):
        return locale[1] in known_languages
    if re.match(r"(numpy|shapely)/(\w+/)*tests/|apprise/i18n/[^/]+/", name):
        return False
    return not name.startswith(_NOT_READ)


def slim(zip_file: Path) -> None:
    """Rewrite the zip in place, with only the files that `is_read`."""
    known = languages()
    slimmer = zip_file.with_suffix(".slim")
    with zipfile.ZipFile(zip_file) as old, zipfile.ZipFile(slimmer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if is_read(info.filename, known):
                new.writestr(info, old.read(info), compress_type=zipfile.ZIP_DEFLATED)
    slimmer.replace(zip_file)
