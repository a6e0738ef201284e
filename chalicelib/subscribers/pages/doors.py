"""The ways to a person's own page: asking for a link, opening the page by it, and the link of a footer."""

from chalice import Response

from chalicelib.core import pages
from chalicelib.core.errors import InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.subscribers import links, preferences, reasons, send_link, wording
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.links import Link
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.shared import INVALID, back, counted, language_of, tell_why

LINK_FORM = "/preferences"
FOOTER_LINK = "footer-link"

routes = Routes("doors", tag="Pages")


@routes.page("GET", LINK_FORM)
def link_form(call: Call) -> Response:
    """Asks for the address to send the person's link to."""
    return pages.render("pages/link.html", language_of(call), address="", errors={})


@routes.page("POST", LINK_FORM)
def link_sent(call: Call) -> Response:
    """Has the link sent, and answers alike for every address."""
    language, address = language_of(call), forms.only(call.form, "address")
    try:
        send_link.request(address, now=call.now, wiring=call.wiring, put_off_s=counted(call))
    except InvalidFields as error:
        errors = forms.errors_of(error, language)
        return pages.render("pages/link.html", language, status=INVALID, address=address, errors=errors)
    return pages.render("pages/link_sent.html", language)


def show(call: Call, token: str) -> Response:
    """What a link in a message leads to: a button that opens the page, or what a footer's link offers."""
    link = links.read(token, now=call.now, wiring=call.wiring)
    language, masked = _language(call, link), hint(link.channel, link.person.addresses[link.channel].address)
    if link.opens == links.ONCE:
        return pages.render("pages/open.html", language, masked=masked)
    return pages.render(
        "pages/footer_link.html",
        language,
        channel=link.channel,
        masked=masked,
        subscribed=bool(link.person.topics),
        done=call.query.get("done"),
        reasons=reasons.REASONS,
        version=link.person.version,
        stop_text=wording.shown(wording.STOP_ALL, language).text,
    )


def act(call: Call, token: str) -> Response:
    """Opens the page by a link that was asked for; by a footer's, ends everything or has a link sent."""
    link = links.read(token, now=call.now, wiring=call.wiring)
    language = _language(call, link)
    if link.opens == links.ONCE:
        path = links.spend(link, now=call.now, wiring=call.wiring)
        return pages.redirect(path, {"lang": call.query["lang"]} if "lang" in call.query else {})
    if call.form.get("reason"):
        tell_why(call, link.person.id)
        return back(call, token, "thanked")
    if call.form.get("stop"):
        shown = wording.shown(wording.STOP_ALL, language)
        preferences.end_all(
            link.person.id, source=FOOTER_LINK, wording=shown, now=call.now, wiring=call.wiring
        )
        return back(call, token, "stopped")
    address = link.person.addresses[link.channel].address
    send_link.send_to(link.channel, address, now=call.now, wiring=call.wiring, put_off_s=counted(call))
    return back(call, token, "sent")


def _language(call: Call, link: Link) -> str:
    return pages.language_wanted(call.query, call.headers, known=link.person.language)
