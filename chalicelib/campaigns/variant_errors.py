"""What is wrong in the variants of a campaign, each place by its pointer. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, replace

from chalicelib.campaigns import renditions
from chalicelib.campaigns.model import Campaign, Draft, Variant, content_document
from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.variants import DEFAULT, HOLD_OUT


def errors(draft: Draft | Campaign, *, settings: Settings) -> Iterator[FieldError]:
    """What is wrong in the variants of a campaign, each place by its pointer."""
    if draft.variants and isinstance(draft, Campaign) and draft.correction:
        yield FieldError("/variants", "A correction says the same to everybody.")
    names = [one.name for one in draft.variants]
    for number, variant in enumerate(draft.variants):
        pointer = f"/variants/{number}"
        if variant.name in (DEFAULT, HOLD_OUT):
            yield FieldError(f"{pointer}/name", "This stands for the campaign's own words.")
        elif variant.name in names[:number]:
            yield FieldError(f"{pointer}/name", "Another variant has this name.")
        if not any(variant.content.values()):
            yield FieldError(f"{pointer}/content", "Write what it replaces.")
        yield from _words(draft, variant, pointer, settings=settings)
    size = len(f"{[asdict(one) for one in draft.variants]}{content_document(draft.content)}".encode())
    if draft.variants and size > renditions.MAX_CONTENT_BYTES:
        most = renditions.MAX_CONTENT_BYTES
        yield FieldError("/variants", f"With all languages they may take {most:,} bytes; they take {size:,}.")


def _words(
    draft: Draft | Campaign, variant: Variant, pointer: str, *, settings: Settings
) -> Iterator[FieldError]:
    """What is wrong in a variant's words, where the campaign's own are right."""
    merged: dict[str, Words] = {}
    for language, given in variant.content.items():
        if language not in draft.content:
            yield FieldError(
                f"{pointer}/content/{language}", "There are no words in this language to replace."
            )
            continue
        merged[language] = replace(draft.content[language], **given)
        for name, text in given.items():
            if not text.strip():
                yield FieldError(f"{pointer}/content/{language}/{name}", "Write something, or leave it out.")
    own = {language: draft.content[language] for language in merged}
    known = set(renditions.content_errors(own, settings=settings))
    for one in renditions.content_errors(merged, settings=settings):
        if one not in known:
            yield FieldError(f"{pointer}{one.pointer}", one.message)
