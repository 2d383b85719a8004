"""The picture of the README: a real conversation with SmolLM2, made when SITE_PICTURE says where to."""

import os
import re

import pytest
from chat_page import ChatPage
from platform_process import MODEL
from playwright.sync_api import expect

EARLIER = ("把这段话翻译成英文", "Draft a message that moves a meeting", "Why is the sky blue at noon?")


@pytest.mark.skipif("SITE_PICTURE" not in os.environ, reason="SITE_PICTURE names no file")
def test_the_picture_of_the_readme(site, open_page):
    cookie = site.new_user("ada", defaultModel=MODEL, modelTitles=False)
    for question in EARLIER:
        site.new_chat(cookie, question, MODEL, maxTokens=8)
    # The same picture each time.
    chat = site.new_chat(
        cookie, "Write a short Python function that says whether a word is a palindrome.", MODEL, temperature=0)
    page = ChatPage(open_page(site, cookie, f"/c/{chat}", color_scheme="light"))
    expect(page.text.get_by_role("figure").locator("code span span").first).to_be_visible()
    page.asked("Explain in one paragraph what slicing is in Python, with a short example.")
    page.page.evaluate("() => document.fonts.ready")
    page.page.mouse.move(640, 5)
    expect(page.answer).to_contain_text(re.compile(r"\d+ tokens"))
    page.page.screenshot(path=os.environ["SITE_PICTURE"], animations="disabled", caret="hide")
