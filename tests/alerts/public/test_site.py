"""Where the pages lead to, as routes and as files."""

from chalicelib.alerts.public.site import Site, file_of
from chalicelib.core.settings import Settings

SETTINGS = Settings(base_url="https://alerts.city.example/api")


def test_files_lie_beside_each_other() -> None:
    static = Site("es", SETTINGS, static=True)
    assert static.page_of("1f") == "1f.es.html"
    assert static.cap_of("1f") == "1f.cap"
    assert (static.active, static.feed) == ("index.es.html", "alerts.atom")
    assert static.host == "https://alerts.city.example"
    assert static.tongues("index")["en"] == "index.html"
    assert file_of("index", "vi", SETTINGS) == "index.vi.html"


def test_routes_stay_on_the_site() -> None:
    site = Site("es", Settings())
    assert site.page_of("1f") == "/alerts/1f?lang=es"
    assert site.cap_of("1f") == "/alerts/1f.cap"
    assert (site.active, site.feed, site.host) == ("/alerts?lang=es", "/alerts.atom", "")
    assert site.tongues("index") == {}
