"""Answers are written on the server, so nothing that happens to a page can hurt them; and how waiting looks."""

import re

from chat_page import ChatPage
from platform_process import MODEL
from playwright.sync_api import expect


def test_two_tabs_are_in_step(site, open_chat, open_page, scripted):
    here = open_chat()
    slow = scripted.slowly().say("One")
    here.ask("Count.")
    there = ChatPage(open_page(site, path=f"/c/{here.id}", beside=here.page))
    for tab in (here, there):
        expect(tab.text).to_have_text("One")
    slow.say(", two")
    for tab in (here, there):
        expect(tab.text).to_have_text("One, two")
    there.stop_button.click()
    for tab in (here, there):
        expect(tab.answer).to_contain_text("Stopped.")
        expect(tab.send_button).to_be_visible()

    there.asked("Go on.")
    expect(here.questions).to_have_count(2)
    expect(here.text).to_have_text("All right.")
    here.chat_menu("Count.", "Rename")
    here.page.get_by_label("Title").fill("Numbers")
    here.page.keyboard.press("Enter")
    expect(there.chat_link("Numbers")).to_be_visible()


RECONNECTING = "Connection lost. Reconnecting…"


def test_a_lost_network_comes_back_to_the_same_answer(open_chat, wire, scripted):
    chat = open_chat(path=wire.url)
    slow = scripted.slowly().say("Half of it")
    chat.ask("Tell me.")
    expect(chat.text).to_have_text("Half of it")
    wire.cut()
    expect(chat.page.get_by_text(RECONNECTING)).to_be_visible()
    slow.say(", and the other half.").end()
    wire.mend()
    expect(chat.text).to_have_text("Half of it, and the other half.")
    chat.finished()
    expect(chat.page.get_by_text(RECONNECTING)).to_have_count(0)


