"""A search for a false alert: random calls by everybody with every key, and what must hold after each.

1. What is made with a key of mode exercise or test is seen by nobody but, of exercises, who is on the
   exercise list: not in a message, on the public pages, in a feed, in a file of S3, on an account.
2. Nothing leaves of an alert that was not launched; and a live one is launched by what two people did,
   unless its template is agreed to by a second person, or by breaking the glass, with a reason. Nobody
   approves what they wrote or submitted. The event is typed, and what was seen is what goes out.

What the rules are is said here once more, apart from the code: by whom each call was made that succeeded.
"""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts.templates import flood
from tests.campaigns.city import Answer, City, build
from tests.channels.platforms.square import Square
from tests.delivery.posts.stage import Stage
from tests.features import releasing

ROLES = {
    "mia": "emergency_manager",
    "max": "emergency_manager",
    "amy": "approver",
    "abe": "approver",
    "cam": "communicator",
    "vic": "viewer",
}
MANAGES, APPROVES = {"emergency_manager"}, {"emergency_manager", "approver"}
MODES = ("live", "exercise", "test")
HOME = {"latitude": 42.36, "longitude": -71.06}
AWAY = {"latitude": 12.0, "longitude": 12.0}
PUBLIC = ("/alerts", "/alerts.atom")
ACCOUNT = "main"
_tokens = itertools.count(1)

OWN = "own"
"""The mode of the alert in question."""

WHO = st.sampled_from(["mia", "max", *ROLES])
MODE, ANY_MODE = st.sampled_from([OWN, OWN, OWN, *MODES]), st.sampled_from(["live", *MODES])
WHICH = st.integers(0, 3)
MANAGERS, APPROVERS = st.sampled_from(["mia", "max"]), st.sampled_from(["amy", "abe", "max"])
MOSTLY = st.sampled_from([True, True, True, False])
SAID = ("headline", "description", "instruction")


@dataclass
class Agreed:
    """A template: who wrote it, what it says (its tolerance alone is changed), and who agreed to that."""

    authors: set[str]
    version: int = 1
    says: float = 0.1
    by: str = ""

    @property
    def allows_one(self) -> bool:
        """Whether one person may launch what is made of it."""
        return bool(self.by) and self.by not in self.authors


@dataclass
class Known:
    """An alert, by the calls that succeeded: `token` is a word that no other one has."""

    id: str
    token: str
    mode: str
    event: str
    wrote: set[str]
    version: int = 1
    template: Agreed | None = None
    says: float = 0.0
    submitted: str = ""
    approved: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    launched: bool = False

    def changed(self) -> None:
        """What was agreed on before is no longer."""
        self.submitted, self.approved = "", {}


