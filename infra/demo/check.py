"""Holds the outbox against what is due: each message once, on its channel, in its language."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.city import Campaign, Message

Letter = Mapping[str, Any]
Key = tuple[str, str]


@dataclass
class Verdict:
    """What was found wrong, as addresses by channel; all empty where every message is as it should be."""

    seen: Counter[str] = field(default_factory=Counter)
    missing: list[Key] = field(default_factory=list)
    doubled: list[Key] = field(default_factory=list)
    to_others: list[Key] = field(default_factory=list)
    in_another_language: list[Key] = field(default_factory=list)
    otherwise_worded: list[Key] = field(default_factory=list)

    def wrong(self) -> dict[str, list[Key]]:
        """All that is wrong, by kind in words."""
        kinds = ("missing", "doubled", "to_others", "in_another_language", "otherwise_worded")
        return {kind.replace("_", " "): getattr(self, kind) for kind in kinds}


def verdict(letters: Iterable[Letter], owed: Sequence[Message], campaign: Campaign) -> Verdict:
    """Compares all letters of a campaign with all that it owed."""
    due = {_key(one.channel, one.address): one for one in owed}
    of_campaign = [one for one in letters if language_of(one, campaign)]
    counts = Counter(_key(one["channel"], one["to"]) for one in of_campaign)
    found = Verdict(seen=Counter(one["channel"] for one in of_campaign))
    found.missing = sorted(due.keys() - counts.keys())
    found.to_others = sorted(counts.keys() - due.keys())
    found.doubled = sorted(key for key, number in counts.items() if number > 1)
    for one in of_campaign:
        key = _key(one["channel"], one["to"])
        if key in due and language_of(one, campaign) != due[key].language:
            found.in_another_language.append(key)
        elif key in due and not _worded(one, due[key], campaign):
            found.otherwise_worded.append(key)
    return found


def language_of(letter: Letter, campaign: Campaign) -> str | None:
    """The language of a letter of this campaign, by its subject or its text; None for any other letter."""
    for tag, words in campaign.words.items():
        if letter["channel"] == "sms" and letter["text"].startswith(words.sms.split("https://")[0]):
            return tag
        if letter["channel"] == "email" and letter["subject"] == words.subject:
            return tag
    return None


def links(letters: Iterable[Letter]) -> Counter[str]:
    """How often each one-click address occurs; each belongs to one mail."""
    return Counter(one["headers"].get("List-Unsubscribe", "") for one in letters if one["channel"] == "email")


def _worded(letter: Letter, message: Message, campaign: Campaign) -> bool:
    """Whether a mail greets its reader and can be left by one click; whether an SMS leads somewhere."""
    if letter["channel"] == "sms":
        return "/t/" in letter["text"]
    one_click = letter["headers"].get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    return one_click and greeting(campaign.words[message.language].body, message.name) in letter["text"]


def greeting(body: str, name: str) -> str:
    """The line of a body that greets, as this reader should see it."""
    line = next(one for one in body.splitlines() if "((first_name|" in one)
    before, _, rest = line.partition("((first_name|")
    default, _, after = rest.partition("))")
    return before + (name or default) + after


def _key(channel: str, address: str) -> Key:
    return channel, address.casefold()
