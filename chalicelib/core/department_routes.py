"""Routes of departments: what each asks for, how it appears, and its logo."""

import re
from typing import Annotated

from chalice import Response
from pydantic import Field, StringConstraints
from pydantic.functional_validators import AfterValidator

from chalicelib.core import brands, departments, logos
from chalicelib.core.departments import Department
from chalicelib.core.errors import NotFound
from chalicelib.core.fields import NO_CONTROL, SLUG, UTM, Line, Site, in_base64
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.problems import SECURITY_HEADERS
from chalicelib.core.staff import ADMINS, VIEWERS

FRESH_S = 3600
"""How long mail programs and browsers may keep a logo."""

staff = Routes("departments", tag="Staff")
public = Routes("logos", tag="Pages")

Colour = Annotated[
    str,
    StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True),
    Field(examples=["#12375e"]),
]
OneLine = Annotated[str, StringConstraints(max_length=200, pattern=NO_CONTROL)]


class Colours(Model):
    """Colours in the pairs in which they are read; refused below a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3)."""

    header: Colour = Field(description="The band on top of mails and pages.")
    header_text: Colour = Field(description="What stands on that band.")
    link: Colour = Field(description="Links, and buttons under white text; seen on white and on #e8f0fa.")


class Brand(Model):
    """How a department appears; what is empty is the deployment's own."""

    agency: Annotated[OneLine, Field(description="Its name in the head and foot of mails and pages.")] = ""
    sender_name: Annotated[OneLine, Field(description="Who mails come from; empty for `agency`.")] = ""
    postal_address: Annotated[
        OneLine, Field(description="In the foot of every mail; the law asks for it.")
    ] = ""
    contact: Annotated[OneLine, Field(description="An email address, https address or phone number.")] = ""
    colours: Colours | None = None


class DepartmentSettings(Model):
    """What a department asks for, and how it appears."""

    name: Line
    two_person: bool = Field(
        False, description="Whether what it sends needs the approval of a second person of the staff."
    )
    weekly_cap: int | None = Field(
        None,
        ge=1,
        le=100,
        description="How many of its newsletters one person gets on one channel in seven days, at most.",
    )
    brand: Brand = Brand()
    sites: list[Site] = Field(
        default_factory=list, max_length=50, description="Hosts of its own pages on the web, by name."
    )
    utm_source: Annotated[str, StringConstraints(pattern=UTM)] | None = Field(
        None,
        description="Links of its campaigns to its sites carry campaign parameters, with this as "
        "`utm_source`; null: they carry none.",
        examples=["crier"],
    )
    cohort_only: bool = Field(
        False,
        description="Whether the best hours of its campaigns are those of cohorts alone, and what they teach "
        "is kept of no single person.",
    )


class DepartmentView(DepartmentSettings):
    """A department that was set up; one that was not asks for nothing. `logo`: where its logo is, if any."""

    id: str
    logo: str | None


class NewLogo(Model):
    """A logo. `alt` says what it shows; empty where it says no more than the name that stands beside it."""

    png: Annotated[str, StringConstraints(min_length=1, max_length=200_000), AfterValidator(in_base64)] = (
        Field(description=f"A PNG picture in Base64, of up to {logos.MAX_BYTES:,} bytes.")
    )
    alt: OneLine = ""


@staff.staff("GET", "/v1/departments", roles=VIEWERS, query=Listing, returns=PageOf[DepartmentView])
def list_departments(call: Call) -> PageOf[DepartmentView]:
    """Lists the departments that were set up, by id."""
    page = departments.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@staff.staff("GET", "/v1/departments/{department_id}", roles=VIEWERS, returns=DepartmentView)
def show_department(_: Call, department_id: str) -> DepartmentView:
    """Shows what a department asks for, and how it appears."""
    return _view(departments.get(department_id))


@staff.staff(
    "PUT", "/v1/departments/{department_id}", roles=ADMINS, body=DepartmentSettings, returns=DepartmentView
)
def set_department(call: Call, department_id: str) -> DepartmentView:
    """Sets a department up, or changes what it asks for and how it appears; its logo stays."""
    if not re.fullmatch(SLUG, department_id):
        raise NotFound("A department's id is lower-case letters, digits and hyphens, up to 64.")
    return _view(departments.put(department_id, **call.body.model_dump()))


@staff.staff(
    "PUT", "/v1/departments/{department_id}/logo", roles=ADMINS, body=NewLogo, returns=DepartmentView
)
def set_logo(call: Call, department_id: str) -> DepartmentView:
    """Gives a department a logo: a PNG picture, which is kept without what is not seen."""
    png = logos.cleaned(call.body.png, pointer="/png")
    return _view(departments.put_logo(department_id, png, alt=call.body.alt))


@staff.staff("DELETE", "/v1/departments/{department_id}/logo", roles=ADMINS, status=204)
def remove_logo(_: Call, department_id: str) -> None:
    """Takes a department's logo away."""
    departments.remove_logo(department_id)


@public.page("GET", "/logos/{department_id}")
def show_logo(_: Call, department_id: str) -> Response:
    """A department's logo, for its mails and pages."""
    headers = {**SECURITY_HEADERS, "Content-Type": "image/png", "Cache-Control": f"public, max-age={FRESH_S}"}
    return Response(departments.logo(department_id), status_code=200, headers=headers)


def _view(item: Department) -> DepartmentView:
    return DepartmentView(
        id=item.id,
        name=item.name,
        two_person=bool(item.two_person),
        weekly_cap=int(item.weekly_cap) if item.weekly_cap else None,
        brand=Brand(**(item.brand or {})),
        sites=list(item.sites or ()),
        utm_source=item.utm_source,
        cohort_only=bool(item.cohort_only),
        logo=brands.logo_path(item.id) if item.has_logo else None,
    )
