"""First light: a newcomer, a model that was asleep, and everything that can go wrong meanwhile."""

import os
import re
import signal

import pytest
from chat_page import ChatPage
from chat_site import PASSWORD
from playwright.sync_api import expect

LONG = "Write a long story about a llama that crosses the mountains."


@pytest.fixture
def chat(fresh, open_page):
    """The first administrator's chat page, on a site with the real engine and no instance."""
    page = open_page(fresh, path=fresh.setup_link())
    page.get_by_label("Name", exact=True).fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    chat = ChatPage(page)
    expect(page.get_by_role("heading", name="What is on your mind, ada?")).to_be_visible()
    chat.cookie = fresh.sign_in("ada")
    return chat


def set_controls(chat, **values):
    drawer = chat.controls()
    for name, value in values.items():
        drawer.get_by_role("textbox", name=name.replace("_", " "), exact=True).fill(value)
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()


def last_text(site, chat):
    message = site.messages(chat.cookie, chat.id)[-1]
    assert message["state"] == "done" and "error" not in message, message
    return message["content"]


def test_a_newcomer_signs_up_by_the_link_and_talks_to_a_model_that_was_asleep(fresh, chat):
    assert fresh.engines() == [] and fresh.service()["coldStarts"] == 0
    chat.page.get_by_role("button", name=re.compile("^Model: ")).click()
    expect(chat.page.get_by_role("menuitemradio", name=re.compile("asleep"))).to_be_visible()
    chat.page.keyboard.press("Escape")

    chat.ask("What is a llama?")
    expect(chat.questions).to_have_text(re.compile("What is a llama\\?"))
    chat.finished()
    expect(chat.text).to_have_text(re.compile("llama", re.I))
    assert fresh.service()["coldStarts"] == 1

    fresh.wait(lambda: fresh.engines() == [], "no engine runs after the idle time")
    chat.asked("And what does it eat?")
    assert fresh.service()["coldStarts"] == 2
    assert len(fresh.messages(chat.cookie, chat.id)) == 4


def test_a_reload_in_mid_answer_shows_all_of_it(fresh, chat):
    set_controls(chat, Longest_answer="600", Seed="3")
    chat.ask(LONG)
    chat.wait_for_length(40)
    before = len(chat.text.inner_text())
    chat.page.reload()
    chat.finished()
    whole = last_text(fresh, chat)
    assert before < len(whole) / 2, "it had ended before the reload"
    expect(chat.text).to_contain_text(re.sub(r"\s+", " ", whole[-60:]).strip())


def test_an_instance_that_is_killed_in_mid_answer_is_not_even_visible(fresh, chat):
    set_controls(chat, Longest_answer="300", Seed="11", Temperature="1")
    chat.ask(LONG)
    chat.wait_for_length(40)
    (engine,) = fresh.engines()
    os.kill(engine, signal.SIGKILL)
    chat.finished()
    broken = last_text(fresh, chat)
    assert fresh.service()["coldStarts"] + fresh.service()["restarts"] >= 2
    expect(chat.alert).to_have_count(0)

    chat.answer.get_by_role("button", name="Answer again").click()
    expect(chat.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    chat.finished()
    assert last_text(fresh, chat) == broken, "the answer has a seam"


def test_stop_ends_an_answer_and_keeps_its_text(fresh, chat):
    set_controls(chat, Longest_answer="1500")
    chat.ask(LONG)
    chat.wait_for_length(40)
    chat.stop_button.click()
    expect(chat.answer).to_contain_text("Stopped.")
    message = fresh.messages(chat.cookie, chat.id)[-1]
    assert message["state"] == "stopped" and len(message["content"]) > 20
    fresh.wait(lambda: fresh.service()["inFlight"] == 0, "the engine has been told")


def test_pronk_killed_in_mid_answer_loses_nothing_and_the_answer_goes_on(fresh, chat):
    set_controls(chat, Longest_answer="300", Seed="5", Temperature="1")
    chat.ask(LONG)
    chat.wait_for_length(40)
    fresh.kill()
    fresh.wait(lambda: fresh.engines() == [], "no engine outlives its platform")
    fresh.start()

    chat.finished()
    broken = last_text(fresh, chat)
    expect(chat.text).to_contain_text(re.sub(r"\s+", " ", broken[-60:]).strip())
    expect(chat.questions).to_have_text(re.compile(re.escape(LONG)))
    expect(chat.alert).to_have_count(0)

    chat.answer.get_by_role("button", name="Answer again").click()
    expect(chat.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    chat.finished()
    assert last_text(fresh, chat) == broken
