import json
from collections.abc import Iterator

import pytest
from moto import mock_aws
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, TransactWriteError

from chalicelib.core.errors import BadRequest
from chalicelib.core.tables import ListIndex, TableMeta, TableModel, list_page, table, transaction
from chalicelib.core.tokens import encode


class Row(TableModel):
    """A row of a table with a range key, as imports have."""

    class Meta(TableMeta):
        table_name = table("rows")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    list = UnicodeAttribute()
    sort = UnicodeAttribute()
    size = NumberAttribute(default=0)
    list_index = ListIndex()


@pytest.fixture
def rows() -> Iterator[None]:
    with mock_aws():
        Row.create_table(billing_mode="PAY_PER_REQUEST")
        for n in range(5):
            Row(f"r{n}", "head", list="rows", sort=f"{n}").save()
        Row("other", "head", list="others", sort="9").save()
        yield


@pytest.mark.parametrize("limit", range(1, 7))
@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_hold_everything_once_in_order(rows: None, limit: int, newest_first: bool) -> None:
    seen: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = list_page(Row.list_index, "rows", limit=limit, cursor=cursor, newest_first=newest_first)
        seen += [one.id for one in page.items]
        cursor, pages = page.next, pages + 1
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=newest_first)
    assert pages == -(-5 // limit)


def _cursor(*values: object) -> str:
    return encode(json.dumps(values).encode())


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("x", id="no token"),
        pytest.param("é", id="not ASCII"),
        pytest.param(encode(b"nonsense"), id="no JSON"),
        pytest.param(encode(b"{}"), id="no list"),
        pytest.param(encode(b"[" * 3000), id="endless nesting"),
        pytest.param(_cursor("r1", "others", "head", "1"), id="of another list"),
        pytest.param(_cursor("r1", "rows", "1"), id="of a table with other keys"),
        pytest.param(_cursor("r1", "rows", "head", 1), id="no text"),
        pytest.param(_cursor("r1", "rows", "head", ""), id="empty key"),
        pytest.param(_cursor("r1", "rows", "head", "x" * 1025), id="key too long"),
        pytest.param(_cursor("r1", "rows", "head", "\ud800"), id="half of a surrogate pair"),
    ],
)
def test_a_cursor_that_this_list_did_not_give_is_refused(rows: None, cursor: str) -> None:
    with pytest.raises(BadRequest) as refused:
        list_page(Row.list_index, "rows", limit=2, cursor=cursor)
    assert refused.value.code == "bad-cursor"


def test_a_transaction_writes_all_or_nothing(rows: None) -> None:
    together = transaction()
    together.save(Row("new", "head", list="rows", sort="new"))
    together.save(Row("r1", "head", list="rows", sort="1"), condition=Row.id.does_not_exist())
    with pytest.raises(TransactWriteError), together:
        pass
    assert not list(Row.query("new"))


def test_a_write_on_a_condition_says_whether_it_was_made(rows: None) -> None:
    row, size = Row("r0", "head", list="rows", sort="0"), Row.size
    assert not row.save_if(condition=Row.id.does_not_exist())
    assert row.update_if(actions=[size.set(7)], condition=size == 0)
    assert not row.update_if(actions=[size.set(8)], condition=size == 0)
    assert Row.get("r0", "head").size == 7
    assert not row.delete_if(condition=size == 8)
    assert row.delete_if(condition=size == 7)
    assert not row.delete_if(condition=Row.id.exists())


def test_a_write_that_fails_for_another_reason_raises(rows: None) -> None:
    Row.delete_table()
    with pytest.raises(PutError):
        Row("r0", "head", list="rows", sort="0").save_if(condition=Row.id.does_not_exist())
