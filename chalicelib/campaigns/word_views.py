"""What requests and answers of campaigns hold of words, and of where they go."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.campaigns.model import Variant, Window
from chalicelib.core.endpoints import Model
from chalicelib.core.fields import Slug
from chalicelib.delivery.content import BODY_MAX, LINE_MAX, POST_MAX, PUSH_MAX, SMS_MAX, VOICE_MAX, Words
from chalicelib.delivery.ladder import Rung

Channel = Literal["push", "email", "sms", "voice"]


Channels = Annotated[list[Channel], Field(max_length=4)]


Accounts = Annotated[
    list[Slug], Field(max_length=50, description="Ids of the agency's accounts that it is posted to.")
]


class WordsModel(Model):
    """The words of one language, with `((first_name))` or `((first_name|default))` where wanted."""

    subject: str = Field("", max_length=LINE_MAX, description="Of the mail.")
    preheader: str = Field("", max_length=LINE_MAX, description="What mail programs show beside the subject.")
    body: str = Field("", max_length=BODY_MAX, description="Of the mail, in Markdown.")
    sms: str = Field("", max_length=SMS_MAX, description="The text message, as it is.")
    push: str = Field("", max_length=PUSH_MAX, description="Of the notification, under the subject.")
    voice: str = Field("", max_length=VOICE_MAX, description="What a call says, as plain text.")
    post: str = Field("", max_length=POST_MAX, description="What accounts post; without personal fields.")


class VariantWords(Model):
    """What a variant replaces in one language; all else is the campaign's."""

    subject: str | None = Field(None, max_length=LINE_MAX)
    preheader: str | None = Field(None, max_length=LINE_MAX)
    body: str | None = Field(None, max_length=BODY_MAX)
    sms: str | None = Field(None, max_length=SMS_MAX)
    push: str | None = Field(None, max_length=PUSH_MAX)


class VariantModel(Model):
    """Other words for the same message, by language; where it has none, people get the campaign's own."""

    name: Slug
    content: dict[str, VariantWords] = Field(max_length=50)


Variants = Annotated[
    list[VariantModel],
    Field(
        max_length=4,
        description="Beside the campaign's own words, which are the first. People are written to in batches,"
        " and later ones get what earlier ones followed most.",
    ),
]


class RungModel(Model):
    """One step of a ladder: the next channel is tried where this one did not do in time what is asked of it.

    Nobody waits for a channel that does not lead to them.
    """

    channel: Channel
    wait_minutes: int = Field(60, ge=5, le=7 * 24 * 60, description="How long its message may take.")
    unless: Literal["sent", "delivered", "opened", "clicked"] = Field(
        "delivered", description="What is asked of its message: where it did, the next is not tried."
    )


Ladder = Annotated[
    list[RungModel],
    Field(max_length=4, description="Channels to try one after the other; all others are used at once."),
]


Content = Annotated[dict[str, WordsModel], Field(max_length=50, description="Words by language.")]


class WindowModel(Model):
    """When it may go at the best hour: between two local hours, `[8, 21]`, and how long it may wait."""

    hours: Annotated[list[int], Field(min_length=2, max_length=2)]
    longest_wait_hours: int = Field(
        24, ge=1, le=24, description="Who has no hour of the window within so long gets it at once."
    )


SendTime = Literal["now", "best"]


def window_of(window: WindowModel | None) -> Window | None:
    """A window, as the room has it."""
    return Window((window.hours[0], window.hours[1]), window.longest_wait_hours) if window else None


def words_of(content: dict[str, WordsModel]) -> dict[str, Words]:
    """Words by language, as the room has them."""
    return {language: Words(**dict(words)) for language, words in content.items()}


def variants_of(variants: list[VariantModel]) -> tuple[Variant, ...]:
    """Variants, as the room has them."""
    return tuple(
        Variant(
            one.name,
            {language: words.model_dump(exclude_none=True) for language, words in one.content.items()},
        )
        for one in variants
    )


def variant_model(variant: Variant) -> VariantModel:
    """A variant, as answers show it."""
    content = {language: VariantWords(**given) for language, given in variant.content.items()}
    return VariantModel(name=variant.name, content=content)


def ladder_of(rungs: list[RungModel]) -> tuple[Rung, ...]:
    """A ladder, as the room has it."""
    return tuple(Rung(one.channel, one.wait_minutes * 60, one.unless) for one in rungs)


def rung_model(rung: Rung) -> RungModel:
    """A rung, as answers show it."""
    given = {"channel": rung.channel, "wait_minutes": rung.wait_s // 60, "unless": rung.unless}
    return RungModel.model_validate(given)