def test_a_part_of_the_site_that_is_asked_for_without_a_network_comes_with_it(open_chat, wire):
    chat = open_chat(path=wire.url)
    wire.cut()
    chat.page.evaluate("history.pushState(null, '', '/settings'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(chat.composer).to_have_count(0)
    wire.mend()
    expect(chat.page.get_by_role("heading", name="Settings")).to_be_visible()


def test_a_connection_that_fell_silent_is_made_anew_when_the_network_is_back(open_chat, wire, scripted):
    chat = open_chat(path=wire.url)
    slow = scripted.slowly().say("Before")
    chat.ask("Tell me.")
    expect(chat.text).to_have_text("Before")
    chat.page.context.set_offline(True)
    wire.silence()
    slow.say(" and after.").end()
    chat.page.context.set_offline(False)
    expect(chat.text).to_have_text("Before and after.")
    chat.finished()


def test_what_is_sent_without_a_network_goes_when_there_is_one(open_chat, scripted):
    chat = open_chat()
    chat.asked("First.")
    chat.page.context.set_offline(True)
    chat.ask("Second.")
    expect(chat.page.get_by_text("Your message will be sent as soon as there is one.")).to_be_visible()
    chat.page.context.set_offline(False)
    chat.finished()
    assert [request["messages"][-1]["content"] for request in scripted.requests] == ["First.", "Second."]


def test_closing_the_tab_loses_nothing(site, open_chat, open_page, scripted):
    chat = open_chat()
    slow = scripted.slowly().say("While you watch")
    chat.ask("Work on it.")
    expect(chat.text).to_have_text("While you watch")
    path = f"/c/{chat.id}"
    chat.page.close()
    slow.say(", and while you do not.").end()
    site.wait(lambda: site.messages(chat.cookie, path[3:])[-1]["state"] == "done", "the answer ends by itself")
    again = ChatPage(open_page(site, chat.cookie, path))
    expect(again.text).to_have_text("While you watch, and while you do not.")


def test_a_failed_answer_keeps_its_text_and_says_why(open_chat, scripted):
    chat = open_chat()
    scripted.slowly().say("This much is").break_off()
    chat.ask("Tell me.")
    expect(chat.alert).to_contain_text("The answer could not be finished")
    reason = chat.alert.get_by_role("paragraph").inner_text()
    assert len(reason) > 20, reason
    expect(chat.text).to_have_text("This much is")
    chat.page.reload()
    expect(chat.alert).to_contain_text(reason)
    expect(chat.text).to_have_text("This much is")

    scripted.slowly().say(" true.").end()
    chat.alert.get_by_role("button", name="Continue").click()
    expect(chat.text).to_have_text("This much is true.")
    expect(chat.alert).to_have_count(0)


def test_an_end_that_overtakes_the_answer_of_the_call_is_not_forgotten(open_chat, scripted):
    chat = open_chat()
    held = []

    def hold(route):
        held.append((route, route.fetch()))

    chat.page.route(re.compile("/api/chats$"), lambda route: hold(route) if route.request.method == "POST" else
                    route.continue_())
    scripted.slowly().break_off()
    chat.composer.fill("Fail at once.")
    chat.send_button.click()
    expect(chat.alert).to_contain_text("The answer could not be finished")
    ((route, response),) = held
    with chat.page.expect_response(re.compile("/api/chats$")):
        route.fulfill(response=response)
    # The question has arrived, so that it can be edited: the call's answer has been taken in.
    expect(chat.questions.last.get_by_role("button", name="Edit")).to_be_enabled()
    expect(chat.alert).to_contain_text("The answer could not be finished")


def test_a_draft_survives_a_reload(open_chat, scripted):
    chat = open_chat()
    chat.composer.fill("Half a thought")
    chat.page.reload()
    expect(chat.composer).to_have_value("Half a thought")


def test_what_is_sent_before_the_page_is_loaded_goes_as_soon_as_it_is(open_chat, scripted):
    chat = open_chat()

    def send_early(text, what_loads):
        held = []
        chat.page.route(what_loads, lambda route: held.append(route))
        chat.page.reload()
        chat.composer.fill(text)
        chat.composer.press("Enter")
        # Nobody knows yet whom to ask, or below what.
        expect(chat.composer).to_have_value(text)
        for route in held:
            route.continue_()
        chat.page.unroute(what_loads)
        expect(chat.composer).to_have_value("")
        expect(chat.questions.last).to_contain_text(text)
        chat.finished()

    send_early("Whom do I ask?", re.compile("/api/(models|events)$"))
    send_early("Below what?", re.compile(f"/api/chats/{chat.id}$"))
    expect(chat.questions).to_have_count(2)


def test_typing_wakes_the_model_and_the_bar_shows_how_far_it_is(site, open_chat):
    chat = open_chat(model="slow")
    picker = chat.page.get_by_role("button", name="Model: slow")
    bar = chat.page.get_by_role("progressbar", name="Waking slow")

    def state(text):
        picker.click()
        expect(chat.page.get_by_role("menuitemradio", name=re.compile(f"slow.*{text}"))).to_be_visible()
        chat.page.keyboard.press("Escape")

    state("asleep")
    chat.composer.press_sequentially("Hello")
    expect(bar).to_be_visible()
    state("starting")
    chat.ask("Hello")
    expect(chat.answer.get_by_role("progressbar")).to_be_visible()
    chat.finished()
    expect(chat.text).to_have_text(re.compile(r"^t0 t1 .* t15\s*$"))
    expect(bar).to_have_count(0)
    state("ready")

    # By now it is known how long a start takes.
    site.wait(lambda: site.service("slow")["state"] == "asleep", "the idle time is over")
    state("asleep")
    chat.ask("Again")
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    expect(chat.answer).to_contain_text(re.compile("ready in about|at any moment"))
    chat.finished()


def test_a_model_that_cannot_start_is_told_as_such(site, open_chat):
    chat = open_chat(model="broken")
    chat.ask("Hello?")
    expect(chat.alert).to_contain_text("The answer could not be finished", timeout=60_000)
    assert len(chat.alert.get_by_role("paragraph").inner_text()) > 20
    chat.page.get_by_role("button", name="Model: broken").click()
    expect(chat.page.get_by_role("menuitemradio", name=re.compile("broken.*failed"))).to_be_visible()
    chat.page.keyboard.press("Escape")


def test_the_picker_shows_every_service_and_its_state(site, open_chat):
    chat = open_chat()
    chat.page.get_by_role("button", name="Model: scripted").click()
    items = chat.page.get_by_role("menuitemradio")
    expect(items).to_have_count(6)
    for name in (MODEL, "small", "scripted", "llama-3-8b-instruct", "slow", "broken"):
        expect(items.filter(has_text=re.compile(rf"^{name}\s*(asleep|starting|ready|failed)"))).to_have_count(1)
