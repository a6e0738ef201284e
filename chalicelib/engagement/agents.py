"""What a user agent's text is: whose program asked.

The texts are those of public collections and of what mail platforms wrote about; each stands with its source
in `tests/engagement/fixtures/agents.json`. A text proves little, for anybody can send any: it is the first of
the signs that `classify` weighs.
"""

import re
from enum import StrEnum
from functools import lru_cache


class Program(StrEnum):
    """What kind of program a user agent's text names.

    `APPLE`: the proxy of Apple's Mail Privacy Protection; `GMAIL`, `PROXY`: the proxies that load pictures
    when a reader opens a message in Gmail, or in Yahoo's or another's mail; `AHEAD`: Gmail's own loading
    before anybody looks; `MACHINE`: link scanners, previews of links, robots, programmers' libraries, and who
    names no program; `MAIL`: a mail program; `BROWSER`: what calls itself Mozilla or Opera, as all browsers
    do; `OTHER`: none of these.
    """

    APPLE = "apple"
    GMAIL = "gmail"
    PROXY = "proxy"
    AHEAD = "ahead"
    MACHINE = "machine"
    MAIL = "mail"
    BROWSER = "browser"
    OTHER = "other"


APPLE_PROXY = "mozilla/5.0"
"""All that Apple's proxy says of itself, in small letters."""

_SCANNERS = (
    "barracuda",
    "bingpreview",
    "ciscosecureemail",
    "cloudmark",
    "edge/12.246",
    "fortiguard",
    "fortimail",
    "ironport",
    "messagelabs",
    "mimecast",
    "microsoft office existence discovery",
    "microsoft office protocol discovery",
    "microsoft-webdav-miniredir",
    "microsoftpreview",
    "proofpoint",
    "safelinks",
    "sophos",
    "spamtitan",
    "symantec",
    "trendmicro",
    "urlscan",
    "vadesecure",
    "virustotal",
    "zscaler",
)
_PREVIEWS = (
    "embedly",
    "facebookcatalog",
    "facebookexternalhit",
    "google-read-aloud",
    "google-safety",
    "google web preview",
    "googlemessages",
    "iframely",
    "skypeuripreview",
    "slack-imgproxy",
    "snap url preview",
    "snapurlpreview",
    "whatsapp",
    "yahoo link preview",
)
_DRIVEN = ("headlesschrome", "jsdom", "phantomjs", "playwright", "puppeteer", "selenium", "slimerjs")
_MAIL = (
    "airmail",
    "bluemail",
    "cfnetwork",
    "dalvik",
    "dataaccessd",
    "em client",
    "emclient",
    "foxmail",
    "gmail",
    "icedove",
    "lotus-notes",
    "mailbird",
    "mailspring",
    "ms-office",
    "msoffice",
    "outlook",
    "postbox",
    "samsungemail",
    "thunderbird",
    "yahoomobilemail",
)
_TABLE = (
    (Program.GMAIL, ("googleimageproxy",)),
    (Program.PROXY, ("yahoomailproxy",)),
    (Program.AHEAD, ("edge/12.246 mozilla/5.0", "gmail-content-sampling")),
    (Program.MACHINE, (*_SCANNERS, *_PREVIEWS, *_DRIVEN)),
    (Program.MAIL, _MAIL),
)
_BROWSERS = ("mozilla/", "opera/")

# A robot says that it is one, or where to read about it. "M bot 54" and "Cubot" are telephones.
_ROBOT = re.compile(
    r"bots?/|bot;|^[\w-]*bot\b|compatible;.*bot\b|crawl|linkcheck|link-?expanding|\+?https?://"
)
_LIBRARY = re.compile(
    r"^(aiohttp|akka|apache|aws|axios|curl|dart|fasthttp|faraday|go[ /-]|google-http|got\b|guzzle|hackney|"
    r"htt|insomnia|jakarta|java|jetty|lib|lua-|nginx|node|okhttp|perl|php|postman|python|reactor|rest|ruby|"
    r"rust|scrapy|typhoeus|undici|urlgrabber|wget|winhttp|www-mechanize)"
)
# Apple's Mail without the proxy, and pages inside an app: a WebKit that names no browser.
_NO_BROWSER = re.compile(r"^mozilla/5\.0 \((macintosh|iphone|ipad)(?!.*(safari|firefox|chrome)/)")


@lru_cache(maxsize=4096)
def program(agent: str) -> Program:
    """The kind of program that a user agent's text names."""
    text = agent.strip().lower()
    if text == APPLE_PROXY:
        return Program.APPLE
    for kind, parts in _TABLE:
        if any(part in text for part in parts):
            return kind
    if not text or _ROBOT.search(text) or _LIBRARY.search(text):
        return Program.MACHINE
    if text.startswith(_BROWSERS):
        return Program.MAIL if _NO_BROWSER.search(text) else Program.BROWSER
    return Program.OTHER
