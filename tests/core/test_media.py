"""Media: checked by their bytes before the public sees them, with a text in the first language."""

from typing import Any

import pytest

from chalicelib.core import media
from chalicelib.core.media_tables import MediaItem
from chalicelib.core.pictures.medium import Medium
from chalicelib.core.settings import settings
from chalicelib.core.wiring import wiring
from tests.core.calling import Api
from tests.core.pictures.samples import JPEG, PLACE, PNG, encoded, exif, jpeg, png

ALT = {"en": "The new bridge"}
NOBODY = "0" * 32


@pytest.fixture(autouse=True)
def kept(tables: None) -> None:
    MediaItem.create_table(billing_mode="PAY_PER_REQUEST")
    for bucket in (settings().bucket, settings().media_bucket):
        wiring().s3.create_bucket(Bucket=bucket)


def add(api: Api, picture: bytes = PNG, **more: Any) -> Any:
    body = {"department": "works", "alt": ALT, "picture": encoded(picture), **more}
    answer = api.post("/v1/media", body)
    assert answer.status == 201, answer.body
    return answer.json


def pointers(api: Api, **body: Any) -> list[str]:
    answer = api.post("/v1/media", {"department": "works", "alt": ALT, **body})
    assert answer.status == 422
    return [one["pointer"] for one in answer.json["errors"]]


def test_a_picture_is_kept_without_what_is_not_seen(api: Api) -> None:
    told = add(api, jpeg(exif(6)))
    assert (told["state"], told["mime"], told["width"], told["height"]) == ("ready", "image/jpeg", 4, 6)
    content, mime = media.media(wiring()).read(told["id"])
    assert mime == "image/jpeg"
    assert PLACE not in content
    assert told["size"] == len(content)
    assert media.known([told["id"], NOBODY, "x"]) == {
        told["id"]: Medium("image/jpeg", 4, 6, told["size"], ALT)
    }


def test_wrong_ones_are_named_and_nothing_is_kept(api: Api) -> None:
    assert pointers(api, picture=encoded(b"<svg/>"), alt={"es": "El puente", "de": "x"}) == [
        "/alt/de",
        "/alt",
        "/picture",
    ]
    assert pointers(api, picture=encoded(png(width=4_097))) == ["/picture"]
    assert pointers(api, picture="no base64!") == ["/picture"]
    assert api.get("/v1/media").json["items"] == []


def test_a_large_one_is_uploaded_and_then_checked(api: Api) -> None:
    begun = api.post("/v1/media", {"department": "works", "alt": ALT}).json
    one, key = f"/v1/media/{begun['id']}", f"media/{begun['id']}"
    assert (begun["state"], begun["url"], begun["upload"]["method"]) == ("awaiting-upload", None, "PUT")
    assert key in begun["upload"]["url"]
    assert api.post(f"{one}/check").json["code"] == "no-upload"
    assert media.known([begun["id"]]) == {}
    upload(key, png(noise=media.MAX_BYTES))
    assert "1,000,000 is the most" in api.post(f"{one}/check").json["errors"][0]["message"]
    upload(key, bytes(2 * media.MAX_BYTES + 1))
    assert "takes 2,000,001 bytes" in api.post(f"{one}/check").json["errors"][0]["message"]
    assert api.get(f"/media/{begun['id']}").status == 404
    upload(key, JPEG)
    assert api.post(f"{one}/check").json["state"] == "ready"
    upload(key, PNG)
    assert api.post(f"{one}/check").json["mime"] == "image/jpeg"
    assert api.get(f"/media/{begun['id']}").body == JPEG


def upload(key: str, content: bytes) -> None:
    wiring().s3.put_object(Bucket=settings().bucket, Key=key, Body=content)


def test_texts_are_changed_and_a_picture_is_taken_away(api: Api) -> None:
    one = f"/v1/media/{add(api)['id']}"
    assert api.call("PATCH", one, {"alt": {"es": "El puente"}}).status == 422
    both = {**ALT, "es": "El puente"}
    assert api.call("PATCH", one, {"alt": both}).json["alt"] == both
    assert api.get(one).json["alt"] == both
    assert api.call("DELETE", one).status == 204
    assert api.get(one).status == api.get(one.removeprefix("/v1")).status == 404


def test_the_public_may_keep_it_for_ever(api: Api) -> None:
    told = add(api)
    assert told["url"] == settings().url(f"/media/{told['id']}")
    shown = api.get(f"/media/{told['id']}")
    assert (shown.body, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["x-content-type-options"] == "nosniff"
    for nothing in (NOBODY, "x"):
        assert api.get(f"/media/{nothing}").status == 404
