"""The routes of alert templates."""

from chalicelib.alerts.templates import manage, tables, views
from chalicelib.alerts.templates.model import Template
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import APPROVERS, EMERGENCY_MANAGERS, VIEWERS

routes = Routes("alert_templates", tag="Alerts")
ALL = "/v1/alerts/templates"
ONE = ALL + "/{template_id}"


@routes.staff(
    "POST",
    ALL,
    roles=EMERGENCY_MANAGERS,
    body=views.NewTemplate,
    returns=views.TemplateView,
    status=201,
    also=(Conflict,),
)
def create_alert_template(call: Call) -> views.TemplateView:
    """Writes a template for alerts of a hazard; drills use the same ones."""
    made = manage.create(
        call.body.id,
        views.draft(call.body),
        actor=call.actor,
        now=call.now,
        settings=call.wiring.settings,
    )
    return _view(call, made)


@routes.staff("GET", ALL, roles=VIEWERS, query=Listing, returns=PageOf[views.TemplateSummary])
def list_alert_templates(call: Call) -> PageOf[views.TemplateSummary]:
    """Lists the templates by id."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.summary(one) for one in page.items], next=page.next)


@routes.staff("POST", ALL + "/standard", roles=EMERGENCY_MANAGERS, returns=views.TemplateList)
def add_standard_templates(call: Call) -> views.TemplateList:
    """Writes the standard templates whose ids are free, in the languages offered; answers with those."""
    made = manage.add_standard(actor=call.actor, now=call.now, settings=call.wiring.settings)
    return views.TemplateList(items=[views.summary(one) for one in made])


@routes.staff("GET", ONE, roles=VIEWERS, returns=views.TemplateView)
def show_alert_template(call: Call, template_id: str) -> views.TemplateView:
    """Shows a template, and what it lacks."""
    return _view(call, tables.read(template_id))


@routes.staff(
    "PATCH",
    ONE,
    roles=EMERGENCY_MANAGERS,
    body=views.TemplateChanges,
    returns=views.TemplateView,
    also=(Conflict,),
)
def change_alert_template(call: Call, template_id: str) -> views.TemplateView:
    """Changes a template; whatever decides what is said, to whom or how ends its pre-authorisation."""
    given = {name: value for name, value in call.body.given().items() if name != "version"}
    changed = manage.change(
        template_id,
        views.plain(given),
        version=call.body.version,
        actor=call.actor,
        now=call.now,
        settings=call.wiring.settings,
    )
    return _view(call, changed)


@routes.staff("DELETE", ONE, roles=EMERGENCY_MANAGERS, status=204)
def delete_alert_template(_: Call, template_id: str) -> None:
    """Deletes a template; alerts that were made of it keep their words."""
    manage.remove(template_id)


@routes.staff(
    "POST",
    ONE + "/authorise",
    roles=APPROVERS,
    body=views.Authorisation,
    returns=views.TemplateView,
    also=(Conflict,),
)
def authorise_alert_template(call: Call, template_id: str) -> views.TemplateView:
    """Lets one person launch its alerts, as it stands at the version given; none of its authors may."""
    agreed = manage.authorise(template_id, version=call.body.version, actor=call.actor, now=call.now)
    return _view(call, agreed)


@routes.staff("POST", ONE + "/withdraw", roles=APPROVERS, returns=views.TemplateView, also=(Conflict,))
def withdraw_alert_template(call: Call, template_id: str) -> views.TemplateView:
    """Ends its pre-authorisation: two people are needed again."""
    return _view(call, manage.withdraw(template_id, now=call.now, actor=call.actor))


def _view(call: Call, template: Template) -> views.TemplateView:
    return views.view(template, offered=list(call.wiring.settings.languages))
