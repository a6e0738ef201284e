"""Sites: which host an address leads to, and the addresses that are nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.sites import leads_to, site, site_of

LABEL = st.from_regex(r"[a-z]([a-z0-9]|[a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=2, max_size=4).map(".".join)
REST = st.from_regex(r"(/[A-Za-z0-9._~%-]{0,8}){0,3}(\?[a-z=&/@:]{0,12})?(#[a-z=@/]{0,8})?", fullmatch=True)


@given(HOST, REST, st.sampled_from(["https://", "http://", "HTTPS://"]))
def test_an_address_leads_to_its_host_whatever_follows_it(host: str, rest: str, scheme: str) -> None:
    assert site_of(f"{scheme}{host.upper()}{rest}") == host
    assert leads_to(f"{scheme}{host}{rest}", {host})


@given(HOST, HOST, st.sampled_from(["@", "\\", "\\@", ":pw@", "%40", " ", "\t", "%2f@", "\u3000"]))
def test_what_could_be_taken_for_another_host_is_nobodys(ours: str, theirs: str, joint: str) -> None:
    assert site_of(f"https://{ours}{joint}{theirs}/") == ""
    assert not leads_to(f"https://{theirs}{joint}{ours}/", {ours, theirs})


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    found = site_of(text)
    assert found == "" or site(found) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.city.example", "www.city.example"),
        ("https://www.city.example:443/a", "www.city.example"),
        ("http://www.city.example:80/a", "www.city.example"),
        ("https://www.city.example:8443/a", ""),
        ("https://www.city.example:80/a", ""),
        ("https://www.city.example:x/", ""),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("ftp://www.city.example/", ""),
        ("//www.city.example/", ""),
        ("https:www.city.example/", ""),
        ("https://192.0.2.1/", ""),
        ("https://[::1]/", ""),
        ("https://[::1/", ""),
        ("https://localhost/", ""),
        ("https://www.city.example.evil.example/", "www.city.example.evil.example"),
        ("javascript://www.city.example/%0aalert(1)", ""),
        ("mailto:a@www.city.example", ""),
    ],
)
def test_which_host(url: str, found: str) -> None:
    assert site_of(url) == found


NO_HOSTS = """
city
https://city.example
city.example/a
city.example:443
a@city.example
*.city.example
192.0.2.1
a..example
-a.example
a b.example
"""


@pytest.mark.parametrize("name", ["", f"{'a' * 64}.example", *NO_HOSTS.strip().splitlines()])
def test_refuses_what_is_no_host(name: str) -> None:
    with pytest.raises(ValueError, match="name of a host"):
        site(name)


def test_a_name_is_kept_as_networks_know_it() -> None:
    assert site("Www.Città.Example") == "www.xn--citt-3na.example"