class Search(RuleBasedStateMachine):
    """The calls, and what must hold."""

    platform: Platform
    square: Square

    @initialize()
    def begin(self) -> None:
        """A city with two people of each role, keys of each mode, residents, an account, a template."""
        self.platform.reset()
        self.square.clear()
        self.city: City = build(self.platform)
        for name, role in ROLES.items():
            self.city.hire(name, roles={role}, departments={"roads"})
            for mode in MODES:
                self.city.give_key(name, f"{name}-{mode}", mode=mode)
        Stage(self.city, self.square).account(ACCOUNT)
        self.alerts: list[Known] = []
        self.left: set[str] = set()
        self.residents: dict[str, str] = {}
        self.exercising: set[str] = set()
        self.read = 0
        self.template = self._written()
        for name in ("lea", "eve"):
            self.arrives(name, exercise=name == "eve", home=True)
        for mode, templated in (("exercise", False), ("live", True), ("live", False)):
            self.drafts("mia", mode, posts=True, templated=templated, steered=False)

    # ---- calls

    def call(self, who: str, mode: str, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """A call, and that nobody who left makes one."""
        answer = self.city.call(method, path, body, key=f"{who}-{mode}", **more)
        assert answer.status < 500, f"{method} {path}: {answer.text}"
        assert who not in self.left or answer.status in (401, 403), f"{who} has left"
        return answer

    def done(self, who: str, roles: Collection[str], answer: Answer) -> bool:
        """Whether it was done; and that it was only by those who may."""
        good = answer.status < 300
        assert not good or ROLES[who] in roles, f"a {ROLES[who]} did this"
        return good

    def _written(self) -> Agreed:
        made = self.call("mia", "live", "POST", "/v1/alerts/templates", flood.body("flood"))
        assert made.status == 201, made.text
        return Agreed({"mia"})

    def alert(self, which: int, mode: str) -> tuple[Known, str]:
        """One of the last alerts, and the mode of the key with which something is tried on it."""
        found = self.alerts[-1 - which % len(self.alerts)]
        return found, found.mode if mode == OWN else mode

    @rule(who=WHO, mode=ANY_MODE, posts=st.booleans(), templated=st.booleans(), steered=st.booleans())
    def drafts(self, who: str, mode: str, posts: bool, templated: bool, steered: bool) -> None:
        """An alert of its own words, or of the template."""
        token = f"qz{next(_tokens)}x"
        body = releasing.body(HOME, channels=["email", "sms"], department="roads")
        body["content"] = {"en": {name: f"{token} {name}" for name in SAID}}
        if templated:
            own = ("department", "areas", "without_place")
            fields = {**flood.FIELDS, "place": token}
            body = {**{name: body[name] for name in own}, "template": "flood", "fields": fields}
        if posts:
            body["accounts"] = [ACCOUNT]
        if steered:
            body["tolerance"] = 1
        answer = self.call(who, mode, "POST", "/v1/alerts", body)
        if self.done(who, MANAGES, answer):
            made = self._drafted(answer, who, mode, token)
            if templated and not steered:
                made.template, made.says = self.template, self.template.says

    @rule(who=MANAGERS, mode=ANY_MODE, status=st.sampled_from(["Actual", "Exercise", "Test"]))
    def takes_cap(self, who: str, mode: str, status: str) -> None:
        """An alert of a CAP message; its status is that of the key's mode."""
        token = f"qz{next(_tokens)}x"
        message = releasing.cap(HOME, status=status).replace(b"Elm Street", token.encode())
        path = "/v1/alerts/cap?department=roads&without_place=true&channels=email,sms"
        answer = self.cap(who, mode, path, message)
        if self.done(who, MANAGES, answer):
            assert (mode, status) in zip(MODES, ("Actual", "Exercise", "Test"), strict=True)
            self._drafted(answer, who, mode, token)

    def cap(self, who: str, mode: str, path: str, message: bytes) -> Answer:
        """A call with a CAP message."""
        headers = {
            "authorization": f"Bearer {self.city.keys[f'{who}-{mode}']}",
            "content-type": "application/cap+xml",
        }
        got = self.platform.http("POST", path, headers, message)
        assert who not in self.left or got.status in (401, 403)
        return Answer(got.status, {}, got.body.decode())

    def _drafted(self, answer: Answer, who: str, mode: str, token: str) -> Known:
        shown = answer.json
        assert shown["mode"] == mode
        self.alerts.append(Known(shown["id"], token, mode, shown["event"], {who}))
        return self.alerts[-1]

    @precondition(lambda self: self.alerts)
    @rule(
        which=WHICH, who=WHO, mode=MODE, what=st.sampled_from(["accounts", "tolerance", "areas", "template"])
    )
    def changes(self, which: int, who: str, mode: str, what: str) -> None:
        """An alert is changed."""
        found, mode = self.alert(which, mode)
        areas = [{"description": "Elm Street", "circle": {**HOME, "radius_km": 7}}]
        given = {"accounts": [ACCOUNT], "tolerance": 0.5, "areas": areas, "template": None}
        self._read(found)
        body = {"version": found.version, what: given[what]}
        if self.done(who, MANAGES, self.call(who, mode, "PATCH", f"/v1/alerts/{found.id}", body)):
            assert (mode, found.launched) == (found.mode, False)
            found.changed()
            found.wrote.add(who)
            if found.template:
                found.says = self.template.says
            if what in ("tolerance", "template"):
                found.template = None

    def _read(self, found: Known) -> Any:
        shown = self.city.get(f"/v1/alerts/{found.id}", key="admin").json
        found.version = shown["version"]
        found.digest = (shown["preview"] or {}).get("digest", "")
        assert shown["mode"] == found.mode
        return shown

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=MANAGERS, mode=MODE)
    def previews(self, which: int, who: str, mode: str) -> None:
        """What would go out, and to whom; where that is something else, nobody has agreed."""
        found, mode = self.alert(which, mode)
        if self.done(who, MANAGES, self.call(who, mode, "POST", f"/v1/alerts/{found.id}/preview")):
            before = found.digest
            self._read(found)
            if found.digest != before:
                found.changed()

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=MANAGERS, mode=MODE)
    def submits(self, which: int, who: str, mode: str) -> None:
        found, mode = self.alert(which, mode)
        if self.done(who, MANAGES, self.call(who, mode, "POST", f"/v1/alerts/{found.id}/submit")):
            found.submitted, found.approved = who, {}

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=WHO, mode=MODE, right=MOSTLY)
    def approves(self, which: int, who: str, mode: str, right: bool) -> None:
        """An alert is approved by what was looked at, or by something else."""
        found, mode = self.alert(which, mode)
        self._read(found)
        body = {"digest": found.digest if right and found.digest else "0" * 64}
        if self.done(who, APPROVES, self.call(who, mode, "POST", f"/v1/alerts/{found.id}/approve", body)):
            assert body["digest"] == found.digest
            assert mode == found.mode
            assert who not in found.wrote | {found.submitted}, "the author approved it"
            found.approved = {"by": who, "digest": found.digest}

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=APPROVERS, mode=MODE)
    def rejects(self, which: int, who: str, mode: str) -> None:
        found, mode = self.alert(which, mode)
        path, body = f"/v1/alerts/{found.id}/reject", {"reason": "Not yet."}
        if self.done(who, APPROVES, self.call(who, mode, "POST", path, body)):
            found.changed()

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=WHO, mode=MODE, typed=MOSTLY, seen=MOSTLY)
    def launches(self, which: int, who: str, mode: str, typed: bool, seen: bool) -> None:
        """An alert is launched: with its event or another one, by what it is or by something else."""
        found, mode = self.alert(which, mode)
        self._read(found)
        body = self._typed(found, typed=typed, seen=seen)
        if self.done(who, MANAGES, self.call(who, mode, "POST", f"/v1/alerts/{found.id}/launch", body)):
            assert (typed, seen, mode) == (True, True, found.mode)
            if found.mode != "test":
                self._agreed(found)
            found.launched = True
            self.platform.settle()

    def _agreed(self, found: Known) -> None:
        second = found.approved and found.approved["by"] not in found.wrote | {found.submitted}
        if second and found.approved["digest"] == found.digest:
            return
        made = found.template
        assert made is not None, "launched by fewer people than its rule"
        assert made.allows_one, "nobody agrees to its template any more"
        assert made.says == found.says, "they agree to something else"

    @precondition(lambda self: self.alerts)
    @rule(
        which=WHICH,
        who=WHO,
        mode=MODE,
        typed=MOSTLY,
        seen=MOSTLY,
        reason=st.sampled_from(["", "  ", "Nobody."]),
    )
    def breaks_the_glass(self, which: int, who: str, mode: str, typed: bool, seen: bool, reason: str) -> None:
        """An alert is launched by one person, who says why."""
        found, mode = self.alert(which, mode)
        self._read(found)
        body = {**self._typed(found, typed=typed, seen=seen), "reason": reason}
        answer = self.call(who, mode, "POST", f"/v1/alerts/{found.id}/break-glass", body)
        if self.done(who, MANAGES, answer):
            assert (typed, seen, mode, bool(reason.strip())) == (True, True, found.mode, True)
            assert answer.json["break_glass"]
            found.launched = True
            self.platform.settle()

    def _typed(self, found: Known, *, typed: bool, seen: bool) -> dict[str, Any]:
        return {
            "event": found.event if typed else "Flop",
            "digest": found.digest if seen and found.digest else "1" * 64,
        }

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, by=MANAGERS, second=APPROVERS, launcher=MANAGERS, glass=st.booleans())
    def goes_all_the_way(self, which: int, by: str, second: str, launcher: str, glass: bool) -> None:
        """An alert goes from draft to launch, each step by somebody, as it should."""
        self.previews(which, by, OWN)
        if glass:
            self.breaks_the_glass(which, launcher, OWN, True, True, "Nobody.")
            return
        self.submits(which, by, OWN)
        self.approves(which, second, OWN, True)
        self.launches(which, launcher, OWN, True, True)

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=MANAGERS)
    def tries_alone(self, which: int, who: str) -> None:
        """An alert is launched by one person, as far as that goes."""
        self.previews(which, who, OWN)
        self.launches(which, who, OWN, True, True)

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=WHO, mode=MODE, over=st.sampled_from(["cancel", "end"]))
    def takes_back(self, which: int, who: str, mode: str, over: str) -> None:
        """An alert is cancelled or ended: one call, by any approver, and whom it reached is told."""
        found, mode = self.alert(which, mode)
        if self.done(who, APPROVES, self.call(who, mode, "POST", f"/v1/alerts/{found.id}/{over}", {})):
            assert mode == found.mode
            self.platform.settle()

    @precondition(lambda self: self.alerts)
    @rule(which=WHICH, who=MANAGERS, mode=MODE)
    def updates(self, which: int, who: str, mode: str) -> None:
        """What takes the place of an alert is drafted, in other words."""
        found, mode = self.alert(which, mode)
        token = f"qz{next(_tokens)}x"
        said: dict[str, Any] = {"content": {"en": {name: f"{token} {name}" for name in SAID}}}
        if self.city.get(f"/v1/alerts/{found.id}", key="admin").json["template"]:
            said = {"fields": {**flood.FIELDS, "place": token}}
        answer = self.call(who, mode, "POST", f"/v1/alerts/{found.id}/update", said)
        if self.done(who, MANAGES, answer):
            assert mode == found.mode
            made = self._drafted(answer, who, mode, token)
            made.template, made.says = found.template, self.template.says

    # ---- what changes around it

    @rule(who=WHO, mode=ANY_MODE, how=st.sampled_from(["authorise", "withdraw"]))
    def agrees_to_the_template(self, who: str, mode: str, how: str) -> None:
        """The template's pre-authorisation."""
        found = self.template
        body = {"version": found.version} if how == "authorise" else None
        answer = self.call(who, mode, "POST", f"/v1/alerts/templates/flood/{how}", body)
        if self.done(who, APPROVES, answer):
            if how == "authorise":
                assert who not in found.authors, "its author agreed to it"
            found.by = who if how == "authorise" else ""
            found.version = answer.json["version"]

    @rule(who=WHO, tolerance=st.sampled_from([0.1, 0.2]))
    def changes_the_template(self, who: str, tolerance: float) -> None:
        """What the template says is changed."""
        found = self.template
        body = {"version": found.version, "tolerance": tolerance}
        answer = self.call(who, "live", "PATCH", "/v1/alerts/templates/flood", body)
        if self.done(who, MANAGES, answer):
            if tolerance != found.says:
                found.authors.add(who)
                found.by = ""
            found.says, found.version = tolerance, answer.json["version"]

    @rule(name=st.sampled_from(["lea", "eve", "ned", "uma"]), exercise=st.booleans(), home=st.booleans())
    def arrives(self, name: str, exercise: bool, home: bool) -> None:
        """Somebody signs up, on the exercise list or not."""
        if name in self.residents:
            return
        address = f"{name}{next(_tokens)}@home.example"
        topics = [{"topic": "list:exercise" if exercise else "roads", "channels": ["email"]}]
        body = {
            "email": address,
            "topics": topics,
            "places": {"home": HOME if home else AWAY},
            "life_safety": True,
            "consent": {"source": "paper form", "wording": "I agree."},
            "opt_in": "recorded",
        }
        made = self.city.post("/v1/subscribers", body, key="admin")
        assert made.status == 201, made.text
        self.residents[name] = made.json["subscriber"]["id"]
        if exercise:
            self.exercising.add(address)

    @rule(name=st.sampled_from(["lea", "eve", "ned", "uma"]), home=st.booleans())
    def moves(self, name: str, home: bool) -> None:
        """Somebody's place changes."""
        if name in self.residents:
            body = {"places": {"home": HOME if home else AWAY}}
            one = f"/v1/subscribers/{self.residents[name]}"
            assert self.city.call("PATCH", one, body, key="admin").status == 200

    @rule(who=st.sampled_from(["amy", "max", "abe"]))
    def leaves_or_returns(self, who: str) -> None:
        """Somebody of the staff leaves, or is back."""
        back = who in self.left
        one = f"/v1/staff/{self.city.staff[who]}"
        assert self.city.call("PATCH", one, {"active": back}, key="admin").status == 200
        self.left ^= {who}

    @rule(minutes=st.sampled_from([1, 6, 40]))
    def time_passes(self, minutes: int) -> None:
        """Clocks of approvals run out, previews grow old; the watch comes round."""
        self.platform.clock.advance(60 * minutes)
        self.platform.fire("alert_watch")
        self.platform.fire("sweep")
        self.platform.settle()

    # ---- what holds

    @invariant()
    def nothing_false_is_seen(self) -> None:
        """See the module's head."""
        if not hasattr(self, "alerts"):
            return
        letters = self.platform.outbox.letters()
        new, self.read = letters[self.read :], len(letters)
        shown = self._public()
        for one in self.alerts:
            assert (one.mode == "live" and one.launched) or one.token not in shown, "seen by everybody"
            got = {
                letter.to for letter in new if one.token in f"{letter.subject} {letter.text} {letter.html}"
            }
            residents = {to for to in got if to.endswith("@home.example")}
            assert one.launched or not residents, "it was not launched"
            assert one.mode != "test" or not residents, "a test left"
            assert one.mode != "exercise" or residents <= self.exercising, "an exercise reached others"

    def _public(self) -> str:
        pages = [self.city.call("GET", path, key=None).text for path in PUBLIC]
        world = wiring()
        bucket = world.settings.alerts_bucket
        found = world.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        files = [world.s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in found]
        return "\n".join([*pages, *files, *self.square.texts()])
