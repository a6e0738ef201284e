"""Staff say where old links lead, and whoever follows one gets there."""

from urllib.parse import quote

import pytest

from chalicelib.core.staff import Role
from infra.platform.platform import Platform
from tests.subscribers.api.conftest import Hire, Staff

OLD = "/accounts/CITY/subscriber/new?topic_id=CITY_1"
NEW = "/subscribe?topic=roads"


@pytest.fixture
def admin(hire: Hire) -> Staff:
    return hire(Role.ADMIN)


def followed(platform: Platform, query: str) -> tuple[int, str]:
    """What answers an old link: the status, and where it leads."""
    answer = platform.http("GET", f"/moved?{query}")
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}.get("location", "")


def test_a_link_is_kept_listed_followed_and_forgotten(platform: Platform, admin: Staff) -> None:
    plain, bulletin = "/accounts/CITY/signup/22746", "/accounts/CITY/bulletins/12baf00"
    rows = [{"old": f"https://public.govdelivery.com{OLD}", "new": NEW}, {"old": plain, "new": "/"}]
    rows.append({"old": bulletin, "new": "/archive"})
    assert admin("PUT", "/v1/redirects", {"redirects": rows}).status == 204
    assert admin("GET", "/v1/redirects").body["items"] == [
        {"old": bulletin, "new": "/archive"},
        {"old": plain, "new": "/"},
        {"old": OLD, "new": NEW},
    ]
    base = followed(platform, f"from={plain}")[1].rstrip("/")
    assert followed(platform, "from=" + quote(OLD, safe="")) == (302, base + NEW)
    assert followed(platform, f"from={OLD}&utm_source=x") == (302, base + NEW)
    assert followed(platform, f"from={plain}?email=1") == (302, f"{base}/")
    assert admin("PUT", "/v1/redirects", {"redirects": [{"old": OLD}]}).status == 204
    assert followed(platform, f"from={OLD}") == (404, "")


@pytest.mark.parametrize("query", ["", "from=", "from=/unknown", "from=https://evil.example/", "from=//evil"])
def test_no_link_leads_to_strangers(platform: Platform, query: str) -> None:
    assert followed(platform, query) == (404, "")


def test_each_wrong_link_is_named_and_nothing_is_written(admin: Staff) -> None:
    rows = [
        {"old": OLD, "new": NEW},
        {"old": "nothing", "new": NEW},
        {"old": f"https://other.example{OLD}", "new": NEW},
        {"old": "/a", "new": "https://evil.example/"},
    ]
    answer = admin("PUT", "/v1/redirects", {"redirects": rows})
    assert answer.status == 422
    pointers = [one["pointer"] for one in answer.body["errors"]]
    assert pointers == ["/redirects/1/old", "/redirects/2/old", "/redirects/3/new"]
    assert admin("GET", "/v1/redirects").body["items"] == []


def test_only_admins_keep_them(hire: Hire) -> None:
    body = {"redirects": [{"old": OLD, "new": NEW}]}
    assert hire(Role.APPROVER, "works")("PUT", "/v1/redirects", body).status == 403
