"""The table `alert-templates`: one item each, and every query on it."""

from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.templates.model import Template
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table

TEMPLATES = "template"
OVERTAKEN = "changed-meanwhile"


class TemplateItem(TableModel):
    """One template, under its slug."""

    class Meta(TableMeta):
        """The table `alert-templates`."""

        table_name = table("alert-templates")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=TEMPLATES)
    sort = UnicodeAttribute()
    version = NumberAttribute()
    template: Json = Json()
    list_index = ListIndex()


def read(template_id: str) -> Template:
    """A template, read consistently. Raises NotFound."""
    try:
        return _kind().validate_python(TemplateItem.get(template_id, consistent_read=True).template)
    except TemplateItem.DoesNotExist:
        raise NotFound("No alert template has this id.") from None


def page(*, limit: int, cursor: str | None) -> Page[Template]:
    """One page of templates, sorted by id."""
    found = list_page(TemplateItem.list_index, TEMPLATES, limit=limit, cursor=cursor, newest_first=False)
    return Page([_kind().validate_python(item.template) for item in found.items], found.next)


def add(template: Template) -> bool:
    """Writes a new template; False where its id is taken."""
    return _item(template).save_if(condition=TemplateItem.id.does_not_exist())


def replace(template: Template, *, was: int) -> None:
    """Writes a template over the one of version `was`. Raises Conflict (`changed-meanwhile`)."""
    if not _item(template).save_if(condition=TemplateItem.version == was):
        raise changed_meanwhile()


def remove(template_id: str) -> None:
    """Deletes a template; again is harmless."""
    TemplateItem(template_id).delete()


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This template was changed meanwhile; read it again.", code=OVERTAKEN)


@cache
def _kind() -> TypeAdapter[Template]:
    return TypeAdapter(Template)


def _item(template: Template) -> TemplateItem:
    return TemplateItem(
        template.id,
        sort=template.id,
        version=template.version,
        template=_kind().dump_python(template, mode="json"),
    )
