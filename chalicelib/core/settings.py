"""The settings of one deployment, read once from the environment.

Only this module reads the environment. Each field names its variable, its default and its meaning;
`docs/settings.md` is held against this table by a test.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

SNS, END_USER_MESSAGING = "sns", "end-user-messaging"
SMS_TYPES = {"TRANSACTIONAL", "PROMOTIONAL"}
SCOPES_OF_NUMBERS = {"newsletter", "emergency"}


def _setting(variable: str, default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """What a deployment may choose: text, numbers or tuples of text; secrets are never among them."""

    stack: str = _setting(
        "CRIER_STACK", "crier", "Name of the stack; prefix of every table, queue and topic."
    )
    region: str = _setting("AWS_REGION", "us-east-1", "AWS region; Lambda sets it.")
    queue_prefix: str = _setting(
        "CRIER_QUEUES", "http://localhost/000000000000/crier-", "URL of a queue without the queue's own name."
    )
    bucket: str = _setting("CRIER_BUCKET", "crier-imports", "Bucket that takes uploads, for a week.")
    media_bucket: str = _setting("CRIER_MEDIA_BUCKET", "crier-media", "Bucket of pictures that were checked.")
    alerts_bucket: str = _setting(
        "CRIER_ALERTS_BUCKET", "crier-alerts", "Bucket of what everybody may read of alerts."
    )
    exports_bucket: str = _setting(
        "CRIER_EXPORTS_BUCKET", "crier-exports", "Bucket of what campaigns did, for Athena and the like."
    )
    base_url: str = _setting(
        "CRIER_BASE_URL", "http://localhost:8000", "Public address of the site, without a slash."
    )
    agency_name: str = _setting(
        "CRIER_AGENCY_NAME", "City of Example", "Name of the agency, as residents know it."
    )
    postal_address: str = _setting(
        "CRIER_POSTAL_ADDRESS", "1 City Hall Square, Example", "Postal address in the footer of every mail."
    )
    contact: str = _setting(
        "CRIER_CONTACT", "help@city.example", "Where residents turn for help; shown on pages."
    )
    emergency_number: str = _setting(
        "CRIER_EMERGENCY_NUMBER", "911", "Number that people call when a life is in danger; shown on pages."
    )
    sender: str = _setting("CRIER_SENDER", "news@city.example", "Verified address that mail is sent from.")
    colours: tuple[str, ...] = _setting(
        "CRIER_COLOURS",
        ("#12375e", "#ffffff", "#0a5bb0"),
        "Colours of pages and mails: the header, what stands on it, and links; comma separated.",
    )
    logo: str = _setting(
        "CRIER_LOGO", "", "Department whose logo stands on all pages; empty for a drawn bell."
    )
    embed_origins: tuple[str, ...] = _setting(
        "CRIER_EMBED_ORIGINS",
        (),
        "Sites whose scripts may send sign-ups, such as https://www.city.example; comma separated.",
    )
    languages: tuple[str, ...] = _setting(
        "CRIER_LANGUAGES",
        ("en", "es", "zh-Hans", "vi"),
        "Languages offered, comma separated; the first is the default.",
    )
    time_zone: str = _setting("CRIER_TIME_ZONE", "America/New_York", "IANA time zone of the agency.")
    country: str = _setting("CRIER_COUNTRY", "US", "ISO 3166 country that local phone numbers belong to.")
    sms_rate: float = _setting(
        "CRIER_SMS_RATE", 20.0, "SMS parts a second that the origination number may send."
    )
    sms_service: str = _setting(
        "CRIER_SMS_SERVICE",
        SNS,
        "What sends texts: `sns`, or `end-user-messaging`, which also reports what became of each.",
    )
    sms_type: str = _setting(
        "CRIER_SMS_TYPE",
        "TRANSACTIONAL",
        "What the newsletters' number is registered for at End User Messaging:"
        " `TRANSACTIONAL` or `PROMOTIONAL`.",
    )
    sms_price: tuple[str, ...] = _setting(
        "CRIER_SMS_PRICE",
        (),
        "US dollars that a part of a text costs, carrier's fee included, by country, as ISO 3166 has it:"
        " `US=0.00883,CA=0.0087,*=0.06`; `*` for all others.",
    )
    voice_price: tuple[str, ...] = _setting("CRIER_VOICE_PRICE", (), "The same of a minute of a call.")
    sms_sender_id: str = _setting(
        "CRIER_SMS_SENDER_ID", "", "Sender id for SMS, where the country allows one."
    )
    push_rate: float = _setting("CRIER_PUSH_RATE", 100.0, "Notifications a second.")
    push_services: tuple[str, ...] = _setting(
        "CRIER_PUSH_SERVICES",
        (
            "fcm.googleapis.com",
            "*.push.services.mozilla.com",
            "*.notify.windows.com",
            "*.push.apple.com",
        ),
        "Hosts of the push services whose browsers may ask for notifications, comma separated.",
    )
    push_apps: tuple[str, ...] = _setting(
        "CRIER_PUSH_APPS",
        (),
        "ARNs of SNS's platform applications for the agency's app, one for each network; comma separated.",
    )
    daylight_from: int = _setting(
        "CRIER_DAYLIGHT_FROM", 8, "Local hour from which newsletters may come, where a person chose none."
    )
    daylight_to: int = _setting("CRIER_DAYLIGHT_TO", 21, "Local hour until which they may come.")
    digest_hour: int = _setting(
        "CRIER_DIGEST_HOUR", 8, "Local hour of daily and weekly digests, where a person chose none."
    )
    variants_every_minutes: int = _setting(
        "CRIER_VARIANTS_EVERY_MINUTES",
        120,
        "Minutes from one batch of a campaign with variants to the next, 15 to 480: time for people to follow"
        " its links.",
    )
    tracking: bool = _setting(
        "CRIER_TRACKING",
        True,
        "Whether opens and clicks are kept of people who did not choose (`off`: only of those who agree).",
    )
    habits: bool = _setting(
        "CRIER_HABITS",
        True,
        "Whether hours of reading are learned of each person, with their leave (`off`: of topics and the"
        " population alone; what was learned of people is removed).",
    )
    sms_numbers: tuple[str, ...] = _setting(
        "CRIER_SMS_NUMBERS",
        (),
        "The agency's numbers with what each is for, `+16175550100=newsletter,+16175550101=emergency`;"
        " STOP to one ends that.",
    )
    voice_numbers: tuple[str, ...] = _setting(
        "CRIER_VOICE_NUMBERS",
        (),
        "The agency's numbers that calls come from, with what each is for, as for texts; empty: no calls.",
    )
    voice_rate: float = _setting(
        "CRIER_VOICE_RATE", 0.33, "Calls a second that the account may begin; AWS begins with 20 a minute."
    )
    voice_twice: bool = _setting(
        "CRIER_VOICE_TWICE", True, "Whether a call says its message twice (`off`: once)."
    )
    inbound_domain: str = _setting(
        "CRIER_INBOUND_DOMAIN",
        "",
        "Domain whose mail SES receives for us; empty: mail offers no way out by mail.",
    )
    asks_per_minute: int = _setting(
        "CRIER_ASKS_PER_MINUTE", 100, "Sign-ups and links that one network may ask for in a minute."
    )
    retention_days: int = _setting("CRIER_RETENTION_DAYS", 400, "Days that deliveries and events are kept.")
    judged_after_s: int = _setting(
        "CRIER_JUDGED_AFTER",
        60,
        "Seconds after which it is judged whether a person or a machine opened or clicked.",
    )
    entry_days: int = _setting(
        "CRIER_ENTRY_DAYS", 730, "Days that what residents write to the agency is kept."
    )
    duty_account: str = _setting(
        "CRIER_DUTY_ACCOUNT", "", "Account, such as a web hook, that is told of calls for help; empty: none."
    )
    bulk_horizon_s: int = _setting(
        "CRIER_BULK_HORIZON", 10, "Seconds of the provider's rate that are read ahead for bulk sends."
    )
    service_horizon_s: int = _setting("CRIER_SERVICE_HORIZON", 60, "The same for the service lane.")
    urgent_horizon_s: int = _setting("CRIER_URGENT_HORIZON", 60, "The same for the urgent lane.")
    cap_sender_name: str = _setting(
        "CRIER_CAP_SENDER",
        "",
        "Sender of our CAP messages, unique in the world, without spaces, commas, `<` and `&`;"
        " empty: that of mail.",
    )
    alert_minutes: int = _setting(
        "CRIER_ALERT_MINUTES", 180, "Minutes after which an alert is over that says nothing of it."
    )
    approval_minutes: int = _setting(
        "CRIER_APPROVAL_MINUTES",
        5,
        "Minutes that each approver of an alert has, before the next one is asked.",
    )
    preview_minutes: int = _setting(
        "CRIER_PREVIEW_MINUTES", 30, "Minutes for which an alert may be launched by its preview."
    )
    bounces_normal: float = _setting(
        "CRIER_BOUNCES_NORMAL", 0.01, "Part of a list's mails that may bounce for good."
    )
    bounces_alarming: float = _setting(
        "CRIER_BOUNCES_ALARMING", 0.05, "Part for which sending halts, soon; SES reviews an account at 0.05."
    )
    complaints_normal: float = _setting(
        "CRIER_COMPLAINTS_NORMAL", 0.0005, "Part of a list's people who may complain."
    )
    complaints_alarming: float = _setting(
        "CRIER_COMPLAINTS_ALARMING",
        0.002,
        "The same; SES reviews an account at 0.001.",
    )
    halt_error: float = _setting(
        "CRIER_HALT_ERROR", 0.001, "How often, as a part of 1, a list with normal rates may be halted."
    )
    canary_email: str = _setting(
        "CRIER_CANARY_EMAIL",
        "",
        "Test address that the proof of life is mailed to; empty, and no number: there is none.",
    )
    canary_phone: str = _setting(
        "CRIER_CANARY_PHONE", "", "Test number (E.164) that it is texted to, too; empty: no text."
    )

    @property
    def default_language(self) -> str:
        """The BCP 47 tag used where nothing better is known."""
        return self.languages[0]

    @property
    def cap_sender(self) -> str:
        """The sender of our CAP messages (CAP 1.2, 3.2.1)."""
        return self.cap_sender_name or self.sender

    @property
    def configuration_set(self) -> str:
        """Name of the SES configuration set."""
        return self.stack

    @property
    def unsubscribe_mail(self) -> str:
        """What a token follows to make the `mailto:` of `List-Unsubscribe`; empty without an inbound domain.

        The token is the subject: a local part holds 64 octets, and need not keep its case.
        """
        return f"mailto:unsubscribe@{self.inbound_domain}?subject=" if self.inbound_domain else ""

    @property
    def sms_reports(self) -> bool:
        """Whether texts go by End User Messaging, which reports on each.

        Raises ValueError for a setting that is no such service.
        """
        if self.sms_service not in (SNS, END_USER_MESSAGING):
            raise ValueError(f"CRIER_SMS_SERVICE: `{SNS}` or `{END_USER_MESSAGING}`")
        return self.sms_service == END_USER_MESSAGING

    def sms_type_of(self, number: str) -> str:
        """What a text from one of our numbers is to End User Messaging; of emergencies always transactional.

        Raises ValueError for a setting that is neither of the two.
        """
        if self.sms_type not in SMS_TYPES:
            raise ValueError("CRIER_SMS_TYPE: `TRANSACTIONAL` or `PROMOTIONAL`")
        return "TRANSACTIONAL" if self.scope_of(number) == "emergency" else self.sms_type

    def number_for(self, scope: str, channel: str = "sms") -> str:
        """The number that texts (or calls) of a scope leave from, in E.164; empty where none is set for it.

        Service messages leave from the newsletters' number. Raises ValueError for a setting that is none.
        """
        wanted = "newsletter" if scope == "service" else scope
        return next((number for number, its in self._numbers(channel).items() if its == wanted), "")

    def scope_of(self, number: str) -> str:
        """What a number of the agency is for: `newsletter` (also any that is not named) or `emergency`."""
        return self._numbers("sms").get(number, "newsletter")

    def _numbers(self, channel: str) -> dict[str, str]:
        pairs = (one.partition("=") for one in getattr(self, f"{channel}_numbers"))
        found = {number.strip(): scope.strip() for number, _, scope in pairs}
        if not set(found.values()) <= SCOPES_OF_NUMBERS:
            variable = f"CRIER_{channel.upper()}_NUMBERS"
            raise ValueError(f"{variable}: a number is for `newsletter` or `emergency`")
        return found

    def prices(self, channel: str) -> dict[str, Decimal]:
        """What a text's part, or a call's minute, costs in US dollars, by country; `*`: in all others.

        Empty where nothing is set. Raises ValueError for a setting that is none.
        """
        pairs = (one.partition("=") for one in getattr(self, f"{channel}_price"))
        try:
            return {country.strip().upper(): Decimal(amount.strip()) for country, _, amount in pairs}
        except InvalidOperation:
            raise ValueError(f"CRIER_{channel.upper()}_PRICE: `US=0.00883,*=0.05`") from None

    def table(self, name: str) -> str:
        """The full name of a table of this deployment."""
        return f"{self.stack}-{name}"

    def url(self, path: str) -> str:
        """The public address of a path that starts with a slash."""
        return self.base_url.rstrip("/") + path


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from variables; an absent or empty variable means its default.

    Raises ValueError for a number that is none.
    """
    values: dict[str, Any] = {}
    for one in fields(Settings):
        text = environment.get(one.metadata["variable"], "")
        if text:
            values[one.name] = _convert(text, like=one.default)
    return Settings(**values)


def _convert(text: str, *, like: Any) -> Any:
    if isinstance(like, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(like, bool):
        return text.strip().lower() in {"on", "true", "yes", "1"}
    return type(like)(text)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return from_environment(os.environ)
