"""What a call says, as SSML: plain text made readable aloud. Pure.

    paragraphs     with a pause between them; each line begins a sentence
    phone numbers  read as such (`617-555-0100`, `(617) 555-0100`, `+16175550100`)
    311, 911       read digit by digit, and so is any run of five digits or more (codes, postal codes): an
                   amount is written with its separators (`10,000`)
    8pm, 8:30 a.m. written so that they are read as times

https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
"""

import re
from collections.abc import Iterator, Mapping
from html import escape

LONGEST = 6_000
"""Characters of SSML, with its tags, that one call takes (`SendVoiceMessage`)."""

CHARACTERS_A_SECOND = 14
"""As Polly's standard voices speak at their usual rate, about; what a call will cost is reckoned by it."""

VOICES: Mapping[str, str] = {
    "ar": "ZEINA",
    "cy": "GWYNETH",
    "da": "NAJA",
    "de": "VICKI",
    "en": "JOANNA",
    "en-AU": "NICOLE",
    "en-GB": "AMY",
    "en-IN": "RAVEENA",
    "es": "LUPE",
    "es-ES": "LUCIA",
    "es-MX": "MIA",
    "fr": "LEA",
    "fr-CA": "CHANTAL",
    "is": "DORA",
    "it": "BIANCA",
    "ja": "MIZUKI",
    "ko": "SEOYEON",
    "nb": "LIV",
    "nl": "LOTTE",
    "no": "LIV",
    "pl": "EWA",
    "pt": "CAMILA",
    "pt-PT": "INES",
    "ro": "CARMEN",
    "ru": "TATYANA",
    "sv": "ASTRID",
    "tr": "FILIZ",
    "zh": "ZHIYU",
}
"""The voice of each language, of those that the service has (`VoiceId`). Vietnamese, among others, has none.

https://docs.aws.amazon.com/polly/latest/dg/available-voices.html
"""

PAUSE, AGAIN = '<break time="700ms"/>', '<break time="1500ms"/>'
_PARAGRAPHS = re.compile(r"\n\s*\n")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_READ = re.compile(
    r"""(?<![A-Za-z0-9_.,+-])(?:
        (?P<telephone> \+\d{7,15}
          | (?:\+?1[ .-]?)? (?:\(\d{3}\)\ ?|\d{3}[ .-]) \d{3}[ .-]\d{4}
          | \d{3}-\d{4} )
      | (?P<digits> [2-9]11 | \d{5,} )
    )(?![A-Za-z0-9_-]|[.,]\d)""",
    re.VERBOSE,
)
_TIME = re.compile(r"\b(\d{1,2}(?::\d{2})?)\s?([apAP])\.?[mM]\b(?:\.(?!\s+[^\W\d_a-z]|\s*$))?")
_STOP = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"”’)])\s+|(?<=[。！？])")
_SHORT = frozenset(
    (
        *("st.", "ave.", "blvd.", "rd.", "dr.", "mr.", "mrs.", "ms.", "jr.", "sr.", "sra.", "av."),
        *("no.", "nr.", "vs.", "approx."),
    )
)


def voice_of(language: str) -> str | None:
    """The voice that speaks a language (BCP 47), of its variety if there is one; None where there is none."""
    tag = language
    while tag:
        if tag in VOICES:
            return VOICES[tag]
        tag = tag.rpartition("-")[0]
    return None


def seconds(text: str, *, twice: bool = False) -> int:
    """About how long it takes to say a text."""
    return -(-len(text) * (2 if twice else 1) // CHARACTERS_A_SECOND)


def ssml(text: str, *, twice: bool = False) -> str:
    """The text to be spoken, as SSML; `twice`: once more after a longer pause."""
    clean = _NOT_XML.sub(" ", text).strip()
    paragraphs = [f"<p>{''.join(_sentences(one))}</p>" for one in _PARAGRAPHS.split(clean)]
    said = PAUSE.join(paragraphs)
    return f"<speak>{said}{AGAIN}{said}</speak>" if twice else f"<speak>{said}</speak>"


def _sentences(paragraph: str) -> Iterator[str]:
    for line in paragraph.splitlines():
        for sentence in _ended(" ".join(line.split())):
            yield f"<s>{_readable(sentence)}</s>"


def _ended(line: str) -> Iterator[str]:
    """The sentences of a line."""
    start = 0
    for stop in _STOP.finditer(line):
        before, after = line[start : stop.start()], line[stop.end() :]
        if before and after and not _goes_on(before, after):
            yield before.strip()
            start = stop.end()
    if rest := line[start:].strip():
        yield rest


def _goes_on(before: str, after: str) -> bool:
    """Whether a full stop was not one: of an abbreviation, of an initial, before a small letter."""
    last = before.rsplit(maxsplit=1)[-1].casefold()
    return last in _SHORT or (len(last) == 2 and last[0].isalpha()) or after[0].islower()


def _readable(sentence: str) -> str:
    timed = _TIME.sub(lambda found: f"{found[1]} {found[2].upper()}M", sentence)
    parts, start = [], 0
    for found in _READ.finditer(timed):
        parts += [escape(timed[start : found.start()], quote=False), _as(found.lastgroup or "", found[0])]
        start = found.end()
    return "".join([*parts, escape(timed[start:], quote=False)])


def _as(reading: str, text: str) -> str:
    return f'<say-as interpret-as="{reading}">{text}</say-as>'
