"""The chat page as somebody sees it: by roles and names, never by classes."""

import re

from playwright.sync_api import expect


class ChatPage:
    def __init__(self, page):
        self.page = page
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.send_button = page.get_by_role("button", name="Send", exact=True)
        self.stop_button = page.get_by_role("button", name="Stop", exact=True)
        self.conversation = page.get_by_role("log", name="Conversation")
        self.questions = self.conversation.get_by_role("article", name="You", exact=True)
        self.answers = self.conversation.get_by_role("article").filter(
            has_not=page.get_by_role("button", name="Edit", exact=True)).filter(
            has_not=page.get_by_role("textbox", name="Edit your message"))
        self.sidebar = page.get_by_role("navigation", name="Chats")
        self.alert = self.conversation.get_by_role("alert")

    @property
    def answer(self):
        """The newest one."""
        return self.answers.last

    @property
    def text(self):
        """The newest answer's Markdown, as elements."""
        return self.answer.locator(".markdown").last

    @property
    def id(self):
        return re.search(r"/c/([^/?#]+)$", self.page.url)[1]

    def ask(self, text):
        """Sends, and waits until the question stands in a chat with an address of its own."""
        self.composer.fill(text)
        before = self.questions.last.get_attribute("data-message") if self.questions.count() else ""
        self.send_button.click()
        expect(self.page).to_have_url(re.compile(r"/c/\S+$"))
        expect(self.questions.last).not_to_have_attribute("data-message", before)
        expect(self.questions.last).to_contain_text(text)

    def finished(self, timeout=60_000):
        """Waits until the branch ends with an answer that is done."""
        last = self.conversation.get_by_role("article").last
        expect(last.get_by_role("button", name="Answer again")).to_be_visible(timeout=timeout)
        return last

    def asked(self, text, timeout=60_000):
        """Sends, and waits for the whole answer."""
        self.ask(text)
        return self.finished(timeout)

    def wait_for_length(self, characters):
        """Waits until the newest answer has so much text."""
        expect(self.text).to_have_text(re.compile(r"[\s\S]{%d,}" % characters), timeout=60_000)

    def chat_menu(self, title, item):
        """An entry of a chat's menu in the sidebar."""
        self.sidebar.get_by_role("button", name=f"Options of “{title}”").click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def account_menu(self, item):
        self.sidebar.get_by_role("button", name=re.compile("^Account: ")).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def chat_link(self, title):
        return self.sidebar.get_by_role("link", name=title)

    def choose_model(self, name):
        self.page.get_by_role("button", name=re.compile("^Model: ")).click()
        self.page.get_by_role("menuitemradio", name=name).click()
        expect(self.page.get_by_role("button", name=f"Model: {name}")).to_be_visible()

    def controls(self):
        """Opens the drawer."""
        self.page.get_by_role("button", name="Controls", exact=True).click()
        return self.page.get_by_role("dialog", name="Controls")

    def toast(self, text):
        return self.page.get_by_role("status").filter(has_text=text)
