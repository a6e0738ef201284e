"""Keeps the catalogues of translations in step with the product's texts: `python -m infra.messages`.

It collects every text marked for translation in `chalicelib/` and `templates/` and merges it into each
`templates/locales/<tag>/LC_MESSAGES/messages.po`: new texts come in without a translation, what is no
longer used goes, what is translated stays. `--add fr` starts a further language; `--check` changes nothing
and fails where a catalogue is behind or has gaps. `docs/languages.md` tells translators the rest.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from chalicelib.core import i18n

ROOT = Path(__file__).resolve().parents[1]
JINJA = "jinja2.ext.babel_extract"
SOURCES = (("chalicelib", "*.py", "python"), ("templates", "*.html", JINJA), ("templates", "*.txt", JINJA))
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None}
OPTIONS = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
COMMENTS = ("TRANSLATORS:",)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
HEADER = """# Crier in {name}. docs/languages.md tells how to translate.
# `# machine` marks what a machine translated and no speaker has read yet; take it away when you have."""
VOLATILE = (
    '"Project-Id-',
    '"POT-Creation-',
    '"PO-Revision-',
    '"Report-Msgid-',
    '"Generated-By',
    '"Last-Trans',
    '"Language-Team',
)


def extract() -> Catalog:
    """Every text marked for translation, with the files where it stands."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for folder, pattern, method in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            place = (path.relative_to(ROOT).as_posix(), 1)
            for _line, message, comments, context in extract_from_file(
                method,
                path,
                keywords=KEYWORDS,
                comment_tags=COMMENTS,
                options=OPTIONS,
                strip_comment_tags=True,
            ):
                found.add(message, locations=[place], auto_comments=comments, context=context)
    return found


def path_of(tag: str) -> Path:
    """Where a language's catalogue stands."""
    return i18n.LOCALES / tag / "LC_MESSAGES" / "messages.po"


def read(tag: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none yet."""
    if not path_of(tag).exists():
        return _empty(tag)
    with path_of(tag).open("rb") as source:
        return read_po(source, locale=_locale(tag))


def updated(tag: str, texts: Catalog) -> bytes:
    """The catalogue of a language, merged with the product's texts of today, as the file should hold it."""
    before, merged = read(tag), _empty(tag)
    for text in _messages(texts):
        old = before.get(text.id, text.context)
        merged.add(
            text.id,
            old.string if old else None,
            locations=text.locations,
            auto_comments=text.auto_comments,
            user_comments=old.user_comments if old else (),
            flags=old.flags if old else (),
            context=text.context,
        )
    buffer = BytesIO()
    write_po(buffer, merged, width=120, include_lineno=False)
    lines = [line for line in buffer.getvalue().decode().splitlines() if not line.startswith(VOLATILE)]
    return ("\n".join(lines).rstrip() + "\n").encode()


def gaps(tag: str, texts: Catalog) -> Iterator[str]:
    """What a catalogue lacks, one sentence each: untranslated, doubtful, other placeholders."""
    catalogue = read(tag)
    for text in _messages(texts):
        if trouble := _trouble(text, catalogue.get(text.id, text.context), catalogue.num_plurals):
            yield f"{tag}: {trouble}: {text.id!r}"


def placeholders(text: str) -> list[str]:
    """The placeholders of a text, `%(name)s` and `{name}`, sorted."""
    return sorted(PLACEHOLDER.findall(text))


def _trouble(text: Message, found: Message | None, plurals: int) -> str | None:
    if found is None:
        return "no translation"
    sources, strings = _forms(text.id), _forms(found.string)
    if not all(strings):
        return "no translation"
    if found.fuzzy:
        return "doubtful (fuzzy)"
    if len(strings) != (plurals if len(sources) > 1 else 1):
        return "wrong number of plural forms"
    if any(placeholders(string) != placeholders(sources[-1]) for string in strings):
        return "other placeholders"
    return None


def _forms(text: object) -> tuple[str, ...]:
    return tuple(str(one or "") for one in (text if isinstance(text, tuple | list) else (text,)))


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _empty(tag: str) -> Catalog:
    header = HEADER.format(name=i18n.language_name(tag))
    return Catalog(locale=_locale(tag), header_comment=header, charset="utf-8", fuzzy=False)


def _locale(tag: str) -> str:
    return tag.replace("-", "_")


def _brought_up(tag: str, texts: Catalog, *, check: bool) -> bool:
    """Updates (or checks) one catalogue and says what it lacks; whether it is in step and complete."""
    made = updated(tag, texts)
    behind = not path_of(tag).exists() or path_of(tag).read_bytes() != made
    if behind and not check:
        path_of(tag).parent.mkdir(parents=True, exist_ok=True)
        path_of(tag).write_bytes(made)
    missing = list(gaps(tag, texts))
    note = "; the catalogue is behind, run `python -m infra.messages`" if behind and check else ""
    print(f"{tag}: {len(_messages(texts))} texts, {len(missing)} to translate{note}")
    for gap in missing:
        print(f"  {gap}")
    return not missing and not (behind and check)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; answers its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.messages", description="Keep translations in step."
    )
    parser.add_argument("--add", metavar="TAG", help="start a catalogue for a further language (BCP 47 tag)")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail where one is behind or has gaps"
    )
    options = parser.parse_args(arguments)
    texts = extract()
    tags = sorted({*i18n.catalogued(), *filter(None, [options.add])})
    complete = [_brought_up(tag, texts, check=options.check) for tag in tags]
    return int(options.check and not all(complete))


if __name__ == "__main__":
    sys.exit(main())
