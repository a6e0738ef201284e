"""The city's accounts, one on each platform's stand-in, and a campaign that all of them post.

Only where the stand-ins are: their tokens open nothing else.
"""

from typing import Any

from infra.client import Client
from infra.stand_ins import bluesky, chats, facebook, mastodon, mastodon_documents, receiver, x

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:announce-signs"
SETTINGS: dict[str, dict[str, str]] = {
    "mastodon": {"server": f"https://{mastodon_documents.HOST}", "token": mastodon.TOKEN},
    "bluesky": {"handle": bluesky.HANDLE, "app_password": bluesky.APP_PASSWORD},
    "x": {
        "client_id": x.CLIENT_ID,
        "client_secret": x.CLIENT_SECRET,
        "access_token": x.ACCESS_TOKEN,
        "refresh_token": x.REFRESH_TOKEN,
    },
    "facebook": {
        "page_id": facebook.PAGE_ID,
        "page_token": facebook.PAGE_TOKEN,
        "app_id": facebook.APP_ID,
        "app_secret": facebook.APP_SECRET,
    },
    "apprise": {"url": chats.SLACK},
    "webhook": {"url": "https://signs.city.example/crier", "secret": receiver.SECRET},
    "sns_topic": {"arn": TOPIC_ARN},
}
"""What an account of each platform is given, by the platform."""

NAME = "Water is off on Elm Street (posts)"
POSTS = {
    "en": "Water is off on Elm Street until noon. Where to get some: https://city.example/water #ElmStreet",
    "es": "No hay agua en Elm Street hasta el mediodía: https://city.example/es/agua #ElmStreet",
    "zh-Hans": "Elm Street 停水至中午。取水地点：https://city.example/zh/water",
    "vi": "Elm Street mất nước đến trưa. Nơi lấy nước: https://city.example/vi/nuoc",
}


def seed_accounts(base_url: str, key: str, *, department: str, topic: str) -> None:
    """The accounts, and the campaign as a draft; what is there already stays. Raises Refused, OSError."""
    http = Client(base_url, key=key)
    for platform, settings in SETTINGS.items():
        answer = http.request("POST", "/v1/accounts", key=key, json=account(platform, settings, department))
        if answer.status != 409:
            answer.good()
    drafted = {one["name"] for one in http.api("GET", "/v1/campaigns?limit=100")["items"]}
    if NAME not in drafted:
        http.api("POST", "/v1/campaigns", campaign(department, topic))


def account(platform: str, settings: dict[str, str], department: str) -> dict[str, Any]:
    """The city's account on a platform; on Mastodon and Bluesky it posts in two languages."""
    bilingual = platform in {"mastodon", "bluesky"}
    return {
        "id": f"city-{platform.replace('_', '-')}",
        "department": department,
        "platform": platform,
        "label": f"City of Example ({platform})",
        "languages": ["en", "es"] if bilingual else ["en"],
        "settings": settings,
    }


def campaign(department: str, topic: str) -> dict[str, Any]:
    """A campaign by mail that all accounts post."""
    content = {
        language: {"subject": text.split(".", 1)[0].split("。", 1)[0], "body": text, "post": text}
        for language, text in POSTS.items()
    }
    return {
        "name": NAME,
        "department": department,
        "channels": ["email"],
        "content": content,
        "audience": {"topic": topic},
        "accounts": [f"city-{platform.replace('_', '-')}" for platform in SETTINGS],
    }
