"""The route of invitations."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.settings import settings
from chalicelib.core.staff import VIEWERS
from chalicelib.subscribers import invitations

SLUGS = r"^[a-z0-9][a-z0-9-]{0,63}(,[a-z0-9][a-z0-9-]{0,63}){0,19}$"

routes = Routes("invitations", tag="Topics")


class InvitationQuery(Model):
    """What an invitation chooses."""

    topic: Annotated[str, StringConstraints(pattern=SLUGS)] = Field(
        description="The topics that are ticked, comma separated.", examples=["roads,parks"]
    )
    channel: Literal["email", "sms"] | None = Field(None, description="The one to ask for; else both.")
    language: Annotated[str, StringConstraints(max_length=35)] | None = Field(
        None, description="Of the page; else the reader's own."
    )


class Invitation(Model):
    """A link to the sign-up form, and its QR code: an SVG document, and a PNG in Base64."""

    url: str
    svg: str
    png: str


@routes.staff("GET", "/v1/invitations", roles=VIEWERS, query=InvitationQuery, returns=Invitation)
def invite(call: Call) -> Invitation:
    """Makes a link to the sign-up form with topics ticked, and its QR code to print."""
    made = invitations.invitation(
        call.query.topic.split(","),
        channel=call.query.channel or "",
        language=call.query.language or "",
        settings=settings(),
    )
    return Invitation(**vars(made))
