"""A resident's whole way, on a phone, without JavaScript, and with nothing but a keyboard."""

import re

from playwright.sync_api import Locator, Page, expect

from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people
from tests.browser.city import make_person
from tests.browser.conftest import Site

LINK = re.compile(r"https?://\S+?(/(?:confirm|preferences)/[\w-]+\S*)")


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found, "no link in the message"
    return found[1].rstrip(")>.")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_sign_up_confirm_choose_and_stop(page: Page, site: Site) -> None:
    sign_up_on_both(page)
    confirm_by_link(page, site)
    confirm_by_code(page, site)
    choose(page)
    stop(page)


def sign_up_on_both(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Road closures").check()
    page.get_by_label("Budget and hearings").check()
    page.get_by_label("Email address").fill("ana.flow@example.com")
    page.get_by_label("Mobile number").fill("(617) 555-0142")
    page.get_by_label("Your name").fill("Ana <b>Ruiz</b>")
    page.get_by_role("button", name="Agree and sign up").click()
    heading(page, "One more step: confirm that it is you")
    expect(page.get_by_text("ana.flow@example.com")).to_be_visible()


def confirm_by_link(page: Page, site: Site) -> None:
    other = page.context.new_page()
    confirm_link = link_in(site.last_text("ana.flow@example.com"))
    other.goto(confirm_link)
    heading(other, "Confirm your sign-up")
    assert people.find("email", "ana.flow@example.com", wiring=wiring()) is None, "a GET changed something"
    other.get_by_role("button", name="Confirm").click()
    heading(other, "You are signed up")


def confirm_by_code(page: Page, site: Site) -> None:
    code = re.search(r"\d{6}", site.last_text("+16175550142"))
    assert code is not None
    page.get_by_label("Code from the text message").fill("12")
    page.get_by_role("button", name="Confirm my number").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the code")
    page.get_by_label("Code from the text message").fill(f" {code[0][:3]} {code[0][3:]}")
    page.get_by_role("button", name="Confirm my number").click()
    heading(page, "You are signed up")


def choose(page: Page) -> None:
    page.get_by_role("link", name="See and change my choices").click()
    heading(page, "Your choices")
    expect(page.get_by_label("Your name")).to_have_value("Ana <b>Ruiz</b>")
    roads = page.get_by_role("group", name="Road closures")
    expect(roads.get_by_label("Email")).to_be_checked()
    roads.get_by_label("Email").uncheck()
    roads.get_by_label("Text message").check()
    page.get_by_label("Time zone").select_option("Asia/Ho_Chi_Minh")
    page.get_by_label("Tiếng Việt").check()
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    assert page.url.endswith("?done=saved")
    person = people.find("sms", "+16175550142", wiring=wiring())
    assert person is not None
    assert person.topics["roads"].channels == ("sms",)
    assert (person.language, person.time_zone) == ("vi", "Asia/Ho_Chi_Minh")


def stop(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="English").click()
    page.get_by_role("button", name="Unsubscribe from all").click()
    expect(page.get_by_role("status")).to_contain_text("You are unsubscribed from everything")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    person = people.find("sms", "+16175550142", wiring=wiring())
    assert person is not None
    assert person.topics == {}


def test_what_was_typed_wrongly_comes_back_with_what_to_do(page: Page) -> None:
    page.goto("/subscribe?lang=es")
    page.get_by_label("Correo electrónico").fill("ana@")
    page.get_by_label("Su nombre").fill("Ana")
    page.get_by_label("Tiếng Việt").check()
    page.get_by_role("button", name="Aceptar").click()
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(
        ["Elija al menos un tema.", "Escriba un correo electrónico con el formato nombre@example.com."]
    )
    summary.get_by_role("link").nth(1).click()
    email = page.get_by_label("Correo electrónico")
    expect(email).to_be_focused()
    expect(email).to_have_value("ana@")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Su nombre")).to_have_value("Ana")
    expect(page.get_by_label("Tiếng Việt")).to_be_checked()
    page.get_by_role("alert").get_by_role("link").nth(0).click()
    expect(page.get_by_role("checkbox").first).to_be_focused()


def test_an_address_is_added_to_the_same_person(page: Page, site: Site) -> None:
    path = make_person("ana.adds@example.com")
    page.goto(path)
    page.get_by_role("link", name="Add or change an address").click()
    heading(page, "How we reach you")
    page.get_by_label("Mobile number").fill("617 555")
    page.get_by_role("region", name="Text message").get_by_role("button", name="Add and confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a mobile phone number")
    page.get_by_label("Mobile number").fill("617 555 0177")
    page.get_by_role("region", name="Text message").get_by_role("button", name="Add and confirm").click()
    code = re.search(r"\d{6}", site.last_text("+16175550177"))
    assert code is not None
    page.get_by_label("Code from the text message").fill(code[0])
    page.get_by_role("button", name="Confirm my number").click()
    heading(page, "You are signed up")
    person = people.find("email", "ana.adds@example.com", wiring=wiring())
    assert person is not None
    assert person.addresses["sms"].address == "+16175550177"


def test_a_link_is_sent_to_whom_we_know_and_the_answer_is_the_same(page: Page, site: Site) -> None:
    make_person("ana.known@example.com", language="es")
    answers = []
    for address in ("ana.known@example.com", "nobody@example.com"):
        page.goto("/preferences")
        page.get_by_label("Your email address").fill(address)
        page.get_by_role("button", name="Send me my link").click()
        heading(page, "Look for our message")
        answers.append(page.content())
    assert answers[0] == answers[1]
    site.settle()
    assert site.platform.outbox.letters(to="nobody@example.com") == []
    link = link_in(site.last_text("ana.known@example.com"))
    page.goto(link)
    heading(page, "Abrir sus opciones")
    page.get_by_role("button", name="Abrir mis opciones").click()
    heading(page, "Sus opciones")
    page.goto(link)
    heading(page, "This link was used already")


def test_signing_up_answers_alike_for_known_and_unknown_addresses(page: Page) -> None:
    make_person("ana.alike@example.com")
    answers = []
    for address in ("ana.alike@example.com", "new.alike@example.com"):
        page.goto("/subscribe")
        page.get_by_label("Road closures").check()
        page.get_by_label("Email address").fill(address)
        page.get_by_role("button", name="Agree and sign up").click()
        heading(page, "One more step: confirm that it is you")
        answers.append(page.content().replace(address, "ADDRESS"))
    assert answers[0] == answers[1]


def test_a_link_that_was_altered_says_what_to_do(page: Page) -> None:
    path = make_person("ana.altered@example.com")
    page.goto(path[:-1] + ("A" if path[-1] != "A" else "B"))
    heading(page, "This link does not work")
    page.get_by_role("link", name="Get a new link").click()
    heading(page, "Change or stop your messages")


def tab_to(page: Page, target: Locator) -> None:
    """Goes on by the tabulator until the target has the focus, as somebody without a mouse does."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")


def test_the_keyboard_alone_signs_up_and_confirms(page: Page, site: Site) -> None:
    page.goto("/subscribe")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    whole = page.get_by_role("checkbox").first
    expect(whole).to_be_focused()
    page.keyboard.press("Space")
    expect(whole).to_be_checked()
    tab_to(page, page.get_by_label("Email address"))
    page.keyboard.type("ana.keys@example.com")
    tab_to(page, page.get_by_label("Your area"))
    page.keyboard.type("Old")
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.type("Ana")
    tab_to(page, page.get_by_label("English"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Español")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Agree and sign up"))
    page.keyboard.press("Enter")
    heading(page, "One more step: confirm that it is you")
    page.goto(link_in(site.last_text("ana.keys@example.com")))
    tab_to(page, page.get_by_role("button"))
    page.keyboard.press("Enter")
    heading(page, "Ya está inscrito")
    person = people.find("email", "ana.keys@example.com", wiring=wiring())
    assert person is not None
    assert set(person.topics) == {"budget", "long"}
    assert set(person.places) == {"home"}


def test_a_link_has_ticked_what_it_is_for_and_asks_for_one_channel(page: Page, site: Site) -> None:
    page.goto("/subscribe?topic=roads&category=City+Hall&channel=email")
    expect(page.get_by_label("Road closures")).to_be_checked()
    expect(page.get_by_label("All of these")).to_be_checked()
    expect(page.get_by_label("Mobile number")).to_have_count(0)
    page.get_by_role("navigation").get_by_role("link", name="Español").click()
    expect(page.get_by_label("Cierres de calles")).to_be_checked()
    page.get_by_label("Correo electrónico").fill("ana.link@example.com")
    page.get_by_label("Su código postal").fill("02110-1234")
    page.get_by_role("button", name="Aceptar").click()
    page.goto(link_in(site.last_text("ana.link@example.com")))
    page.get_by_role("button").click()
    person = people.find("email", "ana.link@example.com", wiring=wiring())
    assert person is not None
    assert set(person.topics) == {"roads", "budget", "long"}


def test_the_form_works_pasted_into_another_site(page: Page, site: Site) -> None:
    page.goto("/subscribe/embed?topic=roads")
    snippet = page.get_by_label("The form, as HTML").input_value()
    elsewhere = f"<!doctype html><title>A city</title><h1>A city</h1>{snippet}"
    page.route(
        "http://www.city.example/", lambda route: route.fulfill(body=elsewhere, content_type="text/html")
    )
    page.goto("http://www.city.example/")
    page.get_by_label("Road closures").check()
    page.get_by_label("Email address").fill("ana.elsewhere@example.com")
    page.get_by_role("button", name="Agree and sign up").click()
    heading(page, "One more step: confirm that it is you")
    assert page.url.startswith(site.url)
    page.goto(link_in(site.last_text("ana.elsewhere@example.com")))
    page.get_by_role("button", name="Confirm").click()
    heading(page, "You are signed up")


def test_the_keyboard_alone_changes_and_stops(page: Page) -> None:
    page.goto(make_person("ana.changes@example.com"))
    roads = page.get_by_role("group", name="Road closures")
    tab_to(page, roads.get_by_label("How often"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("From"))
    page.keyboard.type("9")
    tab_to(page, page.get_by_label("Until", exact=True))
    page.keyboard.type("5")
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.press("End")
    page.keyboard.type(" Ruiz")
    tab_to(page, page.get_by_role("button", name="Save my choices"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your choices are saved")
    person = people.find("email", "ana.changes@example.com", wiring=wiring())
    assert person is not None
    assert (person.name, person.topics["roads"].cadence) == ("Ana Ruiz", "daily")
    assert person.wishes.hours is not None
    tab_to(page, page.get_by_role("button", name="Alert me"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Unsubscribe from all"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You are unsubscribed from everything")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    person = people.find("email", "ana.changes@example.com", wiring=wiring())
    assert person is not None
    assert person.life_safety
    assert person.topics == {}


def test_an_address_of_another_record_is_joined_only_when_asked_and_parted_again(
    page: Page, site: Site
) -> None:
    make_person("", sms="+16175550166")
    page.goto(make_person("ana.joins@example.com"))
    page.get_by_role("link", name="Add or change an address").click()
    page.get_by_label("Mobile number").fill("617 555 0166")
    page.get_by_role("region", name="Text message").get_by_role("button", name="Add and confirm").click()
    code = re.search(r"\d{6}", site.last_text("+16175550166"))
    assert code is not None
    page.get_by_label("Code from the text message").fill(code[0])
    page.get_by_role("button", name="Confirm my number").click()
    heading(page, "Is this you, too?")
    number = people.find("sms", "+16175550166", wiring=wiring())
    assert number is not None
    assert number.addresses.keys() == {"sms"}, "proving it moves nothing"
    page.get_by_role("button", name="Yes, join the two").click()
    heading(page, "You are signed up")
    one = people.find("sms", "+16175550166", wiring=wiring())
    assert one is not None
    assert one.addresses.keys() == {"email", "sms"}
    undo = re.search(r"https?://\S+?(/joins/[\w-]+)", site.last_text("ana.joins@example.com"))
    assert undo is not None
    page.goto(undo[1])
    heading(page, "Undo the join")
    page.get_by_role("button", name="Part the two").click()
    heading(page, "The two are apart again")
    assert people.find("sms", "+16175550166", wiring=wiring()) != one
